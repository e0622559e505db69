// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include "gsqlstatements.hh"
#include <array>
#include "pdnscompat.hh"

namespace failover
{
namespace
{
// Pieces that several statements share; adjacent literals make one statement.
#define RECORD_COLUMNS "content, ttl, prio, type, domain_id, disabled, name, auth"
#define ENABLED_RECORDS "SELECT " RECORD_COLUMNS " FROM records WHERE disabled=0"
#define STORED_RECORDS "SELECT " RECORD_COLUMNS " FROM records WHERE (disabled=0 OR :include_disabled)"
#define ORDERED_RECORDS "FROM records WHERE disabled=0 AND domain_id=:domain_id AND ordername IS NOT NULL"
#define COMMENT_COLUMNS "domain_id, name, type, modified_at, account, comment"
#define ID_OF_ZONE "(SELECT id FROM domains WHERE name=:domain)"
// GSQLBackend reads these columns as unsigned numbers. Of anything else it makes an exception, which takes the zone cache and
// with it the start of the server along, or leaves the zone out of that cache without a word.
#define SERVABLE "d.id BETWEEN 0 AND 2147483647"
#define NUMBER_OF(column) "CASE WHEN typeof(d." column ")='integer' AND d." column " BETWEEN 0 AND 4294967295 THEN d." column " END"
#define APEX_SOA "ON soa.domain_id=d.id AND soa.type='SOA' AND soa.name=d.name"

  // clang-format takes NUMBER_OF for a function and lines its neighbours up with it.
  // clang-format off
  constexpr std::array s_statements{
    // Records, for administration and transfers; answers come from the snapshot.
    GsqlStatement{"basic-query", ENABLED_RECORDS " AND type=:qtype AND name=:qname"},
    GsqlStatement{"id-query", ENABLED_RECORDS " AND type=:qtype AND name=:qname AND domain_id=:domain_id"},
    GsqlStatement{"any-query", ENABLED_RECORDS " AND name=:qname"},
    GsqlStatement{"any-id-query", ENABLED_RECORDS " AND name=:qname AND domain_id=:domain_id"},
    GsqlStatement{"api-id-query", STORED_RECORDS " AND type=:qtype AND name=:qname AND domain_id=:domain_id"},
    GsqlStatement{"api-any-id-query", STORED_RECORDS " AND name=:qname AND domain_id=:domain_id"},
    GsqlStatement{"list-query", "SELECT " RECORD_COLUMNS ", ordername FROM records WHERE domain_id=:domain_id AND (disabled=0 OR :include_disabled) ORDER BY name, type"},
    GsqlStatement{"list-subzone-query", ENABLED_RECORDS " AND domain_id=:domain_id AND (name=:zone OR name LIKE :wildzone)"},
    GsqlStatement{"insert-record-query",
      "INSERT INTO records(domain_id, name, type, content, ttl, prio, disabled, ordername, auth)"
      " VALUES(:domain_id, :qname, :qtype, :content, :ttl, :priority, :disabled, :ordername, :auth)"},
    GsqlStatement{"insert-empty-non-terminal-order-query",
      "INSERT INTO records(domain_id, name, type, content, ttl, prio, disabled, ordername, auth)"
      " VALUES(:domain_id, :qname, NULL, NULL, NULL, NULL, 0, :ordername, :auth)"},
    GsqlStatement{"delete-zone-query", "DELETE FROM records WHERE domain_id=:domain_id"},
    GsqlStatement{"delete-rrset-query", "DELETE FROM records WHERE domain_id=:domain_id AND name=:qname AND type=:qtype"},
    GsqlStatement{"delete-names-query", "DELETE FROM records WHERE domain_id=:domain_id AND name=:qname"},
    GsqlStatement{"delete-empty-non-terminal-query", "DELETE FROM records WHERE domain_id=:domain_id AND name=:qname AND type IS NULL"},
    GsqlStatement{"remove-empty-non-terminals-from-zone-query", "DELETE FROM records WHERE domain_id=:domain_id AND type IS NULL"},
    GsqlStatement{"search-records-query", "SELECT " RECORD_COLUMNS " FROM records WHERE name LIKE :value ESCAPE '\\' OR content LIKE :value2 ESCAPE '\\' LIMIT :limit"},

    // Order of names, for denial of existence.
    GsqlStatement{"get-order-first-query", "SELECT ordername " ORDERED_RECORDS " ORDER BY ordername LIMIT 1"},
    GsqlStatement{"get-order-before-query", "SELECT ordername, name " ORDERED_RECORDS " AND ordername <= :ordername ORDER BY ordername DESC LIMIT 1"},
    GsqlStatement{"get-order-after-query", "SELECT min(ordername) " ORDERED_RECORDS " AND ordername > :ordername"},
    GsqlStatement{"get-order-last-query", "SELECT ordername, name " ORDERED_RECORDS " AND ordername != '' ORDER BY ordername DESC LIMIT 1"},
    GsqlStatement{"update-ordername-and-auth-query", "UPDATE records SET ordername=:ordername, auth=:auth WHERE disabled=0 AND domain_id=:domain_id AND name=:qname"},
    GsqlStatement{"update-ordername-and-auth-type-query", "UPDATE records SET ordername=:ordername, auth=:auth WHERE disabled=0 AND domain_id=:domain_id AND name=:qname AND type=:qtype"},
    GsqlStatement{"nullify-ordername-and-update-auth-query", "UPDATE records SET ordername=NULL, auth=:auth WHERE disabled=0 AND domain_id=:domain_id AND name=:qname"},
    GsqlStatement{"nullify-ordername-and-update-auth-type-query", "UPDATE records SET ordername=NULL, auth=:auth WHERE disabled=0 AND domain_id=:domain_id AND name=:qname AND type=:qtype"},

    // Zones.
    GsqlStatement{"get-all-domains-query",
      "SELECT d.id, d.name, soa.content, d.type, d.master, " NUMBER_OF("notified_serial") ", " NUMBER_OF("last_check") ", d.account" PDNS_SQL_CATALOG
      " FROM domains d LEFT JOIN records soa " APEX_SOA " WHERE (soa.disabled=0 OR :include_disabled) AND " SERVABLE},
    GsqlStatement{"info-zone-query",
      "SELECT d.id, d.name, d.master, " NUMBER_OF("last_check") ", " NUMBER_OF("notified_serial") ", d.type, d.options, d.catalog, d.account"
      " FROM domains d WHERE d.name=:domain AND " SERVABLE},
    GsqlStatement{PDNS_SQL_ALL_SECONDARIES,
      "SELECT d.id, d.name, d.type, d.master, " NUMBER_OF("last_check") ", soa.content FROM domains d LEFT JOIN records soa " APEX_SOA
      " WHERE d.type IN ('SLAVE', 'CONSUMER') AND " SERVABLE},
    GsqlStatement{PDNS_SQL_ALL_PRIMARIES,
      "SELECT d.id, d.name, d.type, " NUMBER_OF("notified_serial") ", d.options, d.catalog, soa.content FROM domains d JOIN records soa " APEX_SOA
      " WHERE soa.disabled=0 AND d.type IN ('MASTER', 'PRODUCER') AND " SERVABLE " ORDER BY d.id"},
    GsqlStatement{"info-producer-members-query",
      "SELECT " PDNS_SQL_MEMBER_COLUMNS " FROM domains d JOIN records soa " APEX_SOA
      " WHERE soa.disabled=0 AND " PDNS_SQL_PRODUCER_MEMBER " AND d.catalog=:catalog"},
    GsqlStatement{"info-consumer-members-query", "SELECT " PDNS_SQL_MEMBER_COLUMNS ", d.master FROM domains d WHERE " PDNS_SQL_CONSUMER_MEMBER " AND d.catalog=:catalog"},
    GsqlStatement{"insert-zone-query", "INSERT INTO domains(name, type, master, account, last_check, notified_serial) VALUES(:domain, :type, " PDNS_SQL_PRIMARIES ", :account, NULL, NULL)"},
    GsqlStatement{"delete-domain-query", "DELETE FROM domains WHERE name=:domain"},
    GsqlStatement{"update-kind-query", "UPDATE domains SET type=:kind WHERE name=:domain"},
    GsqlStatement{PDNS_SQL_UPDATE_PRIMARIES, "UPDATE domains SET master=:master WHERE name=:domain"},
    GsqlStatement{"update-options-query", "UPDATE domains SET options=:options WHERE name=:domain"},
    GsqlStatement{"update-catalog-query", "UPDATE domains SET catalog=:catalog WHERE name=:domain"},
    GsqlStatement{"update-account-query", "UPDATE domains SET account=:account WHERE name=:domain"},
    GsqlStatement{"update-serial-query", "UPDATE domains SET notified_serial=:serial WHERE id=:domain_id"},
    GsqlStatement{"update-lastcheck-query", "UPDATE domains SET last_check=:last_check WHERE id=:domain_id"},

    // Autoprimaries.
    GsqlStatement{PDNS_SQL_AUTOPRIMARY "-query", "SELECT account FROM supermasters WHERE ip=:ip AND nameserver=:nameserver"},
    GsqlStatement{PDNS_SQL_AUTOPRIMARY "-name-to-ips", "SELECT ip, account FROM supermasters WHERE nameserver=:nameserver AND account=:account"},
    GsqlStatement{PDNS_SQL_AUTOPRIMARY "-add", "INSERT INTO supermasters(ip, nameserver, account) VALUES(:ip, :nameserver, :account)"},
    GsqlStatement{"autoprimary-remove", "DELETE FROM supermasters WHERE ip=:ip AND nameserver=:nameserver"},
    GsqlStatement{"list-autoprimaries", "SELECT ip, nameserver, account FROM supermasters"},

    // Metadata.
    GsqlStatement{"get-all-domain-metadata-query", "SELECT m.kind, m.content FROM domainmetadata m JOIN domains d ON d.id=m.domain_id WHERE d.name=:domain"},
    GsqlStatement{"get-domain-metadata-query", "SELECT m.content FROM domainmetadata m JOIN domains d ON d.id=m.domain_id WHERE d.name=:domain AND m.kind=:kind"},
    GsqlStatement{"set-domain-metadata-query", "INSERT INTO domainmetadata(domain_id, kind, content) SELECT id, :kind, :content FROM domains WHERE name=:domain"},
    GsqlStatement{"clear-domain-metadata-query", "DELETE FROM domainmetadata WHERE domain_id=" ID_OF_ZONE " AND kind=:kind"},
    GsqlStatement{"clear-domain-all-metadata-query", "DELETE FROM domainmetadata WHERE domain_id=" ID_OF_ZONE},

    // Keys.
    GsqlStatement{"list-domain-keys-query", "SELECT k.id, k.flags, k.active, k.published, k.content FROM cryptokeys k JOIN domains d ON d.id=k.domain_id WHERE d.name=:domain"},
    GsqlStatement{"add-domain-key-query",
      "INSERT INTO cryptokeys(domain_id, flags, active, published, content)"
      " SELECT id, :flags, :active, :published, :content FROM domains WHERE name=:domain"},
    GsqlStatement{"get-last-inserted-key-id-query", "SELECT last_insert_rowid()"},
    GsqlStatement{"activate-domain-key-query", "UPDATE cryptokeys SET active=1 WHERE domain_id=" ID_OF_ZONE " AND id=:key_id"},
    GsqlStatement{"deactivate-domain-key-query", "UPDATE cryptokeys SET active=0 WHERE domain_id=" ID_OF_ZONE " AND id=:key_id"},
    GsqlStatement{"publish-domain-key-query", "UPDATE cryptokeys SET published=1 WHERE domain_id=" ID_OF_ZONE " AND id=:key_id"},
    GsqlStatement{"unpublish-domain-key-query", "UPDATE cryptokeys SET published=0 WHERE domain_id=" ID_OF_ZONE " AND id=:key_id"},
    GsqlStatement{"remove-domain-key-query", "DELETE FROM cryptokeys WHERE domain_id=" ID_OF_ZONE " AND id=:key_id"},
    GsqlStatement{"clear-domain-all-keys-query", "DELETE FROM cryptokeys WHERE domain_id=" ID_OF_ZONE},
    GsqlStatement{"get-tsig-key-query", "SELECT algorithm, secret FROM tsigkeys WHERE name=:key_name"},
    GsqlStatement{"get-tsig-keys-query", "SELECT name, algorithm, secret FROM tsigkeys"},
    GsqlStatement{"set-tsig-key-query", "REPLACE INTO tsigkeys(name, algorithm, secret) VALUES(:key_name, :algorithm, :content)"},
    GsqlStatement{"delete-tsig-key-query", "DELETE FROM tsigkeys WHERE name=:key_name"},

    // Comments.
    GsqlStatement{"list-comments-query", "SELECT " COMMENT_COLUMNS " FROM comments WHERE domain_id=:domain_id"},
    GsqlStatement{"insert-comment-query", "INSERT INTO comments(" COMMENT_COLUMNS ") VALUES(:domain_id, :qname, :qtype, :modified_at, :account, :content)"},
    GsqlStatement{"delete-comments-query", "DELETE FROM comments WHERE domain_id=:domain_id"},
    GsqlStatement{"delete-comment-rrset-query", "DELETE FROM comments WHERE domain_id=:domain_id AND name=:qname AND type=:qtype"},
    GsqlStatement{"search-comments-query", "SELECT " COMMENT_COLUMNS " FROM comments WHERE name LIKE :value ESCAPE '\\' OR comment LIKE :value2 ESCAPE '\\' LIMIT :limit"},
  };
  // clang-format on

#undef RECORD_COLUMNS
#undef ENABLED_RECORDS
#undef STORED_RECORDS
#undef ORDERED_RECORDS
#undef COMMENT_COLUMNS
#undef ID_OF_ZONE
#undef SERVABLE
#undef NUMBER_OF
#undef APEX_SOA
}

std::span<const GsqlStatement> gsqlStatements() noexcept
{
  return s_statements;
}
}
