// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "teststore.hh"
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include "backend/sqlite.hh"

namespace failover::test
{
namespace
{
  constexpr std::chrono::seconds s_patience{10};

  // The schema without the sqlite3 program's own commands.
  std::string schema()
  {
    std::ifstream file(SCHEMA_FILE);
    if (!file) {
      throw std::runtime_error(SCHEMA_FILE ": cannot be read");
    }
    std::string sql;
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with('.')) {
        sql += line + '\n';
      }
    }
    return sql;
  }
}

TestStore::TestStore()
{
  auto folder = (std::filesystem::temp_directory_path() / "failover-unit-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    throw std::runtime_error(folder + ": cannot be made");
  }
  d_folder = folder;
  d_file = beside("store.sqlite3");
  make(d_file);
}

TestStore::~TestStore()
{
  std::error_code ignored;
  std::filesystem::remove_all(d_folder, ignored);
}

std::string TestStore::beside(const std::string& name) const
{
  return d_folder + "/" + name;
}

void TestStore::make(const std::string& file)
{
  static const std::string sql = schema();
  std::ofstream(file).close(); // Database opens existing files only
  Database database(file, s_patience);
  database.execute("PRAGMA synchronous=OFF");
  database.execute(sql.c_str());
}

void TestStore::execute(const std::string& sql) const
{
  Database(d_file, s_patience).execute(sql.c_str());
}

std::string TestStore::value(const std::string& sql) const
{
  Database database(d_file, s_patience);
  Statement statement(database, sql.c_str());
  return statement.step() ? std::string(statement.text(0)) : std::string{};
}

int64_t TestStore::addZone(const std::string& name) const
{
  Database database(d_file, s_patience);
  Statement insert(database, "INSERT INTO domains(name, type) VALUES(?1, 'NATIVE') RETURNING id");
  insert.bind(1, name).step();
  const auto id = insert.integer(0);
  insert.step();
  return id;
}

int64_t TestStore::addRecord(int64_t zone, const std::string& name, const std::string& type, const std::string& content, int ttl) const
{
  Database database(d_file, s_patience);
  Statement insert(database, "INSERT INTO records(domain_id, name, type, content, ttl, prio) VALUES(?1, ?2, ?3, ?4, ?5, 0) RETURNING id");
  insert.bind(1, zone).bind(2, name).bind(3, type).bind(4, content).bind(5, int64_t{ttl}).step();
  const auto id = insert.integer(0);
  insert.step();
  return id;
}

void TestStore::addNode(const std::string& name, std::initializer_list<const char*> targets) const
{
  Database database(d_file, s_patience);
  Transaction transaction(database, Transaction::Kind::Write);
  Statement(database, "INSERT INTO nodes(name) VALUES(?1)").bind(1, name).step();
  for (const auto* target : targets) {
    Statement(database, "INSERT INTO node_targets(node, target) VALUES(?1, ?2)").bind(1, name).bind(2, target).step();
  }
  transaction.commit();
}

Settings TestStore::settings() const
{
  Settings settings;
  settings.database = d_file;
  settings.journalMode = "WAL";
  settings.pollInterval = std::chrono::milliseconds(50);
  return settings;
}
}
