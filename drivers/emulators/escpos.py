"""Emulated receipt printer: ESC/POS over a line or TCP, with paper, cover and cutter that people and faults move.

`python -m drivers.emulators.escpos --pty LINK|--tcp PORT --control SOCKET [--print-speed 100] [--width-dots 384]`.
Acts: `paper.out`, `paper.low`, `paper.refill`, `cover.open`, `cover.close`, `receipt.take`, `job.last` (base64),
`job.save` (`path`: PNG). DLE EOT is answered at once, also offline; GS r in its turn, behind what was printed before
it. With GS a the printer speaks by itself.
"""

import base64
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from .base import Answer, Emulator, arguments, run
from .escpos_render import WIDTH_DOTS, as_photograph, interpret

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D
DOTS_PER_MM: Final = 8
CUT_S: Final = 0.3
SPEED_MM_S: Final = 100.0
XON, XOFF = b"\x11", b"\x13"
CLEAR_BUFFERS: Final = bytes(
    (DLE, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08)
)  # DLE DC4 function 8
CLEARED: Final = bytes((0x37, 0x25, 0x00))
IDLE: Final = 0x12  # fixed bits 0xx1xx10 of every real-time status

# Bytes that follow each two-byte command; commands with data of their own length are handled apart.
FOLLOWING: Final[Mapping[int, Mapping[int, int]]] = {
    ESC: {
        0x20: 1, 0x21: 1, 0x2D: 1, 0x32: 0, 0x33: 1, 0x40: 0, 0x42: 2, 0x45: 1, 0x47: 1, 0x4A: 1, 0x4D: 1, 0x52: 1,
        0x61: 1, 0x63: 2, 0x64: 1, 0x70: 3, 0x74: 1, 0x7B: 1,
    },
    FS: {0x21: 1, 0x26: 0, 0x2D: 1, 0x2E: 0, 0x43: 1, 0x53: 2},
    GS: {0x21: 1, 0x42: 1, 0x48: 1, 0x49: 1, 0x4C: 2, 0x50: 2, 0x57: 2, 0x61: 1, 0x66: 1, 0x68: 1, 0x72: 1, 0x77: 1},
}  # fmt: skip
GS_INFORMATION: Final = 0x49
INFORMATION: Final[Mapping[int, bytes]] = {65: b"1.00", 66: b"Emulated", 67: b"ESC/POS"}
GS_QUERY, GS_REPORT, GS_CUT, GS_RASTER, GS_EXTENDED = 0x72, 0x61, 0x56, 0x76, 0x28
STOPPING: Final[Mapping[str, int]] = {"error": 0x04, "cutter": 0x08, "fatal": 0x20, "hot": 0x40}


def token_length(data: bytes) -> int | None:
    """Bytes of the first command or character in `data`; None when its end has not come yet."""
    lead = data[0]
    if lead == DLE:
        length = 10 if data[1:3] == CLEAR_BUFFERS[1:3] else 3
        return length if len(data) >= max(3, length) else None
    if lead not in FOLLOWING:
        return 1
    if len(data) < 2:
        return None
    total = _sized(data) if lead == GS and data[1] in (GS_CUT, GS_RASTER, GS_EXTENDED) else None
    if total is None and lead == GS and data[1] in (GS_CUT, GS_RASTER, GS_EXTENDED):
        return None
    length = total or 2 + FOLLOWING[lead].get(data[1], 0)
    return length if len(data) >= length else None


def _sized(data: bytes) -> int | None:
    """Length of a GS command that says its own length; None when that part has not come yet."""
    match data[1]:
        case 0x56:
            if len(data) < 3:
                return None
            return 4 if data[2] in (65, 66) else 3
        case 0x76:
            if len(data) < 8:
                return None
            return 8 + (data[4] + data[5] * 256) * (data[6] + data[7] * 256)
        case _:
            if len(data) < 5:
                return None
            return 5 + data[3] + data[4] * 256


class Printer(Emulator):
    """One printer. `speed_mm_s`: how fast paper comes out; `cut_s`: how long the knife takes."""

    BAUDRATE = 115_200
    FAULTS: ClassVar[Mapping[str, str]] = {
        **Emulator.FAULTS,
        "cutter": "the cutter is stuck",
        "hot": "the head is too hot",
        "error": "an error that a person can clear",
        "fatal": "an error that only a technician can clear",
        "busy": "its buffer is full in the middle of a job: XOFF, and XON 0.2 s later",
        "no_ack": "GS r is never answered",
        "no_real_time": "DLE EOT is never answered, as by many printers over USB or network",
        "no_automatic": "GS a is never answered",
    }

    def __init__(self, speed_mm_s: float, cut_s: float = CUT_S, width_dots: int = WIDTH_DOTS) -> None:
        super().__init__()
        self._width_dots = width_dots
        self._reports = 0  # n of GS a
        self._asked_for_reports: int | None = None  # GS a that waits for the printer to be online
        self._reported = b""
        self._held_up = False  # in this job
        self._speed_mm_s = speed_mm_s
        self._cut_s = cut_s
        self._input = bytearray()
        self._job = bytearray()
        self._queue: deque[bytes | int] = deque()  # finished jobs, and n of GS r
        self._busy_until_s = 0.0
        self._printing: bytes | None = None
        self._jobs: list[bytes] = []
        self._taken = 0
        self.paper = "full"
        self.cover = False

    # the line ---------------------------------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        """Take commands apart; answer real-time ones at once, queue the rest."""
        self._input += data
        if "busy" in self.faults and self._job and not self._held_up:
            self._held_up = True
            self.reply(XOFF)
            self.reply(XON, delay_s=0.2)
        while self._input:
            length = token_length(bytes(self._input))
            if length is None:
                return
            token = bytes(self._input[:length])
            del self._input[:length]
            self._take(token)

    def _take(self, token: bytes) -> None:
        if token[0] == DLE:
            self._real_time(token)
        elif token[:2] == bytes((GS, GS_QUERY)):
            if self._job:  # printed without a cut before it
                self._finish_job()
            self._queue.append(token[2])
        elif token[:2] == bytes((GS, GS_INFORMATION)):
            if token[2] in INFORMATION:
                self.reply(b"_" + INFORMATION[token[2]] + b"\0")
        elif token[:2] == bytes((GS, GS_REPORT)):
            self._asked_for_reports = token[2]
            self._report_changes()
        else:
            if token == bytes((ESC, 0x40)):
                self._reports, self._asked_for_reports = 0, None
            self._job += token
            if token[:2] == bytes((GS, GS_CUT)):
                self._finish_job()

    def _finish_job(self) -> None:
        self._queue.append(bytes(self._job))
        self._job.clear()
        self._held_up = False

    def _real_time(self, token: bytes) -> None:
        if token == CLEAR_BUFFERS:
            self._forget()
            self.reply(CLEARED)
        elif token[1] == 0x04 and 1 <= token[2] <= 4:
            if "no_real_time" in self.faults:
                return
            self.reply(bytes((self._status(token[2]),)))
        elif token[1] == 0x05 and token[2] == 2:
            self._forget()

    def _forget(self) -> None:
        """DLE ENQ and DLE DC4 8: throw the buffers away."""
        self._queue.clear()
        self._job.clear()
        self._printing = None

    def power_lost(self) -> None:
        """What was not printed is gone, and so is what it was told."""
        self._forget()
        self._input.clear()
        self._reports, self._asked_for_reports = 0, None

    @property
    def stopped(self) -> bool:
        """Whether nothing can be printed now."""
        return self.paper == "out" or self.cover or bool(self.faults & STOPPING.keys())

    def _status(self, number: int) -> int:
        bits = {
            1: 0x08 * self.stopped,
            2: 0x04 * self.cover | 0x20 * (self.paper == "out") | 0x40 * bool(self.faults & STOPPING.keys()),
            3: self._errors(),
            4: 0x0C * (self.paper in ("low", "out")) | 0x60 * (self.paper == "out"),
        }
        return IDLE | bits[number]

    def _errors(self) -> int:
        """The same bits in DLE EOT 3 and in the second byte that the printer sends by itself."""
        return sum(bit for name, bit in STOPPING.items() if name in self.faults)

    def _report_changes(self) -> None:
        """GS a: four bytes when it is asked for, and at each change of what n names."""
        if self._asked_for_reports is not None and not self.stopped:
            self._reports, self._asked_for_reports = self._asked_for_reports, None
            self._reported = b""
        now = bytes((
            0x10 | 0x08 * self.stopped | 0x20 * self.cover,
            self._errors(),
            0x03 * (self.paper in ("low", "out")) | 0x0C * (self.paper == "out"),
            0,
        ))  # fmt: skip
        watched = [n for n, bit in enumerate((0x02, 0x04, 0x08)) if self._reports & bit]
        if not watched or "no_automatic" in self.faults:
            return
        if not self._reported or any(now[n] != self._reported[n] for n in watched):
            self._reported = now
            self.reply(now)

    # printing ---------------------------------------------------------------------------------------------------

    def tick(self, now_s: float) -> None:
        """Bring the paper forward; answer what stands behind it; say what has changed."""
        self._report_changes()
        if self._printing is not None and now_s >= self._busy_until_s and not self.stopped:
            self._jobs.append(self._printing)
            self._printing = None
        while self._printing is None and self._queue and not self.stopped:
            work = self._queue.popleft()
            if isinstance(work, int):
                self._answer_query(work)
            else:
                self._printing = work
                length_mm = interpret(work, width_dots=self._width_dots).picture.height / DOTS_PER_MM
                self._busy_until_s = time.monotonic() + length_mm / self._speed_mm_s + self._cut_s

    def _answer_query(self, number: int) -> None:
        if "no_ack" in self.faults:
            return
        paper = {"full": 0x00, "low": 0x03, "out": 0x0F}[self.paper]
        self.reply(bytes((paper if number in (1, 49) else 0x00,)))

    # the world --------------------------------------------------------------------------------------------------

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        """A person's hand at the printer."""
        match do:
            case "paper.out" | "paper.low":
                self.paper = do.removeprefix("paper.")
            case "paper.refill":
                self.paper = "full"
            case "cover.open" | "cover.close":
                self.cover = do == "cover.open"
            case "receipt.take":
                self._taken = len(self._jobs)
            case "job.last":
                return {"bytes": base64.b64encode(self._last()).decode()}
            case "job.save":
                job = interpret(self._last(), width_dots=self._width_dots)
                as_photograph(job).save(Path(str(call["path"])))
                return {"unknown": job.unknown}
            case _:
                raise ValueError("known are paper.*, cover.*, receipt.take, job.last, job.save")
        return {}

    def _last(self) -> bytes:
        if not self._jobs:
            raise ValueError("nothing was printed yet")
        return self._jobs[-1]

    def state(self) -> Answer:
        """Paper, cover, finished jobs, receipts that hang in the slot."""
        return {
            "paper": self.paper, "cover_open": self.cover, "jobs_printed": len(self._jobs),
            "in_slot": len(self._jobs) - self._taken, "waiting": len(self._queue) + (self._printing is not None),
        }  # fmt: skip


def main() -> None:
    """Run one emulated printer until ended."""
    parser = arguments("Emulated ESC/POS receipt printer.")
    parser.add_argument("--print-speed", type=float, default=SPEED_MM_S, help="mm/s")
    parser.add_argument("--cut-time", type=float, default=CUT_S, help="seconds the knife takes")
    parser.add_argument("--width-dots", type=int, default=WIDTH_DOTS, help="384 at 58 mm paper")
    options = parser.parse_args()
    run(Printer(options.print_speed, options.cut_time, options.width_dots), options)


if __name__ == "__main__":
    main()
