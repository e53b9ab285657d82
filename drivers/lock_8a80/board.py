"""The 8A/80 lock board: opened by 8A, asked for all locks by 80; door events are taken as they come."""

from typing import Literal

from ..boardtables import Lock8a80Config
from ..link import Link
from ..lockboard import Dialogue, DoorMoved, PolledBoard, WireState, bits, moves
from .frames import DoorEvent, Open, QueryAll, States, event_parser, states_parser


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
        unasked=moves(event_parser(config.board), _move),
    )
    return PolledBoard(link, config, dialogue)


def _move(event: DoorEvent) -> DoorMoved:
    return DoorMoved(event.channel, event.is_one)
