"""The telephone number that the back office knows for a card: from its register, else from the person's own cases here.

A number typed now proves nothing; one that was known before today's visit does.
"""

import contextlib
import csv
import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from kiosk.idnumber import NumberInvalid, citizen_number, permit_number
from kiosk.journal.entrusted import agency_of
from kiosk.journal.errors import KeyErased
from kiosk.journal.events import KnownPhonesImported
from kiosk.journal.journal import Journal

REGISTER: Final = "known phones"  # whose key seals the register's numbers
WHY: Final = "the citizen's own code"
COLUMNS: Final = ("id_number", "phone")
MOST_PHONES: Final = 2_000_000
MOBILE_DIGITS: Final = 11


class RegisterUnusable(ValueError):
    """A register cannot be imported; the text names the line and what is wrong with it, never what stands there."""


class KnownPhones(Protocol):
    """Where numbers are known."""

    async def of(self, id_number: str) -> str | None:
        """The number to send a code to; None where none is known."""


@dataclass(frozen=True, slots=True)
class JournalPhones:
    """`KnownPhones` from this kiosk's journal: the imported register first, then the newest case of the person."""

    journal: Journal

    async def of(self, id_number: str) -> str | None:
        """Raises `JournalError`."""
        person = await self.journal.keyed_hash(id_number)
        sql = "SELECT sealed FROM known_phones WHERE person = ?"
        row = await self.journal.read(lambda db: db.execute(sql, (person,)).fetchone())
        if row is not None:
            return (await self.journal.unseal(REGISTER, row[0])).decode()
        for case in reversed(await self.journal.cases_of(id_number)):
            if await self.journal.read(lambda db, case=case: agency_of(db, case.case_id)):  # type: ignore[misc]
                continue  # an agent typed it: it proves nothing of the person
            try:
                opened = await self.journal.personal(case.case_id, staff_no="", reason=WHY)
            except KeyErased:
                continue
            if phone := opened.get("phone"):
                return str(phone)
        return None


@dataclass(frozen=True, slots=True)
class Register:
    """A register that was read: numbers of persons with their telephones, and the file's SHA-256."""

    phones: Mapping[str, str] = field(repr=False)
    sha256: str


def read_register(path: Path) -> Register:
    """Read a CSV file with the columns `id_number` and `phone`. Raises `RegisterUnusable`, `OSError`."""
    raw = path.read_bytes()
    try:
        rows = csv.DictReader(raw.decode("utf-8-sig").splitlines(), strict=True)
        if rows.fieldnames is None or not set(COLUMNS) <= set(rows.fieldnames):
            raise RegisterUnusable(f"{path.name}: needs the columns {', '.join(COLUMNS)} in its first line")
        phones = dict(_entries(path.name, rows))
    except UnicodeDecodeError as error:
        raise RegisterUnusable(f"{path.name}: is not text in UTF-8") from error
    except csv.Error as error:
        raise RegisterUnusable(f"{path.name}: is not CSV") from error
    return Register(phones, hashlib.sha256(raw).hexdigest())


def _entries(name: str, rows: Iterable[Mapping[str, str | None]]) -> Iterable[tuple[str, str]]:
    for line, row in enumerate(rows, start=2):
        if line > MOST_PHONES:
            raise RegisterUnusable(f"{name}: more than {MOST_PHONES} lines")
        number, phone = ((row[column] or "").strip() for column in COLUMNS)
        known = _id_number(name, line, number)
        if not (len(phone) == MOBILE_DIGITS and phone.isascii() and phone.isdigit() and phone[0] == "1"):
            raise RegisterUnusable(
                f"{name}: line {line}: phone: a mobile number has 11 digits and begins with 1"
            )
        yield known, phone


def _id_number(name: str, line: int, untrusted: str) -> str:
    for kind in (citizen_number, permit_number):
        with contextlib.suppress(NumberInvalid):
            return kind(untrusted)
    raise RegisterUnusable(
        f"{name}: line {line}: id_number: neither an ID number of 18 signs nor a permit's of 15"
    )


async def import_register(journal: Journal, register: Register, *, by: str) -> int:
    """Replace the whole register; answers how many numbers it has. Raises `JournalError`."""
    rows = [
        (await journal.keyed_hash(number), await journal.seal(REGISTER, phone.encode()))
        for number, phone in register.phones.items()
    ]

    def replace(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM known_phones")
        db.executemany("INSERT INTO known_phones VALUES (?, ?)", rows)

    await journal.append(KnownPhonesImported(len(rows), by, register.sha256), also=replace)
    return len(rows)
