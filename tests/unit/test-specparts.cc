// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/checkspec.hh"
#include "probe/specparts.hh"

using namespace failover;

namespace
{
std::string complaint(const std::string& url)
{
  try {
    (void)parseCommand(url);
  }
  catch (const CheckSpecError& error) {
    return error.what();
  }
  return {};
}
}

TEST_SUITE("specparts")
{
  TEST_CASE("a plain name is safe as the name of a file")
  {
    for (const auto* good : {"a", "A-b_c.9", "-", "9", "a.."}) {
      CHECK(isPlainName(good, 10));
    }
    for (const auto* bad : {"", ".", "..", ".a", "a/b", "a b", "a\n", "\xc3\xa9", "12345678901"}) {
      CHECK_FALSE(isPlainName(bad, 10));
    }
    CHECK_FALSE(isPlainName(std::string_view("a\0", 2), 10));
  }

  TEST_CASE("each slash begins an argument")
  {
    CHECK(isCommand("exec://x"));
    CHECK_FALSE(isCommand("Exec://x"));
    CHECK(parseCommand("exec://p").arguments.empty());
    CHECK(parseCommand("exec://p/").arguments == std::vector<std::string>{""});
    const auto command = parseCommand("exec://p/a/%2f%0A%ff/c+d");
    CHECK(command.program == "p");
    CHECK(command.arguments == std::vector<std::string>{"a", "/\n\xff", "c+d"});
  }

  TEST_CASE("what is no program or argument is refused without quoting arguments")
  {
    const std::string escape = "url: an argument of exec:// has a '%' without two hexadecimal digits other than 00 after it";
    for (const auto* bad : {"exec://p/s3cret%", "exec://p/%4", "exec://p/%4/1", "exec://p/%zz", "exec://p/%00", "exec://p/%-1"}) {
      CAPTURE(bad);
      CHECK(complaint(bad) == escape);
    }
    CHECK(complaint("exec://p/s3cret?x") == "url: exec:// has a '?' or '#', which are %3F and %23 in an argument");
    CHECK(complaint("exec://p#") == "url: exec:// has a '?' or '#', which are %3F and %23 in an argument");
    for (const auto* bad : {"exec://", "exec:///x", "exec://.hidden/x", "exec://a:b", "exec://u@p"}) {
      CAPTURE(bad);
      CHECK(complaint(bad).find("does not name a program") != std::string::npos);
    }
  }

  TEST_CASE("a token has no blanks, nor anything else that could end a header")
  {
    CHECK(isToken("aB9!~"));
    CHECK(isToken(std::string(1000, 'x')));
    for (const auto& bad : {std::string(), std::string(1001, 'x'), std::string("a b"), std::string("a\r\nb"), std::string("a\0b", 3), std::string("\x7f"), std::string("\xe9")}) {
      CHECK_FALSE(isToken(bad));
    }
  }
}
