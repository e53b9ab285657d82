"""Standalone check of a journal or of an export: reads the stored bytes, needs no key, rebuilds no JSON.

`python -m kiosk.journal.verify FILE [--anchor J-000123-7F3A9C21 ...] [--json]`; exit code 0 only for a whole chain.
"""

import argparse
import contextlib
import json
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from .anchor import Anchor, is_genuine, parse_anchor
from .codec import GENESIS, StoredRow, link
from .errors import JournalUnreadable
from .faults import ChainFault, Fault
from .rows import Chain, opened_chain, trailer
from .salvage import Unread
from .segments import SEALED, seal_faults

MOST_FAULTS: Final = 1000
ADVICE: Final[Mapping[Fault, str]] = {
    Fault.CUT: "look for the newer file: what came after the cut is known by receipts, slips and messages only",
    Fault.REPLACED: "this is not the journal that the anchor was taken from: ask who had access to the files",
    Fault.FORGED: "compare the public key with the one noted at the set-up; it stands at the end of `journal show`",
    Fault.UNREADABLE: "put these files of a backup in their place and check again; `journal show` tells the rest",
    Fault.SEAL: "put the segment and manifest.json of a backup in the place of this one and check again",
}
ADVICE_ALWAYS: Final = (
    "change nothing and keep a copy; a backup from before that is proved by `verify`, read by `journal show --file`"
    " and put back by `journal restore`"
)


@dataclass(frozen=True, slots=True)
class Report:
    """Outcome of one check."""

    events: int
    head_seq: int
    head_hash: str
    anchors: int
    faults: tuple[ChainFault, ...]
    unread: tuple[Unread, ...] = ()  # what damaged segments do not give; each is a fault as well

    @property
    def head(self) -> Anchor:
        """The head as it was read, unsigned."""
        return Anchor(self.head_seq, self.head_hash)

    @property
    def ok(self) -> bool:
        """True for a whole chain that agrees with every anchor given."""
        return not self.faults

    @property
    def tells_the_rest(self) -> bool:
        """Whether all that is wrong is segments that can't be read in part: what can be read is as it was written."""
        allowed = {(unread.first, Fault.UNREADABLE) for unread in self.unread}
        allowed |= {(unread.segment, Fault.SEAL) for unread in self.unread}
        return bool(self.unread) and {(fault.seq, fault.fault) for fault in self.faults} <= allowed


def verify(
    path: Path,
    anchors: Sequence[Anchor | str] = (),
    *,
    public_key: bytes | None = None,
    by_seals: bool = False,
) -> Report:
    """Check the chain of `path`, a journal's file with its segments or an export, and the anchors kept outside.

    `public_key` (32 bytes) also checks the signatures of anchors and of the manifest, and that an export is signed. The
    memory that it takes does not grow with the journal. `by_seals`: segments whose files are those that were sealed are
    not read row by row again. Raises ValueError for an anchor text that is none.
    """
    outside = [parse_anchor(anchor) if isinstance(anchor, str) else anchor for anchor in anchors]
    check = _Check(outside)
    try:
        with opened_chain(path) as chain:
            if chain.database is None:
                check.faults += _trailer_faults(path, outside, public_key)
            check.follow(chain, by_seals=by_seals)
            if chain.database is not None and not check.trusted:
                check.faults += seal_faults(
                    chain.database, check.seals, public_key, all_read=not check.unread
                )
    except JournalUnreadable as error:
        check.faults.append(ChainFault(check.seq + 1, Fault.UNREADABLE, str(error)))
        return check.report()
    check.faults += _anchor_faults(check.seq, check.hashes, outside, public_key)
    return check.report()


class _Check:
    """One walk along a chain: what was seen last, what is wrong."""

    def __init__(self, outside: Sequence[Anchor]) -> None:
        self.faults: list[ChainFault] = []
        self.outside = outside
        self.hashes = {0: GENESIS}  # of the events that anchors name
        self.seals: dict[int, Mapping[str, Any]] = {}  # first event of a segment -> what its event says
        self.count, self.seq, self.hash = 0, 0, GENESIS
        self.trusted = False  # segments, by their seals
        self.unread: list[Unread] = []
        self._skipped = False  # the event before the next one could not be read
        self._strangers: dict[int, bytes] = {}  # fault -> hash that its row names as the one before

    def report(self) -> Report:
        """What came out."""
        return Report(
            self.count, self.seq, self.hash.hex(), len(self.outside), tuple(self.faults), tuple(self.unread)
        )

    def follow(self, chain: Chain, *, by_seals: bool) -> None:
        """Walk to the end, or until so much is wrong that more would tell nothing."""
        if by_seals and (sealed := chain.sealed_end()) is not None:
            self._trust(chain, *sealed)
        wanted = {anchor.seq for anchor in self.outside}
        for stored in chain.readable(since=self.seq + 1):
            if isinstance(stored, Unread):
                self._skip(stored)
                continue
            seq, kind, _version, body, prev, hash_now, agrees = stored
            if self._skipped and seq == self.seq + 1:  # what it follows is not there to be compared
                self._skipped, self.hash = False, prev
            if seq != self.seq + 1 or prev != self.hash or not agrees or _hashed(stored) != hash_now:
                self._note(stored)
                if len(self.faults) >= MOST_FAULTS:
                    self.faults.append(
                        ChainFault(seq, Fault.UNREADABLE, "more is wrong; the check ended here")
                    )
                    break
            self.seq, self.hash = seq, hash_now
            self.count += 1
            if seq in wanted:
                self.hashes[seq] = hash_now
            if kind == SEALED:
                self._seal(body)
        self._name_strangers(chain)

    def _skip(self, unread: Unread) -> None:
        """Go on behind what can't be read."""
        self.faults.append(ChainFault(unread.first, Fault.UNREADABLE, unread.text))
        self.unread.append(unread)
        self.seq, self._skipped = unread.last, True

    def _trust(self, chain: Chain, last: int, hash_now: bytes) -> None:
        """Begin behind the segments."""
        self.trusted = True
        self.seq = self.count = last
        self.hash = hash_now
        for anchor in self.outside:
            if anchor.seq <= last and (row := chain.at(anchor.seq)) is not None:
                self.hashes[anchor.seq] = row.hash

    def _note(self, stored: StoredRow) -> None:
        seq, _kind, _version, _body, prev, hash_now, agrees = stored
        if seq != self.seq + 1:
            missing = f"events {self.seq + 1} to {seq - 1} are not there"
            self.faults.append(ChainFault(self.seq + 1, Fault.REMOVED, missing))
        elif prev != self.hash:
            self._strangers[len(self.faults)] = prev
            what = "was written after another event than the one before it"
            self.faults.append(ChainFault(seq, Fault.REMOVED, what))
        if _hashed(stored) != hash_now:
            self.faults.append(ChainFault(seq, Fault.EDITED, "its bytes are not those that were hashed"))
        elif not agrees:
            what = "its line says what its stored bytes do not say"
            self.faults.append(ChainFault(seq, Fault.EDITED, what))

    def _seal(self, body: bytes) -> None:
        with contextlib.suppress(ValueError, KeyError, TypeError):  # an edited one is told of as such
            data = json.loads(body)["data"]
            self.seals[int(data["first"])] = data

    def _name_strangers(self, chain: Chain) -> None:
        """What follows an event that stands elsewhere was moved; what follows none that is here lost it."""
        if not self._strangers:
            return
        named = {GENESIS} | {
            stored[5]
            for stored in chain.readable()
            if not isinstance(stored, Unread) and stored[5] in set(self._strangers.values())
        }
        for number, prev in self._strangers.items():
            if prev in named:
                self.faults[number] = replace(self.faults[number], fault=Fault.REORDERED)


def _hashed(stored: StoredRow) -> bytes:
    """The hash that the row should have; no bytes where what stands in it can't have been hashed."""
    try:
        return link(stored[4], stored[1], stored[2], stored[3])
    except (TypeError, struct.error, AttributeError, UnicodeEncodeError):
        return b""


def _trailer_faults(path: Path, outside: list[Anchor], key: bytes | None) -> Iterator[ChainFault]:
    """The head that an export ends with counts as one of the anchors `outside`."""
    last = trailer(path)
    if last is None:
        yield ChainFault(0, Fault.CUT, "the export does not end with its head: it was cut off")
        return
    outside.append(last.head)
    if key is not None and not last.head.signature:
        yield ChainFault(last.head.seq, Fault.FORGED, "the export is not signed")


def _anchor_faults(
    last: int, hashes: Mapping[int, bytes], anchors: Sequence[Anchor], key: bytes | None
) -> Iterator[ChainFault]:
    for anchor in anchors:
        if key is not None and anchor.signature and not is_genuine(anchor, key):
            yield ChainFault(anchor.seq, Fault.FORGED, f"{anchor.text} is not signed by this kiosk")
        elif anchor.seq > last:
            yield ChainFault(
                last + 1, Fault.CUT, f"the file ends at {last}, {anchor.text} was taken after that"
            )
        elif anchor.seq not in hashes or not anchor.matches(hashes[anchor.seq]):
            yield ChainFault(
                anchor.seq, Fault.REPLACED, f"is not the event that {anchor.text} was taken from"
            )


def as_json(report: Report) -> str:
    """The report for machines."""
    return json.dumps({"ok": report.ok, **asdict(report)}, ensure_ascii=False)


def as_text(report: Report) -> str:
    """The report for people."""
    head = f"{report.events} events, head {report.head_seq} {report.head_hash[:16]}, {report.anchors} anchors"
    lines = [f"event {fault.seq}: {fault.fault}: {fault.detail}" for fault in report.faults]
    if not report.ok:
        lines += ["what to do:", *(f"- {ADVICE[fault]}" for fault in _kinds(report)), f"- {ADVICE_ALWAYS}"]
    return "\n".join([f"{'whole' if report.ok else 'NOT WHOLE'}: {head}", *lines])


def _kinds(report: Report) -> list[Fault]:
    """Kinds of faults that say what to do, each once."""
    found = {fault.fault for fault in report.faults}
    if not report.unread:  # what is no journal at all has no files of a backup to be put there
        found.discard(Fault.UNREADABLE)
    return [fault for fault in ADVICE if fault in found]


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; answers the exit code."""
    parser = argparse.ArgumentParser(prog="nightdesk journal verify", description="check a journal's chain")
    parser.add_argument("file", type=Path, help="journal.db, a copy of it, a backup's folder, or an export")
    parser.add_argument(
        "--anchor",
        action="append",
        default=[],
        help="from a receipt, J-000123-7F3A9C21, or the object `journal` of the status on MQTT",
    )
    parser.add_argument("--public-key", help="the kiosk's Ed25519 public key, 64 hex digits")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        key = bytes.fromhex(given.public_key) if given.public_key else None
        report = verify(given.file, given.anchor, public_key=key)
    except ValueError as error:
        parser.error(str(error))
    sys.stdout.write((as_json(report) if given.json else as_text(report)) + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
