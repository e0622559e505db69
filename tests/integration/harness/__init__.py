# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What the integration tests stand on: a real pdns_server, its tools, and nodes that fail on demand."""
