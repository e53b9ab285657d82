"""The MQTT courier against a real mosquitto that is stopped, killed, stalled and refusing."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.emulators.broker import PrivateBroker, Subscriber
from kiosk.journal.types import Channel, Notice, OutboxState, new_message_id, utc_now
from kiosk.notify import mqtt
from kiosk.notify.connection import BrokerUnavailable
from kiosk.notify.messages import cloud_event
from kiosk.notify.mqtt import MqttCourier
from kiosk.notify.settings import MqttSettings, MqttSettingsError, TlsFiles
from kiosk.notify.status import CompartmentCounts, StatusSnapshot
from tests.notify.doubles import MemoryOutbox, until

STATUS = "nightdesk/v1/lobby-1/status"
HELD = "nightdesk/v1/lobby-1/event/deposit-held"
FORCED = "nightdesk/v1/lobby-1/event/door-forced"
SNAPSHOT = StatusSnapshot(CompartmentCounts(12, 9, 2, 1), {"printer": DeviceStatus.ONLINE})


class Scene:
    """A broker, an independent subscriber and a courier."""

    def __init__(self, folder: Path) -> None:
        self.broker = PrivateBroker(folder)
        self.broker.start()
        self._path = folder / "received.jsonl"
        self._log = self._path.open("w", encoding="utf-8")
        self._subscriber = Subscriber(self.broker.port, self._log)
        self._subscriber.start()
        self.broker.save()
        self.outbox = MemoryOutbox()

    def close(self) -> None:
        self._subscriber.close()
        self._log.close()
        self.broker.stop()

    def courier(self, port: int | None = None) -> MqttCourier:
        settings = MqttSettings(
            "lobby-1",
            "127.0.0.1",
            port or self.broker.port,
            connect_timeout_s=0.4,
            ack_timeout_s=0.4,
            retry_min_s=0.05,
            retry_max_s=0.2,
        )
        return MqttCourier(settings, self.outbox)

    def tell(self, topic: str = HELD, *, seq: int = 1) -> str:
        message_id = new_message_id()
        payload = cloud_event(
            kiosk_id="lobby-1", kind="deposit.held", message_id=message_id, data={}, at=utc_now(), seq=seq
        )
        self.outbox.add(Notice(Channel.MQTT, topic, payload, message_id=message_id), seq=seq)
        return message_id

    def received(self, topic: str | None = None) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]
        return [line for line in lines if topic in (None, line["topic"])]

    def ids(self, topic: str = HELD) -> list[str]:
        return [line["payload"]["id"] for line in self.received(topic)]

    def last_status(self) -> dict[str, Any]:
        said = self.received(STATUS)
        found: dict[str, Any] = said[-1]["payload"]["data"] if said else {}
        return found

    def state(self) -> str:
        return str(self.last_status().get("state"))

    def all_sent(self) -> bool:
        return all(row.state is OutboxState.SENT for row in self.outbox.rows)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.close()


def play(courier: MqttCourier, story: Callable[[MqttCourier], Awaitable[None]]) -> None:
    async def run() -> None:
        task = asyncio.create_task(courier.run())
        try:
            await story(courier)
        finally:
            courier.close()
            await task

    asyncio.run(run())


async def online(courier: MqttCourier) -> None:
    await until(lambda: courier.health().status is DeviceStatus.ONLINE, "online")


async def offline(courier: MqttCourier, words: str) -> None:
    await until(
        lambda: courier.health().status is DeviceStatus.OFFLINE and words in courier.health().detail,
        f"offline: {words}, not {courier.health()}",
    )


def test_facts_arrive_in_their_order(scene: Scene) -> None:
    async def story(courier: MqttCourier) -> None:
        told = [scene.tell(seq=seq, topic=(HELD, FORCED)[seq % 2]) for seq in (1, 2, 3, 4)]
        await online(courier)
        courier.poke()
        await until(scene.all_sent, "all acknowledged")
        await until(lambda: len(scene.ids()) + len(scene.ids(FORCED)) == 4, "all received")
        arrived = [line for line in scene.received() if "/event/" in line["topic"]]
        assert [line["payload"]["id"] for line in arrived] == told
        assert {(line["qos"], line["retain"]) for line in arrived} == {(1, False)}

    play(scene.courier(), story)


def test_status_is_retained_and_the_newest_wins(scene: Scene) -> None:
    async def story(courier: MqttCourier) -> None:
        await online(courier)
        courier.publish_status(SNAPSHOT)
        await until(lambda: "compartments" in scene.last_status(), "the snapshot")

    play(scene.courier(), story)
    asyncio.run(until(lambda: scene.state() == "offline", "the goodbye"))
    said = scene.received(STATUS)
    assert [line["payload"]["data"]["state"] for line in said] == ["online", "online", "offline"]
    assert all(line["retain"] and line["qos"] == 1 for line in said)
    assert said[1]["payload"]["data"]["compartments"]["free"] == 9
    assert scene.last_status() == {"state": "offline", "reason": "stopped"}


def test_the_last_will_speaks_when_the_courier_is_cut_off(scene: Scene) -> None:
    async def run() -> None:
        courier = scene.courier()
        task = asyncio.create_task(courier.run())
        await online(courier)
        await until(lambda: scene.state() == "online", "the status")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: scene.state() == "offline", "the last will")
        assert scene.last_status() == {"state": "offline", "reason": "connectionLost"}

    asyncio.run(run())
    assert [thread.name for thread in threading.enumerate() if "lobby-1" in thread.name] == []


def test_a_broker_that_was_away_gets_everything_when_it_returns(scene: Scene) -> None:
    scene.broker.stop()

    async def story(courier: MqttCourier) -> None:
        told = [scene.tell(seq=seq) for seq in (1, 2, 3)]
        await offline(courier, "no connection")
        await asyncio.to_thread(scene.broker.start)
        await until(lambda: scene.ids() == told, "all three, in order")

    play(scene.courier(), story)
    assert scene.all_sent()


def test_a_broker_that_dies_loses_nothing(scene: Scene) -> None:
    async def story(courier: MqttCourier) -> None:
        await online(courier)
        scene.broker.kill()
        told = scene.tell()
        courier.poke()
        await offline(courier, "")
        await asyncio.to_thread(scene.broker.start)
        await until(lambda: told in scene.ids(), "delivered by the new connection")
        await until(scene.all_sent, "marked as sent")

    play(scene.courier(), story)


def test_a_broker_that_refuses_is_asked_again(scene: Scene) -> None:
    scene.broker.stop()
    scene.broker.start(refuse=True)

    async def story(courier: MqttCourier) -> None:
        told = scene.tell()
        await offline(courier, "refused: Not authorized")
        assert courier.health().action is ErrorAction.CONFIGURATION
        await asyncio.to_thread(scene.broker.stop)
        await asyncio.to_thread(scene.broker.start)
        await until(lambda: scene.ids() == [told], "delivered")

    play(scene.courier(), story)


def test_a_broker_that_stalls_in_the_middle_meets_the_deadline(scene: Scene) -> None:
    async def story(courier: MqttCourier) -> None:
        await online(courier)
        scene.broker.stall()
        told = scene.tell()
        courier.poke()
        await offline(courier, "no acknowledgement within 0.4 s")
        await offline(courier, "no answer within 0.4 s")
        assert not scene.all_sent()
        scene.broker.resume()
        await until(scene.all_sent, "acknowledged after the pause")
        await until(lambda: set(scene.ids()) == {told}, "received, perhaps twice, always with one id")
        await until(lambda: scene.state() == "online", "the last word is online")

    play(scene.courier(), story)


def test_a_port_that_accepts_and_says_nothing_meets_the_deadline(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        courier = scene.courier(port=silent.getsockname()[1])

        async def story(courier: MqttCourier) -> None:
            await offline(courier, "no answer within 0.4 s")

        play(courier, story)


def test_a_refused_message_holds_up_nobody(scene: Scene) -> None:
    async def story(courier: MqttCourier) -> None:
        scene.tell("nightdesk/v1/lobby-1/event/#", seq=1)  # a topic that cannot be published to
        told = scene.tell(seq=2)
        await until(lambda: scene.ids() == [told], "the other message")
        refused = scene.outbox.rows[0]
        assert refused.state is OutboxState.QUEUED
        assert refused.error.startswith("refused")

    play(scene.courier(), story)


def test_a_poke_is_enough_and_quick(scene: Scene) -> None:
    async def story(courier: MqttCourier) -> None:
        await online(courier)
        started = time.monotonic()
        scene.tell()
        courier.poke()
        await until(lambda: bool(scene.ids()), "received")
        assert time.monotonic() - started < 5.0

    play(scene.courier(), story)


@pytest.mark.parametrize("host", ["broker.example", "192.0.2.7", "::2", "localhost.example"])
def test_outside_loopback_only_with_tls(host: str) -> None:
    with pytest.raises(MqttSettingsError, match=r"mqtt\.tls"):
        MqttSettings("lobby-1", host, 1883)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_loopback_needs_no_tls(host: str) -> None:
    assert MqttSettings("lobby-1", host, 1883).tls is None


@pytest.mark.parametrize("kiosk_id", ["", "a/b", "+", "#", "Lobby", "a b", "-a", "a" * 33])
def test_a_kiosk_id_is_one_level_of_a_topic(kiosk_id: str) -> None:
    with pytest.raises(MqttSettingsError, match=r"mqtt\.kiosk_id"):
        MqttSettings(kiosk_id, "localhost", 1883)


def test_missing_certificates_are_a_settings_error(tmp_path: Path) -> None:
    files = TlsFiles(tmp_path / "ca", tmp_path / "crt", tmp_path / "key")
    with pytest.raises(MqttSettingsError, match=r"mqtt\.tls"):
        MqttCourier(MqttSettings("lobby-1", "broker.example", 8883, tls=files), MemoryOutbox())


def test_the_broker_acknowledges_a_technicians_question(scene: Scene) -> None:
    async def story(courier: MqttCourier) -> None:
        await online(courier)
        assert 0 < await courier.round_trip() < 0.4
        scene.broker.stop()
        await offline(courier, "")
        with pytest.raises(BrokerUnavailable):
            await courier.round_trip()

    play(scene.courier(), story)


def test_while_the_disk_is_full_a_notice_goes_out_once_and_the_courier_lives(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "PAUSE_S", 0.01)
    scene.outbox.refusals = 4

    async def story(courier: MqttCourier) -> None:
        first, second = scene.tell(seq=1), scene.tell(FORCED, seq=2)
        await until(scene.all_sent, "recorded when there was room")
        await until(lambda: scene.ids(FORCED) == [second], "the second one too")
        assert scene.ids() == [first]
        assert courier.health().status is DeviceStatus.ONLINE

    play(scene.courier(), story)
