"""The SMS courier: takes text messages from the outbox to the modem or provider, one queue per recipient.

A refused number is given up and the next recipient told at once; a text to staff that did not go out in time
is handed on and journalled. A channel that is down costs no recipient a try: the queue waits for it.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.sms import SmsAccepted, SmsChannel, SmsMessage, SmsOutcome
from drivers.errors import DeviceError
from kiosk.journal.errors import JournalError
from kiosk.journal.types import Channel, Clock, OutboxMessage, utc_now

from .policy import CITIZEN_PREFIX, SmsPayload, follow_up
from .ports import Outbox, ResolveNumber, UndeliveredReport

log = logging.getLogger(__name__)

REASON_IN_TIME: Final = "notDeliveredInTime"
REASON_NO_NUMBER: Final = "noNumber"
REASON_UNREADABLE: Final = "unreadablePayload"
REASON_TOO_OLD: Final = "triedTooLong"
PAUSE_S: Final = 1.0  # until the journal is tried again


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """Limits of the courier, all in seconds."""

    undelivered_after_s: float = 600.0
    keep_trying_s: float = 259_200.0
    retry_min_s: float = 5.0
    retry_max_s: float = 300.0
    connect_timeout_s: float = 30.0
    send_timeout_s: float = 180.0
    look_every_s: float = 60.0

    def back_off_s(self, failures: int) -> float:
        """How long to wait after so many failures (1 = the first): doubling, bounded."""
        return float(min(self.retry_max_s, self.retry_min_s * 2 ** min(max(failures - 1, 0), 16)))


class SmsCourier:
    """Runs as one task; `close` ends it. Telephone numbers live only for the time of one `send`."""

    def __init__(
        self,
        channel: SmsChannel,
        outbox: Outbox,
        *,
        resolve: ResolveNumber,
        report: UndeliveredReport,
        settings: SmsSettings | None = None,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._channel = channel
        self._outbox = outbox
        self._resolve = resolve
        self._report = report
        self._settings = settings or SmsSettings()
        self._clock = clock
        self._monotonic = monotonic
        self._wake = asyncio.Event()
        self._closing = False
        self._connected = False
        self._trouble = ""
        self._channel_failures = 0
        self._channel_retry_at = 0.0
        self._needs_operator = False
        self._seen: Health | None = None  # at the last look
        self._look_at = -math.inf
        self._first_seen: dict[str, float] = {}
        self._reported: set[str] = set()
        self._accepted: set[str] = set()  # gone out, and the journal had no room to say so
        self._next_deadline_s = self._settings.retry_max_s

    async def run(self) -> None:
        """Carry messages until `close`, whatever the journal says: it is asked again after a pause."""
        try:
            while not self._closing:
                try:
                    await self._round()
                except (
                    JournalError
                ) as error:  # a full disk, or a case that was erased while its message went out
                    log.warning("text messages wait: %s", error)
                    await asyncio.sleep(PAUSE_S)
        finally:
            await self._disconnect()

    async def _round(self) -> None:
        self._wake.clear()
        await self._carry_all_due()
        if self._monotonic() >= self._look_at and self._channel_waits_s() <= 0 and not self._closing:
            await self.look()
        await self._rest()

    def poke(self) -> None:
        """There may be new rows. Call on the event loop."""
        self._wake.set()

    def close(self) -> None:
        """End `run` after the message in hand."""
        self._closing = True
        self._wake.set()

    async def health(self) -> Health:
        """The channel's own words, or what the courier last met."""
        met = self.last_met()
        return await self._channel.health() if met.status is DeviceStatus.ONLINE else met

    async def look(self) -> Health:
        """Ask the channel how it is, so that a missing SIM is known before the first message; never raises."""
        self._look_at = self._monotonic() + self._settings.look_every_s
        try:
            async with asyncio.timeout(self._settings.connect_timeout_s):
                await self._connect()
                seen = await self._channel.health()
        except (TimeoutError, DeviceError) as error:
            self._connected = False
            self._channel_fails(str(error) or "no answer in time")
            return self.last_met()
        if not seen.works and (self._seen is None or self._seen.works):
            log.warning("text messages will not go out: %s", seen.detail)
        if seen.works and self._channel_failures:
            self._channel_works()
            self._wake.set()  # what waits for the channel is due now
        self._seen = seen
        return seen

    def last_met(self) -> Health:
        """What the courier last met, without asking; `starting` before its first look."""
        if self._trouble:
            action = ErrorAction.CLEAR if self._needs_operator else ErrorAction.SUSPEND
            return Health(DeviceStatus.OFFLINE, self._trouble, action)
        if self._seen is not None and not self._seen.works:
            return self._seen
        return Health(DeviceStatus.ONLINE if self._connected else DeviceStatus.STARTING)

    # one pass over the heads of all queues ---------------------------------------------------------------

    async def _carry_all_due(self) -> None:
        self._next_deadline_s = self._settings.retry_max_s
        for row in await self._outbox.due(self._clock(), Channel.SMS):
            if self._closing:
                return
            if row.message_id in self._accepted:
                await self._settle(row)
            else:
                await self._carry(row)

    async def _carry(self, row: OutboxMessage) -> None:
        try:
            payload = SmsPayload.decode(row.payload)
        except ValueError:
            await self._give_up(row, None, REASON_UNREADABLE)
            return
        age_s = self._age_s(row)
        if age_s >= self._settings.keep_trying_s:
            await self._give_up(row, payload, REASON_TOO_OLD)
        elif not (self._is_late(row, age_s) and await self._was_handed_on(row, payload)):
            await self._try(row, payload)

    async def _try(self, row: OutboxMessage, payload: SmsPayload) -> None:
        if self._channel_waits_s() > 0:
            return
        number = await self._resolve(row.recipient)
        if number is None:
            await self._give_up(row, payload, REASON_NO_NUMBER)
            return
        outcome = await self._send(payload.message_to(number))
        if outcome is None:
            return
        if isinstance(outcome, SmsAccepted):
            self._channel_works()
            self._accepted.add(row.message_id)
            await self._settle(row)
        elif outcome.operator:
            self._channel_fails(outcome.code, needs_operator=True)
        elif outcome.permanent:
            self._channel_works()
            await self._give_up(row, payload, outcome.code)
        else:  # most often the network: known as the channel's trouble until something goes out
            self._trouble = outcome.code
            await self._retry_later(row, outcome.code)

    async def _settle(self, row: OutboxMessage) -> None:
        """It went out: never again, also where this cannot be recorded yet."""
        await self._outbox.mark_sent(row.message_id, self._clock())
        self._accepted.discard(row.message_id)
        self._forget(row)

    async def _send(self, message: SmsMessage) -> SmsOutcome | None:
        """`None`: the channel itself failed, and the message keeps its place."""
        try:
            async with asyncio.timeout(self._settings.connect_timeout_s):
                await self._connect()
            async with asyncio.timeout(self._settings.send_timeout_s):
                return await self._channel.send(message)
        except TimeoutError:
            self._channel_fails("no answer in time")
        except DeviceError as error:
            self._channel_fails(str(error))
        self._connected = False  # set up anew; closing is for good, and only the end of `run` may do that
        return None

    async def _connect(self) -> None:
        if not self._connected:
            await self._channel.connect()
            self._connected = True

    async def _retry_later(self, row: OutboxMessage, error: str) -> None:
        wait_s = self._settings.back_off_s(row.attempts + 1)
        if self._can_be_late(row):
            wait_s = min(wait_s, self._settings.undelivered_after_s - self._age_s(row))
        retry_at = self._clock() + timedelta(seconds=max(wait_s, 0.0))
        await self._outbox.mark_failed(row.message_id, retry_at, error)

    # escalation ------------------------------------------------------------------------------------------

    def _age_s(self, row: OutboxMessage) -> float:
        """Since the fact; a clock that was set back makes nothing younger than we have seen it."""
        seen = self._first_seen.setdefault(row.message_id, self._monotonic())
        return max((self._clock() - row.created_at).total_seconds(), self._monotonic() - seen)

    def _can_be_late(self, row: OutboxMessage) -> bool:
        return not row.recipient.startswith(CITIZEN_PREFIX) and row.message_id not in self._reported

    def _is_late(self, row: OutboxMessage, age_s: float) -> bool:
        if not self._can_be_late(row):
            return False
        left_s = self._settings.undelivered_after_s - age_s
        if left_s > 0:
            self._next_deadline_s = min(self._next_deadline_s, left_s)
        return left_s <= 0

    async def _was_handed_on(self, row: OutboxMessage, payload: SmsPayload) -> bool:
        """Tell it is late; with somebody left to tell the row is done, else it stays and is tried on."""
        if payload.next_recipients:
            await self._give_up(row, payload, REASON_IN_TIME)
            return True
        await self._report(row, reason=REASON_IN_TIME, follow_up=())
        self._reported.add(row.message_id)
        return False

    async def _give_up(self, row: OutboxMessage, payload: SmsPayload | None, reason: str) -> None:
        """Report first, settle second: a power cut in between doubles the notice, it doesn't lose it."""
        notices = () if payload is None else follow_up(payload, row.case_id)
        await self._report(row, reason=reason, follow_up=notices)
        await self._outbox.give_up(row.message_id, self._clock(), reason)
        self._forget(row)
        self._wake.set()  # the recipient's next row and the follow-up are due now

    def _forget(self, row: OutboxMessage) -> None:
        self._first_seen.pop(row.message_id, None)
        self._reported.discard(row.message_id)

    # the channel -----------------------------------------------------------------------------------------

    def _channel_waits_s(self) -> float:
        return self._channel_retry_at - self._monotonic()

    def _channel_works(self) -> None:
        if self._trouble:
            log.info("text messages go out again")
        self._trouble = ""
        self._seen = None
        self._needs_operator = False
        self._channel_failures = 0
        self._channel_retry_at = -math.inf

    def _channel_fails(self, trouble: str, *, needs_operator: bool = False) -> None:
        if not self._trouble:
            log.warning("text messages do not go out: %s", trouble)
        self._trouble = trouble
        self._needs_operator = needs_operator
        self._channel_failures += 1
        self._channel_retry_at = self._monotonic() + self._settings.back_off_s(self._channel_failures)

    async def _disconnect(self) -> None:
        self._connected = False
        try:
            await self._channel.close()
        except DeviceError as error:
            log.debug("closing the SMS channel: %s", error)

    async def _rest(self) -> None:
        """Until something changes or the next time is reached."""
        wait_s = self._next_deadline_s
        if self._channel_waits_s() > 0:
            wait_s = min(wait_s, self._channel_waits_s())
        else:
            wait_s = min(wait_s, await self._until_due_s(), max(0.0, self._look_at - self._monotonic()))
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _until_due_s(self) -> float:
        due_at = await self._outbox.next_time(Channel.SMS)
        if due_at is None:
            return self._settings.retry_max_s
        now = self._clock()
        wait_s = (due_at - now).total_seconds()
        if wait_s > self._settings.retry_max_s:  # longer than any back-off: the clock was set back
            await self._outbox.hurry(Channel.SMS, now)
            return 0.0
        return max(0.0, wait_s)
