// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <sys/epoll.h>
#include <sys/socket.h>
#include "failure.hh"
#include "probe/printable.hh"
#include "tcpcheck.hh"

namespace failover
{
namespace
{
  constexpr size_t s_mostRead = 65536; // bytes of the reply
  constexpr size_t s_chunk = 4096;     // bytes read at once

  bool isLater(int error) noexcept
  {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
  }

  CheckResult broken(int error)
  {
    FailedTransfer failed;
    failed.code = CURLE_RECV_ERROR;
    failed.connectErrno = error;
    failed.resolved = true;
    return explain(failed);
  }
}

TcpCheck::TcpCheck(const CheckSpec& spec) :
  Transfer(spec)
{
  // libcurl has no scheme for "just connect": it does so for any scheme it knows.
  easy().set(CURLOPT_URL, ("http" + spec.url.substr(spec.url.find(':'))).c_str());
  connectOnly();
}

TcpCheck::~TcpCheck()
{
  if (d_fd >= 0) {
    host().poller().forget(d_fd);
  }
}

void TcpCheck::transferred(CURLcode code)
{
  if (code != CURLE_OK || (spec().send.empty() && spec().expectBody.empty())) {
    Transfer::transferred(code);
    return;
  }
  d_fd = static_cast<int>(easy().info<curl_socket_t>(CURLINFO_ACTIVESOCKET)); // libcurl has ceased to watch it
  await();
}

void TcpCheck::await()
{
  const bool sending = d_sent < spec().send.size();
  host().poller().watch(d_fd, sending ? EPOLLIN | EPOLLOUT : EPOLLIN, *this);
}

void TcpCheck::ready(int /* fd */, uint32_t /* events */) noexcept
{
  try {
    converse();
  }
  catch (const std::exception&) { // out of memory: nothing was said of the node
    finish(Outcome::LocalProblem, {});
  }
}

void TcpCheck::converse()
{
  if (d_sent < spec().send.size()) {
    sendMore();
  }
  if (d_fd >= 0) {
    readMore();
  }
}

void TcpCheck::sendMore()
{
  const auto& bytes = spec().send;
  const auto sent = ::send(d_fd, bytes.data() + d_sent, bytes.size() - d_sent, MSG_NOSIGNAL);
  if (sent < 0) {
    if (!isLater(errno)) {
      auto result = broken(errno);
      finish(result.outcome, std::move(result.text));
    }
    return;
  }
  d_sent += static_cast<size_t>(sent);
  if (d_sent < bytes.size()) {
    return;
  }
  if (spec().expectBody.empty()) {
    finish(Outcome::Passed, "sent " + std::to_string(d_sent) + " bytes");
    return;
  }
  await();
}

void TcpCheck::readMore()
{
  std::array<char, s_chunk> bytes; // NOLINT(cppcoreguidelines-pro-type-member-init): recv fills it
  const auto got = ::recv(d_fd, bytes.data(), bytes.size(), 0);
  if (got < 0) {
    if (!isLater(errno)) {
      auto result = broken(errno);
      finish(result.outcome, std::move(result.text));
    }
    return;
  }
  if (got == 0) {
    finish(Outcome::BadBody, "closed before " + missing());
    return;
  }
  const auto& wanted = spec().expectBody;
  const size_t had = d_reply.size();
  d_reply.append(bytes.data(), std::min(static_cast<size_t>(got), s_mostRead - had));
  // The end of what had come before may be the beginning of it.
  if (!wanted.empty() && d_reply.find(wanted, had - std::min(had, wanted.size())) != std::string::npos) {
    finish(Outcome::Passed, "reply has '" + printable(wanted) + "'");
  }
  else if (d_reply.size() == s_mostRead) {
    finish(Outcome::BadBody, "reply lacks '" + printable(wanted) + "' (first " + std::to_string(s_mostRead) + " bytes read)");
  }
}

std::string TcpCheck::missing() const
{
  const auto what = spec().expectBody.empty() ? "everything was sent" : "'" + printable(spec().expectBody) + "' came";
  return what + " (" + std::to_string(d_reply.size()) + " bytes read)";
}

void TcpCheck::finish(Outcome outcome, std::string text)
{
  host().poller().forget(d_fd);
  d_fd = -1;
  end({outcome, std::move(text), {}});
}

CheckResult TcpCheck::expire()
{
  auto result = Transfer::expire();
  if (d_fd >= 0) {
    result.text += ", before " + missing();
  }
  return result;
}

CheckResult TcpCheck::judge(CURLcode code) const
{
  if (code != CURLE_OK) {
    return failure(code);
  }
  return {Outcome::Passed, "connected", {}};
}
}
