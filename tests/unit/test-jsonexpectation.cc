// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include "probe/checkspec.hh"
#include "probe/printable.hh"

using namespace failover;

namespace
{
std::string refusal(const std::string& text)
{
  try {
    const JsonExpectation expectation(text);
  }
  catch (const CheckSpecError& e) {
    return e.what();
  }
  return {};
}

// Empty when the body is as expected.
std::string complaint(const std::string& expectation, const std::string& body)
{
  std::string why;
  return JsonExpectation(expectation).matches(body, why) ? "" : why;
}
}

TEST_SUITE("jsonexpectation")
{
  TEST_CASE("what is not POINTER=VALUE is refused")
  {
    CHECK(refusal("/a") == "expect_json: '/a' has no '=' between pointer and value");
    CHECK(refusal("a=1") == "expect_json: 'a=1' has a pointer that does not begin with '/'");
    CHECK(refusal("=1") == "expect_json: '=1' has a pointer that does not begin with '/'");
    CHECK(refusal("/a~2=1") == "expect_json: '/a~2=1' has a '~' that is neither ~0 nor ~1");
    CHECK(refusal("/a~=1") == "expect_json: '/a~=1' has a '~' that is neither ~0 nor ~1");
    for (const std::string value : {"", "ok", "'ok'", "1 2", "{", "[1,]", "NaN", "// x\n1"}) {
      CHECK(refusal("/a=" + value).find("has a value that is not JSON") != std::string::npos);
    }
    for (const auto* good : {"/a=1", " /a = \"x=y\" ", "/=null", "/a/b=[1,{\"c\":true}]", "/a~0~1=\"\""}) {
      CHECK(refusal(good).empty());
    }
  }

  TEST_CASE("the value at the pointer decides")
  {
    CHECK(complaint("/status=\"ok\"", R"({"status":"ok","x":1})").empty());
    CHECK(complaint("/database/status=\"ok\"", R"({"database":{"status":"ok"}})").empty());
    CHECK(complaint("/list/1=2", "[0]") == "/list/1 is missing (expected 2)");
    CHECK(complaint("/1=2", "[0, 2]").empty());
    CHECK(complaint("/01=2", "[0, 2]") == "/01 is missing (expected 2)");
    CHECK(complaint("/-=2", "[0, 2]") == "/- is missing (expected 2)");
    CHECK(complaint("/a~1b=1", R"({"a/b":1})").empty());
    CHECK(complaint("/a~01=1", R"({"a~1":1})").empty());
    CHECK(complaint("/=1", R"({"":1})").empty());
    CHECK(complaint("/a/=1", R"({"a":{"":1}})").empty());
    CHECK(complaint("/n=1", R"({"n":1.0})").empty());
    CHECK(complaint("/n=1", R"({"n":"1"})") == "/n is \"1\" (expected 1)");
    CHECK(complaint("/ready=true", R"({"ready":false})") == "/ready is false (expected true)");
    CHECK(complaint("/ready=true", R"({"ready":1})") == "/ready is 1 (expected true)");
    CHECK(complaint("/a/b=1", R"({"a":5})") == "/a/b is missing (expected 1)");
    CHECK(complaint("/a=null", "{}") == "/a is missing (expected null)");
  }

  TEST_CASE("strangers' bytes neither throw nor flood the reason")
  {
    const std::string deep(60000, '[');
    for (const auto& body : {std::string(), std::string("not json"), std::string("{\"a\":1} x"), std::string("\0\xff\x1b[31m", 7), deep, std::string("{\"a\":1e999999}")}) {
      const auto why = complaint("/a=1", body);
      CAPTURE(why);
      CHECK_FALSE(why.empty());
      CHECK(why.size() < 250);
      CHECK(why == printable(why, why.size()));
    }
    const auto why = complaint("/a=1", "{\"a\":\"" + std::string(5000, 'x') + "\"}");
    CHECK(why.size() < 250);
    CHECK(complaint("/a=1", "nope").find("body is not JSON: ") == 0);
  }
}

TEST_SUITE("printable")
{
  TEST_CASE("one line of bounded printable ASCII")
  {
    CHECK(printable(" a \r\n\t b\x1b[0m\xc3\xa9 ") == "a b?[0m??");
    CHECK(printable(std::string(300, 'x')) == std::string(200, 'x') + "...");
    CHECK(printable("abcdef", 6) == "abcdef");
    CHECK(printable("abcdefg", 6) == "abcdef...");
    CHECK(printable("").empty());
    CHECK(lowerFirst("Connection refused") == "connection refused");
  }
}
