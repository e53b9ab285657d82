"""`nightdesk scans`: `list` the cases with scanned pages; `export`: two of staff take those of a case to the office."""

import argparse
import asyncio
import getpass
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from kiosk.filing import place_for, store
from kiosk.journal.errors import JournalError
from kiosk.runtime.command import CommandRefused
from kiosk.runtime.scancommands import ScanOrder, take_out, waiting
from kiosk.settings import Settings, SettingsError, layers, load
from kiosk.staff import StaffError

REFUSALS: Final = (StaffError, JournalError, CommandRefused, OSError)


def main(arguments: Sequence[str], site_file: Path) -> int:
    """One verb: 0 done, 1 refused, 2 a call without sense."""
    given = _parser(site_file).parse_args(arguments)
    work: Callable[[argparse.Namespace], int] = given.work
    try:
        return work(given)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 1


def _parser(site_file: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nightdesk scans", description="pages scanned instead of copied")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    listed = verbs.add_parser("list", help="cases with pages; nothing of a person, nothing of a page")
    listed.add_argument("--json", action="store_true")
    listed.set_defaults(work=_list)
    export = verbs.add_parser("export", help="write the pages of a case as JPEG; two of staff answer for it")
    export.add_argument("--case", required=True, metavar="NUMBER")
    export.add_argument(
        "--to", required=True, type=Path, metavar="DIR", help="a folder; it is made for you alone"
    )
    export.add_argument("--by", required=True, metavar="NUMBER", help="who takes them out")
    export.add_argument("--second", required=True, metavar="NUMBER", help="who answers for it too")
    export.add_argument(
        "--stdin", action="store_true", help="read both PINs from standard input, a line each"
    )
    export.set_defaults(work=_export)
    for verb in (listed, export):
        verb.add_argument("--config", type=Path, default=site_file, help=f"the site's file ({site_file})")
    return parser


def _list(given: argparse.Namespace) -> int:
    found = asyncio.run(waiting(_settings(given)))
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    for one in found:
        how = "nothing else came in" if one["whole"] else "beside papers"
        gone = f"taken out {one['exported_at']}" if one["exported_at"] else "waiting"
        if one["exported_at"] and one["waiting"]:
            gone = f"{gone}, {one['waiting']} pages came since"
        print(f"{one['case']}  {one['pages']:>3} pages  {one['sealed_at']}  {how}  {gone}")
    if not found:
        print("no case has scanned pages")
    return 0


def _export(given: argparse.Namespace) -> int:
    pins = [_asked(given, f"PIN of {number}: ") for number in (given.by, given.second)]
    order = ScanOrder(given.case, given.by, given.second, *pins)
    settings = _settings(given)
    _try(given.to)
    pages = asyncio.run(take_out(settings, order))
    for number, page in enumerate(pages, start=1):
        try:
            store(given.to / f"{given.case}-{number:02}.jpg", page)
        except OSError as error:
            there = f"{number - 1} of {len(pages)} pages are there"
            raise OSError(f"{error}; {there}: give the same call again once it can") from error
    print(f"{len(pages)} pages in {given.to}; they are open there: delete them once the office has them")
    return 0


def _try(folder: Path) -> None:
    """That pages were taken out is on record before they are opened: not where no file can be put."""
    place_for(folder / "page")
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"a page")


def _asked(given: argparse.Namespace, prompt: str) -> str:
    return sys.stdin.readline().strip() if given.stdin else getpass.getpass(prompt)


def _settings(given: argparse.Namespace) -> Settings:
    return load(layers(given.config))
