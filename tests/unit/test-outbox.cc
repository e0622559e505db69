// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/notices/outbox.hh"

using namespace failover;

namespace
{
using std::chrono::seconds;

NoticeSpec specOf(int64_t id)
{
  NoticeSpec spec;
  spec.id = id;
  spec.url = "http://hook.example/" + std::to_string(id);
  return spec;
}

// An outbox whose clock is a number of seconds.
struct Post
{
  Outbox box;
  std::vector<NoticeSpec> specs;

  explicit Post(int targets)
  {
    for (int id = 1; id <= targets; ++id) {
      specs.push_back(specOf(id));
    }
    adopt(0);
  }
  static Outbox::TimePoint at(int64_t when) { return Outbox::TimePoint(seconds(1000 + when)); }
  void adopt(int64_t when) { box.adopt(specs, at(when)); }
  void post(int64_t target, const std::string& node, int64_t when, unsigned repeat = 0)
  {
    Notice notice;
    notice.node = node;
    notice.repeat = repeat;
    box.post(target, notice, at(when));
  }
  // "1 east", or nothing.
  std::string take(int64_t when)
  {
    const auto delivery = box.take(at(when));
    if (!delivery) {
      return "";
    }
    last = delivery->serial;
    return std::to_string(delivery->spec.id) + " " + delivery->notice.node;
  }
  unsigned settle(bool delivered, int64_t when) { return box.settle(last, delivered, at(when)); }
  // In how many seconds from `when`; -1: never.
  [[nodiscard]] int64_t nextAfter(int64_t when) const
  {
    const auto next = box.nextTry();
    return next ? std::chrono::duration_cast<seconds>(*next - at(when)).count() : -1;
  }
  // Takes and fails what is next, when it is; what it was.
  std::string failNext(int64_t& when)
  {
    when += nextAfter(when);
    const auto what = take(when);
    settle(false, when);
    return what;
  }
  uint64_t last{0};
};
}

TEST_SUITE("outbox")
{
  TEST_CASE("a message leaves at once, and once")
  {
    Post post(1);
    CHECK(post.nextAfter(0) == -1);
    CHECK(post.take(0) == "");
    post.post(1, "east", 5);
    CHECK(post.box.counters().waiting == 1);
    CHECK(post.nextAfter(5) <= 0);
    CHECK(post.take(5) == "1 east");
    CHECK(post.nextAfter(5) == -1);
    CHECK(post.settle(true, 6) == 0);
    CHECK(post.take(6) == "");
    CHECK(post.box.counters().sent == 1);
    CHECK(post.box.counters().waiting == 0);
    CHECK(post.box.counters().failed == 0);
    CHECK(post.box.counters().dropped == 0);
  }

  TEST_CASE("a target gets its messages in their order, one at a time")
  {
    Post post(1);
    post.post(1, "a", 0);
    post.post(1, "b", 0);
    CHECK(post.take(0) == "1 a");
    CHECK(post.take(0) == "");
    post.settle(false, 0);
    CHECK(post.take(0) == "");
    CHECK(post.take(1) == "1 a");
    post.settle(true, 1);
    CHECK(post.take(1) == "1 b");
  }

  TEST_CASE("pauses double from a second to five minutes")
  {
    const int64_t expected[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300};
    for (unsigned failures = 1; failures <= std::size(expected); ++failures) {
      CHECK(pauseAfter(failures) == seconds(expected[failures - 1]));
    }
    CHECK(pauseAfter(4000000000U) == seconds(300));
  }

  TEST_CASE("a target that fails holds up no other, and its pauses end with a success")
  {
    Post post(2);
    post.post(1, "a", 0);
    CHECK(post.take(0) == "1 a");
    CHECK(post.settle(false, 0) == 0);
    CHECK(post.nextAfter(0) == 1);
    CHECK(post.take(1) == "1 a");
    CHECK(post.settle(false, 1) == 1);
    CHECK(post.nextAfter(1) == 2);
    post.post(1, "b", 2);
    CHECK(post.nextAfter(2) == 1); // waits for its target, too
    post.post(2, "c", 2);
    CHECK(post.take(2) == "2 c");
    post.settle(true, 2);
    CHECK(post.take(3) == "1 a");
    CHECK(post.settle(true, 4) == 2);
    CHECK(post.take(4) == "1 b");
    CHECK(post.settle(false, 4) == 0);
    CHECK(post.nextAfter(4) == 1);
    CHECK(post.box.counters().failed == 3);
    CHECK(post.box.counters().sent == 2);
  }

  TEST_CASE("the tenth failure is a message's last")
  {
    Post post(1);
    post.post(1, "a", 0);
    post.post(1, "b", 0);
    int64_t when = 0;
    for (unsigned i = 0; i < Outbox::s_mostTries; ++i) {
      CHECK(post.box.counters().dropped == 0);
      CHECK(post.failNext(when) == "1 a");
    }
    CHECK(when == 511);
    CHECK(post.box.counters().dropped == 1);
    CHECK(post.nextAfter(when) == 300);
    CHECK(post.failNext(when) == "1 b");
  }

  TEST_CASE("a message is not tried after an hour")
  {
    Post post(1);
    post.post(1, "a", 0);
    CHECK(post.take(0) == "1 a");
    post.settle(false, 0);
    post.post(1, "b", 3000);
    CHECK(post.take(3599) == "1 a");
    post.settle(false, 3599);
    CHECK(post.take(3601) == "1 b"); // a is too old by now
    CHECK(post.box.counters().dropped == 1);
    CHECK(post.box.counters().waiting == 0);
    post.settle(false, 3601);
    CHECK(post.take(7000) == "");
    CHECK(post.box.counters().dropped == 2);
    CHECK(post.nextAfter(7000) == -1);
  }

  TEST_CASE("one message too many, and the oldest of all is dropped")
  {
    Post post(2);
    post.post(2, "oldest", 0);
    post.post(1, "older", 0);
    for (size_t i = 2; i < Outbox::s_mostWaiting; ++i) {
      post.post(1, "x", 0);
    }
    CHECK(post.box.counters().dropped == 0);
    CHECK(post.box.counters().waiting == Outbox::s_mostWaiting);
    post.post(2, "new", 0);
    CHECK(post.box.counters().dropped == 1);
    CHECK(post.box.counters().waiting == Outbox::s_mostWaiting);
    CHECK(post.take(0) == "1 older");
    CHECK(post.take(0) == "2 new");
    // The first one is back, and is the oldest now.
    post.post(2, "x", 0);
    post.post(2, "x", 0);
    CHECK(post.box.counters().waiting == Outbox::s_mostWaiting);
    post.settle(false, 0);
    CHECK(post.box.counters().dropped == 2);
    CHECK(post.box.counters().waiting == Outbox::s_mostWaiting);
  }

  TEST_CASE("only so many are in flight")
  {
    Post post(static_cast<int>(Outbox::s_mostInFlight) + 1);
    for (const auto& spec : post.specs) {
      post.post(spec.id, "x", 0);
    }
    for (size_t i = 0; i < Outbox::s_mostInFlight; ++i) {
      CHECK(post.take(0) != "");
    }
    CHECK(post.take(0) == "");
    CHECK(post.nextAfter(0) == -1); // only an end can make room
    post.settle(true, 0);
    CHECK(post.nextAfter(0) == 0);
    CHECK(post.take(0) == "9 x");
  }

  TEST_CASE("no reminder of what is yet to be told")
  {
    Post post(2);
    post.post(1, "a", 0);
    post.post(1, "a", 0, 1);
    post.post(1, "b", 0, 1);
    post.post(2, "a", 0, 1);
    CHECK(post.box.counters().waiting == 3);
    CHECK(post.take(0) == "1 a");
    post.post(1, "a", 0, 2);
    CHECK(post.box.counters().waiting == 3);
  }

  TEST_CASE("a target that is as before goes on as before")
  {
    Post post(1);
    post.post(1, "a", 0);
    (void)post.take(0);
    post.settle(false, 0);
    post.adopt(0);
    CHECK(post.box.counters().waiting == 1);
    CHECK(post.nextAfter(0) == 1);
    CHECK(post.take(1) == "1 a");
    post.post(1, "b", 1);
    post.adopt(1);
    CHECK(post.take(1) == ""); // a is still in flight
    CHECK(post.settle(true, 1) == 1);
    CHECK(post.take(1) == "1 b");
  }

  TEST_CASE("a target that has been put right is tried at once")
  {
    Post post(1);
    post.post(1, "a", 0);
    (void)post.take(0);
    post.settle(false, 0);
    post.specs[0].token = "right";
    post.adopt(0);
    CHECK(post.nextAfter(0) == 0);
    CHECK(post.take(0) == "1 a");
    CHECK(post.settle(true, 0) == 1);
  }

  TEST_CASE("what waits for a target that is gone or elsewhere is no more, and what is in flight to it counts for nobody")
  {
    Post post(2);
    post.post(1, "a", 0);
    post.post(1, "b", 0);
    CHECK(post.take(0) == "1 a");
    post.specs[0].url = "http://elsewhere.example/";
    post.adopt(0);
    CHECK(post.box.counters().waiting == 0);
    post.post(1, "c", 0);
    CHECK(post.settle(false, 0) == 0);
    CHECK(post.take(0) == "1 c");
    post.specs.clear();
    post.adopt(0);
    CHECK(post.settle(true, 0) == 0);
    post.post(1, "d", 0);
    CHECK(post.box.counters().waiting == 0);
    CHECK(post.nextAfter(0) == -1);
  }
}
