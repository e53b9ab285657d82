"""KERONG CU16 lock boards on one RS-485 line.

`python -m drivers.emulators.kerong --pty LINK --control SOCKET [--channels 16] [--board 0 …] [--ack-unlock]`; acts and
faults of the cabinet as in `locks.py`.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from .base import run
from .locks import LockEmulator, lock_arguments

HEAD, TAIL = 0x02, 0x03
ASK_ONE, OPEN_ONE, ASK_ALL, OPEN_ALL, TELL_ONE, TELL_ALL = 0x30, 0x31, 0x32, 0x33, 0x35, 0x36
PULSE_TIME, TELL_PULSE_TIME = 0x37, 0x38
EVERY_BOARD = (0x00, 0xF0)
REQUEST_BYTES: Final = 5
SET_PULSE_BYTES: Final = 7

ANSWER_DELAY_S: Final = 0.01
PULSE_10MS: Final = 50


class KerongEmulator(LockEmulator):
    """The boards of one line. `boards`: their numbers 0 to 9; `channels`: locks per board, 1 to 16."""

    BAUDRATE: ClassVar[int] = 19200
    FAULTS: ClassVar[Mapping[str, str]] = {**LockEmulator.FAULTS, **LockEmulator.SENSOR_FAULTS}

    def __init__(self, boards: Sequence[int], channels: int, *, travel_s: float, ack_unlock: bool) -> None:
        super().__init__(boards, channels, travel_s=travel_s)
        self._ack_unlock = ack_unlock
        self._pulse = dict.fromkeys(boards, PULSE_10MS)

    # the line --------------------------------------------------------------------------------------------

    def request_length(self, heard: bytes) -> int | None:
        """5 bytes, 7 where the pulse time is set."""
        if heard[0] != HEAD:
            return 0
        for length in (REQUEST_BYTES, SET_PULSE_BYTES):
            if len(heard) < length:
                return None
            frame = heard[:length]
            if frame[-2] == TAIL and sum(frame[:-1]) % 256 == frame[-1]:
                return length
            if frame[2] != PULSE_TIME:
                return 0
        return 0

    def request(self, request: bytes) -> None:
        """One board or all."""
        board, address, command, data = request[1] >> 4, request[1], request[2], request[3:-2]
        if command == ASK_ALL and address in EVERY_BOARD:
            for number in self.boards:
                self._tell(number, TELL_ALL)
        elif board in self.boards:
            self._request_of(board, address & 0x0F, command, data)

    def _request_of(self, board: int, lock: int, command: int, data: bytes) -> None:
        if command == ASK_ONE:
            self._tell(board, TELL_ONE)
        elif command in (OPEN_ONE, OPEN_ALL):
            channels = [lock + 1] if command == OPEN_ONE else list(self.boards[board])
            if self._ack_unlock:
                self._tell(board, TELL_ONE)  # the state before the lock moves
            for channel in channels:
                self.pull_lock(board, channel)
        elif command == PULSE_TIME:
            if data:
                self._pulse[board] = int.from_bytes(data, "big")
            self._answer(board, TELL_PULSE_TIME, self._pulse[board].to_bytes(2, "big"))

    def _tell(self, board: int, command: int) -> None:
        self.polled()
        latches = infrared = 0
        for channel in self.boards[board]:
            latches |= self.hook(board, channel) << (channel - 1)
            infrared |= self.seen(board, channel) << (channel - 1)
        masks = bytes((latches & 0xFF, latches >> 8, infrared & 0xFF, infrared >> 8))
        self._answer(board, command, masks)

    def _answer(self, board: int, command: int, data: bytes) -> None:
        frame = bytes((HEAD, self.spoken(board) * 16, command)) + data + bytes((TAIL,))
        self.reply(frame + bytes((sum(frame) % 256,)), delay_s=ANSWER_DELAY_S)


def main() -> None:
    """Command line."""
    parser = lock_arguments("KERONG CU16 lock boards on one line.", numbers=range(10), channels=range(1, 17))
    parser.add_argument("--ack-unlock", action="store_true", help="answer 31 with a status frame")
    options = parser.parse_args()
    emulator = KerongEmulator(
        options.board or [0],
        options.channels,
        travel_s=options.travel_ms / 1000,
        ack_unlock=options.ack_unlock,
    )
    run(emulator, options)


if __name__ == "__main__":
    main()
