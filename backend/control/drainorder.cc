// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "drainorder.hh"
#include <optional>
#include "words.hh"

namespace failover
{
namespace
{
  // Whether these words of a reason would have been when or how long, had they come first.
  bool isWhen(const std::string& keyword, const std::string& value, std::chrono::system_clock::time_point now, const TimeZone& zone)
  {
    try {
      if (keyword == "at") {
        (void)parseMoment(value, now, zone);
        return true;
      }
      if (keyword == "for") {
        (void)parseDuration(value);
        return true;
      }
    }
    catch (const MomentError&) { // no time at all
    }
    return false;
  }
}

DrainOrder parseDrainOrder(const std::vector<std::string>& words, std::chrono::system_clock::time_point now, const TimeZone& zone)
{
  DrainOrder order;
  order.node = words.at(0);
  std::optional<std::chrono::sys_seconds> at;
  std::optional<std::chrono::seconds> lasts;
  size_t next = 1;
  const auto value = [&](const char* what) {
    if (next + 1 >= words.size()) {
      throw MomentError("'" + words[next] + "' wants " + what + " after it");
    }
    next += 2;
    return words[next - 1];
  };
  for (bool isOver = false; next < words.size() && !isOver;) {
    if (words[next] == "at" && !at) {
      at = parseMoment(value("a time"), now, zone);
    }
    else if (words[next] == "for" && !lasts) {
      lasts = parseDuration(value("a duration"));
    }
    else if (words[next] == "force" && !order.force) {
      order.force = true;
      ++next;
    }
    else {
      isOver = true;
    }
  }
  if (next < words.size() && (isWhen("at", words[next], now, zone) || isWhen("for", words[next], now, zone)) && words[next] != "now") {
    throw MomentError("'" + words[next] + "' wants at or for before it");
  }
  for (auto word = next; word + 1 < words.size(); ++word) {
    if (isWhen(words[word], words[word + 1], now, zone)) {
      throw MomentError("'" + words[word] + " " + words[word + 1] + "' belongs before the reason");
    }
  }
  order.drain.reason = joined(words, next);
  const auto thisSecond = inSeconds(now);
  order.drain.starts = at.value_or(thisSecond);
  if (lasts) { // all of it, though what has begun began at the last full second
    order.drain.ends = std::max(order.drain.starts, std::chrono::ceil<std::chrono::seconds>(now)) + *lasts;
  }
  order.isPlanned = lasts || order.drain.starts > thisSecond;
  return order;
}
}
