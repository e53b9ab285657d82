"""What the keys of a state folder still open, by docs/journal.md alone; nothing of the product is imported.

A key lies in keys.db, sealed with the master key under its owner's name; a personal part of a fact is sealed with the
key of its case, bound to its type and number.
"""

import base64
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12
OF_THE_KIOSK: Final = ("kiosk:anchor", "kiosk:index")


@dataclass(frozen=True, slots=True)
class Keys:
    """The opened keys by owner."""

    by_owner: dict[str, bytes]

    @property
    def own(self) -> dict[str, bytes | None]:
        """Those that must stay the same for ever."""
        return {owner: self.by_owner.get(owner) for owner in OF_THE_KIOSK}


def read_keys(state: Path) -> Keys:
    """All keys. Raises `cryptography.exceptions.InvalidTag` for one that no master key here opens."""
    files = (state / "keys" / name for name in ("master.key", "master.next"))
    masters = [file.read_bytes() for file in files if file.exists()]
    with closing(sqlite3.connect(f"file:{state / 'keys' / 'keys.db'}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT owner, wrapped FROM keys").fetchall()
    return Keys({owner: _by_either(masters, wrapped, owner) for owner, wrapped in rows})


def unopened(journal: Path, keys: Keys) -> Iterator[str]:
    """Personal parts in the journal's own file that can't be read although nobody erased them, or still can."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT seq, type, body FROM events ORDER BY seq").fetchall()
        staff = [f"staff:{number}" for (number,) in db.execute("SELECT staff_no FROM staff_secrets")]
    bodies = [(seq, kind, json.loads(body)) for seq, kind, body in rows]
    erased, ordered = (
        {body["data"]["case_id"] for _, kind, body in bodies if kind == said}
        for said in ("PersonalDataErased", "ErasureOrdered")
    )
    for seq, kind, body in bodies:
        if "sealed" not in body:
            continue
        case_id = body["data"]["case_id"]
        key = keys.by_owner.get(case_id)
        if case_id in erased:
            if key is not None:
                yield f"the key of {case_id} is there, and a fact says that it was erased"
        elif key is None and case_id in ordered:
            continue  # the next start carries it out
        elif key is None:
            yield f"the key of {case_id} is gone, and fact {seq} has a personal part"
        else:
            try:
                _open(key, base64.b64decode(body["sealed"]), f"event:{kind}:{seq}")
            except InvalidTag:
                yield f"the personal part of fact {seq} does not open"
    yield from (f"the key of {owner} is gone" for owner in staff if owner not in keys.by_owner)


def _by_either(masters: list[bytes], wrapped: bytes, owner: str) -> bytes:
    """After an erasure the keys change from one master key to the next, a few at a time."""
    try:
        return _open(masters[0], wrapped, owner)
    except InvalidTag:
        return _open(masters[-1], wrapped, owner)


def _open(key: bytes, sealed: bytes, associated: str) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated.encode())
