// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <string>
#include <string_view>
#include <vector>
#include "explanation.hh"

// RRsetExplainer: the part of an explanation that is about one rrset. Pure. Thread: one.

namespace failover
{
class RRsetExplainer
{
public:
  // at: whose rrset it is. Borrows all: must outlive this. REQUIRES: health has a say in the rrset.
  RRsetExplainer(const Zone& zone, std::string_view at, const RRset& rrset, const NodeStates& states, const Host& host);

  // client: ExplainQuestion::client.
  [[nodiscard]] ExplainedRRset explain(uint64_t client);

private:
  [[nodiscard]] std::string policyWhy(const std::string& policyType) const;
  [[nodiscard]] std::string outcomeWhy(const ExplainedRRset& explained) const;
  [[nodiscard]] const std::shared_ptr<void>& contentOf(size_t place) const;
  [[nodiscard]] ExplainedRecord explainRecord(size_t place) const;
  [[nodiscard]] std::string whyOut(size_t place) const;
  [[nodiscard]] std::string whyIn(size_t place) const;
  [[nodiscard]] std::string howDrawn(const Expected::Prospect& prospect) const;
  void explainTtl(size_t place, ExplainedRecord& explained) const;
  void markClients(uint64_t client, ExplainedRRset& explained) const;
  // Serving nodes of a tier.
  [[nodiscard]] size_t servingIn(uint32_t tier) const;
  [[nodiscard]] bool serves(const Record& record) const;

  const Zone& d_zone;
  const std::string_view d_at;
  const RRset& d_rrset;
  const Policy* const d_policy;
  const NodeStates& d_states;
  const Host& d_host;
  Expected d_expected;
};
}
