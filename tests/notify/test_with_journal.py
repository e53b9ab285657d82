"""From a fact in the real journal to a real broker and a text message, and what a restart finds."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from drivers.contracts.sms import SmsMessage, SmsOutcome, SmsRefused
from drivers.emulators.broker import PrivateBroker, Subscriber
from kiosk.journal import Channel, Journal, Notice, OutboxState
from kiosk.journal.events import CaseOpened
from kiosk.notify.cases import KnownCases
from kiosk.notify.mqtt import MqttCourier
from kiosk.notify.policy import NoticeWriter, SmsPayload
from kiosk.notify.ports import Outbox
from kiosk.notify.settings import MqttSettings
from kiosk.notify.sms import SmsCourier
from kiosk.notify.texts import Language
from kiosk.notify.undelivered import JournalReport
from locker.events import DepositCollected, DepositHeld, DepositRequested, DoorForced, Evidence
from tests.notify.doubles import MoodyChannel, until

NUMBERS = {"S1": "13800000001", "S2": "13800000002", "S8": "13800000008", "citizen:ND-7": "13800000009"}
NAME, ID_NUMBER = "王小明", "110105199003072316"
OPENED = CaseOpened("ND-7", "s-1", "birth", "civil", "card_only", NAME, ID_NUMBER, NUMBERS["citizen:ND-7"])
HELD = DepositHeld("ND-7", "A-03", Evidence.SENSOR)
FACTS = (OPENED, DepositRequested("ND-7", "A-03", "birth"), HELD)


def writer(known: KnownCases) -> NoticeWriter:
    return NoticeWriter(
        kiosk_id="lobby-1",
        place=lambda _: "East Gate",
        timezone=UTC,
        told_for=lambda _: ["S1", "S2"],
        on_call=lambda: ["S8"],
        case_facts=known.facts,
        item_name=lambda _code, _language: "Birth certificate",
        staff_language=Language.ENGLISH,
    )


async def opened(folder: Path) -> Journal:
    known = KnownCases()
    known.speaks("ND-7", Language.ENGLISH)
    return await Journal.open(folder / "state", notice_policy=known.watching(writer(known)))


async def number_of(recipient: str) -> str | None:
    return NUMBERS.get(recipient)


class Couriers:
    """Both couriers of one journal, as the runtime wires them."""

    def __init__(self, journal: Journal, port: int, channel: MoodyChannel) -> None:
        outbox: Outbox = journal.outbox
        settings = MqttSettings("lobby-1", "127.0.0.1", port, retry_min_s=0.05, retry_max_s=0.2)
        self.mqtt = MqttCourier(settings, outbox)
        self.sms = SmsCourier(channel, outbox, resolve=number_of, report=JournalReport(journal))
        journal.listen(lambda _: self.mqtt.poke())
        journal.listen(lambda _: self.sms.poke())
        self._tasks = [asyncio.create_task(self.mqtt.run()), asyncio.create_task(self.sms.run())]

    async def close(self) -> None:
        self.mqtt.close()
        self.sms.close()
        await asyncio.gather(*self._tasks)


async def rows_until(journal: Journal, after: int, states: Sequence[OutboxState]) -> None:
    """Wait until the rows of one event are in these states."""
    found: list[OutboxState] = []
    async with asyncio.timeout(8.0):
        while found != list(states):
            found = [row.state for row in await journal.outbox.of_event(after)]
            await asyncio.sleep(0.005)


def test_a_deposit_reaches_the_office_the_staff_and_the_citizen(tmp_path: Path) -> None:
    broker = PrivateBroker(tmp_path)
    broker.start()
    channel = MoodyChannel()

    log_path = tmp_path / "received.jsonl"

    async def run() -> None:
        journal = await opened(tmp_path)
        with log_path.open("w", encoding="utf-8") as log:
            subscriber = Subscriber(broker.port, log)
            await asyncio.to_thread(subscriber.start)
            couriers = Couriers(journal, broker.port, channel)
            recorded = await journal.append(FACTS)
            await rows_until(journal, recorded[-1].seq, [OutboxState.SENT] * 3)
            await until(lambda: "deposit-held" in log_path.read_text(encoding="utf-8"), "received")
            await couriers.close()
            await asyncio.to_thread(subscriber.close)
        await journal.close()

    asyncio.run(run())
    broker.stop()
    lines = [json.loads(line) for line in log_path.read_text(encoding="utf-8").splitlines()]
    held = next(line["payload"] for line in lines if "deposit-held" in str(line["topic"]))
    assert isinstance(held, dict)
    assert held["data"] == {
        "case_id": "ND-7",
        "cell": "A-03",
        "evidence": "SENSOR",
        "item_code": "birth",
        "identity": "card_only",
    }
    sent = {message.number: message.text for message in channel.sent}
    assert set(sent) == {NUMBERS["S1"], NUMBERS["citizen:ND-7"]}
    assert all("A-03" in text and "ND-7" in text for text in sent.values())
    everything = json.dumps(lines, ensure_ascii=False) + "".join(sent.values())
    assert not [secret for secret in (NAME, ID_NUMBER, *NUMBERS.values()) if secret in everything]


def test_a_refused_number_is_in_the_journal_and_the_next_is_told(tmp_path: Path) -> None:
    channel = MoodyChannel({NUMBERS["S1"]: SmsRefused("unassignedNumber", permanent=True)})

    async def run() -> None:
        journal = await opened(tmp_path)
        couriers = Couriers(journal, 1, channel)
        await journal.append(FACTS)
        await until(lambda: NUMBERS["S2"] in [m.number for m in channel.sent], "the next was told")
        undelivered = await journal.last_event("NoticeUndelivered")
        assert undelivered is not None
        assert undelivered.data["recipient"] == "S1"
        assert undelivered.data["reason"] == "unassignedNumber"
        await couriers.close()
        await journal.close()

    asyncio.run(run())


def test_what_was_queued_goes_out_after_a_restart(tmp_path: Path) -> None:
    broker = PrivateBroker(tmp_path)
    broker.start()
    channel = MoodyChannel()

    async def before() -> int:
        journal = await opened(tmp_path)
        recorded = await journal.append(FACTS)
        await journal.close()
        return recorded[-1].seq

    async def after(seq: int) -> None:
        journal = await opened(tmp_path)
        couriers = Couriers(journal, broker.port, channel)
        await rows_until(journal, seq, [OutboxState.SENT] * 3)
        await couriers.close()
        assert await journal.outbox.next_time(Channel.MQTT) is None
        await journal.close()

    asyncio.run(after(asyncio.run(before())))
    broker.stop()
    assert len(channel.sent) == 2


def test_a_case_is_known_from_its_opening_to_its_end(tmp_path: Path) -> None:
    async def run() -> None:
        known = KnownCases()
        journal = await Journal.open(tmp_path / "state", notice_policy=known.watching(writer(known)))
        await journal.append((OPENED, DoorForced("A-01")))
        facts = known.facts("ND-7")
        assert facts is not None
        assert (facts.item_code, facts.identity, facts.has_phone) == ("birth", "card_only", True)
        again = KnownCases(await journal.cases())
        found = again.facts("ND-7")
        assert found is not None
        assert found.item_code == "birth"
        await journal.append(DepositCollected("ND-7", "A-03", "S1"))
        assert known.facts("ND-7") is None
        await journal.close()

    asyncio.run(run())


class SlowChannel(MoodyChannel):
    """Takes a message once it may, as a modem takes seconds for it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def send(self, message: SmsMessage) -> SmsOutcome:
        self.asked.set()
        await self.may_go_on.wait()
        return await super().send(message)


def test_a_case_erased_while_its_message_is_on_its_way_ends_no_courier(tmp_path: Path) -> None:
    channel = SlowChannel()
    words = SmsPayload("result.code", "12345678", (), "result.code.citizen", Language.ENGLISH.value, {})
    code = Notice(Channel.SMS, "citizen:ND-7", words.encode(), personal=True, case_id="ND-7")

    async def run() -> None:
        journal = await opened(tmp_path)
        couriers = Couriers(journal, 1, channel)
        await journal.append(OPENED, [code])
        await channel.asked.wait()
        await journal.erase(["ND-7"], by="8", reason="ASKED")
        channel.may_go_on.set()
        await until(lambda: len(channel.sent) == 1, "the code went out")
        await journal.append(DoorForced("A-03"))
        await until(lambda: NUMBERS["S8"] in [m.number for m in channel.sent], "the next was told")
        await couriers.close()
        await journal.close()

    asyncio.run(run())
