// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>

namespace failover::test
{
// How often the calling thread has allocated memory with operator new: a program with allocations.cc counts.
// Thread: any.
[[nodiscard]] size_t allocations() noexcept;
}
