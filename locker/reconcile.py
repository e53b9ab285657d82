"""What a start-up makes of what the last run left unfinished: sensors first, then people. Pure; nothing is guessed.

The caller records `events`, in order, and nobody gets a session before the `questions` are shown to somebody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.contracts.board import ChannelReading, DoorState, ItemState

from .compartment import Compartment, Content, Door, Status
from .events import (
    Bound,
    CustodyDisputed,
    DepositAbandoned,
    DepositHeld,
    DoorFoundClosed,
    DoorFoundOpen,
    DoorOpened,
    Event,
    Evidence,
    ItemSeenInEmptyCompartment,
    OpenOutcomeUnknown,
    ResultHeld,
)

ITEM_GONE: Final = "held, nothing is seen inside at the start"
NOBODY_SAID: Final = "opened and shut again, and nobody said what is inside"
SHUT_IN_THE_DARK: Final = "held, the door was open when the power went and is shut now"


@dataclass(frozen=True, slots=True)
class OpenIntent:
    """An `OpenRequested` without an outcome."""

    operation_id: str
    cell: str
    case_id: str | None


@dataclass(frozen=True, slots=True)
class DepositIntent:
    """A `DepositRequested` or `ResultRequested` that was neither held, abandoned nor disputed."""

    case_id: str
    cell: str


class Ask(StrEnum):
    """What a person is asked."""

    CLOSE_DOOR = "CLOSE_DOOR"  # the door stands open
    LOOK_INSIDE = "LOOK_INSIDE"  # what is inside is in doubt
    ITEM_MISSING = "ITEM_MISSING"  # held, seen at the deposit, not seen now: disputed
    DOOR_UNKNOWN = "DOOR_UNKNOWN"  # the board does not say


@dataclass(frozen=True, slots=True)
class Question:
    """One compartment that a person has to look at, and what is known of it."""

    cell: str
    ask: Ask
    case_id: str | None
    door: DoorState
    item: ItemState


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What to record and whom to ask."""

    events: tuple[Event, ...]
    questions: tuple[Question, ...]


def reconcile(
    compartments: Mapping[str, Compartment],
    openings: Iterable[OpenIntent],
    deposits: Iterable[DepositIntent],
    readings: Mapping[str, ChannelReading],
) -> Reconciliation:
    """Resolve every unfinished intent. `readings` covers the cells of the cabinet; others are not looked at.

    What the door is comes first: it may have moved while nothing watched, and the journal's word has to follow.
    """
    opening_of = {opening.cell: opening for opening in openings if opening.cell in readings}
    deposit_of = {deposit.cell: deposit for deposit in deposits if deposit.cell in readings}
    events: list[Event] = []
    questions: list[Question] = []
    for cell, reading in sorted(readings.items()):
        state = compartments.get(cell, Compartment(cell))
        opening, deposit = opening_of.get(cell), deposit_of.get(cell)
        if opening is not None:
            found, ask = _opening(opening, deposit, reading)
        elif deposit is not None:
            found, ask = _deposit(deposit, state, reading)
        else:
            found, ask = _at_rest(state, reading)
        events += [*_moved(opening, state, reading), *found]
        if ask is not None:
            case_id = _case(opening, deposit, state)
            questions.append(Question(cell, ask, case_id, reading.door, reading.item))
    return Reconciliation(tuple(events), tuple(questions))


def _moved(opening: OpenIntent | None, state: Compartment, reading: ChannelReading) -> list[Event]:
    """What became of the door while nothing watched; an opening without outcome tells that itself."""
    if opening is not None:
        return []
    match reading.door:
        case DoorState.OPEN if state.door is not Door.OPEN:
            return [DoorFoundOpen(state.cell)]
        case DoorState.CLOSED if state.door is Door.OPEN or (state.door is Door.UNKNOWN and state.doubt):
            return [DoorFoundClosed(state.cell, reading.item)]
        case DoorState.OPEN | DoorState.CLOSED | DoorState.UNKNOWN:
            return []


def _case(opening: OpenIntent | None, deposit: DepositIntent | None, state: Compartment) -> str | None:
    if deposit is not None:
        return deposit.case_id
    return opening.case_id if opening is not None and opening.case_id else state.case_id


def _opening(
    opening: OpenIntent, deposit: DepositIntent | None, reading: ChannelReading
) -> tuple[list[Event], Ask | None]:
    operation = (opening.operation_id, opening.cell, opening.case_id)
    match reading.door:
        case DoorState.OPEN:  # the sensor says that it did open
            return [DoorOpened(*operation)], Ask.CLOSE_DOOR
        case DoorState.CLOSED:  # it may never have opened, or have been closed again
            unknown: list[Event] = [
                OpenOutcomeUnknown(*operation, "closed at start-up"),
                DoorFoundClosed(opening.cell, reading.item),
            ]
            if deposit is not None:
                unknown.append(CustodyDisputed(deposit.case_id, deposit.cell, _seen(reading.item)))
            return unknown, Ask.LOOK_INSIDE
        case DoorState.UNKNOWN:
            return [OpenOutcomeUnknown(*operation, "no sensor at start-up")], Ask.DOOR_UNKNOWN


def _deposit(
    deposit: DepositIntent, state: Compartment, reading: ChannelReading
) -> tuple[list[Event], Ask | None]:
    never_opened = state.content is Content.EMPTY
    # by the person, before the cut, and not forced since: only their last word was missing
    was_shut = state.door is Door.CLOSED and state.status is not Status.MANIPULATED
    match reading.door:
        case DoorState.OPEN:
            return [], Ask.CLOSE_DOOR
        case DoorState.UNKNOWN:
            return [], Ask.DOOR_UNKNOWN
        case DoorState.CLOSED:
            if never_opened and reading.item is not ItemState.PRESENT:
                return [
                    DepositAbandoned(deposit.case_id, deposit.cell, "interrupted before the door opened")
                ], None
            if not never_opened and was_shut and state.item is reading.item is not ItemState.ABSENT:
                return [_held(deposit, state)], None
            return [CustodyDisputed(deposit.case_id, deposit.cell, _seen(reading.item))], Ask.LOOK_INSIDE


def _held(deposit: DepositIntent, state: Compartment) -> Event:
    evidence = Evidence.SENSOR if state.item is ItemState.PRESENT else Evidence.DOOR
    match state.bound:
        case Bound.STAFF:
            return DepositHeld(deposit.case_id, deposit.cell, evidence)
        case Bound.CITIZEN:
            return ResultHeld(deposit.case_id, deposit.cell, state.put_in_by or "", evidence)


def _at_rest(state: Compartment, reading: ChannelReading) -> tuple[list[Event], Ask | None]:
    if state.status is not Status.OK:
        return [], None  # a person has been asked already, and it is not given to anybody
    match reading.door:
        case DoorState.OPEN:
            return [], Ask.CLOSE_DOOR
        case DoorState.UNKNOWN:
            return [], Ask.DOOR_UNKNOWN if state.content is not Content.EMPTY else None
        case DoorState.CLOSED:
            return _at_rest_and_shut(state, reading.item)


def _at_rest_and_shut(state: Compartment, item: ItemState) -> tuple[list[Event], Ask | None]:
    match state.content:
        case Content.EMPTY:
            if item is ItemState.PRESENT:
                return [ItemSeenInEmptyCompartment(state.cell)], Ask.LOOK_INSIDE
            return [], None
        case Content.HELD:
            if state.case_id is None:
                return [], None
            if item is ItemState.ABSENT and state.evidence is Evidence.SENSOR:
                return [CustodyDisputed(state.case_id, state.cell, ITEM_GONE)], Ask.ITEM_MISSING
            if state.door is Door.OPEN:  # whoever had it open may have taken something
                return [CustodyDisputed(state.case_id, state.cell, SHUT_IN_THE_DARK)], Ask.LOOK_INSIDE
            if state.unsaid and item is not ItemState.PRESENT:  # it was shut again, and their word is missing
                return [CustodyDisputed(state.case_id, state.cell, NOBODY_SAID)], Ask.LOOK_INSIDE
            return [], None
        case Content.UNKNOWN:
            return [], Ask.LOOK_INSIDE


def _seen(item: ItemState) -> str:
    return {
        ItemState.PRESENT: "interrupted, something is inside",
        ItemState.ABSENT: "interrupted, nothing is seen inside",
        ItemState.UNKNOWN: "interrupted, no item sensor",
    }[item]
