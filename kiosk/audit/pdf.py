"""The audit's report as PDF/A-2u on A4."""

import json
from pathlib import Path
from typing import Any, Final

from kiosk.typeset import pdf_of

from .content import Audit, Line
from .words import WORDS

TEMPLATE: Final = Path(__file__).with_name("audit.typ")


def render_pdf(audit: Audit) -> bytes:
    """The finished file. Raises `RuntimeError` where it can't be set; the text says why."""
    return pdf_of(TEMPLATE, json.dumps(told(audit), ensure_ascii=False))


def told(audit: Audit) -> dict[str, Any]:
    """What the template is given."""
    place, anchor = audit.place, audit.anchor
    different = len(audit.differences)
    record = {"anchor": anchor.text, "hash": anchor.hash_hex, "signature": anchor.signature,
              "public_key": audit.public_key.hex()}  # fmt: skip
    return {
        "words": WORDS, "number": audit.number, "at": f"{audit.at:%Y-%m-%d %H:%M:%S}",
        "date": [audit.at.year, audit.at.month, audit.at.day], "kiosk_id": place.kiosk_id,
        "name": (place.name_zh, place.name_en), "place": (place.place_zh, place.place_en),
        "by": audit.staff_no, "second": audit.second_no or " ".join(WORDS["nobody"]),
        "scope": WORDS["scope.only_empty" if audit.only_empty else "scope.all"],
        "well": not different, "verdict": WORDS["differs" if different else "agrees"],
        "counts": [
            {"value": str(len(audit.lines)), "words": WORDS["count"], "tone": "plain"},
            {"value": str(len(audit.lines) - different), "words": WORDS["agreed"], "tone": "good"},
            {"value": str(different), "words": WORDS["different"], "tone": "bad" if different else "good"},
        ],
        "differences": [_line(line) for line in audit.differences],
        "lines": [_line(line) for line in audit.lines],
        "record": [{"words": WORDS[key], "value": value} for key, value in record.items()],
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    return {
        "cell": line.cell, "case": line.case_id or "—", "recorded": WORDS[f"recorded.{line.recorded}"],
        "found": WORDS[f"found.{line.found}"], "agrees": line.agrees,
        "result": WORDS["same" if line.agrees else "other"],
    }  # fmt: skip
