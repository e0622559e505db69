// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include "fixedhash.hh"

// Clients, as a choice by client (Mode::Sticky) tells them apart. Pure. Thread: any.

namespace failover
{
// network: the 4 or 16 bytes of the client's address, those beyond its prefix zero. Never 0; equal on every machine.
[[nodiscard]] inline uint64_t clientKey(std::string_view network) noexcept
{
  return std::max<uint64_t>(1, fixedHash(network));
}

// "192.0.2.1" or "192.0.2.0/24" as such bytes; nothing for any other text.
[[nodiscard]] std::optional<std::string> clientNetwork(const std::string& text);
}
