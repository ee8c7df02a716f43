#!/bin/sh
# venv.sh FOLDER REQUIREMENTS: makes the folder a Python environment with what the file asks for; quick
# when it is one already.
set -eu
python=${PYTHON:-python3}
venv=$1
requirements=$2

cmp -s "$requirements" "$venv/requirements.txt" && exit 0
if ! "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "error: this needs Python 3.11 or newer with venv; $python is not" >&2
    echo "  hint: apt install python3-venv, or name another: make PYTHON=python3.12 …" >&2
    exit 3
fi
echo "+ installing $requirements into $venv (a few minutes, once)" >&2
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2
cp "$requirements" "$venv/requirements.txt"
