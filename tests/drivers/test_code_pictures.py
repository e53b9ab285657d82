"""Codes in pictures: every kind, turned, skewed, dark, several at once, and the QR code of our own receipt."""

import io

import cv2
import numpy as np
import pytest
import segno
import zxingcpp

from drivers.codes.pictures import read_codes
from drivers.contracts.camera import Image
from drivers.contracts.codes import Code, Symbology
from drivers.emulators.escpos_render import interpret
from drivers.escpos.paper import ReceiptPaper

TEXT = "261122-0001 办件"


def qr(text: str = TEXT, scale: int = 6) -> Image:
    buffer = io.BytesIO()
    segno.make_qr(text, error="m").save(buffer, kind="png", scale=scale, border=4)
    picture = cv2.imdecode(np.frombuffer(buffer.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, dtype=np.uint8)


def on_desk(picture: Image, *, turn: float = 0.0, tilt: float = 0.0) -> Image:
    """The picture on a grey desk of 800 x 800, turned by degrees, tilted away by a share of the far side."""
    height, width = picture.shape[:2]
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    angle = np.radians(turn)
    turned = corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned[:, 0] *= 1 - tilt * (0.5 - turned[:, 1] / height / 2)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, (turned + 400).astype(np.float32))
    desk = cv2.warpPerspective(picture, matrix, (800, 800), borderValue=(110, 115, 120))
    return np.asarray(desk, dtype=np.uint8)


@pytest.mark.parametrize("turn", range(0, 360, 15))
def test_turned(turn: int) -> None:
    assert read_codes(on_desk(qr(), turn=turn)) == (Code(TEXT, Symbology.QR),)


@pytest.mark.parametrize("tilt", [0.1, 0.2, 0.3, 0.4])
@pytest.mark.parametrize("turn", [0, 33, 180])
def test_skewed(tilt: float, turn: int) -> None:
    assert read_codes(on_desk(qr(), turn=turn, tilt=tilt)) == (Code(TEXT, Symbology.QR),)


@pytest.mark.parametrize("light", [0.5, 0.2, 0.1])
def test_dark_and_noisy(light: float) -> None:
    noise = np.random.default_rng(3).normal(0, 3, (800, 800, 3))
    dark = np.clip(on_desk(qr(), turn=20, tilt=0.1) * light + noise, 0, 255).astype(np.uint8)
    assert read_codes(dark) == (Code(TEXT, Symbology.QR),)


def test_light_on_dark_and_grey() -> None:
    inverted = 255 - qr()
    assert read_codes(np.ascontiguousarray(inverted)) == (Code(TEXT, Symbology.QR),)
    assert read_codes(np.ascontiguousarray(qr()[:, :, 0])) == (Code(TEXT, Symbology.QR),)


@pytest.mark.parametrize(
    ("name", "text", "symbology"),
    [
        ("Aztec", "HELLO1", Symbology.AZTEC), ("Codabar", "A123B", Symbology.CODABAR),
        ("Code39", "HELLO1", Symbology.CODE_39), ("Code93", "HELLO1", Symbology.CODE_93),
        ("Code128", "HELLO1", Symbology.CODE_128), ("DataMatrix", "HELLO1", Symbology.DATA_MATRIX),
        ("EAN13", "4006381333931", Symbology.EAN_UPC), ("ITF", "123456", Symbology.ITF),
        ("PDF417", "HELLO1", Symbology.PDF_417), ("QRCode", "HELLO1", Symbology.QR),
    ],
)  # fmt: skip
def test_every_kind(name: str, text: str, symbology: Symbology) -> None:
    made = np.array(zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, name)).to_image(scale=4))
    assert read_codes(np.pad(made, 40, constant_values=255)) == (Code(text, symbology),)


def test_several_at_once_each_once() -> None:
    pair = np.hstack([qr("A", 8), qr("B", 8), qr("A", 8)])
    assert {code.untrusted_text for code in read_codes(pair)} == {"A", "B"}
    assert len(read_codes(pair)) == 2


def test_nothing_there_is_nothing() -> None:
    assert read_codes(np.full((480, 640, 3), 128, np.uint8)) == ()
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    assert read_codes(noise) == ()


def test_a_torn_code_is_no_code() -> None:
    torn = qr()
    torn[:, : torn.shape[1] // 2] = 255
    assert read_codes(torn) == ()


@pytest.mark.parametrize("turn", [0, 45, 180])
def test_the_code_of_our_own_receipt(turn: int) -> None:
    paper = ReceiptPaper()
    paper.heading("回执")
    paper.qr("261122-0001")
    paper.cut()
    printed = np.array(interpret(paper.to_bytes()).picture.convert("RGB"))
    assert read_codes(on_desk(np.ascontiguousarray(printed), turn=turn)) == (
        Code("261122-0001", Symbology.QR),
    )
