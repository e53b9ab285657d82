"""The verification page: one file for any browser, with the registers in it; it loads nothing and tells nobody."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kiosk.certificates.words import WORDS

FOLDER: Final = Path(__file__).parent
SCRIPTS: Final = ("libraries.js", "verify.js", "page.js")
POLICY: Final = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src blob:; media-src blob:;"
    " base-uri 'none'; form-action 'none'"
)


def page_of(registers: Sequence[bytes]) -> str:
    """The page with these signed registers. Whoever has the page trusts them: it is given out by the issuer."""
    told = {"words": WORDS, "registers": [b64encode(one).decode("ascii") for one in registers]}
    data = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")  # no text may end the script
    script = "\n".join([f"const NIGHTDESK = {data};", *(_part(name) for name in SCRIPTS)])
    style = _part("page.css")
    policy = POLICY.format(script=_digest(script), style=_digest(style))
    return (
        _part("page.html")
        .replace("{{policy}}", policy)
        .replace("{{style}}", style)
        .replace("{{script}}", script)
    )


def _part(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """By which a browser knows a script or a style of ours from one that was slipped in."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"
