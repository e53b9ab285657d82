"""Files as strangers bring them: odd, broken, huge, or no pictures at all; made here from the two public faces."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image

from drivers.contracts.camera import Image as Image_
from drivers.emulators.lobby import EYES_APART_PX, Scene, standing
from kiosk.faces.pictures import read_picture

FACES: Final = Path(__file__).parents[2] / "drivers" / "emulators" / "faces"
CHIP: Final = FACES / "jia.webp"  # the chip photo of the person of `LIVE`
LIVE: Final = FACES / "obama.webp"
OTHER: Final = FACES / "biden.webp"
FPS: Final = 10.0


def _flat(grey: int, size: tuple[int, int] = (640, 480)) -> bytes:
    return coded(Image.new("RGB", size, (grey, grey, grey)), "PNG")


@cache
def huge_white() -> bytes:
    return coded(Image.new("RGB", (8000, 8000), "white"), "PNG", compress_level=1)


def _noise() -> bytes:
    pixels = np.random.default_rng(7).integers(0, 256, (480, 640, 3), np.uint8)
    return coded(Image.fromarray(pixels), "PNG")


def _two() -> bytes:
    one, other = face(), face(OTHER)
    both = Image.new("RGB", (2 * one.width, one.height))
    both.paste(one, (0, 0))
    both.paste(other, (one.width, 0))
    return coded(both, "JPEG")


def _cut(left: float, top: float, right: float, bottom: float) -> bytes:
    """The picture's edges go through the face; shares of its sides."""
    whole = face()
    edges = (left * whole.width, top * whole.height, right * whole.width, bottom * whole.height)
    return coded(whole.crop(edges), "PNG")


def face(path: Path = LIVE) -> Image.Image:
    """The person on white."""
    return Image.fromarray(np.ascontiguousarray(read_picture(path)[:, :, ::-1]))


@cache
def photo() -> bytes:
    """An ordinary JPEG of the person."""
    return coded(face(), "JPEG")


def coded(picture: Image.Image, name: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, name, **options)
    return out.getvalue()


def film(path: Path, pictures: Iterable[Image_]) -> Path:
    """Ten pictures a second, each coded by itself."""
    writer: cv2.VideoWriter | None = None
    for picture in pictures:
        height, width = picture.shape[:2]
        writer = writer or cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (width, height))
        writer.write(picture)
    if writer is not None:
        writer.release()
    return path


def lobby_film(path: Path, shown: str, seconds: float, asked: Mapping[float, str] | None = None) -> Path:
    """The emulated person, print or replay before the camera; `asked`: what, and at which second."""
    person, scene = standing(shown, 0.5, EYES_APART_PX, now_s=0.0), Scene()

    def pictures() -> Iterator[Image_]:
        for number in range(round(seconds * FPS)):
            at_s = number / FPS
            for second, step in (asked or {}).items():
                if at_s <= second < at_s + 1 / FPS:
                    person.mover.ask(step, at_s)
            yield scene.draw([person.draw(at_s)], light=True)

    return film(path, pictures())


# What no comparison may call a match, nor stumble over.
NEVER_A_MATCH: Final[dict[str, Callable[[], bytes]]] = {
    "white.png": lambda: _flat(255),
    "black.png": lambda: _flat(0),
    "grey.png": lambda: _flat(128),
    "noise.png": _noise,
    "one_pixel.png": lambda: _flat(90, (1, 1)),
    "strip.png": lambda: _flat(90, (1, 4000)),
    "bomb.png": lambda: coded(Image.new("1", (14_000, 14_000)), "PNG"),
    "two.jpg": _two,
    "half.png": lambda: _cut(0.5, 0, 1, 1),
    "no_cheek.png": lambda: _cut(0, 0, 0.57, 1),
    "no_brow.png": lambda: _cut(0, 0.21, 1, 1),
    "no_mouth.png": lambda: _cut(0, 0, 1, 0.29),
    "empty.jpg": lambda: b"",
    "text.jpg": lambda: b"this is a letter, not a picture\n" * 40,
    "zeros.png": lambda: bytes(4096),
    "only_head.png": lambda: b"\x89PNG\r\n\x1a\n",
    "truncated.jpg": lambda: photo()[:4000],
    "truncated.webp": lambda: CHIP.read_bytes()[:200],
    "malformed.jpg": lambda: photo()[:300] + bytes(range(256)) * 40,
    "film.jpg": lambda: b"\0\0\0\x18ftypmp42" + bytes(500),
}


def _sixteen() -> bytes:
    grey = np.asarray(face().convert("L"), np.uint16) * 257
    return coded(Image.fromarray(grey), "PNG")


def _cut_out() -> bytes:
    picture = face().convert("RGBA")
    alpha = np.full((picture.height, picture.width), 255, np.uint8)
    alpha[:40] = 0
    picture.putalpha(Image.fromarray(alpha))
    return coded(picture, "PNG")


def _on_its_side() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees to the right
    return coded(face().transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)


def _huge() -> bytes:
    return coded(face().resize((8000, 13_000)).crop((0, 0, 8000, 8000)), "JPEG")


def _animated() -> bytes:
    return coded(face(), "GIF", save_all=True, append_images=[Image.new("RGB", face().size)], duration=100)


# The same face in every guise that a picture may come in.
STILL_A_MATCH: Final[dict[str, Callable[[], bytes]]] = {
    "grey.png": lambda: coded(face().convert("L"), "PNG"),
    "grey16.png": _sixteen,
    "alpha.png": _cut_out,
    "palette.gif": lambda: coded(face().convert("P"), "GIF"),
    "cmyk.jpg": lambda: coded(face().convert("CMYK"), "JPEG"),
    "exif.jpg": _on_its_side,
    "huge.jpg": _huge,
    "animated.gif": _animated,
    "bitmap.bmp": lambda: coded(face(), "BMP"),
    "print.tiff": lambda: coded(face(), "TIFF"),
    "wrong_name.txt": photo,
}
