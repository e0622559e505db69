-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- A new database for launch=failover:
--
--     sqlite3 FILE < schema.sql
--
-- First the tables of PowerDNS's gsqlite3 backend (4.7 to 5.1), then failover's own. For a database that
-- gsqlite3 uses already, run failover.sql instead. The file stands alone and can be run from anywhere.

.bail on
.timeout 5000

CREATE TEMP TABLE failover_precondition (
  objects INTEGER CONSTRAINT
    "the database is not empty; failover.sql adds failover to a gsqlite3 database; nothing was changed"
    CHECK (objects = 0)
);
INSERT INTO failover_precondition SELECT count(*) FROM main.sqlite_schema;
DROP TABLE failover_precondition;

PRAGMA foreign_keys = 1;

BEGIN IMMEDIATE;

CREATE TABLE domains (
  id              INTEGER PRIMARY KEY,
  name            VARCHAR(255) NOT NULL COLLATE NOCASE,
  master          VARCHAR(128) DEFAULT NULL,
  last_check      INTEGER DEFAULT NULL,
  type            VARCHAR(8) NOT NULL,
  notified_serial INTEGER DEFAULT NULL,
  account         VARCHAR(40) DEFAULT NULL,
  options         VARCHAR(65535) DEFAULT NULL,
  catalog         VARCHAR(255) DEFAULT NULL
);
CREATE UNIQUE INDEX name_index ON domains (name);
CREATE INDEX catalog_idx ON domains (catalog);

CREATE TABLE records (
  id        INTEGER PRIMARY KEY,
  domain_id INTEGER DEFAULT NULL REFERENCES domains (id) ON DELETE CASCADE ON UPDATE CASCADE,
  name      VARCHAR(255) DEFAULT NULL,
  type      VARCHAR(10) DEFAULT NULL,
  content   VARCHAR(65535) DEFAULT NULL,
  ttl       INTEGER DEFAULT NULL,
  prio      INTEGER DEFAULT NULL,
  disabled  BOOLEAN DEFAULT 0,
  ordername VARCHAR(255),
  auth      BOOL DEFAULT 1
);
CREATE INDEX records_lookup_idx ON records (name, type);
CREATE INDEX records_lookup_id_idx ON records (domain_id, name, type);
CREATE INDEX records_order_idx ON records (domain_id, ordername);

CREATE TABLE supermasters (
  ip         VARCHAR(64) NOT NULL,
  nameserver VARCHAR(255) NOT NULL COLLATE NOCASE,
  account    VARCHAR(40) NOT NULL
);
CREATE UNIQUE INDEX ip_nameserver_pk ON supermasters (ip, nameserver);

CREATE TABLE comments (
  id          INTEGER PRIMARY KEY,
  domain_id   INTEGER NOT NULL REFERENCES domains (id) ON DELETE CASCADE ON UPDATE CASCADE,
  name        VARCHAR(255) NOT NULL,
  type        VARCHAR(10) NOT NULL,
  modified_at INT NOT NULL,
  account     VARCHAR(40) DEFAULT NULL,
  comment     VARCHAR(65535) NOT NULL
);
CREATE INDEX comments_idx ON comments (domain_id, name, type);
CREATE INDEX comments_order_idx ON comments (domain_id, modified_at);

CREATE TABLE domainmetadata (
  id        INTEGER PRIMARY KEY,
  domain_id INT NOT NULL REFERENCES domains (id) ON DELETE CASCADE ON UPDATE CASCADE,
  kind      VARCHAR(32) COLLATE NOCASE,
  content   TEXT
);
CREATE INDEX domainmetaidindex ON domainmetadata (domain_id);

CREATE TABLE cryptokeys (
  id        INTEGER PRIMARY KEY,
  domain_id INT NOT NULL REFERENCES domains (id) ON DELETE CASCADE ON UPDATE CASCADE,
  flags     INT NOT NULL,
  active    BOOL,
  published BOOL DEFAULT 1,
  content   TEXT
);
CREATE INDEX domainidindex ON cryptokeys (domain_id);

CREATE TABLE tsigkeys (
  id        INTEGER PRIMARY KEY,
  name      VARCHAR(255) COLLATE NOCASE,
  algorithm VARCHAR(50) COLLATE NOCASE,
  secret    VARCHAR(255)
);
CREATE UNIQUE INDEX namealgoindex ON tsigkeys (name, algorithm);

COMMIT;

-- What follows is failover.sql, word for word; it is edited there and copied here (a test compares the two).

-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Adds failover's tables to a database of PowerDNS's gsqlite3 backend:
--
--     sqlite3 FILE < failover.sql
--
-- All or nothing; a second run changes nothing, tables of an earlier version become those of this one and keep
-- their rows. A server may be running; one with a module of the earlier version keeps answering, but sees no change
-- until it is restarted with the new one. Needs SQLite 3.38 or newer.
-- You write nodes, node_targets, checks, check_nodes, references, policies, policy_nodes, drains, peers and notifications, and
-- jobs of yours write reports; the server writes node_state, check_state and health_events; triggers write changed_zones.
-- NULL means "not set" wherever a column allows it.

.bail on
.timeout 5000

BEGIN IMMEDIATE;
CREATE TEMP TABLE failover_precondition (
  tables INTEGER CONSTRAINT
    "this is no gsqlite3 database: domains, records, domainmetadata or cryptokeys is missing; nothing was changed"
    CHECK (tables = 4),
  version INTEGER CONSTRAINT "the database has failover's tables of another version than 1 to 4; nothing was changed"
    CHECK (version BETWEEN 1 AND 4)
);
INSERT INTO failover_precondition (tables)
  SELECT count(*) FROM main.sqlite_schema
  WHERE type = 'table' AND lower(name) IN ('domains', 'records', 'domainmetadata', 'cryptokeys');

CREATE TABLE IF NOT EXISTS failover_schema ( -- one row
  version INTEGER NOT NULL, -- of all that follows; the server demands the one that it knows
  -- Tells this store from any other: the server notices when another one takes its file's place.
  store_id TEXT NOT NULL DEFAULT (lower(hex(randomblob(16))))
) STRICT;
INSERT INTO failover_schema (version) SELECT 4 WHERE NOT EXISTS (SELECT 1 FROM failover_schema);
INSERT INTO failover_precondition (version) SELECT version FROM failover_schema;
DROP TABLE failover_precondition;
UPDATE failover_schema SET version = 4 WHERE version < 4;

-- Some tables are made anew with the rows they have, since a CHECK cannot be changed nor a column added twice. A column that
-- an earlier version did not have is looked up further out, in "before", and found there with its default.

-- nodes: the servers that records lead to. A node is up or down as a whole.
CREATE TABLE IF NOT EXISTS nodes (
  name TEXT PRIMARY KEY, admin_state TEXT, priority INTEGER, weight INTEGER, comment TEXT) STRICT;
CREATE TEMP TABLE failover_nodes AS
  SELECT name, admin_state, priority, weight, comment,
    (SELECT require FROM (SELECT * FROM main.nodes WHERE name = before.name)) AS require
  FROM (SELECT name, admin_state, priority, weight, comment, 'all' AS require FROM main.nodes) AS before;
DROP TABLE nodes;
CREATE TABLE nodes (
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
  comment TEXT,
  -- How many of the checks that count for the node must pass (those with role 'decide'). 'all' (default), 'any', or a count:
  -- '2' of three; more than there are means all.
  require TEXT NOT NULL DEFAULT 'all'
    CONSTRAINT "require: 'all', 'any', or a count from 1 to 100"
    CHECK (require IN ('all', 'any') OR require NOT GLOB '*[^0-9]*' AND require NOT GLOB '0*' AND require + 0 BETWEEN 1 AND 100)
) STRICT;
INSERT INTO nodes SELECT * FROM failover_nodes;
DROP TABLE failover_nodes;

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

-- checks: what is asked of a node, and how often. nodes.require says how many must pass for the node to be up.
CREATE TABLE IF NOT EXISTS checks (id INTEGER PRIMARY KEY, node TEXT, url TEXT, address TEXT, method TEXT, headers TEXT,
  expect_status TEXT, expect_body TEXT, expect_json TEXT, interval_ms INTEGER, timeout_ms INTEGER, retry_ms INTEGER,
  fall INTEGER, rise INTEGER, source TEXT, tls_verify INTEGER, ca_file TEXT, enabled INTEGER) STRICT;
CREATE TEMP TABLE failover_checks AS
  SELECT id, node, url, address, method, headers, expect_status, expect_body, expect_json, interval_ms, timeout_ms, retry_ms,
    fall, rise, source, tls_verify, ca_file, enabled,
    (SELECT send FROM (SELECT * FROM main.checks WHERE id = before.id)) AS send,
    (SELECT expect_rcode FROM (SELECT * FROM main.checks WHERE id = before.id)) AS expect_rcode,
    (SELECT role FROM (SELECT * FROM main.checks WHERE id = before.id)) AS role,
    (SELECT inverted FROM (SELECT * FROM main.checks WHERE id = before.id)) AS inverted,
    (SELECT connection FROM (SELECT * FROM main.checks WHERE id = before.id)) AS connection,
    (SELECT starttls FROM (SELECT * FROM main.checks WHERE id = before.id)) AS starttls,
    (SELECT cert_warn_days FROM (SELECT * FROM main.checks WHERE id = before.id)) AS cert_warn_days
  FROM (SELECT id, node, url, address, method, headers, expect_status, expect_body, expect_json, interval_ms, timeout_ms, retry_ms,
    fall, rise, source, tls_verify, ca_file, enabled,
    NULL AS send, 'NOERROR' AS expect_rcode, 'decide' AS role, 0 AS inverted, 'fresh' AS connection, 0 AS starttls,
    14 AS cert_warn_days
    FROM main.checks) AS before;
DROP TABLE checks;
CREATE TABLE checks (
  id INTEGER PRIMARY KEY, -- the check's number in status and logs; given by SQLite
  node TEXT NOT NULL, -- nodes.name
  -- Says what kind of check it is:
  --   http://HOST…, https://HOST…            asks for a page
  --   tcp://HOST:PORT                        connects; sends `send` and waits for `expect_body`, if they are set
  --   tls://HOST:PORT                        makes a TLS handshake and looks at the certificate and how long it is valid
  --   icmp://ADDRESS, icmpv6://[ADDRESS]     pings
  --   smtp://HOST, smtps://, imap://, imaps://, pop3://, pop3s://    reads the greeting and what the server can do
  --   ldap://HOST…, ldaps://HOST…            makes the search that the url is (RFC 4516)
  --   dns://ADDRESS/NAME?type=TYPE           asks a name server (RFC 4501) for a name; without ?type= for A records
  --   push://NAME                            asks nothing: a job of yours reports, by NAME, see the table reports
  --   exec://PROGRAM, exec://PROGRAM/ARGUMENT/ARGUMENT…    runs a program of the folder that failover-exec-dir names
  -- HOST may be followed by :PORT, IPv6 stands in brackets, %XX in an argument is the byte with that number.
  url TEXT NOT NULL
    CONSTRAINT "url: no blanks or control characters, at most 2000 characters"
    CHECK (url NOT GLOB '*[' || char(1) || '-' || char(32) || char(127) || ']*' AND length(url) <= 2000),
  -- IPv4 or IPv6 address to connect to instead of the url's host; Host header and TLS name stay the url's.
  -- Default NULL: look the url's host up.
  address TEXT,
  -- http, https: the method. Default 'GET'.
  method TEXT NOT NULL DEFAULT 'GET'
    CONSTRAINT "method: GET, HEAD, OPTIONS or POST" CHECK (method IN ('GET', 'HEAD', 'OPTIONS', 'POST')),
  -- http, https: more headers, one "Name: value" per line. Default NULL: none.
  headers TEXT,
  -- http, https: status codes that are well: codes and ranges between commas. Default '200-399'.
  expect_status TEXT NOT NULL DEFAULT '200-399',
  -- Text that must stand in the first 64 KiB of the body (http, https) or of the reply (tcp), or in the data of an answer
  -- record as zone files write it (dns). Default NULL: any.
  expect_body TEXT
    CONSTRAINT "expect_body: not empty (NULL for any body)" CHECK (expect_body <> ''),
  -- http, https: POINTER=VALUE, a JSON pointer and the JSON value wanted there: /database/status="ok". Default NULL: any.
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
  -- Failures in a row that make an up node down. A count, default 3. (push: a report decides by itself.)
  fall INTEGER NOT NULL DEFAULT 3 CONSTRAINT "fall: a count from 1 to 100" CHECK (fall BETWEEN 1 AND 100),
  -- Successes in a row that make a down node up. A count, default 2. (push: a report decides by itself.)
  rise INTEGER NOT NULL DEFAULT 2 CONSTRAINT "rise: a count from 1 to 100" CHECK (rise BETWEEN 1 AND 100),
  -- Our own IPv4 or IPv6 address to ask from. Default NULL: the kernel chooses.
  source TEXT,
  -- 1 (default): certificates must be valid for the url's host. 0: any certificate will do.
  tls_verify INTEGER NOT NULL DEFAULT 1 CONSTRAINT "tls_verify: 0 or 1" CHECK (tls_verify IN (0, 1)),
  -- File of the authorities (PEM) that vouch for the certificate. Default NULL: the system's.
  ca_file TEXT CONSTRAINT "ca_file: not empty (NULL for the system's)" CHECK (ca_file <> ''),
  -- 1 (default): in use. 0: as if it were not there.
  enabled INTEGER NOT NULL DEFAULT 1 CONSTRAINT "enabled: 0 or 1" CHECK (enabled IN (0, 1)),
  -- tcp: what to send once connected. \r \n \t \\ and \xHH (a byte in hexadecimal) stand for what cannot be typed.
  -- Default NULL: nothing.
  send TEXT
    CONSTRAINT "send: 1 to 2000 characters (NULL for nothing)" CHECK (length(send) BETWEEN 1 AND 2000),
  -- dns: the response code that is well (RFC 6895, section 2.3). Default 'NOERROR'.
  expect_rcode TEXT NOT NULL DEFAULT 'NOERROR'
    CONSTRAINT "expect_rcode: NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED, YXDOMAIN, YXRRSET, NXRRSET, NOTAUTH or NOTZONE"
    CHECK (expect_rcode IN ('NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET',
      'NOTAUTH', 'NOTZONE')),
  -- 'decide' (default): the check counts. 'warn': its failures are shown and logged, and decide nothing.
  role TEXT NOT NULL DEFAULT 'decide' CONSTRAINT "role: 'decide' or 'warn'" CHECK (role IN ('decide', 'warn')),
  -- 1: the check passes where it would fail, and fails where it would pass. Default 0.
  inverted INTEGER NOT NULL DEFAULT 0 CONSTRAINT "inverted: 0 or 1" CHECK (inverted IN (0, 1)),
  -- http, https. 'fresh' (default): each check connects anew, as a new client would. 'reuse': it asks on the connection of the
  -- one before while that is open.
  connection TEXT NOT NULL DEFAULT 'fresh'
    CONSTRAINT "connection: 'fresh' or 'reuse'" CHECK (connection IN ('fresh', 'reuse')),
  -- smtp, imap, pop3, ldap. 1: go over to TLS first, and fail where the server does not. Default 0.
  starttls INTEGER NOT NULL DEFAULT 0 CONSTRAINT "starttls: 0 or 1" CHECK (starttls IN (0, 1)),
  -- tls: days. A certificate that expires within them passes with a warning. Default 14.
  cert_warn_days INTEGER NOT NULL DEFAULT 14
    CONSTRAINT "cert_warn_days: 0 to 3650 days" CHECK (cert_warn_days BETWEEN 0 AND 3650)
) STRICT;
INSERT INTO checks SELECT * FROM failover_checks;
DROP TABLE failover_checks;
CREATE INDEX IF NOT EXISTS checks_node_idx ON checks (node);
CREATE UNIQUE INDEX IF NOT EXISTS "url: another push check has this name" ON checks (lower(url)) WHERE url GLOB 'push:*';

-- check_nodes: further nodes that a check counts for, beside checks.node: a database that three sites share is asked once, and
-- decides for all of them.
CREATE TABLE IF NOT EXISTS check_nodes (
  check_id INTEGER NOT NULL, -- checks.id
  node TEXT NOT NULL, -- nodes.name
  PRIMARY KEY (check_id, node)
) STRICT;
CREATE INDEX IF NOT EXISTS check_nodes_node_idx ON check_nodes (node);

-- reports: what jobs of yours say of push checks, the last word of each. REPLACE INTO reports (check_id, outcome) …, or
-- pdns_control failover-report.
CREATE TABLE IF NOT EXISTS reports (
  check_id INTEGER PRIMARY KEY, -- checks.id
  outcome TEXT NOT NULL CONSTRAINT "outcome: 'up' or 'down'" CHECK (outcome IN ('up', 'down')),
  at INTEGER NOT NULL DEFAULT (unixepoch()) -- seconds since 1970, UTC; default: now
    CONSTRAINT "at: seconds since 1970, before the year 2106" CHECK (at BETWEEN 0 AND 4294967295),
  -- When the next report comes at the latest, in seconds after this one; silence for longer is down. Default NULL: three times
  -- the check's interval_ms.
  valid_s INTEGER CONSTRAINT "valid_s: 1 to 31622400 seconds" CHECK (valid_s BETWEEN 1 AND 31622400)
) STRICT;

-- references: what lies outside all nodes, asked to find out whose fault it is when many nodes fail at once: a gateway, two
-- resolvers, anything else. While most nodes and all references fail, the last good verdicts stay. The columns are those of
-- checks, with the same meaning and the same defaults.
CREATE TABLE IF NOT EXISTS "references" (
  id INTEGER PRIMARY KEY, -- the reference's number in status and logs; given by SQLite
  url TEXT NOT NULL
    CONSTRAINT "url: no blanks or control characters, at most 2000 characters"
    CHECK (url NOT GLOB '*[' || char(1) || '-' || char(32) || char(127) || ']*' AND length(url) <= 2000),
  address TEXT,
  method TEXT NOT NULL DEFAULT 'GET'
    CONSTRAINT "method: GET, HEAD, OPTIONS or POST" CHECK (method IN ('GET', 'HEAD', 'OPTIONS', 'POST')),
  headers TEXT,
  expect_status TEXT NOT NULL DEFAULT '200-399',
  expect_body TEXT
    CONSTRAINT "expect_body: not empty (NULL for any body)" CHECK (expect_body <> ''),
  expect_json TEXT
    CONSTRAINT "expect_json: POINTER=VALUE, the pointer beginning with '/', the value JSON, as in /status=""ok"""
    CHECK (expect_json IS NULL
      OR expect_json GLOB '/*=*' AND json_valid(substr(expect_json, instr(expect_json, '=') + 1))),
  interval_ms INTEGER NOT NULL DEFAULT 3000
    CONSTRAINT "interval_ms: 100 to 86400000 milliseconds" CHECK (interval_ms BETWEEN 100 AND 86400000),
  timeout_ms INTEGER NOT NULL DEFAULT 2000
    CONSTRAINT "timeout_ms: at least 10 milliseconds and below interval_ms"
    CHECK (timeout_ms >= 10 AND timeout_ms < interval_ms),
  retry_ms INTEGER NOT NULL DEFAULT 500
    CONSTRAINT "retry_ms: at least 10 milliseconds and at most interval_ms"
    CHECK (retry_ms >= 10 AND retry_ms <= interval_ms),
  fall INTEGER NOT NULL DEFAULT 3 CONSTRAINT "fall: a count from 1 to 100" CHECK (fall BETWEEN 1 AND 100),
  rise INTEGER NOT NULL DEFAULT 2 CONSTRAINT "rise: a count from 1 to 100" CHECK (rise BETWEEN 1 AND 100),
  source TEXT,
  tls_verify INTEGER NOT NULL DEFAULT 1 CONSTRAINT "tls_verify: 0 or 1" CHECK (tls_verify IN (0, 1)),
  ca_file TEXT CONSTRAINT "ca_file: not empty (NULL for the system's)" CHECK (ca_file <> ''),
  enabled INTEGER NOT NULL DEFAULT 1 CONSTRAINT "enabled: 0 or 1" CHECK (enabled IN (0, 1)),
  send TEXT
    CONSTRAINT "send: 1 to 2000 characters (NULL for nothing)" CHECK (length(send) BETWEEN 1 AND 2000),
  expect_rcode TEXT NOT NULL DEFAULT 'NOERROR'
    CONSTRAINT "expect_rcode: NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED, YXDOMAIN, YXRRSET, NXRRSET, NOTAUTH or NOTZONE"
    CHECK (expect_rcode IN ('NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET',
      'NOTAUTH', 'NOTZONE')),
  connection TEXT NOT NULL DEFAULT 'fresh'
    CONSTRAINT "connection: 'fresh' or 'reuse'" CHECK (connection IN ('fresh', 'reuse')),
  starttls INTEGER NOT NULL DEFAULT 0 CONSTRAINT "starttls: 0 or 1" CHECK (starttls IN (0, 1)),
  cert_warn_days INTEGER NOT NULL DEFAULT 14
    CONSTRAINT "cert_warn_days: 0 to 3650 days" CHECK (cert_warn_days BETWEEN 0 AND 3650)
) STRICT;

-- peers: other name servers of yours that check the same nodes. A node is down only where enough of them agree
-- (failover-quorum). Each is asked through its PowerDNS HTTP API for what it sees.
CREATE TABLE IF NOT EXISTS peers (
  -- What the peer is called here, in logs and status.
  name TEXT NOT NULL PRIMARY KEY
    CONSTRAINT "peer name: 1 to 63 letters, digits, '.', '_' or '-' (no blanks), not beginning with '.' or '-'"
    CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^A-Za-z0-9._-]*' AND name NOT GLOB '[.-]*'),
  -- Where its webserver answers: http://HOST:PORT or https://HOST:PORT, nothing after it.
  url TEXT NOT NULL CONSTRAINT "url: at most 2000 characters" CHECK (length(url) <= 2000),
  -- IPv4 or IPv6 address to connect to instead of the url's host. Default NULL: look the url's host up.
  address TEXT,
  -- Its setting api-key. Never logged nor shown.
  api_key TEXT NOT NULL
    CONSTRAINT "api_key: 1 to 1000 printable characters, no blanks"
    CHECK (length(api_key) BETWEEN 1 AND 1000 AND api_key NOT GLOB '*[^!-~]*'),
  -- Milliseconds from one question to the next. Default 1000.
  interval_ms INTEGER NOT NULL DEFAULT 1000
    CONSTRAINT "interval_ms: 100 to 86400000 milliseconds" CHECK (interval_ms BETWEEN 100 AND 86400000),
  -- Milliseconds until a silent peer is left out. Default 800.
  timeout_ms INTEGER NOT NULL DEFAULT 800
    CONSTRAINT "timeout_ms: at least 10 milliseconds and below interval_ms"
    CHECK (timeout_ms >= 10 AND timeout_ms < interval_ms),
  -- Our own IPv4 or IPv6 address to ask from. Default NULL: the kernel chooses.
  source TEXT,
  -- 1 (default): https certificates must be valid for the url's host. 0: any certificate will do.
  tls_verify INTEGER NOT NULL DEFAULT 1 CONSTRAINT "tls_verify: 0 or 1" CHECK (tls_verify IN (0, 1)),
  -- File of the authorities (PEM) that vouch for the certificate. Default NULL: the system's.
  ca_file TEXT CONSTRAINT "ca_file: not empty (NULL for the system's)" CHECK (ca_file <> ''),
  -- 1 (default): in use. 0: as if it were not there.
  enabled INTEGER NOT NULL DEFAULT 1 CONSTRAINT "enabled: 0 or 1" CHECK (enabled IN (0, 1))
) STRICT;

-- notifications: who is told of what happens to nodes.
CREATE TABLE IF NOT EXISTS notifications (
  id INTEGER PRIMARY KEY, -- its number in status and logs; given by SQLite
  -- http://HOST…, https://HOST…: gets a POST with a JSON body. exec://PROGRAM/ARGUMENT…: a program of the folder that
  -- failover-exec-dir names, as in checks.url; it reads the JSON on its standard input.
  url TEXT NOT NULL
    CONSTRAINT "url: no blanks or control characters, at most 2000 characters"
    CHECK (url NOT GLOB '*[' || char(1) || '-' || char(32) || char(127) || ']*' AND length(url) <= 2000),
  -- http, https: the token of a header "Authorization: Bearer" (RFC 6750). Never logged nor shown. Default NULL: no such header.
  token TEXT
    CONSTRAINT "token: 1 to 1000 printable characters, no blanks (NULL for none)"
    CHECK (length(token) BETWEEN 1 AND 1000 AND token NOT GLOB '*[^!-~]*')
    CONSTRAINT "token: only for http:// and https://" CHECK (token IS NULL OR url GLOB 'http*'),
  node TEXT, -- nodes.name. Default NULL: every node
  -- What is told, between commas. 'down': a node has left the answers. 'up': it is back. 'freeze': the verdicts of all nodes are
  -- frozen, since the fault seems to be ours, and when they no longer are. Default 'down,up'.
  events TEXT NOT NULL DEFAULT 'down,up',
  -- Seconds to wait; what is over by then is never told. Default 0.
  delay_s INTEGER NOT NULL DEFAULT 0 CONSTRAINT "delay_s: 0 to 86400 seconds" CHECK (delay_s BETWEEN 0 AND 86400),
  -- Seconds after which it is told again while it lasts. Default NULL: it is told once.
  repeat_s INTEGER CONSTRAINT "repeat_s: 10 to 2592000 seconds" CHECK (repeat_s BETWEEN 10 AND 2592000),
  -- 1 (default): https certificates must be valid for the url's host. 0: any certificate will do.
  tls_verify INTEGER NOT NULL DEFAULT 1 CONSTRAINT "tls_verify: 0 or 1" CHECK (tls_verify IN (0, 1)),
  -- File of the authorities (PEM) that vouch for the certificate. Default NULL: the system's.
  ca_file TEXT CONSTRAINT "ca_file: not empty (NULL for the system's)" CHECK (ca_file <> ''),
  -- 1 (default): in use. 0: as if it were not there.
  enabled INTEGER NOT NULL DEFAULT 1 CONSTRAINT "enabled: 0 or 1" CHECK (enabled IN (0, 1))
) STRICT;

-- policies: which records of a record set are answered. Without a row: all that serve. The policy of a record set is the
-- row with the longest name that fits it; of two such rows, the one that names its type.
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
CREATE TABLE IF NOT EXISTS node_state (node TEXT PRIMARY KEY, state TEXT, verdict TEXT, since INTEGER, updated INTEGER,
  reason TEXT) STRICT;
CREATE TEMP TABLE failover_node_state AS
  SELECT node, state, verdict, since, updated, reason,
    (SELECT flaps FROM (SELECT * FROM main.node_state WHERE node = before.node)) AS flaps,
    (SELECT flaps_at FROM (SELECT * FROM main.node_state WHERE node = before.node)) AS flaps_at,
    (SELECT held_until FROM (SELECT * FROM main.node_state WHERE node = before.node)) AS held_until
  FROM (SELECT node, state, verdict, since, updated, reason, 0 AS flaps, NULL AS flaps_at, NULL AS held_until
    FROM main.node_state) AS before;
DROP TABLE node_state;
CREATE TABLE node_state (
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
  reason TEXT, -- why, for people. Default NULL.
  -- How often it has gone down of late; decays while it stays well. A count, default 0.
  flaps INTEGER NOT NULL DEFAULT 0 CONSTRAINT "flaps: a count" CHECK (flaps >= 0),
  flaps_at INTEGER, -- when `flaps` last changed: seconds since 1970, UTC; default NULL: never
  held_until INTEGER -- until when it is kept down because it flaps: seconds since 1970, UTC; default NULL: it is not
) STRICT;
INSERT INTO node_state SELECT * FROM failover_node_state;
DROP TABLE failover_node_state;

-- check_state: what each check has said. Written by the server; read at its next start.
CREATE TABLE IF NOT EXISTS check_state (
  check_id INTEGER PRIMARY KEY, -- checks.id
  verdict TEXT NOT NULL
    CONSTRAINT "verdict: 'unknown', 'up' or 'down'" CHECK (verdict IN ('unknown', 'up', 'down')),
  contrary INTEGER NOT NULL, -- how many results in a row have contradicted the verdict; checks.fall or rise of them turn it
  passed INTEGER NOT NULL CONSTRAINT "passed: 0 or 1" CHECK (passed IN (0, 1)), -- whether the last result was a success
  streak INTEGER NOT NULL, -- how many results in a row were like the last one
  updated INTEGER NOT NULL -- when the server last confirmed it: seconds since 1970, UTC
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
-- A deleted zone keeps its row. What these triggers cost counts, since they run for each row of an import. NOT NULL or UNIQUE
-- would make every insert into records three times as slow (a trigger that may fail makes SQLite keep an undo journal per
-- statement), so would a function in a trigger; an index here, and removing a zone's older row each time, one and a half times.
CREATE TABLE IF NOT EXISTS changed_zones (
  change INTEGER PRIMARY KEY, -- 1 + the highest before; no unit
  domain_id INTEGER -- domains.id; a few rows each, of which the newest counts
) STRICT;
DROP INDEX IF EXISTS changed_zones_domain_idx; -- of earlier versions, which had one row for each zone
-- Inserted anew and older rows removed, not replaced: the OR clause of the statement that fires a trigger
-- (INSERT OR IGNORE INTO records …) would override ours, and the change be lost. Every hundred changes what the last hundred
-- have superseded goes, and now and then all that is left of the others.
DROP TRIGGER IF EXISTS failover_changed_zones;
CREATE TRIGGER failover_changed_zones AFTER INSERT ON changed_zones WHEN NEW.change % 100 = 0 BEGIN
  DELETE FROM changed_zones WHERE change > NEW.change - 100 AND change NOT IN
    (SELECT max(change) FROM changed_zones WHERE change > NEW.change - 100 GROUP BY domain_id); END;
CREATE TRIGGER IF NOT EXISTS failover_changed_zones_all AFTER INSERT ON changed_zones WHEN NEW.change % 100000 = 0 BEGIN
  DELETE FROM changed_zones WHERE change NOT IN (SELECT max(change) FROM changed_zones GROUP BY domain_id); END;

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
  DELETE FROM check_nodes WHERE node = OLD.name;
  DELETE FROM notifications WHERE node = OLD.name;
END;
DROP TRIGGER IF EXISTS failover_nodes_rename;
CREATE TRIGGER failover_nodes_rename AFTER UPDATE OF name ON nodes WHEN OLD.name <> NEW.name BEGIN
  UPDATE node_targets SET node = NEW.name WHERE node = OLD.name;
  UPDATE checks SET node = NEW.name WHERE node = OLD.name;
  UPDATE OR REPLACE node_state SET node = NEW.name WHERE node = OLD.name;
  UPDATE OR REPLACE policy_nodes SET node = NEW.name WHERE node = OLD.name;
  UPDATE drains SET node = NEW.name WHERE node = OLD.name;
  UPDATE OR REPLACE check_nodes SET node = NEW.name WHERE node = OLD.name;
  UPDATE notifications SET node = NEW.name WHERE node = OLD.name;
END;
CREATE TRIGGER IF NOT EXISTS failover_checks_delete AFTER DELETE ON checks BEGIN
  DELETE FROM check_nodes WHERE check_id = OLD.id;
  DELETE FROM reports WHERE check_id = OLD.id;
  DELETE FROM check_state WHERE check_id = OLD.id;
END;
-- A new check has nothing yet. REPLACE INTO removes the row in its way without telling delete triggers, and an id may be used
-- again.
CREATE TRIGGER IF NOT EXISTS failover_checks_new AFTER INSERT ON checks BEGIN
  DELETE FROM check_nodes WHERE check_id = NEW.id;
  DELETE FROM reports WHERE check_id = NEW.id;
  DELETE FROM check_state WHERE check_id = NEW.id;
END;
CREATE TRIGGER IF NOT EXISTS failover_checks_rename AFTER UPDATE OF id ON checks WHEN OLD.id <> NEW.id BEGIN
  UPDATE OR REPLACE check_nodes SET check_id = NEW.id WHERE check_id = OLD.id;
  UPDATE OR REPLACE reports SET check_id = NEW.id WHERE check_id = OLD.id;
  UPDATE OR REPLACE check_state SET check_id = NEW.id WHERE check_id = OLD.id;
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

-- A host and port as they stand in a url. port: NULL where there is none. address: where to connect instead of the host.
DROP VIEW IF EXISTS failover_valid_host; -- of earlier versions; its triggers go with it
CREATE VIEW failover_valid_host (scheme, host, port, address) AS SELECT NULL, NULL, NULL, NULL WHERE 0;
CREATE TRIGGER failover_valid_host_check INSTEAD OF INSERT ON failover_valid_host BEGIN
  SELECT RAISE(ABORT, 'url: the host is a name of letters, digits, ''.'', ''_'', ''-'', or an address (IPv6 in brackets)')
    WHERE NEW.host = '' OR NEW.host GLOB '*[^A-Za-z0-9._-]*' AND NEW.host NOT GLOB '[[]*]';
  INSERT INTO failover_valid_address SELECT 'url', trim(NEW.host, '[]')
    WHERE NEW.host GLOB '[[]*' OR NEW.host NOT GLOB '*[^0-9.]*';
  INSERT INTO failover_valid_address SELECT 'address', NEW.address WHERE NEW.address IS NOT NULL;
  SELECT RAISE(ABORT, 'url: the port is a number from 1 to 65535') WHERE NEW.port NOT BETWEEN 1 AND 65535;
  SELECT RAISE(ABORT, 'url: tcp needs a port, as in tcp://192.0.2.1:25') WHERE NEW.scheme = 'tcp' AND NEW.port IS NULL;
  SELECT RAISE(ABORT, 'url: tls needs a port, as in tls://www.example.org:443') WHERE NEW.scheme = 'tls' AND NEW.port IS NULL;
  SELECT RAISE(ABORT, 'url: a ping has no port') WHERE NEW.scheme IN ('icmp', 'icmpv6') AND NEW.port IS NOT NULL;
  SELECT RAISE(ABORT, 'url: icmp needs an IPv4 address, as in icmp://192.0.2.1, or one in the column address')
    WHERE NEW.scheme = 'icmp' AND coalesce(NEW.address, NEW.host) GLOB '*[^0-9.]*';
  SELECT RAISE(ABORT, 'url: icmpv6 needs an IPv6 address, as in icmpv6://[2001:db8::1], or one in the column address')
    WHERE NEW.scheme = 'icmpv6' AND coalesce(NEW.address, NEW.host) NOT GLOB '*:*';
  SELECT RAISE(ABORT, 'url: dns needs the server''s address, as in dns://192.0.2.53/example.org, or one in the column address')
    WHERE NEW.scheme = 'dns' AND NEW.address IS NULL AND NEW.host NOT GLOB '[[]*' AND NEW.host GLOB '*[^0-9.]*';
END;

-- What follows host and port. path: with its '/'; NULL where there is nothing. query: without its '?'.
CREATE VIEW IF NOT EXISTS failover_valid_path (scheme, user, path, query) AS SELECT NULL, NULL, NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_path_check INSTEAD OF INSERT ON failover_valid_path BEGIN
  SELECT RAISE(ABORT, 'url: this kind of check has no user')
    WHERE NEW.user IS NOT NULL AND NEW.scheme NOT IN ('http', 'https');
  SELECT RAISE(ABORT, 'url: this kind of check has nothing after the host and its port')
    WHERE NEW.scheme NOT IN ('http', 'https', 'ldap', 'ldaps', 'dns') AND (NEW.path <> '/' OR NEW.query IS NOT NULL);
  SELECT RAISE(ABORT, 'url: dns needs a name, as in dns://192.0.2.53/example.org?type=SOA (''.'' is the root)')
    WHERE NEW.scheme = 'dns' AND (coalesce(NEW.path, '/') = '/' OR length(NEW.path) > 255
      OR NEW.path <> '/.' AND (replace('.' || substr(NEW.path, 2) || '.', '.*.', '.x.') GLOB '*[^A-Za-z0-9._-]*'
        OR NEW.path GLOB '/.*' OR NEW.path GLOB '*..*'
        OR (SELECT max(length(value)) > 63 FROM json_each('["' || replace(substr(NEW.path, 2), '.', '","') || '"]'))));
  SELECT RAISE(ABORT, 'url: after dns://ADDRESS/NAME comes nothing, or ?type= and A, AAAA, CAA, CNAME, DNSKEY, DS, HTTPS, MX, NS, PTR, SOA, SRV, TXT, or TYPE and a number from 1 to 65535')
    FROM (SELECT upper(substr(NEW.query, 6)) AS type)
    WHERE NEW.scheme = 'dns' AND NEW.query IS NOT NULL AND (lower(substr(NEW.query, 1, 5)) <> 'type='
      OR type NOT IN ('A', 'AAAA', 'CAA', 'CNAME', 'DNSKEY', 'DS', 'HTTPS', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT')
        AND NOT (type GLOB 'TYPE[1-9]*' AND substr(type, 5) NOT GLOB '*[^0-9]*' AND substr(type, 5) + 0 BETWEEN 1 AND 65535));
END;

-- The names that push:// and exec:// have in place of a host.
CREATE VIEW IF NOT EXISTS failover_valid_local (scheme, name, rest) AS SELECT NULL, NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_local_check INSTEAD OF INSERT ON failover_valid_local BEGIN
  SELECT RAISE(ABORT, 'url: push needs a name and nothing else, as in push://backup; 1 to 63 letters, digits, ''.'', ''_'' or ''-'', not beginning with ''.''')
    WHERE NEW.scheme = 'push' AND (NEW.rest <> '' OR length(NEW.name) NOT BETWEEN 1 AND 63 OR NEW.name GLOB '.*'
      OR NEW.name GLOB '*[^A-Za-z0-9._-]*');
  SELECT RAISE(ABORT, 'url: exec needs the name of a program in failover-exec-dir, as in exec://backup-age; 1 to 255 letters, digits, ''.'', ''_'' or ''-'', not beginning with ''.''')
    WHERE NEW.scheme = 'exec' AND (length(NEW.name) NOT BETWEEN 1 AND 255 OR NEW.name GLOB '.*'
      OR NEW.name GLOB '*[^A-Za-z0-9._-]*');
  SELECT RAISE(ABORT, 'url: an argument of exec has ''?'' as %3F, ''#'' as %23, ''%'' as %25, any other byte but 0 as % and two hexadecimal digits')
    FROM json_each('[' || replace(json_quote(replace(NEW.rest, '"', '')), '%', '","%') || ']')
    WHERE NEW.scheme = 'exec' AND (instr(value, '?') OR instr(value, '#')
      OR value GLOB '%*' AND (value NOT GLOB '%[0-9A-Fa-f][0-9A-Fa-f]*' OR value GLOB '%00*'));
END;

-- The url of a check, a reference, a peer or a notification, whose beginning a CHECK has seen.
CREATE VIEW IF NOT EXISTS failover_valid_url (url, address) AS SELECT NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_url_check INSTEAD OF INSERT ON failover_valid_url
WHEN NEW.url NOT GLOB 'push:*' AND NEW.url NOT GLOB 'exec:*' BEGIN
  INSERT INTO failover_valid_host
    SELECT scheme, CASE WHEN stem GLOB '*:' THEN substr(stem, 1, length(stem) - 1) ELSE host END,
      CASE WHEN stem GLOB '*:' THEN CAST(substr(host, length(stem) + 1) AS INTEGER) END, NEW.address
    FROM (SELECT scheme, host, rtrim(host, '0123456789') AS stem
      FROM (SELECT scheme, substr(authority, instr(authority, '@') + 1) AS host
        FROM (SELECT scheme, substr(rest, 1, instr(rest || '/', '/') - 1) AS authority
          FROM (SELECT substr(NEW.url, 1, instr(NEW.url, '://') - 1) AS scheme,
            replace(replace(substr(NEW.url, instr(NEW.url, '://') + 3), '?', '/'), '#', '/') AS rest))));
  INSERT INTO failover_valid_path
    SELECT scheme, CASE WHEN instr(authority, '@') THEN authority END,
      nullif(substr(after, 1, instr(after || '?', '?') - 1), ''),
      CASE WHEN instr(after, '?') THEN substr(after, instr(after, '?') + 1) END
    FROM (SELECT scheme, authority, substr(rest, length(authority) + 1) AS after
      FROM (SELECT scheme, rest, substr(rest, 1, instr(replace(replace(rest, '?', '/'), '#', '/') || '/', '/') - 1) AS authority
        FROM (SELECT substr(NEW.url, 1, instr(NEW.url, '://') - 1) AS scheme, substr(NEW.url, instr(NEW.url, '://') + 3) AS rest)));
END;
CREATE TRIGGER IF NOT EXISTS failover_valid_url_local INSTEAD OF INSERT ON failover_valid_url
WHEN NEW.url GLOB 'push:*' OR NEW.url GLOB 'exec:*' BEGIN
  SELECT RAISE(ABORT, 'address: push:// and exec:// connect to nothing') WHERE NEW.address IS NOT NULL;
  INSERT INTO failover_valid_local
    SELECT scheme, name, substr(rest, length(name) + 1)
    FROM (SELECT scheme, rest, substr(rest, 1, instr(rest || '/', '/') - 1) AS name
      FROM (SELECT substr(NEW.url, 1, 4) AS scheme, substr(NEW.url, 8) AS rest));
END;

-- A row of checks or of references: what its columns mean together.
DROP VIEW IF EXISTS failover_valid_check;
CREATE VIEW failover_valid_check (url, address, source, method, headers, expect_status, expect_body, expect_json, send, expect_rcode,
  connection, starttls, cert_warn_days) AS
  SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE 0;
CREATE TRIGGER failover_valid_check_check INSTEAD OF INSERT ON failover_valid_check BEGIN
  SELECT RAISE(ABORT, 'url: begins with http://, https://, tcp://, tls://, icmp://, icmpv6://, smtp://, smtps://, imap://, imaps://, pop3://, pop3s://, ldap://, ldaps://, dns://, push:// or exec:// (in lower case), then a host or name')
    WHERE NEW.url NOT GLOB '*://?*' OR substr(NEW.url, 1, instr(NEW.url, '://') - 1) NOT IN ('http', 'https', 'tcp', 'tls', 'icmp',
      'icmpv6', 'smtp', 'smtps', 'imap', 'imaps', 'pop3', 'pop3s', 'ldap', 'ldaps', 'dns', 'push', 'exec');
  INSERT INTO failover_valid_url VALUES (NEW.url, NEW.address);
  INSERT INTO failover_valid_address SELECT 'source', NEW.source WHERE NEW.source IS NOT NULL;
  SELECT RAISE(ABORT, 'source: push:// and exec:// connect to nothing')
    WHERE NEW.source IS NOT NULL AND (NEW.url GLOB 'push:*' OR NEW.url GLOB 'exec:*');
  SELECT RAISE(ABORT, 'headers: "Name: value", one per line')
    FROM json_each('[' || replace(json_quote(replace(NEW.headers, '\', '/')), '\n', '","') || ']') -- '\n' is json_quote's
    WHERE trim(value, char(13)) <> '' AND (value NOT GLOB '[^:]*:*'
      OR substr(value, 1, instr(value, ':') - 1) GLOB '*[^!-~]*');
  SELECT RAISE(ABORT, 'expect_status: codes and ranges from 100 to 599, as in 200-399 or 200,204,300-399')
    FROM json_each('[' || replace(json_quote(NEW.expect_status), ',', '","') || ']')
    WHERE value NOT GLOB '[1-5][0-9][0-9]' AND NOT (value GLOB '[1-5][0-9][0-9]-[1-5][0-9][0-9]'
      AND substr(value, 1, 3) <= substr(value, 5));
  SELECT RAISE(ABORT, 'method: only for http:// and https://') WHERE NEW.method <> 'GET' AND NEW.url NOT GLOB 'http*';
  SELECT RAISE(ABORT, 'headers: only for http:// and https://') WHERE NEW.headers <> '' AND NEW.url NOT GLOB 'http*';
  SELECT RAISE(ABORT, 'expect_status: only for http:// and https://')
    WHERE NEW.expect_status <> '200-399' AND NEW.url NOT GLOB 'http*';
  SELECT RAISE(ABORT, 'expect_body: only for http://, https://, tcp:// and dns://')
    WHERE NEW.expect_body IS NOT NULL AND NEW.url NOT GLOB 'http*' AND NEW.url NOT GLOB 'tcp:*' AND NEW.url NOT GLOB 'dns:*';
  SELECT RAISE(ABORT, 'expect_json: only for http:// and https://')
    WHERE NEW.expect_json IS NOT NULL AND NEW.url NOT GLOB 'http*';
  SELECT RAISE(ABORT, 'method: HEAD never brings the body that expect_body and expect_json want')
    WHERE NEW.method = 'HEAD' AND (NEW.expect_body IS NOT NULL OR NEW.expect_json IS NOT NULL);
  SELECT RAISE(ABORT, 'send: only for tcp://') WHERE NEW.send IS NOT NULL AND NEW.url NOT GLOB 'tcp:*';
  -- Whatever stands after each backslash once those that stand for a backslash are gone; '\\' is json_quote's.
  SELECT RAISE(ABORT, 'send: a backslash is followed by r, n, t, another backslash, or x and two hexadecimal digits')
    FROM json_each('[' || replace(json_quote(replace(NEW.send, '\\', '/')), '\\', '","\\') || ']')
    WHERE value GLOB '\*' AND value NOT GLOB '\[rnt]*' AND value NOT GLOB '\x[0-9A-Fa-f][0-9A-Fa-f]*';
  SELECT RAISE(ABORT, 'expect_rcode: only for dns://') WHERE NEW.expect_rcode <> 'NOERROR' AND NEW.url NOT GLOB 'dns:*';
  SELECT RAISE(ABORT, 'connection: ''reuse'' is only for http:// and https://')
    WHERE NEW.connection <> 'fresh' AND NEW.url NOT GLOB 'http*';
  SELECT RAISE(ABORT, 'starttls: only for smtp://, imap://, pop3:// and ldap://')
    WHERE NEW.starttls AND substr(NEW.url, 1, instr(NEW.url, ':') - 1) NOT IN ('smtp', 'imap', 'pop3', 'ldap');
  SELECT RAISE(ABORT, 'cert_warn_days: only for tls://') WHERE NEW.cert_warn_days <> 14 AND NEW.url NOT GLOB 'tls:*';
END;

CREATE TRIGGER IF NOT EXISTS failover_checks_insert BEFORE INSERT ON checks BEGIN
  SELECT RAISE(ABORT, 'node: there is no such node; insert it into nodes first')
    WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE name = NEW.node);
  INSERT INTO failover_valid_check VALUES (NEW.url, NEW.address, NEW.source, NEW.method, NEW.headers, NEW.expect_status,
    NEW.expect_body, NEW.expect_json, NEW.send, NEW.expect_rcode, NEW.connection, NEW.starttls, NEW.cert_warn_days);
END;
CREATE TRIGGER IF NOT EXISTS failover_checks_update
BEFORE UPDATE OF node, url, address, source, method, headers, expect_status, expect_body, expect_json, send, expect_rcode,
  connection, starttls, cert_warn_days ON checks BEGIN
  SELECT RAISE(ABORT, 'node: there is no such node; insert it into nodes first')
    WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE name = NEW.node);
  INSERT INTO failover_valid_check VALUES (NEW.url, NEW.address, NEW.source, NEW.method, NEW.headers, NEW.expect_status,
    NEW.expect_body, NEW.expect_json, NEW.send, NEW.expect_rcode, NEW.connection, NEW.starttls, NEW.cert_warn_days);
END;
CREATE TRIGGER IF NOT EXISTS failover_references_insert BEFORE INSERT ON "references" BEGIN
  SELECT RAISE(ABORT, 'url: a reference is asked by the server itself, push:// is not') WHERE NEW.url GLOB 'push:*';
  INSERT INTO failover_valid_check VALUES (NEW.url, NEW.address, NEW.source, NEW.method, NEW.headers, NEW.expect_status,
    NEW.expect_body, NEW.expect_json, NEW.send, NEW.expect_rcode, NEW.connection, NEW.starttls, NEW.cert_warn_days);
END;
CREATE TRIGGER IF NOT EXISTS failover_references_update
BEFORE UPDATE OF url, address, source, method, headers, expect_status, expect_body, expect_json, send, expect_rcode, connection,
  starttls, cert_warn_days ON "references" BEGIN
  SELECT RAISE(ABORT, 'url: a reference is asked by the server itself, push:// is not') WHERE NEW.url GLOB 'push:*';
  INSERT INTO failover_valid_check VALUES (NEW.url, NEW.address, NEW.source, NEW.method, NEW.headers, NEW.expect_status,
    NEW.expect_body, NEW.expect_json, NEW.send, NEW.expect_rcode, NEW.connection, NEW.starttls, NEW.cert_warn_days);
END;

CREATE VIEW IF NOT EXISTS failover_valid_check_node (check_id, node) AS SELECT NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_check_node_check INSTEAD OF INSERT ON failover_valid_check_node BEGIN
  SELECT RAISE(ABORT, 'check_id: there is no check with this id')
    WHERE NOT EXISTS (SELECT 1 FROM checks WHERE id = NEW.check_id);
  SELECT RAISE(ABORT, 'node: there is no such node; insert it into nodes first')
    WHERE NOT EXISTS (SELECT 1 FROM nodes WHERE name = NEW.node);
END;
CREATE TRIGGER IF NOT EXISTS failover_check_nodes_insert BEFORE INSERT ON check_nodes BEGIN
  INSERT INTO failover_valid_check_node VALUES (NEW.check_id, NEW.node); END;
CREATE TRIGGER IF NOT EXISTS failover_check_nodes_update BEFORE UPDATE ON check_nodes BEGIN
  INSERT INTO failover_valid_check_node VALUES (NEW.check_id, NEW.node); END;

CREATE TRIGGER IF NOT EXISTS failover_reports_insert BEFORE INSERT ON reports BEGIN
  SELECT RAISE(ABORT, 'check_id: there is no check with this id whose url begins with push://')
    WHERE NOT EXISTS (SELECT 1 FROM checks WHERE id = NEW.check_id AND url GLOB 'push:*');
END;
CREATE TRIGGER IF NOT EXISTS failover_reports_update BEFORE UPDATE OF check_id ON reports BEGIN
  SELECT RAISE(ABORT, 'check_id: there is no check with this id whose url begins with push://')
    WHERE NOT EXISTS (SELECT 1 FROM checks WHERE id = NEW.check_id AND url GLOB 'push:*');
END;

CREATE VIEW IF NOT EXISTS failover_valid_peer (url, address, source) AS SELECT NULL, NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_peer_check INSTEAD OF INSERT ON failover_valid_peer BEGIN
  SELECT RAISE(ABORT, 'url: http://HOST:PORT or https://HOST:PORT, nothing after it')
    WHERE NEW.url NOT GLOB 'http://?*' AND NEW.url NOT GLOB 'https://?*' OR NEW.url GLOB '*://*[@/?#]*';
  INSERT INTO failover_valid_url VALUES (NEW.url, NEW.address);
  INSERT INTO failover_valid_address SELECT 'source', NEW.source WHERE NEW.source IS NOT NULL;
END;
CREATE TRIGGER IF NOT EXISTS failover_peers_insert BEFORE INSERT ON peers BEGIN
  INSERT INTO failover_valid_peer VALUES (NEW.url, NEW.address, NEW.source); END;
CREATE TRIGGER IF NOT EXISTS failover_peers_update BEFORE UPDATE OF url, address, source ON peers BEGIN
  INSERT INTO failover_valid_peer VALUES (NEW.url, NEW.address, NEW.source); END;

CREATE VIEW IF NOT EXISTS failover_valid_notification (url, node, events) AS SELECT NULL, NULL, NULL WHERE 0;
CREATE TRIGGER IF NOT EXISTS failover_valid_notification_check INSTEAD OF INSERT ON failover_valid_notification BEGIN
  SELECT RAISE(ABORT, 'url: begins with http://, https:// or exec:// (in lower case)')
    WHERE NEW.url NOT GLOB 'http://?*' AND NEW.url NOT GLOB 'https://?*' AND NEW.url NOT GLOB 'exec://?*';
  INSERT INTO failover_valid_url VALUES (NEW.url, NULL);
  SELECT RAISE(ABORT, 'node: there is no such node; insert it into nodes first (NULL is every node)')
    WHERE NEW.node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM nodes WHERE name = NEW.node);
  SELECT RAISE(ABORT, 'events: one or more of down, up and freeze, with commas between them')
    FROM json_each('[' || replace(json_quote(NEW.events), ',', '","') || ']') WHERE value NOT IN ('down', 'up', 'freeze');
END;
CREATE TRIGGER IF NOT EXISTS failover_notifications_insert BEFORE INSERT ON notifications BEGIN
  INSERT INTO failover_valid_notification VALUES (NEW.url, NEW.node, NEW.events); END;
CREATE TRIGGER IF NOT EXISTS failover_notifications_update BEFORE UPDATE OF url, node, events ON notifications BEGIN
  INSERT INTO failover_valid_notification VALUES (NEW.url, NEW.node, NEW.events); END;

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
