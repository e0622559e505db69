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
  TEST_CASE("a bad row keeps its zone's last good version; other zones go on")
  {
    Loaded test;
    const auto other = test.store.addZone("b.org");
    test.poll();
    const auto* before = test.zone("a.org");
    const auto bad = test.store.addRecord(test.id, "x.a.org", "TXT", "bad");
    test.store.addRecord(test.id, "y.a.org", "A", "192.0.2.7");
    test.store.addRecord(other, "www.b.org", "A", "192.0.2.2");
    test.host.forget();
    test.poll();
    CHECK(test.zone("a.org") == before);
    CHECK(test.addresses("b.org", "www.b.org") == Contents{"192.0.2.2"});
    REQUIRE(test.loader.problems().size() == 1);
    CHECK(test.host.count(LogLevel::Error, "store: records id " + std::to_string(bad) + ": 'x.a.org' TXT: 'bad' cannot be served") == 1);

    test.store.addZone("c.org"); // another load: the problem is known
    test.poll();
    CHECK(test.host.count(LogLevel::Error, "records id") == 1);
    CHECK(test.loader.problems().size() == 1);

    test.store.execute("DELETE FROM records WHERE content='bad'");
    test.poll();
    CHECK(test.loader.problems().empty());
    CHECK(test.host.count(LogLevel::Info, "no longer so") == 1);
    CHECK(test.addresses("a.org", "y.a.org") == Contents{"192.0.2.7"});
  }

  TEST_CASE("a bad row of a zone that has no last good version is left out")
  {
    Loaded test;
    const auto id = test.store.addZone("b.org");
    test.store.addRecord(id, "x.b.org", "TXT", "bad");
    test.store.addRecord(id, "www.b.org", "A", "192.0.2.2");
    test.poll();
    CHECK(test.addresses("b.org", "www.b.org") == Contents{"192.0.2.2"});
    CHECK(test.zone("b.org")->recordCount() == 1);
  }

  TEST_CASE("a zone that is deleted takes its problems along")
  {
    Loaded test;
    test.store.addRecord(test.id, "x.a.org", "TXT", "bad");
    test.poll();
    CHECK(test.loader.problems().size() == 1);
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
