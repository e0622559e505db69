// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>
#include <curl/curl.h>
#include "poller.hh"

// Thin owners of libcurl's handles; they know nothing about health.
// Thread: each object by one thread at a time.

namespace failover::curl
{
// A call that libcurl refused. what(): its reason.
class Error : public std::runtime_error
{
  using std::runtime_error::runtime_error;
};

// Owns a list of strings.
class Slist
{
public:
  Slist() noexcept = default;
  ~Slist();
  Slist(const Slist&) = delete;
  Slist& operator=(const Slist&) = delete;
  // Throws std::bad_alloc.
  void append(const std::string& text);
  // Owned by this; null while empty.
  [[nodiscard]] curl_slist* get() const noexcept { return d_head; }

private:
  curl_slist* d_head{nullptr};
};

// Owns one transfer.
class Easy
{
public:
  // Initialises libcurl at the first call. Throws Error.
  Easy();
  ~Easy();
  Easy(const Easy&) = delete;
  Easy& operator=(const Easy&) = delete;

  // Throws Error. libcurl copies strings; lists, buffers and callback data must outlive the transfer.
  template <typename T>
  void set(CURLoption option, T value)
  {
    check(curl_easy_setopt(d_handle, option, value));
  }
  // The value's default when libcurl has none to give.
  template <typename T>
  [[nodiscard]] T info(CURLINFO which) const noexcept
  {
    T value{};
    curl_easy_getinfo(d_handle, which, &value);
    return value;
  }
  [[nodiscard]] CURL* get() const noexcept { return d_handle; }

private:
  static void check(CURLcode code);
  CURL* const d_handle;
};

// What transfers have in common: names they have looked up, and connections kept open. Not between threads.
class Share
{
public:
  // Throws std::bad_alloc.
  Share();
  // REQUIRES: no transfer uses it.
  ~Share();
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  [[nodiscard]] CURLSH* get() const noexcept { return d_handle; }

private:
  CURLSH* const d_handle;
};

// Told that its transfer has ended, on the loop's thread.
class Completion
{
public:
  // code: libcurl's word on it. Must not destroy the transfer.
  virtual void completed(CURLcode code) noexcept = 0;

protected:
  ~Completion() = default;
};

// Drives many transfers on a Poller: libcurl says which sockets it waits for and when its next timer is due.
class Multi final : private Watcher
{
public:
  using Clock = std::chrono::steady_clock;

  // Borrows poller: must outlive this. Throws std::bad_alloc, Error.
  explicit Multi(Poller& poller);
  // REQUIRES: no transfer is attached.
  ~Multi();
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  // Lets timers act that are due, and tells of all transfers that have ended since the last call. Throws Error.
  void turn(Clock::time_point now);
  // How long until turn() is wanted, at most `limit`. Throws nothing.
  [[nodiscard]] std::chrono::milliseconds untilTurn(Clock::time_point now, std::chrono::milliseconds limit) const noexcept;

private:
  friend class Attached;
  void ready(int fd, uint32_t events) noexcept override;
  void act(curl_socket_t socket, int events) noexcept;
  void tellEnded();
  static int watchSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* ofSocket) noexcept;
  static int setTimer(CURLM* multi, long milliseconds, void* self) noexcept;

  Poller& d_poller;
  CURLM* const d_handle;
  std::optional<Clock::time_point> d_timer;
  CURLMcode d_failed{CURLM_OK};   // what turn() has yet to throw
  std::vector<CURL*> d_unwatched; // transfers that this machine had no means to watch
};

// While it lives, a transfer is under way. Borrows all three: they must outlive this.
class Attached
{
public:
  // Throws Error.
  Attached(Multi& multi, Easy& easy, Completion& completion);
  // Cancels the transfer if it has not ended; does not wait.
  ~Attached();
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

private:
  Multi& d_multi;
  Easy& d_easy;
};
}
