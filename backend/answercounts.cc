// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "answercounts.hh"
#include <memory>
#include <new>
#include <vector>

namespace failover
{
namespace
{
  // Only one thread writes it: no need for a locked instruction.
  void increment(std::atomic<uint64_t>& count) noexcept
  {
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
}

uint64_t answerKey(std::string_view name, uint16_t type, std::string_view node) noexcept
{
  return answerKey(fixedHash(name), type, fixedHash(node));
}

uint64_t nodeKey(std::string_view node) noexcept
{
  return nodeKey(fixedHash(node));
}

// Linear probing; some entries stay free, so that a search ends.
class AnswerCounts::Table
{
public:
  explicit Table(size_t size) :
    d_lines(size / s_perLine), d_mask(size - 1) { }

  [[nodiscard]] size_t size() const noexcept { return d_mask + 1; }
  [[nodiscard]] size_t used() const noexcept { return d_used.load(std::memory_order_relaxed); }
  [[nodiscard]] const Table* older() const noexcept { return d_older.get(); }
  // REQUIRES: before others see this one.
  void keep(Table* older) noexcept { d_older.reset(older); }

  // False when the key is new and as many as `room` entries are in use.
  bool add(uint64_t key, size_t room) noexcept
  {
    for (auto place = key;; ++place) {
      auto& entry = at(place);
      const auto found = entry.key.load(std::memory_order_relaxed);
      if (found == key) {
        increment(entry.count);
        return true;
      }
      if (found != 0) {
        continue;
      }
      const auto used = d_used.load(std::memory_order_relaxed);
      if (used >= room) {
        return false;
      }
      entry.count.store(1, std::memory_order_relaxed);
      entry.key.store(key, std::memory_order_release); // whoever sees it sees the count
      d_used.store(used + 1, std::memory_order_relaxed);
      return true;
    }
  }

  void expect(uint64_t key) const noexcept { __builtin_prefetch(&at(key)); }

  [[nodiscard]] uint64_t count(uint64_t key) const noexcept
  {
    for (auto place = key;; ++place) {
      const auto& entry = at(place);
      const auto found = entry.key.load(std::memory_order_acquire);
      if (found == key || found == 0) {
        return found == key ? entry.count.load(std::memory_order_relaxed) : 0;
      }
    }
  }

private:
  struct Entry
  {
    std::atomic<uint64_t> key{0}; // 0: free
    std::atomic<uint64_t> count{0};
  };
  static constexpr size_t s_perLine = s_line / sizeof(Entry);
  struct alignas(s_line) Line
  {
    std::array<Entry, s_perLine> entries;
  };
  [[nodiscard]] Entry& at(uint64_t place) noexcept { return d_lines[(place & d_mask) / s_perLine].entries[place % s_perLine]; }
  [[nodiscard]] const Entry& at(uint64_t place) const noexcept { return d_lines[(place & d_mask) / s_perLine].entries[place % s_perLine]; }

  std::vector<Line> d_lines;
  const size_t d_mask;
  std::unique_ptr<Table> d_older;
  alignas(s_line) std::atomic<size_t> d_used{0}; // the writer's
};

AnswerCounts::AnswerCounts(size_t firstSize) :
  d_newest(new Table(firstSize))
{
}

AnswerCounts::~AnswerCounts()
{
  delete d_newest.load();
}

void AnswerCounts::add(uint64_t node, uint64_t answer) noexcept
{
  auto& table = *d_newest.load(std::memory_order_acquire);
  increment(d_total);
  // Nodes are few. What is kept free for them makes sure that they are counted where names are not.
  static_cast<void>(table.add(node, table.size() / 8 * 7));
  if (!table.add(answer, table.size() / 4 * 3)) {
    increment(d_uncounted);
  }
}

void AnswerCounts::expect(uint64_t answer) const noexcept
{
  d_newest.load(std::memory_order_acquire)->expect(answer);
}

void AnswerCounts::grow() noexcept
{
  auto* newest = d_newest.load(std::memory_order_relaxed);
  if (newest->size() >= s_largestSize || newest->used() < newest->size() / 4) {
    return;
  }
  try {
    auto larger = std::make_unique<Table>(newest->size() * 4);
    larger->keep(newest);
    d_newest.store(larger.release(), std::memory_order_release);
  }
  catch (const std::bad_alloc&) { // the next call may have more luck
  }
}

uint64_t AnswerCounts::count(uint64_t key) const noexcept
{
  uint64_t sum = 0;
  for (const auto* table = static_cast<const Table*>(d_newest.load(std::memory_order_acquire)); table != nullptr; table = table->older()) {
    sum += table->count(key);
  }
  return sum;
}
}
