// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <span>
#include <vector>
#include "probe/health.hh"
#include "probe/orders.hh"

// Composition: what a node's checks say together. Only those that decide are given; a check that merely warns is not.
// Pure. Thread: any.

namespace failover
{
// Up as soon as as many are Up as the requirement wants, Down as soon as so many can no longer be, whatever the Unknown
// ones will say; until either is certain Unknown. None at all: Up.
[[nodiscard]] Verdict decide(std::span<const Verdict> deciding, Requirement require) noexcept;

// The same, but what was known before stands while nothing is certain.
[[nodiscard]] Verdict compose(std::span<const Verdict> deciding, Requirement require, Verdict before) noexcept;

// Which of them are the reason, by index: the Down ones of what is decided Down, the Up ones of what is decided Up, and the
// Unknown ones that are waited for while nothing is decided. Empty only when `deciding` is. Throws only std::bad_alloc.
[[nodiscard]] std::vector<size_t> reasons(std::span<const Verdict> deciding, Requirement require);
}
