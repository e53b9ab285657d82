"""KERONG CU16 lock boards on one RS-485 line, with cabinet doors and papers behind them.

`python -m drivers.emulators.kerong --pty LINK --control SOCKET [--channels 16] [--board 0 …] [--ack-unlock]`

Acts: `door.close`, `door.open` (by hand, by force), `door.ajar` (pushed to, not latched), `item.put` and
`item.take`, each with `channel` (1..) and, where the line has several boards, `board`. A fault takes `channel`
too: it then befalls that channel only.
"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Final

from .base import Answer, Emulator, arguments, run

HEAD, TAIL = 0x02, 0x03
ASK_ONE, OPEN_ONE, ASK_ALL, OPEN_ALL, TELL_ONE, TELL_ALL = 0x30, 0x31, 0x32, 0x33, 0x35, 0x36
PULSE_TIME, TELL_PULSE_TIME = 0x37, 0x38
EVERY_BOARD = (0x00, 0xF0)
REQUEST_BYTES: Final = 5
SET_PULSE_BYTES: Final = 7

ANSWER_DELAY_S: Final = 0.01
LATCH_TRAVEL_MS: Final = 50
PULSE_10MS: Final = 50
ALL_CHANNELS: Final = 0


class Door(StrEnum):
    """Where a door is. Only a closed one holds the hook of its lock down."""

    CLOSED = "closed"
    AJAR = "ajar"
    OPEN = "open"


@dataclass(slots=True)
class Box:
    """One compartment as a person would see it."""

    door: Door = Door.CLOSED
    item: bool = False
    opens_at_s: float | None = None
    unlocks: int = 0


class KerongEmulator(Emulator):
    """The boards of one line. `boards`: their numbers 0 to 9; `channels`: locks per board, 1 to 16."""

    BAUDRATE: ClassVar[int] = 19200
    FAULTS: ClassVar[Mapping[str, str]] = {
        **Emulator.FAULTS,
        "stuck": "the door does not open on unlock",
        "stuck_once": "the door does not open on the next unlock only",
        "bad_checksum": "every answer carries a wrong checksum",
        "wrong_address": "every answer carries another board's address",
        "flicker": "the item sensor changes at every poll",
        "blind": "the item sensor sees nothing",
    }

    def __init__(
        self,
        *,
        boards: tuple[int, ...] = (0,),
        channels: int = 16,
        ack_unlock: bool = False,
        travel_s: float = LATCH_TRAVEL_MS / 1000,
    ) -> None:
        super().__init__()
        self._boards = {board: {n: Box() for n in range(1, channels + 1)} for board in boards}
        self._ack_unlock = ack_unlock
        self._travel_s = travel_s
        self._pulse = dict.fromkeys(boards, PULSE_10MS)
        self._aims: dict[str, set[int]] = {}  # fault -> channels it befalls
        self._buffer = bytearray()
        self._polls = 0

    # the line --------------------------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        """Take whole requests with a right sum; skip all else, as a board without a NAK does."""
        self._buffer += data
        while (length := self._request_length()) is not None:
            if length:
                request = bytes(self._buffer[:length])
                del self._buffer[:length]
                self._request(request[1] >> 4, request[1], request[2], request[3:-2])
            else:
                del self._buffer[0]

    def _request_length(self) -> int | None:
        """Length of the request that the buffer starts with; 0: it starts with none; None: wait for more."""
        if not self._buffer:
            return None
        if self._buffer[0] != HEAD:
            return 0
        for length in (REQUEST_BYTES, SET_PULSE_BYTES):
            if len(self._buffer) < length:
                return None
            frame = self._buffer[:length]
            if frame[-2] == TAIL and sum(frame[:-1]) % 256 == frame[-1]:
                return length
            if frame[2] != PULSE_TIME:
                return 0
        return 0

    def _request(self, board: int, address: int, command: int, data: bytes) -> None:
        if command == ASK_ALL and address in EVERY_BOARD:
            for number in self._boards:
                self._tell(number, TELL_ALL)
        elif board in self._boards:
            self._request_of(board, address & 0x0F, command, data)

    def _request_of(self, board: int, lock: int, command: int, data: bytes) -> None:
        if command == ASK_ONE:
            self._tell(board, TELL_ONE)
        elif command in (OPEN_ONE, OPEN_ALL):
            channels = [lock + 1] if command == OPEN_ONE else list(self._boards[board])
            if self._ack_unlock:
                self._tell(board, TELL_ONE)  # the state before the lock moves
            for channel in channels:
                self._pull_lock(board, channel)
        elif command == PULSE_TIME:
            if data:
                self._pulse[board] = int.from_bytes(data, "big")
            self._send(board, TELL_PULSE_TIME, self._pulse[board].to_bytes(2, "big"))

    def _tell(self, board: int, command: int) -> None:
        self._polls += 1
        latches = infrared = 0
        for channel, box in self._boards[board].items():
            latches |= (box.door is Door.CLOSED) << (channel - 1)
            infrared |= self._seen(channel, box) << (channel - 1)
        masks = bytes((latches & 0xFF, latches >> 8, infrared & 0xFF, infrared >> 8))
        self._send(board, command, masks)

    def _seen(self, channel: int, box: Box) -> bool:
        if self._befalls("blind", channel):
            return False
        if self._befalls("flicker", channel):
            return self._polls % 2 == 0
        return box.item

    def _send(self, board: int, command: int, data: bytes) -> None:
        if "wrong_address" in self.faults:
            board = (board + 1) % 10
        frame = bytes((HEAD, board * 16, command)) + data + bytes((TAIL,))
        total = sum(frame) + ("bad_checksum" in self.faults)
        self.reply(frame + bytes((total % 256,)), delay_s=ANSWER_DELAY_S)

    # the cabinet -----------------------------------------------------------------------------------------

    def _pull_lock(self, board: int, channel: int) -> None:
        box = self._boards[board].get(channel)
        if box is None:
            return
        box.unlocks += 1
        if self._befalls("stuck", channel):
            return
        if self._befalls("stuck_once", channel):
            self.faults.discard("stuck_once")
            self._aims.pop("stuck_once", None)
            return
        if box.door is Door.CLOSED:
            box.opens_at_s = time.monotonic() + self._travel_s

    def tick(self, now_s: float) -> None:
        """Spring the doors whose lock has let go."""
        for boxes in self._boards.values():
            for box in boxes.values():
                if box.opens_at_s is not None and box.opens_at_s <= now_s:
                    box.door, box.opens_at_s = Door.OPEN, None

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        """A person's hand at one compartment."""
        match do:
            case "door.close":
                self._move(call, Door.CLOSED)
            case "door.ajar":
                self._move(call, Door.AJAR)
            case "door.open":
                self._move(call, Door.OPEN)
            case "item.put":
                self._reach_in(call).item = True
            case "item.take":
                self._reach_in(call).item = False
            case _:
                raise ValueError("known are door.close, door.ajar, door.open, item.put, item.take")
        return {}

    def state(self) -> Answer:
        """Doors and items of the first board under `channels`, of every board under `boards`."""
        boards = {
            str(board): {
                str(channel): {"door": box.door.value, "item": box.item, "unlocks": box.unlocks}
                for channel, box in boxes.items()
            }
            for board, boxes in self._boards.items()
        }
        return {"channels": next(iter(boards.values())), "boards": boards, "polls": self._polls}

    def _move(self, call: Mapping[str, Any], door: Door) -> None:
        box = self._box(call)
        box.door, box.opens_at_s = door, None

    def _reach_in(self, call: Mapping[str, Any]) -> Box:
        box = self._box(call)
        if box.door is not Door.OPEN:
            raise ValueError(f"the door of channel {call['channel']} is {box.door}; open it first")
        return box

    def _box(self, call: Mapping[str, Any]) -> Box:
        boxes = self._boards.get(int(call.get("board", next(iter(self._boards)))))
        if boxes is None:
            raise ValueError(f"no board {call['board']}; there is {sorted(self._boards)}")
        channel = int(call["channel"])
        if channel not in boxes:
            raise ValueError(f"no channel {channel}; there is 1 to {len(boxes)}")
        return boxes[channel]

    # faults of one channel -------------------------------------------------------------------------------

    def _perform(self, do: str, call: dict[str, Any], link: Path) -> Answer:
        if do != "fault":
            return super()._perform(do, call, link)
        channel = int(call.pop("channel", ALL_CHANNELS))
        answer = super()._perform(do, call, link)
        name = str(call["name"])
        if name in self.faults:
            self._aims.setdefault(name, set()).add(channel)
        return answer

    def fault_changed(self) -> None:
        """Forget where a fault that has ended was aimed."""
        self._aims = {name: aims for name, aims in self._aims.items() if name in self.faults}

    def _befalls(self, fault: str, channel: int) -> bool:
        aims = self._aims.get(fault, {ALL_CHANNELS})
        return fault in self.faults and bool(aims & {ALL_CHANNELS, channel})


def main() -> None:
    """Command line."""
    parser = arguments(__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--channels", type=int, default=16, choices=range(1, 17), metavar="1..16")
    parser.add_argument("--board", type=int, action="append", choices=range(10), metavar="0..9")
    parser.add_argument("--ack-unlock", action="store_true", help="answer 31 with a status frame")
    parser.add_argument("--travel-ms", type=int, default=LATCH_TRAVEL_MS, help="lock's own travel")
    options: argparse.Namespace = parser.parse_args()
    emulator = KerongEmulator(
        boards=tuple(options.board or (0,)),
        channels=options.channels,
        ack_unlock=options.ack_unlock,
        travel_s=options.travel_ms / 1000,
    )
    run(emulator, options)


if __name__ == "__main__":
    main()
