"""`nightdesk journal`: `show` tells the history of a case, a compartment, a member of staff; `export`; and others.

Reads the stored bytes, beside the running program or without one. Only the signed head and a case's personal part are
asked of the program, which holds the keys.
"""

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

from kiosk import safekeeping
from kiosk.catalogue import load as load_catalogue
from kiosk.dossier.pdf import Dossier, Origin, render_pdf
from kiosk.filing import store
from kiosk.journal import verify
from kiosk.journal.codec import to_text
from kiosk.journal.errors import JournalDamaged, JournalError, JournalUnreadable
from kiosk.journal.export import write_export
from kiosk.journal.faults import Fault
from kiosk.journal.history import Entry, Subject, View, history
from kiosk.journal.journal import FILE_NAME
from kiosk.journal.rows import Trailer, is_export, trailer
from kiosk.journal.salvage import Unread
from kiosk.journal.types import StoredEvent
from kiosk.notify.texts import Language
from kiosk.recordwords import Teller
from kiosk.runtime.command import CommandRefused
from kiosk.runtime.notices import Lookups
from kiosk.runtime.records import Attested, Reading, attested
from kiosk.settings import Settings, SettingsError, layers, load
from kiosk.staff import StaffError
from screens.languages import SIMPLIFIED, WRITTEN
from screens.words import words

FAULTS_SHOWN: Final = 5
ERASED: Final = "PersonalDataErased"


def main(arguments: Sequence[str], site_file: Path) -> int:
    """One verb, on the kiosk of `site_file` unless another is named; 0: done, 1: not done, 2: a call without sense."""
    if arguments[:1] == ["verify"]:
        return verify.main(arguments[1:])
    given = _parser(site_file).parse_args(arguments)
    work: Callable[[argparse.Namespace], int] = given.work
    try:
        return work(given)
    except (
        JournalError,
        StaffError,
        CommandRefused,
        SettingsError,
        OSError,
        RuntimeError,
    ) as error:
        print(error, file=sys.stderr)
        return 1


def _parser(site_file: Path) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nightdesk journal", description="what the journal says")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    show = verbs.add_parser("show", help="the history of a case, a compartment or a member of staff")
    show.set_defaults(work=_show, refuse=show.error)
    show.add_argument("--json", action="store_true")
    export = verbs.add_parser(
        "export", help="a history as PDF, or all events as JSON lines with the signed head"
    )
    export.set_defaults(work=_export, refuse=export.error)
    export.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="….pdf with a history, ….jsonl"
    )
    for verb in (show, export):
        subject = verb.add_mutually_exclusive_group(required=verb is show)
        subject.add_argument("--case", metavar="NUMBER")
        subject.add_argument("--cell", metavar="NAME", help="a compartment, e.g. A-03")
        subject.add_argument("--staff", metavar="NUMBER")
        verb.add_argument("--since", type=_moment, metavar="TIME", help="2026-03-01 or 2026-03-01T18:00")
        verb.add_argument("--until", type=_moment, metavar="TIME", help="a day counts to its end")
        verb.add_argument("--lang", choices=WRITTEN)
        verb.add_argument(
            "--personal", action="store_true", help="name, number, telephone of a case; is recorded"
        )
        verb.add_argument("--by", default="", metavar="NUMBER", help="the supervisor who reads personal data")
        verb.add_argument("--pin-stdin", action="store_true", help="read the PIN from standard input")
    for verb in (show, export):
        source = verb.add_mutually_exclusive_group()
        source.add_argument("--config", type=Path, default=site_file, help=f"the site's file ({site_file})")
        source.add_argument("--file", type=Path, help="a copy of journal.db, or an export, in its place")
    safekeeping.add_verbs(verbs, site_file)
    verbs.add_parser("verify", help="`verify FILE`: check the chain of a journal or an export")
    return parser


# what is read -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Source:
    """The file, and the settings of the kiosk that writes it; None for a copy."""

    file: Path
    settings: Settings | None

    @property
    def zone(self) -> tzinfo:
        return UTC if self.settings is None else ZoneInfo(self.settings.kiosk.timezone)

    def origin(self, lang: str) -> Origin:
        """Whose record it is, in a language."""
        if self.settings is None:
            return Origin(self.file.name)
        kiosk = self.settings.kiosk
        if lang == "en":
            return Origin(kiosk.id, kiosk.name_en, kiosk.place_en)
        return Origin(kiosk.id, kiosk.name_zh, kiosk.place_zh)

    def teller(self, lang: str | None) -> Teller:
        if self.settings is None:
            return Teller(words(lang or SIMPLIFIED), self.zone)
        chosen = lang or self.settings.staff.language
        lookups = Lookups(load_catalogue(self.settings.paths.services_dir))
        return Teller(
            words(chosen), self.zone, lambda code: lookups.item_name(code, Language(chosen)) or code
        )


def _source(given: argparse.Namespace) -> _Source:
    if given.file is not None:
        return _Source(given.file, None)
    settings = load(layers(given.config))
    return _Source(settings.paths.state_dir / FILE_NAME, settings)


@dataclass(frozen=True, slots=True)
class _Proved:
    """The head of a chain that was checked, and what damaged segments do not give of it."""

    attested: Attested
    unread: tuple[Unread, ...] = ()


def _proved(
    source: _Source, reading: Reading | None = None, *, by_seals: bool = False, salvaging: bool = False
) -> _Proved:
    """The head, after the chain was checked; `by_seals`: sealed files that are unchanged are not read row by row.

    `salvaging`: segments may be damaged, so long as all that can be read of them is what was written. Raises
    `JournalDamaged` and what `attested` raises.
    """
    told = trailer(source.file) if source.file.is_file() and is_export(source.file) else None
    key = bytes.fromhex(told.public_key) if told and told.public_key else None
    report = verify.verify(source.file, public_key=key, by_seals=by_seals)
    if not report.ok and report.events == 0 and report.faults[0].fault is Fault.UNREADABLE:
        raise JournalUnreadable(report.faults[0].detail)
    if not report.ok and not (salvaging and report.tells_the_rest):
        faults = [f"event {fault.seq}: {fault.fault}: {fault.detail}" for fault in report.faults]
        more = [f"and {len(faults) - FAULTS_SHOWN} more"] if len(faults) > FAULTS_SHOWN else []
        advice = "read a copy from before that with --file; `nightdesk journal verify` lists every fault and what to do"
        raise JournalDamaged("\n".join([f"{source.file} is damaged", *faults[:FAULTS_SHOWN], *more, advice]))
    if source.settings is None:
        return _Proved(Attested(told or Trailer(report.head)), report.unread)
    return _Proved(asyncio.run(attested(source.settings, reading)), report.unread)


# show ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """A history with what surrounds it."""

    subject: Subject
    entries: Sequence[Entry]
    attested: Attested
    is_erased: bool
    since: datetime | None
    until: datetime | None
    unread: tuple[Unread, ...]


def _show(given: argparse.Namespace) -> int:
    source = _source(given)
    told = _told(given, source, _subject(given), by_seals=True, salvaging=True)
    if given.json:
        print(json.dumps(_plain(told), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(told, source.teller(given.lang))))
    return 1 if told.unread else 0


def _subject(given: argparse.Namespace) -> Subject:
    view = next(view for view in View if getattr(given, view) is not None)
    return Subject(view, getattr(given, view))


def _told(
    given: argparse.Namespace,
    source: _Source,
    subject: Subject,
    *,
    by_seals: bool = False,
    salvaging: bool = False,
) -> _Told:
    proved = _proved(source, _reading(given, subject), by_seals=by_seals, salvaging=salvaging)
    head = proved.attested
    since, until = _bound(given.since, source.zone, time.min), _bound(given.until, source.zone, time.max)
    entries = history(source.file, subject, head.head.head.seq, since, salvaging=bool(proved.unread))
    if not entries:
        when = "" if since is None else f" since {given.since}"
        but = "".join(f"; {unread.text}" for unread in proved.unread)
        raise JournalError(
            f"the journal has no event of {subject.view} {subject.name}{when}: check the spelling{but}"
        )
    return _Told(
        subject,
        [entry for entry in entries if _within(entry.event, since, until)],
        head,
        head.personal == {} or any(entry.event.type == ERASED for entry in entries),
        since,
        until,
        proved.unread,
    )


def _reading(given: argparse.Namespace, subject: Subject) -> Reading | None:
    refuse: Callable[[str], NoReturn] = given.refuse
    if not given.personal:
        return None
    if subject.view is not View.CASE:
        refuse("--personal goes with --case: personal data belongs to a case")
    if given.file is not None:
        refuse("--personal needs the kiosk's keys: call it at the kiosk, with --config")
    if not given.by:
        refuse("--personal needs --by, the number of the supervisor who reads")
    pin = sys.stdin.readline().strip() if given.pin_stdin else getpass.getpass("PIN: ")
    return Reading(subject.name, given.by, pin)


def _moment(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text) if len(text) <= len("2026-03-01") else datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day or time: 2026-03-01, 2026-03-01T18:00"
        ) from error


def _bound(given: date | datetime | None, zone: tzinfo, of_day: time) -> datetime | None:
    if given is None:
        return None
    moment = given if isinstance(given, datetime) else datetime.combine(given, of_day)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _within(event: StoredEvent, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or event.at >= since) and (until is None or event.at <= until)


def _lines(told: _Told, teller: Teller) -> Iterator[str]:
    """The whole page, for a terminal."""
    yield from teller.heading(told.subject, told.since, told.until)
    if told.subject.view is View.CASE:
        yield teller.person(told.attested.personal, is_erased=told.is_erased)
    yield ""
    last, missing = told.attested.head.head.text, list(told.unread)
    for entry, line in zip(told.entries, teller.lines(told.entries), strict=True):
        while missing and missing[0].last < entry.row.seq:
            yield from teller.unread(missing.pop(0))
        last = line.ref
        yield f"{line.ref}  {line.at}  {line.what}"
        yield from (" " * (len(line.ref) + 2) + note for note in line.notes)
    for unread in missing:
        yield from teller.unread(unread)
    yield ""
    yield from teller.closing(told.attested.head, last, is_whole=not told.unread)


def _plain(told: _Told) -> dict[str, Any]:
    personal: object = told.attested.personal
    if told.subject.view is View.CASE and not personal:
        personal = "erased" if told.is_erased else "sealed"
    return {
        "subject": {"view": told.subject.view, "name": told.subject.name},
        "personal": personal,
        "events": [_plain_entry(entry) for entry in told.entries],
        "unread": [{"first": one.first, "last": one.last, "file": one.file} for one in told.unread],
        **told.attested.head.plain(),
    }


def _plain_entry(entry: Entry) -> dict[str, Any]:
    event, left = entry.event, entry.open
    plain: dict[str, Any] = {
        "seq": event.seq, "hash": entry.row.hash.hex(), "type": event.type, "version": event.version,
        "at": to_text(event.at), "data": dict(event.data), "known": entry.known, "by": entry.by,
    }  # fmt: skip
    if event.wall != event.at:
        plain["wall"] = to_text(event.wall)
    if entry.unwatched_since is not None:
        plain["unwatched_since"] = to_text(entry.unwatched_since)
    if left is not None:
        plain["unknown_until"] = None if left.until is None else left.until.seq
    return plain


# export -------------------------------------------------------------------------------------------------------------


def _export(given: argparse.Namespace) -> int:
    refuse: Callable[[str], NoReturn] = given.refuse
    is_pdf = given.out.suffix == ".pdf"
    if is_pdf != any(getattr(given, view) is not None for view in View):
        refuse("a history (--case, --cell, --staff) goes into a .pdf; any other file takes the whole chain")
    source = _source(given)
    if is_pdf:
        return _export_pdf(given, source)
    head = _proved(source).attested.head
    count = write_export(source.file, given.out, head)
    print(f"{count} events in {given.out}, head {head.head.text}")
    return 0


def _export_pdf(given: argparse.Namespace, source: _Source) -> int:
    if given.out.exists():
        raise FileExistsError(f"{given.out} exists already: name another file, nothing is overwritten")
    told, teller = _told(given, source, _subject(given)), source.teller(given.lang)
    person = ""
    if told.subject.view is View.CASE:
        person = teller.person(told.attested.personal, is_erased=told.is_erased)
    head = told.attested.head
    dossier = Dossier(
        told.subject, told.entries, head, source.origin(teller.words.lang), datetime.now(source.zone), person,
        told.since, told.until,
    )  # fmt: skip
    store(given.out, render_pdf(dossier, teller))
    print(f"{len(told.entries)} lines in {given.out}, head {head.head.text}")
    return 0
