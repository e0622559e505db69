// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <string>
#include "fuzz.hh"
#include "probe/checkspec.hh"

// expect_json on the first line, a server's body after it.

using namespace failover;
using namespace failover::fuzz;

namespace
{
constexpr size_t s_whyLimit = 300;     // three excerpts of 80 bytes, and the words between them
constexpr size_t s_refusalLimit = 300; // one of 200

void match(std::string_view expectation, const std::string& body)
{
  try {
    const JsonExpectation expected(expectation);
    std::string why;
    if (!expected.matches(body, why)) {
      must(!why.empty());
      mustBeShowable(why, s_whyLimit);
    }
  }
  catch (const CheckSpecError& e) { // about the expectation, never about the body
    mustBeShowable(e.what(), s_refusalLimit);
  }
}
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
  auto rest = textOf(data, size);
  const auto expectation = takeLine(rest);
  const std::string body(rest);
  match(expectation, body);
  match("/a/0=1", body);
  return 0;
}
