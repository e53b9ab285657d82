"""The receipt of a deposit: what it says, in Chinese or English, and how it stands on paper of 58 or 80 mm."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from drivers.contracts.paper import Align, Paper, TextSize


class ReceiptLanguage(StrEnum):
    """Languages a receipt is printed in."""

    CHINESE = "zh_CN"
    ENGLISH = "en"


class IdentityMark(StrEnum):
    """How it is known who handed in."""

    VERIFIED = "verified"
    CODE_SMS = "code_sms"
    CODE_STAFF = "code_staff"
    DUTY_DESK = "duty_desk"
    CARD_ONLY = "card_only"
    HELPER = "helper"


class EvidenceMark(StrEnum):
    """How it is known that the papers lie in the compartment."""

    SEEN = "seen"
    CLAIMED = "claimed"
    NO_SENSOR = "no_sensor"


@dataclass(frozen=True, slots=True)
class Inside:
    """One compartment of the deposit, and how it is known that papers lie in it."""

    compartment: str
    evidence: EvidenceMark


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything on one receipt. No name beyond a masked one, no ID number, no telephone number of a citizen.

    `inside`: each compartment that was used; none where the `pages` that were scanned are all that came in.

    `staff_collect` and `contact` are sentences of the site's settings, already in `lang`. `anchor` is the short text
    of the journal's signed head.
    """

    lang: ReceiptLanguage
    kiosk_name: str
    place: str
    item_title: str
    papers: tuple[str, ...]
    inside: tuple[Inside, ...]
    deposited_at: datetime
    case_number: str
    staff_collect: str
    contact: str
    anchor: str
    identity: IdentityMark
    masked_name: str | None = field(default=None, repr=False)
    pages: int = 0
    missing: tuple[str, ...] = ()  # papers that follow later: promised, or of a supplement another day
    until: date | None = None  # by this day
    by_agent: bool = False  # somebody handed it in for another, and is who `identity` is of
    letter: bool = False  # of authorisation, with the papers
    letter_scanned: bool = False  # it is among the pages
    supplement: bool = False  # to an earlier case
    code: str = ""  # what its QR code says; empty: the case's number


WORDS: Final[Mapping[ReceiptLanguage, Mapping[str, str]]] = {
    ReceiptLanguage.CHINESE: {
        "done": "材料已收妥",
        "filed": "申请已提交",
        "added": "补交材料已收妥",
        "filed_note": "未使用柜子，原件由您带回。",
        "pages": "扫描页数",
        "compartment": "柜门",
        "compartment_note": "柜门已锁好",
        "time": "存入时间",
        "case": "办件编号",
        "person": "办理人",
        "agent": "办理方式",
        "agent.by": "由他人代办",
        "agent.identity": "代办人核验",
        "agent.letter": "授权委托书（原件）",
        "agent.letter_scanned": "授权委托书（扫描件）",
        "identity": "身份核验",
        "identity.verified": "人证一致",
        "identity.code_sms": "证件和短信验证码",
        "identity.code_staff": "证件和工作人员验证码",
        "identity.duty_desk": "证件和值班人员远程核验",
        "identity.card_only": "仅核验证件，未做人脸核验",
        "identity.helper": "帮办员（工号和密码）",
        "evidence": "柜内确认",
        "evidence.seen": "感应器已确认柜内有材料",
        "evidence.claimed": "感应器未感应到，按您的确认登记，由工作人员复核",
        "evidence.no_sensor": "本柜未装感应器，柜门已关闭",
        "papers": "材料清单（共 {count} 件）",
        "missing": "容缺受理：待补材料（共 {count} 件）",
        "until": "请在 {until} 前补交，已签字承诺",
        "until.more": "请在 {until} 前补交",
        "day_format": "%Y年%m月%d日",
        "next": "接下来",
        "collect": "取件时间",
        "contact": "咨询电话",
        "scan": "凭此编号查询办理进度",
        "no_reopen": "柜门关闭后只能由工作人员打开。",
        "keep": "请妥善保管本凭证。",
        "anchor": "存证 {anchor}",
        "time_format": "%Y年%m月%d日 %H:%M",
    },
    ReceiptLanguage.ENGLISH: {
        "done": "Papers received",
        "filed": "Application received",
        "added": "Further papers received",
        "filed_note": "No locker was used; you keep the originals.",
        "pages": "Pages scanned",
        "compartment": "Locker",
        "compartment_note": "closed and locked",
        "time": "Handed in",
        "case": "Case no.",
        "person": "By",
        "agent": "Handed in by",
        "agent.by": "an agent",
        "agent.identity": "Agent",
        "agent.letter": "Letter of authorisation (original)",
        "agent.letter_scanned": "Letter of authorisation (scanned)",
        "identity": "Identity",
        "identity.verified": "face matches the ID card",
        "identity.code_sms": "ID card and code by SMS",
        "identity.code_staff": "ID card and code from staff",
        "identity.duty_desk": "ID card and duty desk",
        "identity.card_only": "ID card only, no face check",
        "identity.helper": "helper, by number and PIN",
        "evidence": "Inside",
        "evidence.seen": "papers seen by the sensor",
        "evidence.claimed": "not seen by the sensor; recorded as you stated, staff will check",
        "evidence.no_sensor": "no sensor in this compartment; door is closed",
        "papers": "Papers ({count})",
        "missing": "Still to follow ({count})",
        "until": "Promised until {until}, signed",
        "until.more": "Promised until {until}",
        "day_format": "%Y-%m-%d",
        "next": "What happens next",
        "collect": "Collected",
        "contact": "Call",
        "scan": "Ask for your case by this number",
        "no_reopen": "Only staff can open the door now.",
        "keep": "Please keep this receipt.",
        "anchor": "Record {anchor}",
        "time_format": "%Y-%m-%d %H:%M",
    },
}


def render(receipt: Receipt, paper: Paper) -> bytes:
    """The finished job on fresh `paper`, cut included."""
    words = WORDS[receipt.lang]
    _head(receipt, paper, words)
    _what_and_where(receipt, paper, words)
    _papers(receipt, paper, words)
    _next(receipt, paper, words)
    _foot(receipt, paper, words)
    paper.cut()
    return paper.to_bytes()


def _head(receipt: Receipt, paper: Paper, words: Mapping[str, str]) -> None:
    paper.head_band(receipt.kiosk_name, receipt.place)
    paper.feed(28)
    done = "added" if receipt.supplement else "done" if receipt.inside else "filed"
    paper.heading(words[done])
    paper.feed(6)
    paper.text(receipt.item_title, align=Align.CENTER, bold=True)
    paper.feed(20)
    for one in receipt.inside:
        paper.big_number(words["compartment"], one.compartment, words["compartment_note"])
        paper.feed(22)


def _what_and_where(receipt: Receipt, paper: Paper, words: Mapping[str, str]) -> None:
    pairs = [
        (words["case"], receipt.case_number),
        (words["time"], receipt.deposited_at.strftime(words["time_format"])),
    ]
    if receipt.masked_name is not None:
        pairs.append((words["person"], receipt.masked_name))
    if receipt.by_agent:
        pairs.append((words["agent"], words["agent.by"]))
    whose = words["agent.identity" if receipt.by_agent else "identity"]
    pairs.append((whose, words[f"identity.{receipt.identity}"]))
    if receipt.pages:
        pairs.append((words["pages"], str(receipt.pages)))
    several = len(receipt.inside) > 1
    for one in receipt.inside:
        which = one.compartment if several else words["evidence"]
        pairs.append((which, words[f"evidence.{one.evidence}"]))
    paper.pairs(pairs)


def _papers(receipt: Receipt, paper: Paper, words: Mapping[str, str]) -> None:
    paper.rule()
    letters = (("agent.letter", receipt.letter), ("agent.letter_scanned", receipt.letter_scanned))
    papers = [*(words[key] for key, came in letters if came), *receipt.papers]
    if papers:
        paper.text(words["papers"].format(count=len(papers)), bold=True)
        paper.items(papers)
        paper.rule()
    if receipt.missing:
        paper.text(words["missing"].format(count=len(receipt.missing)), bold=True)
        paper.items(list(receipt.missing))
        if receipt.until is not None:
            until = words["until.more" if receipt.supplement else "until"]
            paper.text(until.format(until=receipt.until.strftime(words["day_format"])))
        paper.rule()


def _next(receipt: Receipt, paper: Paper, words: Mapping[str, str]) -> None:
    paper.text(words["next"], bold=True)
    collect = [(words["collect"], receipt.staff_collect)] if receipt.inside else []
    paper.pairs([*collect, (words["contact"], receipt.contact)])
    paper.feed(24)


def _foot(receipt: Receipt, paper: Paper, words: Mapping[str, str]) -> None:
    paper.qr(receipt.code or receipt.case_number)
    paper.feed(12)
    paper.text(receipt.case_number, align=Align.CENTER, bold=True)
    paper.text(words["scan"], align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(16)
    paper.rule(strong=True)
    paper.text(words["no_reopen" if receipt.inside else "filed_note"], align=Align.CENTER)
    paper.text(words["keep"], align=Align.CENTER)
    paper.text(words["anchor"].format(anchor=receipt.anchor), align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(30)
