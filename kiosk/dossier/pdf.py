"""A history as PDF/A-2u in one language: its text can be searched and copied; fit to be kept beside a case's papers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kiosk.journal.history import Entry, Subject, View
from kiosk.journal.rows import Trailer
from kiosk.recordwords import Teller
from kiosk.typeset import pdf_of

TEMPLATE: Final = Path(__file__).with_name("dossier.typ")
MOST_LINES: Final = 5_000  # some 250 pages; Typst takes 100 KB for each line
LIMIT_S: Final = 120.0
_LABELS: Final = (
    "when",
    "what",
    "known",
    "number",
    "kiosk",
    "made_at",
    "lines",
    "proof",
    "signed_by",
    "date",
    "page",
)
_PIECES: Final = ("anchor", "hash", "signature", "public_key")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the record comes from: the kiosk's id, name and place; of a copy only the file's name."""

    kiosk_id: str
    name: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A whole history with what surrounds it. `person`: whose case it is, as far as it is told."""

    subject: Subject
    entries: Sequence[Entry]
    head: Trailer
    origin: Origin
    made_at: datetime
    person: str = ""
    since: datetime | None = None
    until: datetime | None = None


def render_pdf(dossier: Dossier, teller: Teller) -> bytes:
    """The finished file. Raises `RuntimeError` where it can't be set, or has more lines than paper is made for."""
    if len(dossier.entries) > MOST_LINES:
        raise RuntimeError(
            f"{len(dossier.entries)} lines are more than the {MOST_LINES} that a PDF takes:"
            " narrow it by --since and --until"
        )
    return pdf_of(TEMPLATE, json.dumps(told(dossier, teller), ensure_ascii=False), limit_s=LIMIT_S)


def told(dossier: Dossier, teller: Teller) -> dict[str, Any]:
    """What the template is given."""
    title, *period = teller.heading(dossier.subject, dossier.since, dossier.until)
    lines = [
        {"ref": line.ref, "at": line.at, "what": line.what, "known": line.source, "notes": line.notes[1:],
         "tone": _tone(entry)}
        for entry, line in zip(dossier.entries, teller.lines(dossier.entries), strict=True)
    ]  # fmt: skip
    head, last = dossier.head, lines[-1]["ref"] if lines else dossier.head.head.text
    made = dossier.made_at.astimezone(teller.zone)
    return {
        "lang": teller.words.lang, "title": title, "period": period, "person": dossier.person,
        "label": {name: teller.label(name) for name in _LABELS},
        "origin": {"id": dossier.origin.kiosk_id, "name": dossier.origin.name, "place": dossier.origin.place},
        "made_at": made.isoformat(sep=" ", timespec="seconds"), "date": [made.year, made.month, made.day],
        "count": len(lines), "lines": lines, "anchor": head.head.text, "proof": _proof(head, teller),
        "closing": [*teller.proved(head, str(last))], "is_case": dossier.subject.view is View.CASE,
    }  # fmt: skip


def _tone(entry: Entry) -> str:
    if entry.open is None:
        return ""
    return "open" if entry.open.until is None else "settled"


def _proof(head: Trailer, teller: Teller) -> list[dict[str, str]]:
    """The signed head, piece by piece; what a copy does not have is left out."""
    values = (head.head.text, head.head.hash_hex, head.head.signature, head.public_key)
    return [
        {"label": teller.label(name), "value": value}
        for name, value in zip(_PIECES, values, strict=True)
        if value
    ]
