// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

// Published<T>: hands an immutable value from one writer to many readers. A reader keeps the value it has
// and looks at one counter; only after a publish does it take the mutex, once, to fetch the new one.
// (std::atomic<std::shared_ptr> is not lock-free in libstdc++ 12 and copies the pointer at each read.)
//
// A reader that lets go of the last value would have to destroy it, perhaps a million records in the middle
// of a query. Therefore the writer keeps what it replaced until nobody else does: see sweep().

namespace failover
{
template <typename T>
class Published
{
public:
  // Makes `value` current. Thread: the writer.
  void publish(std::shared_ptr<const T> value)
  {
    std::lock_guard lock(d_mutex);
    if (d_current) {
      d_replaced.push_back(std::move(d_current));
    }
    d_current = std::move(value);
    d_generation.fetch_add(1, std::memory_order_release);
  }

  // Destroys replaced values that no reader holds any more. Thread: the writer, now and then.
  void sweep()
  {
    std::vector<std::shared_ptr<const T>> unused; // destroyed outside the lock
    std::lock_guard lock(d_mutex);
    for (auto it = d_replaced.begin(); it != d_replaced.end();) {
      if (it->use_count() == 1) {
        unused.push_back(std::move(*it));
        it = d_replaced.erase(it);
      }
      else {
        ++it;
      }
    }
  }

  // The current value, or null before the first publish. Takes the mutex. Thread: any.
  [[nodiscard]] std::shared_ptr<const T> current() const
  {
    std::lock_guard lock(d_mutex);
    return d_current;
  }

  // One reader's view. Thread: one at a time (a backend instance is never re-entered).
  class Reader
  {
  public:
    // Borrows source: must outlive this.
    explicit Reader(const Published& source) :
      d_source(source) { }

    // The current value, or null before the first publish. Valid until the next get().
    // One acquire-load while nothing new was published.
    [[nodiscard]] const T* get()
    {
      const auto generation = d_source.d_generation.load(std::memory_order_acquire);
      if (generation != d_generation) {
        std::lock_guard lock(d_source.d_mutex);
        d_value = d_source.d_current;
        d_generation = d_source.d_generation.load(std::memory_order_relaxed);
      }
      return d_value.get();
    }

  private:
    const Published& d_source;
    std::shared_ptr<const T> d_value;
    uint64_t d_generation{0};
  };

private:
  mutable std::mutex d_mutex;
  std::atomic<uint64_t> d_generation{0};
  // Protected by d_mutex.
  std::shared_ptr<const T> d_current;
  std::vector<std::shared_ptr<const T>> d_replaced;
};
}
