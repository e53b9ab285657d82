#!/usr/bin/env bash
# Bundles the libraries of the verification page into kiosk/certificates/page/libraries.js: needs npm and the network.
# The versions are pinned with hashes in package-lock.json, so that the same input gives the same bytes.
# `build.sh --check` only says whether the committed file is what comes out.
set -euo pipefail
cd "$(dirname "$0")"
target=../../kiosk/certificates/page/libraries.js
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp package.json package-lock.json libraries.mjs notice.txt "$scratch"
cd "$scratch"
npm ci --no-audit --no-fund --silent
banner="/* $(cat notice.txt) */"
npx --no-install esbuild libraries.mjs --bundle --minify --format=iife --global-name=libraries --target=es2020 \
    --legal-comments=inline --charset=ascii --banner:js="$banner" --outfile=libraries.js --log-level=warning
cd - >/dev/null
if [ "${1:-}" = --check ]; then
    cmp "$scratch/libraries.js" "$target" && echo 'libraries.js is what package-lock.json gives'
else
    mv "$scratch/libraries.js" "$target"
    echo "$target is written"
fi
