"""A helper's list (帮办代办): what was handed in for others in one round, on paper of 58 or 80 mm, to be signed.

Numbers, items, compartments and times; never whose cases they are: each person's receipt has what is theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from drivers.contracts.paper import Paper, TextSize
from kiosk.receipt import ReceiptLanguage

SIGN_DOTS: Final = 90


@dataclass(frozen=True, slots=True)
class ListLine:
    """One case. `cells`: where its papers lie, none where its pages are all that came in."""

    case_id: str
    item: str
    cells: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class HelperList:
    """Everything on one list. `anchor`: the short text of the journal's signed head."""

    lang: ReceiptLanguage
    kiosk_name: str
    place: str
    staff_no: str
    at: datetime
    lines: tuple[ListLine, ...]
    anchor: str


WORDS: Final[Mapping[ReceiptLanguage, Mapping[str, str]]] = {
    ReceiptLanguage.CHINESE: {
        "title": "帮办代办清单",
        "time": "时间",
        "staff": "工号",
        "count": "本次代办 {count} 件",
        "case": "办件 {case_id}",
        "at": "{at} 存入",
        "pages": "仅扫描件",
        "between": "、",
        "note": "清单不含当事人信息。请把每件的凭证交给当事人。",
        "helper": "帮办员签字",
        "anchor": "存证 {anchor}",
        "time_format": "%Y年%m月%d日 %H:%M",
        "hour_format": "%H:%M",
    },
    ReceiptLanguage.ENGLISH: {
        "title": "Handed in for others",
        "time": "Time",
        "staff": "Staff no.",
        "count": "Cases handed in: {count}",
        "case": "Case {case_id}",
        "at": "handed in at {at}",
        "pages": "pages only",
        "between": ", ",
        "note": "This list names nobody. Give each person the receipt of their case.",
        "helper": "Helper (signature)",
        "anchor": "Record {anchor}",
        "time_format": "%Y-%m-%d %H:%M",
        "hour_format": "%H:%M",
    },
}


def render(told: HelperList, paper: Paper) -> bytes:
    """The finished job on fresh `paper`, cut included."""
    words = WORDS[told.lang]
    paper.head_band(told.kiosk_name, told.place)
    paper.feed(24)
    paper.heading(words["title"])
    paper.feed(12)
    paper.pairs([(words["time"], told.at.strftime(words["time_format"])), (words["staff"], told.staff_no)])
    paper.rule(strong=True)
    paper.text(words["count"].format(count=len(told.lines)), bold=True)
    paper.rule()
    for number, line in enumerate(told.lines, start=1):
        where = words["between"].join(line.cells) or words["pages"]
        paper.text(f"{number}.  {where}", bold=True)
        paper.text(line.item)
        paper.text(words["case"].format(case_id=line.case_id))
        paper.text(words["at"].format(at=line.at.strftime(words["hour_format"])))
        paper.feed(8)
    paper.rule(strong=True)
    paper.text(words["note"])
    paper.feed(SIGN_DOTS)
    paper.rule(strong=True)
    paper.text(words["helper"], size=TextSize.SMALL)
    paper.text(words["anchor"].format(anchor=told.anchor), size=TextSize.SMALL)
    paper.feed(30)
    paper.cut()
    return paper.to_bytes()
