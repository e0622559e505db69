// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include "noticespec.hh"
#include "printable.hh"
#include "specparts.hh"
#include "url.hh"

namespace failover
{
namespace
{
  void readUrl(const NoticeRow& row, NoticeSpec& spec)
  {
    spec.url = row.url;
    spec.displayUrl = printable(withoutSecrets(row.url), s_urlLimit);
    if (row.url.size() > s_urlLimit || hasControls(row.url)) {
      refuseColumn("url", spec.displayUrl, "is longer than " + std::to_string(s_urlLimit) + " bytes or has a control character");
    }
    if (isCommand(row.url)) {
      auto command = parseCommand(row.url);
      spec.program = std::move(command.program);
      spec.arguments = std::move(command.arguments);
      return;
    }
    const auto parts = splitUrl(row.url);
    if (!parts || (parts->scheme != "http" && parts->scheme != "https")) {
      refuseColumn("url", spec.displayUrl, "is not a URL that begins with http://, https:// or exec://");
    }
    if (parts->port == 0) {
      refuseColumn("url", spec.displayUrl, "lacks a port in 1..65535");
    }
  }

  void readToken(const NoticeRow& row, NoticeSpec& spec)
  {
    if (row.token.empty()) {
      return;
    }
    if (!spec.program.empty()) {
      throw CheckSpecError("token: is only for http:// and https://");
    }
    if (!isToken(row.token)) {
      throw CheckSpecError("token: is not " + std::string(s_tokenRule));
    }
    spec.token = row.token;
  }

  void readEvents(const NoticeRow& row, NoticeSpec& spec)
  {
    spec.onDown = spec.onUp = spec.onFreeze = false;
    const std::string_view text = row.events;
    for (size_t begin = 0; begin <= text.size();) {
      const auto end = std::min(text.find(',', begin), text.size());
      const auto event = text.substr(begin, end - begin);
      auto* const wanted = event == "down" ? &spec.onDown : event == "up" ? &spec.onUp
        : event == "freeze"                                               ? &spec.onFreeze
                                                                          : nullptr;
      if (wanted == nullptr) {
        refuseColumn("events", text, "is not a list of down, up and freeze");
      }
      *wanted = true;
      begin = end + 1;
    }
  }
}

NoticeSpec parseNotice(const NoticeRow& row)
{
  NoticeSpec spec;
  spec.id = row.id;
  readUrl(row, spec);
  readToken(row, spec);
  readEvents(row, spec);
  spec.node = row.node;
  spec.delay = std::chrono::seconds(inRange("delay_s", row.delaySeconds, 0, 86400));
  if (row.repeatSeconds != 0) {
    spec.repeat = std::chrono::seconds(inRange("repeat_s", row.repeatSeconds, 10, 2592000));
  }
  requireNoControls("ca_file", row.caFile);
  spec.tlsVerify = row.tlsVerify;
  spec.caFile = row.caFile;
  return spec;
}
}
