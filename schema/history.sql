-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- What nodes were: the last transitions, the newest first, in local time.
--
--     sqlite3 -readonly FILE ".read schema/history.sql"
--     sqlite3 -readonly FILE -cmd ".param set :node east" -cmd ".param set :limit 100" ".read schema/history.sql"
--
-- :node   only this node; default all. Values that SQL could take for a sum or a number need quotes of their own:
--         -cmd ".param set :node \"'10-20'\""
-- :limit  how many; default 20

.timeout 5000
.mode box

SELECT strftime('%Y-%m-%d %H:%M:%S', at_ms / 1000, 'unixepoch', 'localtime') AS "when", node,
  from_state || ' -> ' || to_state AS change, coalesce(reason, '') AS why
FROM health_events WHERE :node IS NULL OR node = CAST(:node AS TEXT)
ORDER BY at_ms DESC, id DESC LIMIT coalesce(:limit, 20);
