// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/control/topreport.hh"
#include "zonemaker.hh"

// Proves that the most frequent answers come first, each with its share of its own name's and type's answers.

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

namespace
{
const std::chrono::system_clock::time_point s_now{std::chrono::seconds(1'767'225'600)}; // 2026-01-01T00:00:00Z

struct Answered
{
  Answered()
  {
    own(owners, "192.0.2.1", {makeNode("east")});
    own(owners, "192.0.2.2", {makeNode("west")});
    own(owners, "192.0.2.9", {makeNode("east"), makeNode("west")});
    own(owners, "mail.z.org", {makeNode("east")});
    SnapshotEdit edit(nullptr);
    edit.put(makeZone(1, "z.org", {
                                    {"www.z.org", "A", "192.0.2.1"},
                                    {"www.z.org", "A", "192.0.2.2"},
                                    {"www.z.org", "A", "192.0.2.3"}, // nobody's
                                    {"two.z.org", "A", "192.0.2.1"},
                                    {"two.z.org", "A", "192.0.2.1"},
                                    {"any.z.org", "A", "192.0.2.9"},
                                    {"z.org", "MX", "mail.z.org"},
                                    {"other.z.org", "A", "192.0.2.3"},
                                  },
      owners));
    edit.put(makeZone(2, "a.www.org", {{"a.www.org", "A", "192.0.2.1"}}, owners));
    edit.put(makeZone(3, "www.org", {{"a.www.org", "A", "192.0.2.1"}}, owners)); // the zone below has that name, too
    snapshot = edit.finish();
  }

  void count(const char* name, uint16_t type, const std::string& node, int times)
  {
    for (int time = 0; time < times; ++time) {
      counts->add(nodeKey(node), answerKey(wire(name), type, node));
    }
  }

  // "name type node answers of-rrset"
  std::vector<std::string> top(size_t limit) const
  {
    std::vector<std::string> lines;
    for (const auto& answer : topOf(*snapshot, answers, {"east", "west"}, limit, FakeHost()).top) {
      lines.push_back(answer.name + " " + answer.type + " " + answer.node + " " + std::to_string(answer.answers) + " " + std::to_string(answer.ofRRset));
    }
    return lines;
  }

  OwnerMap owners;
  std::shared_ptr<const Snapshot> snapshot;
  AnswerTotals answers;
  AnswerTotals::Lease counts{answers.lease()};
};

using Lines = std::vector<std::string>;
}

TEST_SUITE("topreport")
{
  TEST_CASE("the most frequent come first, equal ones in order, none that was never sent, and no more than wanted")
  {
    Answered answered;
    CHECK(answered.top(10).empty());
    answered.count("www.z.org", type::a, "west", 3);
    answered.count("www.z.org", type::a, "east", 1);
    answered.count("two.z.org", type::a, "east", 5);
    answered.count("any.z.org", type::a, "west", 1);
    answered.count("z.org", type::mx, "east", 3);
    answered.count("a.www.org", type::a, "east", 2);
    const Lines all{
      "two.z.org A east 5 5",
      "www.z.org A west 3 4",
      "z.org MX east 3 3",
      "a.www.org A east 2 2",
      "any.z.org A west 1 1",
      "www.z.org A east 1 4",
    };
    CHECK(answered.top(10) == all);
    CHECK(answered.top(6) == all);
    CHECK(answered.top(5) == Lines(all.begin(), all.begin() + 5));
    CHECK(answered.top(2) == Lines(all.begin(), all.begin() + 2));
    CHECK(answered.top(1) == Lines(all.begin(), all.begin() + 1));
  }

  TEST_CASE("what is no longer in the store is in the sum only")
  {
    Answered answered;
    answered.count("gone.z.org", type::a, "east", 2);
    answered.count("www.z.org", type::a, "south", 3);
    CHECK(answered.top(10).empty());
    const auto report = topOf(*answered.snapshot, answered.answers, {"east", "west"}, 10, FakeHost());
    CHECK(report.total == 5);
    CHECK(report.uncounted == 0);
    CHECK(report.nodes == std::vector<std::pair<std::string, uint64_t>>{{"east", 2}, {"west", 0}});
  }

  TEST_CASE("the tables")
  {
    Answered answered;
    answered.count("www.z.org", type::a, "west", 2);
    answered.count("www.z.org", type::a, "east", 1);
    auto report = topOf(*answered.snapshot, answered.answers, {"east", "west", "spare"}, 10, FakeHost());
    report.since = s_now - 3min;
    CHECK(topTable(report, s_now) == "NAME       TYPE  NODE  ANSWERS  SHARE\n"
                                     "www.z.org  A     west  2        66.7 %\n"
                                     "www.z.org  A     east  1        33.3 %\n"
                                     "\n"
                                     "NODE   ANSWERS  SHARE\n"
                                     "east   1        33.3 %\n"
                                     "west   2        66.7 %\n"
                                     "spare  0        0.0 %\n"
                                     "\n"
                                     "3 answers in 3 min\n");
    report.uncounted = 2;
    CHECK(topTable(report, s_now).ends_with("3 min\n2 of them are missing above: more names were asked for than there was room to count\n"));
    report.kept = 200ms;
    CHECK(topTable(report, s_now).ends_with("room to count\neach was chosen afresh, and may have been sent for 200 ms\n"));
    CHECK(topTable({.since = s_now}, s_now) == "0 answers in 0 s\n");
    CHECK(topTable({.since = s_now, .nodes = {{"east", 0}}}, s_now) == "NODE  ANSWERS  SHARE\neast  0        -\n\n0 answers in 0 s\n");
  }

  TEST_CASE("JSON")
  {
    Answered answered;
    answered.count("www.z.org", type::a, "west", 3);
    answered.count("www.z.org", type::a, "east", 1);
    auto report = topOf(*answered.snapshot, answered.answers, {"east"}, 1, FakeHost());
    report.since = s_now;
    const auto json = topJson(report);
    CHECK((json.getMemberNames() == std::vector<std::string>{"answers", "kept_ms", "nodes", "since", "top", "uncounted"}));
    CHECK(json["since"] == "2026-01-01T00:00:00Z");
    CHECK(json["answers"].asUInt64() == 4);
    CHECK(json["uncounted"].asUInt64() == 0);
    CHECK(json["kept_ms"].asInt64() == 0);
    report.kept = 200ms;
    CHECK(topJson(report)["kept_ms"].asInt64() == 200);
    REQUIRE(json["nodes"].size() == 1);
    CHECK((json["nodes"][0].getMemberNames() == std::vector<std::string>{"answers", "name", "share"}));
    CHECK(json["nodes"][0]["name"] == "east");
    CHECK(json["nodes"][0]["answers"].asUInt64() == 1);
    CHECK(json["nodes"][0]["share"].asDouble() == 0.25);
    REQUIRE(json["top"].size() == 1);
    const auto& first = json["top"][0];
    CHECK((first.getMemberNames() == std::vector<std::string>{"answers", "name", "node", "share", "type"}));
    CHECK(first["name"] == "www.z.org");
    CHECK(first["type"] == "A");
    CHECK(first["node"] == "west");
    CHECK(first["answers"].asUInt64() == 3);
    CHECK(first["share"].asDouble() == 0.75);
    CHECK(topJson({})["since"].isNull());
    CHECK(topJson({})["nodes"].isArray());
    CHECK(topJson({})["top"].isArray());
  }
}
