#!/usr/bin/env bash
# What the tests need and npm does not bring: a DKIM verifier that is not ours (Debian: python3-dkim), a
# browser for the inbox (chromium), and Redis, PostgreSQL and MariaDB, which they start themselves
# (redis-server, postgresql, mariadb-server-core).
# Does nothing where they are there already. Says what it is about to install; where it cannot, lists what is
# missing and fails.
# Some tests run on the newest Node.js as well: that one comes from npm.
set -euo pipefail

node "$(dirname "$0")/newer-node.mjs"

present() { # Debian package
  case $1 in
    python3-dkim) /usr/bin/python3 -c 'import dkim' 2>/dev/null ;;
    chromium) command -v "${CHROMIUM:-chromium}" ;;
    redis-server) command -v redis-server ;;
    postgresql) command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' ;;
    mariadb-server-core) PATH="$PATH:/usr/sbin" command -v mariadbd ;;
  esac >/dev/null
}

purpose() { # Debian package
  case $1 in
    python3-dkim) echo 'dkimpy for /usr/bin/python3: verifies DKIM signatures (elsewhere: /usr/bin/python3 -m pip install dkimpy)' ;;
    chromium) echo 'a browser for the inbox (elsewhere: CHROMIUM names a Chromium or Chrome)' ;;
    redis-server) echo 'redis-server 6.2 or later in the PATH: the queue on BullMQ' ;;
    postgresql) echo 'initdb and postgres in the PATH: the outbox table' ;;
    mariadb-server-core) echo 'mariadbd in the PATH: the outbox table' ;;
  esac
}

missing_of() { for package in "$@"; do present "$package" || echo "$package"; done; }

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

can_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }
}

install() { # Debian packages
  can_install || return 1
  echo "Installing what the tests need, which takes a minute: $*"
  # RUNLEVEL: no services are wanted, the tests start their own.
  as_root apt-get update -qq >/dev/null &&
    as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

mapfile -t missing < <(missing_of python3-dkim chromium redis-server postgresql mariadb-server-core)
[ ${#missing[@]} -eq 0 ] && exit 0
install "${missing[@]}" || true
mapfile -t missing < <(missing_of "${missing[@]}")
[ ${#missing[@]} -eq 0 ] && exit 0

{
  echo 'The tests need what is missing here:'
  for package in "${missing[@]}"; do printf '  %-20s %s\n' "$package" "$(purpose "$package")"; done
  echo "On Debian and Ubuntu: sudo apt-get install ${missing[*]}"
} >&2
exit 1
