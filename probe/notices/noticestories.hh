// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>
#include "notice.hh"
#include "probe/orders.hh"
#include "probe/prober.hh"

// NoticeStories: from what happens to what whom is told of it, and when.
// Pure: time is an argument. Thread: compatible (no lock inside); the loop's.
//
// A target (a NoticeSpec) is told that a node has left the answers when it has been out for the target's delay, and that it
// is back when it has been back for as long: what is over by then is told neither way. Reminders follow while it is out.
// The same goes for the freeze of all verdicts. That a node was out before it was heard of here counts as told: that was
// an earlier run's business, its return is ours.

namespace failover
{
class NoticeStories
{
public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // From now on these targets and nodes, all of them. A target whose id is as before knows what it knew, if its url is, too.
  // Nodes that are new here are what they say they last were. Throws only std::bad_alloc.
  void adopt(const std::vector<NoticeSpec>& specs, const std::vector<NodeSpec>& nodes, TimePoint now);
  // Throws only std::bad_alloc.
  void nodeChanged(const NodeTransition& transition, TimePoint now);
  void freezeChanged(bool frozen, const std::string& reason, std::chrono::system_clock::time_point at, TimePoint now);

  // The next thing that should have been told by `now`, and the id of the target. Throws only std::bad_alloc.
  std::optional<std::pair<int64_t, Notice>> take(TimePoint now);
  // When take() is wanted; nothing: not before something else happens. Throws nothing.
  [[nodiscard]] std::optional<TimePoint> nextDue() const noexcept;

private:
  // What can be out: a node; or, by the name "", the freeze.
  struct Subject
  {
    bool isOut{false};
    TimePoint turned{}; // when isOut last did
    Notice news;        // what there is to say of it
  };
  // What a target knows of a subject. None: it knows of no trouble, and there is none.
  struct Story
  {
    bool toldOut{false};
    TimePoint told{};
    unsigned repeats{0};
    std::optional<TimePoint> due; // when the next word is; as in d_clock
  };
  struct Target
  {
    NoticeSpec spec;
    std::map<std::string, Story> stories; // by subject
  };

  void forgetSubjects(const std::vector<NodeSpec>& nodes);
  void forgetTargets(const std::vector<NoticeSpec>& specs);
  void meet(const NodeSpec& node, TimePoint now);
  void adopt(const NoticeSpec& spec, TimePoint now);
  void turn(const std::string& name, Subject& subject, bool isOut, TimePoint now);
  // Sets when the target hears of the subject next, or forgets a story that has come to its end.
  void schedule(Target& target, const std::string& name);
  void forget(Target& target, const std::string& name);
  void unclock(int64_t id, const std::string& name, const Story& story);
  [[nodiscard]] static std::optional<TimePoint> dueOf(const NoticeSpec& spec, const Subject& subject, const Story& story) noexcept;
  // The next word of a story whose time has come, unless the target does not want it.
  std::optional<Notice> tell(Target& target, const std::string& name, TimePoint now);

  std::map<std::string, Subject> d_subjects;
  std::map<int64_t, Target> d_targets; // by id
  std::set<std::tuple<TimePoint, int64_t, std::string>> d_clock;
};
}
