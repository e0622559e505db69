// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

// DnsServer: a name server for tests, on 127.0.0.1 and a port of the kernel's choice. It sends what it is told to, be it DNS
// or not. Thread: any; the answers are made on a thread of its own.

namespace failover::test
{
class DnsServer
{
public:
  // From a query to the datagrams that are sent back.
  using Datagrams = std::function<std::vector<std::string>(const std::string& query)>;
  // From a query to all that the connection brings before it is closed; length prefixes included.
  using Stream = std::function<std::string(const std::string& query)>;

  // Without `stream` nobody listens on TCP. Throws std::system_error when it cannot listen.
  explicit DnsServer(Datagrams datagrams, Stream stream = {});
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  [[nodiscard]] uint16_t port() const noexcept { return d_port; }
  [[nodiscard]] unsigned queries() const noexcept { return d_queries; }

private:
  void run();
  void serveStream();

  const Datagrams d_datagrams;
  const Stream d_stream;
  int d_udp{-1};
  int d_tcp{-1};
  int d_wakeup[2]{-1, -1};
  uint16_t d_port{0};
  std::atomic<unsigned> d_queries{0};
  std::thread d_thread;
};

// The bytes of messages. Each throws only std::bad_alloc.
[[nodiscard]] std::string wireName(const std::string& name); // "a.example" or "."
// A record of the question's own name, class IN, TTL 60.
[[nodiscard]] std::string record(uint16_t type, const std::string& data);
// A reply to the query with these records as its answer section.
[[nodiscard]] std::string reply(const std::string& query, int rcode, const std::vector<std::string>& records = {});
[[nodiscard]] std::string withTruncation(std::string reply);
[[nodiscard]] std::string withLength(const std::string& message);
}
