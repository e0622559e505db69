// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <unistd.h>
#include "dnsserver.hh"

namespace failover::test
{
namespace
{
  void require(bool good, const char* what)
  {
    if (!good) {
      throw std::system_error(errno, std::generic_category(), what);
    }
  }

  std::string number16(size_t value)
  {
    return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
  }
}

DnsServer::DnsServer(Datagrams datagrams, Stream stream) :
  d_datagrams(std::move(datagrams)), d_stream(std::move(stream))
{
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof(address);
  // TCP first: its port is free for UDP as well, as far as tests go.
  d_tcp = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  d_udp = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  require(::bind(d_tcp, raw, length) == 0, "bind TCP");
  require(::getsockname(d_tcp, raw, &length) == 0, "getsockname");
  require(::bind(d_udp, raw, length) == 0, "bind UDP");
  require(!d_stream || ::listen(d_tcp, 16) == 0, "listen");
  d_port = ntohs(address.sin_port);
  require(::pipe2(d_wakeup, O_CLOEXEC) == 0, "pipe2");
  d_thread = std::thread(&DnsServer::run, this);
}

DnsServer::~DnsServer()
{
  ::close(d_wakeup[1]);
  d_thread.join();
  ::close(d_wakeup[0]);
  ::close(d_udp);
  ::close(d_tcp);
}

void DnsServer::run()
{
  for (;;) {
    std::array<pollfd, 3> all{{{d_wakeup[0], POLLIN, 0}, {d_udp, POLLIN, 0}, {d_stream ? d_tcp : -1, POLLIN, 0}}};
    if (::poll(all.data(), all.size(), -1) < 0) {
      continue;
    }
    if (all[0].revents != 0) {
      return;
    }
    if (all[1].revents != 0) {
      std::array<char, 4096> buffer{};
      sockaddr_in from{};
      socklen_t length = sizeof(from);
      const auto got = ::recvfrom(d_udp, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
      if (got >= 0) {
        ++d_queries;
        for (const auto& datagram : d_datagrams(std::string(buffer.data(), static_cast<size_t>(got)))) {
          (void)::sendto(d_udp, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&from), length);
        }
      }
    }
    if (all[2].revents != 0) {
      serveStream();
    }
  }
}

void DnsServer::serveStream()
{
  const int fd = ::accept4(d_tcp, nullptr, nullptr, SOCK_CLOEXEC);
  const timeval limit{2, 0}; // a client that neither sends nor closes must not hold up the test
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  std::array<char, 4096> buffer{};
  const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (got > 2) {
    ++d_queries;
    const auto bytes = d_stream(std::string(buffer.data() + 2, static_cast<size_t>(got) - 2));
    (void)::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  ::close(fd);
}

std::string wireName(const std::string& name)
{
  std::string wire;
  for (size_t begin = 0; name != "." && begin <= name.size();) {
    const auto end = std::min(name.find('.', begin), name.size());
    wire += static_cast<char>(end - begin) + name.substr(begin, end - begin);
    begin = end + 1;
  }
  return wire + '\0';
}

std::string record(uint16_t type, const std::string& data)
{
  using namespace std::string_literals;
  return "\xc0\x0c"s + number16(type) + "\0\1\0\0\0\x3c"s + number16(data.size()) + data;
}

std::string reply(const std::string& query, int rcode, const std::vector<std::string>& records)
{
  auto made = query;
  made[2] = static_cast<char>(0x84); // QR, AA
  made[3] = static_cast<char>(rcode);
  made.replace(6, 2, number16(records.size()));
  for (const auto& one : records) {
    made += one;
  }
  return made;
}

std::string withTruncation(std::string reply)
{
  reply[2] = static_cast<char>(reply[2] | 0x02);
  return reply;
}

std::string withLength(const std::string& message)
{
  return number16(message.size()) + message;
}
}
