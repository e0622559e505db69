// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <sys/socket.h>

// Who refused to send: this machine, or something on the way? Thread: any.

namespace failover
{
// Whether `error`, the errno of a failed TCP connect to `to`, is this machine's own doing: it has no route, or forbids
// the traffic. source: the local address that the connect was bound to, or empty. May open and close one socket.
[[nodiscard]] bool refusedHere(int error, const sockaddr_storage& to, const std::string& source) noexcept;
}
