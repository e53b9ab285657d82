"""TLS and the ACL, with the broker configuration that we ship: who may not come in, and who may not say what."""

import asyncio
import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.enums import CallbackAPIVersion

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.emulators.broker import PrivateBroker
from kiosk.journal.anchor import Anchor, sign_head
from kiosk.journal.types import Channel, Notice, OutboxState, new_message_id, utc_now
from kiosk.notify.messages import cloud_event, head_topic
from kiosk.notify.mqtt import MqttCourier
from kiosk.notify.settings import MqttSettings, TlsFiles
from kiosk.notify.status import CompartmentCounts, StatusSnapshot
from tests.notify.certificates import Authority, new_authority
from tests.notify.doubles import MemoryOutbox, until

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "mosquitto"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Site:
    """A broker as shipped, on a free port, and the authority that it trusts."""

    ours: Authority
    theirs: Authority
    broker: PrivateBroker


def shipped_configuration(ca: Path, broker: TlsFiles) -> str:
    """The example configuration; the broker's place, its files and its listener are the test's."""
    ours = {
        "cafile": ca,
        "certfile": broker.certificate,
        "keyfile": broker.key,
        "acl_file": SHIPPED / "nightdesk.acl",
    }
    lines = []
    for line in (SHIPPED / "nightdesk.conf").read_text(encoding="utf-8").splitlines():
        word = line.split(" ", 1)[0]
        if word not in ("listener", "persistence"):
            lines.append(f"{word} {ours[word]}" if word in ours else line)
    return "\n".join(lines)


def start(folder: Path, ca: Path, files: TlsFiles) -> PrivateBroker:
    folder.mkdir()
    broker = PrivateBroker(folder, extra=shipped_configuration(ca, files))
    broker.start()
    return broker


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("tls")
    ours, theirs = new_authority(folder, "ours"), new_authority(folder, "theirs")
    broker = start(folder / "broker", ours.path, ours.issue("broker", host=HOST))
    yield Site(ours, theirs, broker)
    broker.stop()


def settings(port: int, tls: TlsFiles, kiosk_id: str = "lobby-1") -> MqttSettings:
    return MqttSettings(
        kiosk_id,
        HOST,
        port,
        tls=tls,
        connect_timeout_s=2.0,
        ack_timeout_s=2.0,
        retry_min_s=0.05,
        retry_max_s=0.2,
    )


def met(courier: MqttCourier) -> str:
    """Run until the courier has come to a verdict; returns its words, "online" when it is let in."""

    async def run() -> str:
        task = asyncio.create_task(courier.run())
        await until(lambda: courier.health().status is not DeviceStatus.STARTING, "a verdict")
        health = courier.health()
        courier.close()
        await task
        return "online" if health.status is DeviceStatus.ONLINE else f"{health.detail} {health.action}"

    return asyncio.run(run())


def test_the_right_certificates_are_let_in(site: Site) -> None:
    tls = site.ours.issue("lobby-1")
    assert met(MqttCourier(settings(site.broker.port, tls), MemoryOutbox())) == "online"


def test_a_broker_of_another_authority_is_refused(site: Site, tmp_path: Path) -> None:
    files = site.theirs.issue("broker", host=HOST)
    broker = start(tmp_path / "broker", site.ours.path, files)
    try:
        words = met(MqttCourier(settings(broker.port, site.ours.issue("lobby-1")), MemoryOutbox()))
    finally:
        broker.stop()
    assert words == f"certificate: unable to get local issuer certificate {ErrorAction.CONFIGURATION}"


def test_certificates_that_vanish_while_we_run_are_said(site: Site) -> None:
    tls = site.ours.issue("lobby-gone")
    courier = MqttCourier(settings(site.broker.port, tls, "lobby-gone"), MemoryOutbox())
    tls.key.unlink()
    assert met(courier).startswith("mqtt.tls: ")


def test_a_broker_with_an_expired_certificate_is_refused(site: Site, tmp_path: Path) -> None:
    files = site.ours.issue("old-broker", host=HOST, expired=True)
    broker = start(tmp_path / "broker", site.ours.path, files)
    try:
        words = met(MqttCourier(settings(broker.port, site.ours.issue("lobby-1")), MemoryOutbox()))
    finally:
        broker.stop()
    assert words == f"certificate: certificate has expired {ErrorAction.CONFIGURATION}"


@pytest.mark.parametrize("host", ["192.0.2.1", "broker.example"])
def test_a_broker_with_another_name_is_refused(site: Site, tmp_path: Path, host: str) -> None:
    files = site.ours.issue("other-broker", host=host)
    broker = start(tmp_path / "broker", site.ours.path, files)
    try:
        words = met(MqttCourier(settings(broker.port, site.ours.issue("lobby-1")), MemoryOutbox()))
    finally:
        broker.stop()
    assert "certificate: IP address mismatch" in words
    assert words.endswith(ErrorAction.CONFIGURATION)


def test_a_kiosk_of_another_authority_is_refused(site: Site) -> None:
    foreign = site.theirs.issue("lobby-1")
    tls = TlsFiles(site.ours.path, foreign.certificate, foreign.key)
    assert "online" not in met(MqttCourier(settings(site.broker.port, tls), MemoryOutbox()))


def test_a_kiosk_with_an_expired_certificate_is_refused(site: Site) -> None:
    tls = site.ours.issue("lobby-old", expired=True)
    assert "online" not in met(MqttCourier(settings(site.broker.port, tls, "lobby-old"), MemoryOutbox()))


def test_a_client_without_a_certificate_is_refused(site: Site) -> None:
    context = ssl.create_default_context(cafile=str(site.ours.path))
    answers: list[Any] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5, reconnect_on_failure=False)
    client.tls_set_context(context)
    client.on_connect = lambda *args: answers.append(args[3])
    client.connect(HOST, site.broker.port)
    client.loop_forever()
    assert not [reason for reason in answers if not reason.is_failure]


def test_without_tls_nobody_is_heard(site: Site) -> None:
    plain = MqttSettings("lobby-1", HOST, site.broker.port, connect_timeout_s=0.5)
    assert "online" not in met(MqttCourier(plain, MemoryOutbox()))


def publish(site: Site, certificate: str, topic: str) -> tuple[OutboxState, str]:
    """What becomes of one notice for `topic`, brought by the holder of a certificate."""
    outbox = MemoryOutbox()
    message_id = new_message_id()
    payload = cloud_event(
        kiosk_id="lobby-2", kind="door.forced", message_id=message_id, data={}, at=utc_now(), seq=1
    )
    outbox.add(Notice(Channel.MQTT, topic, payload, message_id=message_id))
    tls = site.ours.issue(certificate)
    courier = MqttCourier(settings(site.broker.port, tls, certificate), outbox)

    def answered() -> bool:
        return outbox.rows[0].state is not OutboxState.QUEUED or outbox.rows[0].attempts > 0

    async def run() -> None:
        task = asyncio.create_task(courier.run())
        await until(answered, "an answer")
        courier.close()
        await task

    asyncio.run(run())
    return outbox.rows[0].state, outbox.rows[0].error


def test_a_kiosk_speaks_for_itself(site: Site) -> None:
    state, _ = publish(site, "lobby-2", "nightdesk/v1/lobby-2/event/door-forced")
    assert state is OutboxState.SENT


@pytest.mark.parametrize(
    "topic",
    [
        "nightdesk/v1/lobby-2/event/door-forced",
        "nightdesk/v1/lobby-2/status",
        "nightdesk/v1/lobby-1/command/open",
        "elsewhere",
    ],
)
def test_a_kiosk_cannot_speak_for_another(site: Site, topic: str) -> None:
    assert publish(site, "lobby-1", topic) == (OutboxState.QUEUED, "refused: Not authorized")


def test_a_kiosk_cannot_listen_to_another_and_the_office_can(site: Site) -> None:
    heard: dict[str, list[str]] = {"lobby-1": [], "back-office": []}
    clients = [listener(site, name, heard[name]) for name in heard]
    try:
        publish(site, "lobby-2", "nightdesk/v1/lobby-2/event/door-forced")
        asyncio.run(until(lambda: bool(heard["back-office"]), "the office hears it"))
    finally:
        for client in clients:
            client.disconnect()
            client.loop_stop()
    assert heard["back-office"] == ["door.forced"]
    assert heard["lobby-1"] == []


def listener(
    site: Site, name: str, heard: list[str], topic: str = "nightdesk/v1/lobby-2/event/+"
) -> paho.Client:
    subscribed: list[bool] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"ear-{name}", protocol=paho.MQTTv5)
    client.tls_set_context(site.ours.issue(name).context())
    client.on_subscribe = lambda *_: subscribed.append(True)
    client.on_message = lambda _client, _data, message: heard.append(_kind(message.payload))
    client.connect(HOST, site.broker.port)
    client.loop_start()
    client.subscribe(topic, qos=1)
    asyncio.run(until(lambda: bool(subscribed), "subscribed"))
    return client


def test_a_kiosk_reads_the_head_of_its_journal_again_and_the_office_keeps_it(site: Site) -> None:
    at_office: list[str] = []
    given_back: list[Anchor] = []

    async def compare(head: Anchor) -> None:
        given_back.append(head)

    async def connect(head: Anchor, enough: Callable[[], bool]) -> None:
        tls = settings(site.broker.port, site.ours.issue("lobby-3"), "lobby-3")
        courier = MqttCourier(replace(tls, ack_timeout_s=0.5), MemoryOutbox(), compare=compare)
        courier.publish_status(StatusSnapshot(CompartmentCounts(1, 1, 0, 0), anchor=head))
        task = asyncio.create_task(courier.run())
        try:
            await until(enough, "said or given back")
        finally:
            courier.close()
            await task

    key = Ed25519PrivateKey.generate()
    first, second = sign_head(key, 1, bytes(32)), sign_head(key, 2, bytes(32))
    office = listener(site, "back-office", at_office, head_topic("lobby-3"))
    try:
        asyncio.run(connect(first, lambda: bool(at_office)))
        asyncio.run(connect(second, lambda: bool(given_back)))
    finally:
        office.disconnect()
        office.loop_stop()
    assert given_back == [first]
    assert at_office[0] == "journal"


def _kind(payload: bytes | bytearray) -> str:
    return str(json.loads(payload)["type"]).removeprefix("gov.nightdesk.").removesuffix(".v1")
