// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <stdexcept>
#include <string>
#include <curl/curl.h>

// Thin owners of libcurl's handles; they know nothing about health.
// Thread: each object by one thread at a time, except Multi::wakeup.

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

// Owns the event loop's end of many transfers.
class Multi
{
public:
  // Throws std::system_error: no memory, or no descriptors for the wakeup.
  Multi();
  ~Multi();
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  // Moves all transfers on as far as they go without waiting. Throws Error.
  void perform();
  // Calls finished(CURL*, CURLcode) for each transfer that has ended since the last call. It may remove that transfer.
  template <typename F>
  void drain(F&& finished)
  {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(d_handle, &left)) {
      if (message->msg == CURLMSG_DONE) {
        // Copied: the message dies with the transfer.
        CURL* const easy = message->easy_handle;
        const CURLcode code = message->data.result;
        finished(easy, code);
      }
    }
  }
  // Returns when a transfer can move on, after wakeup(), or after `limit`. Throws Error.
  void wait(std::chrono::milliseconds limit);
  // Ends a wait() that is under way or the next one. Thread: any.
  void wakeup() noexcept { curl_multi_wakeup(d_handle); }

private:
  friend class Attached;
  CURLM* const d_handle;
};

// While it lives, a transfer is under way. Borrows both: they must outlive this.
class Attached
{
public:
  // Throws Error.
  Attached(Multi& multi, Easy& easy);
  // Cancels the transfer if it has not ended; does not wait.
  ~Attached();
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

private:
  Multi& d_multi;
  Easy& d_easy;
};
}
