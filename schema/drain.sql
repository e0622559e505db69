-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Takes a node out of the answers, as for maintenance, until resume.sql. Its checks go on.
--
--     sqlite3 FILE -cmd ".param set :node east" -cmd ".param set :reason 'new kernel'" ".read schema/drain.sql"
--
-- :node    required
-- :reason  why, for status and log
--
-- Values that SQL could take for a sum or a number need quotes of their own: -cmd ".param set :node \"'10-20'\""

.bail on
.timeout 5000
.param init

SELECT 'there is no node ' || :node || '; nodes: ' || coalesce((SELECT group_concat(name, ', ') FROM nodes), 'none')
  WHERE :node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM nodes WHERE name = :node);
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given (
  node TEXT CONSTRAINT "missing parameter: .param set :node NAME" CHECK (node IS NOT NULL),
  strangers INTEGER CONSTRAINT "unknown parameter; there are :node, :reason" CHECK (strangers = 0),
  known INTEGER CONSTRAINT "there is no such node" CHECK (known = 1)
);
INSERT INTO given
  SELECT :node, (SELECT count(*) FROM temp.sqlite_parameters WHERE key NOT IN (':node', ':reason')),
    (SELECT count(*) FROM nodes WHERE name = :node);
DROP TABLE temp.given;

BEGIN IMMEDIATE;
UPDATE nodes SET admin_state = 'drain' WHERE name = :node;
INSERT INTO node_state (node, state, since, updated, reason)
  SELECT :node, 'drained', strftime('%s'), strftime('%s'), :reason WHERE :reason IS NOT NULL
  ON CONFLICT (node) DO UPDATE SET state = 'drained', since = excluded.since, reason = excluded.reason;
COMMIT;

SELECT 'node ' || :node || ' drained' || coalesce(': ' || :reason, '');
