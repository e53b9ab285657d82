"""Staff: accounts, roles, who is told for which item, sign-in by number (or card in its place) and PIN.

Accounts are events. Name, telephone, PIN hash and the card's keyed hash lie sealed outside the chain, where they can be
erased.
"""

import asyncio
import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from drivers.contracts.staffcard import CardUid
from kiosk.journal.codec import from_text, to_text
from kiosk.journal.errors import KeyErased
from kiosk.journal.journal import Journal
from kiosk.journal.staffevents import (
    StaffAdded,
    StaffCardChanged,
    StaffChanged,
    StaffDisabled,
    StaffLockedOut,
    StaffPinReset,
    StaffPinWrong,
    StaffSignedIn,
    StaffSignedOut,
)
from kiosk.journal.types import Event
from kiosk.staffsecrets import Secret, StaffSecrets

PIN_DIGITS: Final = 6
WRONG_BEFORE_WAIT: Final = 5
FIRST_WAIT_S: Final = 15.0
LONGEST_WAIT_S: Final = 24 * 3600.0
STRANGERS_KEPT: Final = 256

STAFF_NO: Final = re.compile(r"[0-9]{3,8}")
_PHONE: Final = re.compile(r"\+?[0-9]{5,15}")


class Role(StrEnum):
    """What somebody may do at the kiosk."""

    STAFF = "staff"
    TECHNICIAN = "technician"
    SUPERVISOR = "supervisor"
    HELPER = "helper"  # of a village or community: hands in for others, opens nothing

    @property
    def may_collect(self) -> bool:
        """Whether they answer for what citizens left: take it out, countersign, are told of it."""
        return self in COLLECTORS


COLLECTORS: Final = (Role.STAFF, Role.SUPERVISOR)


class StaffError(ValueError):
    """An account cannot be made or changed so; the text says why and what is allowed, without personal data."""


@dataclass(frozen=True, slots=True)
class Member:
    """One account. `told_for` holds item codes; `*` stands for every item."""

    staff_no: str
    role: Role
    departments: tuple[str, ...]
    told_for: tuple[str, ...]
    active: bool
    name: str = field(default="", repr=False)
    has_phone: bool = False
    has_card: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Number and PIN belong together."""

    member: Member


@dataclass(frozen=True, slots=True)
class WrongPin:
    """They do not. `wait_s` before the next attempt; 0 when there are attempts left."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class Locked:
    """Not looked at: `wait_s` are still to pass."""

    wait_s: float


SignIn = SignedIn | WrongPin | Locked


@dataclass(frozen=True, slots=True)
class Attempts:
    """Wrong PINs in a row and the wait that followed the last."""

    failures: int = 0
    locked_until: datetime | None = None
    lock_s: float = 0.0

    def wait_s(self, now: datetime) -> float:
        """Seconds still to wait; never more than the wait that was set, should the clock have gone back."""
        if self.locked_until is None:
            return 0.0
        return min(max((self.locked_until - now).total_seconds(), 0.0), self.lock_s)


def pin_fault(pin: str) -> str | None:
    """Why a PIN is refused, None for a good one: six digits, no run, no digit all over, no short pattern repeated."""
    if not (len(pin) == PIN_DIGITS and pin.isascii() and pin.isdigit()):
        return f"a PIN has exactly {PIN_DIGITS} digits"
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    repeated = pin[:2] * 3 == pin or pin[:3] * 2 == pin
    if (len(steps) == 1 and steps <= {0, 1, 9}) or repeated or len(set(pin)) < 3:
        return "a PIN that anybody would try first is refused"
    return None


def wait_after(failures: int, *, allowed: int = WRONG_BEFORE_WAIT, first_s: float = FIRST_WAIT_S) -> float:
    """Seconds to wait after so many wrong PINs in a row: none, then `first_s`, doubling with each further one."""
    if failures < allowed:
        return 0.0
    return min(first_s * 2.0 ** min(failures - allowed, 32), LONGEST_WAIT_S)


class StaffRegistry:
    """All accounts of one kiosk. Methods raise `StaffError` for what is not allowed, `JournalError` from below."""

    def __init__(
        self,
        journal: Journal,
        *,
        hasher: PasswordHasher | None = None,
        attempts: int = WRONG_BEFORE_WAIT,
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        self._journal = journal
        self.secrets: Final = StaffSecrets(journal)
        self._hasher = hasher or PasswordHasher()
        self._allowed = attempts
        self._first_wait_s = first_wait_s
        self._one_at_a_time = asyncio.Lock()
        self._strangers: dict[str, Attempts] = {}
        self._decoy: str | None = None

    # --- accounts ----------------------------------------------------------------------------------------------------

    async def add(
        self,
        staff_no: str,
        *,
        name: str,
        pin: str,
        role: Role,
        departments: Sequence[str] = (),
        phone: str = "",
        told_for: Sequence[str] = (),
        card: CardUid | None = None,
        by: str,
    ) -> Member:
        """Make an account. Numbers are never given twice, not even after `disable`."""
        _refuse(STAFF_NO.fullmatch(staff_no) is None, "a staff number has 3 to 8 digits")
        _refuse(not name.strip(), "a name is needed")
        _check(pin, phone)
        _refuse(await self.get(staff_no) is not None, f"staff number {staff_no} is taken")
        if card is not None:
            await self._refuse_held(card, staff_no)
        pin_hash = await asyncio.to_thread(self._hasher.hash, pin)
        event = StaffAdded(staff_no, Role(role).value, tuple(departments), tuple(told_for), by)
        await self.secrets.keep(event, staff_no, Secret(name.strip(), phone, pin_hash))
        if card is not None:
            await self.give_card(staff_no, card, by=by)
        return await self._known(staff_no)

    async def change(
        self,
        staff_no: str,
        *,
        by: str,
        role: Role | None = None,
        departments: Sequence[str] | None = None,
        told_for: Sequence[str] | None = None,
        phone: str | None = None,
    ) -> Member:
        """Change what is given, keep the rest."""
        member = await self._known(staff_no)
        _refuse(not member.active, f"staff number {staff_no} is disabled")
        secret = await self.secrets.of(staff_no)
        if phone is not None:
            _check(None, phone)
            secret = replace(secret, phone=phone)
        event = StaffChanged(
            staff_no,
            (role or member.role).value,
            member.departments if departments is None else tuple(departments),
            member.told_for if told_for is None else tuple(told_for),
            by,
        )
        await self.secrets.keep(event, staff_no, secret)
        return await self._known(staff_no)

    async def list(self) -> list[Member]:
        """All accounts, disabled ones too, by number."""
        rows = await self._journal.read(lambda db: db.execute(_MEMBERS).fetchall())
        return [await self._member(row) for row in rows]

    async def get(self, staff_no: str) -> Member | None:
        """One account."""
        row = await self._journal.read(lambda db: db.execute(_MEMBER, (staff_no,)).fetchone())
        return None if row is None else await self._member(row)

    async def disable(self, staff_no: str, *, by: str) -> None:
        """Close an account. Telephone, PIN and card are destroyed; the name stays a while, see `StaffSecrets`."""
        member = await self._known(staff_no)
        _refuse(not member.active, f"staff number {staff_no} is disabled already")
        await self.secrets.close(StaffDisabled(staff_no, by), staff_no)

    async def reset_pin(self, staff_no: str, pin: str, *, by: str) -> None:
        """Give a new PIN; wrong attempts so far are forgotten."""
        _check(pin, "")
        member = await self._known(staff_no)
        _refuse(not member.active, f"staff number {staff_no} is disabled")
        secret = await self.secrets.of(staff_no)
        pin_hash = await asyncio.to_thread(self._hasher.hash, pin)
        await self.secrets.keep(StaffPinReset(staff_no, by), staff_no, replace(secret, pin_hash=pin_hash))

    async def phone(self, staff_no: str) -> str | None:
        """Telephone number at this moment; None for nobody, a disabled account, or one without."""
        member = await self.get(staff_no)
        if member is None or not member.active:
            return None
        return (await self.secrets.of(staff_no)).phone or None

    # --- cards -------------------------------------------------------------------------------------------------------

    async def give_card(self, staff_no: str, card: CardUid, *, by: str) -> None:
        """Let a card stand for the number from now on, in place of any card before."""
        member = await self._known(staff_no)
        _refuse(not member.active, f"staff number {staff_no} is disabled")
        await self._refuse_held(card, staff_no)
        await self._keep_card(staff_no, await self._card_hash(card), by)

    async def take_card(self, staff_no: str, *, by: str) -> None:
        """The card is worth nothing any more: lost, or given back."""
        member = await self._known(staff_no)
        _refuse(not member.has_card, f"staff number {staff_no} has no card")
        await self._keep_card(staff_no, "", by)

    async def holder_of(self, card: CardUid) -> str | None:
        """The active account whose number this card stands for. Whoever holds it has proved nothing yet."""
        wanted = await self._card_hash(card)
        for member in await self.list():
            if (
                member.active
                and member.has_card
                and (await self.secrets.of(member.staff_no)).card_hash == wanted
            ):
                return member.staff_no
        return None

    async def _refuse_held(self, card: CardUid, staff_no: str) -> None:
        holder = await self.holder_of(card)
        _refuse(holder not in (None, staff_no), f"staff number {holder} has this card")

    async def _card_hash(self, card: CardUid) -> str:
        return await self._journal.keyed_hash(f"staff card {card.untrusted.hex()}")

    async def _keep_card(self, staff_no: str, card_hash: str, by: str) -> None:
        secret = replace(await self.secrets.of(staff_no), card_hash=card_hash)
        await self.secrets.keep(StaffCardChanged(staff_no, bool(card_hash), by), staff_no, secret)

    # --- who is told -------------------------------------------------------------------------------------------------

    async def told_for(self, item_code: str, department: str = "") -> Sequence[str]:
        """Staff numbers to tell, in order; a notice policy uses the function `told_for` of this module."""
        return await self._journal.read(lambda db: told_for(db, item_code, department))

    # --- sign-in -----------------------------------------------------------------------------------------------------

    async def sign_in(self, staff_no: str, pin: str, now: datetime) -> SignIn:
        """Check number and PIN. A number nobody has behaves like one somebody has.

        `now` comes from the wall clock, so that a wait survives a restart.
        """
        async with self._one_at_a_time:
            member = await self.get(staff_no)
            if member is None or not member.active:
                return await self._stranger(staff_no, pin, now)
            attempts = await self._attempts(staff_no)
            wait_s = attempts.wait_s(now)
            if wait_s > 0:
                return await self._still_locked(staff_no, attempts, wait_s, now)
            if await self._fits((await self.secrets.of(staff_no)).pin_hash, pin):
                await self._journal.append(StaffSignedIn(staff_no))
                return SignedIn(member)
            return await self._wrong(staff_no, attempts.failures + 1, now)

    async def sign_out(self, staff_no: str, reason: str) -> None:
        """Somebody left: `asked`, `idle`, …"""
        await self._journal.append(StaffSignedOut(staff_no, reason))

    async def _wrong(self, staff_no: str, failures: int, now: datetime) -> WrongPin:
        wait_s = wait_after(failures, allowed=self._allowed, first_s=self._first_wait_s)
        events: tuple[Event, ...] = (StaffPinWrong(staff_no, failures),)
        if wait_s > 0:
            until = to_text(now + timedelta(seconds=wait_s))
            events = (*events, StaffLockedOut(staff_no, failures, wait_s, until))
        await self._journal.append(events)
        return WrongPin(wait_s)

    async def _still_locked(self, staff_no: str, attempts: Attempts, wait_s: float, now: datetime) -> Locked:
        until = now + timedelta(seconds=wait_s)
        if attempts.locked_until is not None and until < attempts.locked_until:  # the clock was set back
            again = StaffLockedOut(staff_no, attempts.failures, attempts.lock_s, to_text(until))
            await self._journal.append(again)
        return Locked(wait_s)

    async def _stranger(self, staff_no: str, pin: str, now: datetime) -> SignIn:
        """Kept in memory only and never journalled: somebody may have typed an ID number."""
        attempts = self._strangers.get(staff_no, Attempts())
        if attempts.wait_s(now) > 0:
            return Locked(attempts.wait_s(now))
        if self._decoy is None:
            self._decoy = await asyncio.to_thread(self._hasher.hash, "no account")
        await self._fits(self._decoy, pin)
        failures = attempts.failures + 1
        wait_s = wait_after(failures, allowed=self._allowed, first_s=self._first_wait_s)
        while len(self._strangers) >= STRANGERS_KEPT:
            self._strangers.pop(next(iter(self._strangers)))
        self._strangers[staff_no] = Attempts(failures, now + timedelta(seconds=wait_s), wait_s)
        return WrongPin(wait_s)

    async def _fits(self, pin_hash: str, pin: str) -> bool:
        try:
            return await asyncio.to_thread(self._hasher.verify, pin_hash, pin)
        except (VerifyMismatchError, InvalidHashError):
            return False

    # --- below -------------------------------------------------------------------------------------------------------

    async def _known(self, staff_no: str) -> Member:
        member = await self.get(staff_no)
        if member is None:
            raise StaffError(f"there is no staff number {staff_no}")
        return member

    async def _member(self, row: Sequence[Any]) -> Member:
        try:
            secret = await self.secrets.of(row[0])
        except KeyErased:
            secret = Secret()
        departments, told = tuple(json.loads(row[2])), tuple(json.loads(row[3]))
        return Member(
            row[0],
            Role(row[1]),
            departments,
            told,
            bool(row[4]),
            secret.name,
            bool(secret.phone),
            bool(secret.card_hash),
        )

    async def _attempts(self, staff_no: str) -> Attempts:
        sql = "SELECT failures, locked_until, lock_s FROM staff WHERE staff_no = ?"
        row = await self._journal.read(lambda db: db.execute(sql, (staff_no,)).fetchone())
        return Attempts(row[0], from_text(row[1]) if row[1] else None, row[2])


_MEMBERS: Final = "SELECT staff_no, role, departments, told_for, active FROM staff ORDER BY staff_no"
_MEMBER: Final = "SELECT staff_no, role, departments, told_for, active FROM staff WHERE staff_no = ?"
EVERY_ITEM: Final = "*"
ACCOUNTS: Final = (StaffAdded, StaffChanged, StaffDisabled)  # facts after which others may be told


def told_for(db: sqlite3.Connection, item_code: str, department: str = "") -> list[str]:
    """Active staff to tell of an item, in order; reads the projection only."""
    return told_for_each(db, {item_code: department})[item_code]


def told_for_each(db: sqlite3.Connection, items: Mapping[str, str]) -> dict[str, list[str]]:
    """The same of many: item code -> department."""
    sql = "SELECT staff_no, departments, told_for, added_seq FROM staff WHERE active = 1 AND role IN (?, ?)"
    staff = [
        (added_seq, staff_no, json.loads(theirs), json.loads(named))
        for staff_no, theirs, named, added_seq in db.execute(sql, COLLECTORS)
    ]
    return {item_code: _ranked(staff, item_code, department) for item_code, department in items.items()}


def _ranked(
    staff: Sequence[tuple[int, str, Sequence[str], Sequence[str]]], item_code: str, department: str
) -> list[str]:
    ranked: list[tuple[int, int, str]] = []
    for added_seq, staff_no, departments, named in staff:
        if item_code in named:
            ranked.append((0, added_seq, staff_no))
        elif EVERY_ITEM in named:
            ranked.append((1, added_seq, staff_no))
        elif department and department in departments:
            ranked.append((2, added_seq, staff_no))
    return [staff_no for _, _, staff_no in sorted(ranked)]


def departments(db: sqlite3.Connection) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(staff number, departments) of active staff who have any; reads the projection only."""
    rows = db.execute("SELECT staff_no, departments FROM staff WHERE active = 1 ORDER BY staff_no").fetchall()
    return tuple((staff_no, tuple(json.loads(theirs))) for staff_no, theirs in rows if theirs != "[]")


def on_call(db: sqlite3.Connection) -> list[str]:
    """Active staff to tell of alarms, in order: supervisors, then those told for everything."""
    sql = (
        "SELECT staff_no FROM staff WHERE active = 1 AND role != 'helper'"
        " AND (role = 'supervisor' OR told_for LIKE '%\"*\"%')"
        " ORDER BY role != 'supervisor', added_seq"
    )
    return [row[0] for row in db.execute(sql)]


def technicians(db: sqlite3.Connection) -> list[str]:
    """Active technicians, in the order in which they were added."""
    sql = "SELECT staff_no FROM staff WHERE active = 1 AND role = ? ORDER BY added_seq"
    return [row[0] for row in db.execute(sql, (Role.TECHNICIAN.value,))]


def _refuse(fault: bool, text: str) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if fault:
        raise StaffError(text)


def _check(pin: str | None, phone: str) -> None:
    fault = None if pin is None else pin_fault(pin)
    _refuse(fault is not None, fault or "")
    _refuse(
        bool(phone) and _PHONE.fullmatch(phone) is None,
        "a telephone number has 5 to 15 digits, + in front if any",
    )
