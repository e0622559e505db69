-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Adds a check to a node. The node is up when all its checks pass, or as many as nodes.require says.
--
--     sqlite3 FILE -cmd ".param set :node east" -cmd ".param set :url tcp://192.0.2.1:25" ".read schema/add-check.sql"
--
-- :node, :url  required
-- :address, :method, :headers, :expect_status, :expect_body, :expect_json, :interval_ms, :timeout_ms, :retry_ms,
-- :fall, :rise, :source, :tls_verify, :ca_file, :send, :expect_rcode, :role, :inverted, :connection, :starttls, :cert_warn_days
--              the columns of the table checks (see failover.sql); its defaults hold for those not set
--
-- Values with blanks need quotes, and those that SQL could take for a sum or a number quotes of their own:
--     -cmd ".param set :expect_body 'all is well'"  -cmd ".param set :expect_status \"'200-299'\""

.bail on
.timeout 5000
.param init

DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given (
  node TEXT CONSTRAINT "missing parameter: .param set :node NAME" CHECK (node IS NOT NULL),
  url TEXT CONSTRAINT "missing parameter: .param set :url URL" CHECK (url IS NOT NULL),
  strangers INTEGER CONSTRAINT "unknown parameter; there are :node, :url and the columns of the table checks"
    CHECK (strangers = 0)
);
INSERT INTO given
  SELECT :node, :url, (SELECT count(*) FROM temp.sqlite_parameters
    WHERE key NOT IN (SELECT ':' || name FROM pragma_table_info('checks') WHERE name NOT IN ('id', 'enabled')));
DROP TABLE temp.given;
SELECT 'there is no node ' || :node || '; nodes: ' || coalesce((SELECT group_concat(name, ', ') FROM nodes), 'none')
  WHERE :node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM nodes WHERE name = :node);

BEGIN IMMEDIATE;
INSERT INTO checks (node, url, address, headers, expect_body, expect_json, source, ca_file, send)
  VALUES (:node, :url, :address, :headers, :expect_body, :expect_json, :source, :ca_file, :send);
UPDATE checks SET
    method = coalesce(:method, method), expect_status = coalesce(:expect_status, expect_status),
    interval_ms = coalesce(:interval_ms, interval_ms), timeout_ms = coalesce(:timeout_ms, timeout_ms),
    retry_ms = coalesce(:retry_ms, retry_ms), fall = coalesce(:fall, fall), rise = coalesce(:rise, rise),
    tls_verify = coalesce(:tls_verify, tls_verify), expect_rcode = coalesce(:expect_rcode, expect_rcode),
    role = coalesce(:role, role), inverted = coalesce(:inverted, inverted), connection = coalesce(:connection, connection),
    starttls = coalesce(:starttls, starttls), cert_warn_days = coalesce(:cert_warn_days, cert_warn_days)
  WHERE id = (SELECT max(id) FROM checks);
COMMIT;

SELECT 'check ' || max(id) || ' added to node ' || :node || ': ' || :url FROM checks;
