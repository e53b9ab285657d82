#!/usr/bin/env bash
# Installs the unit for this copy of Nightdesk. As root:
#   systemd/install.sh [--cage] [--destdir DIR] CONFIG
# CONFIG: the site's configuration file. --cage: inside the Wayland compositor instead of on the graphics card.
# --destdir: put the files below DIR and change nothing of the machine.
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)

unit=nightdesk.service
destdir=
while [ $# -gt 1 ]; do
    case $1 in
        --cage) unit=nightdesk-cage.service ;;
        --destdir) destdir=$2; shift ;;
        *) echo "unknown option $1" >&2; exit 2 ;;
    esac
    shift
done
config=$(realpath -- "${1:?which configuration file?}")
program=$home/.venv/bin/nightdesk
credentials=/etc/nightdesk/credentials

[ -r "$config" ] || { echo "$config cannot be read" >&2; exit 1; }
[ -x "$program" ] || { echo "$program is not there: run make setup first" >&2; exit 1; }
if [ -z "$destdir" ] && [ "$(id -u)" != 0 ]; then
    echo 'this needs root' >&2
    exit 1
fi

fill() { # the unit with its places filled in
    sed -e "s|@PROGRAM@|$program|g" -e "s|@CONFIG@|$config|g" -e "s|@HOME@|$home|g" \
        -e "s|@CREDENTIALS@|$credentials|g" \
        -e "/^@HARDENING@\$/{r $home/systemd/hardening.conf" -e 'd}' "$home/systemd/$unit.in"
}

umask 022
install -d "$destdir/etc/systemd/system" "$destdir/etc/modules-load.d" "$destdir/etc/udev/rules.d" \
    "$destdir/etc/nightdesk"
install -d -m 0700 "$destdir$credentials"
fill >"$destdir/etc/systemd/system/$unit"
install -m 0644 "$home/systemd/modules-load.conf" "$destdir/etc/modules-load.d/nightdesk.conf"
install -m 0644 "$home/systemd/udev.rules" "$destdir/etc/udev/rules.d/60-nightdesk.rules"
if [ ! -e "$destdir$credentials/master.key" ]; then # personal data is sealed with it: keep a copy in a safe
    (umask 077 && head -c 32 /dev/urandom >"$destdir$credentials/master.key")
    echo "a new master key: $destdir$credentials/master.key. Copy it to where backups are not."
fi
[ -n "$destdir" ] && exit 0

id -u nightdesk >/dev/null 2>&1 ||
    useradd --system --user-group --home-dir /var/lib/nightdesk --shell /usr/sbin/nologin nightdesk
"$program" check-config "$config"
systemd-analyze verify "/etc/systemd/system/$unit"
systemctl daemon-reload
udevadm control --reload
udevadm trigger --subsystem-match=usb --subsystem-match=hidraw
echo "Installed. To start it now and at every boot: systemctl enable --now $unit"
