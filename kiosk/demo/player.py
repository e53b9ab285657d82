"""The player of `nightdesk demo --auto`: a citizen at night and a person on staff in the morning.

It knows page names, text keys and the physical world's words, and nothing of the program. Each step ends with a
confirmation by the device concerned, never by the screen alone.
"""

import base64
import fnmatch
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from drivers.emulators.world import World

from .filling import FORM, bring_all, fill_in
from .performing import CHALLENGE, pass_check
from .probe import Probe, ProbeError

PERSON: Final = "jia"
FACE: Final = "obama3"
PHONE: Final = "13800138000"
STAFF_NO: Final = "1001"
STAFF_PIN: Final = "402815"
HELPER_NO: Final = "2001"
HELPER_PIN: Final = "739046"
STAFF_PHONE: Final = "13900139000"
ITEM: Final = "food-permit"
DEADLINE_S: Final = 20.0  # for a device to confirm a step
STORY: Final = (
    "home", "items", "guide", "consent", "card", "card.reading", "face", "face.challenge.*", "own.looking",
    "form.*", "phone",
    "confirm", "compartment.reserving", "compartment.opening", "compartment.open", "compartment.sealing",
    "compartment.closed_seen",
    "receipt.printing", "receipt.take", "notice.take_card", "notice.done", "staff.*",
)  # fmt: skip


class StepFailed(Exception):
    """A step was not confirmed. `step` is its name."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.step = step
        self.why = why


@dataclass(slots=True)
class Player:
    """Plays the story; `done` collects each step with its duration in seconds and who confirmed it."""

    probe: Probe
    world: World
    pictures: Path | None
    deadline_s: float = DEADLINE_S
    done: list[dict[str, Any]] = field(default_factory=list)
    cell: str = ""
    _step: str = ""
    _count: int = 0

    def play(self) -> None:
        """The whole story. Raises `StepFailed`."""
        self.citizen()
        self.notices()
        self.staff()

    # the citizen ------------------------------------------------------------------------------------------------

    def citizen(self) -> None:
        """Choose, consent, card, face, phone, confirm, compartment, receipt, card back."""
        with self.step("the first page offers a deposit", "screen"):
            self.sees("home", timeout_s=60.0)
            self.until(lambda: self.probe.has("home.deposit"), "the kiosk says it cannot take deposits now")
            self.picture("home")
        with self.step("choose an item", "screen"):
            self.probe.tap("home.deposit")
            self.sees("items")
            self.picture("items")
            self.probe.tap(f"item.{ITEM}")
            self.sees("guide")
            self.picture("guide")
            self.probe.tap("guide.have_all")
            self.until(lambda: self.probe.has("guide.start"), "the papers are not all ticked")
            self.probe.tap("guide.start")
        self.identify()
        self.apply()
        self.put_in()
        self.take_leave()

    def identify(self) -> None:
        """Consent, card, live face."""
        with self.step("consent to the face check", "screen"):
            self.sees("consent")
            self.picture("consent")
            self.probe.tap("consent.accept")
        with self.step("place the card", "reader"):
            self.sees("card")
            self.picture("card")
            self.world.do("camera", "face.show", name=FACE)
            self.world.do("reader", "card.place", person=PERSON)
            self.sees("card.reading")
            self.picture("card-reading")
        with self.step("the live face matches the card's photo", "camera"):
            self.probe.wait("face", timeout_s=self.deadline_s, steady=False)
            self.picture("face", page="face*", live=True)
            came = pass_check(self.probe, self.world, asked=self.picture_of_step)
            if not came.startswith((FORM, "phone")):
                raise ProbeError(
                    f"the screen shows {came!r} after the check, where the questions should come"
                )
        self.fill()

    def fill(self) -> None:
        """The questions that neither card nor an earlier case answers."""
        with self.step("the form", "screen"):
            self.picture("form")
            fill_in(self.probe, self.deadline_s)
            self.sees("phone")

    def apply(self) -> None:
        """Phone number, everything once more."""
        with self.step("phone number and confirmation", "screen"):
            if not self.probe.has("phone.next"):  # it is known from an earlier case
                self.enter(PHONE)
            self.picture("phone")
            bring_all(self.probe, self.deadline_s)
            self.picture("confirm")
            self.probe.tap("confirm.ok")

    def put_in(self) -> None:
        """The door opens, papers in, door shut."""
        with self.step("the compartment opens", "board"):
            self.sees("compartment.open")
            self.cell = self.open_cell()
            self.picture("compartment-open")
        with self.step("papers in, door shut", "board"):
            self.world.perform(f"papers put {self.cell}")
            self.world.perform(f"door close {self.cell}")
            self.sees("compartment.sealing")
            self.picture("compartment-sealing")
            self.touch("sealing.done")
            self.sees("receipt.*")
            self.until(lambda: self.board_says(self.cell, "closed", item=True), "the sensors do not see it")

    def take_leave(self) -> None:
        """Receipt, card, home."""
        with self.step("the receipt is printed", "printer"):
            self.picture("receipt-printing")
            self.sees("receipt.take")
            self.picture("receipt")
            jobs = self.world.do("printer", "state")["jobs_printed"]
            if jobs < 1:
                raise ProbeError("the printer has no finished job")
            drawn = self.world.do("printer", "job.save", path=str(self.world.folder / "receipt.png"))
            if drawn["unknown"]:
                raise ProbeError(f"bytes that no such printer knows: {drawn['unknown'][0]}")
            printed = self.world.do("printer", "job.last")["bytes"]
            (self.world.folder / "receipt.bin").write_bytes(base64.b64decode(printed))
            self.world.do("printer", "receipt.take")
        with self.step("lift the card, leave", "reader"):
            self.probe.tap("receipt.next")
            self.sees("notice.take_card")
            self.picture("take-card")
            self.world.do("reader", "card.lift")
            self.world.do("camera", "face.show", name="none")
            self.sees("notice.done")
            self.picture("done")
            self.probe.tap("action.home")
            self.sees("home")

    # what staff are told ----------------------------------------------------------------------------------------

    def notices(self) -> None:
        """An independent subscriber has the deposit, the modem has sent both messages."""
        with self.step("staff know by MQTT", "broker"):
            log = self.world.folder / "mqtt.jsonl"
            self.until(lambda: "deposit.held" in read(log), "no subscriber received the deposit")
        with self.step("staff and citizen know by SMS", "modem"):
            wanted = {STAFF_PHONE, PHONE}
            self.until(lambda: wanted <= self.numbers(), "the modem did not take the messages")

    def numbers(self) -> set[str]:
        """Numbers the modem sent to, without the country code."""
        messages = self.world.do("modem", "messages")["messages"]
        return {message["number"].removeprefix("+86") for message in messages}

    # staff ------------------------------------------------------------------------------------------------------

    def staff(self) -> None:
        """Sign in, see the deposit, open, take, close, sign out."""
        with self.step("staff sign in", "screen"):
            self.probe.tap("head.staff")
            self.sees("staff.number")
            self.enter(STAFF_NO)
            self.picture("staff-number")
            self.touch("action.next")
            self.sees("staff.pin")
            self.enter(STAFF_PIN)
            self.picture("staff-pin")
            self.touch("action.next")
            self.sees("staff.list")
            self.picture("staff-list")
        with self.step("staff open the compartment", "board"):
            self.probe.tap("staff.collect")
            self.sees("staff.take")
            self.picture("staff-open")
        with self.step("staff take the papers, shut the door", "board"):
            self.world.perform(f"papers take {self.cell}")
            self.world.perform(f"door close {self.cell}")
            self.sees("staff.collected")
            self.picture("staff-collected")
            self.until(
                lambda: self.board_says(self.cell, "closed", item=False), "the sensors still see something"
            )
        with self.step("the hand-over slip is printed", "printer"):
            self.until(
                lambda: self.world.do("printer", "state")["jobs_printed"] > 1, "the printer has no second job"
            )
        with self.step("staff sign out", "screen"):
            self.probe.tap("action.next")
            self.sees("staff.list")
            self.picture("staff-list-empty")
            self.probe.tap("staff.sign_out")
            self.sees("home")
            self.picture("home-again")
        with self.step("the collection is known by MQTT", "broker"):
            log = self.world.folder / "mqtt.jsonl"
            self.until(lambda: "deposit.collected" in read(log), "no subscriber received the collection")

    # tools ------------------------------------------------------------------------------------------------------

    @contextmanager
    def step(self, name: str, confirmed_by: str) -> Iterator[None]:
        """One step of the story; what fails inside names it."""
        started = time.monotonic()
        self._step = name
        try:
            yield
        except (ProbeError, ValueError, OSError) as error:
            raise StepFailed(name, str(error)) from error
        seconds = round(time.monotonic() - started, 3)
        self.done.append({"step": name, "confirmed_by": confirmed_by, "seconds": seconds})

    def sees(self, pattern: str, *, timeout_s: float = 0.0) -> None:
        """Wait for a page, by default within the deadline. Raises `ProbeError`."""
        limit_s = timeout_s or self.deadline_s
        ends = time.monotonic() + limit_s
        while not fnmatch.fnmatchcase(shown := self.shown(), pattern):
            if not any(fnmatch.fnmatchcase(shown, page) for page in STORY):
                raise ProbeError(f"the screen shows {shown!r}, which is no part of the story")
            if time.monotonic() > ends:
                raise ProbeError(f"the screen shows {shown!r}, not {pattern!r}, after {limit_s:g} s")
            time.sleep(0.05)  # the pace of asking; the deadline decides

    def shown(self) -> str:
        """The page that stands now, even if it moves."""
        return str(self.probe.wait("*", steady=False)["name"])

    def picture(self, name: str, *, page: str = "*", live: bool = False) -> None:
        """Keep the page as shown, where there are pixels; `live`: once the camera's picture stands on it."""
        if self.pictures is None:
            return
        self._count += 1
        self.probe.picture(self.pictures / f"{self._count:02d}-{name}.png", name=page, live=live)

    def picture_of_step(self, step: str) -> None:
        """The page that asks for a movement, before it is made."""
        self.picture(f"face-{step}".replace("_", "-"), page=f"{CHALLENGE}{step}", live=True)

    def enter(self, digits: str) -> None:
        """Digits on the keypad."""
        for digit in digits:
            self.probe.tap(f"digit.{digit}")

    def touch(self, key: str) -> None:
        """Touch a control as soon as it can be used: the last digit may still be on its way to the page."""
        self.until(lambda: self.probe.has(key), f"{key} can not be used")
        self.probe.tap(key)

    def open_cell(self) -> str:
        """The one compartment that the lock board says is open."""
        channels = self.world.do("board", "state")["channels"]
        found = [
            cell for cell, channel in self.world.cells.items() if channels[str(channel)]["door"] == "open"
        ]
        if len(found) != 1:
            raise ProbeError(f"{len(found)} doors are open, one should be")
        return found[0]

    def board_says(self, cell: str, door: str, *, item: bool) -> bool:
        """Door and item as they are in the physical world."""
        channel = self.world.do("board", "state")["channels"][str(self.world.cells[cell])]
        return bool(channel["door"] == door and channel["item"] == item)

    def until(self, true: Callable[[], bool], why: str, timeout_s: float = 0.0) -> None:
        """Ask again until it is so. Raises `ProbeError` with `why` past the limit."""
        limit_s = timeout_s or self.deadline_s
        ends = time.monotonic() + limit_s
        while not true():
            if time.monotonic() > ends:
                raise ProbeError(f"{why} (within {limit_s:g} s; the screen shows {self.shown()!r})")
            time.sleep(0.05)  # the pace of asking; the deadline above decides


def read(path: Path) -> str:
    """A file's text, empty while it is not there."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def events_in(path: Path, pattern: str) -> list[dict[str, Any]]:
    """Messages of a subscriber's log whose topic matches a shell pattern."""
    lines = [json.loads(line) for line in read(path).splitlines()]
    return [line for line in lines if fnmatch.fnmatch(line["topic"], pattern)]
