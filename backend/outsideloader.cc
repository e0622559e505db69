// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "outsideloader.hh"
#include <algorithm>
#include "checkcolumns.hh"
#include "probe/noticespec.hh"
#include "probe/peerspec.hh"

namespace failover
{
namespace
{
  int64_t keyOf(const CheckSpec& reference)
  {
    return reference.id;
  }
  int64_t keyOf(const NoticeSpec& notice)
  {
    return notice.id;
  }
  const std::string& keyOf(const PeerSpec& peer)
  {
    return peer.name;
  }

  std::string shown(int64_t id)
  {
    return "id " + std::to_string(id);
  }
  std::string shown(const std::string& name)
  {
    return name;
  }

  // All rows of one table. parse: makes one spec of the current row, or throws CheckSpecError. key: the row's.
  template <typename Spec, typename Key, typename Parse>
  std::vector<Spec> readRows(const char* table, Statement& rows, Key key, Parse parse, const std::vector<Spec>& previous, Problems& problems)
  {
    std::vector<Spec> specs;
    while (rows.step()) {
      try {
        specs.push_back(parse());
      }
      catch (const CheckSpecError& error) {
        const auto wanted = key();
        const auto good = std::find_if(previous.begin(), previous.end(), [&](const Spec& spec) { return keyOf(spec) == wanted; });
        if (good != previous.end()) {
          specs.push_back(*good);
        }
        problems.add({table, shown(wanted), error.what(), good != previous.end() ? RowProblem::Effect::Kept : RowProblem::Effect::LeftOut});
      }
    }
    return specs;
  }

  CheckSpec referenceOf(const Statement& row)
  {
    auto spec = parseCheck(checkRowOf(row));
    if (spec.kind == CheckKind::Push) { // only without our triggers
      throw CheckSpecError("url: '" + spec.displayUrl + "' is nothing that can be asked");
    }
    return spec;
  }

  PeerSpec peerOf(const Statement& row)
  {
    PeerRow peer;
    peer.name = row.text(0);
    peer.url = row.text(1);
    peer.address = row.text(2);
    peer.apiKey = row.text(3);
    peer.intervalMs = row.integer(4);
    peer.timeoutMs = row.integer(5);
    peer.source = row.text(6);
    peer.tlsVerify = row.integer(7) != 0;
    peer.caFile = row.text(8);
    return parsePeer(peer);
  }

  NoticeSpec noticeOf(const Statement& row)
  {
    NoticeRow notice;
    notice.id = row.integer(0);
    notice.url = row.text(1);
    notice.token = row.text(2);
    notice.node = row.text(3);
    notice.events = row.text(4);
    notice.delaySeconds = row.integer(5);
    notice.repeatSeconds = row.integer(6);
    notice.tlsVerify = row.integer(7) != 0;
    notice.caFile = row.text(8);
    if (!row.isNull(3) && row.isNull(9)) { // only without our triggers
      throw CheckSpecError("node: '" + notice.node + "' does not exist");
    }
    return parseNotice(notice);
  }
}

Outside loadOutside(Database& database, const Outside& previous)
{
  Outside now;
  Statement references(database, ("SELECT " + std::string(s_checkColumns) + " FROM \"references\" WHERE enabled=1 ORDER BY id").c_str());
  Statement peers(database,
    "SELECT name, url, address, api_key, interval_ms, timeout_ms, source, tls_verify, ca_file FROM peers WHERE enabled=1 ORDER BY name");
  Statement notices(database,
    "SELECT id, url, token, node, events, delay_s, repeat_s, tls_verify, ca_file, nodes.name FROM notifications"
    " LEFT JOIN nodes ON nodes.name=node WHERE enabled=1 ORDER BY id");
  const auto id = [](Statement& rows) { return [&rows] { return rows.integer(0); }; };
  now.references = readRows(
    "references", references, id(references), [&] { return referenceOf(references); }, previous.references, now.problems);
  now.peers = readRows(
    "peers", peers, [&] { return std::string(peers.text(0)); }, [&] { return peerOf(peers); }, previous.peers, now.problems);
  now.notices = readRows(
    "notifications", notices, id(notices), [&] { return noticeOf(notices); }, previous.notices, now.problems);
  return now;
}
}
