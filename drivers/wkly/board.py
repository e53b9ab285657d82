"""WKLY: unlock by 82, state by 84, events 85 heard in between."""

from collections.abc import Mapping
from typing import Final

from ..boardtables import WklyConfig
from ..link import Drop, Link, NeedMore, Parsed, Parser
from ..lockboard import Dialogue, DoorMoved, PolledBoard, WireState
from .frames import DOOR_CLOSED, DOOR_OPEN, DoorsReply, Open, QueryAll, doors_parser, events_parser

BITS: Final[Mapping[int, bool]] = {DOOR_CLOSED: True, DOOR_OPEN: False}


def create(config: WklyConfig, *, link: Link) -> PolledBoard[DoorsReply]:
    """One board from its settings, unconnected, on the line that it may share with others."""
    dialogue = Dialogue(
        QueryAll(config.board).encode(),
        doors_parser(config.board),
        lambda reply: WireState([BITS.get(door) for door in reply.doors]),
        lambda channel: Open(config.board, channel).encode(),
        _moves(config.board),
    )
    return PolledBoard(link, config, dialogue)


def _moves(board: int) -> Parser[DoorMoved]:
    events = events_parser(board)

    def parse(data: bytes) -> Parsed[DoorMoved] | Drop | NeedMore:
        found = events(data)
        if not isinstance(found, Parsed):
            return found
        return Parsed(DoorMoved(found.frame.channel, found.frame.door == DOOR_CLOSED), found.count)

    return parse
