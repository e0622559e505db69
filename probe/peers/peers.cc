// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "peerquestion.hh"
#include "peers.hh"

namespace failover
{
namespace
{
  constexpr int s_missed = 3;                              // questions in a row without an answer, and a word is stale
  constexpr std::chrono::milliseconds s_mostOverdue(3000); // a peer whose own loop stands still has no view

  bool isFresh(const PeerReport& report) noexcept
  {
    return !report.frozen && report.overdue && *report.overdue <= s_mostOverdue;
  }

  bool isSame(const PeerReport& one, const PeerReport& other)
  {
    return isFresh(one) == isFresh(other) && one.verdicts == other.verdicts;
  }
}

Peers::~Peers()
{
  for (const auto& peer : d_peers) {
    if (peer->run != nullptr) {
      d_runs.cancel(*peer->run);
    }
  }
}

Peers::Clock::time_point Peers::Peer::staleAt() const noexcept
{
  return *heard + s_missed * spec.interval + spec.timeout;
}

void Peers::adopt(const std::vector<PeerSpec>& specs, Clock::time_point now)
{
  std::vector<std::unique_ptr<Peer>> next;
  next.reserve(specs.size());
  for (const auto& spec : specs) {
    const auto known = std::find_if(d_peers.begin(), d_peers.end(), [&](const auto& peer) { return peer && peer->spec == spec; });
    if (known != d_peers.end()) {
      next.push_back(std::move(*known));
      continue;
    }
    auto& peer = *next.emplace_back(std::make_unique<Peer>());
    peer.spec = spec;
    peer.question = questionFor(spec);
    peer.due = now;
  }
  for (const auto& gone : d_peers) {
    if (gone && gone->run != nullptr) {
      d_runs.cancel(*gone->run);
    }
    d_changed = d_changed || gone != nullptr;
  }
  d_peers = std::move(next);
}

void Peers::turn(Clock::time_point now)
{
  for (const auto& peer : d_peers) {
    if (peer->heard && peer->staleAt() <= now) {
      peer->heard.reset();
      d_changed = d_heard = true;
    }
    if (peer->run == nullptr && peer->due <= now) {
      ask(*peer, now);
    }
  }
}

void Peers::ask(Peer& peer, Clock::time_point now)
{
  peer.due = now + peer.spec.interval;
  try {
    peer.run = &d_runs.start(std::make_unique<PeerQuestion>(peer.question), now, now + peer.spec.timeout,
      [this, &peer](Run& run, const CheckResult& result) { listen(peer, run, result); });
  }
  catch (const std::exception&) { // this machine's own shortage; the checks have said so
    peer.run = nullptr;
  }
}

void Peers::listen(Peer& peer, Run& run, const CheckResult& result)
{
  peer.run = nullptr;
  d_heard = true;
  const bool isNews = peer.outcome.empty() || peer.isOk != result.passed();
  peer.isOk = result.passed();
  peer.outcome = result.text;
  if (result.passed()) {
    auto& report = static_cast<PeerQuestion&>(run).report();
    d_changed = d_changed || !peer.heard || !isSame(report, peer.report);
    peer.report = std::move(report);
    peer.heard = Clock::now();
    peer.heardAt = std::chrono::system_clock::now();
  }
  if (isNews) {
    d_listener.log(peer.isOk ? LogLevel::Info : LogLevel::Warning, "peer " + peer.spec.name + (peer.isOk ? " answers" : " does not tell what it sees: " + result.text));
  }
}

std::chrono::milliseconds Peers::untilTurn(Clock::time_point now, std::chrono::milliseconds limit) const noexcept
{
  auto next = now + limit;
  for (const auto& peer : d_peers) {
    if (peer->run == nullptr) {
      next = std::min(next, peer->due);
    }
    if (peer->heard) {
      next = std::min(next, peer->staleAt());
    }
  }
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(next - now), std::chrono::milliseconds(0));
}

std::vector<PeerView> Peers::views(const std::string& statistic) const
{
  std::vector<PeerView> all;
  all.reserve(d_peers.size());
  for (const auto& peer : d_peers) {
    auto& view = all.emplace_back();
    view.peer = peer->spec.name;
    view.fresh = peer->heard && isFresh(peer->report);
    const auto found = peer->report.verdicts.find(statistic);
    view.verdict = found != peer->report.verdicts.end() ? found->second : Verdict::Unknown;
  }
  return all;
}

std::vector<PeerStatus> Peers::status() const
{
  std::vector<PeerStatus> all;
  all.reserve(d_peers.size());
  for (const auto& peer : d_peers) {
    auto& status = all.emplace_back();
    status.name = peer->spec.name;
    status.url = peer->spec.displayUrl;
    status.fresh = peer->heard && isFresh(peer->report);
    status.frozen = peer->heard && peer->report.frozen;
    status.outcome = peer->outcome;
    status.heardAt = peer->heardAt;
  }
  return all;
}
}
