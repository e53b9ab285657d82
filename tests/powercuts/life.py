"""One life of a kiosk from an empty disk on, recorded: deposits, staff, a result, segments, erasing, a second start."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from drivers.emulators.world import Options
from kiosk.demo.command import cells_of
from kiosk.demo.stage import Stage
from tests.faults.playing import ON_CALL, STAFF_PHONE, STAFF_PIN, Kiosk, demo_file
from tests.faults.test_staff_custody import codes, puts_in, takes

from .recording import Recorder, Recording

SUPERVISOR: Final = "9001"
OVERRIDES: Final[Mapping[str, Mapping[str, Any]]] = {
    "face": {"engine": "none"},
    "session": {"board_poll_s": 0.1},
    "journal": {"segment_events": 10, "kept_events": 10, "look_every_s": 0.5},
}
OPTIONS: Final = Options(
    read_delay_ms=50, extra={"printer": ("--print-speed", "2000"), "modem": ("--send-time", "0.05")}
)


@dataclass(slots=True)
class Life:
    """A kiosk whose programs are recorded."""

    kiosk: Kiosk
    recorder: Recorder

    @property
    def cells(self) -> tuple[str, ...]:
        """Compartments of the cabinet."""
        return tuple(self.kiosk.world.cells)

    @property
    def recording(self) -> Recording:
        """What was recorded so far; of a program once it has ended."""
        return self.recorder.recording

    def account(self, staff_no: str, role: str) -> None:
        """An account, by a program of its own, on a disk that may be empty."""
        words = ("--name", "示例员", "--role", role, "--phone", STAFF_PHONE, "--told-for", "*", "--pin-stdin")
        stage = self.kiosk.stage
        add = partial(
            stage.nightdesk,
            *("staff", "add", staff_no, "--config", str(stage.site), *words),
            stdin=STAFF_PIN + "\n",
        )
        with self.recorder.follows(add):
            pass

    @contextmanager
    def opened(self) -> Iterator[Kiosk]:
        """The program runs, and ends in order."""
        with self.recorder.follows(self.kiosk.start), self.recorder.watches(self.kiosk.world):
            self.kiosk.until(lambda: self.kiosk.has("home.deposit"), "first page that takes deposits")
            yield self.kiosk
            assert self.kiosk.stage.quit() == 0

    def erase(self, case_id: str) -> None:
        """A supervisor has the personal data of a case erased by the running program."""
        stage = self.kiosk.stage
        stage.nightdesk(
            *("journal", "erase", "--case", case_id, "--by", SUPERVISOR, "--reason", "asked for", "--stdin"),
            *("--config", str(stage.site)),
            stdin=STAFF_PIN + "\n",
        )


@contextmanager
def beginning(folder: Path) -> Iterator[Life]:
    """A world, and a disk on which nothing is."""
    stage = Stage(folder, cells_of(demo_file()), demo_file(), options=OPTIONS, overrides=OVERRIDES)
    try:
        stage.begin()
        yield Life(Kiosk(stage), Recorder(stage))
    finally:
        stage.end()


def collects(kiosk: Kiosk, cell: str) -> str:
    """Staff sign in and take what lies there; they stay at the list. The case."""
    mark = kiosk.mark
    kiosk.signs_in()
    kiosk.sees("staff.list")
    kiosk.tap("staff.collect")
    takes(kiosk, cell)
    kiosk.sees("staff.collected")
    kiosk.tap("action.next")
    kiosk.sees("staff.list")
    return str(kiosk.recorded("DepositCollected", after=mark)["case_id"])


def brings_a_result(kiosk: Kiosk, case_id: str) -> str:
    """Staff, at the list, put a result in and leave; the compartment."""
    for key in ("staff.more", "menu.put_in", f"case.{case_id}", "kind.result", "size.S"):
        kiosk.tap(key)
    cell = puts_in(kiosk)
    kiosk.to_home()
    return cell


def fetches(kiosk: Kiosk, cell: str, person: str) -> None:
    """The citizen takes the result with the newest code."""
    mark = kiosk.mark
    kiosk.until(lambda: bool(codes(kiosk)), "code by text message")
    kiosk.tap("home.fetch")
    kiosk.sees("card")
    kiosk.world.do("reader", "card.place", person=person)
    kiosk.sees("pickup.code")
    kiosk.types(codes(kiosk)[-1])
    kiosk.tap("pickup.next")
    takes(kiosk, cell)
    kiosk.recorded("CodeUsed", after=mark)
    kiosk.to_home()


def long_life(life: Life) -> None:
    """All of it: two accounts, two starts, three deposits of which one stays, a result, segments, an erasing."""
    life.account(ON_CALL, "staff")
    life.account(SUPERVISOR, "supervisor")
    with life.opened() as kiosk:
        case_id = collects(kiosk, kiosk.deposit("jia"))
        fetches(kiosk, brings_a_result(kiosk, case_id), "jia")
        kiosk.recorded("SegmentSealed")
        life.erase(case_id)
    with life.opened() as kiosk:
        kiosk.deposit()
        taken = kiosk.deposit("jia")
        kiosk.signs_in()
        kiosk.sees("staff.list")
        kiosk.tap(f"tick.{taken}")
        kiosk.tap("staff.collect_ticked")
        takes(kiosk, taken)
        kiosk.sees("staff.collected")
        kiosk.to_home()


def short_life(life: Life) -> None:
    """An empty disk, an account, a deposit that staff collect, a segment."""
    life.account(ON_CALL, "staff")
    with life.opened() as kiosk:
        collects(kiosk, kiosk.deposit())
        kiosk.to_home()
        kiosk.recorded("SegmentSealed")
