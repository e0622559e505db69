-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Adds a node: its addresses, its host name, and what to ask of it.
--
--     sqlite3 FILE -cmd ".param set :node east" -cmd ".param set :address 192.0.2.1" \
--       -cmd ".param set :address2 2001:db8::1" -cmd ".param set :host east.example.org" \
--       -cmd ".param set :url https://east.example.org/health" ".read schema/add-node.sql"
--
-- :node                required: what the node is called here
-- :address, :address2  its IPv4 and IPv6 address, in any order
-- :host                its host name, as MX, SRV and HTTPS records have it
-- :url                 its check, of any kind (see failover.sql); without one the node is always up
--
-- Where the url has a name for its host, the check connects to :address, so it does not depend on DNS. More
-- addresses and checks: add-target.sql, add-check.sql. Values that SQL could take for a sum or a number need
-- quotes of their own: -cmd ".param set :node \"'10-20'\""

.bail on
.timeout 5000
.param init

DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given (
  node TEXT CONSTRAINT "missing parameter: .param set :node NAME" CHECK (node IS NOT NULL),
  strangers INTEGER CONSTRAINT "unknown parameter; there are :node, :address, :address2, :host, :url"
    CHECK (strangers = 0),
  targets INTEGER CONSTRAINT "missing parameter: set at least one of :address, :address2 and :host" CHECK (targets > 0),
  existing INTEGER CONSTRAINT "the node exists already; see add-target.sql and add-check.sql" CHECK (existing = 0)
);
INSERT INTO given
  SELECT :node, (SELECT count(*) FROM temp.sqlite_parameters
      WHERE key NOT IN (':node', ':address', ':address2', ':host', ':url')),
    (:address IS NOT NULL) + (:address2 IS NOT NULL) + (:host IS NOT NULL),
    (SELECT count(*) FROM nodes WHERE name = :node);
DROP TABLE temp.given;

BEGIN IMMEDIATE;
INSERT INTO nodes (name) VALUES (:node);
INSERT INTO node_targets (node, target)
  SELECT :node, column1 FROM (VALUES (:address), (:address2), (:host)) WHERE column1 IS NOT NULL;
-- An address in the url is where to connect; a name is pinned to the node's address.
INSERT INTO checks (node, url, address)
  SELECT :node, :url, CASE WHEN host GLOB '*[A-Za-z]*' AND host NOT GLOB '[[]*'
      AND :url NOT GLOB 'push:*' AND :url NOT GLOB 'exec:*' THEN :address END
  FROM (SELECT substr(authority, instr(authority, '@') + 1) AS host
    FROM (SELECT substr(rest, 1, instr(rest || '/', '/') - 1) AS authority
      FROM (SELECT replace(substr(:url, instr(:url, '://') + 3), '?', '/') AS rest)))
  WHERE :url IS NOT NULL;
COMMIT;

SELECT 'node ' || :node || ' added: ' || (SELECT group_concat(target, ', ') FROM node_targets WHERE node = :node)
  || coalesce('; check ' || :url, '; no check: always up');
