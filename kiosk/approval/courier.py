"""The courier: takes submissions from the outbox to the approval system, brings back what it says.

Each answer is recorded in the transaction that settles its row, each piece of news in the one that moves the cursor: a
crash in between repeats the question, with the same key, and has the same answer. While the system is away nothing is
given up; a submission ends with an answer, or with its case.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from kiosk.journal.approvalevents import CaseSubmitted, DecisionHeard, ProgressHeard, SubmissionRefused
from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from kiosk.journal.outbox import settle_inside
from kiosk.journal.types import Channel, Clock, Event, OutboxMessage, OutboxState, utc_now

from .port import (
    LONGEST_PAUSE_S,
    Accepted,
    ApprovalError,
    ApprovalSystem,
    Decision,
    OurMistake,
    Step,
    Submission,
    SubmissionNotTaken,
    TryLater,
)
from .wire import submission_of, written

logger = logging.getLogger(__name__)

HEARD: Final = frozenset({"ProgressHeard", "DecisionHeard"})
UNREADABLE: Final = "unreadable payload"


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in seconds: between two questions for news, and pauses after what failed, doubling."""

    poll_s: float = 60.0
    retry_min_s: float = 5.0
    retry_max_s: float = 600.0

    def back_off_s(self, failures: int) -> float:
        """How long to wait after so many failures (1 = the first)."""
        return float(min(self.retry_max_s, self.retry_min_s * 2 ** min(max(failures - 1, 0), 16)))


class ApprovalCourier:
    """Runs as one task; `close` ends it. `poke` says that there may be new rows."""

    def __init__(
        self,
        system: ApprovalSystem,
        journal: Journal,
        patience: Patience | None = None,
        *,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._system = system
        self._journal = journal
        self._patience = patience or Patience()
        self._clock = clock
        self._monotonic = monotonic
        self._wake = asyncio.Event()
        self._closing = False
        self._failures = 0  # in a row, of the system and not of one submission
        self._not_before_s = 0.0
        self._poll_at_s = 0.0
        self._health = Health(DeviceStatus.STARTING)
        self._unread: dict[str, Health] = {}  # submissions that the system cannot read, by their key

    @property
    def health(self) -> Health:
        """What was last met; the text is without personal data."""
        trouble = next(iter(self._unread.values()), None)
        return trouble if trouble is not None and self._health.works else self._health

    async def run(self) -> None:
        """Carry and listen until `close`. A journal that cannot write is waited for like a system that is away."""
        while not self._closing:
            self._wake.clear()
            await self._guarded(self._carry_all_due)
            if self._monotonic() >= self._poll_at_s:
                await self._guarded(self._hear)
            await self._rest()

    def poke(self) -> None:
        """There may be new rows. Call on the event loop."""
        self._wake.set()

    def close(self) -> None:
        """End `run` after the exchange in hand."""
        self._closing = True
        self._wake.set()

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        if self._closing or self._monotonic() < self._not_before_s:
            return
        try:
            await work()
        except ApprovalError as error:
            self._fails(error)
        except JournalError as error:
            logger.error("what the approval system says cannot be recorded, it is asked again: %s", error)
            self._pause(self._patience.retry_min_s)

    # submissions --------------------------------------------------------------------------------------------------

    async def _carry_all_due(self) -> None:
        """One that failed before waits behind those that did not, so that it holds up nobody."""
        await self._forget_settled()
        due = await self._journal.outbox.due(self._clock(), Channel.APPROVAL)
        for row in sorted(due, key=lambda one: one.next_at):
            if self._closing:
                return
            await self._carry(row)

    async def _forget_settled(self) -> None:
        """What the system could not read and is erased meanwhile is nobody's question any more."""
        for key in tuple(self._unread):
            row = await self._journal.outbox.get(key)
            if row is None or row.state is not OutboxState.QUEUED:
                del self._unread[key]

    async def _carry(self, row: OutboxMessage) -> None:
        """Raises `TryLater`, and `OurMistake` where it is not this row's alone."""
        try:
            submission = submission_of(row.message_id, row.payload)
        except ValueError:
            await self._journal.outbox.give_up(row.message_id, self._clock(), UNREADABLE)
            return
        try:
            accepted = await self._system.submit(submission)
        except SubmissionNotTaken as refused:
            fact = SubmissionRefused(
                submission.case_id, row.message_id, submission.kind.value, refused.code, refused.words
            )
            await self._settle(row, [fact], OutboxState.FAILED, refused.code)
        except TryLater as error:
            await self._postpone(row, max(error.after_s, self._patience.back_off_s(row.attempts + 1)), error)
            raise
        except OurMistake as error:
            await self._postpone(row, self._patience.retry_max_s, error)
            if error.everywhere:
                raise
            self._unread[row.message_id] = self._met(error)
            return
        else:
            await self._settle(row, await self._answer(submission, accepted), OutboxState.SENT)
        self._works()

    async def _answer(self, submission: Submission, accepted: Accepted) -> list[Event]:
        facts: list[Event] = [
            CaseSubmitted(submission.case_id, submission.message_id, submission.kind.value, accepted.number)
        ]
        if accepted.decision is not None and not await self._is_heard(accepted.decision):
            facts.append(_fact(accepted.decision))
        return facts

    async def _settle(
        self, row: OutboxMessage, facts: Sequence[Event], state: OutboxState, error: str = ""
    ) -> None:
        def settle(db: sqlite3.Connection) -> None:
            settle_inside(db, row.message_id, state, self._clock(), error)

        await self._journal.append(facts, also=settle)

    async def _postpone(self, row: OutboxMessage, delay_s: float, error: ApprovalError) -> None:
        retry_at = self._clock() + timedelta(seconds=delay_s)
        await self._journal.outbox.mark_failed(row.message_id, retry_at, type(error).__name__)

    # news ---------------------------------------------------------------------------------------------------------

    async def _hear(self) -> None:
        cursor = await self._journal.read(_cursor)
        more = True
        while more and not self._closing:
            news = await self._system.news(cursor)
            await self._record([one for one in news.told if await self._is_news(one)], cursor, news.cursor)
            more = news.more and news.cursor != cursor
            cursor = news.cursor
        self._poll_at_s = self._monotonic() + self._patience.poll_s
        self._works()

    async def _record(self, told: Sequence[Step | Decision], before: str, after: str) -> None:
        def move(db: sqlite3.Connection) -> None:
            db.execute("UPDATE approval_cursor SET cursor = ?", (after,))

        facts = {one.message: _fact(one) for one in told}  # an answer may say one thing twice
        if facts:
            await self._journal.append(list(facts.values()), also=move)
        elif after != before:
            await self._journal.write(move)

    async def _is_news(self, one: Step | Decision) -> bool:
        if await self._journal.case(one.case_id) is None:
            logger.warning(
                "the approval system says something of a case that this kiosk has not: passed over"
            )
            return False
        return not await self._is_heard(one)

    async def _is_heard(self, one: Step | Decision) -> bool:
        known = await self._journal.case_events(one.case_id)
        return any(event.type in HEARD and event.data["message"] == one.message for event in known)

    # how it goes --------------------------------------------------------------------------------------------------

    def _works(self) -> None:
        if self._failures:
            logger.info("the approval system answers again")
        self._failures = 0
        self._health = Health(DeviceStatus.ONLINE)

    def _fails(self, error: ApprovalError) -> None:
        self._failures += 1
        pause_s = self._patience.retry_max_s
        if isinstance(error, TryLater):
            pause_s = max(self._patience.back_off_s(self._failures), error.after_s)
        self._pause(pause_s)
        self._health = self._met(error)

    def _met(self, error: ApprovalError) -> Health:
        """Once in the log for each thing that is wrong."""
        if str(error) != self.health.detail:
            logger.warning("%s", error)
        return as_health(error)

    def _pause(self, seconds: float) -> None:
        self._not_before_s = self._monotonic() + seconds

    async def _rest(self) -> None:
        """Until a row is due or news are, but not within a pause; new rows end it at once."""
        wait_s = self._not_before_s - self._monotonic()
        if wait_s <= 0:
            poll_in_s = max(0.0, self._poll_at_s - self._monotonic())
            wait_s = min(poll_in_s, await self._until_due_s())
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _until_due_s(self) -> float:
        due_at = await self._journal.outbox.next_time(Channel.APPROVAL)
        if due_at is None:
            return self._patience.poll_s
        wait_s = (due_at - self._clock()).total_seconds()
        if wait_s > max(
            self._patience.retry_max_s, LONGEST_PAUSE_S
        ):  # longer than any pause: the clock was set back
            await self._journal.outbox.hurry(Channel.APPROVAL, self._clock())
        return max(0.0, wait_s)


def _cursor(db: sqlite3.Connection) -> str:
    cursor: str = db.execute("SELECT cursor FROM approval_cursor").fetchone()[0]
    return cursor


def _fact(one: Step | Decision) -> Event:
    if isinstance(one, Decision):
        return DecisionHeard(
            one.case_id, one.message, one.verdict.value, one.result.value, written(one.said_at), one.words
        )
    papers = tuple(missing.words for missing in one.missing)
    return ProgressHeard(
        one.case_id, one.message, one.step, written(one.said_at), len(papers), one.words, papers
    )


def as_health(error: ApprovalError) -> Health:
    """What an error says of the system as a device."""
    action = ErrorAction.CONFIGURATION if isinstance(error, OurMistake) else ErrorAction.SUSPEND
    return Health(DeviceStatus.OFFLINE, str(error), action)
