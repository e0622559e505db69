// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/peers/peerstatistics.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
std::string item(const std::string& name, const std::string& value, const std::string& type = "StatisticItem")
{
  return R"({"name": ")" + name + R"(", "type": ")" + type + R"(", "value": ")" + value + R"("})";
}

// Empty and `out` filled, or why not.
std::string complaint(const std::string& body, PeerReport& out)
{
  std::string why;
  return readPeerStatistics(body, out, why) ? "" : why;
}

std::string complaint(const std::string& body)
{
  PeerReport out;
  return complaint(body, out);
}

std::string repeated(const std::string& text, size_t times)
{
  std::string out;
  out.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

const std::string s_tooMany = "more statistics than 100000";
}

// Double parentheses: doctest would print these enumerators with failover::toString, whose type it cannot join.

TEST_SUITE("peerstatistics")
{
  TEST_CASE("what PowerDNS sends")
  {
    // The beginnings of what 4.7.3 and 5.1 print: json11 writes members in the order of their names.
    const std::string body = "[" + item("corrupt-packets", "0") + ", " + item("failover-answers", "17") + ", "
      + item("failover-frozen", "0") + ", " + item("failover-probe-overdue-ms", "12") + ", " + item("failover-verdict-east", "1") + ", "
      + item("failover-verdict-west-1", "2") + ", " + item("failover-verdict-New_1", "0")
      + R"(, {"name": "response-by-qtype", "type": "MapStatisticItem", "value": [{"name": "A", "value": "4"}]})"
      + R"(, {"name": "failover-verdict-fake", "type": "MapStatisticItem", "value": [{"name": "A", "value": "2"}]})"
      + R"(, {"name": "queries", "size": "10000", "type": "RingStatisticItem", "value": [{"name": "a.test/A", "value": "4"}]}])";
    PeerReport report;
    REQUIRE(complaint(body, report).empty());
    CHECK(report.verdicts.size() == 3);
    CHECK((report.verdicts.at("east") == Verdict::Up));
    CHECK((report.verdicts.at("west-1") == Verdict::Down));
    CHECK((report.verdicts.at("New_1") == Verdict::Unknown));
    CHECK_FALSE(report.frozen);
    REQUIRE(report.overdue.has_value());
    CHECK(*report.overdue == 12ms);
  }

  TEST_CASE("a peer without this backend has no view, and an empty list is one")
  {
    for (const std::string body : {"[]", " [ ] \n", "[{}]"}) {
      PeerReport report;
      report.frozen = true;
      CHECK(complaint(body, report).empty());
      CHECK(report.verdicts.empty());
      CHECK_FALSE(report.frozen);
      CHECK_FALSE(report.overdue.has_value());
    }
  }

  TEST_CASE("values that nobody of our kind writes")
  {
    for (const auto* value : {"", "3", "-1", "01", "1 ", "up", "18446744073709551616"}) {
      PeerReport report;
      REQUIRE(complaint("[" + item("failover-verdict-a", value) + "," + item("failover-frozen", value) + "]", report).empty());
      CHECK((report.verdicts.at("a") == Verdict::Unknown));
      CHECK(report.frozen);
    }
    PeerReport number; // PowerDNS writes all values as strings
    REQUIRE(complaint(R"([{"type":"StatisticItem","name":"failover-verdict-a","value":1}])", number).empty());
    CHECK((number.verdicts.at("a") == Verdict::Unknown));

    struct Row
    {
      const char* value;
      std::optional<std::chrono::milliseconds> age;
    };
    for (const auto& row : {Row{"0", 0ms}, {"86400000", 24h}, {"86400001", 24h}, {"18446744073709551615", 24h}, {"18446744073709551616", {}}, {"-1", {}}, {"", {}}, {"1x", {}}, {"0x1", {}}, {" 1", {}}}) {
      PeerReport report;
      REQUIRE(complaint("[" + item("failover-probe-overdue-ms", row.value) + "]", report).empty());
      CHECK(report.overdue.has_value() == row.age.has_value());
      CHECK(report.overdue.value_or(0ms) == row.age.value_or(0ms));
    }
  }

  TEST_CASE("names that no node has are passed over")
  {
    for (const std::string& name : {std::string("failover-verdict-"), std::string("failover-verdict"), "failover-verdict-" + repeated("a", 64), std::string("failover-verdict-a.b"), std::string("failover-verdict-a b"), std::string(R"(failover-verdict-\u0000)"), std::string("xfailover-verdict-a"), std::string("failover-verdicts-a")}) {
      PeerReport report;
      CHECK(complaint("[" + item(name, "2") + "]", report).empty());
      CHECK(report.verdicts.empty());
    }
    PeerReport report;
    CHECK(complaint("[" + item("failover-verdict-" + repeated("a", 63), "2") + "]", report).empty());
    CHECK(report.verdicts.size() == 1);
  }

  TEST_CASE("a node's name in a statistic's")
  {
    CHECK(statisticPart("east") == "east");
    CHECK(statisticPart("East_1-a.example") == "East_1-a-example");
    CHECK(statisticPart("\xc3\xa4") == "--");
    CHECK(statisticPart("").empty());
  }

  TEST_CASE("what is not PowerDNS's is refused and changes nothing")
  {
    PeerReport report;
    REQUIRE(complaint("[" + item("failover-verdict-a", "2") + "]", report).empty());
    for (const std::string body : {"", "x", "[", "[{]", "[{}", "[{}]x", "[{},]", "[NaN]", "// x\n[]", "[{'type':1}]", "null", "1", "\"x\"", "{\"a\":1,\"a\":2}"}) {
      CHECK(complaint(body, report).find("statistics are not JSON: ") == 0);
    }
    for (const std::string body : {"{}", R"({"error":"Unauthorized"})"}) {
      CHECK(complaint(body, report) == "statistics are no JSON array");
    }
    for (const std::string body : {"[1]", "[null]", "[[]]", "[{},\"x\"]"}) {
      CHECK(complaint(body, report) == "statistics have an item that is no JSON object");
    }
    CHECK(report.verdicts.size() == 1);
    CHECK(complaint("[{\"\xff\x01\x1b[31m\n").find_first_not_of(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~")
      == std::string::npos);
  }

  TEST_CASE("bytes, items, values and nesting are bounded")
  {
    const auto body = [](size_t items) { return "[" + repeated("{},", items - 1) + "{}]"; };
    CHECK(complaint(body(s_peerItemLimit)).empty());
    CHECK(complaint(body(s_peerItemLimit + 1)) == s_tooMany);
    CHECK(complaint("[" + repeated("0,", 2000000) + "0]") == s_tooMany); // 4 MB that would become 250 MB
    CHECK(complaint("[" + repeated("[],", 1300000) + "0]") == s_tooMany);
    CHECK(complaint("[{\"a\":[" + repeated("{},", 1300000) + "0]}]") == s_tooMany);
    CHECK(complaint("[{\"a\":\"" + repeated("[,", 1000000) + "\"}]").empty()); // text is no value
    CHECK(complaint("[" + repeated(" ", s_peerBodyLimit - 2) + "]").empty());
    CHECK(complaint("[" + repeated(" ", s_peerBodyLimit - 1) + "]") == s_tooMany);
    CHECK(complaint("[{\"a\":" + repeated("[", 5) + repeated("]", 5) + "}]").empty());
    for (const auto* bracket : {"[", "{\"a\":", "[{\"a\":"}) {
      CHECK(complaint(repeated(bracket, 1000)).find("statistics are not JSON: ") == 0);
      CHECK(complaint(repeated(bracket, 500000)).size() < 200);
    }
    CHECK(complaint("[" + repeated("1", s_peerBodyLimit - 2) + "]").size() < 200);
    CHECK(complaint("[\"" + repeated("\\ud800", 600000) + "\"]").size() < 200);
  }

  TEST_CASE("of two statistics of one name the last counts")
  {
    PeerReport report;
    REQUIRE(complaint("[" + item("failover-verdict-a", "2") + "," + item("failover-verdict-a", "1") + "]", report).empty());
    CHECK((report.verdicts.at("a") == Verdict::Up));
  }
}
