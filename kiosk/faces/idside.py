"""Stand-ins for the photo of an ID card's chip: 102 x 126 pixels, lossy, about 1 kB.

The chip's own codec (WLT) is closed. Free codecs at the same size bracket what it leaves of a face: WebP is the
optimist, JPEG the pessimist. Eyes at (39, 44) and (63, 44), area averaged, white around head and shoulders, as
GA 490-2013 photos look.
"""

import io
from collections.abc import Callable
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from drivers.contracts.camera import Image
from kiosk.identity.align import similarity
from kiosk.identity.detector import Face

WIDTH_PX, HEIGHT_PX = 102, 126
EYES: Final = np.array([(39.0, 44.0), (63.0, 44.0)])
CHIP_BYTES: Final = 1_016  # what a record of 1,024 bytes leaves for the picture
FINER: Final = 8  # at most so many times the size is sampled before averaging
HEAD: Final = ((51, 48), (33, 46))  # centre and half axes of what stays, px
SHOULDERS: Final = ((51, 132), (52, 38))
EDGE_PX: Final = 2.0  # softness of the outline
BEST: Final = 95  # a codec's quality is searched downwards from here


class IdSide(StrEnum):
    """What is done to the picture that stands for the card."""

    NONE = "none"
    JPEG50 = "jpeg50"  # 2 to 2.5 kB, without a limit: what a careful issuer might have stored
    WEBP1K = "webp1k"
    JPEG1K = "jpeg1k"


def as_id_photo(image: Image, face: Face, side: IdSide) -> Image:
    """The picture as a card would give it back, BGR, 102 x 126; unchanged for `NONE`. Raises `ValueError`."""
    if side is IdSide.NONE:
        return image
    with Pillow.open(io.BytesIO(id_file(image, face, side))) as photo:
        return np.ascontiguousarray(np.asarray(photo.convert("RGB"), dtype=np.uint8)[:, :, ::-1])


def id_file(image: Image, face: Face, side: IdSide) -> bytes:
    """What a card would hold. Raises `ValueError` for `NONE`, and where nothing fits."""
    photo = _framed(image, face)
    match side:
        case IdSide.NONE:
            raise ValueError("a card holds no picture of full size")
        case IdSide.JPEG50:
            return _jpeg(photo, 50)
        case IdSide.WEBP1K:
            return _within(_on_white(photo), _webp)
        case IdSide.JPEG1K:
            return _within(_on_white(photo), _jpeg)


def _framed(image: Image, face: Face) -> Image:
    """Head and shoulders with the eyes where a card has them; each pixel is the mean of what it covers."""
    matrix = similarity(face.points[:2], EYES)
    scale = float(np.hypot(*matrix[:, 0]))
    finer = int(np.clip(np.ceil(1 / scale), 1, FINER))
    fine = cv2.warpAffine(
        image, matrix * finer, (WIDTH_PX * finer, HEIGHT_PX * finer),
        flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255, 255, 255),
    )  # fmt: skip
    return np.asarray(cv2.resize(fine, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _on_white(photo: Image) -> Image:
    kept = _outline()[:, :, None]
    return np.asarray(photo * kept + 255.0 * (1.0 - kept) + 0.5, dtype=np.uint8)


def _outline() -> NDArray[np.float32]:
    """1 within head and shoulders, 0 outside."""
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    for centre, axes in (HEAD, SHOULDERS):
        cv2.ellipse(mask, centre, axes, 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), EDGE_PX), dtype=np.float32)


def _within(photo: Image, encode: Callable[[Image, int], bytes]) -> bytes:
    """The best quality that fits on the chip. Raises `ValueError` when none does."""
    low, high, best = 0, BEST, b""
    while low <= high:  # size grows with quality
        middle = (low + high) // 2
        coded = encode(photo, middle)
        if len(coded) <= CHIP_BYTES:
            best, low = coded, middle + 1
        else:
            high = middle - 1
    if not best:
        raise ValueError(f"does not fit into {CHIP_BYTES} bytes at any quality")
    return best


def _jpeg(photo: Image, quality: int) -> bytes:
    return _coded(photo, "JPEG", quality=quality, optimize=True)


def _webp(photo: Image, quality: int) -> bytes:
    return _coded(photo, "WEBP", quality=quality, method=6)


def _coded(photo: Image, name: str, **options: int | bool) -> bytes:
    out = io.BytesIO()
    Pillow.fromarray(np.ascontiguousarray(photo[:, :, ::-1])).save(out, name, **options)
    return out.getvalue()
