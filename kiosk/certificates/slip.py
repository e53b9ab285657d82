"""A certificate on receipt paper of 58 or 80 mm, with a code that phones read."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from drivers.contracts.paper import Align, Paper, TextSize

from .content import Certificate
from .words import WORDS

MODULE_DOTS: Final = {True: 7, False: 5}  # on wide and on narrow paper; 8 dots to the millimetre
QUIET_DOTS: Final = 28  # four modules above and below: not every printer leaves them by itself
WIDE_DOTS: Final = 480  # between paper of 58 mm and of 80 mm


@dataclass(frozen=True, slots=True)
class Printable:
    """One certificate as people read it. `kind` and `issuer`: Chinese and English; `code`: the QR code's text."""

    certificate: Certificate
    code: str
    kind: tuple[str, str]
    issuer: tuple[str, str]
    zone: tzinfo
    page_url: str = ""

    def moment(self, at: datetime) -> str:
        """At this place, to the minute."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    @property
    def last_day(self) -> str:
        """The last day on which it is good."""
        return f"{(self.certificate.expires - timedelta(seconds=1)).astimezone(self.zone):%Y-%m-%d}"

    def rows(self) -> list[tuple[str, str]]:
        """(key of a word, value) of what stands on it beside kind and issuer."""
        one = self.certificate
        rows = [
            ("number", one.number), ("holder", one.holder), ("id_tail", one.id_tail),
            ("issued", self.moment(one.issued)), ("until", self.last_day),
        ]  # fmt: skip
        if one.not_before != one.issued:
            rows.insert(4, ("from", self.moment(one.not_before)))
        return rows


def render(slip: Printable, paper: Paper, *, columns_dots: int = 576) -> bytes:
    """The finished job on fresh `paper` of that printable width, cut included."""
    paper.head_band(*slip.issuer)
    paper.feed(24)
    paper.heading(slip.kind[0])
    paper.text(slip.kind[1], align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(16)
    paper.pairs([(WORDS[key][0], value) for key, value in slip.rows()])
    paper.feed(12)
    paper.text(WORDS["compare"][0], size=TextSize.SMALL)
    paper.text(WORDS["compare"][1], size=TextSize.SMALL)
    paper.rule(strong=True)
    paper.feed(QUIET_DOTS)
    paper.qr(slip.code, module=MODULE_DOTS[columns_dots >= WIDE_DOTS])
    paper.feed(QUIET_DOTS)
    for words in WORDS["scan"]:
        paper.text(words, align=Align.CENTER, bold=True)
    if slip.page_url:
        paper.text(slip.page_url, align=Align.CENTER, size=TextSize.SMALL)
    paper.rule()
    for key in ("no_network", "keep"):
        for words in WORDS[key]:
            paper.text(words, align=Align.CENTER, size=TextSize.SMALL)
    paper.feed(30)
    paper.cut()
    return paper.to_bytes()
