"""Sealed segments: the old part of the chain in files that are never written again, and the manifest of them.

That a segment was sealed is an event with the SHA-256 of its file, so the chain itself vouches for the files. The
manifest says the same in one place, signed by the kiosk.
"""

import base64
import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .archive import FOLDER, DatabaseChain, Part, connect_sealed, segment_name
from .codec import GENESIS, canonical, field_of_body, link
from .errors import JournalDamaged, JournalUnreadable
from .events import SegmentSealed
from .faults import ChainFault, Fault
from .sealing import make_folder, sync_file, sync_folder, write_private

SEALED: Final = SegmentSealed.__name__
MANIFEST: Final = "manifest.json"
_DOMAIN: Final = b"nightdesk segments 1"
_MODE: Final = 0o400
_FIELDS_ASKED_FOR: Final = ("case_id", "cell", "session_id")
_NOTICES: Final = (
    "id, message_id, event_seq, channel, recipient, case_id, state, attempts, created_at, settled_at, error"
)
_EVENTS: Final = """
CREATE TABLE events (
    seq     INTEGER PRIMARY KEY,
    type    TEXT    NOT NULL,
    version INTEGER NOT NULL,
    body    BLOB    NOT NULL,
    prev    BLOB    NOT NULL,
    hash    BLOB    NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """One sealed file. Hashes in hexadecimal; `prev`, of the event before the first; `hash`, of the last."""

    first: int
    last: int
    prev: str
    hash: str
    sha256: str

    @property
    def name(self) -> str:
        """Of its file, in the folder of segments."""
        return segment_name(self.first)


@dataclass(frozen=True, slots=True)
class Manifest:
    """All segments of a journal, oldest first. `signature`: the kiosk's, base64; empty where there is none."""

    segments: tuple[Segment, ...] = ()
    signature: str = ""

    def signed(self, key: Ed25519PrivateKey) -> "Manifest":
        """The same with the kiosk's signature."""
        return Manifest(self.segments, base64.b64encode(key.sign(self._message())).decode())

    def is_genuine(self, public_key: bytes) -> bool:
        """Whether the kiosk with this public key (32 bytes) signed it."""
        try:
            signature = base64.b64decode(self.signature, validate=True)
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, self._message())
        except (InvalidSignature, ValueError):
            return False
        return True

    def _message(self) -> bytes:
        return _DOMAIN + canonical([asdict(segment) for segment in self.segments])


def read_manifest(folder: Path) -> Manifest:
    """The manifest in the folder of segments; an empty one where there is none. Raises `JournalUnreadable`."""
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_bytes())
        return Manifest(tuple(Segment(**one) for one in told["segments"]), str(told["signature"]))
    except FileNotFoundError:
        return Manifest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise JournalUnreadable(f"{path} is no manifest of segments: {error}") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put it down whole and durable."""
    told = {"segments": [asdict(segment) for segment in manifest.segments], "signature": manifest.signature}
    write_private(folder / MANIFEST, json.dumps(told, indent=1).encode() + b"\n")


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# sealing ------------------------------------------------------------------------------------------------------------


def seal(journal_file: Path, first: int, last: int) -> Segment:
    """Copy these events with what became of their notices into a segment beside the journal, and prove the copy.

    Blocks for seconds, beside the running journal. The file is durable on return; nothing was taken from the journal.
    Raises `JournalDamaged` where the events do not follow each other, `sqlite3.Error`, `OSError`.
    """
    folder = journal_file.with_name(FOLDER)
    make_folder(folder)
    half, name = folder / "segment.part", segment_name(first)
    half.unlink(missing_ok=True)
    try:
        _copy(journal_file, half, first, last)
        prev, hash_now = _proved(half, first, last)
        half.chmod(_MODE)
        sync_file(half)
        segment = Segment(first, last, prev.hex(), hash_now.hex(), file_sha256(half))
        half.replace(folder / name)
    finally:
        half.unlink(missing_ok=True)
    sync_folder(folder)
    return segment


def _copy(journal_file: Path, target: Path, first: int, last: int) -> None:
    with closing(sqlite3.connect(target, isolation_level=None, uri=True)) as db:
        target.chmod(0o600)
        db.execute("PRAGMA journal_mode=OFF")  # half a file is thrown away
        db.execute("PRAGMA synchronous=OFF")  # synced as a whole afterwards
        db.executescript(_EVENTS)
        db.execute("ATTACH ? AS live", (f"{journal_file.resolve().as_uri()}?mode=ro",))
        db.execute("BEGIN")
        span = (first, last)
        db.execute(
            "INSERT INTO events SELECT * FROM live.events WHERE seq BETWEEN ? AND ? ORDER BY seq", span
        )
        db.execute(
            f"CREATE TABLE notices AS SELECT {_NOTICES} FROM live.outbox"
            " WHERE event_seq BETWEEN ? AND ? AND state != 'queued' ORDER BY id",
            span,
        )
        db.execute("CREATE INDEX events_type ON events (type, seq)")
        for name in _FIELDS_ASKED_FOR:
            field = field_of_body(name)
            db.execute(f"CREATE INDEX events_{name} ON events ({field}, seq) WHERE {field} IS NOT NULL")
        db.execute("COMMIT")


def _proved(path: Path, first: int, last: int) -> tuple[bytes, bytes]:
    """The hash before the first event and that of the last, once every row follows the one before it."""
    begins, before, expected = b"", None, first
    with closing(connect_sealed(path)) as db:
        rows = db.execute("SELECT seq, type, version, body, prev, hash FROM events ORDER BY seq")
        for seq, kind, version, body, prev, hash_now in rows:
            follows = before is None or prev == before
            if seq != expected or not follows or link(prev, kind, version, body) != hash_now:
                raise JournalDamaged(f"event {seq} does not follow event {expected - 1}: nothing is sealed")
            begins, before, expected = begins or prev, hash_now, seq + 1
    if expected != last + 1 or before is None:
        raise JournalDamaged(f"events {expected} to {last} are not there: nothing is sealed")
    return begins, before


# checking -----------------------------------------------------------------------------------------------------------


def seal_faults(
    chain: DatabaseChain, seals: Mapping[int, Mapping[str, Any]], public_key: bytes | None, *, all_read: bool
) -> Iterator[ChainFault]:
    """What is wrong with the files of a chain that was read. `seals`: what the chain's own events say of them.

    `all_read`: False where events could not be read, which may have said so too.
    """
    if not chain.segments:
        return
    folder = chain.segments[0].file.parent
    try:
        manifest = read_manifest(folder)
    except JournalUnreadable as error:
        yield ChainFault(chain.segments[0].first, Fault.SEAL, str(error))
        return
    if public_key is not None and not manifest.is_genuine(public_key):
        yield ChainFault(chain.segments[0].first, Fault.FORGED, f"{MANIFEST} is not signed by this kiosk")
    listed = {segment.first: segment for segment in manifest.segments}
    for part in chain.segments:
        yield from _file_faults(part, listed.get(part.first), seals.get(part.first), all_read=all_read)


def _file_faults(
    part: Part, listed: Segment | None, sealed: Mapping[str, Any] | None, *, all_read: bool
) -> Iterator[ChainFault]:
    name = part.file.name
    try:
        found = file_sha256(part.file)
    except OSError as error:  # a disk that fails
        yield ChainFault(part.first, Fault.SEAL, f"{name} can't be read: {error.strerror}")
        return
    if listed is None or listed.sha256 != found:
        yield ChainFault(part.first, Fault.SEAL, f"{name} is not the file that {MANIFEST} lists")
    if sealed is None and all_read:
        yield ChainFault(part.first, Fault.SEAL, f"no event says that {name} was sealed")
    elif sealed is not None and sealed["sha256"] != found:
        yield ChainFault(part.first, Fault.SEAL, f"{name} is not the file that was sealed")


def sealed_end(chain: DatabaseChain) -> tuple[int, bytes] | None:
    """Number and hash of the last event in segments; None unless each is, byte for byte, the file that was sealed.

    The newest event of a sealing stands in the journal's own file, the others in files that are proved before they are
    asked. No less than a check row by row, which each file had when it was sealed. Not of the journal's own file.
    """
    seals = _seals(chain, chain.live)
    first, before = _begin(chain, chain.live)
    end = first - 1, before
    for part in reversed(chain.segments):
        sealed = seals.get(part.first)
        if sealed is None or (sealed.last + 1, sealed.hash) != (first, before.hex()):
            return None
        try:
            if file_sha256(part.file) != sealed.sha256:
                return None
        except OSError:  # a disk that fails: row by row it is said where
            return None
        seals |= _seals(chain, part)
        first, before = _begin(chain, part)
    return end if (first, before) == (1, GENESIS) else None


def _begin(chain: DatabaseChain, part: Part) -> tuple[int, bytes]:
    """Number of the first event in a file, and the hash before it."""
    row = next(chain.of_part(part), None)
    return (0, b"") if row is None else (row[0], row[4])


def _seals(chain: DatabaseChain, part: Part) -> dict[int, SegmentSealed]:
    """What events in one file say; one that can't be read says nothing, and the check row by row finds it."""
    found: dict[int, SegmentSealed] = {}
    for body in chain.bodies(part, SEALED):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            sealed = SegmentSealed(**json.loads(body)["data"])
            found[sealed.first] = sealed
    return found


def listed_with(manifest: Manifest, fresh: Segment) -> Manifest:
    """The manifest with one more; what a crash left over of the same events is replaced."""
    kept: Iterable[Segment] = (one for one in manifest.segments if one.first < fresh.first)
    return Manifest((*kept, fresh))
