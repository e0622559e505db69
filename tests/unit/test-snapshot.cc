// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <set>
#include "backend/snapshot.hh"
#include "zonemaker.hh"

using namespace failover;
using namespace failover::test;

namespace
{
std::shared_ptr<const Snapshot> snapshotOf(std::initializer_list<std::shared_ptr<const Zone>> zones, const Snapshot* base = nullptr)
{
  SnapshotEdit edit(base);
  for (const auto& zone : zones) {
    edit.put(zone);
  }
  return edit.finish();
}

std::shared_ptr<const Zone> zoneNamed(int64_t id, const std::string& apex)
{
  return makeZone(id, apex, {{apex.c_str(), "SOA", "soa"}});
}

std::set<int64_t> idsOf(const Snapshot& snapshot)
{
  std::set<int64_t> ids;
  snapshot.forEachZone([&](const Zone& zone) { ids.insert(zone.id()); });
  return ids;
}
}

TEST_SUITE("snapshot")
{
  TEST_CASE("a zone is found by its id and by its apex")
  {
    const auto snapshot = snapshotOf({zoneNamed(1, "a.org"), zoneNamed(257, "b.org"), zoneNamed(-3, ".")}); // 1 and 257 share a shard
    CHECK(snapshot->zoneById(1)->apex() == wire("a.org"));
    CHECK(snapshot->zoneById(257)->apex() == wire("b.org"));
    CHECK(snapshot->zoneById(-3)->apex() == wire("."));
    CHECK(snapshot->zoneByApex(wire("b.org"))->id() == 257);
    CHECK(snapshot->zoneById(2) == nullptr);
    CHECK(snapshot->zoneById(513) == nullptr);
    CHECK(snapshot->zoneByApex(wire("c.org")) == nullptr);
    CHECK(snapshot->zoneCount() == 3);
    CHECK(snapshot->recordCount() == 3);
    CHECK(idsOf(*snapshot) == std::set<int64_t>{-3, 1, 257});
  }

  TEST_CASE("zones that lead into others are kept apart")
  {
    const auto redirecting = [](const Snapshot& snapshot) {
      std::set<int64_t> ids;
      snapshot.forEachRedirecting([&](const Zone& zone) { ids.insert(zone.id()); });
      return ids;
    };
    const auto leading = [](int64_t id, const char* apex) { return makeZone(id, apex, {{apex, "DNAME", "else.org"}}); };
    const auto first = snapshotOf({zoneNamed(1, "a.org"), leading(2, "b.org"), leading(258, "c.org")});
    CHECK(redirecting(*first) == std::set<int64_t>{2, 258});
    const auto second = snapshotOf({leading(1, "a.org"), zoneNamed(2, "b.org"), leading(258, "c.org")}, first.get());
    CHECK(redirecting(*second) == std::set<int64_t>{1, 258});
    SnapshotEdit edit(second.get());
    edit.remove(258);
    CHECK(redirecting(*edit.finish()) == std::set<int64_t>{1});
    CHECK(redirecting(*first) == std::set<int64_t>{2, 258});
  }

  TEST_CASE("zones that did not change are the same object in the next snapshot")
  {
    const auto before = snapshotOf({zoneNamed(1, "a.org"), zoneNamed(257, "b.org"), zoneNamed(2, "c.org")});
    const auto after = snapshotOf({makeZone(1, "a.org", {})}, before.get());
    CHECK(after->zoneById(257) == before->zoneById(257));
    CHECK(after->zoneById(2) == before->zoneById(2));
    CHECK(after->zoneById(1) != before->zoneById(1));
    CHECK(before->zoneById(1)->recordCount() == 1);
    CHECK(after->recordCount() == 2);
    CHECK(after->zoneCount() == 3);
  }

  TEST_CASE("an edit leaves its base alone")
  {
    const auto before = snapshotOf({zoneNamed(1, "a.org"), zoneNamed(257, "b.org")});
    SnapshotEdit edit(before.get());
    edit.remove(1);
    edit.remove(77);
    edit.put(zoneNamed(513, "c.org"));
    const auto after = edit.finish();
    CHECK(idsOf(*before) == std::set<int64_t>{1, 257});
    CHECK(before->zoneByApex(wire("a.org")) != nullptr);
    CHECK(before->zoneCount() == 2);
    CHECK(idsOf(*after) == std::set<int64_t>{257, 513});
    CHECK(after->zoneByApex(wire("a.org")) == nullptr);
    CHECK(after->zoneById(1) == nullptr);
    CHECK(after->zoneCount() == 2);
    CHECK(after->recordCount() == 2);
  }

  TEST_CASE("a renamed zone is no longer under its old name")
  {
    const auto before = snapshotOf({zoneNamed(1, "a.org")});
    const auto after = snapshotOf({zoneNamed(1, "b.org")}, before.get());
    CHECK(after->zoneByApex(wire("a.org")) == nullptr);
    CHECK(after->zoneByApex(wire("b.org")) == after->zoneById(1));
    CHECK(after->zoneCount() == 1);
    CHECK(before->zoneByApex(wire("a.org")) != nullptr);
  }

  TEST_CASE("a zone made anew under another id takes the place of its namesake")
  {
    const auto before = snapshotOf({zoneNamed(1, "a.org")});
    SnapshotEdit edit(before.get());
    edit.put(zoneNamed(2, "a.org"));
    edit.remove(1); // the deleted one, seen after the new one
    const auto after = edit.finish();
    CHECK(after->zoneById(1) == nullptr);
    CHECK(after->zoneByApex(wire("a.org")) == after->zoneById(2));
    CHECK(after->zoneCount() == 1);
    CHECK(after->recordCount() == 1);
  }

  TEST_CASE("two zones may exchange their names")
  {
    const auto before = snapshotOf({zoneNamed(1, "a.org"), zoneNamed(2, "b.org")});
    const auto after = snapshotOf({zoneNamed(1, "b.org"), zoneNamed(2, "a.org")}, before.get());
    CHECK(after->zoneByApex(wire("b.org"))->id() == 1);
    CHECK(after->zoneByApex(wire("a.org"))->id() == 2);
    CHECK(after->zoneCount() == 2);
  }

  TEST_CASE("a snapshot outlives the one that it was made from")
  {
    auto before = snapshotOf({zoneNamed(1, "a.org"), zoneNamed(2, "b.org")});
    const auto after = snapshotOf({zoneNamed(3, "c.org")}, before.get());
    before.reset();
    CHECK(after->zoneByApex(wire("a.org"))->id() == 1);
    CHECK(contents(*after->zoneById(2), "b.org", type::soa).size() == 1);
  }
}
