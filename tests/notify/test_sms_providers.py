"""From a fact in the real journal through the real courier to each provider, and what the provider was told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.emulators.control import Control
from kiosk.journal import Journal
from kiosk.journal.events import CaseOpened
from kiosk.notify.cases import KnownCases
from kiosk.notify.policy import NoticeWriter
from kiosk.notify.sms import SmsCourier, SmsSettings
from kiosk.notify.texts import Language
from kiosk.notify.undelivered import JournalReport
from locker.events import DepositHeld, DepositRequested, Evidence
from tests.drivers.sms_rigs import built, provider, table
from tests.notify.doubles import until

NUMBERS = {"S1": "13800000001", "S2": "13800000002", "citizen:ND-7": "13800000009"}
NAME, ID_NUMBER = "王小明", "110105199003072316"
OPENED = CaseOpened("ND-7", "s-1", "birth", "civil", "card_only", NAME, ID_NUMBER, NUMBERS["citizen:ND-7"])
FACTS = (OPENED, DepositRequested("ND-7", "A-03", "birth"), DepositHeld("ND-7", "A-03", Evidence.SENSOR))


async def number_of(recipient: str) -> str | None:
    return NUMBERS.get(recipient)


@asynccontextmanager
async def carried(folder: Path, name: str, url: str) -> AsyncIterator[tuple[Journal, SmsCourier]]:
    known = KnownCases()
    writer = NoticeWriter(
        kiosk_id="lobby-1",
        place=lambda _: "东大门",
        timezone=UTC,
        told_for=lambda _: ["S1", "S2"],
        on_call=list,
        case_facts=known.facts,
        item_name=lambda _code, _language: "出生证",
        staff_language=Language.CHINESE,
    )
    journal = await Journal.open(folder / "state", notice_policy=known.watching(writer))
    courier = SmsCourier(
        built(table(name, folder, url, answer_timeout_s=5.0)),
        journal.outbox,
        resolve=number_of,
        report=JournalReport(journal),
        settings=SmsSettings(retry_min_s=0.05, retry_max_s=0.2),
    )
    journal.listen(lambda _: courier.poke())
    running = asyncio.create_task(courier.run())
    try:
        yield journal, courier
    finally:
        courier.close()
        await running
        await journal.close()


def told(control: Control) -> dict[str, str]:
    sent = control.do("messages")["messages"]
    return {message["number"]: json.dumps(message, ensure_ascii=False) for message in sent}


@pytest.mark.parametrize("name", ["aliyun", "tencent", "mas"])
def test_a_deposit_is_told_by_template_and_a_refused_number_to_the_next(tmp_path: Path, name: str) -> None:
    with provider(name, tmp_path) as (url, control):

        async def run() -> None:
            async with carried(tmp_path, name, url) as (journal, _):
                await journal.append(FACTS)
                await until(
                    lambda: {NUMBERS["S2"], NUMBERS["citizen:ND-7"]} <= set(told(control)), "both were told"
                )
                undelivered = await journal.last_event("NoticeUndelivered")
                assert undelivered is not None
                assert undelivered.data["recipient"] == "S1"

        control.do("number.refuse", number=NUMBERS["S1"])
        asyncio.run(run())
        messages = told(control)
    assert NUMBERS["S1"] not in messages
    assert all("ND-7" in said and "出生证" in said for said in messages.values())
    assert "A-03" in messages[NUMBERS["S2"]]
    assert not [secret for secret in (NAME, ID_NUMBER) if secret in "".join(messages.values())]


def test_an_account_without_money_calls_a_person_and_loses_nothing(tmp_path: Path) -> None:
    with provider("tencent", tmp_path) as (url, control):

        async def run() -> None:
            async with carried(tmp_path, "tencent", url) as (journal, courier):
                await journal.append(FACTS)
                await until(lambda: courier.last_met().action is ErrorAction.CLEAR, "a person is called")
                assert told(control) == {}
                control.do("fault", name="none")
                await until(lambda: len(told(control)) == 2, "both were told")
                await until(lambda: courier.last_met().status is DeviceStatus.ONLINE, "the courier knows")
                assert await journal.last_event("NoticeUndelivered") is None

        control.do("fault", name="quota")
        asyncio.run(run())
