-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Takes a node out of the answers, as for maintenance: until resume.sql, or by itself from a time on and for a while.
-- Its checks go on.
--
--     sqlite3 FILE -cmd ".param set :node east" -cmd ".param set :reason 'new kernel'" ".read schema/drain.sql"
--     sqlite3 FILE -cmd ".param set :node east" -cmd ".param set :at \"'2030-01-31 02:00'\"" \
--       -cmd ".param set :for \"'2 hours'\"" ".read schema/drain.sql"
--
-- :node    required
-- :at      when it begins, in UTC, as SQLite's datetime() understands it; default: now.
--          Local time: -cmd ".param set :at \"datetime('2030-01-31 02:00', 'utc')\""
-- :for     how long, as SQLite's datetime() understands it: '90 minutes', '2 hours', '1 day'; default: until resume.sql
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
  strangers INTEGER CONSTRAINT "unknown parameter; there are :node, :at, :for, :reason" CHECK (strangers = 0),
  known INTEGER CONSTRAINT "there is no such node" CHECK (known = 1),
  now INTEGER,
  starts INTEGER CONSTRAINT ":at is a time such as '2030-01-31 02:00'" CHECK (starts IS NOT NULL)
    CONSTRAINT ":at is past" CHECK (starts >= now),
  ends INTEGER CONSTRAINT ":for is a duration such as '90 minutes' or '2 hours'" CHECK (ends > starts AND ends IS NOT NULL)
);
INSERT INTO given
  SELECT :node, (SELECT count(*) FROM temp.sqlite_parameters WHERE key NOT IN (':node', ':at', ':for', ':reason')),
    (SELECT count(*) FROM nodes WHERE name = :node), unixepoch(), unixepoch(coalesce(:at, 'now')),
    unixepoch(coalesce(:at, 'now'), coalesce(:for, '1 day'));

BEGIN IMMEDIATE;
INSERT INTO drains (node, starts, ends, reason)
  SELECT node, starts, CASE WHEN :for IS NOT NULL THEN ends END, :reason FROM given WHERE coalesce(:at, :for) IS NOT NULL;
UPDATE nodes SET admin_state = 'drain' WHERE name = :node AND coalesce(:at, :for) IS NULL;
INSERT INTO node_state (node, state, since, updated, reason)
  SELECT :node, 'drained', strftime('%s'), strftime('%s'), :reason WHERE :reason IS NOT NULL AND coalesce(:at, :for) IS NULL
  ON CONFLICT (node) DO UPDATE SET state = 'drained', since = excluded.since, reason = excluded.reason;
COMMIT;

SELECT 'node ' || node || CASE WHEN coalesce(:at, :for) IS NULL THEN ' drained'
    ELSE ' is drained from ' || datetime(starts, 'unixepoch') || coalesce(' for ' || :for, ' on') || ' (UTC)' END
  || coalesce(': ' || :reason, '') FROM given;
DROP TABLE temp.given;
