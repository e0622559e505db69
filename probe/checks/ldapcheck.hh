// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <vector>
#include "socket.hh"
#include "transfer.hh"

// LdapCheck: binds, and searches for what the URL says (RFC 4516), the server's root entry if it says nothing. Passes when
// the server has searched, whatever it found. Thread: as Run.

namespace failover
{
class LdapCheck : public Transfer, private Watcher
{
public:
  // Borrows spec. REQUIRES: spec.kind is Ldap. Throws as Transfer does, and std::runtime_error where this libcurl cannot do
  // what spec wants.
  explicit LdapCheck(const CheckSpec& spec);
  ~LdapCheck() override;

private:
  [[nodiscard]] CheckResult judge(CURLcode code) const override;
  void ready(int fd, uint32_t events) noexcept override;
  static int opened(void* self, curl_socket_t socket, curlsocktype purpose) noexcept;
  static size_t takeEntry(const char* bytes, size_t one, size_t size, void* self) noexcept;

  // libcurl before 8.9 does not wait for the reply to a bind on an event loop that is not its own. Seconds to its sockets let
  // us do so.
  std::vector<Socket> d_seconds;
  size_t d_read{0}; // bytes of entries
};
}
