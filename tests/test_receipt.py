"""The receipt in both languages, as text and as dots: whole, readable, and without what must not be on paper."""

from dataclasses import replace
from datetime import UTC, date, datetime
from string import Formatter

import pytest

from drivers.emulators.escpos_render import interpret
from drivers.escpos.paper import ReceiptPaper
from kiosk.promisesheet import WORDS as PROMISE_WORDS
from kiosk.promisesheet import PromiseSheet
from kiosk.promisesheet import render as render_promise
from kiosk.receipt import WORDS, EvidenceMark, IdentityMark, Inside, Receipt, ReceiptLanguage, render

RECEIPT = Receipt(
    lang=ReceiptLanguage.CHINESE,
    kiosk_name="不打烊政务柜",
    place="中心支行",
    item_title="居住证办理",
    papers=("居住证申领表", "房屋租赁合同"),
    inside=(Inside("A-03", EvidenceMark.SEEN),),
    deposited_at=datetime(2026, 11, 22, 21, 43, tzinfo=UTC),
    case_number="261122-0007",
    staff_collect="明天 08:30 起",
    contact="12345",
    anchor="7f3a 91c2",
    identity=IdentityMark.VERIFIED,
    masked_name="王*",
)


def test_everything_stands_on_it() -> None:
    job = interpret(render(RECEIPT, ReceiptPaper()))
    assert job.unknown == []
    assert job.qr_contents == ["261122-0007"]
    assert len(job.cuts) == 1
    flat = job.text.replace(" ", "")
    for said in (
        "材料已收妥", "居住证办理", "居住证申领表", "房屋租赁合同", "共2件", "2026年11月22日21:43",
        "261122-0007", "明天08:30起", "12345", "7f3a91c2", "人证一致", "感应器已确认柜内有材料", "王*",
    ):  # fmt: skip
        assert said in flat


def test_every_compartment_of_a_case_stands_on_it() -> None:
    inside = (Inside("A-03", EvidenceMark.SEEN), Inside("B-11", EvidenceMark.CLAIMED))
    text = interpret(render(replace(RECEIPT, inside=inside), ReceiptPaper(columns_dots=384))).text
    flat = text.replace(" ", "").replace("\n", "")
    assert "A-03感应器已确认柜内有材料" in flat
    assert "B-11感应器未感应到" in flat


def test_without_a_name_there_is_no_line_for_one() -> None:
    text = interpret(render(replace(RECEIPT, masked_name=None), ReceiptPaper())).text
    assert "办理人" not in text


def test_in_english_every_command_is_known_and_the_code_is_the_case() -> None:
    job = interpret(render(replace(RECEIPT, lang=ReceiptLanguage.ENGLISH), ReceiptPaper()))
    assert job.unknown == []
    assert job.qr_contents == [RECEIPT.case_number]
    assert "papers seen by the sensor" in " ".join(job.text.split())


def test_weaker_evidence_is_said_in_words() -> None:
    weak = replace(
        RECEIPT,
        lang=ReceiptLanguage.ENGLISH,
        identity=IdentityMark.CARD_ONLY,
        inside=(Inside("A-03", EvidenceMark.CLAIMED),),
    )
    text = " ".join(interpret(render(weak, ReceiptPaper())).text.split())
    assert "ID card only, no face check" in text
    assert "not seen by the sensor" in text


@pytest.mark.parametrize("lang", list(ReceiptLanguage))
@pytest.mark.parametrize("identity", list(IdentityMark))
@pytest.mark.parametrize("evidence", list(EvidenceMark))
def test_as_dots_it_is_whole_too(
    lang: ReceiptLanguage, identity: IdentityMark, evidence: EvidenceMark
) -> None:
    receipt = replace(RECEIPT, lang=lang, identity=identity, inside=(Inside("A-03", evidence),))
    job = interpret(render(receipt, ReceiptPaper(codepage="raster")))
    assert job.unknown == []
    assert job.text.strip() == ""
    assert 900 < job.picture.height < 2400


@pytest.mark.parametrize("lang", list(ReceiptLanguage))
@pytest.mark.parametrize("codepage", ["gb18030", "raster"])
@pytest.mark.parametrize("width", [384, 512, 576])
def test_every_width_of_paper_holds_all_of_it(width: int, codepage: str, lang: ReceiptLanguage) -> None:
    long = replace(
        RECEIPT,
        lang=lang,
        kiosk_name="Nightdesk Service Kiosk" if lang is ReceiptLanguage.ENGLISH else "不打烊政务服务柜",
        place="East Gate Service Centre, 24-hour lobby, north side",
        papers=(
            "Application form for registration (filing) of a sole trader",
            "经营场所使用证明（房产证或租赁合同复印件）",
        ),
        identity=IdentityMark.CARD_ONLY,
        inside=(Inside("A-03", EvidenceMark.CLAIMED),),
    )
    job = interpret(render(long, ReceiptPaper(columns_dots=width, codepage=codepage)), width_dots=width)
    assert job.unknown == []
    assert job.picture.width == width
    right = width // 12 * 12
    band = job.picture.crop((0, 0, width, 80)).point(lambda value: 255 if value else 0)
    assert (
        band.crop((right - 20, 22, right - 1, 80)).getbbox() is None
    )  # the band's title ends before its edge
    assert 900 < job.picture.height < 2600


def test_both_languages_have_the_same_words_and_places() -> None:
    def places(words: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(words)} - {None}

    chinese, english = WORDS[ReceiptLanguage.CHINESE], WORDS[ReceiptLanguage.ENGLISH]
    assert chinese.keys() == english.keys()
    assert {key: places(text) for key, text in chinese.items()} == {
        key: places(text) for key, text in english.items()
    }


def test_no_name_in_a_repr() -> None:
    assert "王" not in repr(RECEIPT)


def test_what_follows_later_stands_on_it_with_the_day() -> None:
    owing = replace(RECEIPT, missing=("健康证明",), until=date(2026, 11, 27))
    text = interpret(render(owing, ReceiptPaper(columns_dots=384))).text.replace(" ", "").replace("\n", "")
    for said in ("待补材料（共1件）", "1.健康证明", "请在2026年11月27日前补交，已签字承诺"):
        assert said in text
    assert "待补" not in interpret(render(RECEIPT, ReceiptPaper())).text


SHEET = PromiseSheet(
    ReceiptLanguage.CHINESE, "不打烊政务柜", "中心支行", "食品经营许可证", "市场监督管理局", "261122-0007",
    ("从业人员健康证明", "设备布局图"), date(2026, 11, 27), datetime(2026, 11, 22, 21, 43, tzinfo=UTC), "12345",
    (((100, 800), (900, 100)), ((500, 500),)), 2.2,
)  # fmt: skip


def test_the_promise_says_what_follows_until_when_and_bears_the_signature() -> None:
    job = interpret(render_promise(SHEET, ReceiptPaper()))
    assert (job.unknown, len(job.cuts)) == ([], 1)
    flat = job.text.replace(" ", "").replace("\n", "")
    for said in (
        "容缺受理承诺书",
        "261122-0007",
        "1.从业人员健康证明",
        "2.设备布局图",
        "2026年11月27日前补交",
        "12345",
    ):
        assert said in flat
    blank = interpret(render_promise(replace(SHEET, strokes=()), ReceiptPaper()))
    assert job.picture.histogram()[0] > blank.picture.histogram()[0] + 1500  # a line of 4 dots across the pad


@pytest.mark.parametrize("lang", list(ReceiptLanguage))
@pytest.mark.parametrize("width", [384, 576])
@pytest.mark.parametrize("by_agent", [False, True])
def test_a_promise_fits_both_papers(lang: ReceiptLanguage, width: int, by_agent: bool) -> None:
    sheet = replace(SHEET, lang=lang, by_agent=by_agent)
    job = interpret(render_promise(sheet, ReceiptPaper(columns_dots=width, codepage="raster")))
    assert job.unknown == []
    assert 700 < job.picture.height < 2000
    assert set(PROMISE_WORDS[lang]) == set(PROMISE_WORDS[ReceiptLanguage.CHINESE])
