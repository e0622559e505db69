// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include "transfer.hh"

// HttpCheck: one request, and what its answer says. Reads no more than it needs: nothing of the body unless a body is
// expected or the connection is to be kept, then its first 64 KiB. Thread: as Transfer.

namespace failover
{
class HttpCheck : public Transfer
{
public:
  // Borrows spec. REQUIRES: spec.kind is Http. Throws as Transfer does.
  explicit HttpCheck(const CheckSpec& spec);

private:
  // Why we ended a transfer ourselves, by taking less than libcurl offered.
  enum class Cut : uint8_t
  {
    None,
    Enough, // all that the check needs was read
    TooMuchHeader,
    Coding // the body would have to be decompressed
  };

  [[nodiscard]] CheckResult judge(CURLcode code) const override;
  [[nodiscard]] CheckResult judgeBody(std::string passText) const;
  [[nodiscard]] bool wantsBody() const noexcept;
  void armRequest();
  static size_t takeHeader(const char* bytes, size_t one, size_t size, void* self) noexcept;
  static size_t takeBody(const char* bytes, size_t one, size_t size, void* self) noexcept;

  curl::Slist d_headers; // may outlive the transfer's end, not the transfer
  std::string d_body;
  size_t d_bodyBytes{0};
  size_t d_headerBytes{0};
  bool d_hasAllHeaders{false};
  bool d_isCoded{false}; // by more than chunks
  Cut d_cut{Cut::None};
};
}
