"""What only the keys open: a case's personal part, and by it whose cases are whose."""

import contextlib
import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from .agencyevents import CaseEntrusted
from .archive import DatabaseChain
from .codec import associated, sealed_part, split
from .errors import KeyErased
from .events import CaseOpened
from .queries import bodies_of_case
from .sealing import KeyStore
from .staffevents import CaseEntered
from .types import Event

OWN_INDEX: Final = "person_index"
FINDING: Final = (CaseOpened, CaseEntered, CaseEntrusted)
INDEXED: Final[Mapping[str, str]] = {kind.__name__: kind.INDEXED for kind in FINDING}
"""Type of an event -> the personal field by which a person's cases are found."""


def index(db: sqlite3.Connection, keys: KeyStore, event: Event) -> None:
    """Have the case found by whom this event is about, where it is about somebody."""
    if type(event).__name__ in INDEXED:
        public, personal = split(event)
        _index(db, keys, type(event).__name__, public, personal)


def _index(
    db: sqlite3.Connection, keys: KeyStore, kind: str, public: Mapping[str, Any], personal: Mapping[str, Any]
) -> bool:
    """Into the index that the event names; an agent is found only where they may fetch."""
    event = next(one for one in FINDING if one.__name__ == kind)
    number, where = personal.get(event.INDEXED), getattr(event, "INDEXED_WHERE", "")
    if not number or (where and not public[where]):
        return False
    table = getattr(event, "INDEX", OWN_INDEX)
    db.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", (keys.index(number), public["case_id"]))
    return True


def open_case(chain: DatabaseChain, keys: KeyStore, case_id: str) -> dict[str, Any]:
    """The sealed fields of a case; what was said last where one was said again. Raises `KeyErased`, `SealBroken`."""
    opened: dict[str, Any] = {}
    for seq, kind, body in bodies_of_case(chain, case_id):
        sealed = sealed_part(body)
        if sealed is not None:
            opened |= json.loads(keys.unseal(case_id, sealed, associated(kind, seq)))
    return opened


def open_event(chain: DatabaseChain, keys: KeyStore, case_id: str, seq: int) -> dict[str, Any]:
    """The sealed fields of one event of a case, none where it has none. Raises `KeyErased`, `SealBroken`."""
    for number, kind, body in bodies_of_case(chain, case_id):
        sealed = sealed_part(body) if number == seq else None
        if sealed is not None:
            return dict(json.loads(keys.unseal(case_id, sealed, associated(kind, seq))))
    return {}


def index_anew(db: sqlite3.Connection, chain: DatabaseChain, keys: KeyStore) -> int:
    """Find persons' cases again, by the keys that are left; answers how many. The caller holds the transaction."""
    count = 0
    for seq, kind, _, body, *_ in chain.of_types(tuple(INDEXED), 0):
        public, sealed = json.loads(body)["data"], sealed_part(body)
        if sealed is None:
            continue
        with contextlib.suppress(KeyErased):
            plain = json.loads(keys.unseal(public["case_id"], sealed, associated(kind, seq)))
            count += _index(db, keys, kind, public, plain)
    return count
