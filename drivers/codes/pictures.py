"""Codes in a picture: pure, by zxing-cpp. Turned, skewed, dark, inverted and several at once are its daily work."""

import zxingcpp

from ..contracts.camera import Image
from ..contracts.codes import Code
from .lines import symbology_of


def read_codes(image: Image) -> tuple[Code, ...]:
    """All codes in a picture (BGR, shape (height, width, 3), or grey, shape (height, width)), each once."""
    found = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
    codes = [
        Code(one.text, symbology_of(one.symbology_identifier)) for one in found if one.valid and one.text
    ]
    return tuple(dict.fromkeys(codes))
