"""What is kept of a member of staff outside the chain, sealed: name, telephone, hashes of PIN and card.

With the account go telephone, PIN and card, at once and from every copy: their key is destroyed. The name has a key of
its own and stays for a while, since whoever asks who held a paper asks for a person (`[journal] staff_days`).
"""

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from kiosk.journal.errors import KeyErased, SealBroken
from kiosk.journal.journal import Journal
from kiosk.journal.staffevents import StaffDisabled, StaffNameErased
from kiosk.journal.types import Event

RETENTION: Final = "RETENTION"
MOST_ACCOUNTS: Final = 100_000  # that were ever closed


@dataclass(frozen=True, slots=True)
class Secret:
    """Of one account. `pin_hash`: argon2id; `card_hash`: keyed hash; empty where there is none."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    pin_hash: str = field(default="", repr=False)
    card_hash: str = field(default="", repr=False)

    def encode(self) -> bytes:
        """JSON."""
        return json.dumps([self.name, self.phone, self.pin_hash, self.card_hash]).encode()


@dataclass(frozen=True, slots=True)
class StaffSecrets:
    """All of one kiosk. Methods raise `JournalError`."""

    journal: Journal

    async def of(self, staff_no: str) -> Secret:
        """What is kept of an account. Raises `KeyErased` where nothing is."""
        sql = "SELECT sealed FROM staff_secrets WHERE staff_no = ?"
        row = await self.journal.read(lambda db: db.execute(sql, (staff_no,)).fetchone())
        if row is None:
            raise KeyErased(f"nothing is kept of staff number {staff_no}")
        try:
            plain = await self.journal.unseal(_whole(staff_no), row[0])
        except SealBroken:  # the account is closed
            plain = await self.journal.unseal(_name_alone(staff_no), row[0])
        return Secret(*json.loads(plain))

    async def keep(self, event: Event, staff_no: str, secret: Secret) -> None:
        """Record the event, and keep this from now on."""
        await self._store(event, staff_no, await self.journal.seal(_whole(staff_no), secret.encode()))

    async def close(self, event: Event, staff_no: str) -> None:
        """Record the event, and keep the name alone."""
        name = Secret((await self.of(staff_no)).name)
        await self._store(event, staff_no, await self.journal.seal(_name_alone(staff_no), name.encode()))
        await self.journal.destroy([_whole(staff_no)])

    async def sweep(self, days: int, now: datetime, *, by: str) -> int:
        """Erase the names of accounts that have been closed for so many days; answers how many that were.

        Also finishes a closing that was cut off.
        """
        sql = (
            "SELECT staff_no FROM staff WHERE active = 0 AND staff_no IN (SELECT staff_no FROM staff_secrets)"
        )
        closed = [number for (number,) in await self.journal.read(lambda db: db.execute(sql).fetchall())]
        if not closed:
            return 0
        end = now - timedelta(days=days)
        told = await self.journal.events(kinds=[StaffDisabled.__name__], limit=MOST_ACCOUNTS)
        due = [
            event.data["staff_no"] for event in told if event.at < end and event.data["staff_no"] in closed
        ]
        await self.journal.destroy([*map(_whole, closed), *map(_name_alone, due)])
        for staff_no in due:
            gone = "DELETE FROM staff_secrets WHERE staff_no = ?"
            await self._record(StaffNameErased(staff_no, by, RETENTION), gone, (staff_no,))
        return len(due)

    async def _store(self, event: Event, staff_no: str, sealed: bytes) -> None:
        await self._record(event, "INSERT OR REPLACE INTO staff_secrets VALUES (?, ?)", (staff_no, sealed))

    async def _record(self, event: Event, sql: str, values: tuple[str | bytes, ...]) -> None:
        def also(db: sqlite3.Connection) -> None:
            db.execute(sql, values)

        await self.journal.append(event, also=also)


def _whole(staff_no: str) -> str:
    return f"staff:{staff_no}"


def _name_alone(staff_no: str) -> str:
    return f"staff name:{staff_no}"
