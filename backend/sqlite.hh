// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

// RAII over SQLite's C interface; nothing about our tables.

namespace failover
{
// what(): the file or statement, then SQLite's own words about it.
class SqliteError : public std::runtime_error
{
public:
  SqliteError(int code, const std::string& about, const std::string& reason) :
    std::runtime_error(about + ": " + reason), d_code(code), d_reason(reason) { }
  // SQLite's primary result code (SQLITE_BUSY, SQLITE_CORRUPT, …).
  [[nodiscard]] int code() const noexcept { return d_code; }
  // SQLite's words alone.
  [[nodiscard]] const std::string& reason() const noexcept { return d_reason; }

private:
  int d_code;
  std::string d_reason;
};

// A connection. Thread: one at a time; never shared.
class Database
{
public:
  // Opens an existing file for reading and writing; never makes one. `patience` bounds the wait for another
  // writer's lock. Throws SqliteError.
  Database(const std::string& file, std::chrono::milliseconds patience);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs statements without results. Throws SqliteError.
  void execute(const char* sql);
  [[nodiscard]] int64_t changes() const noexcept;
  [[nodiscard]] sqlite3* handle() const noexcept { return d_handle; }

private:
  sqlite3* d_handle{nullptr};
};

// A prepared statement. Thread: its database's. The database must outlive it.
class Statement
{
public:
  // Throws SqliteError.
  Statement(Database& database, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Parameters count from 1. Text is copied.
  Statement& bind(int index, int64_t value);
  Statement& bind(int index, std::string_view value);
  // True while there is a row. Throws SqliteError.
  bool step();
  // Ready to run again; bindings stay.
  void reset() noexcept;

  // Columns count from 0. A text view is valid until the next step() or reset(); NULL is empty or 0.
  [[nodiscard]] std::string_view text(int column) const noexcept;
  [[nodiscard]] int64_t integer(int column) const noexcept;
  [[nodiscard]] bool isNull(int column) const noexcept;
  [[nodiscard]] bool isInteger(int column) const noexcept;
  [[nodiscard]] bool isBlob(int column) const noexcept; // REQUIRES: not read as text before (that converts it)
  // Equal for equal values; a number and the same number as text are two.
  [[nodiscard]] uint64_t hash(int column) const noexcept;

private:
  Database& d_database;
  sqlite3_stmt* d_handle{nullptr};
};

// BEGIN now, ROLLBACK unless committed. Thread: its database's.
class Transaction
{
public:
  enum class Kind
  {
    Read, // one moment of the store for several statements
    Write // waits for other writers first (BEGIN IMMEDIATE)
  };
  Transaction(Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  // Throws SqliteError; then everything is rolled back.
  void commit();

private:
  Database& d_database;
  bool d_open{true};
};
}
