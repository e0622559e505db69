// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "storewatcher.hh"
#include <algorithm>
#include <pthread.h>
#include "cachepurge.hh"
#include "counted.hh"
#include "probe/signalsblocked.hh"
#include "statewriter.hh"

namespace failover
{
namespace
{
  bool hasOrders(const StoreLoader::Report& report)
  {
    return report.nodes || report.references || report.peers || report.notifications;
  }

  bool isNews(const StoreLoader::Report& report)
  {
    return report.zones > 0 || report.policies || hasOrders(report);
  }

  std::string describe(const StoreLoader::Report& report, const Snapshot& snapshot)
  {
    const auto size = counted(snapshot.zoneCount(), "zone") + ", " + counted(snapshot.recordCount(), "record");
    if (!isNews(report)) {
      return "nothing changed: " + size;
    }
    std::string text;
    const auto add = [&text](const std::string& what) { text += (text.empty() ? "changed: " : ", ") + what; };
    if (report.zones > 0) {
      std::string names;
      for (const auto& name : report.names) {
        names += (names.empty() ? "" : ", ") + name;
      }
      add(counted(report.zones, "zone") + " (" + names + (report.zones > report.names.size() ? ", …)" : ")"));
    }
    for (const auto& [isChanged, what] : {std::pair(report.nodes, "nodes"), {report.policies, "policies"}, {report.references, "references"}, {report.peers, "peers"}, {report.notifications, "notifications"}}) {
      if (isChanged) {
        add(what);
      }
    }
    return text + "; now " + size + ", read in " + std::to_string(report.took.count()) + " ms";
  }
}

StoreWatcher::StoreWatcher(const Settings& settings, Host& host, Published<Snapshot>& published, Callbacks callbacks) :
  d_settings(settings), d_host(host), d_published(published), d_callbacks(std::move(callbacks)),
  d_loader(settings, host, published),
  d_readFault(host, "store cannot be read"),
  d_writeFault(host, "node states cannot be written to the store")
{
  d_status.database = settings.database;
}

StoreWatcher::~StoreWatcher()
{
  stop();
}

std::vector<std::string> StoreWatcher::loadFirst()
{
  const auto report = d_loader.poll(true, std::chrono::system_clock::now());
  const auto snapshot = d_published.current();
  d_host.log(LogLevel::Info, "store " + d_settings.database + ": " + counted(snapshot->zoneCount(), "zone") + ", " + counted(snapshot->recordCount(), "record") + ", " + counted(d_loader.nodes()->nodes.size(), "node") + ", read in " + std::to_string(report.took.count()) + " ms");
  tellOrders();
  updateStatus();
  std::vector<std::string> names;
  for (const auto& node : d_loader.nodes()->nodes) {
    names.push_back(node.name);
  }
  return names;
}

void StoreWatcher::start()
{
  const SignalsBlocked blocked;
  d_thread = std::thread([this] { run(); });
}

void StoreWatcher::stop() noexcept
{
  {
    std::lock_guard lock(d_mutex);
    d_stopping = true;
  }
  d_wake.notify_all();
  d_done.notify_all();
  if (d_thread.joinable()) {
    d_thread.join();
  }
}

std::optional<std::string> StoreWatcher::refresh(Depth depth, std::chrono::milliseconds limit)
{
  std::unique_lock lock(d_mutex);
  const auto ticket = ++d_requested;
  d_everythingWanted = d_everythingWanted || depth == Depth::Everything;
  d_wake.notify_all();
  const bool served = d_done.wait_for(lock, limit, [&] { return d_served >= ticket || d_stopping; });
  return served && d_served >= ticket ? std::optional(d_servedText) : std::nullopt;
}

void StoreWatcher::remember(const NodeTransition& transition)
{
  {
    std::lock_guard lock(d_mutex);
    if (isServing(transition.from) != isServing(transition.to)) { // else no answer has changed
      d_changedNodes.insert_or_assign(transition.node, Clock::now());
    }
    d_waiting.push_back(transition);
    if (d_waiting.size() > s_maxWaiting) {
      d_waiting.pop_front();
      ++d_status.droppedEvents;
    }
  }
  d_wake.notify_all();
}

void StoreWatcher::run()
{
  pthread_setname_np(pthread_self(), "pdns/fo-store");

  std::unique_lock lock(d_mutex);
  auto next = Clock::now();
  while (!d_stopping) {
    const auto waiting = [&] { return !d_waiting.empty() && Clock::now() >= d_nextWrite; };
    d_wake.wait_until(lock, next, [&] { return d_stopping || d_requested != d_served || waiting(); });
    const auto ticket = d_requested;
    const bool everything = std::exchange(d_everythingWanted, false);
    lock.unlock();
    cycle(everything);
    next = Clock::now() + d_settings.pollInterval;
    lock.lock();
    d_served = ticket;
    d_servedText = d_said;
    d_done.notify_all();
  }
  lock.unlock();
  d_nextWrite = {};
  d_nextConfirm = {};
  write();
}

void StoreWatcher::cycle(bool everything)
{
  try {
    d_said = read(everything);
    d_readFault.worked();
  }
  catch (const std::exception& error) {
    d_loader.close(); // the file may be another one next time, or this connection broken
    d_readFault.failed(error.what(), Clock::now());
    d_said = std::string("error: ") + error.what();
  }
  purgeAgain(Clock::now());
  write();
  d_loader.tidy(Clock::now());
  d_published.sweep();
  d_callbacks.cycled();
  updateStatus();
}

void StoreWatcher::purgeAgain(Clock::time_point now)
{
  d_loader.purgeAgain(now);
  std::vector<std::string> nodes;
  {
    std::lock_guard lock(d_mutex);
    std::erase_if(d_changedNodes, [&](const auto& changed) {
      const bool due = now >= changed.second + d_settings.pollInterval;
      if (due) {
        nodes.push_back(changed.first);
      }
      return due;
    });
  }
  const auto snapshot = d_published.current();
  for (const auto& node : nodes) {
    purgeNode(d_host, *snapshot, node);
  }
}

std::string StoreWatcher::read(bool everything)
{
  const auto report = d_loader.poll(everything, std::chrono::system_clock::now());
  auto text = describe(report, *d_published.current());
  if (hasOrders(report)) {
    tellOrders();
  }
  else if (report.reports) {
    d_callbacks.reportsLoaded(d_loader.reports());
  }
  if (isNews(report)) {
    d_host.log(LogLevel::Info, "store: " + text);
  }
  return text;
}

void StoreWatcher::tellOrders()
{
  d_callbacks.ordersLoaded(d_loader.orders());
  d_callbacks.reportsLoaded(d_loader.reports());
}

void StoreWatcher::write()
{
  const auto now = Clock::now();
  std::vector<NodeTransition> transitions;
  uint64_t droppedBefore = 0;
  {
    std::lock_guard lock(d_mutex);
    if (now < d_nextWrite || (d_waiting.empty() && now < d_nextConfirm)) {
      return;
    }
    transitions.assign(d_waiting.begin(), d_waiting.end());
    droppedBefore = d_status.droppedEvents;
  }
  auto* store = d_loader.store();
  if (store == nullptr) {             // said by d_readFault
    d_nextWrite = now + s_retryWrite; // else what waits would wake the thread at once, again and again
    return;
  }
  try {
    writeStates(store->database(), transitions, d_callbacks.states(), std::chrono::system_clock::now(), d_settings.historyEvents);
    d_loader.wrote();
    d_writeFault.worked();
    d_nextConfirm = now + s_confirmInterval;
    std::lock_guard lock(d_mutex);
    // Newer ones may have come meanwhile; what they pushed out of a full queue has been written all the same.
    const auto pushedOut = std::min<uint64_t>(transitions.size(), d_status.droppedEvents - droppedBefore);
    d_status.droppedEvents -= pushedOut;
    d_waiting.erase(d_waiting.begin(), d_waiting.begin() + static_cast<std::ptrdiff_t>(transitions.size() - pushedOut));
  }
  catch (const std::exception& error) {
    d_writeFault.failed(error.what(), now);
    d_nextWrite = now + s_retryWrite;
  }
}

void StoreWatcher::updateStatus()
{
  const auto snapshot = d_published.current();
  auto problems = d_loader.problems();
  std::lock_guard lock(d_mutex);
  d_contents = {snapshot, d_loader.nodes(), d_loader.policies()};
  d_status.readFault = d_readFault.reason();
  d_status.writeFault = d_writeFault.reason();
  d_status.problems = std::move(problems);
  d_status.zones = snapshot ? snapshot->zoneCount() : 0;
  d_status.records = snapshot ? snapshot->recordCount() : 0;
}

StoreContents StoreWatcher::contents() const
{
  std::lock_guard lock(d_mutex);
  return d_contents;
}

StoreStatus StoreWatcher::status() const
{
  std::lock_guard lock(d_mutex);
  return d_status;
}
}
