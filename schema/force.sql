-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Makes a node up or down whatever its checks say, until resume.sql.
--
--     sqlite3 FILE -cmd ".param set :node east" -cmd ".param set :state down" ".read schema/force.sql"
--
-- :node    required
-- :state   required: up or down
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
  state TEXT CONSTRAINT "missing parameter: .param set :state up (or down)" CHECK (state IS NOT NULL)
    CONSTRAINT ":state is up or down" CHECK (state IN ('up', 'down')),
  strangers INTEGER CONSTRAINT "unknown parameter; there are :node, :state, :reason" CHECK (strangers = 0),
  known INTEGER CONSTRAINT "there is no such node" CHECK (known = 1)
);
INSERT INTO given
  SELECT :node, :state, (SELECT count(*) FROM temp.sqlite_parameters WHERE key NOT IN (':node', ':state', ':reason')),
    (SELECT count(*) FROM nodes WHERE name = :node);
DROP TABLE temp.given;

BEGIN IMMEDIATE;
UPDATE nodes SET admin_state = :state WHERE name = :node;
INSERT INTO node_state (node, state, since, updated, reason)
  SELECT :node, 'forced-' || :state, strftime('%s'), strftime('%s'), :reason WHERE :reason IS NOT NULL
  ON CONFLICT (node) DO UPDATE SET state = excluded.state, since = excluded.since, reason = excluded.reason;
COMMIT;

SELECT 'node ' || :node || ' forced ' || :state || coalesce(': ' || :reason, '');
