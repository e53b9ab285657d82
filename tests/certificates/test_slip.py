"""The certificate on paper: whole on both widths, and its code read back from the dots by OpenCV, as phones do."""

import io
from dataclasses import replace
from datetime import timedelta
from string import Formatter
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFilter

from drivers.emulators.escpos_render import interpret
from drivers.escpos.paper import ReceiptPaper
from kiosk.certificates.content import Reason
from kiosk.certificates.cose import Malformed
from kiosk.certificates.files import FORMS, code_in_picture, png, told
from kiosk.certificates.slip import MODULE_DOTS, Printable, render
from kiosk.certificates.verifying import Outcome
from kiosk.certificates.words import WORDS
from tests.certificates.office import CERTIFICATE, NOON, code

SLIP = Printable(
    CERTIFICATE, code(), ("居住证明", "Proof of residence"), ("不打烊政务柜 临淄某营业厅", "Nightdesk, a bank"),
    ZoneInfo("Asia/Shanghai"), "https://certificates.example.org/check/",
)  # fmt: skip
DOTS_A_MM = 8
SMALLEST_MODULE_MM = 0.5


def picture(width: int = 576, codepage: str = "raster") -> Image.Image:
    job = interpret(
        render(SLIP, ReceiptPaper(columns_dots=width, codepage=codepage), columns_dots=width),
        width_dots=width,
    )
    assert job.unknown == []
    assert len(job.cuts) == 1
    return job.picture.convert("L")


def tilted(paper: Image.Image, degrees: float) -> Image.Image:
    return paper.rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)


def by_opencv(paper: Image.Image) -> str:
    return str(cv2.QRCodeDetector().detectAndDecode(np.asarray(paper))[0])


@pytest.mark.parametrize("width", [384, 576])
@pytest.mark.parametrize("codepage", ["gb18030", "raster"])
def test_the_printed_code_is_read_at_several_distances(width: int, codepage: str) -> None:
    paper = picture(width, codepage)
    for scale in (0.8, 1.0, 1.7):
        seen = paper.resize((int(paper.width * scale), int(paper.height * scale)), Image.Resampling.LANCZOS)
        assert by_opencv(seen) == SLIP.code


def test_it_is_read_through_blur_noise_and_poor_light() -> None:
    paper = picture().resize((1152, picture().height * 2))
    grain = np.random.default_rng(7).normal(0, 18, (paper.height, paper.width))
    dim = np.asarray(paper, dtype=np.float64) * 0.45 + 60 + np.linspace(0, 50, paper.width)
    worn = Image.fromarray(np.clip(dim + grain, 0, 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(1.5)
    )
    assert by_opencv(worn) == SLIP.code
    assert by_opencv(tilted(worn, 4)) == SLIP.code


@pytest.mark.parametrize("width", [384, 576])
def test_the_code_fits_the_paper_with_modules_that_a_phone_resolves(width: int) -> None:
    longest = replace(
        CERTIFICATE,
        issuer="a" * 32,
        kind="k" * 24,
        number="Z-261122-100",
        not_before=NOON + timedelta(days=1),
    )
    modules = 65 + 8  # version 12 and its quiet zone, which the longest needs
    dots = MODULE_DOTS[width > 480]
    assert dots / DOTS_A_MM >= SMALLEST_MODULE_MM
    assert modules * dots <= width
    slip = replace(SLIP, certificate=longest, code=code(longest))
    paper = ReceiptPaper(columns_dots=width, codepage="raster")
    shown = interpret(render(slip, paper, columns_dots=width), width_dots=width).picture
    assert by_opencv(shown.convert("L")) == slip.code


def test_what_stands_on_it() -> None:
    job = interpret(render(SLIP, ReceiptPaper()))
    assert job.qr_contents == [SLIP.code]
    flat = job.text.replace(" ", "")
    for said in ("居住证明", "Z-261122-01", "王**", "001X", "2026-11-2212:00", "2027-02-20", "核验无需联网",
                 "https://certificates.example.org/check/"):  # fmt: skip
        assert said in flat
    assert "生效时间" not in flat
    later = replace(SLIP, certificate=replace(CERTIFICATE, not_before=NOON + timedelta(days=1)))
    assert "生效时间" in interpret(render(later, ReceiptPaper())).text


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_as_a_file(suffix: str) -> None:
    data = FORMS[suffix](SLIP)
    if suffix == ".png":
        assert code_in_picture(data) == SLIP.code
    elif suffix == ".svg":
        assert data.startswith(b"<?xml")
    else:
        assert data.startswith(b"%PDF")
        assert len(told(SLIP)["rows"]) == 5


def beside(*codes: str) -> bytes:
    """A photograph of several codes, side by side."""
    drawn = [Image.open(io.BytesIO(png(replace(SLIP, code=one)))).convert("L") for one in codes]
    paper = Image.new("L", (sum(one.width for one in drawn), max(one.height for one in drawn)), 255)
    left = 0
    for one in drawn:
        paper.paste(one, (left, 0))
        left += one.width
    data = io.BytesIO()
    paper.save(data, "PNG")
    return data.getvalue()


def test_of_several_codes_in_a_picture_the_certificate_is_taken() -> None:
    other = "https://example.org/a-poster-on-the-wall"
    assert code_in_picture(beside(other, SLIP.code)) == SLIP.code
    assert code_in_picture(beside(SLIP.code, other, SLIP.code)) == SLIP.code
    assert code_in_picture(beside(other)) == other  # which is then no certificate


def test_a_good_certificate_does_not_speak_for_the_one_beside_it() -> None:
    forged = SLIP.code[:-1] + ("A" if SLIP.code[-1] != "A" else "B")
    for codes in ((SLIP.code, forged), (forged, SLIP.code)):
        with pytest.raises(Malformed, match="one at a time"):
            code_in_picture(beside(*codes))


def test_every_word_has_both_languages_and_the_same_places() -> None:
    for chinese, english in WORDS.values():
        assert chinese
        assert english
        assert [n for _, n, _, _ in Formatter().parse(chinese)] == [
            n for _, n, _, _ in Formatter().parse(english)
        ]
    assert {f"outcome.{one}" for one in Outcome} | {f"advice.{one}" for one in Outcome} <= WORDS.keys()
    assert {f"reason.{one}" for one in Reason} <= WORDS.keys()
