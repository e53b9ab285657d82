"""What can still be read of a sealed segment whose file is damaged: the rows before the damage and those after it.

Reads bytes and proves nothing. Who reads so checks each row and says which are missing.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from .archive import FOLDER, NO_END, ROW, About, DatabaseChain, Part, connect_sealed
from .codec import StoredRow

_FORWARD: Final = f"SELECT {ROW} FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq"
_BACKWARD: Final = "SELECT seq FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq DESC"


@dataclass(frozen=True, slots=True)
class Unread:
    """Events that a damaged segment does not give any more: `first` up to and with `last`; `segment`: its own first."""

    segment: int
    first: int
    last: int
    file: str
    why: str

    @property
    def text(self) -> str:
        """Which, where and why."""
        return f"events {self.first} to {self.last} can't be read from {self.file}: {self.why}"


def salvaged(part: Part) -> Iterator[StoredRow | Unread]:
    """The rows of a segment, ascending; in the place of those that can't be read an `Unread`.

    A damaged tree is walked from its other end too, so that what is damaged hides no more than itself.
    """
    read = part.first - 1
    try:
        with closing(connect_sealed(part.file)) as db:
            for stored in db.execute(_FORWARD, (part.first, part.last)):
                yield stored
                read = stored[0]
        return
    except sqlite3.DatabaseError as error:
        why = str(error)
    rest = _readable_from_behind(part, read + 1)
    if read < rest - 1:
        yield _unread(part, read + 1, rest - 1, why)
    yield from _rest(part, rest, why)


def _rest(part: Part, first: int, why: str) -> Iterator[StoredRow | Unread]:
    """From the first row that was found from behind on."""
    read = first - 1
    with contextlib.suppress(sqlite3.DatabaseError), closing(connect_sealed(part.file)) as db:
        for stored in db.execute(_FORWARD, (first, part.last)):
            yield stored
            read = stored[0]
    if read < part.last:
        yield _unread(part, read + 1, part.last, why)


def _unread(part: Part, first: int, last: int, why: str) -> Unread:
    return Unread(part.first, first, last, f"{FOLDER}/{part.file.name}", why)


def _readable_from_behind(part: Part, least: int) -> int:
    """The lowest number that a walk from the end comes to, above what was read; behind the end where it finds none."""
    lowest = part.last + 1
    with contextlib.suppress(sqlite3.DatabaseError), closing(connect_sealed(part.file)) as db:
        for (seq,) in db.execute(_BACKWARD, (least, part.last)):
            if seq != lowest - 1:
                break
            lowest = seq
    return lowest


def readable(chain: DatabaseChain, since: int = 1) -> Iterator[StoredRow | Unread]:
    """All rows of a journal from number `since` on, ascending, its damaged segments as far as they can be read."""
    for part in chain.segments:
        if since <= part.last:
            yield from (one for one in salvaged(part) if not isinstance(one, tuple) or one[0] >= since)
    yield from chain.stored(since=max(since, chain.live.first))


class Salvaged:
    """A journal's rows without those that can't be read, for who has been told which these are.

    Without the indexes of the segments, which may be damaged as well: each reading goes through whole files.
    """

    def __init__(self, chain: DatabaseChain) -> None:
        self._chain = chain

    def stored(self, upto: int = NO_END, since: int = 1) -> Iterator[StoredRow]:
        """Rows from number `since` to `upto`, ascending."""
        rows = (one for one in readable(self._chain, since) if isinstance(one, tuple))
        return (one for one in rows if one[0] <= upto)

    def about(self, about: About, upto: int = NO_END, since: int = 1) -> Iterator[StoredRow]:
        """The rows that may matter, ascending."""
        return (one for one in self.stored(upto, since) if about.matches(one))

    def at(self, seq: int) -> StoredRow | None:
        """One row, None where it is not there or can't be read."""
        return next((one for one in self.stored(seq, seq) if one[0] == seq), None)
