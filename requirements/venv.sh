#!/bin/sh
# Makes the virtual environment $1 with the pinned packages of $2 and this checkout itself.
# Needs Python 3.11 or later ($3, else the newest one found); uses uv where it can, else pip.
set -eu
venv=$1
pinned=$2

find_python() {
    for name in "${1:-}" python3.14 python3.13 python3.12 python3.11 python3; do
        [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$name" && return
    done
    echo "gavel: Python 3.11 or later is needed and was not found. Install it (Debian, Ubuntu: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3 ..." >&2
    exit 1
}

python=$(find_python "${3:-}")
if [ ! -x "$venv/bin/python" ]; then
    echo "gavel: making $venv with $($python --version)"
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --allow-existing --python "$(command -v "$python")" "$venv"
    elif ! "$python" -m venv "$venv"; then
        rm -rf "$venv"
        echo "gavel: $python can't make virtual environments. Install the package that lets it (Debian, Ubuntu: apt install python3-venv) and try again." >&2
        exit 1
    fi
fi
echo "gavel: installing $pinned"
if command -v uv >/dev/null 2>&1; then
    uv=uv
else
    "$venv/bin/python" -m pip install --quiet --require-hashes -r requirements/uv.txt
    uv="$venv/bin/uv"
fi
"$uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r "$pinned"
"$uv" pip install --quiet --python "$venv/bin/python" --no-deps --editable .
