// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <stdexcept>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include "ldapcheck.hh"

namespace failover
{
namespace
{
  constexpr size_t s_mostRead = 65536;         // bytes of entries that are looked at
  constexpr uint64_t s_mostReceived = 1 << 20; // bytes from the network; libldap reads a message whole, however long it is
  constexpr size_t s_mostSeconds = 8;          // addresses of one host name
  constexpr unsigned s_startTlsWorks = 0x080600;

  uint64_t receivedBy(int fd) noexcept
  {
    tcp_info info{};
    socklen_t size = sizeof(info);
    return ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_bytes_received : 0;
  }
}

LdapCheck::LdapCheck(const CheckSpec& spec) :
  Transfer(spec)
{
  if (spec.startTls && curl_version_info(CURLVERSION_NOW)->version_num < s_startTlsWorks) {
    throw std::runtime_error("STARTTLS with ldap:// needs libcurl 8.6.0, this is " + std::string(curl_version_info(CURLVERSION_NOW)->version));
  }
  d_seconds.reserve(s_mostSeconds); // so that opened() cannot throw into libcurl
  easy().set(CURLOPT_PROTOCOLS_STR, "ldap,ldaps");
  easy().set(CURLOPT_URL, spec.url.c_str());
  easy().set(CURLOPT_USE_SSL, static_cast<long>(spec.startTls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  easy().set(CURLOPT_WRITEFUNCTION, &LdapCheck::takeEntry);
  easy().set(CURLOPT_WRITEDATA, this);
  easy().set(CURLOPT_SOCKOPTFUNCTION, &LdapCheck::opened);
  easy().set(CURLOPT_SOCKOPTDATA, this);
}

LdapCheck::~LdapCheck()
{
  for (const auto& second : d_seconds) {
    host().poller().forget(second.get());
  }
}

int LdapCheck::opened(void* self, curl_socket_t socket, curlsocktype /* purpose */) noexcept
{
  auto& check = *static_cast<LdapCheck*>(self);
  limitReceiving(socket);
  Socket second(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (second.get() < 0 || check.d_seconds.size() == s_mostSeconds) {
    return CURL_SOCKOPT_OK; // libcurl's own waiting may do
  }
  try {
    check.host().poller().watch(second.get(), EPOLLIN, check);
    check.d_seconds.push_back(std::move(second));
  }
  catch (const std::exception&) {
    return CURL_SOCKOPT_OK;
  }
  return CURL_SOCKOPT_OK;
}

void LdapCheck::ready(int fd, uint32_t events) noexcept
{
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    host().poller().forget(fd); // it would say so again and again
  }
  if (receivedBy(fd) > s_mostReceived) {
    host().poller().forget(fd);
    end({Outcome::Protocol, "more than 1 MiB of reply", {}});
    return;
  }
  // Changing back and forth makes libcurl look after the transfer at the next turn.
  curl_easy_pause(easy().get(), CURLPAUSE_RECV);
  curl_easy_pause(easy().get(), CURLPAUSE_CONT);
}

// Taking less than was offered ends the transfer with CURLE_WRITE_ERROR.
size_t LdapCheck::takeEntry(const char* /* bytes */, size_t one, size_t size, void* self) noexcept
{
  auto& check = *static_cast<LdapCheck*>(self);
  check.d_read += one * size;
  return check.d_read > s_mostRead ? 0 : one * size;
}

CheckResult LdapCheck::judge(CURLcode code) const
{
  if (code != CURLE_OK && d_read <= s_mostRead) {
    return failure(code);
  }
  return {Outcome::Passed, "search answered", {}};
}
}
