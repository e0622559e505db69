// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <array>
#include <cerrno>
#include <exception>
#include <netinet/in.h>
#include <sys/epoll.h>
#include "dnscheck.hh"

namespace failover
{
namespace
{
  constexpr unsigned s_mostStrangers = 16;
  constexpr size_t s_datagram = 4096; // bytes; without EDNS a server sends 512
  constexpr size_t s_lengthSize = 2;  // RFC 1035 section 4.2.2

  uint16_t randomId()
  {
    std::array<uint8_t, 2> bytes{};
    fillRandom(bytes);
    return static_cast<uint16_t>(bytes[0] * 256U + bytes[1]);
  }

  bool isLater(int error) noexcept
  {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
  }
}

DnsCheck::DnsCheck(const CheckSpec& spec) :
  d_spec(spec), d_to(socketAddress(spec.address.empty() ? spec.host : spec.address, spec.port)), d_question(spec, randomId())
{
}

DnsCheck::~DnsCheck()
{
  if (d_host != nullptr) {
    d_host->poller().forget(d_socket.get());
  }
}

void DnsCheck::start(RunHost& host)
{
  d_socket = Socket(d_to.ss_family, SOCK_DGRAM, 0);
  // Connected, so that only the node's packets come, and its ICMP errors.
  const int error = d_socket.get() < 0 ? errno : connectFrom(d_spec.source, d_to, d_socket);
  if (error != 0) {
    throwLocal(error, d_to, d_spec.source);
  }
  d_socket.reportUnreachable(d_to.ss_family);
  const auto& message = d_question.message();
  if (::send(d_socket.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0) {
    throwLocal(errno, d_to, d_spec.source);
  }
  host.poller().watch(d_socket.get(), EPOLLIN, *this);
  d_host = &host;
}

CheckResult DnsCheck::expire()
{
  return timedOut(d_spec.timeout);
}

void DnsCheck::ready(int /* fd */, uint32_t /* events */) noexcept
{
  try {
    if (!d_overTcp) {
      readDatagram();
    }
    else if (d_sending) {
      sendOnStream();
    }
    else {
      readStream();
    }
  }
  catch (const std::exception& e) {
    end({Outcome::LocalProblem, e.what(), {}});
  }
}

void DnsCheck::readDatagram()
{
  std::array<uint8_t, s_datagram> bytes; // NOLINT(cppcoreguidelines-pro-type-member-init): recv fills it
  const auto got = ::recv(d_socket.get(), bytes.data(), bytes.size(), 0);
  if (got < 0) {
    fail(errno);
    return;
  }
  const std::span<const uint8_t> reply(bytes.data(), static_cast<size_t>(got));
  if (!d_question.isAnsweredBy(reply)) {
    if (++d_strangers >= s_mostStrangers) {
      end({Outcome::Protocol, std::to_string(d_strangers) + " replies to other questions", {}});
    }
    return;
  }
  if (d_question.needsMoreThan(reply)) {
    beginStream();
    return;
  }
  judge(reply);
}

void DnsCheck::beginStream()
{
  d_host->poller().forget(d_socket.get());
  d_socket = Socket(d_to.ss_family, SOCK_STREAM, 0);
  const int error = d_socket.get() < 0 ? errno : connectFrom(d_spec.source, d_to, d_socket);
  if (error != 0 && error != EINPROGRESS) {
    fail(error);
    return;
  }
  const auto& message = d_question.message();
  d_stream = {static_cast<uint8_t>(message.size() >> 8), static_cast<uint8_t>(message.size() & 0xff)};
  d_stream.insert(d_stream.end(), message.begin(), message.end());
  d_overTcp = true;
  d_sending = true;
  d_host->poller().watch(d_socket.get(), EPOLLOUT, *this);
}

// Also tells of a connection that came to nothing.
void DnsCheck::sendOnStream()
{
  const auto sent = ::send(d_socket.get(), d_stream.data(), d_stream.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    fail(errno);
    return;
  }
  d_stream.erase(d_stream.begin(), d_stream.begin() + sent);
  if (d_stream.empty()) {
    d_sending = false;
    d_host->poller().watch(d_socket.get(), EPOLLIN, *this);
  }
}

// The length in front keeps a message below 64 KiB.
void DnsCheck::readStream()
{
  const size_t had = d_stream.size();
  const size_t wanted = had < s_lengthSize ? s_lengthSize : s_lengthSize + d_stream[0] * size_t{256} + d_stream[1];
  d_stream.resize(wanted);
  const auto got = ::recv(d_socket.get(), d_stream.data() + had, wanted - had, 0);
  const int error = got < 0 ? errno : 0;
  d_stream.resize(had + (got > 0 ? static_cast<size_t>(got) : 0));
  if (error != 0) {
    fail(error);
  }
  else if (got == 0) {
    end({Outcome::Network, "closed before the reply was complete", {}});
  }
  else if (d_stream.size() == wanted && wanted > s_lengthSize) {
    judge(std::span<const uint8_t>(d_stream).subspan(s_lengthSize));
  }
}

void DnsCheck::judge(std::span<const uint8_t> reply)
{
  if (!d_question.isAnsweredBy(reply)) {
    end({Outcome::Protocol, "a reply to another question", {}});
    return;
  }
  end(d_question.judge(reply));
}

void DnsCheck::fail(int error)
{
  if (isLater(error)) {
    return;
  }
  auto result = explainErrno(error, d_to, d_spec.source);
  end({result.outcome, d_overTcp ? "over TCP: " + result.text : std::move(result.text), {}});
}

void DnsCheck::end(CheckResult result)
{
  d_host->poller().forget(d_socket.get());
  d_host->ended(*this, std::move(result));
}
}
