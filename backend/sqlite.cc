// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "sqlite.hh"
#include <functional>
#include <sqlite3.h>

namespace failover
{
namespace
{
  [[noreturn]] void fail(sqlite3* handle, const std::string& about)
  {
    throw SqliteError(sqlite3_errcode(handle) & 0xff, about, sqlite3_errmsg(handle));
  }
}

Database::Database(const std::string& file, std::chrono::milliseconds patience)
{
  if (sqlite3_open_v2(file.c_str(), &d_handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
    const SqliteError error(sqlite3_errcode(d_handle) & 0xff, file, sqlite3_errmsg(d_handle));
    sqlite3_close(d_handle);
    throw error;
  }
  sqlite3_busy_timeout(d_handle, static_cast<int>(patience.count()));
}

Database::~Database()
{
  sqlite3_close_v2(d_handle);
}

void Database::execute(const char* sql)
{
  if (sqlite3_exec(d_handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(d_handle, sql);
  }
}

int64_t Database::changes() const noexcept
{
  return sqlite3_changes(d_handle);
}

Statement::Statement(Database& database, const char* sql) :
  d_database(database)
{
  if (sqlite3_prepare_v2(database.handle(), sql, -1, &d_handle, nullptr) != SQLITE_OK) {
    fail(database.handle(), sql);
  }
}

Statement::~Statement()
{
  sqlite3_finalize(d_handle);
}

Statement& Statement::bind(int index, int64_t value)
{
  if (sqlite3_bind_int64(d_handle, index, value) != SQLITE_OK) {
    fail(d_database.handle(), sqlite3_sql(d_handle));
  }
  return *this;
}

Statement& Statement::bind(int index, std::string_view value)
{
  if (sqlite3_bind_text(d_handle, index, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT) != SQLITE_OK) {
    fail(d_database.handle(), sqlite3_sql(d_handle));
  }
  return *this;
}

bool Statement::step()
{
  switch (sqlite3_step(d_handle)) {
  case SQLITE_ROW:
    return true;
  case SQLITE_DONE:
    return false;
  default:
    fail(d_database.handle(), sqlite3_sql(d_handle));
  }
}

void Statement::reset() noexcept
{
  sqlite3_reset(d_handle);
}

std::string_view Statement::text(int column) const noexcept
{
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(d_handle, column));
  if (bytes == nullptr) {
    return {};
  }
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(d_handle, column))};
}

int64_t Statement::integer(int column) const noexcept
{
  return sqlite3_column_int64(d_handle, column);
}

bool Statement::isNull(int column) const noexcept
{
  return sqlite3_column_type(d_handle, column) == SQLITE_NULL;
}

bool Statement::isInteger(int column) const noexcept
{
  return sqlite3_column_type(d_handle, column) == SQLITE_INTEGER;
}

bool Statement::isBlob(int column) const noexcept
{
  return sqlite3_column_type(d_handle, column) == SQLITE_BLOB;
}

uint64_t Statement::hash(int column) const noexcept
{
  constexpr uint64_t ofNull = 0x9e3779b97f4a7c15; // any odd number would do, and here
  constexpr uint64_t ofNumber = 0xd6e8feb86659fd93;
  switch (sqlite3_column_type(d_handle, column)) {
  case SQLITE_NULL:
    return ofNull;
  case SQLITE_INTEGER: // nearly all that is no text; to make text of it takes longer than all the rest
    return (static_cast<uint64_t>(integer(column)) + 1) * ofNumber;
  default:
    return std::hash<std::string_view>{}(text(column));
  }
}

Transaction::Transaction(Database& database, Kind kind) :
  d_database(database)
{
  database.execute(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction()
{
  if (d_open) {
    sqlite3_exec(d_database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit()
{
  d_database.execute("COMMIT");
  d_open = false;
}
}
