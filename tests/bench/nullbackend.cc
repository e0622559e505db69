// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <memory>
#include <string>
#include <vector>
#include "backend/pdnscompat.hh"

// launch=null: a backend that does nothing, so that what a query costs with it is what PowerDNS itself costs. It has one
// zone; every name below the apex has the same A records, made once. As with failover, no cache may keep them.
// Used by tests/bench/answers and nothing else.

namespace failover
{
namespace
{
  constexpr pdns_compat::ZoneId s_zoneId = 1;
  constexpr unsigned s_ttl = 60;
  constexpr auto s_soa = "ns1.bench.example. hostmaster.bench.example. 1 10800 3600 604800 60";

  // Shared by all instances, as the records of a snapshot are.
  struct Records
  {
    std::vector<std::shared_ptr<void>> soa{pdns_compat::makeContent(QType::SOA, s_soa)};
    std::vector<std::shared_ptr<void>> addresses;

    explicit Records(int count)
    {
      for (int last = 1; last <= count; ++last) { // PowerDNS drops records that are alike
        addresses.emplace_back(pdns_compat::makeContent(QType::A, "127.0.1." + std::to_string(last)));
      }
    }
  };

  // DNSBackend with getSOA() in one form for all versions, as pdns_compat::SqlBackend has it for the product.
  class PlainBackend : public DNSBackend
  {
  public:
#if PDNS_VERSION >= 501
    bool getSOA(const pdns_compat::ZoneName& zone, pdns_compat::ZoneId zoneId, SOAData& soa) final { return findSOA(zone, zoneId, soa); }
#else
    bool getSOA(const pdns_compat::ZoneName& zone, SOAData& soa) final { return findSOA(zone, -1, soa); }
#endif

  protected:
    // zoneId: -1 where it is not known.
    virtual bool findSOA(const pdns_compat::ZoneName& zone, pdns_compat::ZoneId zoneId, SOAData& soa) = 0;
  };

  class NullBackend : public PlainBackend
  {
  public:
    explicit NullBackend(const std::string& suffix)
    {
      setArgPrefix("null" + suffix);
      static const Records records(getArgAsNum("records"));
      d_records = &records;
    }

    void lookup(const QType& qtype, const DNSName& qname, pdns_compat::ZoneId /* zoneId */, DNSPacket* /* packet */) override
    {
      const bool isApex = qname == d_apex;
      d_type = isApex ? QType::SOA : QType::A;
      d_name = qname;
      const auto& found = isApex ? d_records->soa : d_records->addresses;
      d_next = found.data();
      d_end = qtype == QType::ANY || qtype == d_type ? d_next + found.size() : d_next;
    }

    bool get(DNSZoneRecord& record) override
    {
      if (d_next == d_end) {
        return false;
      }
      record.domain_id = s_zoneId;
      record.auth = true;
      record.disabled = false;
      record.scopeMask = d_type == QType::A ? 1 : 0; // what keeps PowerDNS from caching it
      record.signttl = 0;
      record.wildcardname.clear();
      record.dr.d_name = d_name;
      record.dr.d_type = d_type;
      record.dr.d_class = QClass::IN;
      record.dr.d_ttl = s_ttl;
      record.dr.d_clen = 0;
      record.dr.d_place = DNSResourceRecord::ANSWER;
      pdns_compat::setContent(record.dr, *d_next++);
      return true;
    }

    bool get(DNSResourceRecord& /* record */) override { return false; } // only administration asks
    bool list(const pdns_compat::ZoneName& /* target */, pdns_compat::ZoneId /* zoneId */, bool /* includeDisabled */) override { return false; }

    // The zone cache is filled from here.
    void getAllDomains(std::vector<DomainInfo>* domains, bool /* getSerial */, bool /* includeDisabled */) override
    {
      DomainInfo info;
      info.id = s_zoneId;
      info.zone = pdns_compat::ZoneName(d_apex);
      info.kind = DomainInfo::Native;
      info.backend = this;
      domains->push_back(info);
    }

  protected:
    bool findSOA(const pdns_compat::ZoneName& zone, pdns_compat::ZoneId zoneId, SOAData& soa) override
    {
      if (pdns_compat::nameOf(zone) != d_apex) {
        return false;
      }
      lookup(QType(QType::SOA), d_apex, zoneId, nullptr);
      DNSZoneRecord record;
      get(record);
      fillSOAData(record, soa);
      pdns_compat::setZone(soa, zone);
      soa.db = this;
      return true;
    }

  private:
    const DNSName d_apex{"bench.example."};
    const Records* d_records;
    // The question and its answer, until the next lookup.
    DNSName d_name;
    uint16_t d_type{0};
    const std::shared_ptr<void>* d_next{nullptr};
    const std::shared_ptr<void>* d_end{nullptr};
  };

  class NullFactory : public BackendFactory
  {
  public:
    NullFactory() :
      BackendFactory("null") { }

    void declareArguments(const std::string& suffix) override
    {
      declare(suffix, "records", "How many A records each name has", "4");
    }

    DNSBackend* make(const std::string& suffix) override { return std::make_unique<NullBackend>(suffix).release(); } // PowerDNS owns it
  };

  class NullLoader
  {
  public:
    NullLoader() { pdns_compat::report(std::make_unique<NullFactory>()); }
  };

  const NullLoader s_loader;
}
}
