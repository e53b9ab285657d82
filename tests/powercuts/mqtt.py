"""What is published by bytes that go to a broker: MQTT 5 section 3.3, as far as a recording needs it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

PUBLISH: Final = 3
RETAIN: Final = 0x01


@dataclass(frozen=True, slots=True)
class Publication:
    """One message. `payload` is JSON."""

    topic: str
    payload: bytes
    retain: bool

    @property
    def told(self) -> Any:
        """The payload, read."""
        return json.loads(self.payload)


def publications(data: bytes) -> Iterator[Publication]:
    """The whole PUBLISH packets in what was sent at once; others are passed over."""
    at = 0
    while at < len(data):
        head = data[at]
        length, begin = _varint(data, at + 1)
        at = begin + length
        if head >> 4 != PUBLISH or at > len(data):
            continue
        topic_end = begin + 2 + int.from_bytes(data[begin : begin + 2], "big")
        after_id = topic_end + (2 if head >> 1 & 3 else 0)  # numbered where its arrival is to be confirmed
        properties, payload = _varint(data, after_id)
        yield Publication(
            data[begin + 2 : topic_end].decode(), data[payload + properties : at], bool(head & RETAIN)
        )


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable byte integer and where it ends."""
    value = shift = 0
    while at < len(data):
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            break
    return value, at
