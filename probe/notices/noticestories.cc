// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "noticestories.hh"

namespace failover
{
namespace
{
  const std::string s_freeze; // the subject's name; no node has an empty one

  bool concerns(const NoticeSpec& spec, const std::string& subject)
  {
    return subject == s_freeze || spec.node.empty() || spec.node == subject;
  }

  bool wants(const NoticeSpec& spec, Notice::Event event) noexcept
  {
    switch (event) {
    case Notice::Event::Down:
      return spec.onDown;
    case Notice::Event::Up:
      return spec.onUp;
    case Notice::Event::Freeze:
    case Notice::Event::Thaw:
      break;
    }
    return spec.onFreeze;
  }
}

void NoticeStories::adopt(const std::vector<NoticeSpec>& specs, const std::vector<NodeSpec>& nodes, TimePoint now)
{
  d_subjects.try_emplace(s_freeze);
  forgetTargets(specs);
  forgetSubjects(nodes);
  for (const auto& node : nodes) {
    meet(node, now);
  }
  for (const auto& spec : specs) {
    adopt(spec, now);
  }
}

void NoticeStories::forgetTargets(const std::vector<NoticeSpec>& specs)
{
  std::map<int64_t, const NoticeSpec*> wanted;
  for (const auto& spec : specs) {
    wanted[spec.id] = &spec;
  }
  std::erase_if(d_targets, [&](const auto& entry) {
    const auto& [id, target] = entry;
    const auto found = wanted.find(id);
    if (found != wanted.end() && found->second->url == target.spec.url) {
      return false;
    }
    for (const auto& [name, story] : target.stories) {
      unclock(id, name, story);
    }
    return true;
  });
}

void NoticeStories::forgetSubjects(const std::vector<NodeSpec>& nodes)
{
  std::set<std::string> known{s_freeze};
  for (const auto& node : nodes) {
    known.insert(node.name);
  }
  std::erase_if(d_subjects, [&](const auto& entry) {
    if (known.count(entry.first) != 0) {
      return false;
    }
    for (auto& [id, target] : d_targets) {
      forget(target, entry.first);
    }
    return true;
  });
}

void NoticeStories::meet(const NodeSpec& node, TimePoint now)
{
  const auto [entry, isNew] = d_subjects.try_emplace(node.name);
  Subject& subject = entry->second;
  if (!isNew || isServing(node.last)) {
    return;
  }
  subject.isOut = true;
  subject.turned = now;
  subject.news.node = node.name;
  subject.news.to = node.last;
  subject.news.reason = node.rememberedReason;
  subject.news.at = node.since;
  subject.news.since = node.since;
}

void NoticeStories::adopt(const NoticeSpec& spec, TimePoint now)
{
  Target& target = d_targets[spec.id];
  target.spec = spec;
  for (const auto& [name, subject] : d_subjects) {
    const bool isKnown = target.stories.count(name) != 0;
    if (!concerns(spec, name)) {
      forget(target, name);
    }
    else if (isKnown || subject.isOut) {
      Story& story = target.stories[name];
      if (!isKnown) {
        story.toldOut = true;
        story.told = now;
      }
      schedule(target, name);
    }
  }
}

void NoticeStories::nodeChanged(const NodeTransition& transition, TimePoint now)
{
  Subject& subject = d_subjects[transition.node];
  const bool isOut = !isServing(transition.to);
  if (isOut != subject.isOut) {
    subject.news.from = transition.from;
  }
  subject.news.node = transition.node;
  subject.news.to = transition.to;
  subject.news.reason = transition.reason;
  subject.news.at = transition.at;
  turn(transition.node, subject, isOut, now);
}

void NoticeStories::freezeChanged(bool frozen, const std::string& reason, std::chrono::system_clock::time_point at, TimePoint now)
{
  Subject& subject = d_subjects[s_freeze];
  subject.news.reason = reason;
  subject.news.at = at;
  turn(s_freeze, subject, frozen, now);
}

void NoticeStories::turn(const std::string& name, Subject& subject, bool isOut, TimePoint now)
{
  if (isOut == subject.isOut) {
    return;
  }
  subject.isOut = isOut;
  subject.turned = now;
  if (isOut) {
    subject.news.since = subject.news.at;
  }
  for (auto& [id, target] : d_targets) {
    if (concerns(target.spec, name)) {
      schedule(target, name);
    }
  }
}

std::optional<NoticeStories::TimePoint> NoticeStories::dueOf(const NoticeSpec& spec, const Subject& subject, const Story& story) noexcept
{
  if (subject.isOut != story.toldOut) {
    return subject.turned + spec.delay;
  }
  if (subject.isOut && spec.repeat.count() > 0) {
    return story.told + spec.repeat;
  }
  return std::nullopt;
}

void NoticeStories::schedule(Target& target, const std::string& name)
{
  const Subject& subject = d_subjects[name];
  Story& story = target.stories[name];
  if (!subject.isOut && !story.toldOut) {
    forget(target, name);
    return;
  }
  const auto due = dueOf(target.spec, subject, story);
  unclock(target.spec.id, name, story);
  story.due = due;
  if (due) {
    d_clock.emplace(*due, target.spec.id, name);
  }
}

void NoticeStories::forget(Target& target, const std::string& name)
{
  const auto found = target.stories.find(name);
  if (found != target.stories.end()) {
    unclock(target.spec.id, name, found->second);
    target.stories.erase(found);
  }
}

void NoticeStories::unclock(int64_t id, const std::string& name, const Story& story)
{
  if (story.due) {
    d_clock.erase({*story.due, id, name});
  }
}

std::optional<std::pair<int64_t, Notice>> NoticeStories::take(TimePoint now)
{
  while (!d_clock.empty() && std::get<TimePoint>(*d_clock.begin()) <= now) {
    const auto [due, id, name] = *d_clock.begin();
    if (auto notice = tell(d_targets.at(id), name, now)) {
      return std::pair(id, std::move(*notice));
    }
  }
  return std::nullopt;
}

std::optional<Notice> NoticeStories::tell(Target& target, const std::string& name, TimePoint now)
{
  const Subject& subject = d_subjects[name];
  Story& story = target.stories[name];
  story.repeats = story.toldOut && subject.isOut ? story.repeats + 1 : 0;
  story.toldOut = subject.isOut;
  story.told = now;
  Notice notice = subject.news;
  const bool isFreeze = name == s_freeze;
  if (subject.isOut) {
    notice.event = isFreeze ? Notice::Event::Freeze : Notice::Event::Down;
  }
  else {
    notice.event = isFreeze ? Notice::Event::Thaw : Notice::Event::Up;
  }
  notice.repeat = story.repeats;
  schedule(target, name); // the story may end here
  return wants(target.spec, notice.event) ? std::optional(std::move(notice)) : std::nullopt;
}

std::optional<NoticeStories::TimePoint> NoticeStories::nextDue() const noexcept
{
  return d_clock.empty() ? std::nullopt : std::optional(std::get<TimePoint>(*d_clock.begin()));
}
}
