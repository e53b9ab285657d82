"""The receipt as it goes to the printer: with the promise behind it where something follows, in one job."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.contracts.health import DeviceStatus, Health
from drivers.contracts.printer import PaperState, PrinterState, PrintOutcome
from drivers.emulators.escpos_render import interpret
from drivers.registry import EscposConfig
from kiosk.catalogue import load
from kiosk.catalogue.search import SearchIndex
from kiosk.inputmethod.speller import Speller
from kiosk.receiptcode import case_of
from kiosk.runtime.house import houses
from kiosk.runtime.printing import ReceiptDesk
from kiosk.session import effects as do
from kiosk.session.facts import Identity
from kiosk.session.visit import Followed, Held, Promise
from kiosk.settings import KioskSettings
from locker.events import Evidence
from screens.signature import Signature

CATALOGUE = load(Path(__file__).resolve().parents[2] / "config" / "services")
KIOSK = KioskSettings(
    id="test", name_zh="不打烊政务柜", name_en="Nightdesk", place_zh="大厅", place_en="Lobby", hotline="12345",
    staff_collect_zh="明早", staff_collect_en="tomorrow",
)  # fmt: skip
HOUSES = houses(KIOSK, CATALOGUE, SearchIndex(CATALOGUE), Speller())
NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
PAPER = "从业人员健康证明"
SIGNED = Promise((PAPER,), "2026-11-27", Signature((tuple((100 + 40 * at, 500, at) for at in range(20)),)))
JOB = do.PrintReceipt(
    "261122-0001", (Held("A-03", Evidence.SENSOR),), "food-permit", Identity.VERIFIED, "", promise=SIGNED
)


class Printer:
    """Prints everything and keeps it."""

    def __init__(self) -> None:
        self.jobs: list[bytes] = []

    async def connect(self) -> None:
        """There it is."""

    async def status(self) -> PrinterState:
        return PrinterState(Health(DeviceStatus.ONLINE), PaperState.FULL, cover_open=False)

    async def print(self, job: bytes) -> PrintOutcome:
        self.jobs.append(job)
        return PrintOutcome.PRINTED

    async def close(self) -> None:
        """Gone."""


def test_the_code_on_the_receipt_is_what_the_kiosk_reads() -> None:
    printer = Printer()
    desk = ReceiptDesk(
        printer, EscposConfig(driver="escpos"), lambda lang: HOUSES[lang], lambda _lang: "大厅",
        lambda: NOW, lambda: None, 1.0,
    )  # fmt: skip
    asyncio.run(desk(JOB, "anchor", "zh_CN"))
    (code,) = interpret(printer.jobs[0]).qr_contents
    assert case_of(KIOSK.id, code) == JOB.case_id


def printed(job: do.PrintReceipt, lang: str = "zh_CN") -> tuple[str, int]:
    """What stands on the paper, and how often it was cut."""
    printer = Printer()
    desk = ReceiptDesk(
        printer, EscposConfig(driver="escpos"), lambda lang: HOUSES[lang], lambda _lang: "大厅",
        lambda: NOW, lambda: None, 1.0,
    )  # fmt: skip
    assert asyncio.run(desk(job, "anchor", lang)) is PrintOutcome.PRINTED
    (data,) = printer.jobs
    paper = interpret(data)
    assert paper.unknown == []
    return paper.text.replace(" ", "").replace("\n", ""), len(paper.cuts)


def test_the_promise_comes_out_behind_the_receipt() -> None:
    text, cuts = printed(JOB)
    assert cuts == 2
    receipt, promise = text.split("容缺受理承诺书")
    assert f"1.{PAPER}" in receipt[receipt.index("待补材料") :]
    assert PAPER not in receipt[: receipt.index("待补材料")]  # it does not lie in the compartment
    assert f"1.{PAPER}" in promise


def test_a_promise_that_an_agent_signed_says_so_and_whose_card_is_brought() -> None:
    own, agents = (printed(replace(JOB, by_agent=by))[0].split("容缺受理承诺书")[1] for by in (False, True))
    assert ("承诺人签字" in own, "补交时带上身份证" in own) == (True, True)
    assert ("代办人签字" in agents, "由当事人带本人身份证" in agents) == (True, True)
    assert "承诺人签字" not in agents
    english = printed(replace(JOB, by_agent=True), "en")[0].split("Promiseofpapers")[1]
    assert "Signatureoftheagent" in english
    assert "bringstheirownIDcard" in english


def test_in_english_the_papers_have_their_english_names() -> None:
    text, _ = printed(JOB, "en")
    assert "Healthcertificatesofthestaff" in text.split("Promiseofpapers")[1]


def test_without_a_promise_there_is_one_paper() -> None:
    text, cuts = printed(replace(JOB, promise=None))
    assert cuts == 1
    assert "承诺" not in text
    assert PAPER in text


MORE = replace(JOB, promise=None, supplement=True)


def test_a_supplement_lists_what_it_brought_and_what_is_still_missing() -> None:
    text, _ = printed(replace(MORE, followed=Followed((PAPER,), ("营业执照",))))
    came, missing = text.split("待补材料")
    assert "补交材料已收妥" in came
    assert f"材料清单（共1件）1.{PAPER}" in came
    assert "1.营业执照" in missing
    assert "已签字" not in text  # it was, another day
    assert "前补交" not in text


@pytest.mark.parametrize(("days", "said"), [(0, True), (-1, False)])
def test_a_supplement_says_until_when_the_rest_was_promised_unless_that_is_over(
    days: int, said: bool
) -> None:
    until = NOW.date() + timedelta(days=days)
    text, _ = printed(replace(MORE, followed=Followed((PAPER,), ("营业执照",), until.isoformat())))
    assert (f"请在{until:%Y年%m月%d日}前补交" in text) is said


def test_a_supplement_of_which_nobody_said_what_it_is_lists_nothing() -> None:
    text, _ = printed(MORE)
    assert "材料清单" not in text
    assert "感应器已确认柜内有材料" in text


def test_pages_that_were_added_are_listed_by_their_papers() -> None:
    text, _ = printed(replace(MORE, held=(), pages=3, scanned=(1,)))
    title = HOUSES["zh_CN"].item(MORE.item_code).materials[1].replace(" ", "")
    assert f"材料清单（共1件）1.{title}" in text
    assert "原件由您带回" in text
