"""A kiosk to break: the real program, headless, real drivers, a world of emulators, and what a person does."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from drivers.emulators.world import DEVICES, World
from kiosk.demo.filling import FORM, bring_all, fill_in
from kiosk.demo.performing import perform_check
from kiosk.demo.probe import Probe, ProbeError
from kiosk.demo.stage import Stage
from kiosk.runtime.command import ask

PATIENCE_S: Final = 30.0
ITEM: Final = "senior-card"  # needs a small compartment: there are sixteen
PHONE: Final = "13800138000"
ON_CALL: Final = "1001"
STAFF_PIN: Final = "402815"
STAFF_PHONE: Final = "13900139000"
TECHNICIAN: Final = "2001"
TECHNICIAN_PHONE: Final = "13700137000"
WAYS_HOME: Final = (
    "timeout.still_here", "receipt.next", "staff.sign_out", "compartment.give_up", "action.home", "action.next",
    "action.start_over", "staff.found_nothing", "staff.left_inside", "staff.skip", "staff.result.give_up",
    "action.back",
)  # fmt: skip


@dataclass(slots=True)
class Kiosk:
    """A running kiosk and the hands and eyes of those who come to it. Every wait ends after `PATIENCE_S`."""

    stage: Stage
    headless: bool = True
    probe: Probe = field(init=False)

    @property
    def world(self) -> World:
        """The physical world: `world.perform("card place jia")`, `world.do(device, act, …)`."""
        return self.stage.world

    def start(self) -> None:
        """Start the program (again), wait for a page."""
        self.stage.launch(offscreen=True, headless=self.headless)
        self.meet()

    def meet(self) -> None:
        """Wait until the program's screen answers."""
        self.probe = Probe(self.stage.probe_socket, self.stage.alive)

    def power_cut(self) -> None:
        """The computer loses power; the world stays as it is."""
        self.stage.kill()

    # the screen -------------------------------------------------------------------------------------------------

    @property
    def page(self) -> str:
        """Name of the page that is shown."""
        return str(self.probe.page()["name"])

    def sees(self, page: str, *, timeout_s: float = PATIENCE_S) -> None:
        """Wait for a page by name or shell pattern."""
        self.probe.wait(page, timeout_s=timeout_s)

    def tap(self, key: str) -> None:
        """Touch a control by its text key, as soon as it can be used."""
        self.until(lambda: self.probe.has(key), f"{key} to touch")
        self.probe.tap(key)

    def has(self, key: str) -> bool:
        """Whether a control can be touched now."""
        return self.probe.has(key)

    def types(self, digits: str) -> None:
        """Touch digits on the keypad."""
        for digit in digits:
            self.probe.tap(f"digit.{digit}")

    def until(self, true: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> None:
        """Ask again until it is so."""
        deadline = time.monotonic() + timeout_s
        while not true():
            if time.monotonic() > deadline:
                page = self.probe.page()
                raise AssertionError(
                    f"no {what} within {timeout_s:g} s; the screen shows {page['name']}: {', '.join(page['texts'])}"
                )
            time.sleep(0.05)  # the pace of asking; the deadline above decides

    # the journal and what others are told -----------------------------------------------------------------------

    def journal(self, *types: str, after: int = 0) -> list[dict[str, Any]]:
        """Events in order, of these types or all: `seq`, `type` and the public fields."""
        rows = self._read("SELECT seq, type, body FROM events WHERE seq > ? ORDER BY seq", after)
        return [
            {"seq": seq, "type": kind, **json.loads(body)["data"]}
            for seq, kind, body in rows
            if not types or kind in types
        ]

    def unit(self, cell: str) -> tuple[str, str, str]:
        """A compartment as the journal has it: XFS4IoT's word for the storage unit, its door, its content."""
        rows = self._read("SELECT machine FROM compartments WHERE cell = ?", cell)
        assert rows, f"nothing has happened to compartment {cell} yet"
        machine = json.loads(rows[0][0])
        return machine["status"], machine["door"], machine["content"]

    def journal_types(self, after: int = 0) -> list[str]:
        """Types of the events after a number, in order."""
        return [event["type"] for event in self.journal(after=after)]

    @property
    def mark(self) -> int:
        """The newest event's number, for `after`."""
        return max((event["seq"] for event in self.journal()), default=0)

    def recorded(self, kind: str, *, after: int = 0) -> dict[str, Any]:
        """Wait until an event of this type is in the journal; the first one after `after`."""
        self.until(lambda: bool(self.journal(kind, after=after)), f"{kind} in the journal")
        return self.journal(kind, after=after)[0]

    def mqtt(self, kind: str) -> list[dict[str, Any]]:
        """Messages of a subscriber whose topic ends so (`deposit-held`, `status`): the CloudEvents' fields."""
        path = self.world.folder / "mqtt.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [_payload(line) for line in map(json.loads, lines) if line["topic"].endswith(kind)]

    def status(self, device: str) -> str:
        """The status word of a device in the newest retained status; empty when there is none."""
        return str(self.retained().get("devices", {}).get(device, ""))

    def retained(self) -> dict[str, Any]:
        """What the newest retained status says: `state`, and while online `devices`, `compartments`, `journal`."""
        told = self.mqtt("/status")
        return dict(told[-1].get("data", {})) if told else {}

    def diagnosed(self, device: str) -> str:
        """The status word that `nightdesk diagnose` gets from the running program for one device or part."""
        told = ask(self._state, "diagnose", names=[device])
        assert told is not None, "no program runs"
        return str(told["devices"][0]["health"]["status"])

    def sms(self, number: str = STAFF_PHONE) -> list[str]:
        """Texts that the modem sent to a number."""
        messages = self.world.do("modem", "messages")["messages"]
        return [message["text"] for message in messages if message["number"].endswith(number)]

    # what people do ---------------------------------------------------------------------------------------------

    def chooses(self, item: str = ITEM) -> None:
        """From home to the first page after the guide: consent, or the card where there is no face check."""
        self.sees("home")
        self.tap("home.deposit")
        self.sees("items")
        self.tap(f"item.{item}")
        self.sees("guide")
        self.tap("guide.have_all")
        self.tap("guide.start")
        self.sees("c*")

    def identifies(self, person: str = "yi") -> None:
        """Card without a face check, up to the phone page."""
        self.chooses()
        if self.page == "consent":
            self.tap("consent.decline")
        self.sees("card")
        self.world.do("reader", "card.place", person=person)
        self.card_alone()

    def card_alone(self) -> None:
        """The card was read; of the ways without a face the card alone is taken, up to the phone page."""
        self.sees("identity.ways")
        self.tap("way.card_only")
        self.comes_for_something_new()

    def before_the_camera(self, face: str, person: str) -> None:
        """Consent given, the card on the reader, this before the camera."""
        self.chooses()
        self.sees("consent")
        self.tap("consent.accept")
        self.sees("card")
        self.world.do("camera", "face.show", name=face)
        self.world.do("reader", "card.place", person=person)

    def checks(self, page: str) -> None:
        """Do what the face check asks; it ends at this page."""
        shown = perform_check(self.probe, self.world)
        assert shown == page, f"the face check ended at {shown}"

    def comes_for_something_new(self) -> None:
        """Past what the kiosk has of this person, up to the phone page."""
        self.until(self._is_past_looking, "way to the phone page")
        if self.page == "own.cut_off":
            self.tap("action.next")
            self.until(
                lambda: self.page != "own.cut_off" and self._is_past_looking(), "way to the phone page"
            )
        if self.page == "own.cases":
            self.tap("own.new")
            self.until(lambda: self.page != "own.cases", "the form")
        fill_in(self.probe, PATIENCE_S)
        self.sees("phone")

    def _is_past_looking(self) -> bool:
        return self.page in ("own.cut_off", "own.cases", "phone") or self.page.startswith(FORM)

    def confirms(self) -> None:
        """Phone number and confirmation; the page after it is the compartment's."""
        self.sees("phone")
        if not self.has("phone.next"):  # it is known from an earlier case
            self.types(PHONE)
        bring_all(self.probe, PATIENCE_S)
        self.tap("confirm.ok")

    def opens(self) -> str:
        """The compartment that stands open for the citizen."""
        self.until(
            lambda: self.page == "compartment.open" or self.page.startswith("decided."), "an open compartment"
        )
        if self.page.startswith("decided."):
            self.probe.tap(f"{self.page}_go_on")
        self.sees("compartment.open")
        return self.open_cell()

    def shuts_in(self, cell: str) -> None:
        """Papers in, door shut; whatever the kiosk makes of it."""
        self.world.perform(f"papers put {cell}")
        self.world.perform(f"door close {cell}")

    def puts_in(self, cell: str) -> None:
        """Papers in, door shut, handed in."""
        self.shuts_in(cell)
        self.sees("compartment.sealing")
        self.tap("sealing.done")

    def leaves(self) -> None:
        """From the receipt to home, card in hand."""
        self.sees("receipt.*")
        self.tap("receipt.next")
        self.sees("notice.take_card")
        self.world.do("reader", "card.lift")
        self.sees("notice.done")
        self.tap("action.home")
        self.sees("home")

    def deposit(self, person: str = "yi") -> str:
        """A following citizen hands in papers, start to end; the compartment. Asserts the held deposit."""
        mark = self.mark
        self.identifies(person)
        self.confirms()
        cell = self.opens()
        self.puts_in(cell)
        self.leaves()
        assert self.recorded("DepositHeld", after=mark)["cell"] == cell
        return cell

    def signs_in(self, pin: str = STAFF_PIN, staff_no: str = ON_CALL) -> None:
        """Staff number and PIN; the answer's page is not waited for."""
        self.tap("head.staff")
        self.sees("staff.number")
        self.types(staff_no)
        self.tap("action.next")
        self.sees("staff.pin")
        self.types(pin)
        self.tap("action.next")

    def answers(self, key: str, reason: str = "LOOKED_INSIDE") -> None:
        """Staff say what they found; a compartment that was out of service asks for a reason."""
        self.tap(key)
        self.until(lambda: self.page in ("staff.collected", "staff.reason"), "page after the answer")
        if self.page == "staff.reason":
            self.tap(f"reason.{reason}")
            self.sees("staff.collected")

    def open_cells(self) -> list[str]:
        """Compartments whose door stands open in the physical world."""
        channels = self.world.do("board", "state")["channels"]
        return [cell for cell, n in self.world.cells.items() if channels[str(n)]["door"] != "closed"]

    def open_cell(self) -> str:
        """The one open compartment."""
        found = self.open_cells()
        assert len(found) == 1, f"{len(found)} doors are open"
        return found[0]

    def to_home(self, *, deposits: bool = True) -> None:
        """Everything works again, nobody is there; the first page stands and, if so wanted, takes deposits."""
        self.repair()
        deadline = time.monotonic() + PATIENCE_S
        while self.page != "home":
            assert time.monotonic() < deadline, f"no way home from {self.page}"
            self._shut_all()  # one may have given way late
            for key in WAYS_HOME:
                if self._touched(key):
                    break
            else:
                time.sleep(0.05)  # a page that a device ends
        self.until(self._all_ended, "end of the last session in the journal")
        if deposits:
            self.until(lambda: self.has("home.deposit"), "home page that takes deposits")

    def repair(self) -> None:
        """Clear all faults, shut all doors, lift the card, nobody before the camera."""
        for device in DEVICES:
            if device != "broker":
                self.world.do(device, "fault", name="none")
        if self.world.do("reader", "state")["person"]:
            self.world.do("reader", "card.lift")
        self.world.do("camera", "face.leave")
        self._shut_all()

    def _shut_all(self) -> None:
        for cell in self.open_cells():
            self.world.perform(f"door close {cell}")

    def _all_ended(self) -> bool:
        """Whether nothing of a session is still to be written: its end follows the first page."""
        seen = self.journal("SessionStarted", "SessionEnded", "KioskStarted")
        return not seen or seen[-1]["type"] != "SessionStarted"

    @property
    def _state(self) -> Path:
        return self.stage.folder / "state"

    def _read(self, query: str, value: object) -> list[tuple[Any, ...]]:
        path = self._state / "journal.db"
        if not path.exists():
            return []
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10.0)) as db:
            return db.execute(query, (value,)).fetchall()

    def _touched(self, key: str) -> bool:
        try:
            self.probe.tap(key)
        except ProbeError:
            return False  # not on this page, or the page has just changed
        return True


def running(
    stage: Stage,
    prepare: Callable[[World], None] | None = None,
    *,
    headless: bool = True,
    technician: bool = False,
) -> Iterator[Kiosk]:
    """World and program for a while; one account that is told of everything, where wanted a technician's too.

    `prepare` happens before the program starts.
    """
    kiosk = Kiosk(stage, headless)
    try:
        stage.begin()
        card = stage.world.do("staff_card", "people")["people"]["zhang"]
        stage.nightdesk(
            "staff", "add", ON_CALL, "--config", str(stage.site), "--name", "示例员", "--role", "staff",
            "--phone", STAFF_PHONE, "--told-for", "*", "--card", card, "--pin-stdin", stdin=STAFF_PIN + "\n",
        )  # fmt: skip
        if technician:
            stage.nightdesk(
                "staff", "add", TECHNICIAN, "--config", str(stage.site), "--name", "检修员", "--role", "technician",
                "--phone", TECHNICIAN_PHONE, "--pin-stdin", stdin=STAFF_PIN + "\n",
            )  # fmt: skip
        if prepare is not None:
            prepare(stage.world)
        kiosk.start()
        yield kiosk
    finally:
        stage.end()


def demo_file() -> Path:
    """The demo's settings."""
    return Path(__file__).parents[2] / "config" / "demo.toml"


def _payload(line: dict[str, Any]) -> dict[str, Any]:
    payload = line.get("payload", {})
    return dict(json.loads(payload)) if isinstance(payload, str) and payload else dict(payload or {})


def identity_pids(kiosk: Kiosk) -> list[int]:
    """Active process and spare, as far as they run: what the program's nursery forked."""
    assert kiosk.stage.program is not None
    nurseries = _children(kiosk.stage.program.pid, b"kiosk.identity.nursery")
    return [pid for nursery in nurseries for pid in _children(nursery, b"kiosk.identity.nursery")]


def _children(pid: int, command: bytes) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return [int(one) for one in found if command in Path(f"/proc/{one}/cmdline").read_bytes()]
    except OSError:  # it has just ended
        return []
