"""KERONG CU48, CU24 and CU48B lock boards on one line, in one of three dialects.

`python -m drivers.emulators.cu48 --pty LINK --control SOCKET [--dialect 0x50] [--state-bytes 6] [--lock-byte 2]
[--channels 48] [--board 0 …] [--ack-unlock]`; acts and faults of the cabinet as in `locks.py`.
"""

import argparse
from collections.abc import Mapping
from typing import ClassVar, Final

from .base import run
from .locks import LockEmulator, lock_arguments

BEGIN: Final = 0x02
END: Final = 0x03
OK: Final = 0x10
REFUSED: Final = 0x11

# dialect -> bytes before the data, ask for the state, open, what an answer is marked with
WORDS: Final = {"0x50": (4, 0x50, 0x51, 0x65), "0x60": (4, 0x60, 0x61, 0x75), "0x80": (6, 0x80, 0x81, None)}
ANSWER_DELAY_S: Final = 0.01


class Cu48Emulator(LockEmulator):
    """The boards of one line, numbers 0 to 255, up to 64 locks each."""

    BAUDRATE: ClassVar[int] = 19200
    FAULTS: ClassVar[Mapping[str, str]] = {
        **LockEmulator.FAULTS,
        "refuses": "every answer carries result 11 and no data (dialect 0x80)",
    }

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(options.board or [0], options.channels, travel_s=options.travel_ms / 1000)
        self._head, self._ask, self._open, self._mark = WORDS[options.dialect]
        self._state_bytes: int = options.state_bytes
        self._lock_first = options.lock_byte == 1
        self._ack_unlock: bool = options.ack_unlock

    def request_length(self, heard: bytes) -> int | None:
        """6 bytes; of 0x80 8 and the data."""
        if heard[0] != BEGIN:
            return 0
        if len(heard) < self._head:
            return None
        length = self._head + 2 + (heard[5] if self._head > 5 else 0)
        if length > self._head + 4:
            return 0
        if len(heard) < length:
            return None
        frame = heard[:length]
        return length if frame[-2] == END and sum(frame[:-1]) % 256 == frame[-1] else 0

    def request(self, request: bytes) -> None:
        """Ask or open."""
        one, two, command = request[1:4]
        board, lock = (two, one) if self._lock_first else (one, two)
        if board not in self.boards:
            return
        if command == self._ask:
            self._tell(board, command)
        elif command == self._open:
            if self._ack_unlock:
                self._confirm(board, lock, command)
            self.pull_lock(board, lock + 1)

    def _confirm(self, board: int, lock: int, command: int) -> None:
        if self._mark is None:
            self._say(board, lock, command, b"", OK if lock + 1 in self.boards[board] else REFUSED)
        else:
            self._tell(board, command)  # the state before the lock moves

    def _tell(self, board: int, command: int) -> None:
        self.polled()
        shut = sum(self.hook(board, channel) << (channel - 1) for channel in self.boards[board])
        self._say(board, 0, command, shut.to_bytes(self._state_bytes, "little"), OK)

    def _say(self, board: int, lock: int, command: int, data: bytes, result: int) -> None:
        number = self.spoken(board)
        place = (lock, number) if self._lock_first else (number, lock)
        if "refuses" in self.faults and self._mark is None:
            data, result = b"", REFUSED
        marks = (command, result, len(data)) if self._mark is None else (self._mark,)
        frame = bytes((BEGIN, *place, *marks)) + data + bytes((END,))
        self.reply(frame + bytes((sum(frame) % 256,)), delay_s=ANSWER_DELAY_S)


def main() -> None:
    """Command line."""
    parser = lock_arguments("KERONG CU48 lock boards on one line.", numbers=range(256), channels=range(1, 65))
    parser.set_defaults(channels=48)
    parser.add_argument("--dialect", choices=sorted(WORDS), default="0x50", help="named by its state request")
    parser.add_argument("--state-bytes", type=int, default=6, choices=range(1, 9), metavar="1..8")
    parser.add_argument("--lock-byte", type=int, default=2, choices=(1, 2), help="which byte names the lock")
    parser.add_argument("--ack-unlock", action="store_true", help="answer the opening of a lock")
    options = parser.parse_args()
    if options.channels > 8 * options.state_bytes:
        parser.error(f"--channels {options.channels} do not fit into {options.state_bytes} --state-bytes")
    run(Cu48Emulator(options), options)


if __name__ == "__main__":
    main()
