"""Standalone check of a journal: reads the stored bytes, needs no key, rebuilds no JSON.

`python -m kiosk.journal.verify FILE [--anchor J-000123-7F3A9C21 ...] [--json]`; exit code 0 only for a whole chain.
"""

import argparse
import json
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from .anchor import Anchor, is_genuine, parse_anchor
from .codec import GENESIS, Encoded, link


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
    def ok(self) -> bool:
        """True for a whole chain that agrees with every anchor given."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int
    row: Encoded
    prev: bytes
    hash: bytes


def verify(path: Path, anchors: Sequence[Anchor | str] = (), *, public_key: bytes | None = None) -> Report:
    """Check the chain of `path` and the anchors kept outside. `public_key` (32 bytes) also checks their signatures.

    Raises ValueError for an anchor text that is none.
    """
    outside = [parse_anchor(anchor) if isinstance(anchor, str) else anchor for anchor in anchors]
    try:
        rows = list(_rows(path))
    except (sqlite3.DatabaseError, OSError) as error:
        fault = ChainFault(0, Fault.UNREADABLE, str(error))
        return Report(0, 0, GENESIS.hex(), len(outside), (fault,))
    faults = [*_chain_faults(rows), *_anchor_faults(rows, outside, public_key)]
    head = rows[-1] if rows else None
    head_hash = head.hash.hex() if head else GENESIS.hex()
    return Report(len(rows), head.seq if head else 0, head_hash, len(outside), tuple(faults))


def _rows(path: Path) -> Iterator[_Row]:
    if not path.is_file():
        raise FileNotFoundError(f"no file {path.name}")
    db = _connect(path)
    try:
        for seq, kind, version, body, prev, stored in db.execute("SELECT * FROM events ORDER BY seq"):
            yield _Row(seq, Encoded(str(kind), int(version), bytes(body)), bytes(prev), bytes(stored))
    finally:
        db.close()


def _connect(path: Path) -> sqlite3.Connection:
    """Read only; a copy on a read-only medium, which has no log beside it, is read as it is."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        db.execute("SELECT 1 FROM events LIMIT 1")
    except sqlite3.Error as error:
        db.close()
        if not isinstance(error, sqlite3.OperationalError) or path.with_name(path.name + "-wal").exists():
            raise
        return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    return db


def _chain_faults(rows: Sequence[_Row]) -> Iterator[ChainFault]:
    known = {row.hash for row in rows}
    before, expected = GENESIS, 1
    for row in rows:
        if row.seq != expected:
            yield ChainFault(expected, Fault.REMOVED, f"events {expected} to {row.seq - 1} are not there")
        elif row.prev != before:
            fault = Fault.REORDERED if row.prev in known or row.prev == GENESIS else Fault.REMOVED
            yield ChainFault(row.seq, fault, "was written after another event than the one before it")
        if link(row.prev, row.row) != row.hash:
            yield ChainFault(row.seq, Fault.EDITED, "its bytes are not those that were hashed")
        before, expected = row.hash, row.seq + 1


def _anchor_faults(
    rows: Sequence[_Row], anchors: Sequence[Anchor], key: bytes | None
) -> Iterator[ChainFault]:
    hashes = {row.seq: row.hash for row in rows} | {0: GENESIS}
    last = rows[-1].seq if rows else 0
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
    parser.add_argument("file", type=Path)
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
