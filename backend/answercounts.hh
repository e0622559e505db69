// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include "fixedhash.hh"
#include "leases.hh"

// Who got the answers: how often a record was sent that leads to a node, for each node and for each (name, type, node).
//
// Every backend instance counts in a table that only it writes, so that no two threads share a cache line; a report adds
// the tables up. A table is open addressing from a 64-bit key to a count. It grows without its writer: somebody else makes
// a larger, empty one, in which the writer goes on, and the older ones keep what they have. Counts never go back.

namespace failover
{
// 0 stands for no key.
[[nodiscard]] constexpr uint64_t notZero(uint64_t key) noexcept
{
  return key == 0 ? 1 : key;
}

// What a count belongs to; the same on every machine. Two things with one key share their count: at 64 bits that is
// unlikely enough (one in ten million for two million keys). name: lower-case wire form.
[[nodiscard]] uint64_t answerKey(std::string_view name, uint16_t type, std::string_view node) noexcept;
[[nodiscard]] uint64_t nodeKey(std::string_view node) noexcept;
// The same of fixedHash(name) and fixedHash(node).
[[nodiscard]] constexpr uint64_t answerKey(uint64_t name, uint16_t type, uint64_t node) noexcept
{
  return notZero(mixed(mixed(name ^ type) ^ node));
}
[[nodiscard]] constexpr uint64_t nodeKey(uint64_t node) noexcept
{
  return notZero(node);
}

// The counts of one writer. Thread: add() one at a time; grow() another one; the rest any.
class AnswerCounts
{
public:
  static constexpr size_t s_firstSize = 1U << 14U;   // entries; 256 KiB
  static constexpr size_t s_largestSize = 1U << 20U; // 16 MiB: three quarters of a million answers

  // REQUIRES: firstSize is a power of two, 8 at least.
  explicit AnswerCounts(size_t firstSize = s_firstSize);
  ~AnswerCounts();
  AnswerCounts(const AnswerCounts&) = delete;
  AnswerCounts& operator=(const AnswerCounts&) = delete;

  // A record was sent that leads to this node. Takes no lock, allocates nothing. REQUIRES: no key is 0.
  void add(uint64_t node, uint64_t answer) noexcept;
  // add() of this answer follows soon: its place in memory is fetched meanwhile.
  void expect(uint64_t answer) const noexcept;

  // Makes room, long before the table is full; without memory it stays as it is.
  void grow() noexcept;

  [[nodiscard]] uint64_t count(uint64_t key) const noexcept;
  // How often add() was called.
  [[nodiscard]] uint64_t total() const noexcept { return d_total.load(std::memory_order_relaxed); }
  // How many of these are missing in the counts of answers, since the table was full: so many different ones were asked
  // for between two calls of grow(), or beyond the largest table.
  [[nodiscard]] uint64_t uncounted() const noexcept { return d_uncounted.load(std::memory_order_relaxed); }

private:
  class Table;
  static constexpr size_t s_line = 64; // bytes; a cache line

  std::atomic<Table*> d_newest; // owned; it owns the one before it
  // The writer's, apart from all that others write.
  alignas(s_line) std::atomic<uint64_t> d_total{0};
  std::atomic<uint64_t> d_uncounted{0};
};

// The counts of all writers, of the past ones too.
// Thread: any.
class AnswerTotals
{
public:
  using Lease = Leases<AnswerCounts>::Lease;
  // Counts that nobody else writes while the lease lasts. It must not outlive this. Throws only std::bad_alloc.
  [[nodiscard]] Lease lease() { return d_counts.lease(); }

  void grow() noexcept
  {
    d_counts.forEach([](AnswerCounts& counts) { counts.grow(); });
  }

  [[nodiscard]] uint64_t count(uint64_t key) const
  {
    return sum([key](const AnswerCounts& counts) { return counts.count(key); });
  }
  [[nodiscard]] uint64_t total() const
  {
    return sum([](const AnswerCounts& counts) { return counts.total(); });
  }
  [[nodiscard]] uint64_t uncounted() const
  {
    return sum([](const AnswerCounts& counts) { return counts.uncounted(); });
  }

private:
  template <typename Of>
  [[nodiscard]] uint64_t sum(Of of) const
  {
    uint64_t sum = 0;
    d_counts.forEach([&](const AnswerCounts& counts) { sum += of(counts); });
    return sum;
  }

  Leases<AnswerCounts> d_counts;
};
}
