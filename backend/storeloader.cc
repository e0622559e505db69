// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "storeloader.hh"
#include "cachepurge.hh"
#include "zonelinker.hh"
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

  int64_t countRecords(Database& database)
  {
    Statement count(database, "SELECT count(*) FROM records");
    count.step();
    return count.integer(0);
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
    d_recent.push_back({Clock::now(), std::move(before), std::move(after), ids});
  }
}

void StoreLoader::purgeAgain(Clock::time_point now)
{
  while (!d_recent.empty() && now >= d_recent.front().when + d_settings.pollInterval) {
    const auto& recent = d_recent.front();
    purgeZones(d_host, *recent.before, *recent.after, recent.ids);
    d_recent.pop_front();
  }
}

StoreLoader::Report StoreLoader::load(bool everything, std::chrono::system_clock::time_point now)
{
  const auto started = Clock::now();
  const auto before = d_published.current();
  auto& database = d_store->database();

  Transaction oneMoment(database, Transaction::Kind::Read);
  const auto newest = d_store->newestChange();
  auto nodes = std::make_shared<const NodeTable>(loadNodes(database, d_host, d_seenChange ? d_nodes.get() : nullptr, now, d_settings.stateMaxAge));
  auto policies = std::make_shared<const PolicyTable>(loadPolicies(database, d_host, *d_policies));
  auto outside = loadOutside(database, d_outside);
  auto reports = loadReports(database);
  auto strays = ZoneLoader::strayRecords(database);
  const bool sameMeaning = nodes->owners == d_nodes->owners && policies->policies == d_policies->policies;
  everything = everything || newest < d_seenChange.value_or(0) || d_store->identity() != d_identity || !sameMeaning;
  LoadProgress progress(d_host, started, [&] { return everything ? countRecords(database) : 0; });
  ZonesDraft draft(before.get(), d_zones);
  std::optional<ZoneLoader> loader(std::in_place, database, d_host, *nodes->owners, &progress);
  draft.load(*loader, everything ? everyZone(database, before.get()) : d_store->zonesChangedSince(*d_seenChange), sameMeaning);
  ZoneLinker linker(*nodes->owners, policies->policies, d_host, [&draft](std::string_view apex) { return draft.findByApex(apex); });
  draft.link(*loader, linker);
  loader.reset(); // a statement that has not read its last row would keep the moment
  oneMoment.commit();

  const auto replaced = draft.replaced();
  const auto last = d_zones.problems;
  const auto after = draft.finish(d_zones);
  Report report;
  describeZones(before.get(), *after, replaced, report);
  report.nodes = !sameNodes(*d_nodes, *nodes, now);
  report.policies = policies->policies != d_policies->policies;
  report.references = outside.references != d_outside.references;
  report.peers = outside.peers != d_outside.peers;
  report.notifications = outside.notices != d_outside.notices;
  report.reports = reports.reports != d_reports.reports;
  d_seenChange = newest;
  d_identity = d_store->identity();
  std::swap(d_nodes, nodes);
  std::swap(d_policies, policies);
  std::swap(d_outside, outside);
  std::swap(d_reports, reports);
  std::swap(d_strays, strays);
  if (!replaced.empty() || !before) {
    publish(before, after, replaced);
  }
  logProblems({&nodes->problems, &policies->problems, &outside.problems, &reports.problems, &strays}, last);
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  return report;
}

Orders StoreLoader::orders() const
{
  return {d_nodes->nodes, d_outside.references, d_outside.peers, d_outside.notices};
}

std::vector<const Problems*> StoreLoader::otherProblems() const
{
  return {&d_nodes->problems, &d_policies->problems, &d_outside.problems, &d_reports.problems, &d_strays};
}

Problems StoreLoader::problems() const
{
  Problems all(Problems::s_inStatus);
  for (const auto* problems : otherProblems()) {
    all.add(*problems);
  }
  for (const auto& [zone, problems] : d_zones.problems) {
    all.add(problems);
  }
  return all;
}

void StoreLoader::logProblems(const std::vector<const Problems*>& others, const ZoneProblems& zones) const
{
  ProblemChanges changes;
  const auto now = otherProblems();
  for (size_t i = 0; i < now.size(); ++i) {
    changes.compare(*others[i], *now[i]);
  }
  const auto find = [](const ZoneProblems& problems, int64_t id) {
    const auto found = problems.find(id);
    return found == problems.end() ? Problems() : found->second;
  };
  for (const auto& [id, problems] : d_zones.problems) {
    changes.compare(find(zones, id), problems);
  }
  for (const auto& [id, problems] : zones) {
    if (!d_zones.problems.contains(id)) {
      changes.compare(problems, Problems());
    }
  }
  changes.log(d_host);
}
}
