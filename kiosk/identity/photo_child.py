"""The process in which the vendor's photo library lives: blocks come on standard input, pictures go to standard output.

In: 1024 bytes. Out: one byte 1 and 38,556 bytes BGR, top row first; or one byte 0. `python -m … LIBRARY ABI CODE`.
"""

import ctypes
import os
import signal
import struct
import sys
from collections.abc import Callable
from typing import Final

from kiosk import coredumps

WIDTH, HEIGHT = 102, 126
ROW_BYTES: Final = WIDTH * 3
RAW_BYTES: Final = ROW_BYTES * HEIGHT
BMP_HEADER: Final = struct.Struct("<2sIHHIIiiHHI")  # up to the compression
BMP_PIXELS_AT: Final = 54
BMP_ROW_BYTES: Final = 308  # 306 rounded up to a multiple of 4
BMP_BYTES: Final = BMP_PIXELS_AT + BMP_ROW_BYTES * HEIGHT
ROOM: Final = 4  # times what is expected: the 32-bit variant writes past its picture
PHOTO_BYTES: Final = 1024
HANG_S: Final = 60  # ends a library that hangs when nobody is left to end it

Decode = Callable[[bytes], bytes | None]


def from_rgb(raw: bytes) -> bytes:
    """Rows bottom-up in RGB -> rows top-down in BGR."""
    rows = [raw[at : at + ROW_BYTES] for at in range(0, RAW_BYTES, ROW_BYTES)]
    top_down = bytearray(b"".join(reversed(rows)))
    top_down[0::3], top_down[2::3] = top_down[2::3], top_down[0::3]
    return bytes(top_down)


def from_bmp(bmp: bytes) -> bytes | None:
    """A 24-bit BMP of 102 x 126, bottom-up -> rows top-down in BGR; None when it is none."""
    magic, _, _, _, pixels_at, _, width, height, _, bits, packed = BMP_HEADER.unpack_from(bmp)
    if (magic, pixels_at, width, height, bits, packed) != (b"BM", BMP_PIXELS_AT, WIDTH, HEIGHT, 24, 0):
        return None
    rows = [bmp[at : at + ROW_BYTES] for at in range(BMP_PIXELS_AT, BMP_BYTES, BMP_ROW_BYTES)]
    return b"".join(reversed(rows))


def load(library: str, abi: str, code: int) -> Decode:
    """The library's function by its ABI. Raises `OSError`, `AttributeError`, `ValueError`."""
    functions = ctypes.CDLL(library)
    out = ctypes.create_string_buffer(BMP_BYTES * ROOM)

    def unpack(photo: ctypes.Array[ctypes.c_char]) -> bytes | None:
        done = functions.unpack(photo, out, ctypes.c_int(code))
        return from_rgb(out.raw[:RAW_BYTES]) if done == 1 else None

    def unpack_32(photo: ctypes.Array[ctypes.c_char]) -> bytes | None:
        size = functions.Unpack(photo, out, ctypes.c_int(PHOTO_BYTES))
        return from_bmp(out.raw[:BMP_BYTES]) if size >= BMP_BYTES else None

    def wlt_to_bmp(photo: ctypes.Array[ctypes.c_char]) -> bytes | None:
        done = functions.WltToBmp(photo, out)
        return from_bmp(out.raw[:BMP_BYTES]) if done == 1 else None

    shapes = {"unpack": unpack, "Unpack": unpack_32, "WltToBmp": wlt_to_bmp}
    if abi not in shapes:
        raise ValueError(f"no ABI {abi!r}; there are {', '.join(shapes)}")
    getattr(functions, abi)

    def decode(photo: bytes) -> bytes | None:
        ctypes.memset(
            out, 0, len(out)
        )  # else a library that writes nothing would hand out the last person's face
        picture = shapes[abi](ctypes.create_string_buffer(photo, PHOTO_BYTES))
        return picture if picture is not None and any(picture) else None

    return decode


def main() -> None:
    """Serve until standard input ends."""
    coredumps.leave_none()
    pictures = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)  # a library that prints must not print into the pictures
    library, abi, code = sys.argv[1:4]
    decode = load(library, abi, int(code))
    os.dup2(nothing, 2)  # from here on blocks are faces: what is said of them reaches no log
    while len(photo := sys.stdin.buffer.read(PHOTO_BYTES)) == PHOTO_BYTES:
        signal.alarm(HANG_S)
        picture = decode(photo)
        signal.alarm(0)
        pictures.write(b"\0" if picture is None else b"\1" + picture)
        pictures.flush()


if __name__ == "__main__":
    main()
