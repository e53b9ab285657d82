"""WKLY: unlock by 82, state by 84, events 85 heard in between."""

from collections.abc import Mapping
from typing import Final

from ..boardtables import WklyConfig
from ..link import Link
from ..lockboard import Dialogue, DoorMoved, PolledBoard, WireState, moves
from .frames import DOOR_CLOSED, DOOR_OPEN, DoorEvent, DoorsReply, Open, QueryAll, doors_parser, events_parser

BITS: Final[Mapping[int, bool]] = {DOOR_CLOSED: True, DOOR_OPEN: False}


def create(config: WklyConfig, *, link: Link) -> PolledBoard[DoorsReply]:
    """One board from its settings, unconnected, on the line that it may share with others."""
    dialogue = Dialogue(
        QueryAll(config.board).encode(),
        doors_parser(config.board),
        lambda reply: WireState([BITS.get(door) for door in reply.doors]),
        lambda channel: Open(config.board, channel).encode(),
        unasked=moves(events_parser(config.board), _move),
    )
    return PolledBoard(link, config, dialogue)


def _move(event: DoorEvent) -> DoorMoved:
    return DoorMoved(event.channel, event.door == DOOR_CLOSED)
