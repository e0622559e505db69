// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include "backend/settings.hh"

// TestStore: a store file of our schema in a folder of its own, which goes with it. What a test does to it is done as
// another process would: over a connection of its own, closed at once.
// Thread: one at a time.

namespace failover::test
{
class TestStore
{
public:
  // Throws SqliteError or std::runtime_error.
  TestStore();
  ~TestStore();
  TestStore(const TestStore&) = delete;
  TestStore& operator=(const TestStore&) = delete;

  [[nodiscard]] const std::string& file() const noexcept { return d_file; }
  // A path beside the store, in the same folder. Throws only std::bad_alloc.
  [[nodiscard]] std::string beside(const std::string& name) const;
  // A new store of our schema, at any path. Throws SqliteError or std::runtime_error.
  static void make(const std::string& file);

  // Throws SqliteError.
  void execute(const std::string& sql) const;
  // The first column of the first row, as text; empty without a row. Throws SqliteError.
  [[nodiscard]] std::string value(const std::string& sql) const;

  // Ids of the new rows. TTL in seconds. Throws SqliteError.
  int64_t addZone(const std::string& name) const;
  int64_t addRecord(int64_t zone, const std::string& name, const std::string& type, const std::string& content, int ttl = 60) const;
  void addNode(const std::string& name, std::initializer_list<const char*> targets = {}) const;

  // The defaults, with this database and the shortest poll interval. Throws nothing but std::bad_alloc.
  [[nodiscard]] Settings settings() const;

private:
  std::string d_folder;
  std::string d_file;
};
}
