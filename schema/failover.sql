-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Adds failover's tables to a database of PowerDNS's gsqlite3 backend:
--
--     sqlite3 FILE < failover.sql
--
-- All or nothing; a second run changes nothing, tables of an earlier version become those of this one and keep
-- their rows. A server may be running; one with a module of the earlier version keeps answering, but sees no change
-- until it is restarted with the new one. Needs SQLite 3.38 or newer.
-- You write nodes, node_targets, checks, policies, policy_nodes and drains; the server writes node_state and
-- health_events; triggers write changed_zones. NULL means "not set" wherever a column allows it.

.bail on
.timeout 5000

BEGIN IMMEDIATE;
CREATE TEMP TABLE failover_precondition (
  tables INTEGER CONSTRAINT
    "this is no gsqlite3 database: domains, records, domainmetadata or cryptokeys is missing; nothing was changed"
    CHECK (tables = 4),
  version INTEGER CONSTRAINT "the database has failover's tables of another version than 1 to 3; nothing was changed"
    CHECK (version IN (1, 2, 3))
);
INSERT INTO failover_precondition (tables)
  SELECT count(*) FROM main.sqlite_schema
  WHERE type = 'table' AND lower(name) IN ('domains', 'records', 'domainmetadata', 'cryptokeys');

CREATE TABLE IF NOT EXISTS failover_schema ( -- one row
  version INTEGER NOT NULL, -- of all that follows; the server demands 3
  -- Tells this store from any other: the server notices when another one takes its file's place.
  store_id TEXT NOT NULL DEFAULT (lower(hex(randomblob(16))))
) STRICT;
INSERT INTO failover_schema (version) SELECT 3 WHERE NOT EXISTS (SELECT 1 FROM failover_schema);
INSERT INTO failover_precondition (version) SELECT version FROM failover_schema;
DROP TABLE failover_precondition;
UPDATE failover_schema SET version = 3 WHERE version < 3;

-- nodes: the servers that records lead to. A node is up or down as a whole.
CREATE TABLE IF NOT EXISTS nodes (
  -- What the node is called here, in logs and in commands. Has no meaning in DNS.
  name TEXT NOT NULL PRIMARY KEY
    CONSTRAINT "node name: 1 to 63 letters, digits, '.', '_' or '-' (no blanks), not beginning with '.' or '-'"
    CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^A-Za-z0-9._-]*' AND name NOT GLOB '[.-]*'),
  -- The operator's wish. 'auto' (default): the checks decide. 'up', 'down': whatever the checks say.
  -- 'drain': out of the answers for now, as for maintenance; the checks go on.
  admin_state TEXT NOT NULL DEFAULT 'auto'
    CONSTRAINT "admin_state: 'auto', 'up', 'down' or 'drain'"
    CHECK (admin_state IN ('auto', 'up', 'down', 'drain')),
  -- The node's tier where a policy's mode is 'priority': 0 (default) before 1, to 65535. No unit.
  priority INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "priority: 0 to 65535, the lowest first" CHECK (priority BETWEEN 0 AND 65535),
  -- Share of the answers where a policy's mode is 'weighted' or 'sticky', relative to the others' weights. Default 100.
  -- No unit.
  weight INTEGER NOT NULL DEFAULT 100
    CONSTRAINT "weight: 1 to 65535" CHECK (weight BETWEEN 1 AND 65535),
  -- For people. Default NULL.
  comment TEXT
) STRICT;

-- node_targets: the addresses and host names by which records lead to a node. A record belongs to the node
-- when its address (A, AAAA) or its target name (MX, SRV, HTTPS, SVCB …) is listed here.
CREATE TABLE IF NOT EXISTS node_targets (
  node TEXT NOT NULL, -- nodes.name
  -- An IPv4 or IPv6 address in any spelling, or a host name in any case, with or without the final dot.
  target TEXT NOT NULL
    CONSTRAINT "target: not empty, at most 253 characters before the final dot"
    CHECK (target <> '' AND length(rtrim(target, '.')) <= 253),
  PRIMARY KEY (node, target)
) STRICT;

-- checks: what is asked of a node, and how often. A node is up when all its enabled checks pass.
CREATE TABLE IF NOT EXISTS checks (
  id INTEGER PRIMARY KEY, -- the check's number in status and logs; given by SQLite
  node TEXT NOT NULL, -- nodes.name
  -- Says what kind of check it is: http://HOST…, https://HOST…, tcp://HOST:PORT.
  url TEXT NOT NULL
    CONSTRAINT "url: begins with http://, https:// or tcp:// (in lower case), then a host"
    CHECK (url GLOB 'http://?*' OR url GLOB 'https://?*' OR url GLOB 'tcp://?*')
    CONSTRAINT "url: no blanks or control characters, at most 2000 characters"
    CHECK (url NOT GLOB '*[' || char(1) || '-' || char(32) || char(127) || ']*' AND length(url) <= 2000),
  -- IPv4 or IPv6 address to connect to instead of the url's host; Host header and TLS name stay the url's.
  -- Default NULL: look the url's host up.
  address TEXT,
  -- HTTP method. Default 'GET'.
  method TEXT NOT NULL DEFAULT 'GET'
    CONSTRAINT "method: GET, HEAD, OPTIONS or POST" CHECK (method IN ('GET', 'HEAD', 'OPTIONS', 'POST')),
  -- More HTTP headers, one "Name: value" per line. Default NULL: none.
  headers TEXT,
  -- HTTP status codes that are well: codes and ranges between commas. Default '200-399'.
  expect_status TEXT NOT NULL DEFAULT '200-399',
  -- Text that must stand in the first 64 KiB of the body. Default NULL: any body.
  expect_body TEXT
    CONSTRAINT "expect_body: not empty (NULL for any body)" CHECK (expect_body <> ''),
  -- POINTER=VALUE: a JSON pointer and the JSON value wanted there: /database/status="ok". Default NULL: any.
  expect_json TEXT
    CONSTRAINT "expect_json: POINTER=VALUE, the pointer beginning with '/', the value JSON, as in /status=""ok"""
    CHECK (expect_json IS NULL
      OR expect_json GLOB '/*=*' AND json_valid(substr(expect_json, instr(expect_json, '=') + 1))),
  -- Milliseconds from one check to the next. Default 3000.
  interval_ms INTEGER NOT NULL DEFAULT 3000
    CONSTRAINT "interval_ms: 100 to 86400000 milliseconds" CHECK (interval_ms BETWEEN 100 AND 86400000),
  -- Milliseconds until a silent check has failed. Default 2000.
  timeout_ms INTEGER NOT NULL DEFAULT 2000
    CONSTRAINT "timeout_ms: at least 10 milliseconds and below interval_ms"
    CHECK (timeout_ms >= 10 AND timeout_ms < interval_ms),
  -- Milliseconds to the next check while the verdict is about to turn. Default 500.
  retry_ms INTEGER NOT NULL DEFAULT 500
    CONSTRAINT "retry_ms: at least 10 milliseconds and at most interval_ms"
    CHECK (retry_ms >= 10 AND retry_ms <= interval_ms),
  -- Failures in a row that make an up node down. A count, default 3.
  fall INTEGER NOT NULL DEFAULT 3 CONSTRAINT "fall: a count from 1 to 100" CHECK (fall BETWEEN 1 AND 100),
  -- Successes in a row that make a down node up. A count, default 2.
  rise INTEGER NOT NULL DEFAULT 2 CONSTRAINT "rise: a count from 1 to 100" CHECK (rise BETWEEN 1 AND 100),
  -- Our own IPv4 or IPv6 address to ask from. Default NULL: the kernel chooses.
  source TEXT,
  -- 1 (default): https certificates must be valid for the url's host. 0: any certificate will do.
  tls_verify INTEGER NOT NULL DEFAULT 1 CONSTRAINT "tls_verify: 0 or 1" CHECK (tls_verify IN (0, 1)),
  -- File of the authorities (PEM) that vouch for the certificate. Default NULL: the system's.
  ca_file TEXT CONSTRAINT "ca_file: not empty (NULL for the system's)" CHECK (ca_file <> ''),
  -- 1 (default): in use. 0: as if it were not there.
  enabled INTEGER NOT NULL DEFAULT 1 CONSTRAINT "enabled: 0 or 1" CHECK (enabled IN (0, 1))
) STRICT;
CREATE INDEX IF NOT EXISTS checks_node_idx ON checks (node);

-- policies: which records of a record set are answered. Without a row: all that serve. The policy of a record set is the
-- row with the longest name that fits it; of two such rows, the one that names its type.
-- The table is made anew with the rows it has, since a CHECK cannot be changed. A column that an earlier version did not
-- have is looked up further out, in "before", and found there with its default.
CREATE TABLE IF NOT EXISTS policies (id INTEGER PRIMARY KEY, name TEXT, type TEXT, when_down TEXT) STRICT;
CREATE TEMP TABLE failover_policies AS
  SELECT id, name, type, (SELECT mode FROM (SELECT * FROM main.policies WHERE id = before.id)) AS mode,
    (SELECT max_answers FROM (SELECT * FROM main.policies WHERE id = before.id)) AS max_answers,
    (SELECT min_healthy FROM (SELECT * FROM main.policies WHERE id = before.id)) AS min_healthy, when_down,
    (SELECT ttl_max FROM (SELECT * FROM main.policies WHERE id = before.id)) AS ttl_max,
    (SELECT trickle FROM (SELECT * FROM main.policies WHERE id = before.id)) AS trickle,
    (SELECT ramp_s FROM (SELECT * FROM main.policies WHERE id = before.id)) AS ramp_s
  FROM (SELECT id, name, type, when_down, 'all' AS mode, NULL AS max_answers, 1 AS min_healthy, NULL AS ttl_max,
    0 AS trickle, 0 AS ramp_s FROM main.policies) AS before;
DROP TABLE policies;
CREATE TABLE policies (
  id INTEGER PRIMARY KEY,
  -- An owner name as in records.name, or '*.' and a name: every name below that one, and if that one is a zone, its apex
  -- too. '*' alone: every name.
  name TEXT NOT NULL
    CONSTRAINT "name: a domain name, or '*.' and one for all names below it; not empty, no blanks"
    CHECK (name <> '' AND name NOT GLOB '*[^!-~]*' AND name NOT GLOB '*..*'),
  -- Default NULL: every type that leaves the answers with its node.
  type TEXT
    CONSTRAINT "type: A, AAAA, MX, SRV, HTTPS, SVCB, CNAME or ALIAS (NULL for all of them)"
    CHECK (type IN ('A', 'AAAA', 'MX', 'SRV', 'HTTPS', 'SVCB', 'CNAME', 'ALIAS')),
  -- Which of the records whose nodes serve. 'all' (default): every one. 'priority': those of the first tier that has
  -- min_healthy serving nodes. 'weighted': max_answers of them, drawn by weight. 'sticky': the same, but a client gets the
  -- same ones as long as they serve.
  mode TEXT NOT NULL DEFAULT 'all'
    CONSTRAINT "mode: 'all', 'priority', 'weighted' or 'sticky'"
    CHECK (mode IN ('all', 'priority', 'weighted', 'sticky')),
  -- How many records an answer has at most. A count; default NULL: no limit, but 1 where mode is 'weighted' or 'sticky'.
  max_answers INTEGER
    CONSTRAINT "max_answers: a count from 1 to 1000 (NULL: no limit, but 1 for 'weighted' and 'sticky')"
    CHECK (max_answers BETWEEN 1 AND 1000),
  -- How many nodes must serve, or the record set is down; where mode is 'priority', how many of a tier. A count, default 1.
  min_healthy INTEGER NOT NULL DEFAULT 1
    CONSTRAINT "min_healthy: a count from 1 to 1000" CHECK (min_healthy BETWEEN 1 AND 1000),
  -- What to answer while the record set is down. 'serve-all' (default): as if every node served, since the checks may be
  -- what is broken. 'nodata': that there are no records of this type (RFC 2308, section 2.2). 'servfail': an error, so that
  -- resolvers ask another name server of the zone. 'last': what was answered before the last node went down.
  when_down TEXT NOT NULL DEFAULT 'serve-all'
    CONSTRAINT "when_down: 'serve-all', 'nodata', 'servfail' or 'last'"
    CHECK (when_down IN ('serve-all', 'nodata', 'servfail', 'last')),
  -- The highest TTL of an answer, in seconds. Default NULL: the records' own.
  ttl_max INTEGER
    CONSTRAINT "ttl_max: 0 to 2147483647 seconds" CHECK (ttl_max BETWEEN 0 AND 2147483647),
  -- How many of a hundred answers go to the next tier, which is so known to work. Per cent, default 0.
  trickle INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "trickle: 0 to 5 per cent" CHECK (trickle BETWEEN 0 AND 5)
    CONSTRAINT "trickle: only where mode is 'priority'" CHECK (trickle = 0 OR mode = 'priority'),
  -- How long the weight of a node that comes back takes to grow to its full size, in seconds. Default 0: it is full at once.
  ramp_s INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "ramp_s: 0 to 86400 seconds" CHECK (ramp_s BETWEEN 0 AND 86400)
    CONSTRAINT "ramp_s: only where mode is 'weighted' or 'sticky'" CHECK (ramp_s = 0 OR mode IN ('weighted', 'sticky'))
) STRICT;
INSERT INTO policies SELECT * FROM failover_policies;
DROP TABLE failover_policies;
CREATE UNIQUE INDEX IF NOT EXISTS "policies: this name has a policy for this type"
  ON policies (lower(rtrim(name, '.')), coalesce(type, ''));

-- policy_nodes: what is different for a node where this policy decides.
CREATE TABLE IF NOT EXISTS policy_nodes (
  policy INTEGER NOT NULL, -- policies.id
  node TEXT NOT NULL, -- nodes.name
  -- Instead of nodes.priority. Default NULL: that.
  priority INTEGER CONSTRAINT "priority: 0 to 65535, the lowest first" CHECK (priority BETWEEN 0 AND 65535),
  -- Instead of nodes.weight. Default NULL: that.
  weight INTEGER CONSTRAINT "weight: 1 to 65535" CHECK (weight BETWEEN 1 AND 65535),
  PRIMARY KEY (policy, node)
) STRICT;

-- drains: maintenance with a time. The node leaves the answers from the one moment to the other by itself.
CREATE TABLE IF NOT EXISTS drains (
  id INTEGER PRIMARY KEY,
  node TEXT NOT NULL, -- nodes.name
  starts INTEGER NOT NULL DEFAULT (unixepoch()) -- seconds since 1970, UTC; default: now
    CONSTRAINT "starts: seconds since 1970, before the year 2106" CHECK (starts BETWEEN 0 AND 4294967295),
  ends INTEGER -- seconds since 1970, UTC; default NULL: when somebody resumes the node
    CONSTRAINT "ends: after starts" CHECK (ends > starts)
    CONSTRAINT "ends: seconds since 1970, before the year 2106" CHECK (ends <= 4294967295),
  reason TEXT -- why, for people. Default NULL.
) STRICT;
CREATE INDEX IF NOT EXISTS drains_node_idx ON drains (node, starts);

-- node_state: what each node is now. Written by the server; read at its next start.
CREATE TABLE IF NOT EXISTS node_state (
  node TEXT NOT NULL PRIMARY KEY, -- nodes.name
  -- What counts: the operator's wish, else the verdict.
  state TEXT NOT NULL
    CONSTRAINT "state: 'unknown', 'up', 'down', 'drained', 'forced-up' or 'forced-down'"
    CHECK (state IN ('unknown', 'up', 'down', 'drained', 'forced-up', 'forced-down')),
  -- What the checks alone say. Default 'unknown'.
  verdict TEXT NOT NULL DEFAULT 'unknown'
    CONSTRAINT "verdict: 'unknown', 'up' or 'down'" CHECK (verdict IN ('unknown', 'up', 'down')),
  since INTEGER NOT NULL, -- when `state` began: seconds since 1970, UTC
  updated INTEGER NOT NULL, -- when the server last confirmed it: seconds since 1970, UTC
  reason TEXT -- why, for people. Default NULL.
) STRICT;

-- health_events: what nodes were. Written by the server, the oldest removed by it; outlives the node.
CREATE TABLE IF NOT EXISTS health_events (
  id INTEGER PRIMARY KEY, -- in order of writing; given by SQLite
  at_ms INTEGER NOT NULL, -- milliseconds since 1970, UTC
  node TEXT NOT NULL, -- the name of then
  from_state TEXT NOT NULL, -- as node_state.state
  to_state TEXT NOT NULL, -- as node_state.state
  reason TEXT -- why, for people. Default NULL.
) STRICT;
CREATE INDEX IF NOT EXISTS health_events_node_idx ON health_events (node, at_ms);
CREATE INDEX IF NOT EXISTS health_events_at_idx ON health_events (at_ms);

-- changed_zones: when each zone last changed. Written by the triggers below. A reader that remembers the highest
-- `change` it has seen finds what changed since:  SELECT domain_id FROM changed_zones WHERE change > ?;
-- A deleted zone keeps its row. NOT NULL or UNIQUE would make every insert into records three times as slow
-- (a trigger that may fail makes SQLite keep an undo journal per statement), so would a function in a trigger.
CREATE TABLE IF NOT EXISTS changed_zones (
  change INTEGER PRIMARY KEY, -- 1 + the highest before; no unit
  domain_id INTEGER -- domains.id; one row each
) STRICT;
CREATE INDEX IF NOT EXISTS changed_zones_domain_idx ON changed_zones (domain_id);
-- Inserted anew and the older row removed, not replaced: the OR clause of the statement that fires a trigger
-- (INSERT OR IGNORE INTO records …) would override ours, and the change be lost.
CREATE TRIGGER IF NOT EXISTS failover_changed_zones AFTER INSERT ON changed_zones BEGIN
  DELETE FROM changed_zones WHERE domain_id = NEW.domain_id AND change < NEW.change; END;

CREATE TRIGGER IF NOT EXISTS failover_records_insert AFTER INSERT ON records WHEN NEW.domain_id IS NOT NULL BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (NEW.domain_id); END;
CREATE TRIGGER IF NOT EXISTS failover_records_update AFTER UPDATE ON records WHEN NEW.domain_id IS NOT NULL BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (NEW.domain_id); END;
CREATE TRIGGER IF NOT EXISTS failover_records_move AFTER UPDATE OF domain_id ON records
WHEN OLD.domain_id IS NOT NULL AND OLD.domain_id IS NOT NEW.domain_id BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (OLD.domain_id); END;
CREATE TRIGGER IF NOT EXISTS failover_records_delete AFTER DELETE ON records WHEN OLD.domain_id IS NOT NULL BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (OLD.domain_id); END;

CREATE TRIGGER IF NOT EXISTS failover_domains_insert AFTER INSERT ON domains BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (NEW.id); END;
-- REPLACE INTO domains removes the row in its way without telling delete triggers.
CREATE TRIGGER IF NOT EXISTS failover_domains_replace BEFORE INSERT ON domains BEGIN
  INSERT INTO changed_zones (domain_id) SELECT id FROM domains WHERE name = NEW.name OR id = NEW.id; END;
-- Not for last_check, notified_serial and the like, which a server writes often and no answer depends on.
CREATE TRIGGER IF NOT EXISTS failover_domains_update AFTER UPDATE OF id, name, type ON domains BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (OLD.id), (NEW.id); END;
CREATE TRIGGER IF NOT EXISTS failover_domains_delete AFTER DELETE ON domains BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (OLD.id); END;

CREATE TRIGGER IF NOT EXISTS failover_metadata_insert AFTER INSERT ON domainmetadata BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (NEW.domain_id); END;
CREATE TRIGGER IF NOT EXISTS failover_metadata_update AFTER UPDATE ON domainmetadata BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (OLD.domain_id), (NEW.domain_id); END;
CREATE TRIGGER IF NOT EXISTS failover_metadata_delete AFTER DELETE ON domainmetadata BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (OLD.domain_id); END;

CREATE TRIGGER IF NOT EXISTS failover_keys_insert AFTER INSERT ON cryptokeys BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (NEW.domain_id); END;
CREATE TRIGGER IF NOT EXISTS failover_keys_update AFTER UPDATE ON cryptokeys BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (OLD.domain_id), (NEW.domain_id); END;
CREATE TRIGGER IF NOT EXISTS failover_keys_delete AFTER DELETE ON cryptokeys BEGIN
  INSERT INTO changed_zones (domain_id) VALUES (OLD.domain_id); END;

-- What belongs to a node goes and is renamed with it. Triggers, since foreign keys are off by default in sqlite3.
DROP TRIGGER IF EXISTS failover_nodes_delete; -- of earlier versions, which had less to say
CREATE TRIGGER failover_nodes_delete AFTER DELETE ON nodes BEGIN
  DELETE FROM node_targets WHERE node = OLD.name;
  DELETE FROM checks WHERE node = OLD.name;
  DELETE FROM node_state WHERE node = OLD.name;
  DELETE FROM policy_nodes WHERE node = OLD.name;
  DELETE FROM drains WHERE node = OLD.name;
END;
DROP TRIGGER IF EXISTS failover_nodes_rename;
CREATE TRIGGER failover_nodes_rename AFTER UPDATE OF name ON nodes WHEN OLD.name <> NEW.name BEGIN
  UPDATE node_targets SET node = NEW.name WHERE node = OLD.name;
  UPDATE checks SET node = NEW.name WHERE node = OLD.name;
  UPDATE OR REPLACE node_state SET node = NEW.name WHERE node = OLD.name;
  UPDATE OR REPLACE policy_nodes SET node = NEW.name WHERE node = OLD.name;
  UPDATE drains SET node = NEW.name WHERE node = OLD.name;
END;
CREATE TRIGGER IF NOT EXISTS failover_policies_delete AFTER DELETE ON policies BEGIN
  DELETE FROM policy_nodes WHERE policy = OLD.id; END;

-- Rules that need more than a CHECK. SQLite has no functions of one's own: a view whose INSERT is a trigger
-- stands for one. INSERT INTO failover_valid_… VALUES (column, text) fails with a message, or does nothing.

-- IPv4 in four decimal parts; IPv6 in groups of hexadecimal digits, its tail perhaps written as IPv4.
CREATE VIEW IF NOT EXISTS failover_valid_address (of, text) AS SELECT NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_address_check INSTEAD OF INSERT ON failover_valid_address
WHEN NOT EXISTS (
  SELECT 1 FROM (
    SELECT stem, substr(NEW.text, length(stem) + 1) AS ipv4,
      CASE WHEN dotted THEN stem || '0:0' ELSE NEW.text END AS ipv6 -- the tail's two groups in its stead
    FROM (SELECT instr(NEW.text, '.') > 0 AS dotted,
      CASE WHEN instr(NEW.text, '.') THEN rtrim(NEW.text, '0123456789.') ELSE NEW.text END AS stem)
    WHERE NEW.text NOT GLOB '*[^0-9A-Fa-f:.]*'
  )
  WHERE (ipv4 = '' AND instr(stem, '.') = 0 AND stem <> ''
      OR (SELECT count(*) = 4 AND min(value = CAST(value AS INTEGER) || '' AND value + 0 <= 255)
        FROM json_each('["' || replace(ipv4, '.', '","') || '"]')))
    AND (stem = ''
      OR (stem NOT GLOB '*[^:]' OR ipv4 = '')
        AND ipv6 NOT GLOB '*:::*' AND ipv6 NOT GLOB '*::*::*' AND ipv6 NOT GLOB ':[^:]*' AND ipv6 NOT GLOB '*[^:]:'
        AND (SELECT max(length(value)) <= 4 AND max(instr(value, '.')) = 0
            AND CASE WHEN instr(ipv6, '::') THEN sum(value <> '') <= 7 ELSE count(*) = 8 END
          FROM json_each('["' || replace(ipv6, ':', '","') || '"]')))
) BEGIN
  SELECT CASE NEW.of
    WHEN 'address' THEN RAISE(ABORT, 'address: an IPv4 or IPv6 address without port, as in 192.0.2.1 or 2001:db8::1')
    WHEN 'source' THEN RAISE(ABORT, 'source: an IPv4 or IPv6 address of this machine, as in 192.0.2.1 or 2001:db8::1')
    WHEN 'target' THEN RAISE(ABORT, 'target: an address or a host name; this looks like an address, but is none')
    ELSE RAISE(ABORT, 'url: the host looks like an address, but is none (IPv6 in brackets: http://[2001:db8::1]/)') END;
END;

-- A host and port as they stand in a url. port: NULL where there is none.
CREATE VIEW IF NOT EXISTS failover_valid_host (scheme, host, port) AS SELECT NULL, NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_host_check INSTEAD OF INSERT ON failover_valid_host BEGIN
  SELECT RAISE(ABORT, 'url: the host is a name of letters, digits, ''.'', ''_'', ''-'', or an address (IPv6 in brackets)')
    WHERE NEW.host = '' OR NEW.host GLOB '*[^A-Za-z0-9._-]*' AND NEW.host NOT GLOB '[[]*]';
  INSERT INTO failover_valid_address SELECT 'url', trim(NEW.host, '[]')
    WHERE NEW.host GLOB '[[]*' OR NEW.host NOT GLOB '*[^0-9.]*';
  SELECT RAISE(ABORT, 'url: the port is a number from 1 to 65535') WHERE NEW.port NOT BETWEEN 1 AND 65535;
  SELECT RAISE(ABORT, 'url: tcp needs a port, as in tcp://192.0.2.1:25') WHERE NEW.scheme = 'tcp' AND NEW.port IS NULL;
END;

CREATE VIEW IF NOT EXISTS failover_valid_check (node, url, address, source, headers, expect_status) AS
  SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_check_check INSTEAD OF INSERT ON failover_valid_check BEGIN
  SELECT RAISE(ABORT, 'node: there is no such node; insert it into nodes first')
    WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE name = NEW.node);
  INSERT INTO failover_valid_host
    SELECT scheme, CASE WHEN stem GLOB '*:' THEN substr(stem, 1, length(stem) - 1) ELSE host END,
      CASE WHEN stem GLOB '*:' THEN CAST(substr(host, length(stem) + 1) AS INTEGER) END
    FROM (SELECT scheme, host, rtrim(host, '0123456789') AS stem
      FROM (SELECT scheme, substr(authority, instr(authority, '@') + 1) AS host
        FROM (SELECT scheme, substr(rest, 1, instr(rest || '/', '/') - 1) AS authority
          FROM (SELECT substr(NEW.url, 1, instr(NEW.url, '://') - 1) AS scheme,
            replace(replace(substr(NEW.url, instr(NEW.url, '://') + 3), '?', '/'), '#', '/') AS rest))))
    WHERE scheme IN ('http', 'https', 'tcp');
  INSERT INTO failover_valid_address SELECT 'address', NEW.address WHERE NEW.address IS NOT NULL;
  INSERT INTO failover_valid_address SELECT 'source', NEW.source WHERE NEW.source IS NOT NULL;
  SELECT RAISE(ABORT, 'headers: "Name: value", one per line')
    FROM json_each('[' || replace(json_quote(replace(NEW.headers, '\', '/')), '\n', '","') || ']') -- '\n' is json_quote's
    WHERE trim(value, char(13)) <> '' AND (value NOT GLOB '[^:]*:*'
      OR substr(value, 1, instr(value, ':') - 1) GLOB '*[^!-~]*');
  SELECT RAISE(ABORT, 'expect_status: codes and ranges from 100 to 599, as in 200-399 or 200,204,300-399')
    FROM json_each('[' || replace(json_quote(NEW.expect_status), ',', '","') || ']')
    WHERE value NOT GLOB '[1-5][0-9][0-9]' AND NOT (value GLOB '[1-5][0-9][0-9]-[1-5][0-9][0-9]'
      AND substr(value, 1, 3) <= substr(value, 5));
END;
CREATE TRIGGER IF NOT EXISTS failover_checks_insert BEFORE INSERT ON checks BEGIN
  INSERT INTO failover_valid_check VALUES (NEW.node, NEW.url, NEW.address, NEW.source, NEW.headers, NEW.expect_status); END;
CREATE TRIGGER IF NOT EXISTS failover_checks_update
BEFORE UPDATE OF node, url, address, source, headers, expect_status ON checks BEGIN
  INSERT INTO failover_valid_check VALUES (NEW.node, NEW.url, NEW.address, NEW.source, NEW.headers, NEW.expect_status); END;

CREATE VIEW IF NOT EXISTS failover_valid_target (node, target) AS SELECT NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_target_check INSTEAD OF INSERT ON failover_valid_target BEGIN
  SELECT RAISE(ABORT, 'node: there is no such node; insert it into nodes first')
    WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE name = NEW.node);
  SELECT RAISE(ABORT, 'target: an IPv4 or IPv6 address, or a host name of letters, digits, ''.'', ''_'' or ''-''')
    WHERE NEW.target GLOB '*[^A-Za-z0-9._:-]*' OR NEW.target GLOB '*..*' OR NEW.target GLOB '.*';
  INSERT INTO failover_valid_address SELECT 'target', NEW.target
    WHERE NEW.target <> '' AND (NEW.target GLOB '*:*' OR NEW.target NOT GLOB '*[^0-9.]*');
  SELECT RAISE(ABORT, 'target: no part of a host name is longer than 63 characters')
    FROM json_each('["' || replace(NEW.target, '.', '","') || '"]') WHERE length(value) > 63;
END;
CREATE TRIGGER IF NOT EXISTS failover_targets_insert BEFORE INSERT ON node_targets BEGIN
  INSERT INTO failover_valid_target VALUES (NEW.node, NEW.target); END;
CREATE TRIGGER IF NOT EXISTS failover_targets_update BEFORE UPDATE ON node_targets BEGIN
  INSERT INTO failover_valid_target VALUES (NEW.node, NEW.target); END;

-- A name that no record has is hardly meant; PowerDNS writes names in lower case and without the final dot.
CREATE TRIGGER IF NOT EXISTS failover_policies_insert AFTER INSERT ON policies BEGIN
  SELECT RAISE(ABORT, 'name: no record has this name; insert its records first')
    WHERE substr(NEW.name, 1, 1) <> '*'
      AND NOT EXISTS (SELECT 1 FROM records WHERE name = lower(rtrim(NEW.name, '.')))
      AND NOT EXISTS (SELECT 1 FROM records WHERE lower(rtrim(name, '.')) = lower(rtrim(NEW.name, '.')));
  SELECT RAISE(ABORT, 'name: no zone has names below this one; insert the zone first')
    WHERE NEW.name GLOB '*.?*' AND substr(NEW.name, 1, 2) = '*.'
      AND NOT EXISTS (SELECT 1 FROM (SELECT '.' || lower(rtrim(name, '.')) AS apex,
          '.' || lower(rtrim(substr(NEW.name, 3), '.')) AS suffix FROM domains)
        WHERE apex = '.' OR substr(apex, -length(suffix)) = suffix OR substr(suffix, -length(apex)) = apex);
END;
-- REPLACE INTO removes the row in its way without telling delete triggers, and an id may be used again.
CREATE TRIGGER IF NOT EXISTS failover_policies_replace BEFORE INSERT ON policies BEGIN
  DELETE FROM policy_nodes WHERE policy NOT IN (SELECT id FROM policies); END;
CREATE TRIGGER IF NOT EXISTS failover_policies_rename BEFORE UPDATE OF id ON policies WHEN OLD.id <> NEW.id BEGIN
  UPDATE policy_nodes SET policy = NEW.id WHERE policy = OLD.id; END;

CREATE VIEW IF NOT EXISTS failover_valid_policy_node (policy, node) AS SELECT NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_policy_node_check INSTEAD OF INSERT ON failover_valid_policy_node BEGIN
  SELECT RAISE(ABORT, 'node: there is no such node; insert it into nodes first')
    WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE name = NEW.node);
  SELECT RAISE(ABORT, 'policy: there is no policy with this id')
    WHERE NOT EXISTS (SELECT 1 FROM policies WHERE id = NEW.policy);
END;
CREATE TRIGGER IF NOT EXISTS failover_policy_nodes_insert BEFORE INSERT ON policy_nodes BEGIN
  INSERT INTO failover_valid_policy_node VALUES (NEW.policy, NEW.node); END;
CREATE TRIGGER IF NOT EXISTS failover_policy_nodes_update BEFORE UPDATE OF node ON policy_nodes BEGIN
  INSERT INTO failover_valid_policy_node VALUES (OLD.policy, NEW.node); END;

CREATE TRIGGER IF NOT EXISTS failover_drains_insert BEFORE INSERT ON drains BEGIN
  SELECT RAISE(ABORT, 'node: there is no such node; insert it into nodes first')
    WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE name = NEW.node);
END;
CREATE TRIGGER IF NOT EXISTS failover_drains_update BEFORE UPDATE OF node ON drains BEGIN
  SELECT RAISE(ABORT, 'node: there is no such node; insert it into nodes first')
    WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE name = NEW.node);
END;

COMMIT;
