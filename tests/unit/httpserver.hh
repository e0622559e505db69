// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <sys/socket.h>

// HttpServer: a node for tests, on a loopback address and a port of the kernel's choice. It answers each connection with
// the same bytes, whatever they are, and closes; or accepts and stays silent. Thread: any.

namespace failover::test
{
class HttpServer
{
public:
  // family: AF_INET (127.0.0.1) or AF_INET6 (::1). Throws std::system_error when it cannot listen.
  explicit HttpServer(std::string answer = ok("ok"), int family = AF_INET);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // "HTTP/1.1 <status>", Content-Length and the body. Throws only std::bad_alloc.
  static std::string ok(const std::string& body) { return reply("200 OK", body); }
  static std::string reply(const std::string& status, const std::string& body = {});

  // From the next request on; empty: stay silent. Throws only std::bad_alloc.
  void answerWith(std::string bytes);
  // Leaves connections open after the answer, as a slow server would. Default: closes. noexcept.
  void keepOpen() noexcept { d_keepsOpen = true; }
  [[nodiscard]] uint16_t port() const noexcept { return d_port; }
  // "http://127.0.0.1:1234" + path. Throws only std::bad_alloc.
  [[nodiscard]] std::string url(const std::string& path = "/") const;
  // How many requests have come in. noexcept.
  [[nodiscard]] unsigned requests() const noexcept { return d_requests; }
  // The last one, headers and all. Throws only std::bad_alloc.
  [[nodiscard]] std::string lastRequest() const;
  // How many bytes of answers the clients' ends have taken. noexcept.
  [[nodiscard]] size_t bytesSent() const noexcept { return d_bytesSent; }

private:
  void run();
  bool serve(int fd, std::string& request); // false: the connection is at its end
  void send(int fd, const std::string& bytes);

  const int d_family;
  int d_listener{-1};
  int d_wakeup[2]{-1, -1};
  uint16_t d_port{0};
  std::map<int, std::string> d_connections; // server thread only: socket to what it has sent so far
  std::atomic<bool> d_keepsOpen{false};
  std::atomic<unsigned> d_requests{0};
  std::atomic<size_t> d_bytesSent{0};
  mutable std::mutex d_mutex;
  std::string d_answer;      // protected by d_mutex
  std::string d_lastRequest; // protected by d_mutex
  std::thread d_thread;
};
}
