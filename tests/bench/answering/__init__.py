# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What tests/bench/answers consists of: the zone, the servers, the load, the figures and how they are shown."""
