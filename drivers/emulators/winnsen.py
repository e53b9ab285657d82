"""Winnsen lock boards on one line.

`python -m drivers.emulators.winnsen --pty LINK --control SOCKET [--channels 16] [--board 1 …] [--answers a0]`; acts and
faults of the cabinet as in `locks.py`.
"""

import argparse
from collections.abc import Mapping
from typing import ClassVar, Final

from .base import run
from .locks import LockEmulator, lock_arguments

BEGIN, END = 0x90, 0x03
OPEN, TELL = 0x05, 0x02
OPEN_BYTES: Final = 6
TELL_BYTES: Final = 7
ANSWER_DELAY_S: Final = 0.01
STATIONS: Final = range(1, 33)


class WinnsenEmulator(LockEmulator):
    """The boards of one line; what they are told and say carries no checksum."""

    BAUDRATE: ClassVar[int] = 9600
    FAULTS: ClassVar[Mapping[str, str]] = {
        **{name: text for name, text in LockEmulator.FAULTS.items() if name != "bad_checksum"},
        "bad_end": "every answer ends in another byte than 03",
        "wrong_bit": "every second state has a wrong bit, of lock 1, that nothing gives away",
    }

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(options.board or [STATIONS[0]], options.channels, travel_s=options.travel_ms / 1000)
        self._answer = int(options.answers, 16)

    def request_length(self, heard: bytes) -> int | None:
        """By the function, and LEN has to say the same."""
        if heard[0] != BEGIN:
            return 0
        if len(heard) < 3:
            return None
        length = {OPEN: OPEN_BYTES, TELL: TELL_BYTES}.get(heard[2], 0)
        if len(heard) < length:
            return None
        return length if length and (heard[1], heard[length - 1]) == (length, END) else 0

    def request(self, request: bytes) -> None:
        """Ask or open, at a station of this line."""
        _, _, do, station, *what, _ = request
        if station in self.boards:
            self._do(station, do, what)

    def _do(self, station: int, do: int, what: list[int]) -> None:
        if do == OPEN:
            (lock,) = what
            self.pull_lock(station, lock)
            self._say(station, do, lock, int(lock in self.boards[station]))
        else:
            self.polled()
            asked = what[0] | what[1] << 8
            ajar = sum((not self.hook(station, lock)) << (lock - 1) for lock in self.boards[station])
            ajar ^= "wrong_bit" in self.faults and self.polls % 2
            ajar &= asked
            self._say(station, do, ajar & 0xFF, ajar >> 8)

    def _say(self, station: int, do: int, *what: int) -> None:
        end = END + ("bad_end" in self.faults)
        frame = bytes((BEGIN, 5 + len(what), do | self._answer, self.spoken(station), *what, end))
        self.reply(frame, delay_s=ANSWER_DELAY_S)


def main() -> None:
    """Command line."""
    parser = lock_arguments("Winnsen lock boards on one line.", numbers=STATIONS, channels=range(1, 17))
    parser.add_argument(
        "--answers", choices=["80", "a0"], default="80", help="what is added to the function (hex)"
    )
    options = parser.parse_args()
    run(WinnsenEmulator(options), options)


if __name__ == "__main__":
    main()
