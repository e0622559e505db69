// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>
#include "host.hh"

// Problems: rows of the store that are wrong, for log and status. However many there are, what is kept, logged and shown
// of them stays small: the first few are listed, the others counted.
// Thread: one at a time.

namespace failover
{
struct RowProblem
{
  // What became of the row.
  enum class Effect : uint8_t
  {
    LeftOut,
    Kept,  // its last good version is used
    Served // used as it is: it is well formed, but hardly meant
  };
  std::string table;
  std::string row; // "id 7", "east 192.0.2.300"
  std::string reason;
  Effect effect{Effect::LeftOut};
  bool operator==(const RowProblem&) const = default;
  // "records id 7: … (left out)", one line of printable text. Throws only std::bad_alloc.
  [[nodiscard]] std::string text() const;
};

class Problems
{
public:
  static constexpr size_t s_perZone = 20; // enough to see what went wrong, and for a thousand bad zones to fit in memory
  static constexpr size_t s_inStatus = 100;
  static constexpr size_t s_perLoad = 20; // lines of the log

  explicit Problems(size_t most = s_perZone) noexcept :
    d_most(most) { }

  void add(RowProblem problem);
  void add(const Problems& others);
  // Counts problems that nobody will see.
  void addUnlisted(size_t number) noexcept { d_total += number; }

  [[nodiscard]] bool empty() const noexcept { return d_total == 0; }
  [[nodiscard]] size_t total() const noexcept { return d_total; }
  [[nodiscard]] size_t unlisted() const noexcept { return d_total - d_listed.size(); }
  [[nodiscard]] const std::vector<RowProblem>& listed() const noexcept { return d_listed; }

private:
  size_t d_most;
  size_t d_total{0};
  std::vector<RowProblem> d_listed;
};

// What one load has changed about them. Use: compare() for every zone (and the nodes) that was read, then log().
class ProblemChanges
{
public:
  void compare(const Problems& before, const Problems& now);
  void log(Host& host) const;

private:
  Problems d_new{Problems::s_perLoad};
  Problems d_over{Problems::s_perLoad};
};
}
