"""The hand-over slip: what staff took out of the cabinet in one round, on paper of 58 or 80 mm, to be signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from drivers.contracts.paper import Align, Paper, TextSize
from kiosk.receipt import ReceiptLanguage

SIGN_DOTS: Final = 90
TAKEN: Final = "taken"


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One compartment. `item`: what the case is about, in the slip's language; `found`: as the journal names it.

    `missing`: papers that follow, `until` the ISO date; `agency`: an agent handed it in, with the person's `card` or a
    `letter` of authorisation, which lies with the papers.
    """

    cell: str
    case_id: str
    item: str
    found: str
    missing: tuple[str, ...] = ()
    until: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything on one slip; nothing of a citizen beyond case numbers. `purpose`: collect, resolve or recall."""

    lang: ReceiptLanguage
    kiosk_name: str
    place: str
    number: str
    purpose: str
    at: datetime
    staff_no: str
    lines: tuple[SlipLine, ...]
    anchor: str
    again: bool = False


WORDS: Final[Mapping[ReceiptLanguage, Mapping[str, str]]] = {
    ReceiptLanguage.CHINESE: {
        "collect": "材料交接单",
        "resolve": "核查交接单",
        "recall": "收回交接单",
        "again": "补打",
        "number": "单号",
        "time": "时间",
        "staff": "工号",
        "taken_count": "取走 {taken} 件，共开 {all} 个柜门",
        "none": "未取走任何材料",
        "taken": "已取走",
        "nothing": "柜内未找到",
        "somethingElse": "柜内为其他物品，未取",
        "left": "未取，留待下次",
        "unsaid": "未说明，须核对",
        "notOpened": "柜门未打开",
        "case": "办件 {case_id}",
        "missing": "缺：{papers}，{until} 前补",
        "between": "、",
        "agency.card": "由他人代办",
        "agency.letter": "由他人代办，凭授权委托书",
        "receiver": "接收人签字",
        "date": "日期",
        "keep": "以上材料自签字起由接收人保管。",
        "anchor": "存证 {anchor}",
        "time_format": "%Y年%m月%d日 %H:%M",
    },
    ReceiptLanguage.ENGLISH: {
        "collect": "Hand-over slip",
        "resolve": "Check slip",
        "recall": "Taken-back slip",
        "again": "printed again",
        "number": "Slip no.",
        "time": "Time",
        "staff": "Staff no.",
        "taken_count": "{taken} taken, {all} doors opened",
        "none": "Nothing was taken",
        "taken": "taken",
        "nothing": "not found inside",
        "somethingElse": "something else inside, not taken",
        "left": "left for later",
        "unsaid": "not said, to be checked",
        "notOpened": "the door did not open",
        "case": "Case {case_id}",
        "missing": "missing: {papers} (until {until})",
        "between": ", ",
        "agency.card": "handed in by an agent",
        "agency.letter": "handed in by an agent, with a letter of authorisation",
        "receiver": "Received by (signature)",
        "date": "Date",
        "keep": "From this signature on the receiver keeps these papers.",
        "anchor": "Record {anchor}",
        "time_format": "%Y-%m-%d %H:%M",
    },
}


def render(slip: Slip, paper: Paper) -> bytes:
    """The finished job on fresh `paper`, cut included."""
    words = WORDS[slip.lang]
    paper.head_band(slip.kiosk_name, slip.place)
    paper.feed(24)
    paper.heading(words[slip.purpose])
    if slip.again:
        paper.text(words["again"], align=Align.CENTER)
    paper.feed(12)
    at = slip.at.strftime(words["time_format"])
    paper.pairs([(words["number"], slip.number), (words["time"], at), (words["staff"], slip.staff_no)])
    _lines(slip, paper, words)
    _foot(slip, paper, words)
    paper.cut()
    return paper.to_bytes()


def _lines(slip: Slip, paper: Paper, words: Mapping[str, str]) -> None:
    taken = sum(line.found == TAKEN for line in slip.lines)
    paper.rule(strong=True)
    count = words["taken_count"].format(taken=taken, all=len(slip.lines))
    paper.text(count if taken else words["none"], bold=True)
    paper.rule()
    for line in slip.lines:
        paper.text(f"{line.cell}  {words[line.found]}", bold=True)
        about = [line.item, words["case"].format(case_id=line.case_id) if line.case_id else ""]
        if line.agency:
            about.append(words[f"agency.{line.agency}"])
        if line.missing:
            about.append(
                words["missing"].format(papers=words["between"].join(line.missing), until=line.until)
            )
        for told in filter(None, about):
            paper.text(told)
        paper.feed(8)


def _foot(slip: Slip, paper: Paper, words: Mapping[str, str]) -> None:
    paper.rule(strong=True)
    if any(line.found == TAKEN for line in slip.lines):
        paper.text(words["keep"])
    for key in ("receiver", "date"):
        paper.feed(SIGN_DOTS)
        paper.rule(strong=True)
        paper.text(words[key], size=TextSize.SMALL)
    paper.feed(12)
    paper.text(words["anchor"].format(anchor=slip.anchor), align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(30)
