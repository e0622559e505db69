// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <string>
#include <vector>
#include "backend/loadprogress.hh"
#include "fakehost.hh"

using namespace failover;
using namespace failover::test;
using namespace std::chrono_literals;

namespace
{
constexpr LoadProgress::Clock::time_point s_start{1000s};

std::vector<std::string> textsOf(const FakeHost& host)
{
  std::vector<std::string> texts;
  for (const auto& line : host.lines()) {
    CHECK(line.level == LogLevel::Info);
    texts.push_back(line.text);
  }
  return texts;
}
}

TEST_SUITE("loadprogress")
{
  TEST_CASE("a quick load is nothing to talk about")
  {
    FakeHost host;
    bool asked = false;
    LoadProgress progress(host, s_start, [&] { asked = true; return 10; });
    progress.look(s_start);
    progress.look(s_start + 1999ms);
    CHECK(host.lines().empty());
    CHECK_FALSE(asked);
  }

  TEST_CASE("a long one says every two seconds how far it is")
  {
    FakeHost host;
    int asked = 0;
    LoadProgress progress(host, s_start, [&] { return ++asked * 500; });
    progress.look(s_start + 2s);
    progress.count();
    progress.count();
    progress.look(s_start + 3999ms);
    progress.look(s_start + 4500ms);
    progress.look(s_start + 6s);
    progress.look(s_start + 6500ms);
    CHECK(textsOf(host) == std::vector<std::string>{"store: read 0 of 500 records (2 s)", "store: read 2 of 500 records (4 s)", "store: read 2 of 500 records (6 s)"});
    CHECK(asked == 1);
  }

  TEST_CASE("it does not make up a total")
  {
    FakeHost host;
    LoadProgress progress(host, s_start, [] { return 0; });
    progress.look(s_start + 7s);
    CHECK(textsOf(host) == std::vector<std::string>{"store: read 0 records (7 s)"});
  }

  TEST_CASE("it looks at the clock every so many records")
  {
    FakeHost host;
    LoadProgress progress(host, LoadProgress::Clock::now() - 1h, [] { return 0; });
    for (uint64_t i = 1; i < LoadProgress::s_stride; ++i) {
      progress.count();
    }
    CHECK(host.lines().empty());
    progress.count();
    CHECK(textsOf(host) == std::vector<std::string>{"store: read 1000 records (3600 s)"});
  }
}
