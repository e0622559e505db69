// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The words for numbers of DNS that a check may want. Pure. Thread: any.

namespace failover
{
// Of a record type, in any case: the common ones, or TYPE and a number from 1 to 65535 (RFC 3597, section 5).
[[nodiscard]] std::optional<uint16_t> recordTypeOf(std::string_view text) noexcept;

// Of a response code that a message without EDNS can have (RFC 6895, section 2.3), in capitals.
[[nodiscard]] std::optional<int> responseCodeOf(std::string_view text) noexcept;
// The other way round; RCODE and the number where there is no word for it. Throws only std::bad_alloc.
[[nodiscard]] std::string responseCodeName(int code);
}
