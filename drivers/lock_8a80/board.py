"""The 8A/80 lock board: opened by 8A, asked for all locks by 80; door events are taken as they come."""

from typing import Literal

from ..boardtables import Lock8a80Config
from ..link import Drop, Link, NeedMore, Parsed, Parser
from ..lockboard import Dialogue, DoorMoved, PolledBoard, WireState, bits
from .frames import Open, QueryAll, States, event_parser, states_parser


def create(config: Lock8a80Config, *, link: Link) -> PolledBoard[States]:
    """One board from its settings, unconnected, on the line that it may share with others."""
    first_is_low = (config.low_byte or ("last" if config.state_bytes == 3 else "first")) == "first"
    order: Literal["little", "big"] = "little" if first_is_low else "big"

    def state(reply: States) -> WireState:
        return WireState(bits(int.from_bytes(reply.states, order), 8 * len(reply.states)))

    dialogue = Dialogue(
        QueryAll(config.board).encode(),
        states_parser(config.board, config.state_bytes),
        state,
        lambda channel: Open(config.board, channel).encode(),
        unasked=_moves(config.board),
    )
    return PolledBoard(link, config, dialogue)


def _moves(board: int) -> Parser[DoorMoved]:
    events = event_parser(board)

    def parse(data: bytes) -> Parsed[DoorMoved] | Drop | NeedMore:
        match events(data):
            case Parsed(event, count):
                return Parsed(DoorMoved(event.channel, event.is_one), count)
            case other:
                return other

    return parse
