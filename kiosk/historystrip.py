"""A history on receipt paper of 58 or 80 mm: the lines that stand on the screen, with the journal's head."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from drivers.contracts.paper import Align, Paper, TextSize
from kiosk.receipt import ReceiptLanguage
from kiosk.session.historystate import HistoryLine

MOST_LINES: Final = 80  # about four metres of paper

WORDS: Final[Mapping[ReceiptLanguage, Mapping[str, str]]] = {
    ReceiptLanguage.CHINESE: {
        "printed": "打印时间",
        "lines": "共 {count} 条",
        "newest": "最近 {count} 条；全部请用 nightdesk journal export 导出",
        "anchor": "存证 {anchor}",
        "time_format": "%Y年%m月%d日 %H:%M",
    },
    ReceiptLanguage.ENGLISH: {
        "printed": "Printed",
        "lines": "{count} lines",
        "newest": "The newest {count} lines; nightdesk journal export gives all",
        "anchor": "Record {anchor}",
        "time_format": "%Y-%m-%d %H:%M",
    },
}


@dataclass(frozen=True, slots=True)
class Strip:
    """What is printed; nothing of a citizen beyond case numbers. `heading`: whose history, in the strip's language."""

    lang: ReceiptLanguage
    kiosk_name: str
    place: str
    heading: str
    at: datetime
    lines: tuple[HistoryLine, ...]
    anchor: str


def render(strip: Strip, paper: Paper) -> bytes:
    """The finished job on fresh `paper`, cut included."""
    words = WORDS[strip.lang]
    paper.head_band(strip.kiosk_name, strip.place)
    paper.feed(24)
    paper.heading(strip.heading)
    paper.feed(12)
    paper.pairs([(words["printed"], strip.at.strftime(words["time_format"]))])
    paper.rule(strong=True)
    printed = strip.lines[-MOST_LINES:]
    key = "lines" if len(printed) == len(strip.lines) else "newest"
    paper.text(words[key].format(count=len(printed)), bold=True)
    for line in printed:
        paper.rule()
        paper.text(f"{line.at}  {line.ref}", size=TextSize.SMALL)
        paper.text(line.what)
        for note in (line.how, *line.notes):
            paper.text(note, size=TextSize.SMALL)
    paper.rule(strong=True)
    paper.text(words["anchor"].format(anchor=strip.anchor), align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(30)
    paper.cut()
    return paper.to_bytes()
