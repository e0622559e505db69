// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <arpa/nameser.h>

// The data of a DNS record as zone files write it (RFC 1035 section 5.1): addresses, and names, numbers and texts of the
// common types; any other type, and data that is not what its type says, as \# LENGTH HEX (RFC 3597 section 5). Names are
// whole, with the final dot. libresolv's own printer is not used: it is deprecated. Pure. Thread: any.

namespace failover
{
// REQUIRES: ns_parserr() took record from message. Throws only std::bad_alloc.
[[nodiscard]] std::string presentData(const ns_msg& message, const ns_rr& record);
}
