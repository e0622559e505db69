#!/bin/sh
# Prints two lines: the version of a PowerDNS source tree, and that of an installed pdns_server.
# usage: pdnsversions.sh SOURCE-DIRECTORY PDNS-SERVER
set -eu
# The trees of 4.x and 5.0 are configured by autoconf; later ones by meson, with a version file.
if [ -f "$1/configure" ]; then
  source_version=$(sed -n "s/^PACKAGE_VERSION='\(.*\)'$/\1/p" "$1/configure")
elif [ -f "$1/.version" ]; then
  source_version=$(cat "$1/.version")
else
  source_version="unknown (neither configure nor .version)"
fi
server_version=$("$2" --version 2>&1 | sed -n 's/.*PowerDNS Authoritative Server \([0-9][^ ]*\).*/\1/p' | head -n 1)
echo "${source_version:-unknown}"
echo "${server_version:-unknown}"
