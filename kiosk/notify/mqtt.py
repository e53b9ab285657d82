"""The MQTT courier: takes notices from the outbox to the broker, and keeps the kiosk's retained status there.

In the order of the facts, one in flight; a row is done when the broker has acknowledged it. Whatever the broker
does (refuses, drops, stalls), the courier comes back for ever with a growing pause.
"""

import asyncio
import logging
import time
from datetime import timedelta
from typing import Final

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from kiosk.journal.errors import JournalError
from kiosk.journal.types import Channel, Clock, OutboxMessage, new_message_id, utc_now

from . import status
from .connection import BrokerConnection, BrokerUnavailable, PublishRefused
from .head import CompareHead, HeadKeeper
from .messages import status_topic
from .ports import Outbox
from .settings import MqttSettings, MqttSettingsError
from .status import OfflineReason, StatusSnapshot

log = logging.getLogger(__name__)

PAUSE_S: Final = 1.0  # until the journal is tried again


class MqttCourier:
    """Runs as one task; `close` ends it with a goodbye, cancelling it leaves the last word to the will."""

    def __init__(
        self,
        settings: MqttSettings,
        outbox: Outbox,
        *,
        clock: Clock = utc_now,
        compare: CompareHead | None = None,
    ) -> None:
        self._settings = settings
        self._outbox = outbox
        self._clock = clock
        self._wake = asyncio.Event()
        self._closing = False
        self._acknowledged = ""  # the newest message that the broker has, whether the journal knows or not
        self._snapshot: StatusSnapshot | None = None
        self._status_is_stale = True
        self._failures = 0
        self._round_trips: set[asyncio.Future[float]] = set()
        self._health = Health(DeviceStatus.STARTING)
        self._head = None if compare is None else HeadKeeper(settings, compare, clock)
        if settings.tls is not None:
            settings.tls.context()

    async def run(self) -> None:
        """Carry notices until `close`, whatever the journal says: it is asked again after a pause."""
        while not self._closing:
            try:
                await self._one_connection()
            except BrokerUnavailable as error:
                self._went_offline(error)
            except MqttSettingsError as error:  # the files were fine at the start; somebody is changing them
                self._went_offline(BrokerUnavailable(str(error), configuration=True))
            if not self._closing:
                await self._rest(self._settings.back_off_s(self._failures), only_closing=True)

    def poke(self) -> None:
        """There may be new rows. Call on the event loop."""
        self._wake.set()

    def publish_status(self, snapshot: StatusSnapshot) -> None:
        """Say this from now on; the newest wins, and it is said again after each reconnection."""
        if snapshot != self._snapshot:
            self._snapshot = snapshot
            self._status_is_stale = True
            self._wake.set()
            if self._head is not None and snapshot.anchor is not None:
                self._head.say(snapshot.anchor)

    async def round_trip(self) -> float:
        """Seconds from our status to the broker's acknowledgement. Raises `BrokerUnavailable`."""
        answer: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._round_trips.add(answer)
        self._status_is_stale = True
        self._wake.set()
        try:
            async with asyncio.timeout(self._settings.ack_timeout_s):
                return await answer
        except TimeoutError:
            why = self._health.detail or f"no acknowledgement within {self._settings.ack_timeout_s:g} s"
            raise BrokerUnavailable(why) from None
        finally:
            self._round_trips.discard(answer)

    def close(self) -> None:
        """End `run` after the message in hand."""
        self._closing = True
        self._wake.set()

    def health(self) -> Health:
        """Whether the broker takes our messages."""
        return self._health

    async def _one_connection(self) -> None:
        kiosk_id = self._settings.kiosk_id
        will = status.offline(kiosk_id, new_message_id(), OfflineReason.CONNECTION_LOST, None)
        connection = BrokerConnection(self._settings, will)
        said_goodbye = False
        head: asyncio.Task[None] | None = None
        try:
            await connection.open()
            self._status_is_stale = True
            if self._head is not None:
                head = asyncio.create_task(self._head.keep(connection))
            await self._deliver(connection)
            await self._say_goodbye(connection)
            said_goodbye = True
        finally:
            if head is not None:
                head.cancel()
                await asyncio.wait({head})
            if not said_goodbye:
                await connection.abort()

    async def _deliver(self, connection: BrokerConnection) -> None:
        connection.lost.add_done_callback(lambda _: self._wake.set())
        hurried = False
        while not self._closing:
            self._wake.clear()
            if connection.lost.done():
                raise BrokerUnavailable(f"connection lost: {connection.lost.result()}")
            if self._status_is_stale:
                await self._say_status(connection)
            try:
                if not hurried:
                    await self._outbox.hurry(Channel.MQTT, self._clock())
                    hurried = True
                rows = await self._outbox.due(self._clock(), Channel.MQTT)
                if rows:
                    await self._carry(connection, min(rows, key=lambda row: row.event_seq))
                else:
                    await self._rest(await self._until_due_s())
            except JournalError as error:
                log.warning("notices wait: %s", error)
                await self._rest(PAUSE_S, only_closing=True)

    async def _carry(self, connection: BrokerConnection, row: OutboxMessage) -> None:
        try:
            if row.message_id != self._acknowledged:
                await connection.publish(row.recipient, row.payload, message_id=row.message_id)
                self._acknowledged = row.message_id
        except PublishRefused as refusal:
            wait_s = self._settings.back_off_s(row.attempts + 1)
            retry_at = self._clock() + timedelta(seconds=wait_s)
            self._health = Health(DeviceStatus.ONLINE, f"refused: {refusal}", ErrorAction.CONFIGURATION)
            log.warning("the broker refuses a message: %s", refusal)
            await self._outbox.mark_failed(row.message_id, retry_at, f"refused: {refusal}")
        else:
            self._went_online()
            await self._outbox.mark_sent(row.message_id, self._clock())

    async def _say_status(self, connection: BrokerConnection) -> None:
        self._status_is_stale = False
        message_id = new_message_id()
        payload = status.online(self._settings.kiosk_id, message_id, self._snapshot, self._clock())
        topic = status_topic(self._settings.kiosk_id)
        sent_s = time.monotonic()
        try:
            await connection.publish(topic, payload, message_id=message_id, retain=True)
        except PublishRefused as refusal:
            self._health = Health(DeviceStatus.ONLINE, f"refused: {refusal}", ErrorAction.CONFIGURATION)
            log.warning("the broker refuses our status: %s", refusal)
        else:
            self._went_online()
            for waiting in self._round_trips:
                if not waiting.done():
                    waiting.set_result(time.monotonic() - sent_s)

    async def _say_goodbye(self, connection: BrokerConnection) -> None:
        message_id = new_message_id()
        kiosk_id = self._settings.kiosk_id
        payload = status.offline(kiosk_id, message_id, OfflineReason.STOPPED, self._clock())
        try:
            await connection.publish(status_topic(kiosk_id), payload, message_id=message_id, retain=True)
        except PublishRefused as refusal:
            log.warning("the broker refuses our goodbye: %s", refusal)
        self._health = Health(DeviceStatus.OFFLINE, "stopped")
        await connection.leave()

    def _went_online(self) -> None:
        if self._failures:
            log.info("the broker is back")
        self._failures = 0
        self._health = Health(DeviceStatus.ONLINE)

    def _went_offline(self, error: BrokerUnavailable) -> None:
        if not self._failures:
            log.warning("the broker is away: %s", error)
        self._failures += 1
        action = ErrorAction.CONFIGURATION if error.configuration else ErrorAction.SUSPEND
        self._health = Health(DeviceStatus.OFFLINE, str(error), action)

    async def _until_due_s(self) -> float:
        due_at = await self._outbox.next_time(Channel.MQTT)
        if due_at is None:
            return self._settings.retry_max_s
        now = self._clock()
        wait_s = (due_at - now).total_seconds()
        if wait_s > self._settings.retry_max_s:  # longer than any back-off: the clock was set back
            await self._outbox.hurry(Channel.MQTT, now)
            return 0.0
        return max(0.0, wait_s)

    async def _rest(self, wait_s: float, *, only_closing: bool = False) -> None:
        deadline = asyncio.get_running_loop().time() + wait_s
        try:
            async with asyncio.timeout_at(deadline):
                while True:
                    await self._wake.wait()
                    if self._closing or not only_closing:
                        return
                    self._wake.clear()
        except TimeoutError:
            return
