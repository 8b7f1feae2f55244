#!/usr/bin/env bash
# Finds a Python ≥ 3.11 and hands over to script/lib/<command>.py: run.sh COMMAND [ARGUMENT]…
set -euo pipefail
export GEO112_CALLED_FROM="$PWD"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for python in python3 python3.14 python3.13 python3.12 python3.11; do
  if command -v "$python" >/dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    exec "$python" -m "script.lib.$1" "${@:2}"
  fi
done
echo "script/$1: Python 3.11 or newer is needed and was not found; on Debian or Ubuntu: apt-get install python3 python3-venv." >&2
exit 1
