# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: failover backend authors

# Minimal roots of Debian distributions, and running commands in them; tests/bare-root and tests/matrix source this.
# The caller has `set -euo pipefail`, and set $top to the repository and $program to its own name.
#
# build/roots/CODENAME is made once; build/roots/CODENAME.packages keeps what apt-get downloads there. Each run works in
# a copy. Everything mounted for a run exists in a mount namespace of its own, with a /proc of its own processes and a
# /dev with a few nodes on a tmpfs: build/ can be removed at any time, and nothing of this machine's /dev, /proc or /sys
# can be reached from it. The network is this machine's.
# shellcheck disable=SC2154 # $top, $program
roots=$top/build/roots
here=$(. /etc/os-release && echo "$VERSION_CODENAME")

die() {
  printf '%s: %s\n' "$program" "$1" >&2
  shift
  [ $# = 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

need_tools() {
  [ "$(id -u)" = 0 ] || die 'this needs root'
  type debootstrap git unshare pivot_root >/dev/null 2>&1 || die 'this needs debootstrap, git, and util-linux-extra where pivot_root is in that package'
}

# ---- where packages come from ----

# Sets $mirror and $keyring: where this machine's own release comes from, and the file that apt checks it with (empty:
# apt has its own).
find_mirror() {
  local entry
  # shellcheck disable=SC2016 # apt's own variables
  IFS='|' read -r mirror entry < <(apt-get indextargets --format '$(REPO_URI)|$(SOURCESENTRY)' \
    'Created-By: Packages' "Codename: $here" | head -n 1) || die "apt knows no mirror of $here"
  keyring=$(sed -nE 's/^signed-by:[[:space:]]*(\/.*)/\1/Ip; s/^deb.*signed-by=(\/[^], ]*).*/\1/Ip' "${entry%:*}" | head -n 1)
}

# An archive of the unstable distribution may be a snapshot that has outlived its validity; no other may.
source_entry() {
  local codename=$1
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' "$mirror" "$codename"
  [ -z "$keyring" ] || printf 'Signed-By: %s\n' "$keyring"
  [ "$codename" != sid ] || printf 'Check-Valid-Until: no\n'
}

# What this machine's apt needs to reach its package sources, and nothing else of this machine: for its own release
# all its sources, for another distribution the same mirror.
write_apt_configuration() {
  local root=$1 codename=$2
  rm -rf "$root/etc/apt" "$root/var/lib/apt/lists"
  mkdir -p "$root/var/lib/apt/lists" "$root/usr/share/keyrings" "$root/etc/ssl/certs"
  cp -a /etc/apt "$root/etc/apt"
  cp -a /usr/share/keyrings/. "$root/usr/share/keyrings"
  cp -L /etc/resolv.conf /etc/hosts "$root/etc"
  if grep -rqs 'https://' /etc/apt/sources.list /etc/apt/sources.list.d; then
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs"
  fi
  if [ "$codename" != "$here" ]; then
    rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d" "$root/etc/apt/preferences" "$root/etc/apt/preferences.d"
    mkdir -p "$root/etc/apt/sources.list.d" "$root/etc/apt/preferences.d"
    find_mirror
    source_entry "$codename" >"$root/etc/apt/sources.list.d/$codename.sources"
  fi
  mkdir -p "$root/var/cache/packages/partial"
  echo 'Dir::Cache::archives "/var/cache/packages/";' >"$root/etc/apt/apt.conf.d/99packages"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/throw-away" # it lives for one run
}

# ---- roots ----

# Makes build/roots/CODENAME where it is not there yet.
make_base() {
  local codename=$1 new log=$roots/$1.log http_proxy=${http_proxy-} https_proxy=${https_proxy-}
  mkdir -p "$roots/$codename.packages/partial"
  [ ! -d "$roots/$codename" ] || return 0
  find_mirror
  eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
  export http_proxy https_proxy
  new=$(mktemp -d "$roots/new.XXXXXX")
  chmod 755 "$new"
  debootstrap --variant=minbase --force-check-gpg ${keyring:+--keyring="$keyring"} "$codename" "$new" "$mirror" >"$log" 2>&1 || {
    rm -rf --one-file-system "$new"
    tail -n 15 "$log" >&2
    if grep -q 'signed by unknown key' "$log"; then
      die "this machine has no key that the archive of $codename is signed with" \
        'upgrade its debian-archive-keyring, by the package of a newer release if need be'
    fi
    die "debootstrap of $codename failed: see above"
  }
  rm -f "$new"/var/cache/apt/archives/*.deb
  mv "$new" "$roots/$codename"
}

# Copies the base to ROOT, a new directory, with this repository in /root/failover: the last commit, or with a
# non-empty third argument the files as they are here.
fill_root() {
  local root=$1 codename=$2 worktree=$3
  cp -a "$roots/$codename/." "$root"
  write_apt_configuration "$root" "$codename"
  if [ -z "$worktree" ]; then
    git clone -q --no-local "$top" "$root/root/failover"
  else
    mkdir "$root/root/failover"
    git -C "$top" ls-files -coz --exclude-standard |
      tar -C "$top" --null --ignore-failed-read -T - -c | tar -C "$root/root/failover" -x
  fi
}

# ---- running ----

# Runs in the new namespaces, as their first process.
enter_root() {
  local root=$1 packages=$2 device
  shift 2
  mount --bind "$root" "$root" # pivot_root wants a mount point
  mount --bind "$packages" "$root/var/cache/packages"
  mount -t proc proc "$root/proc"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  for device in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "$root/dev/${device%:*}" c 1 "${device#*:}"
  done
  mknod -m 666 "$root/dev/tty" c 5 0
  mkdir "$root/dev/pts" "$root/dev/shm"
  chmod 1777 "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  ln -s fd/0 "$root/dev/stdin"
  ln -s fd/1 "$root/dev/stdout"
  ln -s fd/2 "$root/dev/stderr"
  # Not chroot: the namespace's own root must be the new one, or nsenter in a test would land on this machine's.
  cd "$root" || return
  pivot_root . .
  umount -l .
  # shellcheck disable=SC2016 # expanded by the shell within
  /usr/bin/env -i HOME=/root TERM="${TERM-dumb}" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    /bin/sh -c 'cd /root/failover && "$@"' sh "$@"
}

# run_in ROOT PACKAGES COMMAND…: PACKAGES: the directory that apt-get downloads to. Ends with the command's status;
# whatever the command started ends with it.
run_in() {
  export -f enter_root
  # shellcheck disable=SC2016 # expanded by the shell within
  unshare --mount --pid --fork --kill-child --propagation private \
    bash -ec 'enter_root "$@"' bash "$@"
}
