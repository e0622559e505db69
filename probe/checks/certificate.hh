// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <curl/curl.h>
#include "checkresult.hh"

// How long a server's certificate is good for, from what libcurl tells of it. Pure: the time is an argument. Thread: any.
// Each throws only std::bad_alloc.

namespace failover
{
using Seconds = std::chrono::sys_seconds;

// When the first certificate of the chain, the server's own, expires; nothing when libcurl told no date.
[[nodiscard]] std::optional<Seconds> expiryOf(const curl_certinfo* chain);

// Passes until the certificate expires, with a warning within warnDays of that (0: none) and where its end is not known.
// Fails with Outcome::Tls from then on.
[[nodiscard]] CheckResult judgeExpiry(std::optional<Seconds> expiry, Seconds now, int warnDays);
}
