// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>
#include "dependents.hh"
#include "backend/host.hh"
#include "backend/problems.hh"
#include "backend/storewatcher.hh"

// Audit: what in the store keeps failover from working: single points of failure, and rows that do nothing or not what they
// seem to. Pure. Thread: any.

namespace failover
{
enum class Severity : uint8_t
{
  Error,   // something does not work
  Warning, // a single node's failure would be felt, or a row does nothing
  Notice   // perhaps it is meant
};

struct FindingKind
{
  Severity severity;
  std::string_view name; // interface
  std::string_view advice;
};

// In the order in which they are shown.
enum class Finding : uint8_t
{
  BadRow,
  CnameLoop,
  MinHealthyTooHigh,
  NodeWithoutCheck,
  NodeWithoutTarget,
  RRsetWithOneNode,
  MxWithOneNode,
  OneNodeLeft,
  RecordBesideNodes,
  TierTooSmall,
  PolicyNodeWithoutRecord,
  PolicyWithoutRecord,
  PolicyWithoutNode,
  PolicyShadowed,
  TargetWithoutRecord,
  RRsetBesideNodes,
  RecordsWithoutNode,
  TtlTooLong
};
inline constexpr size_t s_findingKinds = static_cast<size_t>(Finding::TtlTooLong) + 1;
[[nodiscard]] const FindingKind& kindOf(Finding finding) noexcept;

class Audit
{
public:
  struct Entry
  {
    std::string where;
    std::string what;
  };

  // make(): the Entry; called only where it is listed.
  template <typename Make>
  void add(Finding finding, Make make)
  {
    d_entries[static_cast<size_t>(finding)].add(make);
  }
  [[nodiscard]] const Listed<Entry>& of(Finding finding) const noexcept { return d_entries[static_cast<size_t>(finding)]; }
  [[nodiscard]] size_t count(Severity severity) const noexcept;

private:
  std::array<Listed<Entry>, s_findingKinds> d_entries;
};

// problems: rows that were refused. now: milliseconds since 1970. Throws only std::bad_alloc.
[[nodiscard]] Audit audit(const StoreContents& contents, const Problems& problems, const Host& host, int64_t now);

// How long a node that dies may stay in answers at most: the longest way to its next check, and as many as it takes. Of
// several checks the quickest counts. REQUIRES: it has a check.
[[nodiscard]] std::chrono::milliseconds failoverTime(const NodeSpec& node);

[[nodiscard]] std::string_view toString(Severity severity) noexcept;
}
