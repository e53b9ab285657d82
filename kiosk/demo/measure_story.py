"""Times one citizen and one person on staff after the other on the real program, from outside.

Touches and pages are told by the screen's probe, the physical world by the emulators, facts by the journal's own
times; all clocks are this machine's.
"""

import asyncio
import json
import re
import statistics
import time
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from drivers.emulators.escpos import CUT_S, DOTS_PER_MM, SPEED_MM_S
from drivers.emulators.escpos_render import interpret
from drivers.emulators.world import World
from kiosk.journal.journal import opened

from .figures import Figure, figure
from .filling import bring_all, fill_in
from .measure_size import Memory, memory
from .performing import pass_check
from .player import FACE, ITEM, PERSON, PHONE, STAFF_NO, STAFF_PHONE, STAFF_PIN
from .probe import Probe, ProbeError

PAGE_TIMEOUT_S: Final = 30.0
TRAVEL_MS: Final = 50.0  # the emulated lock's own
SMS_PART_S: Final = 0.8  # the emulated network's time for one part
CHECK_LINE: Final = re.compile(
    r"a face check ended: (\d+) ms in all, (\d+) ms after its last picture, (\d+) ms for its challenge"
)
WATCH_PERIOD_S: Final = 0.05
DIGIT: Final = "digit."
HOLD_S: Final = 0.08  # a quick finger rests on the glass about as long

QUICK: Final = "senior-card"  # its form asks nothing that the card does not say
OLD_PERSON: Final = "old"
# Card, Moran and Newell, 1980: to point and touch (P + B); to think (M) where something is read; a digit of a code (K).
TOUCH_S: Final = 1.2
THINK_S: Final = 1.35
KEY_S: Final = 0.75
READ: Final = frozenset({"guide.have_all", "consent.accept", "confirm.ok", "decided.granted_go_on"})
AWAITED: Final = frozenset(
    {"decided.granted_go_on", "sealing.done"}
)  # timed up to the open door, to the receipt
HANDS_S: Final = 15.0  # the card laid, papers put in and the door shut, receipt and card taken: estimated


@dataclass(frozen=True, slots=True)
class Deposit:
    """One citizen's whole deposit: seconds that they waited for the machine, by what for, and what they touched.

    `card_s`: with the face check's challenge, in which the person moves; `pages_s`: from each touch to what it shows.
    """

    pages_s: float
    card_s: float
    door_s: float
    seen_s: float
    receipt_s: float
    receipt_mm: float
    tapped: tuple[str, ...]

    def waited_s(self, challenge_s: float) -> float:
        """Of the machine alone."""
        return self.pages_s + self.card_s - challenge_s + self.door_s + self.seen_s + self.receipt_s

    @property
    def keys(self) -> int:
        """How many digits were typed."""
        return sum(key.startswith(DIGIT) for key in self.tapped)

    @property
    def touches(self) -> int:
        """How many other controls were touched."""
        return len(self.tapped) - self.keys

    @property
    def reads(self) -> int:
        """Before how many of them something was read."""
        return sum(key in READ for key in self.tapped)

    def hands_s(self) -> float:
        """What a person who knows what they want does in between."""
        return TOUCH_S * self.touches + THINK_S * self.reads + KEY_S * self.keys + HANDS_S


@dataclass(slots=True)
class Times:
    """What was seen, in Unix seconds where a name ends in `_at`, else milliseconds."""

    first_touches_ms: list[float] = field(default_factory=list)  # the page had not been shown before
    touches_ms: list[float] = field(default_factory=list)
    digits_ms: list[float] = field(default_factory=list)
    felt_ms: list[float] = field(default_factory=list)
    frames_ms: list[float] = field(default_factory=list)  # of a full frame, once after each turned page
    worst: tuple[float, str] = (0.0, "")
    card_out_at: list[float] = field(default_factory=list)
    confirmed_at: list[float] = field(default_factory=list)
    open_shown_at: list[float] = field(default_factory=list)
    handed_in_at: list[float] = field(default_factory=list)
    deposits: list[Deposit] = field(default_factory=list)
    sizes: list[Memory] = field(default_factory=list)


@dataclass(slots=True)
class Visits:
    """Plays visits through the probe and keeps their times. `leader`: the program's process."""

    probe: Probe
    world: World
    leader: int
    times: Times = field(default_factory=Times)
    _known: set[str] = field(default_factory=lambda: {"home"})

    def visit(self, item: str = ITEM, person: str = PERSON) -> None:
        """One citizen, one collection. Raises `ProbeError`."""
        begun, answered = len(self.probe.tapped), len(self._answers_ms())
        card_s = self._identify(item, person)
        cell, door_s = self._apply()
        seen_s, receipt_s, receipt_mm = self._put_in(cell)
        tapped, answers_ms = tuple(self.probe.tapped[begun:]), self._answers_ms()[answered:]
        pages = sum(key not in AWAITED for key in tapped)
        pages_s = statistics.fmean(answers_ms) / 1000 * pages  # those that nobody timed as the others
        self.times.deposits.append(Deposit(pages_s, card_s, door_s, seen_s, receipt_s, receipt_mm, tapped))
        self._collect(cell)

    def _answers_ms(self) -> list[float]:
        return [*self.times.first_touches_ms, *self.times.touches_ms, *self.times.digits_ms]

    def _identify(self, item: str, person: str) -> float:
        """From the home page until it is known who they are; the seconds of that from the card on."""
        self.wait_for("home.deposit")
        self.world.do("camera", "face.show", name=FACE)  # who comes stands there before the card is read
        self.touch("home.deposit", "items")
        self.touch(f"item.{item}", "guide")
        self._tap("guide.have_all")
        self.wait_for("guide.start")
        self.touch("guide.start", "consent")
        self.touch("consent.accept", "card")
        self.world.do("reader", "card.place", person=person)
        laid_s = time.monotonic()
        known = pass_check(self.probe, self.world)
        card_s = time.monotonic() - laid_s
        if known == "own.cases":  # the same person as before
            self.touch("own.new", "[!o]*")
        fill_in(self.probe, PAGE_TIMEOUT_S)
        self.times.card_out_at.append(self.world.do("reader", "state")["card_out_at"])
        self.times.sizes.append(memory(self.leader))
        return card_s

    def _apply(self) -> tuple[str, float]:
        """Confirm; the compartment, and the seconds until it is shown open."""
        if not self.probe.has("phone.next"):  # it is known from the last time
            for digit in PHONE:
                self.type_digit(digit)
        bring_all(self.probe, PAGE_TIMEOUT_S)
        touched_s = self.touch("confirm.ok", "[cd]*")
        if (name := str(self.probe.page()["name"])).startswith("decided."):  # by the rules; it is read first
            touched_s = self.touch(f"{name}_go_on", "compartment.*")
        page = self.probe.wait("compartment.open", timeout_s=PAGE_TIMEOUT_S)
        shown_s = next(at for _, name, at in reversed(page["lately"]) if name == "compartment.open")
        self.times.confirmed_at.append(_wall(touched_s))
        self.times.open_shown_at.append(_wall(shown_s))
        channels = self.world.do("board", "state")["channels"]
        cell = next(
            cell for cell, number in self.world.cells.items() if channels[str(number)]["door"] == "open"
        )
        return cell, shown_s - touched_s

    def _put_in(self, cell: str) -> tuple[float, float, float]:
        """Papers in; seconds until the shut door is seen and from the last touch to the receipt, its length in mm."""
        self.world.perform(f"papers put {cell}")
        self.world.perform(f"door close {cell}")
        shut_s = time.monotonic()
        self.probe.wait("compartment.sealing", timeout_s=PAGE_TIMEOUT_S)
        seen_s = time.monotonic() - shut_s
        handed_in_s = self.touch("sealing.done", "*")
        self.times.handed_in_at.append(_wall(handed_in_s))
        self.probe.wait("receipt.take", timeout_s=PAGE_TIMEOUT_S)
        receipt_s = time.monotonic() - handed_in_s
        job = b64decode(self.world.do("printer", "job.last")["bytes"])
        self.world.do("printer", "receipt.take")
        self.touch("receipt.next", "notice.take_card")
        self.world.do("reader", "card.lift")
        self.world.do("camera", "face.show", name="none")
        self.probe.wait("notice.done", timeout_s=PAGE_TIMEOUT_S)
        self.touch("action.home", "home")
        return seen_s, receipt_s, interpret(job).picture.height / DOTS_PER_MM

    def _collect(self, cell: str) -> None:
        self.touch("head.staff", "staff.number")
        for digit in STAFF_NO:
            self.type_digit(digit)
        self.touch("action.next", "staff.pin")
        for digit in STAFF_PIN:
            self.type_digit(digit)
        self.probe.tap("action.next")  # the next page waits for the PIN's deliberately slow hash
        self.probe.wait("staff.list", timeout_s=PAGE_TIMEOUT_S)
        self.touch("staff.collect", "staff.take")
        self.world.perform(f"papers take {cell}")
        self.world.perform(f"door close {cell}")
        self.probe.wait("staff.collected", timeout_s=PAGE_TIMEOUT_S)
        self.touch("action.next", "staff.list")
        self.touch("staff.sign_out", "home")

    # touches ----------------------------------------------------------------------------------------------------

    def touch(self, key: str, page: str) -> float:
        """Touch what leads to another page; when the finger left, in seconds of CLOCK_MONOTONIC."""
        before = self.probe.page()
        touched = self._tap(key)
        name, passed_ms = self._answered(before["name"], touched)
        first, self._known = name not in self._known, self._known | {name}
        (self.times.first_touches_ms if first else self.times.touches_ms).append(passed_ms)
        self.times.worst = max(self.times.worst, (passed_ms, name))
        self.probe.wait(page, timeout_s=PAGE_TIMEOUT_S)
        self.times.frames_ms.append(1000 * self.probe.call("frame")["seconds"])
        return float(touched["touched_at"])

    def type_digit(self, digit: str) -> None:
        """Touch one key; the page stays and shows the digit."""
        touched = self._tap(f"digit.{digit}")
        _, passed_ms = self._answered("", touched)
        self.times.digits_ms.append(passed_ms)

    def _tap(self, key: str) -> dict[str, Any]:
        touched = self.probe.tap(key, hold_s=HOLD_S)
        if touched["felt_at"] is not None:
            self.times.felt_ms.append(1000 * (touched["felt_at"] - touched["pressed_at"]))
        return touched

    def wait_for(self, key: str) -> None:
        """Wait until the page has this control. Raises `ProbeError`."""
        deadline = time.monotonic() + PAGE_TIMEOUT_S
        while not self.probe.has(key):
            if time.monotonic() > deadline:
                raise ProbeError(f"no {key} within {PAGE_TIMEOUT_S:g} s")
            time.sleep(WATCH_PERIOD_S)

    def _answered(self, old_name: str, touched: dict[str, Any]) -> tuple[str, float]:
        """The page that answered a touch, and after how many milliseconds it was drawn."""
        deadline = time.monotonic() + PAGE_TIMEOUT_S
        while time.monotonic() < deadline:
            for serial, name, shown_at in self.probe.wait("*", steady=False)["lately"]:
                if serial > touched["serial"] and name != old_name:
                    return name, 1000 * (shown_at - touched["touched_at"])
            time.sleep(WATCH_PERIOD_S)
        raise ProbeError(f"no page followed the touch on {old_name}")


def touch_figures(times: Times) -> list[Figure]:
    """From the finger's coming to the control that looks pressed, and from its leaving to the answer."""
    every = [*times.first_touches_ms, *times.touches_ms]
    slowest = f"slowest: {times.worst[1]}, {times.worst[0]:.0f} ms"
    floor = f"{statistics.median(times.frames_ms):.0f} ms: a full frame in software"
    return [
        figure("touch -> next page drawn", "ms", every, 60.0, floor, slowest),
        figure("  the first time a page is shown", "ms", times.first_touches_ms),
        figure("  every later time", "ms", times.touches_ms),
        figure("touch -> digit drawn", "ms", times.digits_ms, 60.0, floor),
        figure("finger comes -> control looks pressed", "ms", times.felt_ms),
    ]


def device_figures(times: Times, state: Path, log: Path, world_folder: Path) -> list[Figure]:
    """Face, door and notices, once the program has ended. `state`: its folder; `log`: what it said."""
    facts = asyncio.run(_facts(state))
    verified, opened_at = facts["IdentityVerified"], facts["DoorOpened"]
    total = [1000 * (_next(verified, out) - out) for out in times.card_out_at]
    doors = [1000 * (_next(opened_at, at) - at) for at in times.confirmed_at]
    shown = [1000 * (b - a) for a, b in zip(times.confirmed_at, times.open_shown_at, strict=True)]
    checks = [tuple(map(int, found)) for found in CHECK_LINE.findall(log.read_text(encoding="utf-8"))]
    heard = _heard(world_folder / "mqtt.jsonl", "deposit.held.")
    note = "the challenge as set by default, done by the emulated person in 0.3 to 0.8 s a step and the movement's time"
    return [
        figure("last usable picture -> outcome of the face check", "ms", [last for _, last, _ in checks], 500.0),
        figure("  card's last byte -> outcome, the challenge's own time in it", "ms", total),
        figure("  of it from the challenge's first step on", "ms", [own for _, _, own in checks], None, "", note),
        figure("confirm -> door reported open, without travel", "ms", [ms - TRAVEL_MS for ms in doors], 150.0,
               "2 polls, 3 syncs", "the board's answer takes 10 ms and 9 bytes at 19200 baud; travel 50 ms"),
        figure("  confirm -> page says open, with travel", "ms", shown),
        figure("handed in -> MQTT subscriber has it", "ms",
               [1000 * (_next(heard, at) - at) for at in times.handed_in_at], 300.0, "2 syncs"),
    ]  # fmt: skip


def deposit_figures(times: Times, log: Path) -> list[Figure]:
    """The first deposit of somebody who knows what they want: all of it, and what of it they wait for the machine."""
    first = times.deposits[0]
    challenge_s = int(CHECK_LINE.findall(log.read_text(encoding="utf-8"))[0][2]) / 1000
    waited_s = first.waited_s(challenge_s)
    where = (
        f"pages {first.pages_s:.1f}, card and face {first.card_s - challenge_s:.1f}, door {first.door_s:.1f}, "
        f"shut door seen {first.seen_s:.1f}, recorded and printed {first.receipt_s:.1f}"
    )
    person = (
        f"{first.touches} touches of {TOUCH_S} s, {first.reads} times reading {THINK_S} s, {first.keys} digits of "
        f"{KEY_S} s, {challenge_s:.1f} s of movements, {HANDS_S:g} s of hands"
    )
    paper = f"{first.receipt_mm:.0f} mm of paper: {first.receipt_mm / SPEED_MM_S + CUT_S:.1f} s"
    return [
        figure("first deposit: the machine's own waiting", "s", [waited_s], 6.0, paper, where),
        figure("first deposit: all of it", "s", [waited_s + challenge_s + first.hands_s()], 60.0, "", person),
    ]


def sms_figure(times: Times, world: World) -> Figure:
    """Handed in to the modem's acceptance of the message to staff."""
    messages = world.do("modem", "messages")["messages"]
    sent = [
        datetime.fromisoformat(message["at"]).timestamp() for message in messages
        if message["number"].removeprefix("+86") == STAFF_PHONE
    ]  # fmt: skip
    values = [_next(sent, at) - at for at in times.handed_in_at]
    floor = f"{SMS_PART_S:g} s a part (emulated network)"
    return figure("handed in -> modem accepted the SMS to staff", "s", values, 5.0, floor)


async def _facts(state: Path) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"IdentityVerified": [], "DoorOpened": []}
    async with opened(state) as journal:
        after = 0
        while events := await journal.events(after=after, kinds=tuple(found)):
            for event in events:
                found[event.type].append(event.at.timestamp())
            after = events[-1].seq
    return found


def _heard(log: Path, kind: str) -> list[float]:
    """When the independent subscriber received events of a kind."""
    found = []
    for line in log.read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        payload = message["payload"]
        if isinstance(payload, dict) and kind in str(payload.get("type", "")):
            found.append(float(message["at"]))
    return found


def _next(times: list[float], after: float) -> float:
    """The first of `times` that is not before `after`. Raises `ProbeError` where there is none."""
    found = [at for at in times if at >= after]
    if not found:
        raise ProbeError("an event that was expected is not in the records")
    return min(found)


def _median(values: list[float]) -> float:
    return figure("", "", values).median


def _wall(monotonic_s: float) -> float:
    return monotonic_s + time.time() - time.monotonic()
