"""A certificate as a file: the code alone as PNG or SVG, the whole as PDF. And a code out of a picture."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import segno

from kiosk.typeset import pdf_of

from .cose import Malformed
from .sealed import PREFIX
from .slip import Printable
from .words import WORDS

TEMPLATE: Final = Path(__file__).with_name("certificate.typ")
PIXELS_A_MODULE: Final = 8
LARGEST_PICTURE: Final = 40_000_000  # pixels


def png(slip: Printable) -> bytes:
    """The code alone, black on white with its quiet zone."""
    return _code(slip.code, kind="png", scale=PIXELS_A_MODULE)


def svg(slip: Printable) -> bytes:
    """The same as lines, for any size."""
    return _code(slip.code, kind="svg", scale=PIXELS_A_MODULE)


def pdf(slip: Printable) -> bytes:
    """The whole certificate on A4, PDF/A-2u. Raises `RuntimeError` where it can't be set; the text says why."""
    return pdf_of(TEMPLATE, json.dumps(told(slip), ensure_ascii=False))


FORMS: Final[Mapping[str, Callable[[Printable], bytes]]] = {".png": png, ".svg": svg, ".pdf": pdf}


def told(slip: Printable) -> dict[str, Any]:
    """What the template is given."""
    issued = slip.certificate.issued
    return {
        "words": WORDS, "number": slip.certificate.number, "kind": slip.kind, "issuer": slip.issuer,
        "issuer_id": slip.certificate.issuer, "date": [issued.year, issued.month, issued.day],
        "rows": [{"words": WORDS[key], "value": value} for key, value in slip.rows()],
        "qr": svg(slip).decode(), "page_url": slip.page_url,
    }  # fmt: skip


def code_in_picture(untrusted: bytes) -> str:
    """The text of the certificate's QR code in a picture file, as large and as crooked as a phone takes it; other codes
    beside it count for nothing, and where none is a certificate's the first is told.

    Raises `Malformed` where the file is no picture, none of its codes is a QR code, or several are certificates: a good
    one must not speak for another that lies beside it.
    """
    import zxingcpp
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(untrusted)) as picture:
            if picture.width * picture.height > LARGEST_PICTURE:
                raise Malformed("the picture is too large")
            grey = picture.convert("L")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Malformed("this file is no picture that can be read") from None
    found = zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain)
    codes = [str(one.text) for one in found if one.format == zxingcpp.BarcodeFormat.QRCode]
    if not codes:
        raise Malformed("there is no QR code in the picture")
    certificates = list(dict.fromkeys(code for code in codes if code.startswith(PREFIX)))
    if len(certificates) > 1:
        raise Malformed(f"{len(certificates)} certificates are in the picture: take one at a time")
    return (certificates or codes)[0]


def _code(text: str, **form: Any) -> bytes:
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, **form)
    return buffer.getvalue()
