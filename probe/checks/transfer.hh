// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <array>
#include <memory>
#include <vector>
#include <sys/socket.h>
#include "checkresult.hh"
#include "probe/checkspec.hh"
#include "probe/loop/curl.hh"

// Transfer: one run of a check under way, and what every kind of check shares: where to connect, from where, how long at
// most, and whose fault a failure is. Thread: one at a time, the one that drives the curl::Multi it is attached to.

namespace failover
{
class Transfer
{
public:
  // Arms the transfer. Borrows spec: must outlive this. Throws curl::Error, std::bad_alloc.
  explicit Transfer(const CheckSpec& spec);
  virtual ~Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] curl::Easy& easy() noexcept { return d_easy; }
  [[nodiscard]] const curl::Easy& easy() const noexcept { return d_easy; }
  // What the ended transfer says; `code` is libcurl's word on it. Throws only std::bad_alloc.
  [[nodiscard]] CheckResult finish(CURLcode code) const;

protected:
  [[nodiscard]] const CheckSpec& spec() const noexcept { return d_spec; }
  [[nodiscard]] CheckResult failure(CURLcode code) const;

private:
  // finish() without the latency.
  [[nodiscard]] virtual CheckResult judge(CURLcode code) const = 0;
  static curl_socket_t openSocket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  void armConnection();
  void armTls();
  [[nodiscard]] bool allRefusedHere(int error) const noexcept;

  const CheckSpec& d_spec;
  std::array<char, CURL_ERROR_SIZE> d_error{};
  curl::Slist d_connectTo;
  std::vector<sockaddr_storage> d_tried; // addresses that a connection was begun to
  int d_socketErrno{0};                  // of the last socket that could not be made
  curl::Easy d_easy;                     // last: it writes into those above until it is gone
};

// The kind of transfer that spec.kind asks for. Borrows spec. Throws as Transfer does.
[[nodiscard]] std::unique_ptr<Transfer> makeTransfer(const CheckSpec& spec);
}
