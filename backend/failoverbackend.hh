// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>
#include "pdnscompat.hh"
#include "questiontrace.hh"
#include "runtime.hh"
#include "selection.hh"
#include "sqlconnection.hh"

// FailoverBackend: what a query asks is answered from the snapshot, health applied; all else (administration,
// transfers unless a zone wants them live, anything inside a transaction, everything in pdnsutil) is PowerDNS's own
// GSQLBackend on the store itself.
// A change made through it returns when answers know it.
//
// Thread: one at a time per instance; PowerDNS never re-enters one. Instances come and go.

namespace failover
{
class FailoverBackend : public pdns_compat::SqlBackend
{
public:
  // suffix: "" or "-name". Opens nothing in a serving process once its runtime stands: a store in trouble must not keep
  // instances from being made. Throws PDNSException for settings or a first load that cannot be.
  explicit FailoverBackend(const std::string& suffix);

  // Whether this process answers queries (pdnsutil does not).
  [[nodiscard]] bool serving() const noexcept { return d_runtime != nullptr; }

  // Answers.
  void lookup(const QType& qtype, const DNSName& qname, pdns_compat::ZoneId zoneId, DNSPacket* packet) override;
  bool get(DNSZoneRecord& record) override;
  bool get(DNSResourceRecord& record) override;

  // What answers need besides records.
  bool getDomainMetadata(const pdns_compat::ZoneName& name, const std::string& kind, std::vector<std::string>& meta) override;
  bool getAllDomainMetadata(const pdns_compat::ZoneName& name, std::map<std::string, std::vector<std::string>>& meta) override;
  bool getDomainKeys(const pdns_compat::ZoneName& name, std::vector<KeyData>& keys) override;
  bool getBeforeAndAfterNamesAbsolute(pdns_compat::OrderZoneId id, const DNSName& qname, DNSName& unhashed, DNSName& before, DNSName& after) override;

  // Administration that reads. It begins with getDomainInfo(), as no question does: what it asks next, of keys and
  // metadata, is answered by a snapshot that has all that other processes have changed.
  bool getDomainInfo(const pdns_compat::ZoneName& name, DomainInfo& info, bool getSerial) override;
  void getAllDomains(std::vector<DomainInfo>* domains, bool getSerial, bool includeDisabled) override;
  bool list(const pdns_compat::ZoneName& target, pdns_compat::ZoneId zoneId, bool includeDisabled) override;
  bool listSubZone(const pdns_compat::ZoneName& zone, pdns_compat::ZoneId zoneId) override;

  // Administration that writes: as inherited, then wait for the snapshot.
  bool commitTransaction() override;
  bool createDomain(const pdns_compat::ZoneName& domain, DomainInfo::DomainKind kind, const vector<ComboAddress>& masters, const string& account) override;
  bool deleteDomain(const pdns_compat::ZoneName& domain) override;
  bool setDomainMetadata(const pdns_compat::ZoneName& name, const std::string& kind, const std::vector<std::string>& meta) override;
  bool addDomainKey(const pdns_compat::ZoneName& name, const KeyData& key, int64_t& id) override;
  bool removeDomainKey(const pdns_compat::ZoneName& name, unsigned int id) override;
  bool activateDomainKey(const pdns_compat::ZoneName& name, unsigned int id) override;
  bool deactivateDomainKey(const pdns_compat::ZoneName& name, unsigned int id) override;
  bool publishDomainKey(const pdns_compat::ZoneName& name, unsigned int id) override;
  bool unpublishDomainKey(const pdns_compat::ZoneName& name, unsigned int id) override;

protected:
  // GSQLBackend: the connection is missing or of no use. Throws SSqlException, which callers translate.
  void reconnect() override;
  bool findSOA(const pdns_compat::ZoneName& zone, pdns_compat::ZoneId zoneId, SOAData& soa) override;
  void fromSql() override { d_source = Source::Sql; }
  void zonesToNotify(const std::vector<DomainInfo>& zones) override;

private:
  enum class Source : uint8_t
  {
    Sql,
    Snapshot
  };
  using Reader = Published<Snapshot>::Reader;
  // The newest snapshot, or null where SQL must answer.
  const Snapshot* newest(Reader* reader);
  // What the newest snapshot has of a zone: null when it has none; nothing where SQL must answer.
  std::optional<const Zone*> findZone(const pdns_compat::ZoneName& apex);
  // Whether the zone is in this store. GSQLBackend does not ask: it takes keys and metadata of any zone for done, and with
  // two backends (failover:a,failover:b) the second would never be told.
  bool holds(const pdns_compat::ZoneName& apex);
  using NameBuffer = std::array<char, 256>;
  // Lower-case wire form, in the buffer.
  static std::string_view lowered(const DNSName& name, NameBuffer& buffer) noexcept;
  bool getStored(DNSZoneRecord& record);
  // Which records answer: see failoverchoice.cc.
  class Moment;
  [[nodiscard]] bool mayBeKept(std::span<const RRset> rrsets, uint16_t qtype, const DNSPacket* packet);
  void choose(const Zone& zone, std::string_view name, uint16_t qtype, const DNSPacket* packet);
  void refuse(const RRset& rrset, std::span<const RRset> rrsets, std::string_view name, uint16_t qtype, const DNSPacket* packet);
  static const std::shared_ptr<void>& contentOf(const Chosen& chosen) noexcept;
  [[nodiscard]] uint8_t scopeOf(const RRset& rrset) const noexcept;
  template <typename Add>
  void forEachAnswer(std::span<const RRset> rrsets, std::string_view name, uint16_t type, Add add) const;
  // d_chosen is what a lookup of all types found; counts it, if it is what the question is answered with. question: its
  // identity.
  void countAnswers(uint64_t question, const Snapshot& snapshot, const Zone& zone, std::string_view name, const DNSPacket& packet);
  // A list of a zone: see failovertransfer.cc.
  bool chooseNextName();
  const Zone* findLive(const pdns_compat::ZoneName& apex, pdns_compat::ZoneId zoneId);
  // Passes a write's result on, when answers know of it.
  bool written(bool result);

  // Constant after construction.
  const Settings d_settings;
  const SqlConnection::Pragmas d_pragmas;
  const bool d_dnssec;
  Runtime* const d_runtime; // null: not serving

  // The question and its answer, until the next lookup.
  std::unique_ptr<Reader> d_answers; // null: not serving; d_chosen points into what it holds
  // For all but lookup(): PowerDNS asks for metadata while it still fetches an answer, whose snapshot must stay.
  std::unique_ptr<Reader> d_details;
  Source d_source{Source::Sql};
  QType d_askedType;
  DNSName d_askedName;
  pdns_compat::ZoneId d_askedZone{-1};
  std::vector<Chosen> d_chosen;
  uint64_t d_chosenFor{0}; // the identity of the question, where all types of d_askedName were looked up; else 0
  std::vector<int64_t> d_zoneIds; // of d_chosen
  size_t d_next{0};
  bool d_varies{false}; // health decides which rrsets the name has: no cache may keep any part of the answer
  bool d_kept{false};   // the packet cache may keep what depends on health, too
  Rotation::Lease d_asked; // of questions whose answers it may keep; null: of none
  // The rrsets that the question found down and without records (WhenDown::NoData): its denial must not list their
  // types, even if a node has come back in between. Of d_withheldFrom.
  std::vector<const RRset*> d_withheld;
  const Snapshot* d_withheldFrom{nullptr};
  // Who got the answers.
  AnswerTotals::Lease d_counts; // null: not serving
  QuestionTrace d_trace;
  // A list of a zone.
  const Zone* d_liveZone{nullptr};                 // listed live, name after name; in what d_answers holds
  size_t d_liveName{0};                            // the next one's place in it
  std::optional<pdns_compat::ZoneId> d_storedZone; // listed as stored
  uint8_t d_clientBits{0};                         // how many bits of the client's address decide
  NameBuffer d_nameBuffer{};
  NameBuffer d_questionBuffer{};
  std::mt19937_64 d_random;
};
}
