"""The same report on receipt paper: the verdict, every device, every test, the journal's head, a place to sign."""

from typing import Final

from drivers.contracts.paper import Align, Paper, TextSize

from .content import Outcome, Readiness
from .words import STATES, WORDS, Pair, device_words, test_words

MARKS: Final = {Outcome.PASSED: "√", Outcome.FAILED: "×", Outcome.NOT_RUN: "—"}
SIGN_DOTS: Final = 90


def render_strip(report: Readiness, paper: Paper, *, sha256: str) -> bytes:
    """The finished job on fresh `paper`, cut included. `sha256`: of the PDF, in hexadecimal."""
    paper.head_band(report.place.name_zh, report.place.place_zh)
    paper.feed(28)
    paper.heading(WORDS["title"][0])
    paper.text(WORDS["title"][1], align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(12)
    verdict = WORDS["fit" if report.fit else "unfit"]
    paper.big_number(WORDS["number"][0], report.number[-2:], report.number)
    paper.feed(28)
    paper.heading(verdict[0])
    paper.text(verdict[1], align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(12)
    by = report.staff_no or WORDS["nobody"][0]
    paper.pairs(
        [
            (WORDS["at"][0], f"{report.at:%Y-%m-%d %H:%M}"),
            (WORDS["kiosk"][0], report.place.kiosk_id),
            ("检测人", by),
        ]
    )
    _devices(report, paper)
    _tests(report, paper)
    _foot(report, paper, sha256)
    paper.cut()
    return paper.to_bytes()


def _devices(report: Readiness, paper: Paper) -> None:
    paper.rule()
    paper.text(_both(WORDS["devices"]), bold=True)
    paper.pairs([(device_words(one.name)[0], STATES[one.health.status][0]) for one in report.devices])
    details = {one.name: one.health.detail for one in report.devices}
    if report.first:
        paper.rule()
        paper.text(_both(WORDS["first"]), bold=True)
        paper.items(
            [": ".join(filter(None, (device_words(name)[0], details[name]))) for name in report.first]
        )


def _tests(report: Readiness, paper: Paper) -> None:
    paper.rule()
    paper.text(_both(WORDS["tests"]), bold=True)
    for one in report.trials:
        paper.text(
            f"{MARKS[one.outcome]} {device_words(one.device)[0]} · {test_words(one.test)[0]}: {WORDS[one.outcome][0]}"
        )


def _foot(report: Readiness, paper: Paper, sha256: str) -> None:
    paper.rule()
    paper.pairs([(name, version) for name, version in report.versions])
    paper.rule(strong=True)
    paper.pairs([(WORDS["anchor"][0], report.anchor.text), (WORDS["pdf"][0], sha256[:16])])
    for who in ("technician", "manager"):
        paper.feed(SIGN_DOTS)
        paper.rule(strong=True)
        paper.text(f"{_both(WORDS[who])}  {_both(WORDS['date'])}", size=TextSize.SMALL)
    paper.feed(30)


def _both(pair: Pair) -> str:
    return f"{pair[0]} {pair[1]}"
