"""The QR code of a receipt: of which kiosk, which case, and a check that it was read whole. Nothing of a person.

It opens what its number opens when it is typed, and anybody can print one: the check is against mistakes, not forgery.
"""

import re
import zlib
from typing import Final

PREFIX: Final = "NDR1"  # signs of a QR code's alphanumeric mode only, which every keyboard wedge can type
CASE: Final = re.compile(r"[0-9]{6}-[0-9]{4}")


def receipt_code(kiosk_id: str, case_id: str) -> str:
    """What the code on the receipt of this case says."""
    said = f"{PREFIX}:{kiosk_id}:{case_id}".upper()
    return f"{said}:{zlib.crc32(said.encode()):08X}"


def case_of(kiosk_id: str, untrusted_text: str) -> str:
    """The case whose receipt this is, empty for whatever is no receipt of this kiosk.

    On the screen more stands behind a blank: what the journal's head was.
    """
    text = untrusted_text.upper().partition(" ")[0] if untrusted_text.isascii() else ""
    case_id = text.split(":")[-2] if ":" in text else ""
    ours = CASE.fullmatch(case_id) is not None and text == receipt_code(kiosk_id, case_id)
    return case_id if ours else ""
