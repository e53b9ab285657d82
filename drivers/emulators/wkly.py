"""WKLY lock boards on one line.

`python -m drivers.emulators.wkly --pty LINK --control SOCKET [--channels 24] [--board 0 …] [--mute-open]
[--status-byte] [--events] [--open-ms 400] [--query-ms 100] [--query-all-ms 200]`; acts and faults of the cabinet as
in `locks.py`.
"""

import argparse
import time
from enum import IntEnum
from typing import ClassVar, Final

from .base import run
from .locks import LockEmulator, lock_arguments

HEAD: Final = b"WKLY"
SHORTEST: Final = 8
DONE, NOT_DONE = 0x00, 0xFF
SHUT, AJAR = 0x01, 0x00


class Do(IntEnum):
    """What a board is told to do; it answers with the same number."""

    OPEN_TOGETHER = 0x80
    FLASH = 0x81
    OPEN_ONE = 0x82
    TELL_ONE = 0x83
    TELL_ALL = 0x84
    MOVED = 0x85  # never told, only said
    OPEN_ALL = 0x86
    OPEN_IN_TURN = 0x87
    STAY_ON = 0x88
    STAY_OFF = 0x89


class WklyEmulator(LockEmulator):
    """The boards of one line, numbers 0 to 31."""

    BAUDRATE: ClassVar[int] = 9600

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(options.board or [0], options.channels, travel_s=options.travel_ms / 1000)
        self._mute_open: bool = options.mute_open
        self._status_byte: bool = options.status_byte
        self._events: bool = options.events
        self._open_s = options.open_ms / 1000
        self._query_s = options.query_ms / 1000
        self._query_all_s = options.query_all_ms / 1000
        self._opened: list[tuple[float, int, int]] = []  # when to tell, board, channel

    # the line --------------------------------------------------------------------------------------------

    def request_length(self, heard: bytes) -> int | None:
        """LEN says it."""
        if not heard.startswith(HEAD[: len(heard)]):
            return 0
        if len(heard) <= len(HEAD):
            return None
        length = heard[4]
        if length < SHORTEST:
            return 0
        if len(heard) < length:
            return None
        return length if _xor(heard[: length - 1]) == heard[length - 1] else 0

    def request(self, request: bytes) -> None:
        """Do what a board of this line is told."""
        board, command, what = request[5], request[6], request[7:-1]
        if board in self.boards:
            self._do(board, command, what)

    def _do(self, board: int, command: int, what: bytes) -> None:
        match command, list(what):
            case (Do.OPEN_ONE, [channel]):
                self.pull_lock(board, channel)
                if not self._mute_open:
                    self._opened.append((time.monotonic() + self._open_s, board, channel))
            case (Do.TELL_ONE, [channel]) if channel in self.boards[board]:
                self.polled()
                self._say(board, command, DONE, channel, self._door(board, channel), after_s=self._query_s)
            case (Do.TELL_ALL, []):
                self.polled()
                doors = [self._door(board, channel) for channel in self.boards[board]]
                front = [DONE] if self._status_byte else []
                self._say(board, command, *front, len(doors), *doors, after_s=self._query_all_s)
            case (Do.FLASH | Do.STAY_ON | Do.STAY_OFF, [channel]):
                if command == Do.STAY_ON:
                    self.pull_lock(board, channel)
                self._say(board, command, self._status(board, [channel]), channel, after_s=self._query_s)
            case (Do.OPEN_TOGETHER | Do.OPEN_ALL | Do.OPEN_IN_TURN, channels):
                for channel in channels or list(self.boards[board]):
                    self.pull_lock(board, channel)
                self._say(board, command, self._status(board, channels), after_s=self._open_s)
            case _:
                pass  # no answer, as the real ones

    def tick(self, now_s: float) -> None:
        """Tell how an opening ended, when the pulse is over."""
        super().tick(now_s)
        while self._opened and self._opened[0][0] <= now_s:
            _, board, channel = self._opened.pop(0)
            door = self._door(board, channel) if channel in self.boards[board] else AJAR
            self._say(board, Do.OPEN_ONE, self._status(board, [channel]), channel, door, after_s=0.0)

    def _status(self, board: int, channels: list[int]) -> int:
        return DONE if set(channels) <= set(self.boards[board]) else NOT_DONE

    def _door(self, board: int, channel: int) -> int:
        return SHUT if self.hook(board, channel) else AJAR

    def _say(self, board: int, command: int, *what: int, after_s: float) -> None:
        frame = HEAD + bytes((SHORTEST + len(what), self.spoken(board), command, *what))
        self.reply(frame + bytes((_xor(frame),)), delay_s=after_s)

    # the cabinet -----------------------------------------------------------------------------------------

    def hook_changed(self, board: int, channel: int) -> None:
        """Tell it unasked, where the board does."""
        if self._events:
            self._say(board, Do.MOVED, channel, self._door(board, channel), after_s=0.0)

    def power_lost(self) -> None:
        """What was to be confirmed is forgotten too."""
        super().power_lost()
        self._opened.clear()


def _xor(data: bytes) -> int:
    total = 0
    for byte in data:
        total ^= byte
    return total


def main() -> None:
    """Command line."""
    parser = lock_arguments("WKLY lock boards on one line.", numbers=range(32), channels=range(1, 25))
    parser.add_argument("--mute-open", action="store_true", help="do not answer 82")
    parser.add_argument("--status-byte", action="store_true", help="answer 84 with a status before the count")
    parser.add_argument("--events", action="store_true", help="tell unasked that a door has moved")
    parser.add_argument("--open-ms", type=int, default=400, help="until an opening is answered")
    parser.add_argument("--query-ms", type=int, default=100, help="until 83 and 81, 88, 89 are answered")
    parser.add_argument("--query-all-ms", type=int, default=200, help="until 84 is answered")
    options = parser.parse_args()
    run(WklyEmulator(options), options)


if __name__ == "__main__":
    main()
