// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string_view>
#include "wirename.hh"

// Question: at which name the answer to a question is being looked for. PowerDNS passes the question along, too, when it
// looks for wildcards, closest enclosers and additional records; what is found there is no answer to it.
// Thread: one at a time. Allocates nothing: the longest name has 255 bytes.

namespace failover
{
class Question
{
public:
  Question()
  {
    constexpr size_t longest = 255;
    d_name.reserve(longest);
    d_next.reserve(longest);
  }

  // Whether a lookup at `name`, for a question that was asked at `asked`, may find its answer: at the name itself, where a
  // CNAME has led, or at the wildcard in its place. Beyond a DNAME, or another backend's CNAME, it does not know.
  [[nodiscard]] bool isAbout(std::string_view name, std::string_view asked)
  {
    if (name == asked || (!d_next.empty() && name == d_next)) {
      d_name = name;
      d_next.clear();
      return true;
    }
    return isWildcard(name) && isWithin(d_name, parent(name));
  }

  // The answer has a CNAME, and goes on at its target.
  void redirect(std::string_view target) { d_next = target; }

private:
  WireName d_name;
  WireName d_next; // empty: nowhere
};
}
