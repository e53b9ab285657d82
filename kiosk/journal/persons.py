"""What only the keys open: a case's personal part, and by it whose cases are whose."""

import contextlib
import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from .archive import DatabaseChain
from .codec import associated, sealed_part
from .errors import KeyErased
from .events import CaseOpened
from .queries import bodies_of_case
from .sealing import KeyStore
from .staffevents import CaseEntered

INDEXED: Final[Mapping[str, str]] = {kind.__name__: kind.INDEXED for kind in (CaseOpened, CaseEntered)}
"""Type of an event -> the personal field by which a person's cases are found."""


def open_case(chain: DatabaseChain, keys: KeyStore, case_id: str) -> dict[str, Any]:
    """The sealed fields of a case; what was said last where one was said again. Raises `KeyErased`, `SealBroken`."""
    opened: dict[str, Any] = {}
    for seq, kind, body in bodies_of_case(chain, case_id):
        sealed = sealed_part(body)
        if sealed is not None:
            opened |= json.loads(keys.unseal(case_id, sealed, associated(kind, seq)))
    return opened


def index_anew(db: sqlite3.Connection, chain: DatabaseChain, keys: KeyStore) -> int:
    """Find persons' cases again, by the keys that are left; answers how many. The caller holds the transaction."""
    count = 0
    for seq, kind, _, body, *_ in chain.of_types(tuple(INDEXED), 0):
        case_id, sealed = json.loads(body)["data"]["case_id"], sealed_part(body)
        if sealed is None:
            continue
        with contextlib.suppress(KeyErased):
            plain = json.loads(keys.unseal(case_id, sealed, associated(kind, seq)))
            row = keys.index(plain[INDEXED[kind]]), case_id
            db.execute("INSERT OR IGNORE INTO person_index VALUES (?, ?)", row)
            count += 1
    return count
