// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <sstream>
#include "backend/control/drainorder.hh"

using namespace failover;
using namespace std::chrono_literals;

namespace
{
const std::chrono::system_clock::time_point s_now{1'767'225'600s + 1ms}; // 2026-01-01T00:00:00.001Z

DrainOrder parse(const std::string& line)
{
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return parseDrainOrder(words, s_now, systemTimeZone());
}

// "starts ends planned|wish forced|- reason"
std::string digest(const std::string& line)
{
  try {
    const auto order = parse(line);
    CHECK(order.node == "east");
    return toText(order.drain.starts).substr(11, 8) + " " + (order.drain.ends ? toText(*order.drain.ends).substr(11, 8) : "-") + (order.isPlanned ? " planned" : " wish") + (order.force ? " force" : "") + (order.drain.reason.empty() ? "" : ": " + order.drain.reason);
  }
  catch (const MomentError& error) {
    return error.what();
  }
}
}

TEST_SUITE("drainorder")
{
  TEST_CASE("at, for and force in any order, then the reason")
  {
    const std::pair<const char*, const char*> table[] = {
      {"east", "00:00:00 - wish"},
      {"east new kernel", "00:00:00 - wish: new kernel"},
      {"east at now new kernel", "00:00:00 - wish: new kernel"},
      {"east for 2h", "00:00:00 02:00:01 planned"},
      {"east at now for 2h", "00:00:00 02:00:01 planned"},
      {"east at +1h", "01:00:01 - planned"},
      {"east at +1h for 30m new kernel", "01:00:01 01:30:01 planned: new kernel"},
      {"east for 30m force at 2026-01-01T03:00Z", "03:00:00 03:30:00 planned force"},
      {"east force", "00:00:00 - wish force"},
      {"east force force majeure", "00:00:00 - wish force: force majeure"},
      {"east for 1h for the new kernel", "00:00:00 01:00:01 planned: for the new kernel"},
      {"east new kernel at noon for good", "00:00:00 - wish: new kernel at noon for good"},
    };
    for (const auto& [line, wanted] : table) {
      CAPTURE(line);
      CHECK(digest(line) == wanted);
    }
  }

  TEST_CASE("what is wrong is said")
  {
    CHECK(digest("east at") == "'at' wants a time after it");
    CHECK(digest("east at +1h for") == "'for' wants a duration after it");
    CHECK(digest("east for maintenance") == "'maintenance' is no duration: 90s, 30m, 2h, 1d or 1h30m");
    CHECK(digest("east at noon").starts_with("'noon' is no time: "));
    CHECK(digest("east 22:00 new kernel") == "'22:00' wants at or for before it");
    CHECK(digest("east 2h") == "'2h' wants at or for before it");
    CHECK(digest("east new kernel at 22:00") == "'at 22:00' belongs before the reason");
    CHECK(digest("east force majeure for 2h") == "'for 2h' belongs before the reason");
  }
}
