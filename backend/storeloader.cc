// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "storeloader.hh"
#include "cachepurge.hh"
#include "zoneloader.hh"
#include <algorithm>
#include <unordered_set>
#include <utility>

namespace failover
{
namespace
{
  constexpr size_t s_namesInReport = 3;
  constexpr std::chrono::seconds s_quiet{1}; // without a change, before the log is emptied

  bool sameRows(const Zone& left, const Zone& right)
  {
    return left.fingerprint() == right.fingerprint() && left.apex() == right.apex();
  }

  // Which of these zones are new, gone or different, as far as people want to know.
  void describeZones(const Snapshot* before, const Snapshot& after, const std::vector<int64_t>& ids, StoreLoader::Report& report)
  {
    for (const auto id : ids) {
      const auto* was = before != nullptr ? before->zoneById(id) : nullptr;
      const auto* is = after.zoneById(id);
      if (was != nullptr && is != nullptr && sameRows(*was, *is)) {
        continue; // only its owners were looked up again
      }
      if (++report.zones <= s_namesInReport) {
        const auto* zone = is != nullptr ? is : was;
        report.names.push_back(toText(zone->apex()) + (is == nullptr ? " (gone)" : was == nullptr && before != nullptr ? " (new)"
                                                                                                                       : ""));
      }
    }
  }

  // All zones of the store, and those of the last snapshot that are no longer in it.
  std::vector<int64_t> everyZone(Database& database, const Snapshot* before)
  {
    auto ids = ZoneLoader::allZones(database);
    if (before != nullptr) {
      const std::unordered_set<int64_t> present(ids.begin(), ids.end());
      before->forEachZone([&](const Zone& zone) {
        if (!present.contains(zone.id())) {
          ids.push_back(zone.id());
        }
      });
    }
    return ids;
  }
}

StoreLoader::StoreLoader(const Settings& settings, Host& host, Published<Snapshot>& published) :
  d_settings(settings), d_host(host), d_published(published)
{
}

void StoreLoader::close() noexcept
{
  d_store.reset();
}

void StoreLoader::tidy(Clock::time_point now) noexcept
{
  if (!d_store || !d_logFilled || now < *d_logFilled + s_quiet) {
    return;
  }
  d_logFilled.reset();
  d_store->emptyLog();
  stayWithFile();
}

// What we did to the file is no news; another file in its place stays news.
void StoreLoader::stayWithFile() noexcept
{
  const auto file = FileState::of(d_settings.database);
  if (file && d_file && file->isFile(*d_file)) {
    d_file = file;
  }
}

void StoreLoader::open()
{
  if (d_store) {
    d_store->emptyLog(); // into the old file, wherever that is now: the new one must not meet it
    d_store.reset();     // and before the next one: both would hold locks on one file
  }
  d_file = FileState::of(d_settings.database);
  if (!d_file) {
    throw std::runtime_error(d_settings.database + ": does not exist");
  }
  d_store.emplace(d_settings.database, d_settings.journalMode);
  stayWithFile(); // setting the journal mode writes to it
}

StoreLoader::Report StoreLoader::poll(bool everything, std::chrono::system_clock::time_point now)
{
  if (const auto recent = std::exchange(d_recent, std::nullopt)) {
    purgeZones(d_host, *recent->before, *recent->after, recent->ids);
  }
  d_everythingDue = d_everythingDue || everything;
  const auto file = FileState::of(d_settings.database);
  if (!d_store || !file || file != d_file) {
    d_due = true;
    // Of a file that is gone nobody knows what comes in its place.
    d_everythingDue = d_everythingDue || !file || (d_file && !file->isFile(*d_file));
    open();
  }
  d_due = d_store->changed() || d_due;
  if (!d_due && !d_everythingDue) {
    return {};
  }
  auto report = load(d_everythingDue, now);
  d_due = false;
  d_everythingDue = false;
  wrote(); // somebody else did
  return report;
}

void StoreLoader::publish(std::shared_ptr<const Snapshot> before, std::shared_ptr<const Snapshot> after, const std::vector<int64_t>& ids)
{
  d_published.publish(after);
  announceZones(d_host, before.get(), *after, ids);
  if (before) { // at the first load nothing is cached yet
    purgeZones(d_host, *before, *after, ids);
    d_recent = Recent{std::move(before), std::move(after), ids};
  }
}

StoreLoader::Report StoreLoader::load(bool everything, std::chrono::system_clock::time_point now)
{
  const auto started = std::chrono::steady_clock::now();
  const auto before = d_published.current();
  const auto problemsBefore = problems();
  auto& database = d_store->database();

  Transaction oneMoment(database, Transaction::Kind::Read);
  const auto newest = d_store->newestChange();
  auto nodes = loadNodes(database, d_host, d_seenChange ? &d_nodes : nullptr, now, d_settings.stateMaxAge);
  auto policies = loadPolicies(database, d_host, d_policies);
  const bool sameMeaning = nodes.owners == d_nodes.owners && policies.policies == d_policies.policies;
  everything = everything || newest < d_seenChange.value_or(0) || d_store->identity() != d_identity || !sameMeaning;

  SnapshotEdit edit(before.get());
  auto zoneProblems = d_zoneProblems;
  const auto due = everything ? everyZone(database, before.get()) : d_store->zonesChangedSince(*d_seenChange);
  ZoneLoader loader(database, d_host, *nodes.owners, *policies.policies);
  const auto ids = loadZones(due, loader, sameMeaning, before.get(), edit, zoneProblems);
  oneMoment.commit();

  const auto after = edit.finish();
  Report report;
  describeZones(before.get(), *after, ids, report);
  report.nodes = !sameNodes(d_nodes, nodes);
  report.policies = policies.policies != d_policies.policies;
  d_seenChange = newest;
  d_identity = d_store->identity();
  d_nodes = std::move(nodes);
  d_policies = std::move(policies);
  d_zoneProblems = std::move(zoneProblems);
  if (!ids.empty() || !before) {
    publish(before, after, ids);
  }
  logProblems(problemsBefore);
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  return report;
}

std::vector<int64_t> StoreLoader::loadZones(const std::vector<int64_t>& ids, ZoneLoader& loader, bool sameMeaning, const Snapshot* before, SnapshotEdit& edit, std::map<int64_t, std::vector<RowProblem>>& problems)
{
  std::vector<int64_t> replaced;
  for (const auto id : ids) {
    auto [zone, zoneProblems] = loader.load(id);
    const auto* last = before != nullptr ? before->zoneById(id) : nullptr;
    const bool keepsLastGood = last != nullptr && !zoneProblems.empty();
    const bool same = last != nullptr && zone && sameRows(*last, *zone) && sameMeaning;
    if (!keepsLastGood && !same && (last != nullptr || zone)) {
      if (zone) {
        edit.put(std::move(zone));
      }
      else {
        edit.remove(id);
      }
      replaced.push_back(id);
    }
    problems.erase(id);
    if (!zoneProblems.empty()) {
      problems.emplace(id, std::move(zoneProblems));
    }
  }
  return replaced;
}

std::vector<RowProblem> StoreLoader::problems() const
{
  auto all = d_nodes.problems;
  all.insert(all.end(), d_policies.problems.begin(), d_policies.problems.end());
  for (const auto& [zone, problems] : d_zoneProblems) {
    all.insert(all.end(), problems.begin(), problems.end());
  }
  return all;
}

void StoreLoader::logProblems(const std::vector<RowProblem>& before) const
{
  const auto now = problems();
  const auto missing = [](const std::vector<RowProblem>& list, const RowProblem& problem) {
    return std::find(list.begin(), list.end(), problem) == list.end();
  };
  for (const auto& problem : now) {
    if (missing(before, problem)) {
      d_host.log(LogLevel::Error, "store: " + problem.text() + " (the last good version stays, or the row is left out)");
    }
  }
  for (const auto& problem : before) {
    if (missing(now, problem)) {
      d_host.log(LogLevel::Info, "store: " + problem.text() + ": no longer so");
    }
  }
}
}
