// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// Text that came from strangers, made fit for a log line or a status table. Pure. Thread: any.

namespace failover
{
// How much of a stranger's text a reason may quote, in bytes.
constexpr size_t s_excerptLimit = 200;

// `bytes` on one line of printable ASCII: runs of blanks and line ends become one blank, none at either end, any other
// byte becomes '?'. What goes beyond `limit` bytes is cut and marked with "...". Throws only std::bad_alloc.
[[nodiscard]] std::string printable(std::string_view bytes, size_t limit = s_excerptLimit);

// The first letter in lower case: reasons stand in the middle of a line. Throws only std::bad_alloc.
[[nodiscard]] std::string lowerFirst(std::string text);

// The text of an errno value, beginning in lower case. Throws only std::bad_alloc.
[[nodiscard]] std::string errnoText(int error);
}
