// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>

// Descriptors: how many this process may still open. Thread: any.

namespace failover
{
struct DescriptorRoom
{
  size_t open{0};  // now
  size_t limit{0}; // of this process: RLIMIT_NOFILE
};

// Raises the soft limit so that `more` can be opened beside those that are open, as far as the hard limit allows; never
// lowers it. Throws nothing.
DescriptorRoom makeDescriptorRoom(size_t more) noexcept;
}
