// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <functional>
#include <map>
#include <set>
#include "backend/settings.hh"

using namespace failover;

namespace
{
// The defaults, and over them what a test wants otherwise.
Settings parse(const std::map<std::string, std::string>& changed)
{
  std::map<std::string, std::string> values;
  for (const auto& declaration : settingDeclarations()) {
    values[declaration.key] = declaration.defaultValue;
  }
  for (const auto& [key, value] : changed) {
    values.at(key) = value;
  }
  return parseSettings([&](const std::string& key) { return values.at(key); }); // at(): only declared keys are asked for
}

std::string refusal(const std::string& key, const std::string& value)
{
  try {
    (void)parse({{key, value}});
    return "";
  }
  catch (const SettingsError& error) {
    return error.what();
  }
}

struct Number
{
  const char* key;
  int64_t least;
  int64_t most;
  std::function<int64_t(const Settings&)> parsed;
};

const Number s_numbers[] = {
  {"poll-interval-ms", 50, 10'000, [](const Settings& settings) { return int64_t{settings.pollInterval.count()}; }},
  {"rotate-ms", 0, 10'000, [](const Settings& settings) { return int64_t{settings.rotate.count()}; }},
  {"state-max-age", 0, 604'800, [](const Settings& settings) { return int64_t{settings.stateMaxAge.count()}; }},
  {"history-events", 0, 1'000'000, [](const Settings& settings) { return static_cast<int64_t>(settings.historyEvents); }},
  {"max-probes", 0, 65'536, [](const Settings& settings) { return static_cast<int64_t>(settings.maxProbes); }},
  {"freeze-share", 0, 100, [](const Settings& settings) { return int64_t{settings.freezeShare}; }},
  {"quorum", 1, 100, [](const Settings& settings) { return int64_t{settings.quorum}; }},
  {"hold-down", 0, 86'400, [](const Settings& settings) { return int64_t{settings.holdDown.count()}; }},
  {"hold-down-max", 0, 86'400, [](const Settings& settings) { return int64_t{settings.holdDownMax.count()}; }},
};
}

TEST_SUITE("settings")
{
  TEST_CASE("the declared defaults are those of the type")
  {
    const auto settings = parse({});
    const Settings expected;
    CHECK(settings.database == "/var/lib/powerdns/failover.sqlite3");
    CHECK(settings.journalMode == "WAL");
    CHECK(settings.pollInterval == expected.pollInterval);
    CHECK(settings.stateMaxAge == expected.stateMaxAge);
    CHECK(settings.historyEvents == expected.historyEvents);
    CHECK(settings.maxProbes == expected.maxProbes);
    CHECK(settings.execDir.empty());
    CHECK(settings.freezeShare == expected.freezeShare);
    CHECK(settings.quorum == expected.quorum);
    CHECK(settings.holdDown == expected.holdDown);
    CHECK(settings.holdDownMax == expected.holdDownMax);
  }

  TEST_CASE("every setting is declared once, with a help of one line")
  {
    std::set<std::string> keys;
    for (const auto& declaration : settingDeclarations()) {
      CAPTURE(declaration.key);
      CHECK(keys.insert(declaration.key).second);
      const std::string help = declaration.help;
      CHECK(help.size() > 10);
      CHECK(help.find('\n') == std::string::npos);
    }
    CHECK(keys.size() == 15);
  }

  TEST_CASE("programs are in a folder that does not depend on where the server was started")
  {
    CHECK(parse({{"exec-dir", "/etc/powerdns/failover.d"}}).execDir == "/etc/powerdns/failover.d");
    for (const std::string bad : {"failover.d", "./x", " /x", "~/x"}) {
      CHECK(refusal("exec-dir", bad) == "exec-dir: '" + bad + "' is not an absolute path");
    }
  }

  TEST_CASE("a node is held no longer than at most")
  {
    CHECK(parse({{"hold-down", "600"}}).holdDown == parse({}).holdDownMax);
    CHECK(refusal("hold-down", "601") == "hold-down-max: '600' is less than hold-down, 601");
    CHECK(parse({{"hold-down", "0"}, {"hold-down-max", "0"}}).holdDownMax.count() == 0);
  }

  TEST_CASE("a number is accepted from bound to bound and refused outside, with the rule")
  {
    for (const auto& number : s_numbers) {
      const std::string key = number.key;
      CAPTURE(key);
      for (const auto good : {number.least, number.least + 1, number.most}) {
        const bool isHold = key.starts_with("hold-down"); // of which neither goes without the other
        const std::map<std::string, std::string> both{{"hold-down", key == "hold-down" ? std::to_string(good) : "0"}, {"hold-down-max", key == "hold-down-max" ? std::to_string(good) : "86400"}};
        CHECK(number.parsed(parse(isHold ? both : std::map<std::string, std::string>{{key, std::to_string(good)}})) == good);
      }
      for (const auto bad : {number.least - 1, number.most + 1}) {
        CHECK(refusal(key, std::to_string(bad)) == key + ": '" + std::to_string(bad) + "' is not a whole number from " + std::to_string(number.least) + " to " + std::to_string(number.most));
      }
      for (const auto* bad : {"", "x", " 100", "100 ", "1e3", "100ms", "100.0", "+100", "0x64", "99999999999999999999"}) {
        CHECK(refusal(key, bad).starts_with(key + ": '" + bad + "' is not a whole number"));
      }
    }
  }

  TEST_CASE("what the help says of a number's bounds and default is true")
  {
    for (const auto& declaration : settingDeclarations()) {
      for (const auto& number : s_numbers) {
        if (std::string(declaration.key) == number.key) {
          CAPTURE(declaration.key);
          CHECK(std::string(declaration.help).ends_with(std::to_string(number.least) + " to " + std::to_string(number.most)));
          CHECK(number.parsed(parse({})) == std::stoll(declaration.defaultValue));
        }
      }
    }
  }

  TEST_CASE("a pragma takes SQLite's own words in any case, or nothing")
  {
    for (const auto* good : {"WAL", "wal", "DELETE", "truncate", "PERSIST", ""}) {
      CHECK(parse({{"pragma-journal-mode", good}}).journalMode == good);
    }
    CHECK(refusal("pragma-journal-mode", "WAL; DROP TABLE records") == "pragma-journal-mode: 'WAL; DROP TABLE records' is none of WAL DELETE TRUNCATE PERSIST");
    CHECK(refusal("pragma-journal-mode", "OFF") == "pragma-journal-mode: 'OFF' is none of WAL DELETE TRUNCATE PERSIST");
    for (const auto* good : {"", "0", "3", "off", "NORMAL", "Full", "EXTRA"}) {
      CHECK(refusal("pragma-synchronous", good).empty());
    }
    CHECK(refusal("pragma-synchronous", "4") == "pragma-synchronous: '4' is none of 0 1 2 3 OFF NORMAL FULL EXTRA");
  }

  TEST_CASE("a database needs a name")
  {
    CHECK(parse({{"database", "x.sqlite3"}}).database == "x.sqlite3");
    CHECK(refusal("database", "") == "database: '' is no file name");
  }
}
