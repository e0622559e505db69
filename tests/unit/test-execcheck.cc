// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <csignal>
#include "probe/checks/execcheck.hh"
#include "probe/loop/program.hh"
#include "programfolder.hh"
#include "runtoend.hh"

using namespace failover;
using namespace failover::test;

namespace
{
ChildEnd ended(int code, const std::string& output = {})
{
  ChildEnd end;
  end.exit.isKnown = true;
  end.exit.code = code;
  end.output = output;
  return end;
}

CheckSpec specOf(const std::string& program, std::vector<std::string> arguments = {})
{
  CheckSpec spec;
  spec.kind = CheckKind::Exec;
  spec.program = program;
  spec.arguments = std::move(arguments);
  return spec;
}

constexpr std::chrono::seconds s_timeout(30);

struct Programs
{
  ProgramFolder folder;
  Reaper reaper;
  Engine engine;

  CheckResult run(const std::string& program, std::vector<std::string> arguments = {}, std::chrono::milliseconds timeout = s_timeout)
  {
    auto spec = specOf(program, std::move(arguments));
    spec.timeout = timeout;
    return runToEnd(std::make_unique<ExecCheck>(spec, folder.path(), reaper), timeout, engine);
  }
};
}

TEST_SUITE("execcheck")
{
  TEST_CASE("exit 0 passes, whatever else fails")
  {
    CHECK(judgeProgram(ended(0)).outcome == Outcome::Passed);
    CHECK(judgeProgram(ended(0)).text == "exit 0");
    CHECK(judgeProgram(ended(1)).outcome == Outcome::BadStatus);
    CHECK(judgeProgram(ended(255)).text == "exit 255");
  }

  TEST_CASE("the first line with anything on it is quoted, printable and bounded")
  {
    CHECK(judgeProgram(ended(0, "3 ok\nmore\n")).text == "exit 0: 3 ok");
    CHECK(judgeProgram(ended(3, "\n \t\r\n disk\tfull \nx")).text == "exit 3: disk full");
    CHECK(judgeProgram(ended(3, "a\x1b[31m\xff")).text == "exit 3: a?[31m?");
    CHECK(judgeProgram(ended(3, std::string("\0\n", 2))).text == "exit 3: ?");
    CHECK(judgeProgram(ended(3, std::string(5000, 'x'))).text == "exit 3: " + std::string(200, 'x') + "...");
  }

  TEST_CASE("a signal, too much output, an end that nobody knows")
  {
    ChildEnd end = ended(0);
    end.exit.signal = 11;
    CHECK(judgeProgram(end).outcome == Outcome::BadStatus);
    CHECK(judgeProgram(end).text == "killed by signal 11");
    end.exit.isKnown = false;
    CHECK(judgeProgram(end).outcome == Outcome::LocalProblem);
    end.saidTooMuch = true;
    CHECK(judgeProgram(end).outcome == Outcome::Protocol);
    CHECK(judgeProgram(end).text == "more than 1048576 bytes of output");
  }

  TEST_CASE("a program decides")
  {
    Programs programs;
    (void)programs.folder.add("check", "echo \"$1\"; exit \"$2\"");
    CHECK(programs.run("check", {"all well", "0"}).text == "exit 0: all well");
    const auto result = programs.run("check", {"disk full", "3"});
    CHECK(result.outcome == Outcome::BadStatus);
    CHECK(result.text == "exit 3: disk full");
  }

  TEST_CASE("what cannot be run is thrown, and says what to do")
  {
    Programs programs;
    const auto path = programs.folder.add("plain", "", 0644);
    CHECK_THROWS_WITH(programs.run("plain"), (path + ": permission denied").c_str());
    CHECK_THROWS_AS(programs.run("none"), ProgramError);
    CHECK_THROWS_WITH_AS(runToEnd(std::make_unique<ExecCheck>(specOf("check"), "", programs.reaper), s_timeout, programs.engine),
      "failover-exec-dir is not set", ProgramError);
  }

  TEST_CASE("out of time: the program is killed")
  {
    Programs programs;
    const auto note = programs.folder.path() + "/pid";
    (void)programs.folder.add("check", "echo $$ > " + note + "; exec sleep 1000");
    const auto result = programs.run("check", {}, std::chrono::milliseconds(300));
    CHECK(result.outcome == Outcome::Timeout);
    CHECK(result.text == "timeout after 300 ms");
    CHECK(turnUntil(programs.engine, [&] { programs.reaper.sweep(); return programs.reaper.size() == 0; }));
    pid_t child = 0;
    if (std::ifstream(note) >> child) { // a busy machine may not have come that far
      CHECK(::kill(child, 0) != 0);
    }
  }

  TEST_CASE("many programs at once")
  {
    Programs programs;
    (void)programs.folder.add("check", "echo $1");
    constexpr int many = 40;
    int passed = 0;
    const auto now = std::chrono::steady_clock::now();
    for (int i = 0; i < many; ++i) {
      auto spec = specOf("check", {std::to_string(i)});
      programs.engine.runs.start(std::make_unique<ExecCheck>(spec, programs.folder.path(), programs.reaper), now, now + s_timeout,
        [&passed, i](const Run&, const CheckResult& result) { passed += result.text == "exit 0: " + std::to_string(i) ? 1 : 0; });
    }
    CHECK(turnUntil(programs.engine, [&] { return programs.engine.runs.size() == 0; }));
    CHECK(passed == many);
  }
}
