"""How often faces did not match lately: for one card and for the kiosk, durable over a restart.

What was only undecided counts for the card alone: a look-alike has no more tries than anybody, and the lobby goes on.

Nobody is accused: when a limit is reached staff are told, and for the rest of the window a person decides instead.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk.journal.codec import to_text
from kiosk.journal.events import FaceChecksBlocked
from kiosk.journal.journal import Journal


class Scope(StrEnum):
    """Whose checks are counted."""

    CARD = "card"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class MismatchLimits:
    """So many within `window_s` (seconds), and there are no more checks until the window has moved on."""

    per_card: int = 4
    per_kiosk: int = 12
    window_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class Mismatches:
    """The counts of one kiosk. `now`: wall clock with a zone. Methods raise `JournalError`."""

    journal: Journal
    limits: MismatchLimits
    now: Callable[[], datetime]

    async def blocked(self, card_number: str) -> Scope | None:
        """Why no check is made of whoever holds this card; None: it is made."""
        counted = await self._count(await self.journal.keyed_hash(card_number))
        return next((scope for scope, limit in self._limits().items() if counted[scope] >= limit), None)

    async def count(self, session_id: str, card_number: str, *, against: bool = True) -> None:
        """One more that did not match: `against` the person, or undecided. Of a limit reached staff are told."""
        person = await self.journal.keyed_hash(card_number)
        at, before = to_text(self.now()), self._since()

        def keep(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM face_mismatches WHERE at < ?", (before,))
            db.execute("INSERT INTO face_mismatches VALUES (?, ?, ?)", (person, at, int(against)))

        known = await self._count(person)
        reached = [
            FaceChecksBlocked(session_id, scope.value, limit)
            for scope, limit in self._limits().items()
            if (against or scope is Scope.CARD) and known[scope] + 1 == limit
        ]
        if reached:
            await self.journal.append(reached, also=keep)
        else:
            await self.journal.write(keep)

    def _limits(self) -> dict[Scope, int]:
        return {Scope.CARD: self.limits.per_card, Scope.KIOSK: self.limits.per_kiosk}

    def _since(self) -> str:
        return to_text(self.now() - timedelta(seconds=self.limits.window_s))

    async def _count(self, person: str) -> dict[Scope, int]:
        since = self._since()
        sql = "SELECT coalesce(sum(against), 0), coalesce(sum(person = ?), 0) FROM face_mismatches WHERE at >= ?"
        every, own = await self.journal.read(lambda db: db.execute(sql, (person, since)).fetchone())
        return {Scope.CARD: own, Scope.KIOSK: every}
