-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Adds an alternative to a name: one more CNAME or ALIAS record, which leads to another node's host name. An answer has
-- one of them, the best by policy. pdnsutil and the HTTP API refuse a second CNAME, so this script is the way.
--
--     sqlite3 FILE -cmd ".param set :name www.example.org" -cmd ".param set :target east.example.org" \
--       ".read schema/add-alternative.sql"
--
-- :name, :target  required: the name, in a zone of this store, and where it is to lead: a node's host name (add-target.sql),
--                 or a name of this store behind which there are nodes
-- :type           CNAME or ALIAS; default CNAME, which can stand neither at a zone's apex nor beside other records
-- :ttl            seconds; default: as the alternatives that the name has, else 300
--
-- A value that SQL could take for a sum or a number needs quotes of its own: -cmd ".param set :name \"'10-20.org'\""

.bail on
.timeout 5000
.param init

DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given (
  name TEXT CONSTRAINT "missing parameter: .param set :name NAME" CHECK (name IS NOT NULL)
    CONSTRAINT ":name is a name without blanks" CHECK (name NOT GLOB '*[ /]*' AND name <> ''),
  target TEXT CONSTRAINT "missing parameter: .param set :target NAME" CHECK (target IS NOT NULL)
    CONSTRAINT ":target is a host name without blanks" CHECK (target NOT GLOB '*[ /]*' AND target <> '')
    CONSTRAINT ":target is :name itself" CHECK (target <> name),
  type TEXT CONSTRAINT ":type is CNAME or ALIAS" CHECK (type IN ('CNAME', 'ALIAS')),
  strangers INTEGER CONSTRAINT "unknown parameter; there are :name, :target, :type, :ttl" CHECK (strangers = 0),
  ttl INTEGER CONSTRAINT ":ttl is a number of seconds, 0 to 2147483647"
    CHECK (typeof(ttl) = 'integer' AND ttl BETWEEN 0 AND 2147483647),
  zone INTEGER CONSTRAINT "no zone of this store has this name" CHECK (zone IS NOT NULL),
  apex TEXT CONSTRAINT "a zone's apex cannot have a CNAME; it can have an ALIAS: .param set :type ALIAS"
    CHECK (apex <> name OR type = 'ALIAS'),
  copied INTEGER CONSTRAINT "the zone is a copy of another server's, or presigned: its records are made there" CHECK (copied = 0),
  delegated INTEGER CONSTRAINT "the name is delegated: other servers answer for it" CHECK (delegated = 0),
  others INTEGER CONSTRAINT "the name has other records, beside which neither CNAME nor ALIAS would be answered"
    CHECK (others = 0),
  existing INTEGER CONSTRAINT "the name has this alternative already" CHECK (existing = 0),
  nodes INTEGER CONSTRAINT "the target leads to no node: give its host name to a node first, see add-target.sql"
    CHECK (nodes > 0),
  isnew INTEGER -- the name had no records
);
INSERT INTO given
  WITH wish AS (
    SELECT lower(rtrim(:name, '.')) AS name, lower(rtrim(:target, '.')) AS target, upper(coalesce(:type, 'CNAME')) AS type),
  zone AS ( -- the longest that the name is in
    SELECT id, domains.type, lower(rtrim(domains.name, '.')) AS apex FROM domains, wish
    WHERE apex = '' OR substr('.' || wish.name, -length(apex) - 1) = '.' || apex
    ORDER BY length(apex) DESC LIMIT 1),
  beside AS (SELECT records.* FROM records, wish WHERE domain_id = (SELECT id FROM zone) AND records.name = wish.name
    AND records.type IS NOT NULL AND disabled = 0)
  SELECT name, target, type,
    (SELECT count(*) FROM temp.sqlite_parameters WHERE key NOT IN (':name', ':target', ':type', ':ttl')),
    coalesce(:ttl, (SELECT ttl FROM beside WHERE beside.type = wish.type), 300),
    (SELECT id FROM zone), (SELECT apex FROM zone),
    (SELECT count(*) FROM zone WHERE zone.type COLLATE NOCASE IN ('SLAVE', 'CONSUMER') OR EXISTS (SELECT 1
      FROM domainmetadata WHERE domain_id = zone.id AND kind = 'PRESIGNED' AND content = '1')),
    (SELECT count(*) FROM records, zone WHERE domain_id = zone.id AND records.type = 'NS' AND records.name <> apex
      AND substr('.' || wish.name, -length(records.name) - 1) = '.' || records.name),
    (SELECT count(*) FROM beside WHERE beside.type <> wish.type
      AND (wish.type = 'CNAME' OR beside.type IN ('A', 'AAAA', 'CNAME'))),
    (SELECT count(*) FROM beside WHERE beside.type = wish.type AND lower(rtrim(content, '.')) = target),
    (SELECT count(*) FROM node_targets WHERE lower(rtrim(node_targets.target, '.')) = wish.target)
      + (SELECT count(*) FROM records WHERE records.name = wish.target AND records.type IN ('A', 'AAAA', 'CNAME', 'ALIAS')),
    NOT EXISTS (SELECT 1 FROM beside)
  FROM wish;

BEGIN IMMEDIATE;
-- The name's place in the order of a signed zone is that of its other rows; an empty non-terminal's row makes way.
INSERT INTO records (domain_id, name, type, content, ttl, ordername, auth)
  SELECT zone, name, type, target, ttl,
    (SELECT ordername FROM records WHERE domain_id = zone AND records.name = given.name ORDER BY type IS NULL LIMIT 1),
    coalesce((SELECT auth FROM records WHERE domain_id = zone AND records.name = given.name ORDER BY type IS NULL LIMIT 1), 1)
  FROM given;
DELETE FROM records WHERE type IS NULL AND (domain_id, name) IN (SELECT zone, name FROM given);
COMMIT;

SELECT name || ' leads to ' || (SELECT group_concat(content, ' or ') FROM records
      WHERE domain_id = zone AND records.name = given.name AND records.type = given.type AND disabled = 0)
    || CASE WHEN isnew AND (instr(name, '.' || apex) > instr(name, '.')
        OR EXISTS (SELECT 1 FROM cryptokeys WHERE domain_id = zone))
      THEN '; the name is new: pdnsutil rectify-zone ' || apex ELSE '' END
  FROM given;
DROP TABLE temp.given;
