# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors
"""What tests/bench/scale consists of: the data, and the servers that load it."""
