#!/usr/bin/env bash
# Starts Nightdesk against emulated hardware: in a window where there is a display, else the whole story offscreen.
set -euo pipefail
cd "$(dirname "$0")/.."

if .venv/bin/python setup/has_display.py; then
    exec .venv/bin/nightdesk demo "$@"
fi
echo 'No display here: the story is played offscreen, pictures go to out/demo.'
.venv/bin/nightdesk demo --auto --out out/demo "$@"
echo "The pages: $PWD/out/demo/screens/"
echo "The receipt: $PWD/out/demo/receipt.png"
