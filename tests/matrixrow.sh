#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors

# One row of tests/matrix, made in the root of its distribution: builds, runs the tests. What they print ends with the
# line that becomes the row's result; the row's other columns go to the file ROW, separated by "|".
#
#   tests/matrixrow.sh ROW SOURCE OTHER-PATCH     SOURCE: the supplied PowerDNS source, if that directory exists;
#                                                 OTHER-PATCH: yes where it may be of another patch release
set -uo pipefail

row=$1 source=$2 other_patch=$3
version() { backend/pdnsversions.sh "$1"; }

# Whether the supplied source will do for the installed server.
will_do() {
  local installed
  [ -d "$source" ] || return 1
  installed=$(version /usr/sbin/pdns_server)
  case $(version "$source") in
    "$installed") ;;
    "${installed%.*}".*) [ "$other_patch" = yes ] || return 1 ;;
    *) return 1 ;;
  esac
}

headers=-
packaging/build --tests
status=$?
if [ "$status" = 0 ]; then
  headers=$(version build/pdns-*/)
elif [ "$status" = 3 ] && will_do; then
  headers=$(version "$source")
  packaging/build --tests --pdns-source "$source" ${other_patch:+--other-patch}
  status=$?
fi
printf '%s|%s|g++ %s\n' "$(version /usr/sbin/pdns_server)" "$headers" "$(g++ -dumpfullversion)" >"$row"

case $status in
  0) tests/run ;;
  3) echo 'no source' ;;
  *) echo 'build failed' ;;
esac
