"""One-time codes: a result picked up, a person known by telephone. Kept as argon2id hashes of a keyed hash only.

A code stands for a purpose and a subject (a case number, a keyed hash of a person; never personal data itself), and
there is one live code of each at most: issuing again revokes the one before. It is right once. Wrong tries, waits and
blocks are durable with the fact that tells of them, so that switching the kiosk off gives nobody another try. Facts
name the code by a number of its own, never the digits and never the subject.

    issued = await codes.issue(Purpose.PICK_UP, case_id, now=now, by="staff:101", case_id=case_id, notices=text_message)
    match await codes.check(Purpose.PICK_UP, [case_id], typed, now=now):
        case Right(code_id, subject): ...
        case Wrong(left=left, wait_s=wait_s): ...   # left 0: blocked, somebody has to renew it
        case Wait(wait_s): ...                      # not looked at
        case NoCode(reason): ...                    # none, used, expired, revoked, blocked
"""

import asyncio
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from kiosk.journal.codec import from_text, to_text
from kiosk.journal.events import CodeExpired, CodeIssued, CodeRefused, CodeRevoked, CodeUsed
from kiosk.journal.journal import Journal
from kiosk.journal.types import Event, Notice
from kiosk.staff import wait_after

RENEWED: Final = "renewed"


class Purpose(StrEnum):
    """What a code opens."""

    PICK_UP = "pick_up"  # subject: the case whose result waits
    IDENTITY_SMS = "identity_sms"  # sent to the telephone that the back office knows
    IDENTITY_STAFF = "identity_staff"  # given by a member of staff


class CodeState(StrEnum):
    """Life of a code."""

    LIVE = "live"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    BLOCKED = "blocked"  # too many wrong tries


class Missing(StrEnum):
    """Why there is no code to compare with; the newest code of the purpose and subject decides."""

    NONE = "none"  # there never was one
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class CodeLimits:
    """How codes are made and guessed at. Times in seconds.

    `tries` wrong ones block a code; after `free_tries` each further one waits `first_wait_s`, doubling. No more than
    `issues` codes of one purpose and subject within `issue_window_s`.
    """

    digits: int = 8
    valid_s: float = 600.0
    tries: int = 5
    free_tries: int = 2
    first_wait_s: float = 15.0
    issues: int = 10
    issue_window_s: float = 24 * 3600.0

    def __post_init__(self) -> None:
        if not 6 <= self.digits <= 8:
            raise ValueError(f"a one-time code has 6 to 8 digits, not {self.digits}")


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh code. `code` is seen here and in the message that carries it, nowhere else."""

    code_id: str
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TooManyIssued:
    """No more for this subject before `wait_s` have passed."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class Right:
    """It is the code of this subject."""

    code_id: str
    subject: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wrong:
    """It is not. `left` tries before it is blocked, `wait_s` before the next."""

    left: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Not looked at: `wait_s` are still to pass."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class NoCode:
    """There is nothing to compare with."""

    reason: Missing


Answer = Right | Wrong | Wait | NoCode


@dataclass(frozen=True, slots=True)
class Code:
    """What is kept of a code."""

    code_id: str
    purpose: Purpose
    subject: str = field(repr=False)
    case_id: str | None
    state: CodeState
    hash: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    failures: int
    wait_until: datetime | None
    wait_s: float

    def waits_s(self, now: datetime) -> float:
        """Seconds still to wait; never more than the wait that was set, should the clock have gone back."""
        if self.wait_until is None:
            return 0.0
        return min(max((self.wait_until - now).total_seconds(), 0.0), self.wait_s)

    def is_over(self, now: datetime) -> bool:
        """Whether its time has run out."""
        return now >= self.expires_at


class OneTimeCodes:
    """All codes of one kiosk. Methods raise `JournalError`. `now` is wall-clock time with a zone, so that waits and
    ends survive a restart."""

    def __init__(
        self, journal: Journal, limits: CodeLimits | None = None, *, hasher: PasswordHasher | None = None
    ) -> None:
        self._journal = journal
        self._limits = limits or CodeLimits()
        self._hasher = hasher or PasswordHasher()
        self._one_at_a_time = asyncio.Lock()

    # --- giving ------------------------------------------------------------------------------------------------------

    async def issue(
        self,
        purpose: Purpose,
        subject: str,
        *,
        now: datetime,
        by: str,
        case_id: str | None = None,
        valid_s: float | None = None,
        notices: Callable[[Issued], Sequence[Notice]] = lambda _issued: (),
    ) -> Issued | TooManyIssued:
        """Make a code; a live one before it is revoked. `by`: an actor as the journal writes them.

        `notices` carry it out, in the same transaction: a notice with the digits in it must be `personal`, so that it
        is sealed and wiped once delivered.
        """
        async with self._one_at_a_time:
            wait_s = await self._issue_wait_s(purpose, subject, now)
            if wait_s > 0:
                return TooManyIssued(wait_s)
            digits = f"{secrets.randbelow(10**self._limits.digits):0{self._limits.digits}d}"
            code_id = secrets.token_hex(8)
            until = now + timedelta(seconds=self._limits.valid_s if valid_s is None else valid_s)
            issued = Issued(code_id, digits, until)
            kept = await asyncio.to_thread(self._hasher.hash, await self._keyed(code_id, digits))
            before = await self._newest(purpose, subject)
            events: list[Event] = []
            if before is not None and before.state is CodeState.LIVE:
                events.append(CodeRevoked(before.code_id, purpose.value, by, RENEWED, before.case_id))
            events.append(CodeIssued(code_id, purpose.value, by, to_text(until), case_id))
            row = (code_id, purpose, subject, case_id, kept, to_text(now), to_text(until))

            def keep(db: sqlite3.Connection) -> None:
                db.execute(_REVOKE, (purpose, subject))
                db.execute(_INSERT, row)

            await self._journal.append(events, notices(issued), also=keep)
            return issued

    async def revoke(self, purpose: Purpose, subject: str, *, by: str, reason: str) -> bool:
        """The live code is worth nothing any more; False where there is none."""
        async with self._one_at_a_time:
            code = await self._newest(purpose, subject)
            if code is None or code.state is not CodeState.LIVE:
                return False
            await self._end(
                code, CodeState.REVOKED, CodeRevoked(code.code_id, purpose.value, by, reason, code.case_id)
            )
            return True

    async def live(self, purpose: Purpose, subject: str, now: datetime) -> Code | None:
        """The code that would be taken now."""
        code = await self._newest(purpose, subject)
        return code if code is not None and code.state is CodeState.LIVE and not code.is_over(now) else None

    async def last(self, purpose: Purpose, subject: str) -> Code | None:
        """The newest code, whatever became of it."""
        return await self._newest(purpose, subject)

    async def sweep(self, now: datetime, *, keep_s: float = 30 * 24 * 3600.0) -> int:
        """End what has run out, each with its fact; answers how many. Rows over for `keep_s` are forgotten."""
        async with self._one_at_a_time:
            rows = await self._journal.read(
                lambda db: db.execute(_SELECT + " WHERE state = 'live'").fetchall()
            )
            over = [code for code in map(_code, rows) if code.is_over(now)]
            for code in over:
                await self._expire(code)
            before = to_text(now - timedelta(seconds=keep_s))
            await self._journal.write(lambda db: _run(db, _FORGET, (before,)))
            return len(over)

    # --- asking ------------------------------------------------------------------------------------------------------

    async def check(
        self,
        purpose: Purpose,
        subjects: Sequence[str],
        untrusted_typed: str,
        *,
        now: datetime,
        use: bool = True,
    ) -> Answer:
        """Compare with the live codes of these subjects: all that the person who types may mean.

        A wrong one counts against each of them. `use=False`: a right one stays good until `use` says it is spent.
        """
        async with self._one_at_a_time:
            newest = [await self._newest(purpose, subject) for subject in subjects]
            known = [code for code in newest if code is not None]
            for code in known:
                if code.state is CodeState.LIVE and code.is_over(now):
                    await self._expire(code)
            live = [code for code in known if code.state is CodeState.LIVE and not code.is_over(now)]
            if not live:
                return await self._missing(known, now)
            wait_s = max(code.waits_s(now) for code in live)
            if wait_s > 0:
                return Wait(wait_s)
            for code in live:
                if await self._fits(code, untrusted_typed):
                    if use:
                        await self._use(code)
                    return Right(code.code_id, code.subject)
            return await self._wrong(live, now)

    async def use(self, code_id: str) -> bool:
        """A right code is spent now; False where it was already, or is gone."""
        async with self._one_at_a_time:
            sql = _SELECT + " WHERE code_id = ?"
            row = await self._journal.read(lambda db: db.execute(sql, (code_id,)).fetchone())
            code = None if row is None else _code(row)
            if code is None or code.state is not CodeState.LIVE:
                return False
            await self._use(code)
            return True

    async def _wrong(self, live: Sequence[Code], now: datetime) -> Answer:
        events: list[Event] = []
        rows: list[tuple[Any, ...]] = []
        for code in live:
            failures = code.failures + 1
            wait_s = wait_after(
                failures, allowed=self._limits.free_tries + 1, first_s=self._limits.first_wait_s
            )
            blocked = failures >= self._limits.tries
            events.append(CodeRefused(code.code_id, code.purpose.value, "wrong", failures, code.case_id))
            if blocked:
                blocking = CodeRevoked(code.code_id, code.purpose.value, "kiosk", "wrong tries", code.case_id)
                events.append(blocking)
            until = to_text(now + timedelta(seconds=wait_s)) if wait_s > 0 else None
            state = CodeState.BLOCKED if blocked else CodeState.LIVE
            rows.append((failures, until, wait_s, state, "" if blocked else code.hash, code.code_id))

        def count(db: sqlite3.Connection) -> None:
            db.executemany(_COUNT, rows)

        await self._journal.append(events, also=count)
        most = max(code.failures + 1 for code in live)
        return Wrong(max(0, self._limits.tries - most), max(row[2] for row in rows))

    async def _missing(self, known: Sequence[Code], now: datetime) -> NoCode:
        if not known:
            return NoCode(Missing.NONE)
        last = max(known, key=lambda code: code.issued_at)
        state = CodeState.EXPIRED if last.state is CodeState.LIVE and last.is_over(now) else last.state
        refused = CodeRefused(last.code_id, last.purpose.value, state.value, last.failures, last.case_id)
        await self._journal.append(refused)
        return NoCode(Missing(state.value))

    # --- below -------------------------------------------------------------------------------------------------------

    async def _issue_wait_s(self, purpose: Purpose, subject: str, now: datetime) -> float:
        since = to_text(now - timedelta(seconds=self._limits.issue_window_s))
        sql = (
            "SELECT issued_at FROM one_time_codes WHERE purpose = ? AND subject = ? AND issued_at > ?"
            " ORDER BY issued_at DESC"
        )
        rows = await self._journal.read(lambda db: db.execute(sql, (purpose, subject, since)).fetchall())
        if len(rows) < self._limits.issues:
            return 0.0
        oldest = from_text(rows[self._limits.issues - 1][0])
        left_s = (oldest - now).total_seconds() + self._limits.issue_window_s
        return min(max(left_s, 1.0), self._limits.issue_window_s)

    async def _keyed(self, code_id: str, digits: str) -> str:
        """So few digits are guessed in a day from a hash alone; not without the kiosk's key, which no backup holds."""
        return await self._journal.keyed_hash(f"one-time code {code_id} {digits}")

    async def _fits(self, code: Code, untrusted_typed: str) -> bool:
        keyed = await self._keyed(code.code_id, untrusted_typed)
        try:
            return await asyncio.to_thread(self._hasher.verify, code.hash, keyed)
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def _use(self, code: Code) -> None:
        await self._end(code, CodeState.USED, CodeUsed(code.code_id, code.purpose.value, code.case_id))

    async def _expire(self, code: Code) -> None:
        await self._end(code, CodeState.EXPIRED, CodeExpired(code.code_id, code.purpose.value, code.case_id))

    async def _end(self, code: Code, state: CodeState, fact: Event) -> None:
        await self._journal.append(fact, also=lambda db: _run(db, _END, (state, code.code_id)))

    async def _newest(self, purpose: Purpose, subject: str) -> Code | None:
        sql = _SELECT + " WHERE purpose = ? AND subject = ? ORDER BY rowid DESC LIMIT 1"
        row = await self._journal.read(lambda db: db.execute(sql, (purpose, subject)).fetchone())
        return None if row is None else _code(row)


_SELECT: Final = (
    "SELECT code_id, purpose, subject, case_id, state, hash, issued_at, expires_at, failures, wait_until, wait_s"
    " FROM one_time_codes"
)
_INSERT: Final = (
    "INSERT INTO one_time_codes (code_id, purpose, subject, case_id, hash, issued_at, expires_at, state)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'live')"
)
_REVOKE: Final = (
    "UPDATE one_time_codes SET state = 'revoked', hash = ''"
    " WHERE purpose = ? AND subject = ? AND state = 'live'"
)
_END: Final = "UPDATE one_time_codes SET state = ?, hash = '' WHERE code_id = ?"
_COUNT: Final = (
    "UPDATE one_time_codes SET failures = ?, wait_until = ?, wait_s = ?, state = ?, hash = ?"
    " WHERE code_id = ?"
)
_FORGET: Final = "DELETE FROM one_time_codes WHERE state != 'live' AND expires_at < ?"


def code_ends(db: sqlite3.Connection, purpose: Purpose) -> dict[str, datetime]:
    """Until when the live codes of a purpose are good, by subject; a reading for the journal's thread."""
    sql = "SELECT subject, expires_at FROM one_time_codes WHERE purpose = ? AND state = 'live'"
    return {subject: from_text(expires_at) for subject, expires_at in db.execute(sql, (purpose,))}


def _run(db: sqlite3.Connection, sql: str, values: tuple[Any, ...]) -> None:
    db.execute(sql, values)


def _code(row: Sequence[Any]) -> Code:
    return Code(
        row[0], Purpose(row[1]), row[2], row[3], CodeState(row[4]), row[5], from_text(row[6]), from_text(row[7]),
        row[8], from_text(row[9]) if row[9] else None, row[10],
    )  # fmt: skip
