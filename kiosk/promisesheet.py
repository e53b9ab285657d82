"""The citizen's own copy of a promise (容缺受理承诺书): what follows, until when, and the signature as it was drawn.

Only the citizen gets it: nobody prints it a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from drivers.contracts.paper import Align, Drawing, Paper, TextSize
from kiosk.receipt import ReceiptLanguage


@dataclass(frozen=True, slots=True)
class PromiseSheet:
    """Everything on one promise, in `lang`. `shape`: how many times as wide as high the pad was.

    `by_agent`: who signed did it for another, whose card it takes for what follows.
    """

    lang: ReceiptLanguage
    kiosk_name: str
    place: str
    item_title: str
    office: str
    case_number: str
    missing: tuple[str, ...]
    until: date
    signed_at: datetime
    contact: str
    strokes: Drawing = field(repr=False)
    shape: float
    by_agent: bool = False


WORDS: Final[Mapping[ReceiptLanguage, Mapping[str, str]]] = {
    ReceiptLanguage.CHINESE: {
        "heading": "容缺受理承诺书",
        "case": "办件编号",
        "item": "事项",
        "office": "受理部门",
        "signed": "签字时间",
        "missing": "以下材料后补（共 {count} 件）",
        "words": "本人承诺在 {until} 前补交以上材料。逾期未补交的，由办理部门按规定处理。",
        "signature": "承诺人签字（屏幕手写）",
        "signature.agent": "代办人签字（屏幕手写）",
        "bring.agent": "补交时由当事人带本人身份证，在本机选“查进度”，材料并入同一办件。",
        "bring": "补交时带上身份证，在本机选“查进度”，材料并入同一办件。",
        "contact": "咨询电话 {contact}",
        "day_format": "%Y年%m月%d日",
        "time_format": "%Y年%m月%d日 %H:%M",
    },
    ReceiptLanguage.ENGLISH: {
        "heading": "Promise of papers",
        "case": "Case no.",
        "item": "Item",
        "office": "Office",
        "signed": "Signed",
        "missing": "These papers follow ({count})",
        "words": "I promise to hand in these papers by {until}; else the office decides without them.",
        "signature": "Signature, drawn on the screen",
        "signature.agent": "Signature of the agent, drawn on the screen",
        "bring.agent": "The person whose matter it is brings their own ID card to this kiosk and chooses “My case”: the"
        " papers join the same case.",
        "bring": "Bring your ID card to this kiosk and choose “My case”: the papers join the same case.",
        "contact": "Call {contact}",
        "day_format": "%Y-%m-%d",
        "time_format": "%Y-%m-%d %H:%M",
    },
}


def render(sheet: PromiseSheet, paper: Paper) -> bytes:
    """The finished job on fresh `paper`, cut included."""
    words, whose = WORDS[sheet.lang], ".agent" if sheet.by_agent else ""
    paper.head_band(sheet.kiosk_name, sheet.place)
    paper.feed(24)
    paper.heading(words["heading"])
    paper.feed(12)
    paper.pairs([
        (words["case"], sheet.case_number),
        (words["item"], sheet.item_title),
        (words["office"], sheet.office),
        (words["signed"], sheet.signed_at.strftime(words["time_format"])),
    ])  # fmt: skip
    paper.rule()
    paper.text(words["missing"].format(count=len(sheet.missing)), bold=True)
    paper.items(list(sheet.missing))
    paper.rule()
    paper.text(words["words"].format(until=sheet.until.strftime(words["day_format"])))
    paper.feed(16)
    paper.text(words[f"signature{whose}"], size=TextSize.SMALL)
    paper.drawing(sheet.strokes, sheet.shape)
    paper.feed(20)
    paper.text(words[f"bring{whose}"])
    paper.text(words["contact"].format(contact=sheet.contact), align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(30)
    paper.cut()
    return paper.to_bytes()
