// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <json/writer.h>
#include "notice.hh"
#include "probe/drainplan.hh"
#include "probe/printable.hh"

namespace failover
{
namespace
{
  constexpr size_t s_reasonLimit = 1300; // bytes, at most twice as many once quoted
  constexpr size_t s_nameLimit = 253;    // bytes

  const char* textOf(Notice::Event event) noexcept
  {
    switch (event) {
    case Notice::Event::Down:
      return "down";
    case Notice::Event::Up:
      return "up";
    case Notice::Event::Freeze:
      return "freeze";
    case Notice::Event::Thaw:
      break;
    }
    return "thaw";
  }

  std::string textOf(std::chrono::system_clock::time_point when)
  {
    return toText(std::chrono::floor<std::chrono::seconds>(when));
  }
}

std::string noticeBody(const Notice& notice, const std::string& server)
{
  const bool ofNode = notice.event == Notice::Event::Down || notice.event == Notice::Event::Up;
  Json::Value body(Json::objectValue);
  body["event"] = textOf(notice.event);
  body["node"] = ofNode ? Json::Value(printable(notice.node, s_nameLimit)) : Json::Value();
  body["from"] = ofNode ? Json::Value(std::string(toString(notice.from))) : Json::Value();
  body["to"] = ofNode ? Json::Value(std::string(toString(notice.to))) : Json::Value();
  body["reason"] = printable(notice.reason, s_reasonLimit);
  body["at"] = textOf(notice.at);
  body["since"] = textOf(notice.since);
  body["repeat"] = notice.repeat;
  body["server"] = printable(server, s_nameLimit);
  Json::StreamWriterBuilder writer;
  writer["indentation"] = "";
  return Json::writeString(writer, body);
}
}
