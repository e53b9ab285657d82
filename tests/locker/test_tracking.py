"""What sequences of readings mean."""

import pytest

from drivers.contracts.board import ChannelReading, DoorState, ItemState
from locker.tracking import FoundOpen, ItemSeen, Observation, SeenOpen, SeenShut, Track, observe

READINGS = {
    "c": ChannelReading(DoorState.CLOSED, ItemState.ABSENT),
    "p": ChannelReading(DoorState.CLOSED, ItemState.PRESENT),
    "o": ChannelReading(DoorState.OPEN, ItemState.ABSENT),
    "?": ChannelReading(DoorState.UNKNOWN, ItemState.UNKNOWN),
}
NOTHING = SeenShut(ItemState.ABSENT)
SOMETHING = SeenShut(ItemState.PRESENT)
CONTRADICTION = SeenShut(ItemState.UNKNOWN)


def seen(readings: str, *, commanded: bool = False) -> list[Observation]:
    """Observations over readings: c closed, p closed with something inside, o open, ? unknown."""
    found: list[Observation] = []
    track = Track()
    for letter in readings:
        track, observations = observe(track, READINGS[letter], commanded=commanded)
        found += observations
    return found


@pytest.mark.parametrize(
    ("readings", "found"),
    [
        ("cccc", []),
        ("ccccoo", [SeenOpen()]),
        ("cccco", []),  # one reading is no fact …
        ("ccccocococ", []),  # … nor is a contact that chatters
        ("oo", [FoundOpen()]),
        ("ccccoocccc", [SeenOpen(), NOTHING]),
        ("ccccooccc", [SeenOpen()]),
        ("ccccoococccoo", [SeenOpen()]),  # pushed to, sprung open again
        ("ccccoocccccccc", [SeenOpen(), NOTHING]),
        ("ccccoopppp", [SeenOpen(), SOMETHING, ItemSeen()]),
        ("ccccoocpcp", [SeenOpen(), CONTRADICTION]),
        ("cccc???oo", [SeenOpen()]),  # opened while the board was silent
        ("cccc???cccc", []),
        ("ccccoo???cccc", [SeenOpen(), NOTHING]),  # closed while the board was silent
        ("ccccoo???oo", [SeenOpen()]),
        ("pppp", [ItemSeen()]),
        ("cpcpcpcp", []),
    ],
)
def test_without_a_command(readings: str, found: list[Observation]) -> None:
    assert seen(readings) == found


def test_after_our_command_one_reading_is_enough() -> None:
    assert seen("cccco", commanded=True) == [SeenOpen()]


def test_a_door_on_the_move_is_worth_a_faster_look() -> None:
    track = Track()
    for letter, settling in [
        ("c", True),
        ("c", True),
        ("c", True),
        ("c", False),
        ("o", True),
        ("o", False),
        ("?", False),
    ]:
        track, _ = observe(track, READINGS[letter], commanded=False)
        assert track.is_settling is settling, letter
