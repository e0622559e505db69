// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <array>
#include <optional>
#include <vector>
#include <sys/socket.h>
#include "probe/checkspec.hh"
#include "probe/loop/curl.hh"
#include "run.hh"

// Transfer: one run of a check by libcurl, and what every such kind of check shares: where to connect, from where, and
// whose fault a failure is. Thread: as Run.

namespace failover
{
class Transfer : public Run, private curl::Completion
{
public:
  // Arms the transfer. Borrows spec: must outlive this. Throws curl::Error, std::bad_alloc.
  explicit Transfer(const CheckSpec& spec);

  void start(RunHost& host) override;
  [[nodiscard]] CheckResult expire() override { return judge(CURLE_OPERATION_TIMEDOUT); }

protected:
  [[nodiscard]] curl::Easy& easy() noexcept { return d_easy; }
  [[nodiscard]] const curl::Easy& easy() const noexcept { return d_easy; }
  [[nodiscard]] const CheckSpec& spec() const noexcept { return d_spec; }
  [[nodiscard]] CheckResult failure(CURLcode code) const;
  // REQUIRES: after start().
  [[nodiscard]] RunHost& host() noexcept { return *d_host; }
  void end(CheckResult result) noexcept { d_host->ended(*this, std::move(result)); }

  // Ends the transfer when the connection stands, all of its protocol's beginnings included, and keeps it open until then.
  void connectOnly();
  // For protocols whose replies libcurl reads for as long as there is something to read: only so much can come before it is
  // known to us, so that a server that floods us cannot keep the loop busy.
  static void limitReceiving(curl_socket_t socket) noexcept;

  // libcurl has done what it was told to; the rule is that this ends the run. Throws only std::bad_alloc.
  virtual void transferred(CURLcode code) { end(judge(code)); }

private:
  // What the ended transfer says; `code` is libcurl's word on it. Throws only std::bad_alloc.
  [[nodiscard]] virtual CheckResult judge(CURLcode code) const = 0;
  void completed(CURLcode code) noexcept override;
  static curl_socket_t openSocket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  void armConnection();
  void armTls();
  [[nodiscard]] bool allRefusedHere(int error) const noexcept;

  const CheckSpec& d_spec;
  std::array<char, CURL_ERROR_SIZE> d_error{};
  curl::Slist d_connectTo;
  std::vector<sockaddr_storage> d_tried; // addresses that a connection was begun to
  int d_socketErrno{0};                  // of the last socket that could not be made
  RunHost* d_host{nullptr};
  curl::Easy d_easy;                        // it writes into those above until it is gone
  std::optional<curl::Attached> d_attached; // last: ended before all that the transfer uses
};
}
