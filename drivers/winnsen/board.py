"""Winnsen: unlock by 05, state by 02. The protocol has no checksum, so a change is believed when it is told twice."""

from ..boardtables import WinnsenConfig
from ..errors import ProtocolError
from ..link import Link
from ..lockboard import Dialogue, PolledBoard, WireState, bits
from .frames import LOCKS, Open, Query, StatusReply, status_parser


class WinnsenBoard(PolledBoard[StatusReply]):
    """One board. While it says what it said before, one question a poll is enough."""

    _believed: int | None = None  # the mask, bit 0 is lock 1

    async def _state(self) -> WireState:
        told = (await self._ask()).open_mask
        if told != self._believed:
            again = (await self._ask()).open_mask
            doubtful = told ^ again
            if doubtful and self._believed is None:
                raise ProtocolError(
                    f"Winnsen station {self._config.board} said {told:04x} and then {again:04x};"
                    " check cable, termination and the locks' switches"
                )
            told = (told & ~doubtful) | ((self._believed or 0) & doubtful)
        self._believed = told
        return WireState(bits(told, LOCKS))


def create(config: WinnsenConfig, *, link: Link) -> WinnsenBoard:
    """One board from its settings, unconnected, on the line that it may share with others."""
    dialogue = Dialogue(
        Query(config.board).encode(),
        status_parser(config.board),
        lambda reply: WireState(bits(reply.open_mask, LOCKS)),
        lambda lock: Open(config.board, lock).encode(),
    )
    return WinnsenBoard(link, config, dialogue)
