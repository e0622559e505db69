// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "runtime.hh"
#include <algorithm>
#include "cachepurge.hh"
#include "reportwriter.hh"
#include "statewriter.hh"

namespace failover
{
namespace
{
  // How long a writer waits for its own change to be answered. A million records take about two seconds to load.
  constexpr std::chrono::seconds s_loadPatience{10};
  constexpr std::chrono::seconds s_catchUpPatience{2};
  constexpr std::chrono::seconds s_settlePatience{2};
  // For another writer's lock, while somebody waits at a terminal.
  constexpr std::chrono::seconds s_lockPatience{2};

  ProberOptions optionsOf(const Settings& settings)
  {
    ProberOptions options;
    options.maxInFlight = settings.maxProbes;
    options.execDir = settings.execDir;
    options.rules = {{settings.holdDown, settings.holdDownMax}, settings.quorum};
    options.freezeShare = settings.freezeShare;
    return options;
  }
}

Runtime::Runtime(std::string suffix, Settings settings, std::unique_ptr<Host> host) :
  d_suffix(std::move(suffix)), d_settings(std::move(settings)), d_host(std::move(host)),
  d_rotation(*d_host, d_settings.rotate),
  d_prober(optionsOf(d_settings), *this),
  d_watcher(d_settings, *d_host, d_published,
    {.ordersLoaded = [this](const Orders& orders) { d_prober.setOrders(orders); },
      .reportsLoaded = [this](const std::vector<PushReport>& reports) { d_prober.report(reports); },
      .states = [this] { return d_prober.status(); },
      .cycled = [this] { d_answers.grow(); }})
{
}

Runtime::~Runtime()
{
  stop();
}

void Runtime::stop() noexcept
{
  d_prober.stop(); // first: it must not call us any more
  d_watcher.stop();
  d_rotation.stop();
}

std::vector<std::string> Runtime::start()
{
  auto nodes = d_watcher.loadFirst();
  d_rotation.start();
  d_prober.start();
  d_watcher.start();
  return nodes;
}

void Runtime::storeWritten()
{
  if (!d_watcher.refresh(StoreWatcher::Depth::Changes, s_loadPatience)) {
    d_host->log(LogLevel::Warning, "a change was committed, but reading it takes longer than " + std::to_string(s_loadPatience.count()) + " s; answers follow when it is read");
  }
}

void Runtime::catchUp()
{
  static_cast<void>(d_watcher.refresh(StoreWatcher::Depth::Changes, s_catchUpPatience)); // what is not known yet will be
}

bool Runtime::setAdminState(const std::string& node, AdminState admin, const std::string& reason)
{
  Database database(d_settings.database, s_lockPatience); // the store thread's own is not ours to use
  if (!writeAdminState(database, node, admin, combine(admin, Verdict::Unknown), reason, std::chrono::system_clock::now())) {
    return false;
  }
  obey();
  return true;
}

bool Runtime::planDrain(const std::string& node, const PlannedDrain& drain)
{
  Database database(d_settings.database, s_lockPatience);
  if (!writeDrain(database, node, drain)) {
    return false;
  }
  obey();
  return true;
}

std::optional<EndedDrains> Runtime::endDrains(const std::string& node)
{
  Database database(d_settings.database, s_lockPatience);
  const auto ended = failover::endDrains(database, node, inSeconds(std::chrono::system_clock::now()));
  if (ended) {
    obey();
  }
  return ended;
}

bool Runtime::hasPushCheck(const std::string& check) const
{
  Database database(d_settings.database, s_lockPatience);
  return findPushCheck(database, check).has_value();
}

bool Runtime::report(const std::string& check, bool up, std::optional<std::chrono::seconds> validFor)
{
  Database database(d_settings.database, s_lockPatience);
  if (!writeReport(database, check, up, validFor, std::chrono::system_clock::now())) {
    return false;
  }
  obey();
  return true;
}

void Runtime::obey()
{
  storeWritten();
  d_prober.settle(s_settlePatience);
}

Verdict Runtime::ownVerdict(const std::string& node) const
{
  const auto nodes = d_watcher.contents().nodes;
  const auto found = std::lower_bound(nodes->nodes.begin(), nodes->nodes.end(), node, [](const NodeSpec& known, const std::string& wanted) { return known.name < wanted; });
  return found != nodes->nodes.end() && found->name == node ? found->health->own() : Verdict::Unknown;
}

std::string Runtime::reload()
{
  const auto said = d_watcher.refresh(StoreWatcher::Depth::Everything, s_loadPatience);
  return said ? *said : "still reading after " + std::to_string(s_loadPatience.count()) + " s; the log will say when it is done";
}

void Runtime::nodeChanged(const NodeTransition& transition) noexcept
{
  d_rotation.turn(); // first: these answers have it wrong now
  try {
    // Not when a node that was served unchecked is found well: at a start that would be every name of every node.
    if (const auto snapshot = d_published.current(); snapshot && isServing(transition.from) != isServing(transition.to)) {
      purgeNode(*d_host, *snapshot, transition.node);
    }
    d_host->log(LogLevel::Warning, "node " + transition.node + ": " + std::string(toString(transition.from)) + " -> " + std::string(toString(transition.to)) + (transition.reason.empty() ? "" : " ") + transition.reason);
    d_watcher.remember(transition);
  }
  catch (const std::exception& error) { // out of memory: the state itself has been published already
    d_host->log(LogLevel::Error, error.what());
  }
}

void Runtime::log(LogLevel level, const std::string& message) noexcept
{
  d_host->log(level, message);
}
}
