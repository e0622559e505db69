// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <doctest/doctest.h>
#include <json/reader.h>
#include <sstream>
#include "probe/loop/childprocess.hh"
#include "probe/notices/notice.hh"

using namespace failover;

namespace
{
using std::chrono::seconds;
using std::chrono::system_clock;

Json::Value parsed(const std::string& text)
{
  Json::Value value;
  std::istringstream in(text);
  in >> value;
  return value;
}

Notice fall()
{
  Notice notice;
  notice.node = "east";
  notice.from = NodeState::Up;
  notice.to = NodeState::Down;
  notice.reason = "after 3/3 failures";
  notice.at = system_clock::time_point(seconds(1767225600) + std::chrono::milliseconds(999));
  notice.since = system_clock::time_point(seconds(1767225540));
  return notice;
}
}

TEST_SUITE("notice")
{
  TEST_CASE("what a message says of a node")
  {
    CHECK(noticeBody(fall(), "ns1") == R"({"at":"2026-01-01T00:00:00Z","event":"down","from":"up","node":"east","reason":"after 3/3 failures","repeat":0,"server":"ns1","since":"2025-12-31T23:59:00Z","to":"down"})");
    auto back = fall();
    back.event = Notice::Event::Up;
    back.from = NodeState::Drained;
    back.to = NodeState::ForcedUp;
    back.repeat = 7;
    const auto body = parsed(noticeBody(back, "ns1"));
    CHECK(body["event"] == "up");
    CHECK(body["from"] == "drained");
    CHECK(body["to"] == "forced-up");
    CHECK(body["repeat"] == 7);
  }

  TEST_CASE("a freeze is no node's")
  {
    auto notice = fall();
    notice.event = Notice::Event::Freeze;
    const auto body = parsed(noticeBody(notice, "ns1"));
    CHECK(body["event"] == "freeze");
    CHECK(body["node"].isNull());
    CHECK(body["from"].isNull());
    CHECK(body["to"].isNull());
    CHECK(body["reason"] == "after 3/3 failures");
    notice.event = Notice::Event::Thaw;
    CHECK(parsed(noticeBody(notice, "ns1"))["event"] == "thaw");
  }

  TEST_CASE("strangers' words stay words, and the whole fits what a program reads")
  {
    auto notice = fall();
    notice.reason = "\"},{\"a\":\n\xff\x01";
    CHECK(parsed(noticeBody(notice, "ns1"))["reason"] == "\"},{\"a\": ??");
    notice.node = std::string(5000, '"');
    notice.reason = std::string(50000, '\\');
    CHECK(noticeBody(notice, std::string(5000, '"')).size() <= ChildProcess::s_inputLimit);
  }
}
