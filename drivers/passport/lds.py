"""Files of the chip (ICAO Doc 9303-10): data group 1 holds the machine-readable lines, 2 the face (ISO 19794-5)."""

from typing import Final, Literal

from drivers.errors import CardUnreadable

from .tlv import Tlv, first, inside

COM: Final = 0x011E
DG1: Final = 0x0101
DG2: Final = 0x0102

_FACE_RECORD: Final = b"FAC\x00010\x00"
_RECORD_HEAD_BYTES: Final = 14
_FACE_HEAD_BYTES: Final = 20
_POINT_BYTES: Final = 8
_IMAGE_HEAD_BYTES: Final = 12
_JPEG: Final = b"\xff\xd8\xff"
_JPEG2000: Final = (b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51")


def mrz_of(dg1: bytes) -> str:
    """The machine-readable lines, one behind the other. Raises `CardUnreadable`."""
    try:
        return inside(dg1, 0x61, 0x5F1F).decode("ascii")
    except (ValueError, UnicodeDecodeError):
        raise CardUnreadable("passport: data group 1 holds no machine-readable lines") from None


def face_of(dg2: bytes) -> tuple[bytes, Literal["jpeg", "jpeg2000"]]:
    """The first picture of a face and its format. Raises `CardUnreadable`."""
    try:
        template = inside(dg2, 0x75, 0x7F61, 0x7F60)
        parts = Tlv.all_in(template)
        record = first(parts, 0x5F2E) or first(parts, 0x7F2E) or b""
        image = _image_in(record)
    except ValueError as error:
        raise CardUnreadable(f"passport: data group 2 holds no face in a known form: {error}") from None
    if image.startswith(_JPEG):
        return image, "jpeg"
    if image.startswith(_JPEG2000):
        return image, "jpeg2000"
    raise CardUnreadable("passport: the face is neither JPEG nor JPEG 2000")


def _image_in(record: bytes) -> bytes:
    if not record.startswith(_FACE_RECORD):
        raise ValueError("no record of ISO 19794-5")
    face = record[_RECORD_HEAD_BYTES:]
    length, points = int.from_bytes(face[:4], "big"), int.from_bytes(face[4:6], "big")
    start = _FACE_HEAD_BYTES + points * _POINT_BYTES + _IMAGE_HEAD_BYTES
    if not start < length <= len(face):
        raise ValueError("the record is cut off")
    return face[start:length]
