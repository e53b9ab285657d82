"""What crosses between the processes: rebuilt from type hints, within bounds, and nothing else."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from kiosk.identity import wire
from kiosk.identity.config import DriverSpec, FaceLimits, IdentityConfig
from kiosk.identity.events import DeviceHealth, FaceOutcome, FaceResult, IdentityPart


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Inner:
    when: date | None
    colour: Colour


@dataclass(frozen=True, slots=True)
class Outer:
    name: str = field(repr=False)
    inner: Inner
    many: tuple[Inner, ...] = ()
    pair: tuple[int, str] = (0, "")
    share: float = 0.0


@pytest.mark.parametrize(
    "value",
    [
        Outer("甲", Inner(date(2026, 1, 2), Colour.RED), (Inner(None, Colour.RED),), (3, "x"), 0.5),
        DeviceHealth(IdentityPart.CAMERA, Health(DeviceStatus.OFFLINE, "no answer", ErrorAction.MAINTENANCE)),
        DeviceHealth(IdentityPart.READER, Health(DeviceStatus.ONLINE)),
        FaceResult(
            FaceOutcome.MATCH, 0.61, 0.49, "mobilefacenets", "0123456789ab", decision_ms=12, total_ms=1500
        ),
        IdentityConfig(DriverSpec("a:b"), DriverSpec("c:d", '{"x": 1}'), face=FaceLimits(timeout_s=3)),
    ],
)
def test_a_value_survives_the_journey(value: Any) -> None:
    assert wire.from_plain(type(value), wire.to_plain(value)) == value


@pytest.mark.parametrize(
    ("hint", "plain"),
    [
        (Outer, {"name": 3, "inner": {"when": None, "colour": "red"}}),
        (Outer, {"name": "x"}),
        (Outer, {"name": "x", "inner": {"when": None, "colour": "blue"}}),
        (Outer, {"name": "x", "inner": {"when": "soon", "colour": "red"}}),
        (Outer, {"name": "x", "inner": {"when": None, "colour": "red"}, "extra": 1}),
        (Outer, []),
        (tuple[int, str], [1]),
        (int, True),
        (dict, {}),
    ],
)
def test_what_does_not_fit_is_refused(hint: Any, plain: Any) -> None:
    with pytest.raises(wire.WireError):
        wire.from_plain(hint, plain)


def received(data: bytes, *, chunk: int) -> list[dict[str, Any]]:
    async def read() -> list[dict[str, Any]]:
        reader = asyncio.StreamReader()
        for start in range(0, len(data), chunk):
            reader.feed_data(data[start : start + chunk])
        reader.feed_eof()
        found = []
        while (message := await wire.receive(reader)) is not None:
            found.append(message)
        return found

    return asyncio.run(read())


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_messages_are_told_apart(chunk: int) -> None:
    messages: list[dict[str, Any]] = [{"do": "begin_card"}, {"event": "甲", "data": {"x": [1, None]}}, {}]
    assert received(b"".join(wire.pack(message) for message in messages), chunk=chunk) == messages


def test_a_cut_message_is_the_end() -> None:
    assert received(wire.pack({"a": 1}) + wire.pack({"b": 2})[:-3], chunk=5) == [{"a": 1}]


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\0\0\0\x03abc", b"\0\0\0\x02[]"])
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        received(data, chunk=100)
