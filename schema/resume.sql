-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Ends drain.sql and force.sql: the node's checks decide again. Where nothing is to be ended, drains that are planned are
-- called off.
--
--     sqlite3 FILE -cmd ".param set :node east" ".read schema/resume.sql"
--
-- :node  required. Values that SQL could take for a sum or a number need quotes of their own:
--        -cmd ".param set :node \"'10-20'\""

.bail on
.timeout 5000
.param init

SELECT 'there is no node ' || :node || '; nodes: ' || coalesce((SELECT group_concat(name, ', ') FROM nodes), 'none')
  WHERE :node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM nodes WHERE name = :node);
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given (
  node TEXT CONSTRAINT "missing parameter: .param set :node NAME" CHECK (node IS NOT NULL),
  strangers INTEGER CONSTRAINT "unknown parameter; there is :node" CHECK (strangers = 0),
  known INTEGER CONSTRAINT "there is no such node" CHECK (known = 1)
);
INSERT INTO given
  SELECT :node, (SELECT count(*) FROM temp.sqlite_parameters WHERE key NOT IN (':node')),
    (SELECT count(*) FROM nodes WHERE name = :node);
DROP TABLE temp.given;

BEGIN IMMEDIATE;
CREATE TEMP TABLE ended AS
  SELECT id, starts <= unixepoch() AS running FROM drains WHERE node = :node AND coalesce(ends > unixepoch(), 1);
DELETE FROM temp.ended WHERE NOT running
  AND (EXISTS (SELECT 1 FROM nodes WHERE name = :node AND admin_state <> 'auto') OR (SELECT max(running) FROM temp.ended));
DELETE FROM drains WHERE id IN (SELECT id FROM temp.ended);
UPDATE nodes SET admin_state = 'auto' WHERE name = :node;
UPDATE node_state SET state = verdict, since = strftime('%s'), reason = 'resumed by the operator'
  WHERE node = :node AND state IN ('drained', 'forced-up', 'forced-down');
COMMIT;

SELECT 'node ' || :node || coalesce((SELECT ': ' || count(*) || ' planned called off' FROM temp.ended
  GROUP BY running HAVING NOT running), ' resumed');
SELECT 'still planned: ' || datetime(starts, 'unixepoch') || coalesce(' to ' || datetime(ends, 'unixepoch'), '') || ' (UTC)'
  || coalesce(': ' || reason, '') FROM drains WHERE node = :node AND starts > unixepoch() ORDER BY starts;
DROP TABLE temp.ended;
