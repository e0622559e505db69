// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>
#include "snapshot.hh"

// QuestionTrace: which of PowerDNS's lookups for one question is the one that it answers with.
//
// Before it looks a name up for the answer, PowerDNS looks up that name and each above it to see whether it is delegated
// (PacketHandler::getBestReferralNS), once for each name that a CNAME or DNAME leads to. With consistent-backends=yes, the
// default, those are lookups of all types, like the answer's. Later it may look for wildcards, proofs and additional
// records. Its query cache answers some of these, though none that has a record of a node. So the trace works out from
// the zones at which name the answer stands, and how many lookups of that name come first.
// Thread: one at a time. Allocates nothing once its buffers have grown.

namespace failover
{
class QuestionTrace
{
public:
  // allTypes: consistent-backends; without it, whether a name is delegated is asked by type.
  explicit QuestionTrace(bool allTypes);

  struct Question
  {
    uint64_t identity{0}; // that no other has; not 0
    uint16_t type{0};
    std::string_view name; // lower-case wire form
  };
  // Whether the last call was for this question: then its name and type are known.
  [[nodiscard]] bool traces(uint64_t identity) const noexcept { return identity == d_identity; }
  // Whether the question is answered with what is at this name of this zone. Each lookup of all its types is to be told.
  [[nodiscard]] bool answersWith(const Snapshot& snapshot, const Question& question, const Zone& zone, std::string_view name);

  // The answer goes on with this CNAME record of the zone, which was chosen from several: nobody could know before.
  void follow(const Snapshot& snapshot, uint16_t type, const Zone& zone, const Record& cname);

private:
  void trace(const Snapshot& snapshot, uint16_t type, const Zone* zone);
  [[nodiscard]] unsigned lookupsBefore(const Zone& zone) const noexcept;

  const bool d_allTypes;
  uint64_t d_identity{0};
  WireName d_target;
  struct Target
  {
    int64_t zone{0};
    WireName name;
  };
  std::vector<Target> d_targets; // that the answer leads along; strings are kept for the next question
  size_t d_targetCount{0};
  // Where the answer stands, and the how manieth lookup of it is the answer's.
  int64_t d_zone{0};
  WireName d_place;
  unsigned d_left{0}; // 0: it was, or there is none
};

// Whether records of this set are in the answer to a question for `type`. rrsets: all at its name, which is answered with.
[[nodiscard]] bool isSent(const RRset& rrset, uint16_t type, std::span<const RRset> rrsets) noexcept;
}
