// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <string_view>

// Domain names as the core knows them: RFC 1035 wire format without compression, lower case, ending in the
// root's zero byte ("\3www\7example\3org\0"). At most 255 bytes. They come from the adapter (Host::wireName)
// and are compared as bytes; nothing here parses text.
// Thread: any; all functions are pure.

namespace failover
{
using WireName = std::string;

// Whether `name` is `apex` or below it. REQUIRES: both are wire names.
[[nodiscard]] bool isWithin(std::string_view name, std::string_view apex) noexcept;

// The name without its first label; empty for the root.
[[nodiscard]] std::string_view parent(std::string_view name) noexcept;

// Whether the first label is "*" (RFC 4592 §2.1.1).
[[nodiscard]] bool isWildcard(std::string_view name) noexcept;

// RFC 1035 §5.1 presentation form without a final dot ("." for the root), for log lines and status.
[[nodiscard]] std::string toText(std::string_view name);
}
