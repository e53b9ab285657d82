"""Who has what, by the facts alone: a compartment's life as docs/custody.md and docs/architecture.md tell it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from .record import Fact


class Rule(StrEnum):
    """What must hold; a violation begins with its words."""

    CHAIN = "the chain verifies"
    KEPT = "what was told is still known"
    CUSTODIAN = "no paper without custodian"
    ONE_CUSTODIAN = "no paper with two custodians"
    GIVEN_ONCE = "no compartment given twice"
    INTENT_FIRST = "no door opened without an intent"
    OUTCOME = "every request has an outcome"
    NOTICE = "no fact without its notice and no notice without its fact"
    TABLES = "the tables say what the facts say"
    ERASED = "what was erased is recorded, and what is recorded as erased is gone"


class Holds(StrEnum):
    """What the facts say of the inside of a compartment."""

    NOTHING = "nothing"  # nobody's
    KEPT_FOR = "kept for"  # a case, and not opened for it yet
    OPENED = "opened for"  # a case: papers may be inside
    HELD = "held"
    QUESTION = "in question"  # a person has to look


@dataclass(slots=True)
class Cell:
    """One compartment. `sensed`: held because a sensor saw it; `was_held`: held before the question came up."""

    name: str
    holds: Holds = Holds.NOTHING
    case: str | None = None
    sensed: bool = False
    was_held: bool = False
    blocked: bool = False
    opened_in_the_dark: bool = False
    may_take: set[str] = field(default_factory=set)

    @property
    def is_nobodys(self) -> bool:
        """The record says that it is empty and may be given away."""
        return self.holds is Holds.NOTHING and self.case is None and not self.blocked


@dataclass(slots=True)
class Ledger:
    """All compartments and openings after some facts. `wrong`: what no run may ever have recorded."""

    cells: dict[str, Cell] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)  # opening without an outcome -> its compartment
    openings: dict[str, int] = field(default_factory=dict)  # compartment -> orders to open it
    cases: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    wrong: list[tuple[Rule, str]] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)  # every opening that was ever asked for

    def cell(self, name: str) -> Cell:
        """The compartment."""
        return self.cells.setdefault(name, Cell(name))

    def follow(self, facts: Iterable[Fact]) -> "Ledger":
        """Take these facts in, in order."""
        for fact in facts:
            if fact.type in _OF_A_CASE:
                self._case(fact)
            elif fact.type in _OF_AN_OPENING:
                self._opening(fact)
            elif fact.type in _OF_A_CELL:
                _OF_A_CELL[fact.type](self, self.cell(fact["cell"]), fact)
        return self

    def note(self, rule: Rule, fact: Fact, what: str) -> None:
        """It may not be."""
        self.wrong.append((rule, f"fact {fact.seq}, {fact.type}: {what}"))

    def _case(self, fact: Fact) -> None:
        if fact.type == "PersonalDataErased":
            self.erased.add(fact["case_id"])
            return
        if fact["case_id"] in self.cases:
            self.note(Rule.GIVEN_ONCE, fact, f"{fact['case_id']} was a case before")
        self.cases.add(fact["case_id"])

    def _opening(self, fact: Fact) -> None:
        operation, cell = fact["operation_id"], self.cell(fact["cell"])
        match fact.type:
            case "OpenRequested":
                if operation in self._known:
                    self.note(Rule.OUTCOME, fact, f"{operation} was asked for before")
                self._known.add(operation)
                self.asked[operation] = cell.name
                self.openings[cell.name] = self.openings.get(cell.name, 0) + 1
                return
            case "DoorOpened":
                if operation not in self._known:
                    self.note(Rule.INTENT_FIRST, fact, f"{cell.name}: nobody asked for it")
                if cell.holds is Holds.KEPT_FOR and fact["case_id"]:
                    cell.holds = Holds.OPENED
            case "OpenOutcomeUnknown":
                _in_question(cell)
            case _:  # OpeningFailed: nothing has moved
                pass
        self.asked.pop(operation, None)


def _reserved(ledger: Ledger, cell: Cell, fact: Fact) -> None:
    again = cell.holds is Holds.KEPT_FOR and cell.case == fact["case_id"]
    if not (again or cell.is_nobodys):
        whose = f"{cell.holds} {cell.case or ''}".strip() + (", out of service" if cell.blocked else "")
        ledger.note(Rule.GIVEN_ONCE, fact, f"{cell.name} goes to {fact['case_id']} and is {whose}")
    _known_case(ledger, fact)
    cell.holds, cell.case, cell.sensed, cell.was_held = Holds.KEPT_FOR, fact["case_id"], False, False
    cell.may_take = set()


def _held(ledger: Ledger, cell: Cell, fact: Fact) -> None:
    if cell.case != fact["case_id"]:
        ledger.note(Rule.ONE_CUSTODIAN, fact, f"{cell.name} is {cell.case or 'nobody'}'s")
    elif cell.holds is Holds.HELD:
        ledger.note(Rule.ONE_CUSTODIAN, fact, f"{cell.name} holds these papers already")
    _known_case(ledger, fact)
    cell.holds, cell.case, cell.was_held = Holds.HELD, fact["case_id"], True
    cell.sensed = fact["evidence"] == "SENSOR"


def _known_case(ledger: Ledger, fact: Fact) -> None:
    if fact["case_id"] not in ledger.cases:
        ledger.note(Rule.CUSTODIAN, fact, f"nobody began the case {fact['case_id']}")


def _may_take(ledger: Ledger, cell: Cell, fact: Fact) -> None:
    if cell.case != fact["case_id"]:
        ledger.note(Rule.ONE_CUSTODIAN, fact, f"{cell.name} is {cell.case or 'nobody'}'s")
    cell.may_take.add(fact["staff_no"] or "citizen")


def _taken(ledger: Ledger, cell: Cell, fact: Fact) -> None:
    who = fact["staff_no"] or fact["actor"]
    if cell.case != fact["case_id"] or cell.holds in (Holds.NOTHING, Holds.KEPT_FOR):
        ledger.note(Rule.ONE_CUSTODIAN, fact, f"{cell.name} is {cell.holds} {cell.case or ''}".strip())
    elif who not in cell.may_take:
        ledger.note(Rule.ONE_CUSTODIAN, fact, f"nobody said that {who} may take from {cell.name}")
    _empty(cell)


def _abandoned(ledger: Ledger, cell: Cell, fact: Fact) -> None:
    if cell.case != fact["case_id"]:
        ledger.note(Rule.CUSTODIAN, fact, f"{cell.name} is {cell.case or 'nobody'}'s")
    elif cell.holds is Holds.HELD:
        ledger.note(Rule.CUSTODIAN, fact, f"{cell.name} holds the papers of {cell.case}")
    else:
        _empty(cell)


def _disputed(_ledger: Ledger, cell: Cell, fact: Fact) -> None:
    cell.case = cell.case or fact["case_id"]
    cell.was_held = False
    _in_question(cell)


def _forced(_ledger: Ledger, cell: Cell, _fact: Fact) -> None:
    cell.blocked = True
    _in_question(cell)


def _seen(_ledger: Ledger, cell: Cell, _fact: Fact) -> None:
    _in_question(cell)


def _blocked(_ledger: Ledger, cell: Cell, _fact: Fact) -> None:
    cell.blocked = True


def _found_open(_ledger: Ledger, cell: Cell, _fact: Fact) -> None:
    cell.opened_in_the_dark = True


def _cleared(_ledger: Ledger, cell: Cell, _fact: Fact) -> None:
    cell.blocked = cell.opened_in_the_dark = False
    if cell.was_held and cell.case is not None:
        cell.holds = Holds.HELD
    else:
        _empty(cell)


def _in_question(cell: Cell) -> None:
    cell.holds, cell.sensed = Holds.QUESTION, False


def _empty(cell: Cell) -> None:
    cell.holds, cell.case, cell.sensed, cell.was_held = Holds.NOTHING, None, False, False
    cell.may_take = set()


_OF_A_CASE = ("CaseOpened", "CaseEntered", "PersonalDataErased")
_OF_AN_OPENING = ("OpenRequested", "DoorOpened", "OpeningFailed", "OpenOutcomeUnknown")
_OF_A_CELL = {
    "DepositRequested": _reserved,
    "ResultRequested": _reserved,
    "DepositHeld": _held,
    "ResultHeld": _held,
    "RetrievalAuthorized": _may_take,
    "PickupAuthorized": _may_take,
    "DepositCollected": _taken,
    "DepositReturned": _taken,
    "ResultRecalled": _taken,
    "DepositAbandoned": _abandoned,
    "CustodyDisputed": _disputed,
    "DoorForced": _forced,
    "ItemSeenInEmptyCompartment": _seen,
    "CompartmentOutOfService": _blocked,
    "DoorFoundOpen": _found_open,
    "CompartmentCleared": _cleared,
}
