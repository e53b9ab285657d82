"""Lock boards of the 8A/80 kind on one line.

`python -m drivers.emulators.lock_8a80 --pty LINK --control SOCKET [--channels 24] [--board 1 …] [--state-bytes 3]
[--low-byte last] [--shut-is-one] [--ack-open] [--unasked 82] [--answer-ms 20]`; acts and faults of the cabinet as in
`locks.py`.
"""

import argparse
from collections.abc import Mapping
from typing import ClassVar, Final

from .base import run
from .locks import LockEmulator, lock_arguments

DO, ASK, SEVERAL, STAY_ON, STAY_OFF = 0x8A, 0x80, 0x90, 0x9A, 0x9B
YES, NO = 0x11, 0x00
ALL: Final = 0x33
SHORT: Final = 5


class Lock8a80Emulator(LockEmulator):
    """The boards of one line, numbers 1 to 32."""

    BAUDRATE: ClassVar[int] = 9600
    FAULTS: ClassVar[Mapping[str, str]] = {
        **LockEmulator.FAULTS,
        "chatter": "says of a door unasked before each answer",
    }

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(options.board or [1], options.channels, travel_s=options.travel_ms / 1000)
        self._state_bytes: int = options.state_bytes
        self._low_first = (options.low_byte or ("last" if options.state_bytes == 3 else "first")) == "first"
        self._shut_is_one: bool = options.shut_is_one
        self._ack_open: bool = options.ack_open
        self._unasked = int(options.unasked, 16) if options.unasked else 0
        self._answer_s = options.answer_ms / 1000

    # the line --------------------------------------------------------------------------------------------

    def request_length(self, heard: bytes) -> int | None:
        """By the first byte; 8A may come with a time to hold, in seconds."""
        several = self._state_bytes + 3
        lengths = {
            DO: (SHORT, SHORT + 1),
            ASK: (SHORT,),
            SEVERAL: (several,),
            STAY_ON: (SHORT,),
            STAY_OFF: (SHORT,),
        }
        for length in lengths.get(heard[0], ()):
            if len(heard) < length:
                return None
            if _xor(heard[:length]) == 0:
                return length
        return 0

    def request(self, request: bytes) -> None:
        """Ask or open, one or all."""
        kind, board, *rest = request[:-1]
        if board not in self.boards:
            return
        match kind, rest:
            case (0x80, [0, 0x33]):
                self._tell_all(board)
            case (0x80, [channel, 0x33]) if channel in self.boards[board]:
                self.polled()
                self._say(ASK, board, channel, self._word(board, channel))
            case (0x8A | 0x9A, [0, 0x11, *_]):
                for channel in self.boards[board]:
                    self.pull_lock(board, channel)
            case (0x8A | 0x9A, [channel, 0x11, *_]):
                self.pull_lock(board, channel)
                if self._ack_open:
                    self._say(kind, board, channel, YES if channel in self.boards[board] else NO)
            case (0x90, mask):
                for channel in self.boards[board]:
                    if self._number(bytes(mask)) >> (channel - 1) & 1:
                        self.pull_lock(board, channel)
            case _:
                pass  # no answer, as the real ones

    def _tell_all(self, board: int) -> None:
        self.polled()
        ones = sum((self._word(board, channel) == YES) << (channel - 1) for channel in self.boards[board])
        self._say(ASK, board, *ones.to_bytes(self._state_bytes, "little" if self._low_first else "big"), ALL)

    def _number(self, mask: bytes) -> int:
        return int.from_bytes(mask, "little" if self._low_first else "big")

    def _word(self, board: int, channel: int) -> int:
        return YES if self.hook(board, channel) == self._shut_is_one else NO

    def _say(self, kind: int, board: int, *rest: int) -> None:
        if "chatter" in self.faults:
            self._tell_move(board, min(self.boards[board]))
        frame = bytes((kind, self.spoken(board), *rest))
        self.reply(frame + bytes((_xor(frame),)), delay_s=self._answer_s)

    # what is said unasked --------------------------------------------------------------------------------

    def hook_changed(self, board: int, channel: int) -> None:
        """Tell it, where the board does."""
        if self._unasked:
            self._tell_move(board, channel)

    def _tell_move(self, board: int, channel: int) -> None:
        frame = bytes((self._unasked or 0x82, self.spoken(board), channel, self._word(board, channel)))
        self.reply(frame + bytes((_xor(frame),)))


def _xor(data: bytes) -> int:
    total = 0
    for byte in data:
        total ^= byte
    return total


def main() -> None:
    """Command line."""
    parser = lock_arguments("8A/80 lock boards on one line.", numbers=range(1, 33), channels=range(1, 51))
    parser.set_defaults(channels=24)
    parser.add_argument("--state-bytes", type=int, default=3, choices=(3, 7), help="7: the 50-channel board")
    parser.add_argument(
        "--low-byte", choices=("first", "last"), help="which of them tells of channels 1 to 8"
    )
    parser.add_argument("--shut-is-one", action="store_true", help="locks whose contact closes with the door")
    parser.add_argument("--ack-open", action="store_true", help="answer the opening of a lock")
    parser.add_argument("--unasked", choices=("82", "81"), help="tell unasked that a door has moved")
    parser.add_argument("--answer-ms", type=int, default=20, help="until a request is answered")
    options = parser.parse_args()
    if options.channels > 8 * options.state_bytes:
        parser.error(f"--channels {options.channels} do not fit into {options.state_bytes} --state-bytes")
    run(Lock8a80Emulator(options), options)


if __name__ == "__main__":
    main()
