"""The history of one compartment, one case or one member of staff, out of a journal's rows, and how each line is known.

Needs no key and no running program. What the journal does not know stands beside the line that left it open.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from locker.compartment import Compartment, step

from .archive import NO_END, About, mark
from .codec import decode
from .projections import CUSTODY_EVENTS
from .rows import Chain, Row, opened_chain
from .sources import Known, how_known
from .types import StoredEvent

WATCHING: Final = frozenset(
    {
        "KioskStarted",
        "KioskStopped",
        "KioskParked",
        "CabinetOpened",
        "CabinetForced",
        "CabinetShut",
        "CabinetShaken",
        "ChannelPulled",
        "BoardCommissioned",
        "ClockSetBack",
    }
)
"""What may concern any door: whether anybody watched, who came at them from behind, locks pulled by number."""

OPENING_REQUEST: Final = "OpenRequested"
OPENING_SETTLED: Final = frozenset({"DoorOpened", "OpeningFailed", "OpenOutcomeUnknown"})
DOUBTFUL: Final = frozenset(
    {"OpenOutcomeUnknown", "CustodyDisputed", "DoorForced", "ItemSeenInEmptyCompartment"}
)
DOUBT_SETTLED: Final = frozenset(
    {
        "CompartmentCleared",
        "DepositHeld",
        "DepositCollected",
        "DepositReturned",
        "DepositAbandoned",
        "ResultHeld",
        "ResultRecalled",
    }
)
ON_OWN_AUTHORITY: Final = frozenset(
    {"RetrievalAuthorized", "DepositCollected", "CompartmentCleared", "ResultHeld", "ResultRecalled"}
)


OPEN_AT_MOST: Final = timedelta(days=1)  # a door, from the asking to the closing
FURTHER: Final = 4  # so many times as far back where a passage has nothing to tell
NAMING_STAFF: Final = ("staff_no", "second_no", "witness_no", "by", "recipient")


class View(StrEnum):
    """Whose history."""

    CASE = "case"
    CELL = "cell"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Subject:
    """One case number, compartment or staff number."""

    view: View
    name: str


@dataclass(frozen=True, slots=True)
class Open:
    """Something that the journal did not know from this line on. `until`: the row that settled it, None: none has."""

    until: Row | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history. `by`: on whose authority, as the journal writes actors; empty where nobody's."""

    row: Row
    event: StoredEvent
    known: Known
    by: str = ""
    open: Open | None = None
    unwatched_since: datetime | None = None  # nothing ran between then and this line


def history(
    path: Path,
    subject: Subject,
    upto: int = NO_END,
    since: datetime | None = None,
    *,
    salvaging: bool = False,
) -> list[Entry]:
    """Every event of the subject, ascending, each once; empty where the journal never heard of it.

    `since`: what came before need not be told, and of a member of staff it is not read. `salvaging`: events that
    damaged segments do not give are left out. The chain is not checked here. Raises `JournalUnreadable`.
    """
    with opened_chain(path, salvaging=salvaging) as chain:
        return _told(chain, _wanted(chain, subject, upto, since), upto)


def passage(
    chain: Chain, subject: Subject, upto: int, before: int, least: timedelta
) -> tuple[list[Entry], bool]:
    """The last lines of a history with numbers below `before`, those of `least` at least; and whether any stand before.

    A case is told whole; a compartment or a person on staff only so far back that there is something to tell, so that
    years need not be held in memory. What settles a line is looked for up to `upto`. Raises `JournalUnreadable`.
    """
    last = chain.at(min(before - 1, upto))
    if subject.view is View.CASE or last is None:
        return [
            one for one in _told(chain, _wanted(chain, subject, upto, None), upto) if one.row.seq < before
        ], False
    end = decode(last.row.type, last.row.version, last.row.body).at
    while True:
        begin = _seq_at(chain, end - least, last.seq)
        wanted = _wanted(chain, subject, upto, end - least, last.seq)
        # a door that stood open when the passage begins was asked to open before: more is read than is told
        known = [one for one in _told(chain, wanted, upto) if one.row.seq <= last.seq]
        lines = [one for one in known if one.event.at >= end - least]
        if lines or (begin <= 1 and not known):
            return lines, len(lines) < len(known) or (bool(lines) and begin > 1)
        least *= FURTHER


def _told(chain: Chain, wanted: "_OfCase | _OfCell | _OfStaff", upto: int) -> list[Entry]:
    told = _Telling(chain)
    for row in chain.about(wanted.about(), upto, wanted.begin):
        if row.seq > wanted.end and not told.is_waiting and wanted.is_over():
            break
        if row.row.type in WATCHING or told.awaits(row) or wanted.may_take(row.row.body):
            event = decode(row.row.type, row.row.version, row.row.body)
            told.settle(row, event)
            if wanted.takes(event):
                told.add(row, event)
    is_known = any(entry.event.type not in WATCHING for entry in told.entries)
    return told.entries if is_known else []


# who belongs --------------------------------------------------------------------------------------------------------


def _wanted(
    chain: Chain, subject: Subject, upto: int, since: datetime | None, last: int = NO_END
) -> "_OfCase | _OfCell | _OfStaff":
    """`last`: no line after this number is asked for, but what settles one before it is."""
    match subject.view:
        case View.CELL:
            begin = 1 if last == NO_END else _seq_at(chain, since, last)
            return _OfCell(subject.name, begin, last)
        case View.STAFF:
            named = [
                event.seq
                for event in _naming_staff(
                    chain, subject.name, min(upto, last), _seq_at(chain, since, min(upto, last))
                )
            ]
            return _OfStaff(subject.name, min(named, default=NO_END), max(named, default=0))
        case View.CASE:
            own = list(_naming(chain, "case_id", subject.name, upto))
            cells = {str(event.data["cell"]) for event in own if event.data.get("cell")}
            sessions = {str(event.data["session_id"]) for event in own if event.data.get("session_id")}
            visits = (event.seq for one in sessions for event in _naming(chain, "session_id", one, upto))
            seqs = [*(event.seq for event in own), *visits]
            return _OfCase(
                subject.name, min(seqs, default=NO_END), max(seqs, default=0), frozenset(sessions),
                {cell: Compartment(cell) for cell in cells},
            )  # fmt: skip


def _seq_at(chain: Chain, since: datetime | None, upto: int) -> int:
    """A number from which nothing after `since` is missing, nor a door that stood open then. `at` never decreases."""
    newest = None if since is None or chain.database is None else chain.database.newest(())
    if since is None or newest is None:
        return 1
    first, behind = 1, min(newest[0], upto) + 1
    while first < behind:
        middle = (first + behind) // 2
        row = chain.at(middle)
        if row is None or decode(row.row.type, row.row.version, row.row.body).at < since - OPEN_AT_MOST:
            first = middle + 1
        else:
            behind = middle
    return first


def _naming_staff(chain: Chain, staff_no: str, upto: int, since: int) -> Iterator[StoredEvent]:
    """A short number also stands inside longer ones: the bytes are a first look only."""
    for row in chain.about(About(texts=(staff_no.encode(),)), upto, since):
        event = decode(row.row.type, row.row.version, row.row.body)
        if _names_staff(event.data, staff_no):
            yield event


def _naming(chain: Chain, name: str, value: str, upto: int) -> Iterator[StoredEvent]:
    for row in chain.about(About(fields=((name, frozenset({value})),)), upto):
        event = decode(row.row.type, row.row.version, row.row.body)
        if event.data.get(name) == value:
            yield event


@dataclass(frozen=True, slots=True)
class _OfCell:
    """Everything at the compartment, whoever's papers are in it."""

    cell: str
    begin: int = 1
    end: int = NO_END

    def about(self) -> About:
        return About(WATCHING, (("cell", frozenset({self.cell})),))

    def may_take(self, body: bytes) -> bool:
        return mark("cell", self.cell) in body

    def takes(self, event: StoredEvent) -> bool:
        return event.type in WATCHING or event.data.get("cell") == self.cell

    def is_over(self) -> bool:
        return self.end != NO_END


@dataclass(slots=True)
class _OfCase:
    """The case's own events, those of its session, and what befell its compartment while that was its own.

    Its own events and those of its sessions lie between `begin` and `end`.
    """

    case_id: str
    begin: int
    end: int
    sessions: frozenset[str]
    cells: dict[str, Compartment]
    marks: tuple[bytes, ...] = ()
    last: dict[str, tuple[str, bool]] = field(default_factory=dict)  # cell -> its last event's type, taken?

    def __post_init__(self) -> None:
        self.marks = tuple(
            mark(name, value) for name, values in self.about().fields for value in sorted(values)
        )

    def about(self) -> About:
        cells = frozenset(self.cells)
        own = (("case_id", frozenset({self.case_id})), ("cell", cells), ("session_id", self.sessions))
        return About(WATCHING, own)

    def may_take(self, body: bytes) -> bool:
        return any(mark in body for mark in self.marks)

    def takes(self, event: StoredEvent) -> bool:
        cell, case_id = event.data.get("cell"), event.data.get("case_id")
        ours = self._moves(event) if cell in self.cells else False
        if case_id:
            taken = bool(case_id == self.case_id)
        elif event.type in WATCHING:
            taken = any(state.case_id == self.case_id for state in self.cells.values())
        elif event.type == "UnexpectedInCompartment":  # says of the event before it that it was not allowed
            taken = ours or self.last.get(str(cell)) == (event.data.get("event"), True)
        else:
            taken = ours or event.data.get("session_id") in self.sessions
        if cell in self.cells:
            self.last[str(cell)] = (event.type, taken)
        return taken

    def is_over(self) -> bool:
        """Whether no compartment is the case's any more."""
        return all(state.case_id != self.case_id for state in self.cells.values())

    def _moves(self, event: StoredEvent) -> bool:
        """Whether the compartment was this case's before or after the event."""
        before = after = self.cells[event.data["cell"]]
        if event.type in CUSTODY_EVENTS:
            after = step(before, CUSTODY_EVENTS[event.type].validate_python(dict(event.data))).state
            self.cells[after.cell] = after
        return self.case_id in {before.case_id, after.case_id}


@dataclass(slots=True)
class _OfStaff:
    """What the person did, allowed, was told or was given, and what the doors did that were opened for them."""

    staff_no: str
    begin: int  # the first event that names them, and the last
    end: int
    openings: set[str] = field(default_factory=set)

    def about(self) -> About:
        types = WATCHING | OPENING_SETTLED | DOUBT_SETTLED | {"DoorClosed"}
        return About(types, texts=(self.staff_no.encode(),))

    def may_take(self, body: bytes) -> bool:
        return self.staff_no.encode() in body or any(opening.encode() in body for opening in self.openings)

    def takes(self, event: StoredEvent) -> bool:
        data = event.data
        opening = data.get("operation_id")
        named = _names_staff(data, self.staff_no)
        if opening and named:
            self.openings.add(opening)
        taken = named or opening in self.openings
        if event.type == "DoorClosed":
            self.openings.discard(str(opening))
        return taken

    def is_over(self) -> bool:
        return not self.openings


def _names_staff(data: Mapping[str, Any], staff_no: str) -> bool:
    """Whether the public fields of an event name this person."""
    if staff_no in {data.get(name) for name in NAMING_STAFF}:
        return True
    if data.get("actor") in (staff_no, f"staff:{staff_no}"):
        return True
    # a reason names who found what is in doubt: "staff 1001 found nothing inside"
    return re.search(rf"\bstaff {re.escape(staff_no)}\b", str(data.get("reason", ""))) is not None


# what is told of each -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Telling:
    """The entries so far, and what is still open of them."""

    chain: Chain
    entries: list[Entry] = field(default_factory=list)
    openings: dict[str, int] = field(default_factory=dict)  # operation -> entry
    doubts: dict[str, list[int]] = field(default_factory=dict)  # cell -> entries
    actors: dict[str, str] = field(default_factory=dict)  # operation -> who asked for it
    cut_off: set[str] = field(default_factory=set)  # operations whose outcome a restart had to find
    items: dict[str, str] = field(default_factory=dict)  # cell -> what was seen at its last closing

    @property
    def is_waiting(self) -> bool:
        """Whether something is still to be settled."""
        return bool(self.openings or self.doubts)

    def awaits(self, row: Row) -> bool:
        """Whether the row may settle something, whoever's it is."""
        kind = row.row.type
        return (self.is_waiting and kind in OPENING_SETTLED) or (bool(self.doubts) and kind in DOUBT_SETTLED)

    def settle(self, row: Row, event: StoredEvent) -> None:
        """Close what this event answers."""
        known = Open(row, event.at)
        if event.type == "KioskStarted":
            self.cut_off |= self.openings.keys()
        elif event.type in OPENING_SETTLED:
            self._settle_opening(event, known)
        elif event.type in DOUBT_SETTLED:
            for number in self.doubts.pop(event.data["cell"], ()):
                self._mark(number, known)

    def _settle_opening(self, event: StoredEvent, known: Open) -> None:
        opening = event.data["operation_id"]
        number = self.openings.pop(opening, None)
        if number is not None:
            # That a restart had to find the outcome is worth saying; that it stayed unknown, the next line says.
            late = opening in self.cut_off and event.type != "OpenOutcomeUnknown"
            self._mark(number, known if late else None)
        doubts = self.doubts.pop(event.data["cell"], [])
        own = [one for one in doubts if self.entries[one].event.data.get("operation_id") == opening]
        for doubt in own:
            self._mark(doubt, known)
        if rest := [one for one in doubts if one not in own]:
            self.doubts[event.data["cell"]] = rest

    def _mark(self, number: int, known: Open | None) -> None:
        self.entries[number] = replace(self.entries[number], open=known)

    def add(self, row: Row, event: StoredEvent) -> None:
        """One more line."""
        data, number = event.data, len(self.entries)
        opening, cell = data.get("operation_id"), data.get("cell")
        own = f"staff:{data['staff_no']}" if event.type in ON_OWN_AUTHORITY else ""
        by = data.get("actor") or data.get("by") or own
        entry = Entry(row, event, how_known(event, self.items.get(str(cell))), by)
        if event.type == OPENING_REQUEST:
            self.actors[data["operation_id"]] = by
            self.openings[data["operation_id"]] = number
            entry = replace(entry, open=Open())
        elif opening is not None:
            entry = replace(entry, by=self.actors.get(opening, ""))
        if event.type == "DoorClosed":
            self.items[str(cell)] = data["item"]
        if event.type in DOUBTFUL:
            self.doubts.setdefault(str(cell), []).append(number)
            entry = replace(entry, open=Open())
        if event.type == "KioskStarted" and (before := self.chain.at(row.seq - 1)) is not None:
            last = decode(before.row.type, before.row.version, before.row.body)
            entry = replace(entry, unwatched_since=last.at)
        self.entries.append(entry)
