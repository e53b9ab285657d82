"""KERONG CU48 and newer CU boards: unlock and state in the dialect that the board speaks."""

from dataclasses import replace

from ..boardtables import KerongCu48Config
from ..errors import DeviceRefused
from ..link import Link
from ..lockboard import Dialogue, PolledBoard, WireState, bits
from .frames import DIALECTS, DONE, StatusQuery, StatusReply, Unlock, status_parser


def create(config: KerongCu48Config, *, link: Link) -> PolledBoard[StatusReply]:
    """One board from its settings, unconnected, on the line that it may share with others."""
    dialect = replace(DIALECTS[config.dialect], lock_first=config.lock_byte == 1)

    def state(reply: StatusReply) -> WireState:
        if reply.result != DONE:
            raise DeviceRefused(
                f"CU48 board {config.board} on {config.url} answers with result {reply.result:02x}, not {DONE:02x};"
                " check the dialect and the maker's list of results"
            )
        return WireState(bits(int.from_bytes(reply.locks, "little"), 8 * len(reply.locks)))

    dialogue = Dialogue(
        StatusQuery(dialect, config.board).encode(),
        status_parser(dialect, config.board, config.state_bytes),
        state,
        lambda channel: Unlock(dialect, config.board, channel, config.pulse_ms).encode(),
    )
    return PolledBoard(link, config, dialogue)
