"""One connection to the broker: paho's thread on one side, awaitables with deadlines on the other."""

import asyncio
import contextlib
import socket
import ssl
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from .messages import CONTENT_TYPE, status_topic
from .settings import MqttSettings

QOS: Final = 1
MOST_KEPT_BYTES: Final = 4096  # of a message that the broker gives back


class BrokerUnavailable(Exception):
    """There is no working connection. `configuration`: it will not mend itself."""

    def __init__(self, words: str, *, configuration: bool = False) -> None:
        super().__init__(words)
        self.configuration = configuration


class PublishRefused(Exception):
    """The broker answered, and does not take this message."""


class SubscribeRefused(Exception):
    """The broker answered, and does not let us read this topic."""


class BrokerConnection:
    """Opened once, used, thrown away: what was in flight comes again from the outbox, not from paho."""

    def __init__(self, settings: MqttSettings, will: bytes) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[ReasonCode] = self._loop.create_future()
        self._acks: dict[int, asyncio.Future[ReasonCode]] = {}
        self._kept: dict[str, asyncio.Future[bytes]] = {}
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"nightdesk-{settings.kiosk_id}",
            protocol=paho.MQTTv5,
            reconnect_on_failure=False,
        )
        self._client.connect_timeout = settings.connect_timeout_s
        self._client.will_set(
            status_topic(settings.kiosk_id), will, QOS, retain=True, properties=_message_properties(None)
        )
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    async def open(self) -> None:
        """Connect and wait for the broker's answer. Raises `BrokerUnavailable`."""
        settings = self._settings
        tls = settings.tls.context() if settings.tls is not None else None
        if tls is not None:
            self._client.tls_set_context(tls)
        try:
            await asyncio.to_thread(self._connect)
        except (OSError, ValueError) as error:
            if tls is not None:
                tls.close_last()
            if isinstance(error, ssl.SSLCertVerificationError):
                raise BrokerUnavailable(f"certificate: {error.verify_message}", configuration=True) from error
            raise BrokerUnavailable(f"no connection: {error}") from error
        self._client.loop_start()
        reason = await self._answered(self._answer, settings.connect_timeout_s, "answer")
        if reason.is_failure:
            raise BrokerUnavailable(f"refused: {reason}", configuration=True)

    async def publish(self, topic: str, payload: bytes, *, message_id: str, retain: bool = False) -> None:
        """Publish and wait for the PUBACK. Raises `BrokerUnavailable`, `PublishRefused`."""
        properties = _message_properties(message_id)
        try:
            info = self._client.publish(topic, payload, QOS, retain=retain, properties=properties)
        except ValueError as error:
            raise PublishRefused(str(error)) from error
        ack = self._acks.setdefault(info.mid, self._loop.create_future())
        try:
            reason = await self._answered(ack, self._settings.ack_timeout_s, "acknowledgement")
        finally:
            self._acks.pop(info.mid, None)
        if reason.is_failure:
            raise PublishRefused(str(reason))

    async def kept(self, topic: str, wait_s: float) -> bytes | None:
        """What the broker keeps under a topic (retained); None where it has given nothing back after `wait_s`.

        At most `MOST_KEPT_BYTES` of it. Raises `BrokerUnavailable`, `SubscribeRefused`.
        """
        found: asyncio.Future[bytes] = self._loop.create_future()
        self._kept[topic] = found
        options = SubscribeOptions(QOS, noLocal=True)
        try:
            _, mid = self._client.subscribe(topic, options=options)
            if mid is None:
                raise BrokerUnavailable("connection lost")
            ack = self._acks.setdefault(mid, self._loop.create_future())
            try:
                reason = await self._answered(ack, self._settings.ack_timeout_s, "acknowledgement")
            finally:
                self._acks.pop(mid, None)
            if reason.is_failure:
                raise SubscribeRefused(str(reason))
            either: set[asyncio.Future[Any]] = {found, self.lost}
            await asyncio.wait(either, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            return found.result() if found.done() else None
        finally:
            del self._kept[topic]
            self._client.unsubscribe(topic)

    async def _answered(self, answer: asyncio.Future[ReasonCode], timeout_s: float, what: str) -> ReasonCode:
        both: set[asyncio.Future[Any]] = {answer, self.lost}
        await asyncio.wait(both, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        if self.lost.done():
            raise BrokerUnavailable(f"connection lost: {self.lost.result()}")
        raise BrokerUnavailable(f"no {what} within {timeout_s:g} s")

    async def leave(self) -> None:
        """Say goodbye: the broker forgets the last will."""
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)
        self._let_go()

    async def abort(self) -> None:
        """Cut the line: a broker that still lives sends the last will."""
        line = self._client.socket()
        if isinstance(line, socket.socket):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)  # under TLS too: paho's thread still holds it
        await asyncio.to_thread(self._client.loop_stop)
        with contextlib.suppress(OSError):
            if isinstance(line, socket.socket):
                line.close()
        self._let_go()

    def _let_go(self) -> None:
        """Without a way back to us paho's client ends at once and closes what it woke its thread by: two sockets."""
        client = self._client
        client.on_connect = client.on_disconnect = None
        client.on_publish = client.on_subscribe = client.on_message = None

    # paho's thread -----------------------------------------------------------------------------------------

    def _connect(self) -> None:
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's is not annotated
        session.SessionExpiryInterval = self._settings.session_expiry_s
        self._client.connect(
            self._settings.host,
            self._settings.port,
            keepalive=self._settings.keepalive_s,
            clean_start=False,
            properties=session,
        )

    def _on_connect(
        self,
        _client: paho.Client,
        _data: Any,
        _flags: paho.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._loop.call_soon_threadsafe(_settle, self._answer, reason)

    def _on_disconnect(
        self,
        _client: paho.Client,
        _data: Any,
        _flags: paho.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._loop.call_soon_threadsafe(_settle, self.lost, str(reason))

    def _on_publish(
        self, _client: paho.Client, _data: Any, mid: int, reason: ReasonCode, _properties: Properties
    ) -> None:
        self._loop.call_soon_threadsafe(self._acked, mid, reason)

    def _on_subscribe(
        self, _client: paho.Client, _data: Any, mid: int, reasons: list[ReasonCode], _properties: Properties
    ) -> None:
        self._loop.call_soon_threadsafe(self._acked, mid, reasons[0])

    def _on_message(self, _client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        if message.retain:
            untrusted = bytes(message.payload[:MOST_KEPT_BYTES])
            self._loop.call_soon_threadsafe(self._given_back, message.topic, untrusted)

    def _given_back(self, topic: str, untrusted: bytes) -> None:
        if topic in self._kept:
            _settle(self._kept[topic], untrusted)

    def _acked(self, mid: int, reason: ReasonCode) -> None:
        _settle(self._acks.setdefault(mid, self._loop.create_future()), reason)


def _settle(future: asyncio.Future[Any], value: object) -> None:
    if not future.done():
        future.set_result(value)


def _message_properties(message_id: str | None) -> Properties:
    properties = Properties(PacketTypes.PUBLISH if message_id else PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
    properties.ContentType = CONTENT_TYPE
    properties.PayloadFormatIndicator = 1
    if message_id:
        properties.UserProperty = [("message_id", message_id)]
    return properties
