"""KERONG CU16: unlock by 31, state by 30."""

from ..boardtables import KerongCu16Config
from ..link import Link
from ..lockboard import Dialogue, PolledBoard, WireState, bits
from .frames import LOCKS, StatusQuery, StatusReply, Unlock, status_parser


def create(config: KerongCu16Config, *, link: Link) -> PolledBoard[StatusReply]:
    """One board from its settings, unconnected, on the line that it may share with others."""

    def state(reply: StatusReply) -> WireState:
        return WireState(bits(reply.latches, LOCKS), bits(reply.infrared, LOCKS) if config.has_ir else ())

    dialogue = Dialogue(
        StatusQuery(config.board).encode(),
        status_parser(config.board),
        state,
        lambda channel: Unlock(config.board, channel).encode(),
    )
    return PolledBoard(link, config, dialogue, item_is_one=config.item_is_one)
