// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include "host.hh"
#include "nodeloader.hh"
#include "outsideloader.hh"
#include "policyloader.hh"
#include "published.hh"
#include "recordstore.hh"
#include "reportloader.hh"
#include "settings.hh"
#include "snapshot.hh"
#include "zonesdraft.hh"

// StoreLoader: keeps the published snapshot and the node table in step with the store. A load builds aside and then
// publishes; one that fails changes nothing. Only zones that changed are read again, unless a target of a node or a
// policy did, or the whole store became another.
// Thread: one at a time (the constructor's at first, then the store thread).

namespace failover
{
class StoreLoader
{
public:
  using Clock = std::chrono::steady_clock;

  // Borrows all: must outlive this. Opens nothing yet.
  StoreLoader(const Settings& settings, Host& host, Published<Snapshot>& published);

  struct Report
  {
    size_t zones{0};                // how many are new, gone or different
    std::vector<std::string> names; // of the first few of them, for people
    bool nodes{false};              // whether nodes, targets or checks are
    bool policies{false};
    bool references{false};
    bool peers{false};
    bool notifications{false};
    bool reports{false}; // what jobs say of push checks; no news to people
    std::chrono::milliseconds took{0};
  };
  // Looks whether anything changed, and loads it. everything: read all of it whatever changed.
  // Throws SqliteError or std::runtime_error, then what was published before stays.
  Report poll(bool everything, std::chrono::system_clock::time_point now);

  // Null before the first successful poll(), and while the file cannot be opened.
  [[nodiscard]] RecordStore* store() noexcept { return d_store ? &*d_store : nullptr; }
  // We have written through store().
  void wrote() noexcept { d_logFilled = Clock::now(); }
  // Empties the store's log some time after the last change, so that a file put in its place cannot meet it, and whoever
  // writes several times in a row does not meet us.
  void tidy(Clock::time_point now) noexcept;
  // Purges once more what changed a poll-interval ago or earlier: an answer that was being made meanwhile may have entered
  // a cache after its purge. Throws only std::bad_alloc.
  void purgeAgain(Clock::time_point now);
  // The connection is of no use any more (an error said so); the next poll() opens another.
  void close() noexcept;

  // What the prober is to do and has been told, as of the last load. Throws only std::bad_alloc.
  [[nodiscard]] Orders orders() const;
  [[nodiscard]] const std::vector<PushReport>& reports() const noexcept { return d_reports.reports; }
  // As of the last load; never null.
  [[nodiscard]] const std::shared_ptr<const NodeTable>& nodes() const noexcept { return d_nodes; }
  [[nodiscard]] const std::shared_ptr<const PolicyTable>& policies() const noexcept { return d_policies; }
  // Rows that could not be used, as of the last load.
  [[nodiscard]] Problems problems() const;

private:
  using ZoneProblems = std::map<int64_t, Problems>; // ZonesState::problems

  void open();
  void stayWithFile() noexcept;
  void publish(std::shared_ptr<const Snapshot> before, std::shared_ptr<const Snapshot> after, const std::vector<int64_t>& ids);
  Report load(bool everything, std::chrono::system_clock::time_point now);
  // Of all but the zones, in one order.
  [[nodiscard]] std::vector<const Problems*> otherProblems() const;
  // What has changed about them since the last load, when they were these. `others`: as otherProblems().
  void logProblems(const std::vector<const Problems*>& others, const ZoneProblems& zones) const;

  const Settings& d_settings;
  Host& d_host;
  Published<Snapshot>& d_published;

  std::optional<RecordStore> d_store;
  std::optional<FileState> d_file; // when d_store was opened, or its log was emptied
  // Something is to be read that no load has got yet: they stay set over a load that fails.
  bool d_due{true};
  bool d_everythingDue{true};
  std::optional<Clock::time_point> d_logFilled; // when something was last written, as far as we know; nothing: it is empty
  std::string d_identity;
  std::optional<int64_t> d_seenChange; // nothing before the first load
  std::shared_ptr<const NodeTable> d_nodes{std::make_shared<const NodeTable>()};
  std::shared_ptr<const PolicyTable> d_policies{std::make_shared<const PolicyTable>()};
  Outside d_outside;
  PushReports d_reports;
  ZonesState d_zones;
  Problems d_strays;

  // What was published, and is to be purged again; the oldest first.
  struct Recent
  {
    Clock::time_point when;
    std::shared_ptr<const Snapshot> before;
    std::shared_ptr<const Snapshot> after;
    std::vector<int64_t> ids;
  };
  std::deque<Recent> d_recent;
};
}
