"""The same audit on receipt paper: the verdict, every difference, the journal's head, a place to sign."""

from typing import Final

from drivers.contracts.paper import Align, Paper, TextSize
from kiosk.readiness.words import Pair

from .content import Audit
from .words import WORDS

SIGN_DOTS: Final = 90


def render_strip(audit: Audit, paper: Paper, *, sha256: str) -> bytes:
    """The finished job on fresh `paper`, cut included. `sha256`: of the PDF, empty where there is none."""
    paper.head_band(audit.place.name_zh, audit.place.place_zh)
    paper.feed(24)
    paper.heading(WORDS["title"][0])
    paper.text(WORDS["title"][1], align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(12)
    verdict = WORDS["differs" if audit.differences else "agrees"]
    paper.heading(verdict[0])
    paper.text(verdict[1], align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(12)
    scope = WORDS["scope.only_empty" if audit.only_empty else "scope.all"]
    pairs = [
        (WORDS["number"][0], audit.number), (WORDS["at"][0], f"{audit.at:%Y-%m-%d %H:%M}"),
        (WORDS["by"][0], audit.staff_no), (WORDS["second"][0], audit.second_no or WORDS["nobody"][0]),
        (WORDS["scope"][0], scope[0]), (WORDS["compartments"][0], str(len(audit.lines))),
    ]  # fmt: skip
    paper.pairs(pairs)
    _differences(audit, paper)
    _foot(audit, paper, sha256)
    paper.cut()
    return paper.to_bytes()


def _differences(audit: Audit, paper: Paper) -> None:
    paper.rule(strong=True)
    paper.text(f"{_both(WORDS['differences'])}: {len(audit.differences)}", bold=True)
    for line in audit.differences:
        recorded, found = WORDS[f"recorded.{line.recorded}"][0], WORDS[f"found.{line.found}"][0]
        paper.text(f"{line.cell}  {WORDS['recorded'][0]}{recorded}，{WORDS['found'][0]}{found}")
        if line.case_id:
            paper.text(f"{WORDS['case'][0]} {line.case_id}", size=TextSize.SMALL)


def _foot(audit: Audit, paper: Paper, sha256: str) -> None:
    paper.rule(strong=True)
    paper.text(WORDS["signed_note"][0])
    record = [(WORDS["anchor"][0], audit.anchor.text)]
    paper.pairs(record + ([(WORDS["pdf"][0], sha256[:16])] if sha256 else []))
    for who in ("counter", "manager"):
        paper.feed(SIGN_DOTS)
        paper.rule(strong=True)
        paper.text(f"{_both(WORDS[who])}  {_both(WORDS['date'])}", size=TextSize.SMALL)
    paper.feed(30)


def _both(pair: Pair) -> str:
    return f"{pair[0]} {pair[1]}"
