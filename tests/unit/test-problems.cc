// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "backend/problems.hh"
#include "fakehost.hh"

using namespace failover;
using namespace failover::test;
using Effect = RowProblem::Effect;

namespace
{
RowProblem problem(int id, Effect effect = Effect::LeftOut)
{
  return {"records", "id " + std::to_string(id), "no use", effect};
}

Problems numbered(int first, int last)
{
  Problems problems;
  for (int id = first; id <= last; ++id) {
    problems.add(problem(id));
  }
  return problems;
}
}

TEST_SUITE("problems")
{
  TEST_CASE("the text says which row, why, and what became of it")
  {
    CHECK(problem(7).text() == "records id 7: no use (left out)");
    CHECK(problem(7, Effect::Kept).text() == "records id 7: no use (the last good version stays)");
    CHECK(problem(7, Effect::Served).text() == "records id 7: no use (served all the same)");
  }

  TEST_CASE("the text is one line of printable characters, and not endless")
  {
    const RowProblem strange{"records", "id 1", "'\x01\n\xff" + std::string(100'000, 'x')};
    const auto text = strange.text();
    CHECK(text.size() < 3000);
    CHECK(text.find_first_of("\x01\n\xff") == std::string::npos);
    CHECK(text.ends_with(" (left out)"));
  }

  TEST_CASE("of very many the first are listed and all are counted")
  {
    const auto many = numbered(1, 1000);
    CHECK(many.total() == 1000);
    CHECK(many.listed().size() == Problems::s_perZone);
    CHECK(many.unlisted() == 1000 - Problems::s_perZone);
    CHECK(many.listed().back() == problem(Problems::s_perZone));

    Problems all(Problems::s_perZone + 1);
    all.add(many);
    all.add(numbered(2001, 2005));
    CHECK(all.total() == 1005);
    CHECK(all.listed().back() == problem(2001));
    CHECK(all.unlisted() == 1005 - Problems::s_perZone - 1);
    CHECK(Problems().empty());
  }

  TEST_CASE("what is new and what is over is logged, what was known is not")
  {
    FakeHost host;
    ProblemChanges changes;
    auto now = numbered(2, 3);
    now.add(problem(9, Effect::Served));
    changes.compare(numbered(1, 2), now);
    changes.log(host);
    REQUIRE(host.lines().size() == 3);
    CHECK(host.count(LogLevel::Error, "store: records id 3: no use (left out)") == 1);
    CHECK(host.count(LogLevel::Warning, "store: records id 9: no use (served all the same)") == 1);
    CHECK(host.count(LogLevel::Info, "store: records id 1: no use (left out): no longer so") == 1);
  }

  TEST_CASE("a thousand new ones in many zones are some lines, the last of which counts the others")
  {
    FakeHost host;
    ProblemChanges changes;
    for (int zone = 0; zone < 10; ++zone) {
      changes.compare(Problems(), numbered(100 * zone + 1, 100 * zone + 100));
    }
    changes.log(host);
    CHECK(host.lines().size() == Problems::s_perLoad + 1);
    CHECK(host.count(LogLevel::Error, "store: and " + std::to_string(1000 - Problems::s_perLoad) + " more bad rows") == 1);

    host.forget();
    ProblemChanges over;
    over.compare(numbered(1, 100), Problems());
    over.log(host);
    CHECK(host.lines().size() == Problems::s_perLoad + 1);
    CHECK(host.count(LogLevel::Info, std::to_string(100 - Problems::s_perLoad) + " more bad rows: no longer so") == 1);
  }
}
