"""Examples of the pages on which papers are scanned, and a sheet to draw on them: invented."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from PIL import Image, ImageDraw

from screens import intents as ask
from screens.scanviews import Picture
from screens.viewmodels import (
    Action,
    Chrome,
    NoticePage,
    PageTile,
    PickPage,
    PickRow,
    ScanPage,
    Tone,
    ViewModel,
    text,
)

_SHEET_PX: Final = (630, 891)  # A4
_INK: Final = (40, 38, 36)
_PAPER: Final = (246, 244, 238)


def sample_page(number: int) -> Picture:
    """An A4 sheet with a heading, a stamp and lines where words would be."""
    sheet = Image.new("RGB", _SHEET_PX, _PAPER)
    pen = ImageDraw.Draw(sheet)
    width, height = _SHEET_PX
    pen.rectangle((width * 0.3, 70, width * 0.7, 100), fill=_INK)
    for row in range(18):
        long = 0.5 + 0.35 * ((row * 7 + number) % 5) / 4
        y = 160 + 34 * row
        pen.rectangle((70, y, 70 + (width - 140) * long, y + 9), fill=_INK)
    pen.ellipse((width - 230, height - 210, width - 110, height - 90), outline=(176, 40, 34), width=6)
    return Picture(width, height, sheet.tobytes())


def scan_samples(chrome: Chrome, papers: tuple[str, ...]) -> Iterator[ViewModel]:
    """From the offer to a page that is looked at, then what can go wrong."""
    rows = tuple(PickRow(f"scan.{n}", None, paper, text("scan.needed")) for n, paper in enumerate(papers))
    back = Action(ask.Back(), text("action.back"))
    on_paper = Action(ask.Skip(), text("scan.on_paper"))
    offer = PickPage(
        chrome, text("scan.offer"), text("scan.offer_note"), Tone.PLAIN, rows,
        (Action(ask.Proceed(), text("scan.begin"), primary=True), on_paper, back), "scan.offer",
    )  # fmt: skip
    yield offer
    without = replace(on_paper, primary=True)
    again = Action(ask.TryAgain(), text("scan.try_again"))
    broken = replace(
        offer, heading=text("scan.broken"), sentence=text("scan.broken_note"), tone=Tone.CAUTION,
        actions=(without, again, back), name="scan.broken",
    )  # fmt: skip
    yield broken
    alone = (replace(again, primary=True), back)
    yield replace(broken, sentence=text("scan.no_room_note"), actions=alone, name="scan.broken.full")
    yield from _paper(chrome, papers[1], back)
    yield NoticePage(
        replace(chrome, step=5), text("scan.filing"), text("scan.filing_note"), Tone.PLAIN, "clock", (), (),
        "scan.filing", waiting=True,
    )  # fmt: skip


def _paper(chrome: Chrome, paper: str, back: Action) -> Iterator[ViewModel]:
    take = Action(ask.TakePage(), text("scan.take"), primary=True)
    skip = Action(ask.Skip(), text("scan.this_on_paper"))
    done = Action(ask.Proceed(), text("scan.done"))
    lay = ScanPage(
        chrome, text("scan.lay", number=1), text("scan.lay_note", paper=paper), Tone.PLAIN, None, (),
        (take, skip, back), "scan.lay",
    )  # fmt: skip
    yield lay
    yield replace(
        lay, heading=text("scan.taking"), sentence=text("scan.taking_note"), actions=(), name="scan.taking",
        waiting=True,
    )  # fmt: skip
    yield replace(
        lay, heading=text("scan.page", number=2, total=3), sentence=text("scan.page_note", paper=paper),
        tone=Tone.GOOD, picture=2, tiles=tuple(PageTile(n, n == 1) for n in range(3)), actions=_of_page(),
        name="scan.page", tools=_tools(),
    )  # fmt: skip
    yield replace(
        lay, heading=text("scan.cutOff"), sentence=text("scan.cutOff_note"), tone=Tone.CAUTION,
        actions=(Action(ask.TakePage(), text("scan.take_again"), primary=True), skip, back), name="scan.wrong",
    )  # fmt: skip
    yield replace(
        lay, heading=text("scan.failed"), sentence=text("scan.failed_note"), tone=Tone.BAD,
        tiles=(PageTile(0, False),), name="scan.failed",
        actions=(Action(ask.TakePage(), text("scan.take_again"), primary=True), done, skip),
    )  # fmt: skip


def _of_page() -> tuple[Action, ...]:
    return (
        Action(ask.NextSheet(), text("scan.next")), Action(ask.Proceed(), text("scan.done"), primary=True),
    )  # fmt: skip


def _tools() -> tuple[Action, ...]:
    return (
        Action(ask.Retake(), text("scan.retake")), Action(ask.TurnPage(), text("scan.turn")),
        Action(ask.DeletePage(), text("scan.delete")),
        Action(ask.MovePage(-1), text("scan.earlier")), Action(ask.MovePage(1), text("scan.later")),
    )  # fmt: skip
