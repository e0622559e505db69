-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Adds an address or a host name to a node: every record that leads there is the node's.
--
--     sqlite3 FILE -cmd ".param set :node east" -cmd ".param set :target 198.51.100.7" ".read schema/add-target.sql"
--
-- :node, :target  required. Values that SQL could take for a sum or a number need quotes of their own:
--                 -cmd ".param set :node \"'10-20'\""

.bail on
.timeout 5000
.param init

DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given (
  node TEXT CONSTRAINT "missing parameter: .param set :node NAME" CHECK (node IS NOT NULL),
  target TEXT CONSTRAINT "missing parameter: .param set :target ADDRESS-OR-NAME" CHECK (target IS NOT NULL),
  strangers INTEGER CONSTRAINT "unknown parameter; there are :node, :target" CHECK (strangers = 0),
  existing INTEGER CONSTRAINT "the node has this target already" CHECK (existing = 0)
);
INSERT INTO given
  SELECT :node, :target, (SELECT count(*) FROM temp.sqlite_parameters WHERE key NOT IN (':node', ':target')),
    (SELECT count(*) FROM node_targets WHERE node = :node AND target = :target);
DROP TABLE temp.given;
SELECT 'there is no node ' || :node || '; nodes: ' || coalesce((SELECT group_concat(name, ', ') FROM nodes), 'none')
  WHERE :node IS NOT NULL AND NOT EXISTS (SELECT 1 FROM nodes WHERE name = :node);

INSERT INTO node_targets (node, target) VALUES (:node, :target); -- one statement is one transaction

SELECT 'target ' || :target || ' added to node ' || :node;
