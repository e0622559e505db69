// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <string>
#include "backend/compiledcache.hh"
#include "fakehost.hh"

using namespace failover;
using namespace failover::test;

namespace
{
// Says of HTTPS records that they depend on their name.
class NamedHost : public FakeHost
{
public:
  [[nodiscard]] CompiledRecord compile(const RecordRow& row) const override
  {
    auto record = FakeHost::compile(row);
    record.ownName = record.type == type::https;
    return record;
  }
};

struct Fixture
{
  NamedHost host;
  CompiledCache cache{host};

  std::shared_ptr<void> content(const char* recordType, std::string_view text, const char* prio = "0")
  {
    return cache.compile({1, "www.example.org", recordType, text, prio}).content;
  }
};
}

TEST_SUITE("compiledcache")
{
  TEST_CASE("records of equal type, priority and content share it")
  {
    Fixture test;
    const auto first = test.content("A", "192.0.2.1");
    CHECK(test.content("A", "192.0.2.1") == first);
    CHECK(test.content("A", "192.0.2.2") != first);
    CHECK(test.content("TXT", "192.0.2.1") != first);
    CHECK(test.content("A", "192.0.2.1", "1") != first);
    CHECK(test.content("A", "192.0.2.1") == first);
    CHECK(test.cache.compile({2, "b.org", "A", "192.0.2.1", "0"}).target == addressTarget("192.0.2.1"));
  }

  TEST_CASE("priority and content are not mixed up")
  {
    Fixture test;
    const auto first = test.content("TXT", "12", "1");
    CHECK(test.content("TXT", "2", "11") != first);
    CHECK(test.content("TXT", std::string_view("1\0002", 3), "1") != first);
  }

  TEST_CASE("what depends on the name, and long contents, are nobody else's")
  {
    Fixture test;
    const auto https = test.content("HTTPS", "1 .");
    CHECK(test.content("HTTPS", "1 .") != https);
    const std::string text(101, 'x');
    const auto first = test.content("TXT", text);
    CHECK(test.content("TXT", text) != first);
    const auto odd = test.content("A", "192.0.2.1", "1000000000");
    CHECK(test.content("A", "192.0.2.1", "1000000000") != odd);
  }

  TEST_CASE("a content that cannot be used is refused each time, and harms no other")
  {
    Fixture test;
    CHECK_THROWS_AS(test.content("A", "bad"), RecordError);
    CHECK_THROWS_AS(test.content("A", "bad"), RecordError);
    CHECK(test.cache.compile({1, "b.org", "TXT", "good", "0"}).type == type::txt);
  }

  TEST_CASE("however many there are, each gets its own")
  {
    Fixture test;
    for (const auto* round : {"first", "second"}) {
      for (int i = 0; i < 10'000; ++i) {
        const auto text = std::to_string(i);
        INFO(round, " ", text);
        REQUIRE(*std::static_pointer_cast<std::string>(test.content("TXT", text)) == text);
      }
    }
  }
}
