"""The journal's head, kept at the broker: asked back on each connection, before a newer one takes its place.

So an older journal that was put in this one's place is seen, however well it fits the files beside it.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from kiosk.journal.anchor import Anchor, parse_anchor
from kiosk.journal.errors import JournalError
from kiosk.journal.types import Clock, new_message_id

from .connection import BrokerConnection, BrokerUnavailable, PublishRefused, SubscribeRefused
from .messages import HEAD_KIND, cloud_event, head_topic, source_of
from .settings import MqttSettings

log = logging.getLogger(__name__)

CompareHead = Callable[[Anchor], Awaitable[None]]
"""Hold a head against the journal, tell who has to know, and return once that is durable. Checks the signature."""


class HeadKeeper:
    """One for all connections; `keep` runs beside the notices of each, and none of them waits for it."""

    def __init__(self, settings: MqttSettings, compare: CompareHead, clock: Clock) -> None:
        self._settings = settings
        self._compare = compare
        self._clock = clock
        self._newest: Anchor | None = None
        self._fresh = asyncio.Event()

    def say(self, head: Anchor) -> None:
        """Keep this head from now on."""
        self._newest = head
        self._fresh.set()

    async def keep(self, connection: BrokerConnection) -> None:
        """Ask what the broker has, compare, then put each newer head there until cancelled.

        What could not be compared stays at the broker, for the next connection.
        """
        topic = head_topic(self._settings.kiosk_id)
        try:
            untrusted = await connection.kept(topic, self._settings.ack_timeout_s)
            if untrusted:
                await self._look_at(untrusted)
            self._fresh.set()
            while True:
                await self._fresh.wait()
                self._fresh.clear()
                if self._newest is not None:
                    await self._publish(connection, topic, self._newest)
        except BrokerUnavailable:
            return  # the courier meets the same, and comes back
        except SubscribeRefused as refusal:
            log.warning("the broker does not let us read %s: %s; see nightdesk.acl", topic, refusal)
        except PublishRefused as refusal:
            log.warning("the broker refuses the journal's head: %s; see nightdesk.acl", refusal)
        except JournalError as error:
            log.error("the head at the broker could not be compared with the journal: %s", error)

    async def _look_at(self, untrusted: bytes) -> None:
        try:
            head = read_head(untrusted, self._settings.kiosk_id)
        except ValueError as error:
            log.warning("what the broker keeps as our journal's head is none of ours: %s", error)
            return
        await self._compare(head)

    async def _publish(self, connection: BrokerConnection, topic: str, head: Anchor) -> None:
        message_id = new_message_id()
        payload = head_message(self._settings.kiosk_id, message_id, head, self._clock())
        await connection.publish(topic, payload, message_id=message_id, retain=True)


def head_message(kiosk_id: str, message_id: str, head: Anchor, at: datetime) -> bytes:
    """The retained message; its `data` is what `nightdesk journal verify --anchor` takes."""
    return cloud_event(kiosk_id=kiosk_id, kind=HEAD_KIND, message_id=message_id, data=head.plain(), at=at)


def read_head(untrusted: bytes, kiosk_id: str) -> Anchor:
    """The inverse, for a message of this kiosk; the signature is not looked at. Raises ValueError."""
    try:
        told: Any = json.loads(untrusted)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    if not isinstance(told, dict) or told.get("source") != source_of(kiosk_id):
        raise ValueError(f"it does not come from {source_of(kiosk_id)}")
    return parse_anchor(untrusted.decode())
