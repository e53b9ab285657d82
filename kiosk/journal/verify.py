"""Standalone check of a journal or of an export: reads the stored bytes, needs no key, rebuilds no JSON.

`python -m kiosk.journal.verify FILE [--anchor J-000123-7F3A9C21 ...] [--json]`; exit code 0 only for a whole chain.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from .anchor import Anchor, is_genuine, parse_anchor
from .codec import GENESIS, link
from .errors import JournalUnreadable
from .rows import Row, is_export, rows, trailer


class Fault(StrEnum):
    """What can be wrong with a chain."""

    EDITED = "edited"  # the bytes of a row are not those that were hashed
    REMOVED = "removed"  # a row is missing in the middle or at the front
    REORDERED = "reordered"  # a row follows another one than it was written after
    CUT = "cut"  # the file ends before an anchor that was taken from it
    REPLACED = "replaced"  # the row of an anchor is another one than the anchor was taken from
    FORGED = "forged"  # the anchor itself is not signed by this kiosk
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One fault and where."""

    seq: int
    fault: Fault
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """Outcome of one check."""

    events: int
    head_seq: int
    head_hash: str
    anchors: int
    faults: tuple[ChainFault, ...]

    @property
    def head(self) -> Anchor:
        """The head as it was read, unsigned."""
        return Anchor(self.head_seq, self.head_hash)

    @property
    def ok(self) -> bool:
        """True for a whole chain that agrees with every anchor given."""
        return not self.faults


def verify(path: Path, anchors: Sequence[Anchor | str] = (), *, public_key: bytes | None = None) -> Report:
    """Check the chain of `path`, a journal's file or an export, and the anchors kept outside.

    `public_key` (32 bytes) also checks the signatures of anchors, and that an export is signed. The memory that it
    takes does not grow with the journal. Raises ValueError for an anchor text that is none.
    """
    outside = [parse_anchor(anchor) if isinstance(anchor, str) else anchor for anchor in anchors]
    faults: list[ChainFault] = []
    count, head = 0, Anchor(0, GENESIS.hex())
    try:
        if path.is_file() and is_export(path):
            faults += _trailer_faults(path, outside, public_key)
        hashes = {0: GENESIS}
        wanted = {anchor.seq for anchor in outside}
        for row in _followed(path, faults):
            count, head = count + 1, row.anchor
            if row.seq in wanted:
                hashes[row.seq] = row.hash
    except JournalUnreadable as error:
        faults.append(ChainFault(head.seq + 1, Fault.UNREADABLE, str(error)))
        return Report(count, head.seq, head.hash_hex, len(outside), tuple(faults))
    faults += _anchor_faults(head.seq, hashes, outside, public_key)
    return Report(count, head.seq, head.hash_hex, len(outside), tuple(faults))


def _followed(path: Path, faults: list[ChainFault]) -> Iterator[Row]:
    """The rows; what is wrong with the way they follow each other is added to `faults`."""

    @cache
    def known() -> frozenset[bytes]:
        return frozenset({GENESIS, *(row.hash for row in rows(path))})

    before, expected = GENESIS, 1
    for row in rows(path):
        if row.seq != expected:
            faults.append(
                ChainFault(expected, Fault.REMOVED, f"events {expected} to {row.seq - 1} are not there")
            )
        elif row.prev != before:
            fault = Fault.REORDERED if row.prev in known() else Fault.REMOVED
            faults.append(
                ChainFault(row.seq, fault, "was written after another event than the one before it")
            )
        if link(row.prev, row.row) != row.hash:
            faults.append(ChainFault(row.seq, Fault.EDITED, "its bytes are not those that were hashed"))
        elif not row.agrees:
            faults.append(ChainFault(row.seq, Fault.EDITED, "its line says what its stored bytes do not say"))
        before, expected = row.hash, row.seq + 1
        yield row


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
    return "\n".join([f"{'whole' if report.ok else 'NOT WHOLE'}: {head}", *lines])


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; answers the exit code."""
    parser = argparse.ArgumentParser(prog="nightdesk journal verify", description="check a journal's chain")
    parser.add_argument("file", type=Path, help="journal.db, a copy of it, or an export")
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
