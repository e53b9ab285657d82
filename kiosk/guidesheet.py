"""The one-time notice (一次性告知): all that an item asks for, told at once; on receipt paper and as one plain text.

The text is what the QR code carries, not a link: it can be kept on a telephone, needs no network and no server of
anybody's, and nobody learns who read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from drivers.contracts.paper import Align, Paper, TextSize
from kiosk.receipt import ReceiptLanguage

QR_MODULE_DOTS: Final = 3  # 0.38 mm: the largest code is 351 dots wide and fits paper of 58 mm
QR_MOST_BYTES: Final = 990  # version 25 at level M (ISO/IEC 18004)


@dataclass(frozen=True, slots=True)
class GuideSheet:
    """Everything on one notice, in `lang`. `papers`: name, and what is said of it in words."""

    lang: ReceiptLanguage
    title: str
    office: str
    hotline: str
    papers: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]  # label, value
    day: date


WORDS: Final[Mapping[ReceiptLanguage, Mapping[str, str]]] = {
    ReceiptLanguage.CHINESE: {
        "heading": "一次性告知单",
        "bring": "请准备（共 {count} 样）",
        "scan": "扫码把全文存进手机",
        "rest": "其余内容请看屏幕或纸质告知单",
        "call": "咨询电话 {hotline}",
        "day": "{day} 打印，以受理时规定为准",
        "paper": "{number}.{name}（{note}）",
        "noted": "{name}（{note}）",
        "label": "{label}：{value}",
        "day_format": "%Y年%m月%d日",
    },
    ReceiptLanguage.ENGLISH: {
        "heading": "What you need",
        "bring": "Please bring ({count})",
        "scan": "Scan to keep the text on your phone",
        "rest": "The rest stands on the screen and on the printed notice",
        "call": "Call {hotline}",
        "day": "As of {day}; the rules on the day of handing in count",
        "paper": "{number}. {name} ({note})",
        "noted": "{name} ({note})",
        "label": "{label}: {value}",
        "day_format": "%Y-%m-%d",
    },
}


def plain(sheet: GuideSheet) -> str:
    """The notice as one text of at most `QR_MOST_BYTES`; what comes last gives way first, and the text says so."""
    words = WORDS[sheet.lang]
    lines = [
        sheet.title,
        words["bring"].format(count=len(sheet.papers)),
        *_papers(sheet, words),
        *(words["label"].format(label=label, value=value) for label, value in sheet.facts),
    ]
    end = [words["call"].format(hotline=sheet.hotline)]
    while len("\n".join((*lines, *end)).encode()) > QR_MOST_BYTES:
        end[:-1] = [words["rest"]]
        lines.pop()
    return "\n".join((*lines, *end))


def render(sheet: GuideSheet, paper: Paper, kiosk_name: str, place: str) -> bytes:
    """The finished job on fresh `paper`, cut included."""
    words = WORDS[sheet.lang]
    paper.head_band(kiosk_name, place)
    paper.feed(24)
    paper.heading(sheet.title)
    paper.text(words["heading"], align=Align.CENTER)
    paper.feed(12)
    paper.rule(strong=True)
    paper.text(words["bring"].format(count=len(sheet.papers)), bold=True)
    paper.items([words["noted"].format(name=name, note=note) for name, note in sheet.papers])
    paper.rule()
    for label, value in sheet.facts:
        paper.text(label, bold=True)
        for line in value.splitlines():
            paper.text(line)
        paper.feed(6)
    paper.rule()
    paper.feed(12)
    paper.qr(plain(sheet), module=QR_MODULE_DOTS)
    paper.feed(8)
    paper.text(words["scan"], align=Align.CENTER)
    paper.text(words["call"].format(hotline=sheet.hotline), align=Align.CENTER, bold=True)
    day = sheet.day.strftime(words["day_format"])
    paper.text(words["day"].format(day=day), align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(30)
    paper.cut()
    return paper.to_bytes()


def _papers(sheet: GuideSheet, words: Mapping[str, str]) -> list[str]:
    return [
        words["paper"].format(number=number, name=name, note=note)
        for number, (name, note) in enumerate(sheet.papers, start=1)
    ]
