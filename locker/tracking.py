"""What a sequence of sensor readings of one compartment means. Pure: no clock, no I/O.

One reading is not a fact: a closed door is believed at the second equal reading, and what lies inside is read a few
times after that. One reading that says open is believed at once after our own command (the sensor went from closed
to open), and at the second one otherwise.
"""

from dataclasses import dataclass, replace
from typing import Final

from drivers.contracts.board import ChannelReading, DoorState, ItemState

EQUAL_READINGS: Final = 2
ITEM_READINGS: Final = 3


@dataclass(frozen=True, slots=True)
class SeenOpen:
    """The door went from closed to open; for a door that was last seen closed before a silence too."""


@dataclass(frozen=True, slots=True)
class FoundOpen:
    """The first thing that is known of this door is that it is open."""


@dataclass(frozen=True, slots=True)
class SeenShut:
    """The door went from open to closed, and `item` is inside; `UNKNOWN` when the readings contradict each other."""

    item: ItemState


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """Behind a closed door the item sensor has said present several times running."""


Observation = SeenOpen | FoundOpen | SeenShut | ItemSeen
ITEM_SEEN: Final = (ItemSeen(),)


@dataclass(frozen=True, slots=True)
class Track:
    """What is believed of one compartment. `door` is debounced; `believed` is the last state that was not unknown."""

    door: DoorState = DoorState.UNKNOWN
    believed: DoorState = DoorState.UNKNOWN
    item: ItemState = ItemState.UNKNOWN
    run: int = 0  # equal readings of the door so far
    last: DoorState = DoorState.UNKNOWN
    items: tuple[ItemState, ...] = ()

    @property
    def is_settling(self) -> bool:
        """True while a reading differs from what is believed: worth polling faster."""
        return self.last is not DoorState.UNKNOWN and self.last is not self.door

    def is_confirmed_by(self, reading: ChannelReading, item_readings: int) -> bool:
        """True for one more of the same readings behind a closed door: nearly all that ever come."""
        return (
            self.door is self.last is reading.door is DoorState.CLOSED
            and self.items == (reading.item,) * item_readings
            and self.item is reading.item
        )


def observe(
    track: Track, reading: ChannelReading, *, commanded: bool, item_readings: int = ITEM_READINGS
) -> tuple[Track, tuple[Observation, ...]]:
    """Take one reading. `commanded`: our unlock is under way or done, and the door was not closed since."""
    if track.is_confirmed_by(reading, item_readings):
        return track, ITEM_SEEN if reading.item is ItemState.PRESENT else ()
    run = track.run + 1 if reading.door is track.last else 1
    track = replace(track, last=reading.door, run=run)
    match reading.door:
        case DoorState.UNKNOWN:
            return replace(track, door=DoorState.UNKNOWN, items=()), ()
        case DoorState.OPEN:
            return _open(replace(track, items=()), commanded=commanded)
        case DoorState.CLOSED:
            return _closed(track, reading.item, item_readings)


def _open(track: Track, *, commanded: bool) -> tuple[Track, tuple[Observation, ...]]:
    if track.door is DoorState.OPEN or (track.run < EQUAL_READINGS and not commanded):
        return track, ()
    after = replace(track, door=DoorState.OPEN, believed=DoorState.OPEN, item=ItemState.UNKNOWN)
    match track.believed:
        case DoorState.CLOSED:
            return after, (SeenOpen(),)
        case DoorState.UNKNOWN:
            return after, (FoundOpen(),)
        case DoorState.OPEN:  # it was open before the board fell silent
            return after, ()


def _closed(track: Track, item: ItemState, item_readings: int) -> tuple[Track, tuple[Observation, ...]]:
    if track.run < EQUAL_READINGS:
        return track, ()
    items = (*track.items, item)[-item_readings:]
    track = replace(track, items=items)
    if len(items) < item_readings:
        return track, ()
    seen = items[0] if len(set(items)) == 1 else ItemState.UNKNOWN
    was = track.believed
    after = replace(track, door=DoorState.CLOSED, believed=DoorState.CLOSED, item=seen)
    facts: tuple[Observation, ...] = (SeenShut(seen),) if was is DoorState.OPEN else ()
    if seen is ItemState.PRESENT:
        facts += (ItemSeen(),)
    return after, facts
