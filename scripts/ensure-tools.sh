#!/usr/bin/env bash
# What the tests need and npm does not bring: a DKIM verifier that is not ours (Debian: python3-dkim), a
# browser for the inbox (chromium), and Redis, PostgreSQL and MariaDB, which they start themselves
# (redis-server, postgresql, mariadb-server-core).
# Does nothing where they are there already; where it cannot install them, says what is missing and fails.
# On Node 20 the spool's tests run on a newer Node.js as well: that one comes from npm.
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

missing_of() { for package in "$@"; do present "$package" || echo "$package"; done; }

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

install() { # Debian packages
  command -v apt-get >/dev/null || return 1
  echo "Installing what the tests need: $*"
  # RUNLEVEL: no services are wanted, the tests start their own.
  as_root apt-get update -qq >/dev/null &&
    as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

mapfile -t missing < <(missing_of python3-dkim chromium redis-server postgresql mariadb-server-core)
[ ${#missing[@]} -eq 0 ] && exit 0
install "${missing[@]}" && [ -z "$(missing_of "${missing[@]}")" ] && exit 0

cat >&2 <<'MESSAGE'
The tests check DKIM signatures with dkimpy for /usr/bin/python3, and run Chromium, Redis, PostgreSQL and MariaDB.
Install them:
  Debian, Ubuntu:  sudo apt-get install python3-dkim chromium redis-server postgresql mariadb-server-core
  elsewhere:       /usr/bin/python3 -m pip install dkimpy, and redis-server (6.2 or later), initdb, postgres
                   and mariadbd in the PATH; CHROMIUM says where a Chromium or Chrome is
MESSAGE
exit 1
