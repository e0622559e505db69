-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Adds a zone with its SOA and NS records.
--
--     sqlite3 FILE -cmd ".param set :zone example.org" -cmd ".param set :ns1 ns1.example.net" \
--       -cmd ".param set :ns2 ns2.example.net" ".read schema/add-zone.sql"
--
-- :zone, :ns1  required
-- :ns2         another name server
-- :hostmaster  mail address in the SOA, with a dot for the @; default hostmaster.ZONE
--
-- A value that SQL could take for a sum or a number needs quotes of its own: -cmd ".param set :zone \"'10-20.org'\""

.bail on
.timeout 5000
.param init

DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given (
  zone TEXT CONSTRAINT "missing parameter: .param set :zone NAME" CHECK (zone IS NOT NULL)
    CONSTRAINT ":zone is a name without blanks" CHECK (zone NOT GLOB '*[ /]*' AND zone <> ''),
  ns1 TEXT CONSTRAINT "missing parameter: .param set :ns1 NAME" CHECK (ns1 IS NOT NULL)
    CONSTRAINT ":ns1 is a name without blanks" CHECK (ns1 NOT GLOB '*[ /]*' AND ns1 <> ''),
  ns2 TEXT CONSTRAINT ":ns2 is a name without blanks" CHECK (ns2 NOT GLOB '*[ /]*' AND ns2 <> ''),
  hostmaster TEXT CONSTRAINT ":hostmaster is a name: hostmaster.example.org" CHECK (hostmaster NOT GLOB '*[ /@]*'),
  strangers INTEGER CONSTRAINT "unknown parameter; there are :zone, :ns1, :ns2, :hostmaster" CHECK (strangers = 0),
  existing INTEGER CONSTRAINT "the zone exists already" CHECK (existing = 0)
);
INSERT INTO given
  SELECT lower(rtrim(:zone, '.')), lower(rtrim(:ns1, '.')), lower(rtrim(:ns2, '.')),
    coalesce(lower(rtrim(:hostmaster, '.')), 'hostmaster.' || lower(rtrim(:zone, '.'))),
    (SELECT count(*) FROM temp.sqlite_parameters WHERE key NOT IN (':zone', ':ns1', ':ns2', ':hostmaster')),
    (SELECT count(*) FROM domains WHERE name = rtrim(:zone, '.'));

BEGIN IMMEDIATE;
INSERT INTO domains (name, type) SELECT zone, 'NATIVE' FROM given;
INSERT INTO records (domain_id, name, type, content, ttl)
  -- serial, then seconds: refresh, retry, expire, and how long "there is no such name" may be kept
  SELECT domains.id, zone, 'SOA', ns1 || ' ' || hostmaster || strftime(' %Y%m%d00 10800 3600 604800 300'), 3600
    FROM given JOIN domains ON name = zone
  UNION ALL SELECT domains.id, zone, 'NS', ns1, 3600 FROM given JOIN domains ON name = zone
  UNION ALL SELECT domains.id, zone, 'NS', ns2, 3600 FROM given JOIN domains ON name = zone WHERE ns2 IS NOT NULL;
COMMIT;

SELECT 'zone ' || zone || ' added, served by ' || ns1 || coalesce(' and ' || ns2, '') FROM given;
DROP TABLE temp.given;
