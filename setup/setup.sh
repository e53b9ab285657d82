#!/usr/bin/env bash
# Makes a Debian machine ready: system packages, .venv, pinned dependencies, fonts, models. A second run only looks.
set -euo pipefail
cd "$(dirname "$0")/.."
. setup/system-packages.sh

STAMP=.venv/.set-up
MODELS_STAMP=.venv/.models

say() { printf '\033[1m%s\033[0m\n' "$*"; }
fail() { printf 'set-up: %s\n' "$*" >&2; exit 1; }

fits() { # whether $1 is a Python that Nightdesk runs on, able to make environments
    "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
    local candidate
    if [ -n "${PYTHON:-}" ]; then
        fits "$PYTHON" || fail "PYTHON=$PYTHON is no Python 3.11 to 3.13 with the modules venv and ensurepip"
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if fits "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    fail 'no Python 3.11 to 3.13 here; name one: make setup PYTHON=/path/to/python3'
}

base_of() {
    "$1" -c 'import sys; print(sys.base_prefix, sys.version)' 2>/dev/null
}

is_usable() { # whether .venv stands, on the Python that was asked for
    fits .venv/bin/python || return 1
    [ -z "${PYTHON:-}" ] || [ "$(base_of "$PYTHON")" = "$(base_of .venv/bin/python)" ]
}

fingerprint() { # of all that the environment is made from
    { cat requirements.txt pyproject.toml setup/setup.sh screens/fonts.py
      .venv/bin/python -c 'import sys; print(sys.version, sys.prefix, sys.base_prefix)'
    } 2>/dev/null | sha256sum
}

make_environment() {
    local python
    if ! is_usable; then
        python=$(find_python)
        say "[2/5] environment .venv with $("$python" -V)"
        "$python" -m venv --clear .venv
    else
        say "[2/5] environment .venv with $(.venv/bin/python -V) is there"
    fi
    say '[3/5] dependencies, pinned with hashes (about 400 MB the first time)'
    # --no-deps: the lock is complete, and face-recognition would have dlib compiled that dlib-bin is instead
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes \
        --only-binary :all: -r requirements.txt | grep --line-buffered -v '^Requirement already satisfied' || [ "${PIPESTATUS[0]}" = 0 ]
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --quiet --no-deps --no-build-isolation -e .
    say '[4/5] fonts'
    .venv/bin/python -m screens.fonts
}

models_wanted() {
    sha256sum kiosk/models.py config/face.toml 2>/dev/null || true
}

install_models() { # without models there is no face check, and Nightdesk says so: a reason to go on
    [ -f kiosk/models.py ] || return 0
    say '[5/5] face models'
    if .venv/bin/nightdesk models install; then
        models_wanted >"$MODELS_STAMP"
    else
        say 'no face models: the face check stays off; try again with: .venv/bin/nightdesk models install'
    fi
}

install_system_packages
if ! is_usable || [ "$(fingerprint)" != "$(cat "$STAMP" 2>/dev/null)" ]; then
    rm -f "$STAMP"
    make_environment
    fingerprint >"$STAMP"
fi
[ "$(models_wanted)" = "$(cat "$MODELS_STAMP" 2>/dev/null)" ] || install_models
