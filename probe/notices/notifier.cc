// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "notifier.hh"
#include "probe/checks/execcheck.hh"
#include "probe/printable.hh"
#include "webhookpost.hh"

namespace failover
{
namespace
{
  constexpr size_t s_perTurn = 100; // stories told; the others come with the next turn
  constexpr std::chrono::minutes s_betweenDroppedLines{1};

  std::string labelOf(const NoticeSpec& spec)
  {
    return "notification " + std::to_string(spec.id) + " to " + printable(spec.displayUrl);
  }

  CheckResult failed(std::string text)
  {
    CheckResult result;
    result.text = std::move(text);
    return result;
  }
}

Notifier::Notifier(RunSet& runs, Reaper& reaper, ProberListener& listener, std::string folder, std::string server) :
  d_runs(runs), d_reaper(reaper), d_listener(listener), d_folder(std::move(folder)), d_server(std::move(server))
{
}

void Notifier::adopt(const std::vector<NoticeSpec>& specs, const std::vector<NodeSpec>& nodes, Clock::time_point now)
{
  d_stories.adopt(specs, nodes, now);
  d_outbox.adopt(specs, now);
}

void Notifier::turn(Clock::time_point now)
{
  for (size_t told = 0; told < s_perTurn; ++told) {
    auto next = d_stories.take(now);
    if (!next) {
      break;
    }
    d_outbox.post(next->first, std::move(next->second), now);
  }
  for (size_t sent = 0; sent < Outbox::s_mostInFlight; ++sent) {
    const auto delivery = d_outbox.take(now);
    if (!delivery) {
      break;
    }
    send(*delivery, now);
  }
  logDropped(now);
}

std::chrono::milliseconds Notifier::untilWork(Clock::time_point now, std::chrono::milliseconds limit) const noexcept
{
  auto left = limit;
  for (const auto& when : {d_stories.nextDue(), d_outbox.nextTry()}) {
    if (when) {
      left = std::min(left, std::chrono::ceil<std::chrono::milliseconds>(*when - now));
    }
  }
  return std::max(left, std::chrono::milliseconds(0));
}

std::unique_ptr<Run> Notifier::makeRun(const Outbox::Delivery& delivery) const
{
  const auto& spec = delivery.spec;
  auto body = noticeBody(delivery.notice, d_server);
  if (spec.program.empty()) {
    return std::make_unique<WebhookPost>(spec, std::move(body));
  }
  return std::make_unique<ExecCheck>(ExecCheck::Call{spec.program, spec.arguments, std::move(body), s_deliveryLimit}, d_folder, d_reaper);
}

void Notifier::send(const Outbox::Delivery& delivery, Clock::time_point now)
{
  const auto serial = delivery.serial;
  auto label = labelOf(delivery.spec);
  try {
    d_runs.start(makeRun(delivery), now, now + s_deliveryLimit,
      [this, serial, label](Run& /* run */, const CheckResult& result) { settle(serial, label, result, Clock::now()); });
  }
  catch (const std::exception& e) {
    settle(serial, label, failed(e.what()), now);
  }
}

void Notifier::settle(uint64_t serial, const std::string& label, const CheckResult& result, Clock::time_point now)
{
  const auto failures = d_outbox.settle(serial, result.passed(), now);
  if (result.passed() && failures > 0) {
    d_listener.log(LogLevel::Info, label + ": works again after " + std::to_string(failures) + " failures");
  }
  else if (!result.passed() && failures == 0) {
    d_listener.log(LogLevel::Warning, label + ": " + printable(result.text) + "; tried again later");
  }
}

void Notifier::logDropped(Clock::time_point now)
{
  const auto dropped = counters().dropped;
  if (dropped == d_loggedDropped || now < d_nextDroppedLine) {
    return;
  }
  d_listener.log(LogLevel::Warning, "notifications: " + std::to_string(dropped - d_loggedDropped) + " messages dropped: too many, too old or tried too often");
  d_loggedDropped = dropped;
  d_nextDroppedLine = now + s_betweenDroppedLines;
}
}
