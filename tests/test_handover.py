"""The staff's papers: hand-over slip and audit report say what was found, on every width, in both languages."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from string import Formatter

import pytest
from pypdf import PdfReader

from drivers.emulators.escpos_render import interpret
from drivers.escpos.paper import ReceiptPaper
from kiosk.audit.content import Audit, Line, Recorded
from kiosk.audit.pdf import render_pdf
from kiosk.audit.strip import render_strip
from kiosk.audit.words import WORDS as AUDIT_WORDS
from kiosk.handover import WORDS, Slip, SlipLine, render
from kiosk.journal.anchor import Anchor
from kiosk.readiness.content import Place
from kiosk.receipt import ReceiptLanguage
from kiosk.session.staffstate import Found, Purpose

AT = datetime(2026, 11, 22, 8, 31, tzinfo=UTC)
SLIP = Slip(
    ReceiptLanguage.CHINESE, "不打烊政务柜", "中心支行", "H-261122-03", "collect", AT, "1001",
    (SlipLine("A-03", "261122-0007", "食品经营许可证", "taken"),
     SlipLine("A-05", "261122-0006", "居住证签注", "nothing")),
    "J-000123-7F3A9C21",
)  # fmt: skip
AUDIT = Audit(
    "A-261122-01", AT, Place("lobby-01", "不打烊政务柜", "Nightdesk", "中心支行", "Central branch"), "1001", "1002",
    False, (Line("A-01", "", Recorded.EMPTY, "nothing", True),
            Line("A-05", "261122-0006", Recorded.HELD, "nothing", False)),
    Anchor(123, "7f3a9c21" * 8, "QUJD" * 22), b"k" * 32,
)  # fmt: skip


def said(slip: Slip, **paper: object) -> str:
    job = interpret(render(slip, ReceiptPaper(**paper)))  # type: ignore[arg-type]  # widths and code pages
    assert job.unknown == []
    assert len(job.cuts) == 1
    return job.text.replace(" ", "")


def test_a_slip_lists_every_compartment_with_a_place_to_sign_and_the_record() -> None:
    text = said(SLIP)
    for words in (
        "H-261122-03", "1001", "A-03已取走", "A-05柜内未找到", "食品经营许可证", "261122-0006", "取走1件，共开2个柜门",
        "接收人签字", "J-000123-7F3A9C21", "由接收人保管",
    ):  # fmt: skip
        assert words in text
    assert "补打" not in text
    assert "补打" in said(replace(SLIP, again=True))


def test_a_slip_on_which_nothing_was_found_says_so_and_hands_over_nothing() -> None:
    text = said(replace(SLIP, lines=SLIP.lines[1:]))
    assert "未取走任何材料" in text
    assert "由接收人保管" not in text


@pytest.mark.parametrize("lang", list(ReceiptLanguage))
@pytest.mark.parametrize("width", [384, 576])
def test_a_slip_fits_both_papers_as_dots(lang: ReceiptLanguage, width: int) -> None:
    job = interpret(render(replace(SLIP, lang=lang), ReceiptPaper(columns_dots=width, codepage="raster")))
    assert job.unknown == []
    assert 500 < job.picture.height < 1600


def test_every_word_of_a_slip_exists_in_every_language() -> None:
    first, *others = (
        {key: {name for _, name, _, _ in Formatter().parse(text)} for key, text in WORDS[lang].items()}
        for lang in ReceiptLanguage
    )
    assert all(other == first for other in others)
    assert {found.value for found in Found} | {Purpose.COLLECT, Purpose.RESOLVE, Purpose.RECALL} <= set(first)


def test_the_audits_strip_names_the_differences_and_the_record() -> None:
    job = interpret(render_strip(AUDIT, ReceiptPaper(), sha256="ab" * 32))
    assert job.unknown == []
    text = job.text.replace(" ", "")
    for words in (
        "A-261122-01",
        "账实有差异",
        "A-05记录有材料，实物空",
        "1002",
        "J-000123-7F3A9C21",
        "abababab",
    ):
        assert words in text
    assert "A-01" not in text


def test_the_audits_report_has_every_compartment_and_the_signed_head() -> None:
    pages = PdfReader(io.BytesIO(render_pdf(AUDIT))).pages
    text = "".join(page.extract_text() for page in pages)
    assert len(pages) == 1
    for words in ("A-261122-01", "A-01", "A-05", "261122-0006", "7f3a9c21" * 8, "QUJD" * 22, "differ"):
        assert words in text


def test_every_word_of_the_report_is_there() -> None:
    assert {f"recorded.{one}" for one in Recorded} <= set(AUDIT_WORDS)
    assert {f"found.{found}" for found in Found if found is not Found.TAKEN} <= set(AUDIT_WORDS)
