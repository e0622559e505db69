// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include "storeloading.hh"

// What StoreLoader makes of bad rows, and of a file that is replaced, broken or gone.

using namespace failover;
using namespace failover::test;
using Contents = std::multiset<std::string>;
namespace fs = std::filesystem;

namespace
{
// A store with www.a.org, read.
struct Loaded : StoreLoading
{
  Loaded()
  {
    id = store.addZone("a.org");
    store.addRecord(id, "a.org", "SOA", "one");
    store.addRecord(id, "www.a.org", "A", "192.0.2.1");
    poll();
  }
  int64_t id{0};
};

// A store of its own at `path`, with www.a.org at `address`.
void makeOther(const std::string& path, const std::string& address)
{
  TestStore::make(path);
  Database database(path, std::chrono::seconds(10));
  database.execute(("INSERT INTO domains(id, name, type) VALUES(1, 'a.org', 'NATIVE');"
                    "INSERT INTO records(domain_id, name, type, content, ttl) VALUES(1, 'www.a.org', 'A', '"
    + address + "', 60)")
                     .c_str());
}
}

TEST_SUITE("storeloader")
{
  TEST_CASE("a bad row is left out, the rest of its zone and the other zones go on")
  {
    Loaded test;
    const auto other = test.store.addZone("b.org");
    test.store.addRecord(other, "b.org", "SOA", "one");
    test.poll();
    const auto bad = test.store.addRecord(test.id, "x.a.org", "TXT", "bad");
    test.store.addRecord(test.id, "y.a.org", "A", "192.0.2.7");
    test.store.addRecord(other, "www.b.org", "A", "192.0.2.2");
    test.host.forget();
    test.poll();
    CHECK(test.addresses("a.org", "y.a.org") == Contents{"192.0.2.7"});
    CHECK(test.zone("a.org")->find(wire("x.a.org")).empty());
    CHECK(test.addresses("b.org", "www.b.org") == Contents{"192.0.2.2"});
    REQUIRE(test.loader.problems().total() == 1);
    CHECK(test.host.count(LogLevel::Error, "store: records id " + std::to_string(bad) + ": 'x.a.org' TXT: 'bad' cannot be served (left out)") == 1);

    test.store.addZone("c.org"); // another load: the problem is known
    test.poll();
    test.poll(true);
    CHECK(test.host.count(LogLevel::Error, "records id") == 1);
    CHECK(test.loader.problems().total() == 1);

    test.store.execute("DELETE FROM records WHERE content='bad'");
    test.poll();
    CHECK(test.loader.problems().empty());
    CHECK(test.host.count(LogLevel::Info, "no longer so") == 1);
  }

  TEST_CASE("a row that becomes bad leaves the answers, and is back when it is mended")
  {
    Loaded test;
    test.store.addRecord(test.id, "t.a.org", "TXT", "good");
    test.poll();
    test.store.execute("UPDATE records SET content='bad' WHERE type='TXT'");
    test.poll();
    CHECK(test.zone("a.org")->find(wire("t.a.org")).empty());
    test.store.execute("UPDATE records SET content='good' WHERE type='TXT'");
    test.poll();
    CHECK_FALSE(test.zone("a.org")->find(wire("t.a.org")).empty());
    CHECK(test.loader.problems().empty());
  }

  TEST_CASE("thousands of bad rows are a few lines")
  {
    Loaded test;
    test.host.forget();
    test.store.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
                       " INSERT INTO records(domain_id, name, type, content, ttl) SELECT "
      + std::to_string(test.id) + ", 'n' || i || '.a.org', 'TXT', 'bad', 60 FROM n");
    test.poll();
    CHECK(test.loader.problems().total() == 5000);
    CHECK(test.loader.problems().listed().size() == Problems::s_perZone);
    CHECK(test.host.count(LogLevel::Error, "") == Problems::s_perLoad + 1);
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.1"});
  }

  TEST_CASE("of two zones with one name the lower id is served, and the other when that is gone")
  {
    Loaded test;
    test.store.execute("DROP INDEX name_index; INSERT INTO domains(id, name, type) VALUES(100, 'A.ORG.', 'NATIVE'), (50, '\\097.org', 'NATIVE')");
    for (const auto* zone : {"50", "100"}) {
      test.store.execute("INSERT INTO records(domain_id, name, type, content, ttl) VALUES(" + std::string(zone) + ", 'www.a.org', 'A', '192.0.2." + zone + "', 60), (" + zone + ", 'a.org', 'SOA', 'one', 60)");
    }
    for (const bool everything : {false, true}) {
      test.poll(everything);
      CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.1"});
      CHECK(test.snapshot()->zoneCount() == 1);
      REQUIRE(test.loader.problems().total() == 2);
      CHECK(test.loader.problems().listed()[0].text() == "domains id 50: 'a.org' is the zone of id " + std::to_string(test.id) + " already (left out)");
    }
    test.store.execute("UPDATE domains SET name='other.org' WHERE id=" + std::to_string(test.id));
    test.poll();
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.50"});
    test.store.execute("DELETE FROM domains WHERE id=50");
    test.poll();
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.100"});
    test.store.execute("INSERT INTO domains(id, name, type) VALUES(60, 'a.org.', 'NATIVE')"); // lower than what is served
    test.poll();
    CHECK(test.snapshot()->zoneById(60) != nullptr);
    CHECK(test.snapshot()->zoneById(100) == nullptr);
    test.store.execute("DELETE FROM domains WHERE id IN (60, 100)");
    test.poll();
    CHECK(test.zone("a.org") == nullptr);
    CHECK(test.host.count(LogLevel::Info, "no longer so") > 0);
  }

  TEST_CASE("records of no zone are named")
  {
    Loaded test;
    test.store.execute("INSERT INTO records(id, domain_id, name, type) VALUES(900, NULL, 'x.org', 'A'), (901, 77, 'y.org', 'A'), (902, 77, 'z.org', NULL)");
    for (const bool everything : {false, true}) {
      test.poll(everything);
      REQUIRE(test.loader.problems().total() == 2);
      CHECK(test.loader.problems().listed()[0].text() == "records id 900: 'x.org' A: domain_id: NULL is no zone's id (left out)");
      CHECK(test.loader.problems().listed()[1].text() == "records id 901: 'y.org' A: domain_id: there is no zone 77 (2 records have this domain_id) (left out)");
    }
    test.store.execute("INSERT INTO domains(id, name, type) VALUES(77, 'org', 'NATIVE'); DELETE FROM records WHERE id=900");
    test.store.addRecord(77, "org", "SOA", "one");
    test.poll();
    CHECK(test.loader.problems().empty());
  }

  TEST_CASE("a zone that is deleted takes its problems along")
  {
    Loaded test;
    test.store.addRecord(test.id, "x.a.org", "TXT", "bad");
    test.poll();
    CHECK(test.loader.problems().total() == 1);
    test.store.execute("DELETE FROM records; DELETE FROM domains");
    test.poll();
    CHECK(test.loader.problems().empty());
    CHECK(test.snapshot()->zoneCount() == 0);
  }

  TEST_CASE("a load that fails changes nothing and is tried again")
  {
    Loaded test;
    const auto before = test.snapshot();
    test.store.addRecord(test.id, "www.a.org", "A", "192.0.2.2");
    test.store.execute("ALTER TABLE cryptokeys RENAME TO away");
    CHECK(test.pollFault().find("cryptokeys") != std::string::npos);
    CHECK(test.snapshot() == before);
    CHECK_FALSE(test.pollFault().empty());
    CHECK(test.snapshot() == before);
    test.store.execute("ALTER TABLE away RENAME TO cryptokeys");
    CHECK(test.poll().zones == 1);
    CHECK(test.addresses("a.org", "www.a.org").size() == 2);
  }

  TEST_CASE("a store whose replacement is wanted whole stays wanted whole over a failure")
  {
    Loaded test;
    makeOther(test.store.beside("other"), "192.0.2.9");
    Database(test.store.beside("other"), std::chrono::seconds(10)).execute("ALTER TABLE cryptokeys RENAME TO away");
    fs::rename(test.store.beside("other"), test.store.file());
    CHECK_FALSE(test.pollFault().empty());
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.1"});
    test.store.execute("ALTER TABLE away RENAME TO cryptokeys");
    CHECK(test.poll().zones > 0);
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.9"});
  }

  TEST_CASE("a store that is replaced by mv is read whole")
  {
    Loaded test;
    test.store.addZone("gone.org");
    test.poll();
    makeOther(test.store.beside("other"), "192.0.2.9");
    fs::rename(test.store.beside("other"), test.store.file());
    CHECK(test.poll().zones == 2);
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.9"});
    CHECK(test.zone("gone.org") == nullptr);
    CHECK(test.poll().zones == 0);
  }

  TEST_CASE("a store whose content is replaced by cp is read whole")
  {
    Loaded test;
    test.loader.close();
    makeOther(test.store.beside("other"), "192.0.2.9");
    fs::copy_file(test.store.beside("other"), test.store.file(), fs::copy_options::overwrite_existing);
    CHECK(test.poll().zones > 0);
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.9"});
  }

  TEST_CASE("an older copy of the same store that comes back is read whole")
  {
    Loaded test;
    test.loader.close();
    fs::copy_file(test.store.file(), test.store.beside("backup"));
    test.store.execute("UPDATE records SET content='192.0.2.2'");
    test.poll();
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.2"});
    test.loader.close();
    fs::copy_file(test.store.beside("backup"), test.store.file(), fs::copy_options::overwrite_existing);
    test.poll();
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.1"});
  }

  TEST_CASE("a deleted store is said by name, and read again when it is back")
  {
    Loaded test;
    fs::rename(test.store.file(), test.store.beside("away"));
    CHECK(test.pollFault() == test.store.file() + ": does not exist");
    CHECK(test.loader.store() == nullptr);
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.1"});
    fs::rename(test.store.beside("away"), test.store.file());
    test.poll();
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.1"});
    test.store.execute("UPDATE records SET content='192.0.2.8'");
    CHECK(test.poll().zones == 1);
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.8"});
  }

  TEST_CASE("a copy that went its own way, put in the place of a deleted store, is read whole")
  {
    Loaded test;
    test.loader.close();
    fs::copy_file(test.store.file(), test.store.beside("copy"));
    test.store.execute("UPDATE records SET content='192.0.2.2'");
    test.poll();
    Database(test.store.beside("copy"), std::chrono::seconds(10)).execute("UPDATE records SET content='192.0.2.3'; INSERT INTO domains(name, type) VALUES('b.org', 'NATIVE'); DELETE FROM changed_zones WHERE domain_id=1");
    fs::remove(test.store.file());
    CHECK_FALSE(test.pollFault().empty());
    fs::rename(test.store.beside("copy"), test.store.file());
    CHECK(test.poll().zones > 0);
    CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.3"});
  }

  TEST_CASE("a truncated or garbled store changes nothing, and its repair is read")
  {
    for (const auto* what : {"empty", "half", "garbage"}) {
      CAPTURE(what);
      Loaded test;
      test.loader.close();
      fs::copy_file(test.store.file(), test.store.beside("good"));
      if (what[0] == 'g') {
        std::ofstream(test.store.file(), std::ios::trunc) << std::string(65536, 'x');
      }
      else {
        fs::resize_file(test.store.file(), what[0] == 'e' ? 0 : 4096);
      }
      CHECK_FALSE(test.pollFault().empty());
      CHECK_FALSE(test.pollFault().empty());
      CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.1"});
      fs::rename(test.store.beside("good"), test.store.file());
      Database(test.store.file(), std::chrono::seconds(10)).execute("UPDATE records SET content='192.0.2.5'");
      CHECK(test.poll().zones == 1);
      CHECK(test.addresses("a.org", "www.a.org") == Contents{"192.0.2.5"});
    }
  }
}
