// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <unistd.h>
#include "inchild.hh"
#include "probe/loop/childprocess.hh"
#include "programfolder.hh"

using namespace failover;
using namespace failover::test;

namespace
{
using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds s_limit(30);

struct Programs final : ChildListener
{
  ProgramFolder folder;
  Poller poller;
  Reaper reaper;
  std::optional<ChildEnd> end;
  std::optional<ChildProcess> child;

  void childEnded(ChildEnd how) noexcept override { end = std::move(how); }

  void start(const std::string& script, std::vector<std::string> arguments = {}, std::string input = {})
  {
    end.reset();
    child.emplace(ChildProcess::Order{folder.add("check", script), std::move(arguments), std::move(input)}, poller, reaper, *this);
  }
  // Whether it came about in time.
  bool waitFor(const std::function<bool()>& condition)
  {
    const auto deadline = Clock::now() + s_limit;
    while (!condition() && Clock::now() < deadline) {
      poller.wait(std::chrono::milliseconds(10));
      reaper.sweep();
    }
    return condition();
  }
  // What it said until it exited with 0; else how it ended.
  std::string said(const std::string& script, std::vector<std::string> arguments = {}, std::string input = {})
  {
    start(script, std::move(arguments), std::move(input));
    if (!waitFor([this] { return end.has_value(); })) {
      return "no end";
    }
    return end->exit.isKnown && end->exit.signal == 0 && end->exit.code == 0 ? end->output : "failed: " + end->output;
  }
};

bool exists(pid_t process)
{
  return ::kill(process, 0) == 0;
}

// Or dead, and waiting for whoever adopted it.
bool isGone(pid_t process)
{
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  return !std::getline(stat, text) || text.find(") Z ") != std::string::npos;
}
}

TEST_SUITE("childprocess")
{
  TEST_CASE("what a program says and how it exits")
  {
    Programs programs;
    CHECK(programs.said("echo hello; echo world") == "hello\nworld\n");
    programs.start("echo full; exit 3");
    REQUIRE(programs.waitFor([&] { return programs.end.has_value(); }));
    CHECK(programs.end->exit.isKnown);
    CHECK(programs.end->exit.code == 3);
    CHECK(programs.end->exit.signal == 0);
    CHECK(programs.end->output == "full\n");
    CHECK(!programs.end->saidTooMuch);
  }

  TEST_CASE("a program that a signal kills")
  {
    Programs programs;
    programs.start("kill -SEGV $$");
    REQUIRE(programs.waitFor([&] { return programs.end.has_value(); }));
    CHECK(programs.end->exit.isKnown);
    CHECK(programs.end->exit.signal == SIGSEGV);
  }

  TEST_CASE("arguments arrive as they are: there is no shell between")
  {
    Programs programs;
    CHECK(programs.said("printf '<%s>' \"$@\"", {"a b", "$HOME", ";id", "*", "", "'\""}) == "<a b><$HOME><;id><*><><'\">");
  }

  TEST_CASE("the environment is empty, the folder is /")
  {
    Programs programs;
    ::setenv("FAILOVER_SECRET", "x", 1);
    // The shell itself sets PWD and the like, so the kernel is asked.
    CHECK(programs.said("tr '\\0' '\\n' < /proc/self/environ | grep -c SECRET; wc -c < /proc/$$/environ; pwd") == "0\n0\n/\n");
    ::unsetenv("FAILOVER_SECRET");
  }

  TEST_CASE("the program has three descriptors, whatever this process left open")
  {
    Programs programs;
    const Descriptor leaking(::open("/dev/zero", O_RDONLY)); // no O_CLOEXEC
    REQUIRE(leaking.isOpen());
    CHECK(programs.said("ls -l /proc/self/fd | grep -c zero; readlink /proc/self/fd/0 /proc/self/fd/2") == "0\n/dev/null\n/dev/null\n");
  }

  TEST_CASE("signals are neither blocked nor ignored")
  {
    Programs programs;
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before); // as on the probe thread
    const auto pipeBefore = ::signal(SIGPIPE, SIG_IGN);
    const auto blocked = programs.said("sed -n 's/^SigBlk:.//p' /proc/self/status");
    const auto ignored = programs.said("sed -n 's/^SigIgn:.//p' /proc/self/status");
    ::signal(SIGPIPE, pipeBefore);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    CHECK(blocked == "0000000000000000\n");
    CHECK((std::stoull(ignored, nullptr, 16) & 0x7fffffff) == 0); // the C library keeps 32 and 33 to itself
  }

  TEST_CASE("a program may read what it is told, all of it or nothing")
  {
    Programs programs;
    const std::string most(ChildProcess::s_inputLimit, 'x');
    CHECK(programs.said("cat", {}, "{\"a\":1}") == "{\"a\":1}");
    CHECK(programs.said("wc -c", {}, most) == "4096\n");
    CHECK(programs.said("true", {}, most) == "");
    CHECK(programs.said("wc -c") == "0\n");
    CHECK_THROWS_WITH(programs.start("cat", {}, most + "x"), "more than 4096 bytes for a program to read");
  }

  TEST_CASE("the first bytes of much output are kept, the rest is read and forgotten")
  {
    Programs programs;
    const auto said = programs.said("head -c 200000 /dev/zero | tr '\\0' a");
    CHECK(said == std::string(ChildProcess::s_outputKept, 'a'));
  }

  TEST_CASE("a program that says far too much is killed")
  {
    Programs programs;
    programs.start("exec cat /dev/zero");
    REQUIRE(programs.waitFor([&] { return programs.end.has_value(); }));
    CHECK(programs.end->saidTooMuch);
    CHECK(programs.waitFor([&] { return programs.reaper.size() == 0; }));
  }

  TEST_CASE("a program destroyed while it runs is gone, with its children")
  {
    Programs programs;
    const auto notes = programs.folder.path() + "/pids";
    programs.start("sleep 1000 & echo $$ $! > " + notes + ".new; mv " + notes + ".new " + notes + "; wait");
    REQUIRE(programs.waitFor([&] { return std::filesystem::exists(notes); }));
    pid_t leader = 0;
    pid_t member = 0;
    std::ifstream(notes) >> leader >> member;
    REQUIRE(leader > 1);
    REQUIRE(member > 1);
    CHECK(exists(leader));
    CHECK(exists(member));
    programs.child.reset();
    CHECK(programs.waitFor([&] { return programs.reaper.size() == 0; }));
    CHECK(programs.waitFor([&] { return !exists(leader) && isGone(member); }));
    CHECK(!programs.end);
  }

  TEST_CASE("what a program leaves behind ends with it, and does not hold up its end")
  {
    Programs programs;
    const auto said = programs.said("sleep 1000 & echo $!"); // has the output open
    const auto member = static_cast<pid_t>(std::stol(said));
    REQUIRE(member > 1);
    CHECK(programs.waitFor([&] { return isGone(member); }));
  }

  TEST_CASE("what cannot be started says why")
  {
    Programs programs;
    const auto start = [&](const std::string& path) { programs.child.emplace(ChildProcess::Order{path, {}, {}}, programs.poller, programs.reaper, programs); };
    CHECK_THROWS_WITH(start("/nowhere/at/all"), "/nowhere/at/all: no such file or directory");
    const auto plain = programs.folder.add("plain", "exit 0", 0644);
    CHECK_THROWS_WITH(start(plain), (plain + ": permission denied").c_str());
    const auto garbage = programs.folder.path() + "/garbage";
    std::ofstream(garbage) << "\1\2\3";
    ::chmod(garbage.c_str(), 0755);
    CHECK_THROWS_WITH(start(garbage), (garbage + ": exec format error").c_str());
  }

  TEST_CASE("a process that ignores SIGCHLD, as the pipe backend has it, still learns how its programs end")
  {
    const auto before = ::signal(SIGCHLD, SIG_IGN);
    Programs programs;
    programs.start("exit 4");
    const bool over = programs.waitFor([&] { return programs.end.has_value(); });
    ::signal(SIGCHLD, before);
    REQUIRE(over);
    CHECK(programs.end->exit.isKnown);
    CHECK(programs.end->exit.code == 4);
  }

  TEST_CASE("ignored while the program runs: the end is known, its status is not")
  {
    Programs programs;
    const auto go = programs.folder.path() + "/go";
    programs.start("while [ ! -e " + go + " ]; do sleep 0.01; done");
    const auto before = ::signal(SIGCHLD, SIG_IGN);
    std::ofstream(go) << "go";
    const bool over = programs.waitFor([&] { return programs.end.has_value(); });
    ::signal(SIGCHLD, before);
    REQUIRE(over);
    CHECK(!programs.end->exit.isKnown);
  }

  TEST_CASE("a server without standard descriptors runs programs, too")
  {
    const auto said = inChild([] {
      Programs programs;
      for (int fd = 0; fd <= 2; ++fd) {
        ::close(fd);
      }
      return programs.said("cat; readlink /proc/self/fd/0 | cut -c 1-4", {}, "told ");
    });
    CHECK(said == "told pipe\n");
  }

  TEST_CASE("nothing is left open")
  {
    const auto said = inChild([] {
      Programs programs;
      const int before = ::dup(0);
      ::close(before);
      for (int i = 0; i < 20; ++i) {
        (void)programs.said("echo x", {}, "y");
      }
      programs.child.reset();
      const int after = ::dup(0);
      return after == before ? std::string("none") : std::to_string(after - before);
    });
    CHECK(said == "none");
  }
}
