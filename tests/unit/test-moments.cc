// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <cstdlib>
#include <doctest/doctest.h>
#include <tuple>
#include "backend/control/moments.hh"
#include "probe/drainplan.hh"

using namespace failover;
using namespace std::chrono_literals;
using std::chrono::sys_seconds;

namespace
{
// In winter an hour before UTC's clocks, in summer two; needs no files of time zones.
constexpr const char* s_berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
const TimeZone s_utc{
  [](std::time_t when) {
    std::tm fields{};
    gmtime_r(&when, &fields);
    return fields;
  },
  [](std::tm fields) { return timegm(&fields); }};

// For the life of this, the zone of the process.
struct LocalZone
{
  explicit LocalZone(const char* name) { use(name); }
  ~LocalZone() { use(d_before.empty() ? nullptr : d_before.c_str()); }
  LocalZone(const LocalZone&) = delete;
  LocalZone& operator=(const LocalZone&) = delete;

private:
  static void use(const char* name)
  {
    name != nullptr ? setenv("TZ", name, 1) : unsetenv("TZ");
    tzset();
  }
  const std::string d_before{std::getenv("TZ") != nullptr ? std::getenv("TZ") : ""};
};

sys_seconds utc(const std::string& text)
{
  return parseMoment(text + "Z", std::chrono::system_clock::time_point{}, s_utc);
}

std::string moment(const std::string& text, const std::string& now, const TimeZone& zone)
{
  try {
    return toText(parseMoment(text, utc(now), zone));
  }
  catch (const MomentError& error) {
    return error.what();
  }
}

std::string duration(const std::string& text)
{
  try {
    return spelled(parseDuration(text));
  }
  catch (const MomentError& error) {
    return error.what();
  }
}
}

TEST_SUITE("moments")
{
  TEST_CASE("durations")
  {
    const std::pair<const char*, const char*> table[] = {
      {"1s", "1 s"},
      {"90s", "1 min 30 s"},
      {"30m", "30 min"},
      {"2h", "2 h"},
      {"1d", "1 d"},
      {"1h30m", "1 h 30 min"},
      {"0h5m", "5 min"},
      {"1d2h3m4s", "1 d 2 h 3 min 4 s"},
      {"25h", "1 d 1 h"},
      {"366d", "366 d"},
    };
    for (const auto& [text, spelt] : table) {
      CHECK(duration(text) == spelt);
    }
    for (const auto* text : {"", "2", "h", "2 h", "-1h", "+1h", "1.5h", "1w", "2hours", "30m1h", "1h1h", "1h30", "123456789s"}) {
      CHECK(duration(text) == "'" + std::string(text) + "' is no duration: 90s, 30m, 2h, 1d or 1h30m");
    }
    for (const auto* text : {"0s", "0d0h", "367d", "366d1s", "99999999d"}) {
      CHECK(duration(text) == "'" + std::string(text) + "' is out of bounds: 1s to 366d");
    }
  }

  TEST_CASE("what is small beside the rest is left out where a rough word is enough")
  {
    const std::pair<std::chrono::seconds, const char*> table[] = {{0s, "0 s"}, {59s, "59 s"}, {61s, "1 min 1 s"}, {2h + 59min + 59s, "2 h 59 min"}, {24h + 59s, "1 d"}, {50h + 30min, "2 d 2 h"}};
    for (const auto& [length, text] : table) {
      CHECK(spelledRoughly(length) == text);
    }
    CHECK(spelled(0s) == "0 s");
  }

  TEST_CASE("a time of day is the next one, and this second counts")
  {
    const std::tuple<const char*, const char*, const char*> table[] = {
      {"14:00", "2026-11-23T13:59:59", "2026-11-23T14:00:00Z"},
      {"14:00", "2026-11-23T14:00:00", "2026-11-23T14:00:00Z"},
      {"14:00", "2026-11-23T14:00:01", "2026-11-24T14:00:00Z"},
      {"00:00", "2026-12-31T23:59:59", "2027-01-01T00:00:00Z"},
      {"23:59", "2028-02-28T23:59:01", "2028-02-29T23:59:00Z"},
    };
    for (const auto& [text, now, wanted] : table) {
      CHECK(moment(text, now, s_utc) == wanted);
    }
  }

  TEST_CASE("local times follow the zone, over both changes of its clocks")
  {
    const LocalZone berlin(s_berlin);
    const std::tuple<const char*, const char*, const char*> table[] = {
      {"14:00", "2026-01-15T12:00:00", "2026-01-15T13:00:00Z"},
      {"14:00", "2026-07-15T11:00:00", "2026-07-15T12:00:00Z"},
      {"00:30", "2026-07-15T22:00:00", "2026-07-15T22:30:00Z"}, // it is tomorrow there
      {"2026-07-15T14:00", "2026-01-15T12:00:00", "2026-07-15T12:00:00Z"},
      {"2026-01-15T14:00:30", "2026-01-15T12:00:00", "2026-01-15T13:00:30Z"},
      {"2026-01-15T14:00Z", "2026-01-15T12:00:00", "2026-01-15T14:00:00Z"},
      // In spring 02:30 is left out.
      {"02:30", "2026-03-28T23:30:00", "2026-03-30T00:30:00Z"},
      {"2026-03-29T02:30", "2026-03-28T23:30:00", "'2026-03-29T02:30' does not exist: clocks are put forward then"},
      // In autumn it comes twice.
      {"02:30", "2026-10-24T23:30:00", "2026-10-25T00:30:00Z"},
      {"02:30", "2026-10-25T00:30:01", "2026-10-25T01:30:00Z"},
      {"02:30", "2026-10-25T01:30:01", "2026-10-26T01:30:00Z"},
      {"2026-10-25T02:30", "2026-10-25T00:45:00", "2026-10-25T01:30:00Z"},
    };
    for (const auto& [text, now, wanted] : table) {
      CAPTURE(text);
      CAPTURE(now);
      CHECK(moment(text, now, systemTimeZone()) == wanted);
    }
  }

  TEST_CASE("now is this second; a span is never cut short")
  {
    const std::chrono::system_clock::time_point now(utc("2026-01-01T00:00:00") + 1ms);
    CHECK(toText(parseMoment("now", now, s_utc)) == "2026-01-01T00:00:00Z");
    CHECK(toText(parseMoment("+1h30m", now, s_utc)) == "2026-01-01T01:30:01Z");
    CHECK(moment("+1h30m", "2026-01-01T00:00:00", s_utc) == "2026-01-01T01:30:00Z");
  }

  TEST_CASE("what is no moment, or past, is refused with its rule")
  {
    const std::string now = "2026-01-15T12:00:00";
    for (const auto* text : {"", "noon", "14", "2:00", "14:0", "14:00:00", "14.00", "14:00Z", "2026-01-15", "2026-01-15 14:00", "2026-1-15T14:00", "2026-01-15T14:00+01", "2026-01-15T14:00z", "-1h"}) {
      CHECK(moment(text, now, s_utc) == "'" + std::string(text) + "' is no time: HH:MM, YYYY-MM-DDTHH:MM[:SS] (local, or UTC with a Z at its end), +DURATION or now");
    }
    CHECK(moment("+", now, s_utc) == "'' is no duration: 90s, 30m, 2h, 1d or 1h30m");
    for (const auto* text : {"24:00", "12:60", "2026-01-15T24:00", "2026-01-15T12:00:60Z"}) {
      CHECK(moment(text, now, s_utc) == "'" + std::string(text) + "' is no time of day: 00:00 to 23:59");
    }
    for (const auto* text : {"2026-02-29T12:00", "2026-13-01T12:00", "2026-00-10T12:00Z", "2026-04-31T12:00"}) {
      CHECK(moment(text, now, s_utc) == "'" + std::string(text) + "' is no date of the calendar");
    }
    for (const auto* text : {"2026-01-15T11:59:59", "2026-01-15T11:59:59Z", "1969-01-01T00:00Z"}) {
      CHECK(moment(text, now, s_utc) == "'" + std::string(text) + "' is past");
    }
    CHECK(moment("2026-01-15T12:00Z", now, s_utc) == "2026-01-15T12:00:00Z");
    CHECK(moment("2101-01-01T00:00", now, s_utc) == "'2101-01-01T00:00' is after the year 2100");
  }
}
