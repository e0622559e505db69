// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include "answercounts.hh"
#include "drainwriter.hh"
#include "host.hh"
#include "probe/prober.hh"
#include "published.hh"
#include "rotation.hh"
#include "settings.hh"
#include "snapshot.hh"
#include "storewatcher.hh"

// Runtime: what outlives backend instances, one per launch suffix: the published snapshot, the store thread, the
// probe thread and the one that purges answers in rotation. It ties them together: a load tells the prober its nodes, a transition purges caches, is logged and is
// remembered in the store.

namespace failover
{
class Runtime : private ProberListener
{
public:
  // suffix: of `launch=failover:suffix`, or empty. Starts nothing.
  Runtime(std::string suffix, Settings settings, std::unique_ptr<Host> host);
  ~Runtime() override;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Loads the store, then starts the threads; the names of the nodes that there are. Throws SqliteError or std::runtime_error when the store cannot be used.
  // Thread: one caller, once, after any fork().
  std::vector<std::string> start();

  // Ends the threads; what was published stays readable. Thread: any, once.
  void stop() noexcept;

  [[nodiscard]] const std::string& suffix() const noexcept { return d_suffix; }
  [[nodiscard]] const Settings& settings() const noexcept { return d_settings; }
  // What answers are made of. Thread: any.
  [[nodiscard]] const Published<Snapshot>& snapshots() const noexcept { return d_published; }

  // Where a backend instance notes the names of answers that PowerDNS may keep. Thread: any.
  [[nodiscard]] Rotation& rotation() noexcept { return d_rotation; }

  // Who got the answers, since startedAt(). Thread: any.
  [[nodiscard]] AnswerTotals& answers() noexcept { return d_answers; }
  [[nodiscard]] std::chrono::system_clock::time_point startedAt() const noexcept { return d_startedAt; }

  // This process has committed something: returns when answers know it, or after some seconds, when a load takes that
  // long (they will know it then). Thread: any but the two above.
  void storeWritten();

  // Somebody is about to administer a zone: returns when answers know what others have committed by now, or soon after if
  // the store is in trouble. Thread: any but the two above.
  void catchUp();

  // Tells the operator. Thread: any.
  void warn(const std::string& message) noexcept { d_host->log(LogLevel::Warning, message); }

  // --- What pdns_control asks. Thread: any but the two above. ---

  [[nodiscard]] std::vector<NodeStatus> nodes() const { return d_prober.status(); }
  [[nodiscard]] const Prober& prober() const noexcept { return d_prober; }
  // What this server's own checks say of a node; Unknown when there is none of that name.
  [[nodiscard]] Verdict ownVerdict(const std::string& node) const;
  [[nodiscard]] StoreStatus store() const { return d_watcher.status(); }
  [[nodiscard]] StoreContents contents() const { return d_watcher.contents(); }
  [[nodiscard]] const Host& host() const noexcept { return *d_host; }

  // What the operator wants of a node from now on; false when there is no such node. Returns when answers follow.
  // Throws SqliteError when the store cannot be written; then nothing changed.
  bool setAdminState(const std::string& node, AdminState admin, const std::string& reason);

  // The same for what the operator plans, and for the end of drains of either kind (nothing: no such node).
  bool planDrain(const std::string& node, const PlannedDrain& drain);
  std::optional<EndedDrains> endDrains(const std::string& node);

  // What an outside job says of a push check, which it names by name or id; false when there is none. validFor: nothing for
  // the check's own. Returns when the prober knows. Throws as above.
  [[nodiscard]] bool hasPushCheck(const std::string& check) const;
  bool report(const std::string& check, bool up, std::optional<std::chrono::seconds> validFor);

  // Reads the whole store again and says what came of it.
  [[nodiscard]] std::string reload();

private:
  // The store was written for the operator: returns when answers follow.
  void obey();

  // ProberListener, on the probe thread.
  void nodeChanged(const NodeTransition& transition) noexcept override;
  void log(LogLevel level, const std::string& message) noexcept override;

  const std::string d_suffix;
  const Settings d_settings;
  const std::unique_ptr<Host> d_host;
  const std::chrono::system_clock::time_point d_startedAt{std::chrono::system_clock::now()};
  AnswerTotals d_answers;
  Published<Snapshot> d_published;
  Rotation d_rotation;
  Prober d_prober;
  StoreWatcher d_watcher; // last: its thread uses all of the above
};
}
