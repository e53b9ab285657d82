"""BER-TLV with definite lengths (ISO 7816-4), as chips of travel documents write their files and messages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

LONG_TAG: Final = 0x1F
LONG_LENGTH: Final = 0x80
MOST_LENGTH_BYTES: Final = 3


@dataclass(frozen=True, slots=True)
class Tlv:
    """One object; `whole` with its tag and length."""

    tag: int
    value: bytes = field(repr=False)
    whole: bytes = field(repr=False)

    @classmethod
    def all_in(cls, data: bytes) -> "list[Tlv]":
        """Every object in a row. Raises `ValueError` for one that is cut off or malformed."""
        found = []
        while data:
            tag, length, head = head_of(data)
            if head + length > len(data):
                raise ValueError(f"object {tag:X} is cut off: {len(data) - head} of {length} bytes")
            found.append(cls(tag, data[head : head + length], data[: head + length]))
            data = data[head + length :]
        return found


def head_of(data: bytes) -> tuple[int, int, int]:
    """Tag, length of the value, length of the head. Raises `ValueError` for a head that is cut off or malformed."""
    tag_bytes = 2 if data[:1] and data[0] & LONG_TAG == LONG_TAG else 1
    if len(data) <= tag_bytes:
        raise ValueError("an object is cut off in its head")
    length = data[tag_bytes]
    if length < LONG_LENGTH:
        return int.from_bytes(data[:tag_bytes], "big"), length, tag_bytes + 1
    more = length - LONG_LENGTH
    head = tag_bytes + 1 + more
    if not 1 <= more <= MOST_LENGTH_BYTES or len(data) < head:
        raise ValueError("an object's length is cut off or of another form")
    return int.from_bytes(data[:tag_bytes], "big"), int.from_bytes(data[tag_bytes + 1 : head], "big"), head


def tlv(tag: int, value: bytes) -> bytes:
    """One object of at most 127 bytes, as secure messaging needs them."""
    return bytes((tag, len(value))) + value


def first(parts: Sequence[Tlv], tag: int) -> bytes | None:
    """The value of the first object with this tag."""
    return next((part.value for part in parts if part.tag == tag), None)


def inside(data: bytes, *path: int) -> bytes:
    """The value at the end of a path of tags. Raises `ValueError` when it is not there."""
    for tag in path:
        found = first(Tlv.all_in(data), tag)
        if found is None:
            raise ValueError(f"object {tag:X} is missing")
        data = found
    return data
