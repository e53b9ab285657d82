"""In-memory partners of the couriers: an outbox, a clock, an SMS channel with a temper."""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from drivers.contracts.health import DeviceStatus, Health
from drivers.contracts.sms import SmsAccepted, SmsMessage, SmsOutcome
from kiosk.journal.errors import JournalFull
from kiosk.journal.types import Channel, Notice, OutboxMessage, OutboxState

START = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
DEADLINE_S = 8.0


class Time:
    """A wall clock and a monotonic one that tests move."""

    def __init__(self) -> None:
        self.wall = START
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds


class MemoryOutbox:
    """The outbox's promises without a disk."""

    def __init__(self) -> None:
        self.rows: list[OutboxMessage] = []
        self.refusals = 0  # how many changes the full disk refuses from now on

    def add(self, notice: Notice, *, seq: int = 1, at: datetime = START) -> None:
        self.rows.append(
            OutboxMessage(
                notice.message_id,
                seq,
                notice.channel,
                notice.recipient,
                notice.payload,
                notice.case_id,
                OutboxState.QUEUED,
                0,
                at,
                at,
                None,
                "",
            )
        )

    def row(self, message_id: str) -> OutboxMessage:
        return next(row for row in self.rows if row.message_id == message_id)

    def state(self, recipient: str) -> list[OutboxState]:
        return [row.state for row in self.rows if row.recipient == recipient]

    async def due(self, now: datetime, channel: Channel | None = None) -> list[OutboxMessage]:
        return [row for row in self._heads(channel) if row.next_at <= now]

    async def next_time(self, channel: Channel | None = None) -> datetime | None:
        return min((row.next_at for row in self._heads(channel)), default=None)

    async def mark_sent(self, message_id: str, at: datetime) -> None:
        self._change(message_id, state=OutboxState.SENT, settled_at=at)

    async def mark_failed(self, message_id: str, retry_at: datetime, error: str) -> None:
        attempts = self.row(message_id).attempts + 1
        self._change(message_id, attempts=attempts, next_at=retry_at, error=error)

    async def give_up(self, message_id: str, at: datetime, error: str) -> None:
        self._change(message_id, state=OutboxState.FAILED, settled_at=at, error=error)

    async def hurry(self, channel: Channel, now: datetime) -> None:
        for row in self.rows:
            if row.channel == channel and row.state is OutboxState.QUEUED and row.next_at > now:
                self._change(row.message_id, next_at=now)

    def _heads(self, channel: Channel | None) -> list[OutboxMessage]:
        heads: dict[tuple[Channel, str], OutboxMessage] = {}
        for row in self.rows:
            if row.state is OutboxState.QUEUED and channel in (None, row.channel):
                heads.setdefault((row.channel, row.recipient), row)
        return list(heads.values())

    def _change(self, message_id: str, **values: object) -> None:
        if self.refusals:
            self.refusals -= 1
            raise JournalFull("the disk is full")
        index = next(i for i, row in enumerate(self.rows) if row.message_id == message_id)
        assert self.rows[index].state is OutboxState.QUEUED
        self.rows[index] = dataclasses.replace(self.rows[index], **values)  # type: ignore[arg-type]


class MoodyChannel:
    """An SMS channel that answers each number as told; an exception as an answer is raised."""

    def __init__(self, answers: dict[str, SmsOutcome | Exception] | None = None) -> None:
        self.answers = answers or {}
        self.sent: list[SmsMessage] = []
        self.connects = 0
        self.looks = 0
        self.state = Health(DeviceStatus.ONLINE)
        self.refuses_to_connect: Exception | None = None
        self.stuck = False

    async def connect(self) -> None:
        self.connects += 1
        if self.refuses_to_connect is not None:
            raise self.refuses_to_connect

    async def send(self, message: SmsMessage) -> SmsOutcome:
        if self.stuck:
            await asyncio.Event().wait()
        answer = self.answers.get(message.number, SmsAccepted(("1",)))
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, SmsAccepted):
            self.sent.append(message)
        return answer

    async def health(self) -> Health:
        self.looks += 1
        return self.state

    async def close(self) -> None:
        pass


class Reports:
    """What the courier said could not be delivered; the follow-up goes into the outbox, as the journal does it."""

    def __init__(self, outbox: MemoryOutbox, time: Time) -> None:
        self._outbox = outbox
        self._time = time
        self.made: list[tuple[str, str]] = []

    async def __call__(self, row: OutboxMessage, *, reason: str, follow_up: Sequence[Notice]) -> None:
        self.made.append((row.recipient, reason))
        for notice in follow_up:
            self._outbox.add(notice, seq=row.event_seq, at=self._time.now())


async def until(true: Callable[[], bool], what: str) -> None:
    """Wait until it is so; fail after a deadline, never guess."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            while not true():  # noqa: ASYNC110  # the partners under test are processes, they set no event
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"never happened: {what}") from None
