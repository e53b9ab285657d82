#!/usr/bin/env bash
# Resolves pyproject.toml anew for Python 3.11 to 3.13 and writes requirements.txt; uv lives only for this call.
# LOCK_OPTIONS: more options for uv, such as --upgrade.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! uv=$(command -v uv); then
    .venv/bin/python -m venv "$scratch/uv"
    "$scratch/uv/bin/pip" install --quiet --disable-pip-version-check uv
    uv=$scratch/uv/bin/uv
fi
cp requirements.txt "$scratch/requirements.txt" 2>/dev/null || true
# shellcheck disable=SC2086 - several options
"$uv" pip compile pyproject.toml --extra dev --extra dlib --extra report --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header --quiet ${LOCK_OPTIONS:-} --output-file "$scratch/requirements.txt"
mv "$scratch/requirements.txt" requirements.txt
echo 'requirements.txt is written; run make setup'
