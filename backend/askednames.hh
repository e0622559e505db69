// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

// AskedNames: the names of questions whose answers may be in the host's packet cache, from the backend instance that
// answers them to whoever purges them. A ring of bytes with one writer and one reader: no lock, and a name that finds no
// room is refused, so that its answer is kept by no cache.
//
// The host puts an answer into its cache some time after the name was noted, and before the same instance is asked for
// another one. So the newest name is visited again and again until another one stands behind it: no answer can get into
// the cache behind the last purge of its name.

namespace failover
{
// Thread: note() one at a time; visit() one at a time, perhaps another.
class AskedNames
{
public:
  // Bytes; about twenty thousand names. Memory that is never written to is never used.
  static constexpr size_t s_usualRoom = 1U << 19U;

  // room: bytes. REQUIRES: a power of two, 256 at least.
  explicit AskedNames(size_t room = s_usualRoom);

  // A question for this name (lower-case wire form) is being answered. False when there is no room: then it is not noted.
  // Takes no lock, allocates nothing.
  [[nodiscard]] bool note(std::string_view name) noexcept;

  // Every name that was noted since the last call, and the newest of that time once more. visit(std::string_view), which is
  // valid during the call only.
  template <typename Visit>
  void visit(Visit visit)
  {
    const auto end = d_end.load(std::memory_order_acquire);
    auto newest = d_begin.load(std::memory_order_relaxed);
    std::array<char, s_longestName> name;
    for (auto place = newest; place != end;) {
      newest = place;
      const auto size = static_cast<unsigned char>(at(place++));
      for (size_t i = 0; i < size; ++i) {
        name[i] = at(place++);
      }
      visit(std::string_view(name.data(), size));
    }
    d_begin.store(newest, std::memory_order_release);
  }

private:
  static constexpr size_t s_longestName = 255; // RFC 1035 §3.1
  [[nodiscard]] char& at(uint64_t place) noexcept { return d_ring[place & d_mask]; }

  // Constant after construction.
  const std::unique_ptr<char[]> d_ring; // length, name; length, name; …
  const size_t d_mask;
  // The writer's.
  std::array<char, s_longestName> d_newest{};
  size_t d_newestSize{0};
  // Places in the ring, counted on and on.
  std::atomic<uint64_t> d_begin{0}; // the reader's: of the first name that may still be in the cache
  std::atomic<uint64_t> d_end{0};   // the writer's
};
}
