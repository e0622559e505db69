// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <string_view>
#include <vector>
#include "target.hh"

// Address hints in the presentation form of SVCB and HTTPS records (RFC 9460 §2.1, §7.3), as PowerDNS prints it: parameters
// between blanks, values in lists between commas. Pure. Thread: any. Throws only std::bad_alloc.

namespace failover::servicehints
{
// The addresses of ipv4hint and ipv6hint; "auto" (PowerDNS's own) is none.
[[nodiscard]] std::vector<Target> of(std::string_view content);

// The same record without these addresses. A hint that loses its last address goes, from the list of mandatory keys too
// (RFC 9460 §8).
[[nodiscard]] std::string without(std::string_view content, const std::vector<Target>& hints);
}
