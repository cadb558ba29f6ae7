#!/usr/bin/env bash
# What the tests need and npm does not bring: a DKIM verifier that is not ours (Debian: python3-dkim), and
# PostgreSQL and MariaDB, which they start themselves (Debian: postgresql, mariadb-server-core).
# Does nothing where they are there already; where it cannot install them, says what is missing and fails.
set -euo pipefail

verifier_present() { /usr/bin/python3 -c 'import dkim' 2>/dev/null; }
postgres_present() { command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
mariadb_present() { PATH="$PATH:/usr/sbin" command -v mariadbd >/dev/null; }

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

install() { # Debian packages
  command -v apt-get >/dev/null || return 1
  echo "Installing what the tests need: $*"
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq >/dev/null && as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

missing=()
verifier_present || missing+=(python3-dkim)
postgres_present || missing+=(postgresql)
mariadb_present || missing+=(mariadb-server-core)
[ ${#missing[@]} -eq 0 ] && exit 0
install "${missing[@]}" && verifier_present && postgres_present && mariadb_present && exit 0

cat >&2 <<'MESSAGE'
The tests check DKIM signatures with dkimpy for /usr/bin/python3, and run PostgreSQL and MariaDB. Install them:
  Debian, Ubuntu:  sudo apt-get install python3-dkim postgresql mariadb-server-core
  elsewhere:       /usr/bin/python3 -m pip install dkimpy, and initdb, postgres and mariadbd in the PATH
MESSAGE
exit 1
