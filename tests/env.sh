#!/usr/bin/env bash
# Runs a command in the project's environment (see bootstrap.sh): tests/env.sh pytest tests/unit
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
paths=$("$here/bootstrap.sh")
while IFS='=' read -r name value; do export "$name=$value"; done <<<"$paths"
export PATH=$VENV/bin:$PATH
export ANSIBLE_COLLECTIONS_PATH=$TREE
export PYTHONPATH=$TREE:$here
export MYPYPATH=$TREE
# where it is set, everything here would be compiled again and again
unset PYTHONDONTWRITEBYTECODE
exec "$@"
