"""The journal's head at the broker: asked back on each connection, and what the kiosk makes of it."""

import asyncio
import json
import logging
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.enums import CallbackAPIVersion

from drivers.emulators.broker import PrivateBroker
from kiosk.journal.anchor import Anchor, is_genuine, sign_head
from kiosk.journal.custody import JournalCustody
from kiosk.journal.events import KioskStarted
from kiosk.journal.journal import Journal, opened
from kiosk.journal.types import utc_now
from kiosk.notify.head import head_message, read_head
from kiosk.notify.messages import head_topic
from kiosk.notify.mqtt import MqttCourier
from kiosk.notify.settings import MqttSettings
from kiosk.notify.status import CompartmentCounts, StatusSnapshot
from kiosk.runtime.restart import compare_head, own_up_to_loss
from locker.compartment import Compartment, Content
from locker.ledger import Ledger
from tests.notify.doubles import MemoryOutbox, until

KIOSK = "lobby-1"
TOPIC = head_topic(KIOSK)
CELLS = ("A-01", "A-02")
COUNTS = CompartmentCounts(2, 2, 0, 0)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[PrivateBroker]:
    made = PrivateBroker(tmp_path)
    made.start()
    yield made
    made.stop()


def keep(broker: PrivateBroker, payload: bytes) -> None:
    """Have the broker keep this under the kiosk's topic, as anybody may who can write there."""
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    client.publish(TOPIC, payload, qos=1, retain=True).wait_for_publish(8.0)
    client.disconnect()
    client.loop_stop()


def kept(broker: PrivateBroker) -> Anchor | None:
    """What an outsider reads there."""
    told: list[bytes] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.on_message = lambda _client, _data, message: told.append(bytes(message.payload))
    acked: list[int] = []
    client.on_subscribe = lambda *_: acked.append(1)
    client.connect("127.0.0.1", broker.port)
    client.subscribe(TOPIC)
    while not acked:
        client.loop(0.1)
    client.loop(0.1)
    client.disconnect()
    try:
        return read_head(told[0], KIOSK) if told else None
    except ValueError:
        return None


@dataclass
class Kiosk:
    """Journal, ledger and courier of one start. `at_door`: the compartment that somebody stands at."""

    journal: Journal
    ledger: Ledger
    courier: MqttCourier
    at_door: list[str] = field(default_factory=list)

    def contents(self) -> list[Content]:
        return [self.ledger.compartments[cell].content for cell in CELLS]

    async def say_head(self) -> Anchor:
        head = await self.journal.anchor()
        self.courier.publish_status(StatusSnapshot(COUNTS, anchor=head))
        return head

    async def missing(self) -> list[tuple[int, int]]:
        found = await self.journal.events(kinds=["EventsMissing"])
        return [(event.data["found_seq"], event.data["known_seq"]) for event in found]


def run(
    state: Path, port: int, story: Callable[[Kiosk], Awaitable[None]], *, at_door: tuple[str, ...] = ()
) -> None:
    async def work() -> None:
        async with opened(state, ballast_bytes=0) as journal:
            await own_up_to_loss(journal, CELLS)
            known = await journal.compartments()
            ledger = Ledger(JournalCustody(journal), [known.get(cell, Compartment(cell)) for cell in CELLS])
            standing = list(at_door)
            courier = MqttCourier(
                MqttSettings(KIOSK, "127.0.0.1", port, ack_timeout_s=0.4, retry_min_s=0.05, retry_max_s=0.2),
                MemoryOutbox(),
                compare=lambda head: compare_head(head, journal, ledger, lambda: "".join(standing[:1])),
            )
            await journal.append(KioskStarted("1", "test"))
            task = asyncio.create_task(courier.run())
            try:
                await story(Kiosk(journal, ledger, courier, standing))
            finally:
                courier.close()
                await task

    asyncio.run(work())


async def publishes(kiosk: Kiosk, broker: PrivateBroker) -> Anchor:
    head = await kiosk.say_head()
    await until_kept(broker, head)
    return head


async def until_kept(broker: PrivateBroker, head: Anchor) -> None:
    async with asyncio.timeout(8.0):
        while await asyncio.to_thread(kept, broker) != head:
            pass


def rolled_back(state: Path, broker: PrivateBroker, *, also_keys: bool = True) -> Anchor:
    """A kiosk that said its head, then got its files of the day before; answers that head."""
    said: list[Anchor] = []

    async def day(kiosk: Kiosk) -> None:
        await kiosk.journal.append([KioskStarted("1", "test")] * 3)
        said.append(await publishes(kiosk, broker))

    async def eve(_kiosk: Kiosk) -> None:
        pass

    run(state, broker.port, eve)
    older = state.with_name("older")
    shutil.copytree(state, older)
    run(state, broker.port, day)
    if not also_keys:
        shutil.rmtree(older / "keys")
        shutil.copytree(state / "keys", older / "keys")
    shutil.rmtree(state)
    shutil.copytree(older, state)
    return said[0]


def test_an_older_journal_with_its_older_keys_is_seen_by_the_broker_alone(
    tmp_path: Path, broker: PrivateBroker
) -> None:
    state = tmp_path / "state"
    lost = rolled_back(state, broker)

    async def story(kiosk: Kiosk) -> None:
        assert await kiosk.missing() == []  # the files agree with each other: nothing here tells
        await until(lambda: kiosk.contents() == [Content.UNKNOWN] * 2, "every compartment in question")
        (found, known), *more = await kiosk.missing()
        assert (known, more) == (lost.seq, [])
        assert found < lost.seq
        await publishes(kiosk, broker)

    async def again(kiosk: Kiosk) -> None:
        await publishes(kiosk, broker)
        assert len(await kiosk.missing()) == 1

    run(state, broker.port, story)
    run(state, broker.port, again)


def test_what_the_kiosk_saw_itself_is_not_told_twice(tmp_path: Path, broker: PrivateBroker) -> None:
    state = tmp_path / "state"
    rolled_back(state, broker, also_keys=False)

    async def story(kiosk: Kiosk) -> None:
        assert len(await kiosk.missing()) == 1
        await publishes(kiosk, broker)  # comes after the comparison
        assert len(await kiosk.missing()) == 1

    run(state, broker.port, story)


def test_nobody_at_a_door_is_surprised(tmp_path: Path, broker: PrivateBroker) -> None:
    state = tmp_path / "state"
    lost = rolled_back(state, broker)

    async def story(kiosk: Kiosk) -> None:
        await kiosk.say_head()
        await kiosk.courier.round_trip()
        assert (await kiosk.missing(), kiosk.contents()) == ([], [Content.EMPTY] * 2)
        assert await asyncio.to_thread(kept, broker) == lost  # the proof is not overwritten meanwhile
        kiosk.at_door.clear()
        await until(lambda: kiosk.contents() == [Content.UNKNOWN] * 2, "told when the person has gone")

    run(state, broker.port, story, at_door=("A-02",))


def test_a_head_of_today_is_taken_and_replaced(
    tmp_path: Path, broker: PrivateBroker, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(kiosk: Kiosk) -> None:
        head = await publishes(kiosk, broker)
        assert is_genuine(head, await kiosk.journal.public_key())
        await kiosk.journal.append(KioskStarted("1", "test"))
        assert (await publishes(kiosk, broker)).seq == head.seq + 1
        broker.stop()
        broker.start()  # not from a thread of the loop: the broker would end with it
        await publishes(kiosk, broker)
        assert await kiosk.missing() == []

    with caplog.at_level(logging.ERROR):
        run(tmp_path / "state", broker.port, story)
        run(tmp_path / "state", broker.port, story)
    assert not [record for record in caplog.records if "journal" in record.message]


def foreign(**wrong: object) -> bytes:
    head = sign_head(Ed25519PrivateKey.generate(), 999_999, bytes(32))
    told = json.loads(head_message(KIOSK, "0", head, utc_now()))
    return json.dumps(told | wrong).encode()


@pytest.mark.parametrize(
    ("untrusted", "words"),
    [
        (foreign(), "not signed with our key"),
        (foreign(source="/nightdesk/lobby-2"), "does not come from /nightdesk/lobby-1"),
        (foreign(data={"seq": 1}), "seq, hash and signature are wanted"),
        (b"x" * 100_000, "none of ours"),
    ],
)
def test_what_somebody_else_left_there_is_refused_and_said(
    tmp_path: Path, broker: PrivateBroker, caplog: pytest.LogCaptureFixture, untrusted: bytes, words: str
) -> None:
    keep(broker, untrusted)

    async def story(kiosk: Kiosk) -> None:
        await publishes(kiosk, broker)
        assert (await kiosk.missing(), kiosk.contents()) == ([], [Content.EMPTY] * 2)

    with caplog.at_level(logging.WARNING):
        run(tmp_path / "state", broker.port, story)
    assert [record for record in caplog.records if words in record.message]
