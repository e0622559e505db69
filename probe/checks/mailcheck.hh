// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <string>
#include "transfer.hh"

// MailCheck: SMTP, IMAP or POP3. Passes when the server has greeted, said what it can do and, where asked to, changed to TLS:
// when it would take mail or a login, neither of which is tried. Thread: as Run.

namespace failover
{
class MailCheck : public Transfer
{
public:
  // Borrows spec. REQUIRES: spec.kind is Mail. Throws as Transfer does.
  explicit MailCheck(const CheckSpec& spec);

private:
  void transferred(CURLcode code) override;
  [[nodiscard]] CheckResult judge(CURLcode code) const override;
  static int opened(void* self, curl_socket_t socket, curlsocktype purpose) noexcept;
  static size_t takeLine(const char* bytes, size_t one, size_t size, void* self) noexcept;

  const std::string d_scheme; // of the URL, in lower case, without the s for TLS
  size_t d_read{0};           // bytes of the server's replies
};
}
