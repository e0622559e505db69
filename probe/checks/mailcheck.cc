// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <cctype>
#include "mailcheck.hh"

namespace failover
{
namespace
{
  constexpr size_t s_mostRead = 65536; // bytes; a greeting and a list of capabilities are a few hundred

  std::string plainScheme(const std::string& url)
  {
    auto scheme = url.substr(0, url.find(':'));
    std::transform(scheme.begin(), scheme.end(), scheme.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return scheme.ends_with('s') ? scheme.substr(0, scheme.size() - 1) : scheme;
  }

  std::string upper(std::string text)
  {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
  }
}

MailCheck::MailCheck(const CheckSpec& spec) :
  Transfer(spec), d_scheme(plainScheme(spec.url))
{
  easy().set(CURLOPT_PROTOCOLS_STR, "smtp,smtps,imap,imaps,pop3,pop3s");
  easy().set(CURLOPT_URL, spec.url.c_str());
  connectOnly(); // libcurl closes such a connection without waiting for a farewell
  easy().set(CURLOPT_USE_SSL, static_cast<long>(spec.startTls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  easy().set(CURLOPT_HEADERFUNCTION, &MailCheck::takeLine);
  easy().set(CURLOPT_HEADERDATA, this);
  easy().set(CURLOPT_SOCKOPTFUNCTION, &MailCheck::opened);
}

int MailCheck::opened(void* /* self */, curl_socket_t socket, curlsocktype /* purpose */) noexcept
{
  limitReceiving(socket);
  return CURL_SOCKOPT_OK;
}

// Every line comes by here. Taking less ends the transfer.
size_t MailCheck::takeLine(const char* /* bytes */, size_t one, size_t size, void* self) noexcept
{
  auto& check = *static_cast<MailCheck*>(self);
  check.d_read += one * size;
  return check.d_read > s_mostRead ? 0 : one * size;
}

// The server's log need not show a client that broke off. Whether it hears this is its own affair.
void MailCheck::transferred(CURLcode code)
{
  if (code == CURLE_OK) {
    const std::string farewell = d_scheme == "imap" ? "Z LOGOUT\r\n" : "QUIT\r\n";
    size_t sent = 0;
    (void)curl_easy_send(easy().get(), farewell.data(), farewell.size(), &sent);
  }
  Transfer::transferred(code);
}

CheckResult MailCheck::judge(CURLcode code) const
{
  CheckResult result;
  if (d_read > s_mostRead) {
    result.outcome = Outcome::Protocol;
    result.text = "more than " + std::to_string(s_mostRead) + " bytes of replies";
  }
  else if (code != CURLE_OK) {
    result = failure(code);
  }
  else {
    result.outcome = Outcome::Passed;
    result.text = upper(d_scheme) + " ready";
  }
  return result;
}
}
