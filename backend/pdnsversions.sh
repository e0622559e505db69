#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors

# Prints a line for each argument: the version of a PowerDNS source tree (a directory) or of a pdns_server.
set -eu

# Release archives say it in configure (autoconf) or .version (meson); a checkout has nothing but its tag.
source_version() {
  if [ -f "$1/configure" ]; then
    sed -n "s/^PACKAGE_VERSION='\(.*\)'$/\1/p" "$1/configure"
  elif [ -f "$1/.version" ]; then
    cat "$1/.version"
  elif [ -e "$1/.git" ]; then
    git -C "$1" describe --tags --exact-match --match 'auth-*' 2>/dev/null | sed 's/^auth-//'
  fi
}

server_version() {
  "$1" --version 2>&1 | sed -n 's/.*PowerDNS Authoritative Server \([0-9][^ ]*\).*/\1/p' | head -n 1
}

for argument; do
  if [ -d "$argument" ]; then version=$(source_version "$argument"); else version=$(server_version "$argument"); fi
  echo "${version:-unknown}"
done
