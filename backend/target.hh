// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
#include "probe/health.hh"
#include "wirename.hh"

// Where a record leads, and to whom that belongs. A record belongs to a node when its target, an address or a
// host name, is one of the node's rows in node_targets; there is nothing to say per record.

namespace failover
{
// An address or a host name in one comparable form: '4' + 4 bytes, '6' + 16 bytes, or 'n' + wire name.
// Two spellings of one address are equal; an IPv4-mapped IPv6 address is IPv6 (it stands in AAAA).
using Target = std::string;

[[nodiscard]] Target hostTarget(std::string_view wireName);
// The address in `text`, or nothing when it is none. Any spelling that inet_pton(3) knows.
[[nodiscard]] std::optional<Target> addressTarget(const std::string& text);

// The nodes that a target belongs to: nearly always one. An address that several nodes list (a shared or
// anycast address) is served while any of them is.
// Thread: immutable after construction; serving() reads the live state.
class Owner
{
public:
  // REQUIRES: not empty, no null.
  explicit Owner(std::vector<std::shared_ptr<const NodeHealth>> nodes) :
    d_nodes(std::move(nodes)) { }

  [[nodiscard]] bool serving() const noexcept
  {
    for (const auto& node : d_nodes) {
      if (node->serving()) {
        return true;
      }
    }
    return false;
  }
  [[nodiscard]] bool includes(std::string_view node) const noexcept;

private:
  std::vector<std::shared_ptr<const NodeHealth>> d_nodes;
};

// Every target of every node. Immutable once built; a zone that was built with one keeps its owners alive.
using OwnerMap = std::unordered_map<Target, std::shared_ptr<const Owner>>;
}
