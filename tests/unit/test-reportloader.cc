// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/reportloader.hh"
#include "teststore.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

namespace
{
PushReports load(const TestStore& store)
{
  Database database(store.file(), 10s);
  return loadReports(database);
}

std::chrono::system_clock::time_point second(int64_t number)
{
  return std::chrono::system_clock::time_point(std::chrono::seconds(number));
}
}

TEST_SUITE("reportloader")
{
  TEST_CASE("a report holds for all the seconds it promises, or for three intervals")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks(id, node, url, interval_ms) VALUES(1, 'east', 'push://a', 3000), (2, 'east', 'push://b', 60000), (3, 'east', 'push://c', 3100)");
    store.execute("INSERT INTO reports VALUES(2, 'down', 2000000000, 90), (1, 'up', 2000000000, NULL), (3, 'up', 2000000000, NULL)");
    const auto loaded = load(store);
    CHECK(loaded.problems.empty());
    const std::vector<PushReport> wanted{{1, true, second(2000000000), second(2000000010)}, {2, false, second(2000000000), second(2000000091)}, {3, true, second(2000000000), second(2000000011)}};
    CHECK(loaded.reports == wanted);
  }

  TEST_CASE("a check that is not enabled has no report")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks(id, node, url, enabled) VALUES(1, 'east', 'push://a', 0); INSERT INTO reports(check_id, outcome) VALUES(1, 'up')");
    CHECK(load(store).reports.empty());
    CHECK(load(store).problems.empty());
  }

  TEST_CASE("reports that cannot be used are problems")
  {
    const TestStore store;
    store.addNode("east");
    store.execute("INSERT INTO checks(id, node, url) VALUES(1, 'east', 'push://a'), (2, 'east', 'http://192.0.2.1/'), (3, 'east', 'push://c');"
                  "DROP TRIGGER failover_reports_insert; PRAGMA ignore_check_constraints=1;"
                  "INSERT INTO reports VALUES(1, 'odd', 1, 1), (2, 'up', 1, 1), (3, 'up', -1, 1), (9, 'up', 1, 1)");
    const auto loaded = load(store);
    CHECK(loaded.reports.empty());
    REQUIRE(loaded.problems.total() == 4);
    CHECK(loaded.problems.listed()[0].text() == "reports check_id 1: outcome: is neither up nor down (left out)");
    CHECK(loaded.problems.listed()[1].text() == "reports check_id 2: check_id: there is no push check with this id (left out)");
    CHECK(loaded.problems.listed()[2].text() == "reports check_id 3: at: '-1' is no number from 0 to 4294967295 (left out)");
    CHECK(loaded.problems.listed()[3].text() == "reports check_id 9: check_id: there is no push check with this id (left out)");
  }
}
