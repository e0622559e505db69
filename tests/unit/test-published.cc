// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <atomic>
#include <thread>
#include "backend/published.hh"

using namespace failover;

namespace
{
// Two halves that belong together; says which thread destroyed it.
struct Pair
{
  Pair(uint64_t value, std::atomic<size_t>& alive, std::atomic<size_t>& destroyedElsewhere) :
    left(value), right(~value), d_alive(alive), d_destroyedElsewhere(destroyedElsewhere) { ++d_alive; }
  ~Pair()
  {
    --d_alive;
    if (std::this_thread::get_id() != d_maker) {
      ++d_destroyedElsewhere;
    }
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  uint64_t left;
  uint64_t right;

private:
  std::thread::id d_maker{std::this_thread::get_id()};
  std::atomic<size_t>& d_alive;
  std::atomic<size_t>& d_destroyedElsewhere;
};
}

TEST_SUITE("published")
{
  TEST_CASE("before the first publish there is nothing")
  {
    const Published<int> published;
    Published<int>::Reader reader(published);
    CHECK(reader.get() == nullptr);
    CHECK(published.current() == nullptr);
  }

  TEST_CASE("a reader sees each value as soon as it is published")
  {
    Published<int> published;
    Published<int>::Reader reader(published);
    Published<int>::Reader other(published);
    for (int i = 1; i < 4; ++i) {
      published.publish(std::make_shared<const int>(i));
      REQUIRE(reader.get() != nullptr);
      CHECK(*reader.get() == i);
      CHECK(reader.get() == reader.get());
      CHECK(reader.get() == published.current().get());
    }
    CHECK(*other.get() == 3);
  }

  TEST_CASE("a replaced value lives while a reader has it, and goes at the sweep after that")
  {
    Published<int> published;
    Published<int>::Reader reader(published);
    auto first = std::make_shared<const int>(1);
    const std::weak_ptr<const int> watched = first;
    published.publish(std::move(first));
    (void)reader.get();
    published.publish(std::make_shared<const int>(2));
    published.sweep();
    CHECK_FALSE(watched.expired()); // the reader has not looked again
    CHECK(*reader.get() == 2);
    CHECK_FALSE(watched.expired()); // a reader never destroys
    published.sweep();
    CHECK(watched.expired());
    CHECK(*published.current() == 2);
  }

  TEST_CASE("the current value is never swept")
  {
    Published<int> published;
    published.publish(std::make_shared<const int>(1));
    published.sweep();
    REQUIRE(published.current() != nullptr);
    CHECK(*published.current() == 1);
  }

  TEST_CASE("readers never see half a value, never an older one, and never destroy one")
  {
    constexpr uint64_t last = 5000;
    std::atomic<size_t> alive{0};
    std::atomic<size_t> destroyedElsewhere{0};
    std::atomic<size_t> faults{0};
    {
      Published<Pair> published;
      const auto read = [&] {
        Published<Pair>::Reader reader(published);
        uint64_t newest = 0;
        while (newest < last) {
          const auto* pair = reader.get();
          if (pair == nullptr) {
            std::this_thread::yield();
            continue;
          }
          faults += pair->right != ~pair->left || pair->left < newest ? 1 : 0;
          newest = pair->left;
        }
      };
      std::thread one(read);
      std::thread two(read);
      for (uint64_t value = 1; value <= last; ++value) {
        published.publish(std::make_shared<const Pair>(value, alive, destroyedElsewhere));
        if (value % 8 == 0) {
          published.sweep();
          std::this_thread::yield();
        }
      }
      one.join();
      two.join();
      published.sweep();
      CHECK(alive == 1);
    }
    CHECK(faults == 0);
    CHECK(destroyedElsewhere == 0);
    CHECK(alive == 0);
  }
}
