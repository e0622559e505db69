// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "moments.hh"
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <tuple>
#include "probe/drainplan.hh"

namespace failover
{
namespace
{
  using std::chrono::seconds;
  using std::chrono::sys_days;
  using std::chrono::sys_seconds;

  struct Unit
  {
    char letter;
    const char* name;
    seconds length;
  };
  constexpr std::array<Unit, 4> s_units{{{'d', "d", std::chrono::hours(24)}, {'h', "h", std::chrono::hours(1)}, {'m', "min", std::chrono::minutes(1)}, {'s', "s", seconds(1)}}};
  constexpr std::chrono::hours s_longest{366 * 24};
  constexpr int s_lastYear = 2100; // the store's moments are good for some years more

  struct WallTime
  {
    sys_days day;
    int hour;
    int minute;
    int second;
  };

  [[noreturn]] void refuse(const std::string& text, const std::string& rule)
  {
    throw MomentError("'" + text + "' " + rule);
  }

  std::tm fieldsOf(const WallTime& time, int isSummer)
  {
    const std::chrono::year_month_day date(time.day);
    std::tm fields{};
    fields.tm_year = static_cast<int>(date.year()) - 1900;
    fields.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
    fields.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
    fields.tm_hour = time.hour;
    fields.tm_min = time.minute;
    fields.tm_sec = time.second;
    fields.tm_isdst = isSummer;
    return fields;
  }

  bool showSame(const std::tm& one, const std::tm& other)
  {
    const auto face = [](const std::tm& time) { return std::tuple(time.tm_year, time.tm_mon, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec); };
    return face(one) == face(other);
  }

  // The first moment from `now` on at which the clocks of the zone show that; nothing when there is none.
  std::optional<sys_seconds> nextMoment(const WallTime& time, sys_seconds now, const TimeZone& zone)
  {
    std::optional<sys_seconds> next;
    for (const int isSummer : {1, 0}) {
      const auto fields = fieldsOf(time, isSummer);
      const auto when = zone.toTime(fields);
      const sys_seconds moment{seconds(when)};
      if (showSame(zone.toLocal(when), fields) && moment >= now && (!next || moment < *next)) {
        next = moment;
      }
    }
    return next;
  }

  std::optional<sys_seconds> utcMoment(const WallTime& time)
  {
    return time.day + std::chrono::hours(time.hour) + std::chrono::minutes(time.minute) + seconds(time.second);
  }

  sys_days today(sys_seconds now, const TimeZone& zone)
  {
    const auto local = zone.toLocal(now.time_since_epoch().count());
    return std::chrono::year(local.tm_year + 1900) / (local.tm_mon + 1) / local.tm_mday;
  }

  void requireClock(const std::string& text, const WallTime& time)
  {
    if (time.hour > 23 || time.minute > 59 || time.second > 59) {
      refuse(text, "is no time of day: 00:00 to 23:59");
    }
  }

  sys_seconds nextClock(const std::string& text, WallTime time, sys_seconds now, const TimeZone& zone)
  {
    requireClock(text, time);
    time.day = today(now, zone);
    for (;; time.day += std::chrono::days(1)) { // a day in spring may lack that time
      if (const auto moment = nextMoment(time, now, zone)) {
        return *moment;
      }
    }
  }

  struct Date
  {
    int year;
    unsigned month;
    unsigned day;
  };

  sys_seconds onDate(const std::string& text, const Date& date, WallTime time, bool isUtc, sys_seconds now, const TimeZone& zone)
  {
    const auto day = std::chrono::year(date.year) / static_cast<int>(date.month) / static_cast<int>(date.day);
    if (!day.ok()) {
      refuse(text, "is no date of the calendar");
    }
    requireClock(text, time);
    if (date.year > s_lastYear) {
      refuse(text, "is after the year " + std::to_string(s_lastYear));
    }
    time.day = day;
    const auto moment = isUtc ? utcMoment(time) : nextMoment(time, now, zone);
    if (moment && *moment >= now) {
      return *moment;
    }
    const bool comes = isUtc || nextMoment(time, sys_seconds::min(), zone);
    refuse(text, comes ? "is past" : "does not exist: clocks are put forward then");
  }
}

const TimeZone& systemTimeZone() noexcept
{
  static constexpr TimeZone zone{
    [](std::time_t when) {
      std::tm local{};
      localtime_r(&when, &local);
      return local;
    },
    [](std::tm local) { return std::mktime(&local); }};
  return zone;
}

seconds parseDuration(const std::string& text)
{
  constexpr const char* rule = "is no duration: 90s, 30m, 2h, 1d or 1h30m";
  constexpr size_t mostDigits = 8; // of a number that is not too long already
  seconds sum{0};
  auto unit = s_units.begin();
  for (size_t at = 0; at < text.size(); ++at) {
    const auto stop = text.find_first_not_of("0123456789", at);
    if (stop == std::string::npos || stop == at || stop - at > mostDigits) {
      refuse(text, rule);
    }
    unit = std::find_if(unit, s_units.end(), [&](const Unit& one) { return one.letter == text[stop]; });
    if (unit == s_units.end()) {
      refuse(text, rule);
    }
    sum += std::stol(text.substr(at, stop - at)) * unit->length;
    ++unit;
    at = stop;
  }
  if (text.empty()) {
    refuse(text, rule);
  }
  if (sum < seconds(1) || sum > s_longest) {
    refuse(text, "is out of bounds: 1s to 366d");
  }
  return sum;
}

sys_seconds parseMoment(const std::string& text, std::chrono::system_clock::time_point now, const TimeZone& zone)
{
  if (text == "now") {
    return inSeconds(now);
  }
  if (text.starts_with('+')) {
    return std::chrono::ceil<seconds>(now) + parseDuration(text.substr(1));
  }
  const auto hasForm = [&](const char* form) {
    return std::equal(text.begin(), text.end(), form, form + std::string_view(form).size(), [](char have, char want) { return want == '0' ? have >= '0' && have <= '9' : have == want; });
  };
  const auto number = [&](size_t at, size_t digits) { return std::stoi(text.substr(at, digits)); };
  if (hasForm("00:00")) {
    return nextClock(text, {{}, number(0, 2), number(3, 2), 0}, inSeconds(now), zone);
  }
  const bool isUtc = hasForm("0000-00-00T00:00Z") || hasForm("0000-00-00T00:00:00Z");
  if (isUtc || hasForm("0000-00-00T00:00") || hasForm("0000-00-00T00:00:00")) {
    constexpr size_t withSeconds = std::string_view("0000-00-00T00:00:00").size();
    const Date date{number(0, 4), static_cast<unsigned>(number(5, 2)), static_cast<unsigned>(number(8, 2))};
    return onDate(text, date, {{}, number(11, 2), number(14, 2), text.size() >= withSeconds ? number(17, 2) : 0}, isUtc, inSeconds(now), zone);
  }
  refuse(text, "is no time: HH:MM, YYYY-MM-DDTHH:MM[:SS] (local, or UTC with a Z at its end), +DURATION or now");
}

namespace
{
  std::string spell(seconds duration, size_t most)
  {
    std::string text;
    size_t parts = 0;
    for (const auto& unit : s_units) {
      const auto number = duration / unit.length;
      duration %= unit.length;
      if (number > 0 && parts < most) {
        text += (text.empty() ? "" : " ") + std::to_string(number) + " " + unit.name;
      }
      parts += number > 0 || parts > 0 ? 1 : 0;
    }
    return text.empty() ? "0 s" : text;
  }
}

std::string spelled(seconds duration)
{
  return spell(duration, s_units.size());
}

std::string spelledRoughly(seconds duration)
{
  return spell(duration, 2);
}
}
