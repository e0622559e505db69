// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "problems.hh"
#include <algorithm>
#include <utility>
#include "counted.hh"
#include "probe/printable.hh"

namespace failover
{
namespace
{
  const char* toText(RowProblem::Effect effect) noexcept
  {
    switch (effect) {
    case RowProblem::Effect::Kept:
      return " (the last good version stays)";
    case RowProblem::Effect::Served:
      return " (served all the same)";
    default:
      return " (left out)";
    }
  }

  // Those of `some` that `others` has not.
  void addMissing(Problems& missing, const Problems& some, const Problems& others)
  {
    const auto& known = others.listed();
    for (const auto& problem : some.listed()) {
      if (std::find(known.begin(), known.end(), problem) == known.end()) {
        missing.add(problem);
      }
    }
    if (some.unlisted() > others.unlisted()) {
      missing.addUnlisted(some.unlisted() - others.unlisted());
    }
  }
}

std::string RowProblem::text() const
{
  // A name may have 255 octets of four characters, and a parser quote it once more.
  constexpr size_t limit = 2500;
  return printable(table + " " + row + ": " + reason, limit) + toText(effect);
}

void Problems::add(RowProblem problem)
{
  ++d_total;
  if (d_listed.size() < d_most) {
    d_listed.push_back(std::move(problem));
  }
}

void Problems::add(const Problems& others)
{
  const auto taken = std::min(others.d_listed.size(), d_most - d_listed.size());
  d_listed.insert(d_listed.end(), others.d_listed.begin(), others.d_listed.begin() + static_cast<std::ptrdiff_t>(taken));
  d_total += others.d_total;
}

void ProblemChanges::compare(const Problems& before, const Problems& now)
{
  addMissing(d_new, now, before);
  addMissing(d_over, before, now);
}

void ProblemChanges::log(Host& host) const
{
  for (const auto& problem : d_new.listed()) {
    host.log(problem.effect == RowProblem::Effect::Served ? LogLevel::Warning : LogLevel::Error, "store: " + problem.text());
  }
  if (d_new.unlisted() > 0) {
    host.log(LogLevel::Error, "store: and " + counted(d_new.unlisted(), "more bad row"));
  }
  for (const auto& problem : d_over.listed()) {
    host.log(LogLevel::Info, "store: " + problem.text() + ": no longer so");
  }
  if (d_over.unlisted() > 0) {
    host.log(LogLevel::Info, "store: " + counted(d_over.unlisted(), "more bad row") + ": no longer so");
  }
}
}
