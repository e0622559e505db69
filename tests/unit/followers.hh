// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <doctest/doctest.h>
#include <string>
#include "storeloading.hh"

// Zones whose records lead into one another, in a store that is loaded again and again.

namespace failover::test
{
// East is 192.0.2.1, west is 192.0.2.2; of 192.0.2.9 no node is known.
struct Followers : StoreLoading
{
  Followers()
  {
    store.addNode("east", {"192.0.2.1"});
    store.addNode("west", {"192.0.2.2"});
  }
  // A zone of one record at a name of it.
  int64_t add(const std::string& apex, const std::string& name, const std::string& type, const std::string& content) const
  {
    const auto id = store.addZone(apex);
    store.addRecord(id, name + "." + apex, type, content);
    return id;
  }
  void set(const std::string& name, const std::string& content)
  {
    store.execute("UPDATE records SET content='" + content + "' WHERE name='" + name + "'");
    poll();
  }
  // "east west": the nodes of the first record of that type; "" of none; "-" where there is no such record.
  std::string nodes(std::string_view apex, std::string_view name, uint16_t code) const
  {
    for (const auto& rrset : zone(apex)->find(wire(name))) {
      if (rrset.type == code) {
        std::string text;
        const auto* owner = rrset.records.front().owner;
        for (const auto& member : owner != nullptr ? owner->members() : std::span<const Member>{}) {
          text += (text.empty() ? "" : " ") + member.health->name();
        }
        CHECK(rrset.dependent() == !text.empty());
        return text;
      }
    }
    return "-";
  }
  std::string nodes(std::string_view apex) const { return nodes(apex, "www." + std::string(apex), type::cname); }
};
}
