"""The readiness report: every test is named, the verdict follows, its text can be copied, both papers say the same."""

import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pypdf
import pytest
from PIL import Image

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.report import DeviceReport, LineReport
from drivers.emulators.escpos_render import interpret
from drivers.escpos.paper import ReceiptPaper
from drivers.registry import DriverKind
from kiosk.journal.anchor import Anchor
from kiosk.numbering import next_number
from kiosk.readiness.content import Outcome, Place, Readiness, Trial, judged, trials
from kiosk.readiness.pdf import TEMPLATE, render_pdf, told
from kiosk.readiness.strip import render_strip
from kiosk.readiness.words import DEVICES, STATES, WORDS, device_words
from kiosk.typeset import compiled, pdf_of

LINE = LineReport(1234, 7, 3, 2, 0, 1, 12.3, 30.2, 0.4)
SILENT = Health(DeviceStatus.OFFLINE, "nothing came; check power", ErrorAction.MAINTENANCE)
TRIALS = (
    Trial("reader", "card", Outcome.PASSED, "resident"),
    Trial("board main", "door", Outcome.FAILED, "A-03: the hook did not move"),
    Trial("sound", "tone"),
)
REPORT = Readiness(
    "R-261122-03", datetime(2026, 11, 22, 8, 41, 7, tzinfo=UTC),
    Place("linzi-bank-01", "不打烊政务柜", "Nightdesk", "临淄某银行营业厅", "Lobby of a bank in Linzi"), "2001",
    (
        DeviceReport("reader", "sam_v_serial", "/dev/reader", Health(DeviceStatus.ONLINE), "05.01-2020", (), LINE),
        DeviceReport("board main", "kerong_cu16", "/dev/bus #0", SILENT),
    ),
    TRIALS, False, ("board main",), (("nightdesk", "0.1.0"), ("Python", "3.11.2")),
    Anchor(1234, "7f3a9c21" * 8, "QUJD" * 21 + "Qw=="), bytes(range(32)),
)  # fmt: skip


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_what_the_paper_says_can_be_copied() -> None:
    text = text_of(render_pdf(REPORT))
    for said in (
        "设备就绪报告",
        "R-261122-03",
        "不可投入服务",
        "Not fit for service",
        "临淄某银行营业厅",
        "2026-11-22 08:41:07",
        "2001",
        "门锁板 main",
        "无应答",
        "nothing came; check power",
        "须技术员处理",
        "05.01-2020",
        "帧 1234",
        "p95 30 ms",
        "校验错 3",
        "未通过",
        "A-03: the hook did not move",
        "未做",
        "not run",
        "3.11.2",
        "J-001234-7F3A9C21",
        "7f3a9c21" * 8,
        "QUJD" * 21 + "Qw==",
        bytes(range(32)).hex(),
        "检测人签字",
        "负责人签字",
    ):
        assert said in text, said
    assert "可以投入服务" not in text


def test_it_is_an_archive_file_with_its_fonts_inside() -> None:
    pdf = render_pdf(REPORT)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert b"pdfaid:part" in pdf
    assert reader.metadata is not None
    assert "R-261122-03" in str(reader.metadata.title)
    fonts = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    assert {font.get_object()["/BaseFont"].split("+")[1] for font in fonts.values()} == {
        "NotoSansCJKsc-Bold-Identity-H", "NotoSansCJKsc-Regular-Identity-H",
    }  # fmt: skip
    assert len(pdf) < 200_000


def test_the_same_report_is_the_same_file() -> None:
    assert render_pdf(REPORT) == render_pdf(REPORT)


def test_what_a_device_says_is_text_and_no_command() -> None:
    health = replace(SILENT, detail='#panic() $x$ *b* "q" \\ <a> [b] // c')
    odd = replace(REPORT, devices=(REPORT.devices[0], replace(REPORT.devices[1], health=health)))
    assert '#panic() $x$ *b* "q" \\ <a> [b] // c' in text_of(render_pdf(odd))


def pages_of(report: Readiness) -> int:
    return len(pypdf.PdfReader(io.BytesIO(render_pdf(report))).pages)


def test_many_devices_take_more_pages_and_a_few_one() -> None:
    many = tuple(replace(REPORT.devices[0], name=f"board {n}") for n in range(40))
    assert pages_of(replace(REPORT, devices=(*REPORT.devices, *many))) >= 3
    assert pages_of(replace(REPORT, devices=REPORT.devices[:1], first=())) == 1


def test_nothing_is_printed_over_the_edge_or_over_another() -> None:
    """Ink keeps off the margins of the page, and the page is not empty."""
    pages = compiled(TEMPLATE, json.dumps(told(REPORT), ensure_ascii=False), format="png", ppi=50.0)
    for page in pages if isinstance(pages, list) else [pages]:
        picture = Image.open(io.BytesIO(page)).convert("L")
        box = picture.point(lambda value: 255 if value < 250 else 0).getbbox()
        assert box is not None
        margin = 0.07 * picture.width
        assert box[0] > margin
        assert box[2] < picture.width - margin


def test_what_can_not_be_set_says_why() -> None:
    with pytest.raises(RuntimeError, match="dictionary does not contain key"):
        pdf_of(TEMPLATE, "{}")


@pytest.mark.parametrize("width", [384, 576])
def test_the_strip_says_the_same(width: int) -> None:
    job = interpret(render_strip(REPORT, ReceiptPaper(columns_dots=width), sha256="ab12" * 16))
    assert job.unknown == []
    assert len(job.cuts) == 1
    flat = "".join(job.text.split())
    for said in (
        "设备就绪报告",
        "不可投入服务",
        "2001",
        "门锁板main无应答",
        "nothingcame;checkpower",
        "√身份证读卡器",
        "×门锁板main",
        "—声音",
        "未做",
        "0.1.0",
        "J-001234-7F3A9C21",
        "ab12ab12ab12ab12",
        "检测人签字",
    ):
        assert said in flat, said


def test_every_test_is_listed_and_the_last_result_counts() -> None:
    results = [
        ("reader", "card", "failed", "lifted"),
        ("reader", "card", "passed", "resident"),
        ("old", "x", "passed", ""),
    ]
    assert trials({"reader": ("card",), "sound": ("tone",)}, results) == (
        Trial("reader", "card", Outcome.PASSED, "resident"), Trial("sound", "tone"), Trial("old", "x", Outcome.PASSED),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("serves", "tried", "fit"),
    [
        (True, (), True),
        (False, (), False),
        (True, (Trial("sound", "tone", Outcome.FAILED),), True),
        (True, (Trial("reader", "card", Outcome.FAILED),), False),
        (True, (Trial("reader", "card", Outcome.NOT_RUN),), True),
    ],
)
def test_the_verdict_needs_the_machine_and_the_tests_of_what_it_needs(
    serves: bool, tried: Iterable[Trial], fit: bool
) -> None:
    assert judged(serves=serves, needed=frozenset({"reader"}), tried=tried) == fit


def test_numbers_count_up_within_a_day() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert next_number("R", at, "") == "R-261122-01"
    assert next_number("R", at, "R-261122-09") == "R-261122-10"
    assert next_number("R", at, "R-261122-99") == "R-261122-100"
    assert next_number("R", at, "R-261121-07") == "R-261122-01"
    assert next_number("R", at, "R-261123-07") == "R-261123-08"  # the clock was set back: none is given twice
    assert next_number("R", at, "R-261123-07") == "R-261123-08"  # the clock was set back: no number twice


def test_every_word_stands_in_both_languages() -> None:
    assert set(STATES) == {status.value for status in DeviceStatus}
    assert {f"who.{action}" for action in ErrorAction} <= set(WORDS)
    assert {f"{outcome}_count" for outcome in Outcome} | set(Outcome) <= set(WORDS)
    assert all(zh and en for table in (WORDS, DEVICES, STATES) for zh, en in table.values())
    assert {kind.value.replace("_", " ") for kind in DriverKind} - {
        "photo", "passport", "power", "codes", "document", "staff card",
    } <= {name.replace("_", " ") for name in DEVICES}  # fmt: skip
    assert device_words("item board left") == ("物品感应板 left", "Item sensors left")
    assert device_words("tape") == ("tape", "tape")
