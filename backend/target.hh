// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
#include "fixedhash.hh"
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

// As people write it: the address, or the host name.
[[nodiscard]] std::string targetText(const Target& target);

// A node as answers see it.
struct Member
{
  std::shared_ptr<const NodeHealth> health;
  uint16_t priority{0}; // nodes.priority and nodes.weight; a policy may say otherwise
  uint16_t weight{100};
  uint64_t nameHash{0}; // fixedHash(): Owner sets it
};

// The nodes that a target belongs to: nearly always one. An address that several nodes list (a shared or anycast
// address), and a host name behind which there are several, are served while any of them is.
// Thread: immutable after construction; serving() and what follows it read the live state.
class Owner
{
public:
  // REQUIRES: not empty, no null.
  explicit Owner(std::vector<Member> members) :
    d_members(std::move(members))
  {
    for (auto& member : d_members) {
      member.nameHash = fixedHash(member.health->name());
    }
  }

  [[nodiscard]] std::span<const Member> members() const noexcept { return d_members; }
  [[nodiscard]] bool includes(std::string_view node) const noexcept;
  // Equal for two owners that are the same single node.
  [[nodiscard]] const void* identity() const noexcept { return d_members.size() == 1 ? static_cast<const void*>(d_members.front().health.get()) : this; }

  [[nodiscard]] bool serving() const noexcept
  {
    for (const auto& member : d_members) {
      if (member.health->serving()) {
        return true;
      }
    }
    return false;
  }

  // When serving() last turned, in milliseconds since 1970: of members that serve, the first that came back; of members
  // that do not, the last that left. 0: never, as far as is known.
  [[nodiscard]] int64_t turnedAt() const noexcept;
  // Whether an end of its serving is in sight, so that ttlBound() may be below the highest TTL.
  [[nodiscard]] bool mayLeave() const noexcept
  {
    for (const auto& member : d_members) {
      if (member.health->leavesAt() != 0) {
        return true;
      }
    }
    return false;
  }
  // The highest TTL, in seconds, with which no cache keeps the target longer than it serves; at least 1 while that depends
  // on checks that have begun to fail. now: milliseconds since 1970.
  [[nodiscard]] uint32_t ttlBound(int64_t now) const noexcept;

private:
  std::vector<Member> d_members;
};

// Every target of every node. Immutable once built; a zone that was built with one keeps its owners alive.
using OwnerMap = std::unordered_map<Target, std::shared_ptr<const Owner>>;
}
