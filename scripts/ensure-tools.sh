#!/usr/bin/env bash
# What the tests need and npm does not bring: a DKIM verifier that is not ours (Debian: python3-dkim).
# Does nothing where it is there already; where it cannot install it, says what is missing and fails.
set -euo pipefail

verifier_present() { /usr/bin/python3 -c 'import dkim' 2>/dev/null; }

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

install_verifier() {
  command -v apt-get >/dev/null || return 1
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends python3-dkim
}

verifier_present && exit 0
echo 'Installing python3-dkim, the DKIM verifier of the tests.'
install_verifier >/dev/null && verifier_present && exit 0

cat >&2 <<'MESSAGE'
The tests check DKIM signatures with dkimpy, and it is not here. Install it for /usr/bin/python3:
  Debian, Ubuntu:  sudo apt-get install python3-dkim
  elsewhere:       /usr/bin/python3 -m pip install dkimpy
MESSAGE
exit 1
