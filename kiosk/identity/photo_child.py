"""The process in which the vendor's photo library lives: blocks come on standard input, pictures go to standard output.

In: 1024 bytes. Out: one byte 1 and 38,556 bytes BGR, top row first; or one byte 0. `python -m … LIBRARY ABI CODE`.
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Final

WIDTH, HEIGHT = 102, 126
RAW_BYTES: Final = WIDTH * HEIGHT * 3
BMP_HEADER_BYTES: Final = 54
BMP_ROW_BYTES: Final = 308  # 306 rounded up to a multiple of 4
BMP_BYTES: Final = BMP_HEADER_BYTES + BMP_ROW_BYTES * HEIGHT
ROOM: Final = 4  # times what is expected: the 32-bit variant writes past its picture
PHOTO_BYTES: Final = 1024

Decode = Callable[[bytes], bytes | None]


def from_rgb(raw: bytes) -> bytes:
    """Rows bottom-up in RGB -> rows top-down in BGR."""
    row = WIDTH * 3
    rows = [raw[at : at + row] for at in range(0, RAW_BYTES, row)]
    top_down = bytearray(b"".join(reversed(rows)))
    top_down[0::3], top_down[2::3] = top_down[2::3], top_down[0::3]
    return bytes(top_down)


def from_bmp(bmp: bytes) -> bytes:
    """A 24-bit BMP of 102 x 126, bottom-up -> rows top-down in BGR."""
    rows = [bmp[at : at + WIDTH * 3] for at in range(BMP_HEADER_BYTES, BMP_BYTES, BMP_ROW_BYTES)]
    return b"".join(reversed(rows))


def load(library: str, abi: str, code: int) -> Decode:
    """The library's function by its ABI. Raises `OSError`, `AttributeError`, `ValueError`."""
    functions = ctypes.CDLL(library)
    out = ctypes.create_string_buffer(BMP_BYTES * ROOM)

    def unpack(photo: bytes) -> bytes | None:
        done = functions.unpack(ctypes.create_string_buffer(photo, PHOTO_BYTES), out, ctypes.c_int(code))
        return from_rgb(out.raw[:RAW_BYTES]) if done == 1 else None

    def unpack_32(photo: bytes) -> bytes | None:
        size = functions.Unpack(ctypes.create_string_buffer(photo, PHOTO_BYTES), out, ctypes.c_int(PHOTO_BYTES))
        return from_bmp(out.raw[:BMP_BYTES]) if size >= BMP_BYTES else None

    def wlt_to_bmp(photo: bytes) -> bytes | None:
        done = functions.WltToBmp(ctypes.create_string_buffer(photo, PHOTO_BYTES), out)
        return from_bmp(out.raw[:BMP_BYTES]) if done == 1 else None

    shapes: dict[str, Decode] = {"unpack": unpack, "Unpack": unpack_32, "WltToBmp": wlt_to_bmp}
    if abi not in shapes:
        raise ValueError(f"no ABI {abi!r}; there are {', '.join(shapes)}")
    getattr(functions, abi)
    return shapes[abi]


def main() -> None:
    """Serve until standard input ends."""
    library, abi, code = sys.argv[1:4]
    decode = load(library, abi, int(code))
    while len(photo := sys.stdin.buffer.read(PHOTO_BYTES)) == PHOTO_BYTES:
        picture = decode(photo)
        sys.stdout.buffer.write(b"\0" if picture is None else b"\1" + picture)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
