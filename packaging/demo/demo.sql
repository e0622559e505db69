-- SPDX-License-Identifier: GPL-2.0-only
-- SPDX-FileCopyrightText: failover backend authors

-- A zone on two nodes: everything that a client may ask for leads to both, so either may die.
-- Parameters: :east_port, :west_port (where the nodes answer HTTP), :ipv6 (1: also check them on [::1]).
--
-- A targets are the nodes' real addresses. AAAA targets are documentation addresses: [::1] is the only IPv6
-- loopback address, and it cannot tell two nodes apart. The checks connect to [::1] itself, by port.

BEGIN;

INSERT INTO nodes (name, comment) VALUES
  ('east', 'a server in one place'),
  ('west', 'a server in another place');

INSERT INTO node_targets (node, target) VALUES
  ('east', '127.0.0.2'), ('east', '2001:db8:1::80'), ('east', 'east.demo.example'),
  ('west', '127.0.0.3'), ('west', '2001:db8:2::80'), ('west', 'west.demo.example');

INSERT INTO checks (node, url, address) VALUES
  ('east', 'http://east.demo.example:' || :east_port || '/health', '127.0.0.2'),
  ('west', 'http://west.demo.example:' || :west_port || '/health', '127.0.0.3');

INSERT INTO checks (node, url, address)
  SELECT node, url, '::1' FROM checks WHERE :ipv6;

INSERT INTO domains (name, type) VALUES ('demo.example', 'NATIVE');

INSERT INTO records (domain_id, name, type, ttl, prio, content)
  SELECT domains.id, record.* FROM domains JOIN (VALUES
    ('demo.example', 'SOA', 300, 0, 'ns.demo.example hostmaster.demo.example 1 3600 600 86400 60'),
    ('demo.example', 'NS', 300, 0, 'ns.demo.example'),
    ('ns.demo.example', 'A', 300, 0, '127.0.0.1'),
    ('east.demo.example', 'A', 30, 0, '127.0.0.2'),
    ('east.demo.example', 'AAAA', 30, 0, '2001:db8:1::80'),
    ('west.demo.example', 'A', 30, 0, '127.0.0.3'),
    ('west.demo.example', 'AAAA', 30, 0, '2001:db8:2::80'),
    ('demo.example', 'MX', 30, 10, 'east.demo.example'),
    ('demo.example', 'MX', 30, 10, 'west.demo.example'),
    ('_imaps._tcp.demo.example', 'SRV', 30, 0, '10 993 east.demo.example'),
    ('_imaps._tcp.demo.example', 'SRV', 30, 0, '10 993 west.demo.example'),
    ('static.demo.example', 'A', 30, 0, '192.0.2.80') -- of no node: always served
  ) AS record WHERE domains.name = 'demo.example';

-- The names that clients use have both addresses of both nodes.
INSERT INTO records (domain_id, name, type, ttl, content)
  SELECT host.domain_id, name.column1 || '.demo.example', host.type, host.ttl, host.content
  FROM records AS host JOIN (VALUES ('api'), ('client'), ('www')) AS name
  WHERE host.name IN ('east.demo.example', 'west.demo.example');

COMMIT;
