"""What a supervisor sees who reads the record: whose history, then its lines. Numbers and times are invented."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from screens import intents as ask
from screens.languages import SIMPLIFIED, TRADITIONAL
from screens.traditional import in_traditional
from screens.viewmodels import (
    Action,
    CellsPage,
    CellView,
    Chrome,
    KeypadPage,
    NoticePage,
    PickPage,
    PickRow,
    RecordPage,
    RecordRow,
    Text,
    Tone,
    ViewModel,
    text,
)

BACK: Final = Action(ask.Back(), text("action.back"))
HEAD: Final = "J-004711-7F3A9C21"
LINES: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    SIMPLIFIED: (
        ("26-11-22 22:44:12   J-004698-0B7E11A4", "柜门 A-03 已为办件 261122-0007 预留", "程序的记录"),
        ("26-11-22 22:44:13   J-004699-91D2C0F3", "请求打开柜门 A-03，办件 261122-0007",
         "先记录后动作，不证明已完成 · 授权：群众"),
        ("26-11-22 22:44:14   J-004700-5A20E7B8", "柜门 A-03 已打开，办件 261122-0007",
         "柜门传感器 · 授权：群众"),
        ("26-11-22 22:45:31   J-004701-C41F6602", "柜门 A-03 已关闭，柜内有物品",
         "柜门传感器和物品传感器 · 授权：群众"),
        ("26-11-22 22:45:40   J-004702-7F3A9C21", "办件 261122-0007 的材料存入柜门 A-03", "物品传感器"),
    ),
    "en": (
        ("26-11-22 22:44:12   J-004698-0B7E11A4", "Compartment A-03 reserved for case 261122-0007",
         "the program's own record"),
        ("26-11-22 22:44:13   J-004699-91D2C0F3", "Compartment A-03 asked to open, case 261122-0007",
         "recorded before the act, no proof that it was done · On the authority of: the citizen"),
        ("26-11-22 22:44:14   J-004700-5A20E7B8", "Compartment A-03 opened, case 261122-0007",
         "door sensor · On the authority of: the citizen"),
        ("26-11-22 22:45:31   J-004701-C41F6602", "Compartment A-03 closed, something inside",
         "door sensor and item sensor · On the authority of: the citizen"),
    ),
}  # fmt: skip
LINES[TRADITIONAL] = in_traditional(LINES[SIMPLIFIED])


def record_samples(chrome: Chrome, cells: tuple[CellView, ...]) -> Iterator[ViewModel]:
    """All of them, in the order in which they come."""
    yield _page(
        chrome,
        "staff.history",
        *(
            _row(f"history.{of}", text(f"staff.history.of_{of}"), text(f"staff.history.of_{of}_note"))
            for of in ("cell", "case", "staff")
        ),
    )
    refused = text("staff.history.refused")
    yield NoticePage(
        chrome, text("staff.history"), refused, Tone.CAUTION, "warning", (), (BACK,), "staff.history.refused"
    )
    yield NoticePage(
        chrome, text("staff.history"), text("staff.looking_up"), Tone.PLAIN, "clock", (), (BACK,), "staff.looking_up",
        waiting=True,
    )  # fmt: skip
    yield CellsPage(
        chrome,
        text("staff.history.cell"),
        text("staff.history.cell_note"),
        cells,
        (BACK,),
        "staff.history.cells",
    )
    numbers = ("261122-0007", "261122-0006", "261122-0005", "261121-0031")
    typed = _row("case.number", text("staff.history.number"), text("staff.history.number_note"))
    yield _page(chrome, "staff.history.case", typed, *(_row(f"case.{one}", one) for one in numbers))
    proceed = Action(ask.Proceed(), text("action.next"), primary=True)
    yield KeypadPage(
        chrome, text("staff.history.number"), text("staff.history.number_note"), "2611220007", Tone.PLAIN,
        (proceed, BACK), "staff.history.number",
    )  # fmt: skip
    people = (_row(f"people.{one}", one) for one in ("1001", "1002", "1007"))
    yield _page(chrome, "staff.history.staff", *people)
    yield from _lines(chrome)


def _lines(chrome: Chrome) -> Iterator[ViewModel]:
    lines = tuple(RecordRow(*line) for line in LINES[chrome.lang])
    rows = lines[:2] if chrome.large else lines
    told = RecordPage(
        chrome, text("staff.history.lines_cell", name="A-03"),
        text("staff.history.part", first=25 - len(rows), last=24, count=24, head=HEAD), Tone.PLAIN, rows,
        (
            BACK, Action(ask.Choose("print"), text("staff.history.print")),
            Action(ask.ShowLine(19), text("staff.history.older")),
            Action(ask.Turn(1), text("staff.history.newer"), enabled=False),
        ),
    )  # fmt: skip
    yield told
    yield replace(
        told, rows=(), heading=text("staff.history.lines_case", name="261122-0099"),
        sentence=text("staff.history_note"), tone=Tone.CAUTION, actions=(BACK,),
        empty=text("staff.history.none"), name="staff.history.none",
    )  # fmt: skip


def _row(key: str, title: Text | str, note: Text | str = "") -> PickRow:
    return PickRow(key, ask.Choose(key.partition(".")[2]), title, note)


def _page(chrome: Chrome, key: str, *rows: PickRow) -> PickPage:
    return PickPage(chrome, text(key), text(f"{key}_note"), Tone.PLAIN, rows, (BACK,), key)
