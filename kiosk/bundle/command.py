"""`nightdesk bundle`: collect, pack, deliver."""

import sys
from pathlib import Path

from kiosk.filing import place_for
from kiosk.settings import Settings

from .content import collect
from .deliver import NotDelivered, keep, removable, upload


def main(settings: Settings, *, out: Path | None, url: str | None, log_file: Path | None) -> int:
    """0: delivered; 1: not; 2: nowhere was named. Raises `CommandRefused`; `OSError` where `out` can't be written."""
    if out is None and url is None:
        print("say where: --out FILE.tar.gz, --out FOLDER or --upload https://…", file=sys.stderr)
        for volume in removable():
            print(f"a removable medium is here: --out {volume.folder}  ({volume.device})", file=sys.stderr)
        return 2
    if out is not None and not out.is_dir():
        place_for(out)
    bundle = collect(settings, log_file=log_file)
    for name, why in bundle.missing.items():
        print(f"without {name}: {why}", file=sys.stderr)
    try:
        if out is not None:
            print(keep(bundle, out))
        if url is not None:
            print(upload(bundle, url, settings))
    except NotDelivered as error:
        print(error, file=sys.stderr)
        return 1
    return 0
