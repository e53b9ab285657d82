"""`nightdesk journal backup`, `restore` and `erase`: the record kept for years, and nothing of a person for longer."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

from kiosk.journal.anchor import Anchor, parse_anchor
from kiosk.journal.backup import restore, write_backup
from kiosk.journal.errors import JournalDamaged
from kiosk.journal.journal import FILE_NAME, opened
from kiosk.journal.owner import as_owner_of
from kiosk.journal.verify import verify
from kiosk.runtime.erasure import Erasure, order
from kiosk.runtime.records import attested
from kiosk.settings import Settings, layers, load

ADVICE: Final = "`nightdesk journal verify` lists every fault"


def add_verbs(verbs: Any, site_file: Path) -> None:
    """Add them to the parser of `nightdesk journal`; each sets `work`."""
    backup = verbs.add_parser("backup", help="copy the journal into a folder, beside the running program")
    backup.set_defaults(work=_backup)
    backup.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="new, empty, or an earlier backup"
    )
    back = verbs.add_parser(
        "restore", help="put a backup in the place of the journal; the program must have ended"
    )
    back.set_defaults(work=_restore)
    back.add_argument("--from", type=Path, required=True, metavar="DIR", dest="folder")
    back.add_argument(
        "--anchor", type=_anchor, action="append", default=[], metavar="ANCHOR",
        help="of a receipt or of the status on MQTT: what the journal must hold",
    )  # fmt: skip
    back.add_argument("--accept-loss", action="store_true", help="although events will be missing")
    erase = verbs.add_parser("erase", help="destroy the keys of a case's, or a person's, personal data")
    erase.set_defaults(work=_erase, refuse=erase.error)
    whose = erase.add_mutually_exclusive_group(required=True)
    whose.add_argument("--case", metavar="NUMBER")
    whose.add_argument(
        "--person", action="store_true", help="all cases of a person, whose number is asked for"
    )
    erase.add_argument("--by", required=True, metavar="NUMBER", help="the supervisor who orders it")
    erase.add_argument("--reason", required=True, metavar="TEXT", help="recorded; without personal data")
    erase.add_argument(
        "--stdin",
        action="store_true",
        help="read the PIN, and below it the person's number, from standard input",
    )
    for verb in (backup, back, erase):
        verb.add_argument("--config", type=Path, default=site_file, help=f"the site's file ({site_file})")


def _anchor(text: str) -> Anchor:
    try:
        return parse_anchor(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _backup(given: argparse.Namespace) -> int:
    settings = _settings(given)
    file = settings.paths.state_dir / FILE_NAME
    head = asyncio.run(attested(settings)).head
    report = verify(file, by_seals=True)
    if not report.ok:
        fault = report.faults[0]
        raise JournalDamaged(f"{file} is damaged: event {fault.seq}: {fault.fault}: {fault.detail}; {ADVICE}")
    made = write_backup(file, given.out, head, datetime.now(UTC))
    print(f"{made.head.seq} events in {given.out}, head {made.head.text}, checked")
    return _told_pages(made.without_pages)


def _told_pages(without: tuple[str, ...]) -> int:
    """The exit code: what a backup lacks is a fault to be looked at, though the rest of it is good."""
    if without:
        print(
            f"without the scanned pages of {', '.join(without)}: what lies there is not what the journal recorded",
            file=sys.stderr,
        )
    return 1 if without else 0


def _restore(given: argparse.Namespace) -> int:
    settings = _settings(given)
    state_dir = settings.paths.state_dir
    with as_owner_of(state_dir):
        done = restore(
            given.folder, state_dir, datetime.now(UTC), anchors=given.anchor, accept_loss=given.accept_loss
        )
    found = asyncio.run(_index(settings))
    print(f"{done.head.seq} events are back, head {done.head.text}; persons of {found} cases can be found")
    if done.moved_to is not None:
        print(f"what stood there before: {done.moved_to}")
    if done.known is not None:
        print(
            f"missing: what happened up to {done.known.text}. The next start records it and asks staff to look"
        )
    return _told_pages(done.without_pages)


async def _index(settings: Settings) -> int:
    paths = settings.paths
    async with opened(paths.state_dir, master_key_file=paths.master_key_file) as journal:
        return await journal.reindex()


def _erase(given: argparse.Namespace) -> int:
    pin = _asked(given, "PIN: ")
    number = _asked(given, "number of the person's card: ") if given.person else ""
    refuse: Callable[[str], NoReturn] = given.refuse
    if given.person and not number:
        refuse("--person needs the number of the person's card")
    what = Erasure(given.by, pin, given.reason, given.case or "", number)
    cases = asyncio.run(order(_settings(given), what))
    print(f"the personal data of {len(cases)} cases is erased: {', '.join(cases)}")
    return 0


def _asked(given: argparse.Namespace, prompt: str) -> str:
    return sys.stdin.readline().strip() if given.stdin else getpass.getpass(prompt)


def _settings(given: argparse.Namespace) -> Settings:
    return load(layers(given.config))
