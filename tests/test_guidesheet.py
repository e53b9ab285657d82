"""The one-time notice of every item: whole on paper of both widths, and word for word in a QR code that scans."""

import asyncio
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest
import segno
import zxingcpp
from PIL import Image

from drivers.contracts.paper import Paper
from drivers.contracts.printer import PrintOutcome
from drivers.emulators.escpos_render import interpret
from drivers.escpos.paper import ReceiptPaper
from kiosk.catalogue import load
from kiosk.catalogue.search import SearchIndex
from kiosk.guidesheet import QR_MOST_BYTES, WORDS, GuideSheet, plain, render
from kiosk.inputmethod.speller import Speller
from kiosk.presenter.guide import sheet_of
from kiosk.presenter.house import House
from kiosk.presenter.presenter import Presenter
from kiosk.runtime.house import houses
from kiosk.runtime.sheets import SheetDesk
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.findingstate import Spot
from kiosk.settings import KioskSettings
from screens import viewmodels as vm
from screens.languages import LANGUAGES, WRITTEN
from tests.session.scenes import start

SERVICES = Path(__file__).resolve().parents[1] / "config" / "services"
CATALOGUE = load(SERVICES)
KIOSK = KioskSettings(
    id="k-1", name_zh="不打烊政务柜", name_en="Nightdesk", place_zh="中心支行", place_en="Central branch",
    hotline="12345", staff_collect_zh="明早", staff_collect_en="tomorrow",
)  # fmt: skip
HOUSES = houses(KIOSK, CATALOGUE, SearchIndex(CATALOGUE), Speller())
DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)


def sheet(code: str, lang: str) -> GuideSheet:
    house: House = HOUSES[lang]
    return sheet_of(house, house.item(code), lang, DAY)


@pytest.mark.parametrize("lang", WRITTEN)
def test_every_notice_says_everything_and_fits_its_code(lang: str) -> None:
    for item in CATALOGUE:
        text = plain(sheet(item.code, lang))
        told = [
            item.title, item.department, item.who, item.fee, item.result, *item.materials, *item.conditions,
            *item.legal_basis,
        ]  # fmt: skip
        assert [one.of(lang) for one in told if one.of(lang) not in text] == []
        assert [rule for rule in HOUSES[lang].item(item.code).rules if rule not in text] == []
        assert len(text.encode()) <= QR_MOST_BYTES
        assert WORDS[sheet(item.code, lang).lang]["rest"] not in text


@pytest.mark.parametrize(("lang", "code"), [("zh_CN", "animal-clinic-licence"), ("en", "road-occupation")])
def test_the_code_scans_to_the_same_words(lang: str, code: str) -> None:
    text = plain(sheet(code, lang))
    picture = io.BytesIO()
    segno.make_qr(text, error="m").save(picture, kind="png", scale=4)
    (found,) = zxingcpp.read_barcodes(Image.open(picture).convert("L"))
    assert found.text == text


@pytest.mark.parametrize("columns_dots", [384, 576])
@pytest.mark.parametrize("codepage", ["gb18030", "raster"])
def test_the_longest_notice_stands_on_either_paper(columns_dots: int, codepage: str) -> None:
    longest = max((sheet(item.code, "zh_CN") for item in CATALOGUE), key=lambda one: len(plain(one)))
    paper = ReceiptPaper(columns_dots=columns_dots, codepage=codepage)
    job = interpret(render(longest, paper, "不打烊政务柜", "中心支行"))
    assert job.unknown == []
    assert len(job.cuts) == 1
    if codepage == "gb18030":
        assert job.qr_contents == [plain(longest)]
        flat = "".join(job.text.split())
        said = [
            longest.title,
            *(name for name, _ in longest.papers),
            "一次性告知单",
            "12345",
            "2026年11月22日",
        ]
        assert [words for words in said if words not in flat] == []


def test_a_text_too_long_for_a_code_says_that_there_is_more() -> None:
    long = replace(sheet("food-permit", "zh_CN"), facts=tuple((f"第{n}条", "长" * 60) for n in range(20)))
    text = plain(long)
    assert len(text.encode()) <= QR_MOST_BYTES
    assert text.splitlines()[-2:] == ["其余内容请看屏幕或纸质告知单", "咨询电话 12345"]
    assert all(name in text for name, _ in long.papers)


def guide(code: str, lang: str) -> vm.GuidePage:
    page = Presenter(HOUSES).present(replace(start(), stage=st.ReadingGuide(code), lang=lang), NOW)
    assert isinstance(page, vm.GuidePage)
    return page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_guide_shows_what_people_ask_and_a_picture_of_each_paper_that_has_one(lang: str) -> None:
    for item in CATALOGUE:
        page = guide(item.code, lang)
        told = "".join(str(line.value) for line in page.facts)
        asked = [words.of(lang) for one in item.often_asked for words in (one.question, one.answer)]
        assert [words for words in asked if words not in told] == []
        with_picture = [paper.number for paper in page.papers if paper.sample is not None]
        assert with_picture == [at for at, paper in enumerate(item.materials) if paper.picture is not None]
        for number in with_picture:
            stage = st.ReadingGuide(item.code, spot=Spot.SAMPLE, sample=number)
            shown = Presenter(HOUSES).present(replace(start(), stage=stage, lang=lang), NOW)
            assert isinstance(shown, vm.SamplePage)
            assert Path(shown.picture).is_file()


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    def gaps(lang: str) -> dict[str, set[str]]:
        words = next(value for key, value in WORDS.items() if key.value == lang)
        return {
            key: {name for _, name, _, _ in Formatter().parse(text) if name} for key, text in words.items()
        }

    assert gaps("zh_CN") == gaps("en")


@pytest.mark.parametrize(
    ("fitted", "outcome"), [(True, "printed"), (False, "notPrinted")], ids=["printer", "no printer"]
)
def test_what_became_of_the_printing_is_told(fitted: bool, outcome: str) -> None:
    jobs: list[bytes] = []
    posted: list[ev.Event] = []

    async def print_job(render: Callable[[Paper], bytes]) -> PrintOutcome:
        jobs.append(render(ReceiptPaper()))
        return PrintOutcome.PRINTED

    desk = SheetDesk(
        HOUSES, lambda lang: f"place in {lang}", print_job if fitted else None,
        lambda: datetime(2026, 11, 22, tzinfo=UTC), posted.append,
    )  # fmt: skip
    asyncio.run(desk.print("senior-card", "en"))
    assert posted == [ev.SheetPrinted("senior-card", outcome)]
    assert [interpret(job).text.count("Senior citizen card") > 0 for job in jobs] == [True] * fitted
