#!/usr/bin/env bash
# Makes the two things every other command stands on, outside the checkout, and prints their paths:
#   VENV  a virtual environment with the pinned toolchain, keyed by the pins
#   TREE  a collections path in which eks.redis is this checkout, beside its two dependencies
# Safe to run at any time, also twice at once; takes milliseconds when nothing changed.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/eks-redis
python=${PYTHON:-python3}
pins=$(cat "$checkout/tests/requirements.txt" "$checkout/tests/constraints.txt" | sha256sum | cut -c1-12)
venv=$cache/venv-$pins
tree=$cache/tree-$(printf %s "$checkout" | sha256sum | cut -c1-12)

say() { printf '%s\n' "$*" >&2; }

if [ ! -e "$venv/.complete" ]; then
    command -v "$python" >/dev/null || { say "bootstrap: $python not found: install Python 3.11 or newer"; exit 2; }
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        { say "bootstrap: $("$python" --version) is too old: Python 3.11 or newer is needed (PYTHON=/path/to/python3.11)"; exit 2; }
    mkdir -p "$cache"
    exec 9>"$venv.lock"
    flock 9
    if [ ! -e "$venv/.complete" ]; then
        say "bootstrap: installing the Python toolchain into $venv (once, about a minute)"
        if ! "$python" -c 'import ensurepip' 2>/dev/null; then
            [ "$(id -u)" = 0 ] || { say "bootstrap: install the Debian package python3-venv first"; exit 2; }
            say "bootstrap: installing the Debian package python3-venv"
            apt-get -qq update >&2 && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3-venv >&2
        fi
        "$python" -m venv --clear "$venv"
        "$venv/bin/python" -m pip -q install uv >&2
        # --compile-bytecode: without .pyc files every import of kubernetes costs seconds
        "$venv/bin/uv" pip install -q --python "$venv/bin/python" --compile-bytecode \
            -r "$checkout/tests/requirements.txt" -c "$checkout/tests/constraints.txt" >&2
        touch "$venv/.complete"
    fi
    exec 9>&-
fi

site=$(echo "$venv"/lib/python3.*/site-packages)
collections=$tree/ansible_collections
if [ "$(readlink "$collections/eks/redis" 2>/dev/null)" != "$checkout" ] ||
    [ "$(readlink "$collections/kubernetes" 2>/dev/null)" != "$site/ansible_collections/kubernetes" ]; then
    mkdir -p "$collections/eks"
    # a regular package, so that it wins over the one in site-packages
    touch "$collections/__init__.py"
    ln -sfnT "$checkout" "$collections/eks/redis"
    for namespace in kubernetes amazon; do
        ln -sfnT "$site/ansible_collections/$namespace" "$collections/$namespace"
    done
fi

printf 'VENV=%s\nTREE=%s\n' "$venv" "$tree"
