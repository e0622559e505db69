-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- Each node: what it is, since when, and why, as the server last wrote it; then the drains that are planned or under way.
--
--     sqlite3 -readonly FILE ".read schema/status.sql"
--
-- "confirmed" is how long ago a server last wrote the row; much more than a minute means that no server is running.

.timeout 5000
.mode box

WITH shown AS (
  SELECT name, admin_state, priority, coalesce(state, 'unknown') AS state, coalesce(reason, '') AS reason,
    strftime('%s') - since AS age, strftime('%s') - updated AS silence
  FROM nodes LEFT JOIN node_state ON node = name
)
SELECT name AS node, state,
  CASE WHEN age IS NULL THEN '' WHEN age < 120 THEN max(age, 0) || ' s' WHEN age < 7200 THEN (age / 60) || ' min'
    WHEN age < 172800 THEN (age / 3600) || ' h' ELSE (age / 86400) || ' d' END AS since,
  reason AS why, admin_state AS wish,
  (SELECT count(*) FROM node_targets WHERE node = name) AS targets,
  (SELECT count(*) FROM checks WHERE node = name AND enabled) AS checks,
  CASE WHEN silence IS NULL THEN 'never' WHEN silence < 120 THEN max(silence, 0) || ' s ago'
    WHEN silence < 7200 THEN (silence / 60) || ' min ago' WHEN silence < 172800 THEN (silence / 3600) || ' h ago'
    ELSE (silence / 86400) || ' d ago' END AS confirmed
FROM shown ORDER BY priority, name;

SELECT node AS drain, datetime(starts, 'unixepoch') AS 'from (UTC)',
  coalesce(datetime(ends, 'unixepoch'), 'resumed') AS 'until (UTC)', coalesce(reason, '') AS why
FROM drains WHERE coalesce(ends > unixepoch(), 1) ORDER BY starts, node;
