// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

// TalkServer: a server for tests, on 127.0.0.1 and a port of the kernel's choice, that speaks first if it is told to and
// answers whatever comes. One connection at a time. Thread: any; replies are made on a thread of its own.

namespace failover::test
{
class TalkServer
{
public:
  // What to send back for `bytes`, which came in one go; "" for nothing. closes() hangs up after the reply.
  using Reply = std::function<std::string(TalkServer& server, const std::string& bytes)>;

  // Throws std::system_error when it cannot listen.
  TalkServer(std::string greeting, Reply reply);
  ~TalkServer();
  TalkServer(const TalkServer&) = delete;
  TalkServer& operator=(const TalkServer&) = delete;

  [[nodiscard]] uint16_t port() const noexcept { return d_port; }
  [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(d_port); }
  // How many connections there have been.
  [[nodiscard]] unsigned connections() const noexcept { return d_connections; }
  // All that clients have sent.
  [[nodiscard]] std::string heard() const;
  void hangUp() noexcept { d_hangsUp = true; }
  // Whether `end` is the last that clients have sent, or will be within five seconds.
  [[nodiscard]] bool hears(const std::string& end) const;

private:
  void run();
  void serve(int fd);
  // False: nothing more will come.
  bool waitFor(int fd) const;

  const std::string d_greeting;
  const Reply d_reply;
  int d_listener{-1};
  int d_wakeup[2]{-1, -1};
  uint16_t d_port{0};
  std::atomic<unsigned> d_connections{0};
  bool d_hangsUp{false}; // the server's thread only
  mutable std::mutex d_mutex;
  mutable std::condition_variable d_news; // of d_heard
  std::string d_heard;                    // protected by d_mutex
  std::thread d_thread;
};
}
