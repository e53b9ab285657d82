"""The invariants: what must hold at each fact, after each start and at the end. See docs/simulator.md.

The checker looks at the world's truth and at what the journal's tables hold; it decides nothing and shares no code with
what it checks, but the names of events.
"""

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Any, Final

from drivers.contracts.board import ItemState
from kiosk.journal.events import CaseOpened, KioskParked, KioskStarted, MainsReturned, SessionStarted
from kiosk.journal.types import Recorded
from kiosk.session import state as st
from locker import events as custody
from locker.compartment import Compartment

from .world import Box, World

GENESIS: Final = bytes(32)
_OF_AN_AUDIT: Final = ("AuditStarted", "AuditSigned", "AuditAbandoned", "AuditCutOff")
SET_BY_PEOPLE: Final = ("lang", "large", "scheme", "voice", "look")  # how a session is shown
PARKS_S: Final = 1.0  # until all know of it


class Invariant(StrEnum):
    """What must hold."""

    CUSTODIAN = "no paper without custodian"
    ONE_CUSTODIAN = "no paper with two custodians"
    GIVEN_ONCE = "no compartment given twice"
    ONE_DOOR = "never two doors open by one session"
    INTENT_FIRST = "no door opened without a durable intent"
    SEEN = "what a sensor is said to have seen is so"
    NOTICE = "no fact without its notice and no notice without its fact"
    KEPT = "what was told is still known after a power cut"
    IDLE = "nothing of the last citizen in Idle"
    NORMAL = "settings are normal again after each session"
    OUTCOME = "every request has an outcome"
    CHAIN = "the chain verifies"
    PARKED = "nobody begins while the battery ends"
    STARTS = "the kiosk starts, and goes on"


@dataclass(frozen=True, slots=True)
class Violation:
    """One invariant that did not hold."""

    invariant: Invariant
    what: str
    at_s: float


class Checker:
    """Collects violations of one history. `now` gives virtual seconds since it began."""

    def __init__(self, world: World, now: Callable[[], float]) -> None:
        self.violations: list[Violation] = []
        self._world = world
        self._now = now
        self._told: list[tuple[int, str]] = []  # facts that others were told of
        self._opened_for: dict[
            str, tuple[str, int]
        ] = {}  # compartment -> who had it opened, and which opening
        self._deceived: set[str] = (
            set()
        )  # compartments whose sensor has not told the truth, or that were forced
        self._untold: set[str] = (
            set()
        )  # compartments shut while the sensor could not tell: a person's word stands
        self._cases: set[str] = set()
        self._openings: dict[str, int] = {}  # compartment -> openings that the record knows of
        self._holder: dict[str, str] = {}  # compartment -> case, by the facts
        self._chain: tuple[int, bytes] = (0, GENESIS)
        self._parked_s = inf  # since when the kiosk only waits for the mains

    # while it runs ----------------------------------------------------------------------------------------------

    def note(self, invariant: Invariant, what: str) -> None:
        """It did not hold."""
        self.violations.append(Violation(invariant, what, round(self._now(), 3)))

    def unlocking(self, cell: str, who: str, *, intended: bool, unsafe: bool) -> None:
        """A lock is about to move."""
        if not intended:
            self.note(Invariant.INTENT_FIRST, f"{cell} is unlocked without an open request in the journal")
        elif unsafe:
            self.note(Invariant.INTENT_FIRST, f"{cell} is unlocked before its request is safe on the disk")
        for box in self._world.open_boxes():
            opener, opening = self._opened_for.get(box.name, ("", 0))
            ours = box.name != cell and who and opener == who and box.openings <= opening  # not forced since
            if ours and box.shown_open:  # one that gives way now, nobody can know of
                self.note(Invariant.ONE_DOOR, f"{cell} is unlocked for {who} while {box.name} stands open")
        self._opened_for[cell] = who, self._world.boxes[cell].openings + 1

    def heard(self, recorded: Recorded) -> None:
        """A fact became durable, and others are told."""
        event = recorded.event
        self._told.append((recorded.seq, type(event).__name__))
        match event:
            case CaseOpened(case_id):
                if case_id in self._cases:
                    self.note(Invariant.GIVEN_ONCE, f"the number {case_id} is given to a second case")
                self._cases.add(case_id)
            case KioskParked(reason="power"):
                self._parked_s = self._now()
            case MainsReturned() | KioskStarted():
                self._parked_s = inf
            case SessionStarted() if self._now() > self._parked_s + PARKS_S:
                self.note(Invariant.PARKED, "a session begins while the kiosk is parked")
            case custody.DoorOpened(cell=cell):
                self._opened(self._world.boxes[cell])
            case custody.DoorClosed(operation, cell, item=item):
                if operation and item is ItemState.PRESENT:  # somebody looked, and the sensor tells the truth
                    self._deceived.discard(cell)
                elif item is ItemState.ABSENT and self._world.boxes[cell].seemed_empty:
                    self._deceived.add(cell)
                (self._untold.add if item is ItemState.UNKNOWN else self._untold.discard)(cell)
            case custody.DoorForced(
                cell=cell
            ):  # the record calls nothing certain there until somebody has looked
                self._deceived.add(cell)
            case custody.DepositRequested(case_id, cell) | custody.ResultRequested(case_id, cell):
                self._given(case_id, cell)
            case custody.DepositHeld(_, cell, evidence) if evidence is custody.Evidence.SENSOR:
                self._seen(cell)
            case custody.ResultHeld(cell=cell, evidence=custody.Evidence.SENSOR):
                self._seen(cell)
            case custody.DepositAbandoned(cell=cell):
                self._holder.pop(cell, None)
                self._emptied(cell)
            case custody.CompartmentCleared(cell=cell):
                self._holder.pop(cell, None)
            case (
                custody.DepositCollected(cell=cell)
                | custody.DepositReturned(cell=cell)
                | custody.ResultRecalled(cell=cell)
            ):
                self._holder.pop(cell, None)
                self._emptied(cell)
            case _:
                pass

    def _opened(self, box: Box) -> None:
        if box.openings == self._openings.get(box.name, 0) and not box.seemed_open:
            self.note(Invariant.SEEN, f"{box.name} is said to have opened, and its door has not moved")
        self._openings[box.name] = box.openings
        box.seemed_open = False

    def _given(self, case_id: str, cell: str) -> None:
        holder = self._holder.get(cell, case_id)
        if holder != case_id:
            self.note(Invariant.GIVEN_ONCE, f"{cell} is given to {case_id} while {holder} has it")
        elif self._world.boxes[cell].papers and cell not in self._deceived | self._untold:
            self.note(Invariant.GIVEN_ONCE, f"{cell} is given to {case_id} while papers lie in it")
        self._holder[cell] = case_id

    def _seen(self, cell: str) -> None:
        if not self._world.boxes[cell].papers:
            self.note(Invariant.SEEN, f"{cell} is held by its sensor, and nothing lies in it")

    def _emptied(self, cell: str) -> None:
        box = self._world.boxes[cell]
        knowable = box.was_filled and not box.blind and cell not in self._deceived | self._untold
        if box.papers and knowable:
            self.note(Invariant.ONE_CUSTODIAN, f"{cell} was emptied by the record, and papers lie in it")
        if box.papers:  # told already, or nothing could have known
            self._deceived.add(cell)

    def published(self, seq: int, *, known: bool) -> None:
        """A notice went out."""
        if not known:
            self.note(Invariant.NOTICE, f"a notice of fact {seq} went out, and there is no such fact")
        self._told.append((seq, ""))

    def deceive(self) -> None:
        """Sensors that lie now: the record cannot know better until a person has looked."""
        for box in self._world.boxes.values():
            if box.papers and box.blind:
                self._deceived.add(box.name)
            elif not box.papers and not box.open:
                self._deceived.discard(box.name)

    def idle(self, session: st.Session, *, card_known: bool) -> None:
        """The first page stands, or a helper's desk: nobody's data may be there."""
        if card_known:
            self.note(Invariant.IDLE, "the identity process still knows the last card")
        secrets = {text for person in self._people() for text in person}
        for text in _texts(session):
            if text in secrets:
                self.note(Invariant.IDLE, "a person's data is still in the session")
                return

    def arrived(self, session: st.Session) -> None:
        """The first page has come, or nobody was there for long: it is shown as it is to everybody."""
        normal = st.Session()
        for name in SET_BY_PEOPLE:
            if getattr(session, name) != getattr(normal, name):
                self.note(Invariant.NORMAL, f"{name} is still as somebody set it")

    def _people(self) -> Iterator[tuple[str, str, str]]:
        person = self._world.visitor
        for one in (person, person.speaks_for, *person.spoke_for) if person is not None else ():
            if one is not None and one.name:
                yield one.name, one.id_number, one.phone

    # after a start, and at the end -------------------------------------------------------------------------------

    def look(self, db: Any, compartments: dict[str, Compartment], *, settled: bool) -> None:
        """Everything that the tables must say. `settled`: nobody is there and nothing is under way."""
        self._look_at_chain(db)
        self._look_at_notices(db)
        self._look_at_told(db)
        if settled:
            self._look_at_custody(db, compartments)

    def _look_at_told(self, db: Any) -> None:
        first = min((seq for seq, _ in self._told), default=0)
        there = dict(db.execute("SELECT seq, type FROM events WHERE seq >= ?", (first,)))
        for seq, kind in self._told:
            if seq not in there or kind not in ("", there[seq]):
                self.note(Invariant.KEPT, f"{kind or 'a notice'} was told as fact {seq} and is gone")
                break
        self._told.clear()

    def _look_at_custody(self, db: Any, compartments: dict[str, Compartment]) -> None:
        for box in self._world.boxes.values():
            compartment = compartments.get(box.name, Compartment(box.name))
            if box.papers and compartment.is_free and box.name not in self._deceived:
                self.note(Invariant.CUSTODIAN, f"papers lie in {box.name}, and the record calls it free")
        for operation_id, cell in db.execute("SELECT operation_id, cell FROM intents"):
            self.note(Invariant.OUTCOME, f"the opening {operation_id} of {cell} has no outcome")
        for case_id, cell in db.execute("SELECT case_id, cell FROM deposits WHERE state = 'requested'"):
            self.note(Invariant.OUTCOME, f"nothing came of the request for {cell} by {case_id}")
        audits = ", ".join("?" for _ in _OF_AN_AUDIT)
        newest = f"SELECT type FROM events WHERE type IN ({audits}) ORDER BY seq DESC LIMIT 1"
        if db.execute(newest, _OF_AN_AUDIT).fetchone() == ("AuditStarted",):
            self.note(Invariant.OUTCOME, "an audit was begun, and nothing says how it ended")
        unsaid: set[tuple[str, str]] = set()
        for kind, body in db.execute(
            "SELECT type, body FROM events WHERE type IN ('CompartmentLookedInto', 'HandoverIssued') ORDER BY seq"
        ):
            fact = json.loads(body)["data"]
            if kind == "HandoverIssued":
                unsaid -= {(case_id, cell) for case_id, cell, _ in fact["lines"]}
            elif fact["case_id"] and fact["purpose"] in ("collect", "recall", "resolve"):
                unsaid.add((fact["case_id"], fact["cell"]))
        for case_id, cell in sorted(unsaid):
            self.note(Invariant.OUTCOME, f"no slip says what staff found of {case_id} in {cell}")

    def _look_at_chain(self, db: Any) -> None:
        seq, prev = self._chain
        row = db.execute("SELECT hash FROM events WHERE seq = ?", (seq,)).fetchone()
        if seq and (row is None or bytes(row[0]) != prev):
            self.note(Invariant.CHAIN, f"fact {seq} is not what it was")
        for number, kind, version, body, before, own in db.execute(
            "SELECT seq, type, version, body, prev, hash FROM events WHERE seq > ? ORDER BY seq", (seq,)
        ):
            name = kind.encode()
            head = prev + struct.pack(">H", len(name)) + name + struct.pack(">IQ", version, len(body))
            if (
                number != seq + 1
                or bytes(before) != prev
                or hashlib.sha256(head + body).digest() != bytes(own)
            ):
                self.note(Invariant.CHAIN, f"the chain breaks at fact {number}")
            seq, prev = number, bytes(own)
        self._chain = seq, prev

    def _look_at_notices(self, db: Any) -> None:
        orphan = db.execute(
            "SELECT event_seq FROM outbox WHERE event_seq NOT IN (SELECT seq FROM events) LIMIT 1"
        ).fetchone()
        if orphan is not None:
            self.note(Invariant.NOTICE, f"a notice tells of fact {orphan[0]}, which there is not")
        silent = db.execute(
            "SELECT seq FROM events WHERE type = 'DepositHeld' AND seq NOT IN (SELECT event_seq FROM outbox) LIMIT 1"
        ).fetchone()
        if silent is not None:
            self.note(Invariant.NOTICE, f"nobody is told of the deposit of fact {silent[0]}")


def _texts(value: object) -> Iterator[str]:
    """All strings inside, in no order."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, (tuple, list, frozenset, set)):
            waiting += one
        else:
            waiting += [
                getattr(one, name) for name in getattr(one, "__match_args__", ())
            ]  # a dataclass's fields
