"""Pages on which a supervisor reads the record: whose history, then as many of its lines as fit on a page."""

import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Final

from kiosk.session.historystate import (
    Asking,
    ChoosingHistory,
    HistoryLine,
    HistoryOf,
    HistoryStage,
    ReadingHistory,
)
from kiosk.session.staff import history
from screens import intents as ask
from screens import viewmodels as vm
from screens.lines import broken
from screens.viewmodels import Action, CellLook, Text, Tone, text

from .view import View, back

WIDTH_PX: Final = 930  # of a line of text, a little less than there is
ROOM_PX: Final = {False: 1080, True: 905}  # for lines, in normal and in large print
LARGE: Final = 1.35
FRAME_PX: Final = 27  # round a line
PLACE_PX, WHAT_PX, HOW_PX = 36, 42, 36  # sizes of the three texts of a line
LEADING: Final = 1.46
TIME: Final = slice(2, len("2026-11-22 22:47:05"))  # the century and the zone are known
EM: Final = {"W": 1.0, "F": 1.0, "A": 1.0}  # widths by East Asian width, in sizes of the font
CAPITAL_EM, SMALL_EM, SPACE_EM = 0.68, 0.56, 0.23


def history_pages(view: View, stage: HistoryStage) -> vm.ViewModel:
    """The page for this step."""
    return _lines(view, stage) if isinstance(stage, ReadingHistory) else _choosing(view, stage)


# whose -----------------------------------------------------------------------------------------------------------


def _choosing(view: View, stage: ChoosingHistory) -> vm.ViewModel:
    match stage.asking:
        case Asking.WHOSE:
            return _whose(view, stage)
        case Asking.CELL:
            cells = tuple(
                vm.CellView(cell.name, cell.row, cell.column, cell.rows, cell.columns, CellLook.TO_CHOOSE)
                for cell in view.session.facts.cells
            )
            heading, note = text("staff.history.cell"), text("staff.history.cell_note")
            return vm.CellsPage(
                view.chrome(staff=True), heading, note, cells, (back(),), "staff.history.cells"
            )
        case Asking.NUMBER:
            actions = (
                Action(ask.Proceed(), text("action.next"), primary=True, enabled=bool(stage.digits)),
                back(),
            )
            return vm.KeypadPage(
                view.chrome(staff=True), text("staff.history.number"), text("staff.history.number_note"), stage.digits,
                Tone.PLAIN, actions, "staff.history.number",
            )  # fmt: skip
        case Asking.CASE:
            typed = vm.PickRow(
                "case.number",
                ask.Choose(Asking.NUMBER),
                text("staff.history.number"),
                text("staff.history.number_note"),
            )
            rows = [
                vm.PickRow(f"case.{one}", ask.Choose(one), one)
                for one in history.cases(stage, view.session.facts)
            ]
            return _picks(view, "staff.history.case", [typed, *rows])
        case Asking.STAFF:
            rows = [vm.PickRow(f"people.{one}", ask.Choose(one), one) for one in stage.people or ()]
            return _picks(view, "staff.history.staff", rows)


def _whose(view: View, stage: ChoosingHistory) -> vm.ViewModel:
    if stage.people is None:
        key = "staff.history.refused" if stage.refused else "staff.looking_up"
        picture, tone = ("warning", Tone.CAUTION) if stage.refused else ("clock", Tone.PLAIN)
        return vm.NoticePage(
            view.chrome(staff=True), text("staff.history"), text(key), tone, picture, (), (back(),), key,
            waiting=not stage.refused,
        )  # fmt: skip
    rows = [
        vm.PickRow(
            f"history.{of}",
            ask.Choose(of),
            text(f"staff.history.of_{of}"),
            text(f"staff.history.of_{of}_note"),
        )
        for of in HistoryOf
    ]
    return _picks(view, "staff.history", rows)


def _picks(view: View, name: str, rows: Sequence[vm.PickRow]) -> vm.ViewModel:
    heading, note = text(name), text(f"{name}_note")
    return vm.PickPage(view.chrome(staff=True), heading, note, Tone.PLAIN, tuple(rows), (back(),), name)


# lines -----------------------------------------------------------------------------------------------------------


def _lines(view: View, stage: ReadingHistory) -> vm.ViewModel:
    passage = stage.passage
    heading = text(f"staff.history.lines_{stage.of}", name=stage.name if passage is None else passage.name)
    told = () if passage is None else passage.told(view.session.lang)
    rows = [_row(line) for line in told]
    begin, end = _sheet(rows, stage.line if stage.line >= 0 else len(rows) - 1, large=view.session.large)
    sentence, tone = _sentence(stage, begin, end, len(rows)), Tone.PLAIN
    empty = None
    if not rows:
        key = "failed" if stage.failed else "none" if passage is not None else ""
        empty = text(f"staff.history.{key}" if key else "staff.looking_up")
        tone = Tone.CAUTION if key else Tone.PLAIN
    elif stage.outcome not in ("", "printed"):
        tone = Tone.CAUTION
    return vm.RecordPage(
        view.chrome(staff=True), heading, sentence, tone, tuple(rows[begin:end]), _turns(stage, rows, begin, end),
        empty=empty,
    )  # fmt: skip


def _sentence(stage: ReadingHistory, begin: int, end: int, count: int) -> Text:
    if stage.printing:
        return text("staff.history.printing")
    if stage.outcome:
        return text(f"staff.history.{stage.outcome}")
    if stage.passage is None or not count:
        return text("staff.history_note")
    return text("staff.history.part", first=begin + 1, last=end, count=count, head=stage.passage.head)


def _turns(stage: ReadingHistory, rows: Sequence[vm.RecordRow], begin: int, end: int) -> tuple[Action, ...]:
    """Back, the page before and after, the printer; the ends of a passage lead into the next one."""
    if not rows:
        return (back(),)
    older: ask.Intent = ask.ShowLine(begin - 1) if begin else ask.Turn(-1)
    newer: ask.Intent = ask.ShowLine(end) if end < len(rows) else ask.Turn(1)
    before = begin > 0 or (stage.passage is not None and stage.passage.more)
    after = end < len(rows) or bool(stage.before)
    return (
        back(),
        Action(ask.Choose(history.PRINT), text("staff.history.print"), enabled=not stage.printing),
        Action(older, text("staff.history.older"), enabled=before),
        Action(newer, text("staff.history.newer"), enabled=after),
    )


def _row(line: HistoryLine) -> vm.RecordRow:
    return vm.RecordRow(f"{line.at[TIME]}   {line.ref}", line.what, " · ".join((line.how, *line.notes)))


def _sheet(rows: Sequence[vm.RecordRow], line: int, *, large: bool) -> tuple[int, int]:
    """Where the page that shows `line` begins and ends.

    Pages are filled from the last line back; the first one from the first line on, so that it is full too.
    """
    heights = [_height(row, LARGE if large else 1.0) for row in rows]
    room, end = ROOM_PX[large], len(rows)
    begin = end - _fitting(heights[::-1], room)
    while begin > max(line, 0):
        end = begin
        begin = end - _fitting(heights[end - 1 :: -1], room)
    return (begin, end) if begin else (0, max(end, _fitting(heights, room)))


def _fitting(heights: Sequence[float], room: float) -> int:
    """How many of them fit, at least one where there is any."""
    return max(sum(total <= room for total in accumulate(heights)), min(1, len(heights)))


def _height(row: vm.RecordRow, factor: float) -> float:
    """About how many px a line takes."""
    texts = ((row.place, PLACE_PX), (row.what, WHAT_PX), (row.how, HOW_PX))
    return FRAME_PX + sum(_lines_of(said, size * factor) * size * factor * LEADING for said, size in texts)


def _lines_of(said: str, size: float) -> int:
    return len(broken(said, WIDTH_PX, lambda part: size * sum(map(_em, part))))


@cache
def _em(sign: str) -> float:
    if sign == " ":
        return SPACE_EM
    wide = EM.get(unicodedata.east_asian_width(sign))
    return wide or (CAPITAL_EM if sign.isupper() else SMALL_EM)
