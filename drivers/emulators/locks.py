"""What all emulated lock boards share: a cabinet with doors and papers behind the boards of one line.

Acts: `door.close`, `door.open` (by hand, by force), `door.ajar` (pushed to, not latched), `item.put` and `item.take`,
each with `channel` (1..) and, where the line has several boards, `board`. A fault of the cabinet takes `channel` too:
it then befalls that channel only.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final

from .base import FRAME_FAULTS, Answer, Emulator, arguments

ORDER_S: Final = 0.001  # between the beginnings of two answers
LATCH_TRAVEL_MS: Final = 50
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


class LockEmulator(Emulator):
    """The boards of one line: `boards` are their numbers, `channels` the locks of each.

    A family's emulator says in `request_length` where a request ends and serves it in `request`. It asks `hook` and
    `seen` for what the sensors say, calls `polled` once for each state that it tells, `pull_lock` for each pulse, and
    `spoken` for the number that it answers with. Where boards tell of doors unasked it implements `hook_changed`.
    """

    FAULTS: ClassVar[Mapping[str, str]] = {
        **Emulator.FAULTS,
        **FRAME_FAULTS,
        "stuck": "the door does not open on unlock",
        "stuck_once": "the door does not open on the next unlock only",
        "unlatched": "a door that is closed stays ajar",
        "bounce": "the hook switch says otherwise at every second poll",
    }
    SENSOR_FAULTS: ClassVar[Mapping[str, str]] = {
        "flicker": "the item sensor changes at every poll",
        "blind": "the item sensor sees nothing",
    }

    def __init__(self, boards: Sequence[int], channels: int, *, travel_s: float) -> None:
        super().__init__()
        self.boards = {board: {n: Box() for n in range(1, channels + 1)} for board in boards}
        self.polls = 0
        self._travel_s = travel_s
        self._aims: dict[str, set[int]] = {}  # fault -> channels it befalls
        self._input = bytearray()
        self._answered_s = 0.0  # when the last answer begins, monotonic
        self._heard_s = 0.0  # how long the requests that are served now were on the line

    # for the family's frames -------------------------------------------------------------------------------------

    def request_length(self, heard: bytes) -> int | None:
        """Length of the whole, right request that these bytes begin with; 0: they begin with none; None: wait."""
        raise NotImplementedError

    def request(self, request: bytes) -> None:
        """Serve one whole request."""
        raise NotImplementedError

    def received(self, data: bytes) -> None:
        """Take whole requests; skip all else, as boards without a word for "wrong" do."""
        self._input += data
        while self._input and (length := self.request_length(bytes(self._input))) is not None:
            request = bytes(self._input[:length])
            del self._input[: length or 1]
            if request:
                self._heard_s += len(request) / self.bytes_per_s
                self.request(request)
        self._heard_s = 0.0

    def reply(self, frame: bytes, *, delay_s: float = 0.0) -> None:
        """An answer begins when the request has arrived, which on a real line takes its time; one after the other."""
        now_s = time.monotonic()
        self._answered_s = max(self._answered_s + ORDER_S, now_s + delay_s + self._heard_s)
        super().reply(frame, delay_s=self._answered_s - now_s)

    def hook(self, board: int, channel: int) -> bool:
        """True while the lock's hook is held down by a door that is shut."""
        down = self.boards[board][channel].door is Door.CLOSED
        return down ^ (self._befalls("bounce", channel) and self.polls % 2 == 0)

    def seen(self, board: int, channel: int) -> bool:
        """True while the item sensor sees something."""
        if self._befalls("blind", channel):
            return False
        if self._befalls("flicker", channel):
            return self.polls % 2 == 0
        return self.boards[board][channel].item

    def polled(self) -> None:
        """A state is about to be told."""
        self.polls += 1

    def spoken(self, board: int) -> int:
        """The number that the board gives as its own."""
        return board ^ 1 if "wrong_address" in self.faults else board

    def hook_changed(self, board: int, channel: int) -> None:
        """A hook has moved."""

    def pull_lock(self, board: int, channel: int) -> None:
        """Pulse one lock; the door springs open when the latch has travelled. Does nothing where none is wired."""
        box = self.boards[board].get(channel)
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

    # the cabinet -------------------------------------------------------------------------------------------------

    def tick(self, now_s: float) -> None:
        """Spring the doors whose lock has let go."""
        for board, boxes in self.boards.items():
            for channel, box in boxes.items():
                if box.opens_at_s is not None and box.opens_at_s <= now_s:
                    self._move(board, channel, Door.OPEN)

    def power_lost(self) -> None:
        """A latch that has not let go yet stays shut; half a request is forgotten."""
        self._input.clear()
        for boxes in self.boards.values():
            for box in boxes.values():
                box.opens_at_s = None

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        """A person's hand at one compartment."""
        board, channel = self._place(call)
        match do:
            case "door.close":
                self._move(board, channel, Door.AJAR if self._befalls("unlatched", channel) else Door.CLOSED)
            case "door.ajar":
                self._move(board, channel, Door.AJAR)
            case "door.open":
                self._move(board, channel, Door.OPEN)
            case "item.put" | "item.take":
                self._reach_in(board, channel).item = do == "item.put"
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
            for board, boxes in self.boards.items()
        }
        return {"channels": next(iter(boards.values())), "boards": boards, "polls": self.polls}

    def _move(self, board: int, channel: int, door: Door) -> None:
        box = self.boards[board][channel]
        moved = (box.door is Door.CLOSED) != (door is Door.CLOSED)
        box.door, box.opens_at_s = door, None
        if moved:
            self.hook_changed(board, channel)

    def _reach_in(self, board: int, channel: int) -> Box:
        box = self.boards[board][channel]
        if box.door is not Door.OPEN:
            raise ValueError(f"the door of channel {channel} is {box.door}; open it first")
        return box

    def _place(self, call: Mapping[str, Any]) -> tuple[int, int]:
        board = int(call.get("board", next(iter(self.boards))))
        if board not in self.boards:
            raise ValueError(f"no board {board}; there is {sorted(self.boards)}")
        channel = int(call["channel"])
        if channel not in self.boards[board]:
            raise ValueError(f"no channel {channel}; there is 1 to {len(self.boards[board])}")
        return board, channel

    # faults of one channel ---------------------------------------------------------------------------------------

    def _perform(self, do: str, call: dict[str, Any]) -> Answer:
        if do != "fault":
            return super()._perform(do, call)
        channel = int(call.pop("channel", ALL_CHANNELS))
        answer = super()._perform(do, call)
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


def lock_arguments(
    description: str, *, numbers: Sequence[int], channels: Sequence[int]
) -> argparse.ArgumentParser:
    """The options that every lock board's emulator has; without `--channels` a board has the most there may be."""
    parser = arguments(description)
    parser.add_argument(
        "--channels", type=int, default=channels[-1], choices=channels,
        metavar=f"{channels[0]}..{channels[-1]}", help="locks of each board",
    )  # fmt: skip
    parser.add_argument(
        "--board", type=int, action="append", choices=numbers,
        metavar=f"{numbers[0]}..{numbers[-1]}", help="number of a board; may be given several times",
    )  # fmt: skip
    parser.add_argument("--travel-ms", type=int, default=LATCH_TRAVEL_MS, help="lock's own travel")
    return parser
