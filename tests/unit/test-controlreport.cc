// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "serving.hh"

// The command by which outside jobs report.

using namespace failover;
using namespace failover::test;

namespace
{
void addCheck(const Serving& serving, const char* name)
{
  serving.store.execute("INSERT INTO checks(node, url, enabled) VALUES('east', 'push://" + std::string(name) + "', 0)");
}
}

TEST_SUITE("control")
{
  TEST_CASE("a report is in the store when the command returns")
  {
    const Serving serving("", {"east"});
    addCheck(serving, "backup");
    CHECK(run(serving, "failover-report backup up") == "check backup: up\n");
    CHECK(serving.store.value("SELECT outcome || ' ' || coalesce(valid_s, '-') FROM reports") == "up -");
    CHECK(run(serving, "failover-report 1 down for 90") == "check 1: down, for 1 min 30 s\n");
    CHECK(serving.store.value("SELECT outcome || ' ' || valid_s || ' ' || (unixepoch() - at < 60) FROM reports") == "down 90 1");
    CHECK(run(serving, "failover-report backup up for 25h").starts_with("check backup: up, for "));
    CHECK(serving.store.value("SELECT valid_s FROM reports") == "90000");
  }

  TEST_CASE("a report that nobody waits for or that promises nothing is refused")
  {
    const Serving serving("", {"east"});
    addCheck(serving, "backup");
    CHECK(run(serving, "failover-report other up") == "error: no push check 'other': no url push://other in the table checks, nor a push check with this id\n");
    for (const auto* validity : {"0", "-1", "x", "367d", "99999999999999999999"}) {
      CHECK(run(serving, "failover-report backup up for " + std::string(validity)).starts_with("error: "));
    }
    CHECK(serving.store.value("SELECT count(*) FROM reports") == "0");
    serving.store.execute("DROP TABLE reports");
    CHECK(run(serving, "failover-report backup up").starts_with("error: nothing changed: "));
  }

  TEST_CASE("where two backends have a push check of one name, SUFFIX:CHECK says which")
  {
    const Serving first("one", {"east"});
    const Serving second("two", {"east"});
    addCheck(first, "backup");
    addCheck(second, "backup");
    addCheck(second, "other");
    Runtime* const both[] = {first.runtime.get(), second.runtime.get()};
    CHECK(run(both, "failover-report backup up") == "error: several backends have a push check 'backup'; say which, as in two:backup\n");
    CHECK(run(both, "failover-report other up") == "check other: up\n");
    CHECK(run(both, "failover-report one:backup down") == "check backup: down\n");
    CHECK(first.store.value("SELECT outcome FROM reports") == "down");
    CHECK(second.store.value("SELECT count(*) FROM reports") == "1");
    CHECK(run(both, "failover-report three:backup up").starts_with("error: no push check 'three:backup'"));
  }
}
