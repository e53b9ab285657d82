"""Pictures from files that strangers made: one BGR picture of bounded size, or why there is none.

Decoding is Pillow's, with its limit against decompression bombs. A picture is brought to `LONGEST_PX` on its longer
side, which no face check needs more of; a JPEG is decoded at that size in the first place.
"""

import struct
import warnings
import zlib
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from drivers.contracts.camera import Image

FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "JPEG2000", "PPM")
MAX_BYTES: Final = 256_000_000  # a BMP of 8000 x 8000 pixels has 192 MB
LONGEST_PX: Final = 1920
GAP: Final = 2.0  # Pillow first reduces by whole numbers down to this many times the size
# What Pillow's readers raise for bytes that are no picture; a decoder meets them with what its own code stumbles on.
DECODING_FAILS: Final = (
    OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, ArithmeticError, AttributeError, MemoryError,
    RuntimeError, AssertionError, struct.error, zlib.error,
    Pillow.DecompressionBombError, Pillow.DecompressionBombWarning,
)  # fmt: skip


class NoFile(ValueError):
    """There is no such file, or it cannot be opened. The text says which, why, and what to do."""


class NoPicture(ValueError):
    """The file is there, but no picture comes out of it. The text says why."""


def readable(path: Path) -> Path:
    """The same path, when a file is there that may be read. Raises `NoFile`."""
    try:
        if path.is_dir():
            raise NoFile(f"{path} is a folder; name the pictures in it one by one")
        if not path.exists():
            raise NoFile(f"{path}: no such file; check the path")
        if not path.is_file():
            raise NoFile(f"{path} is a device, not a file; save the picture first")
        path.open("rb").close()
    except (OSError, ValueError) as error:
        if isinstance(error, NoFile):
            raise
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise NoFile(f"{path} cannot be opened: {why}; check the path and who may read it") from error
    return path


def read_picture(path: Path) -> Image:
    """The picture, upright, without transparency, of an animation the first one. Raises `NoFile` or `NoPicture`."""
    size = readable(path).stat().st_size
    if size == 0:
        raise NoPicture("the file is empty")
    if size > MAX_BYTES:
        raise NoPicture(f"the file has {size} bytes; at most {MAX_BYTES} are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what odd headers hold; what cannot be decoded raises
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            with Pillow.open(path, formats=FORMATS) as opened:
                return _bgr(opened)
    except DECODING_FAILS as error:
        raise NoPicture(f"not a picture that can be read ({_reason(error)})") from error


def _bgr(opened: Pillow.Image) -> Image:
    opened.draft("RGB", (LONGEST_PX, LONGEST_PX))
    upright = ImageOps.exif_transpose(opened)
    upright = _eight_bits(upright)
    if upright.mode in ("1", "P", "PA"):  # palettes cannot be averaged
        upright = upright.convert("RGBA" if "transparency" in upright.info else "RGB")
    upright.thumbnail((LONGEST_PX, LONGEST_PX), reducing_gap=GAP)
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        upright = Pillow.new("RGBA", layer.size, "white")
        upright.alpha_composite(layer)
    rgb = np.asarray(upright.convert("RGB"), dtype=np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _eight_bits(picture: Pillow.Image) -> Pillow.Image:
    """Grey of 16 or 32 bits, which Pillow would cut off at 255, brought to 8."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    values = np.nan_to_num(np.asarray(picture, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    top = 65_535.0 if picture.mode.startswith("I") else float(values.max(initial=0.0)) or 1.0
    return Pillow.fromarray(np.clip(values * (255.0 / top), 0, 255).astype(np.uint8))


def _reason(error: BaseException) -> str:
    if isinstance(error, Pillow.DecompressionBombError | Pillow.DecompressionBombWarning):
        return f"more than {Pillow.MAX_IMAGE_PIXELS} pixels"
    if isinstance(error, UnidentifiedImageError):
        return f"none of {', '.join(FORMATS)}"
    return str(error).partition("\n")[0] or type(error).__name__
