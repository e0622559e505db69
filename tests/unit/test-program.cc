// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <filesystem>
#include "probe/loop/program.hh"
#include "programfolder.hh"

using namespace failover;
using namespace failover::test;

namespace
{
// Why folder/name is not run; empty: it would be.
std::string refusal(const std::string& folder, const std::string& name)
{
  try {
    (void)findProgram(folder, name);
    return "";
  }
  catch (const ProgramError& e) {
    return e.what();
  }
}
}

TEST_SUITE("program")
{
  TEST_CASE("a program of the folder is found")
  {
    const ProgramFolder folder;
    const auto path = folder.add("check", "exit 0");
    CHECK(findProgram(folder.path(), "check") == path);
    CHECK(findProgram(folder.path() + "/../" + folder.path().substr(5), "check") == path);
  }

  TEST_CASE("without a folder nothing is run, and a relative one is none")
  {
    CHECK(refusal("", "check") == "failover-exec-dir is not set");
    CHECK(refusal("bin", "check") == "failover-exec-dir 'bin' is not an absolute path");
    CHECK(refusal("/nowhere/at/all", "check") == "/nowhere/at/all: no such file or directory");
  }

  TEST_CASE("only a name is a name")
  {
    const ProgramFolder folder;
    for (const std::string name : {"", ".", "..", ".hidden", "../sh", "a/b", "/bin/sh"}) {
      CHECK(refusal(folder.path(), name) == "'" + name + "' is not the name of a program in " + folder.path());
    }
    const std::string cut("check\0x", 7);
    CHECK(refusal(folder.path(), cut) == "'check?x' is not the name of a program in " + folder.path());
  }

  TEST_CASE("a symbolic link may stay in the folder, not lead out of it")
  {
    const ProgramFolder folder;
    const ProgramFolder other;
    const auto path = folder.add("check", "exit 0");
    std::filesystem::create_symlink("check", folder.path() + "/alias");
    std::filesystem::create_symlink("/bin/sh", folder.path() + "/shell");
    std::filesystem::create_symlink(other.add("x", ""), folder.path() + "/beside");
    std::filesystem::create_symlink(folder.path(), other.path() + "/whole");
    CHECK(findProgram(folder.path(), "alias") == path);
    CHECK(findProgram(other.path() + "/whole", "check") == path); // the folder itself may be a link
    CHECK(refusal(folder.path(), "shell") == folder.path() + "/shell: leads out of the folder");
    CHECK(refusal(folder.path(), "beside") == folder.path() + "/beside: leads out of the folder");
  }

  TEST_CASE("a folder whose name goes on is another folder")
  {
    const ProgramFolder folder;
    std::filesystem::create_directory(folder.path() + "/a");
    std::filesystem::create_directory(folder.path() + "/ab");
    std::filesystem::create_symlink(folder.path() + "/ab/x", folder.path() + "/a/x");
    (void)folder.add("ab/x", "exit 0");
    CHECK(refusal(folder.path() + "/a", "x") == folder.path() + "/a/x: leads out of the folder");
  }

  TEST_CASE("what is no regular file is not run")
  {
    const ProgramFolder folder;
    std::filesystem::create_directory(folder.path() + "/sub");
    CHECK(refusal(folder.path(), "sub") == folder.path() + "/sub: not a regular file");
    CHECK(refusal(folder.path(), "none") == folder.path() + "/none: no such file or directory");
  }

  TEST_CASE("what everybody may write is not run")
  {
    const ProgramFolder folder;
    const auto path = folder.add("check", "exit 0", 0757);
    CHECK(refusal(folder.path(), "check") == path + ": everybody may write it (chmod o-w)");
    ::chmod(path.c_str(), 0755);
    CHECK(refusal(folder.path(), "check") == "");
    ::chmod(folder.path().c_str(), 01777);
    CHECK(refusal(folder.path(), "check") == folder.path() + ": everybody may write it (chmod o-w)");
  }
}
