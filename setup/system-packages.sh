# Sourced by setup.sh: installs what setup/system-packages.txt names and the machine lacks.

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

wanted_packages() { # one line an entry, alternatives separated by blanks
    sed -e 's/#.*//' -e 's/|/ /g' setup/system-packages.txt | awk 'NF { $1 = $1; print }'
}

missing_entries() {
    local entry name
    wanted_packages | while read -r entry; do
        for name in $entry; do
            is_installed "$name" && continue 2
        done
        echo "$entry"
    done
}

known_of() { # for each entry the first alternative that this release has
    local entry name
    while read -r entry; do
        for name in $entry; do
            if apt-cache show --no-all-versions "$name" >/dev/null 2>&1; then
                echo "$name"
                continue 2
            fi
        done
        echo "${entry##* }"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

may_install() { # as root, or with a sudo that needs no password or can ask for one
    [ "$(id -u)" = 0 ] && return 0
    command -v sudo >/dev/null || return 1
    sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }
}

install_system_packages() {
    local missing names
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say '[1/5] no Debian here: see setup/system-packages.txt for what Nightdesk needs of the system'
        return
    fi
    missing=$(missing_entries)
    [ -z "$missing" ] && return
    if ! may_install; then
        names=$(known_of <<<"$missing" | tr '\n' ' ')
        fail "system packages are missing, and there is neither root nor sudo. As root run this line, then try again:
    apt-get update && apt-get install --yes --no-install-recommends ${names% }"
    fi
    say "[1/5] system packages: $(tr '\n' ';' <<<"$missing")"
    as_root apt-get update
    names=$(known_of <<<"$missing")
    # shellcheck disable=SC2086 - one word a package
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $names
    if grep -qx mosquitto <<<"$names" && [ -d /run/systemd/system ]; then
        say 'Debian has started a mosquitto of its own. Nightdesk starts private ones and does not need it; to stop it:
    sudo systemctl disable --now mosquitto'
    fi
}
