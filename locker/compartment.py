"""The compartment machine: what is known about one compartment, and what each event makes of it. Pure and total.

An event states a fact, so its fact is always taken over. If the state did not allow it, it is handed back as well:
the caller journals that, nobody swallows it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar, assert_never

from drivers.contracts.board import ItemState

from .events import (
    Bound,
    CompartmentCleared,
    CompartmentEvent,
    CompartmentLookedInto,
    CompartmentOutOfService,
    CustodyDisputed,
    DepositAbandoned,
    DepositCollected,
    DepositHeld,
    DepositRequested,
    DepositReturned,
    DoorClosed,
    DoorForced,
    DoorFoundClosed,
    DoorFoundOpen,
    DoorLeftOpen,
    DoorOpened,
    Evidence,
    ItemSeenInEmptyCompartment,
    OpeningFailed,
    OpenOutcomeUnknown,
    OpenRequested,
    PickupAuthorized,
    Reason,
    ResultHeld,
    ResultRecalled,
    ResultRequested,
    RetrievalAuthorized,
)

FAILURES_UNTIL_OUT_OF_SERVICE: Final = 2
CITIZEN: Final = "citizen"  # as actors are written

Held = TypeVar("Held", DepositHeld, ResultHeld)


class Status(StrEnum):
    """XFS4IoT storage unit status."""

    OK = "ok"
    INOPERATIVE = "inoperative"
    MISSING = "missing"
    NOT_CONFIGURED = "notConfigured"
    MANIPULATED = "manipulated"


class Door(StrEnum):
    """The door, as far as events tell."""

    CLOSED = "closed"
    OPEN = "open"
    JAMMED = "jammed"
    UNKNOWN = "unknown"


class Content(StrEnum):
    """What lies inside, as far as events tell."""

    EMPTY = "empty"
    HELD = "held"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Operation:
    """The opening under way or done last, until the door is closed again."""

    operation_id: str
    case_id: str | None


@dataclass(frozen=True, slots=True)
class Compartment:
    """State of one compartment. `case_id`: whom it is reserved for or whose papers it holds.

    `bound`: who is to take them out; `put_in_by`: the member of staff who puts a result in; `retrieved_by`: who may
    take what is held, `citizen` or a staff number. `unsaid`: its door was opened while it held something, and neither a
    sensor nor a person has told since what lies there.
    """

    cell: str
    status: Status = Status.OK
    door: Door = Door.UNKNOWN
    content: Content = Content.EMPTY
    case_id: str | None = None
    bound: Bound = Bound.STAFF
    put_in_by: str | None = None
    evidence: Evidence | None = None
    retrieved_by: str | None = None
    operation: Operation | None = None
    doubt: Operation | None = None  # one that failed or was lost sight of: its door may yet open
    item: ItemState = ItemState.UNKNOWN  # at the last closing
    failures: int = 0
    uses: int = 0
    unsaid: bool = False

    @property
    def may_be_tried(self) -> bool:
        """True when nobody's papers can be inside, also where the door has failed: a technician may open it."""
        return self.content is Content.EMPTY and self.case_id is None and self.operation is None

    @property
    def is_free(self) -> bool:
        """True when nothing speaks against giving it to a new case, as far as the journal knows."""
        return self.status is Status.OK and self.may_be_tried


def given_up(
    state: Compartment, case_id: str, reason: str, inside: ItemState
) -> DepositAbandoned | CustodyDisputed:
    """The end of a deposit of which nothing was seen to be put in. `inside`: what the item sensor says now.

    Where a door stands open, or nobody knows whether it opened, papers may have been put in: a person has to look. So
    where its sensor says that it never opened, and the one of what lies there says otherwise.
    """
    if inside is ItemState.PRESENT:
        return CustodyDisputed(case_id, state.cell, f"{reason}; its sensor sees something inside")
    if state.content is Content.HELD:
        return CustodyDisputed(case_id, state.cell, f"{reason}; it is recorded as inside")
    match state.door:
        case Door.OPEN:
            return CustodyDisputed(case_id, state.cell, f"{reason}; its door stands open")
        case Door.UNKNOWN if state.doubt is not None:
            return CustodyDisputed(case_id, state.cell, f"{reason}; whether its door opened is not known")
        case _ if state.content is Content.UNKNOWN and state.item is not ItemState.ABSENT:
            return CustodyDisputed(case_id, state.cell, f"{reason}; nothing says that it is empty")
        case _:
            return DepositAbandoned(case_id, state.cell, reason)


def confirmed(state: Compartment, held: Held, inside: ItemState) -> Held | CustodyDisputed:
    """`held`, where nothing speaks against it: the end of a deposit that its person calls whole.

    What was seen when the door was shut counts no more where it was forced since, or where the sensor says now
    (`inside`) that nothing lies there: a person has to look.
    """
    if held.evidence is Evidence.SENSOR and inside is ItemState.ABSENT:
        reason = "its sensor saw papers, and sees nothing inside any more"
    elif state.status is Status.MANIPULATED:
        reason = "its door was forced before the deposit was confirmed"
    else:
        return held
    return CustodyDisputed(held.case_id, held.cell, reason)


@dataclass(frozen=True, slots=True)
class Step:
    """What an event made of a compartment; `unexpected` hands back an event that the state did not allow."""

    state: Compartment
    unexpected: CompartmentEvent | None = None


def step(state: Compartment, event: CompartmentEvent) -> Step:
    """The next state. Raises `ValueError` only for an event of another compartment."""
    if event.cell != state.cell:
        raise ValueError(f"event of {event.cell} given to {state.cell}")
    expected, after = _apply(state, event)
    return Step(after, None if expected else event)


def _apply(state: Compartment, event: CompartmentEvent) -> tuple[bool, Compartment]:
    match event:
        case OpenRequested() | DoorOpened() | DoorClosed() | OpeningFailed() | OpenOutcomeUnknown():
            return _of_the_door(state, event)
        case DepositRequested() | ResultRequested():
            return _reserved(state, event)
        case DepositHeld() | ResultHeld() | DepositAbandoned() | CustodyDisputed():
            return _of_the_content(state, event)
        case (
            RetrievalAuthorized()
            | DepositCollected()
            | PickupAuthorized()
            | DepositReturned()
            | ResultRecalled()
        ):
            return _of_the_retrieval(state, event)
        case (
            DoorForced() | DoorFoundOpen() | DoorFoundClosed() | DoorLeftOpen() | ItemSeenInEmptyCompartment()
        ):
            return _of_an_alarm(state, event)
        case CompartmentOutOfService():  # whose reservation it is stays known until that is given up
            return True, replace(state, status=Status.INOPERATIVE)
        case CompartmentCleared():
            return True, _cleared(state)
        case CompartmentLookedInto():
            return True, replace(state, unsaid=False)
        case _:
            assert_never(event)


def _of_the_door(
    state: Compartment, event: OpenRequested | DoorOpened | DoorClosed | OpeningFailed | OpenOutcomeUnknown
) -> tuple[bool, Compartment]:
    asked = state.operation is not None and state.operation.operation_id == event.operation_id
    match event:
        case OpenRequested(operation_id, _, case_id):
            opening = replace(state, operation=Operation(operation_id, case_id), doubt=None)
            return state.operation is None, opening
        case DoorOpened():
            late = state.doubt is not None and state.doubt.operation_id == event.operation_id
            return (asked and state.door is not Door.OPEN) or late, _opened(state, event)
        case DoorClosed():
            closed = replace(state, door=Door.CLOSED, operation=None, doubt=None, item=event.item)
            seen = event.item is ItemState.PRESENT
            return state.door in {Door.OPEN, Door.UNKNOWN}, replace(closed, unsaid=state.unsaid and not seen)
        case OpeningFailed():
            return asked, _failed(state, event.reason)
        case OpenOutcomeUnknown():
            lost = replace(state, door=Door.UNKNOWN, operation=None, content=Content.UNKNOWN)
            return asked, replace(lost, doubt=state.operation)
        case _:
            assert_never(event)


def _opened(state: Compartment, event: DoorOpened) -> Compartment:
    # From here on papers may be in, whatever happens next. What is held stays in custody until it is collected.
    reserved = event.case_id is not None and state.content is Content.EMPTY
    content = Content.UNKNOWN if reserved else state.content
    operation = Operation(event.operation_id, event.case_id)
    opened = replace(state, door=Door.OPEN, operation=operation, doubt=None, content=content)
    unsaid = state.unsaid or content is Content.HELD
    return replace(opened, failures=0, uses=state.uses + 1, unsaid=unsaid)


def _failed(state: Compartment, reason: Reason) -> Compartment:
    match reason:
        case Reason.DOOR_JAMMED:
            failures = state.failures + 1
            return replace(state, door=Door.JAMMED, operation=None, doubt=state.operation, failures=failures)
        case Reason.ALREADY_OPEN:
            return replace(state, door=Door.OPEN, operation=None)
        case (
            Reason.BOARD_SILENT
            | Reason.DOOR_UNKNOWN
            | Reason.OUT_OF_SERVICE
            | Reason.OTHER_DOOR_OPEN
            | Reason.NOT_EMPTY
        ):
            return replace(state, operation=None)
        case _:
            assert_never(reason)


def _reserved(state: Compartment, event: DepositRequested | ResultRequested) -> tuple[bool, Compartment]:
    again = state.case_id == event.case_id and state.content is Content.EMPTY  # a second try at the same door
    expected = state.is_free or again
    if not expected and state.content is Content.HELD:
        return False, state
    reserved = replace(state, case_id=event.case_id, evidence=None, retrieved_by=None)
    match event:
        case DepositRequested():
            return expected, replace(reserved, bound=Bound.STAFF, put_in_by=None)
        case ResultRequested():
            return expected, replace(reserved, bound=Bound.CITIZEN, put_in_by=event.staff_no)
        case _:
            assert_never(event)


def _of_the_content(
    state: Compartment, event: DepositHeld | ResultHeld | DepositAbandoned | CustodyDisputed
) -> tuple[bool, Compartment]:
    own = state.case_id == event.case_id
    match event:
        case DepositHeld() | ResultHeld():
            bound = Bound.STAFF if isinstance(event, DepositHeld) else Bound.CITIZEN
            fits = own and state.bound is bound
            expected = fits and state.door is not Door.OPEN and state.content is not Content.HELD
            held = replace(state, content=Content.HELD, case_id=event.case_id, evidence=event.evidence)
            return expected, replace(held, bound=bound, unsaid=False)
        case DepositAbandoned():
            expected = own and state.content is not Content.HELD
            return expected, _emptied(state) if expected else state
        case CustodyDisputed(case_id):
            expected = own or state.case_id is None
            doubtful = replace(
                state, content=Content.UNKNOWN, case_id=state.case_id or case_id, evidence=None
            )
            return expected, doubtful
        case _:
            assert_never(event)


def _of_the_retrieval(
    state: Compartment,
    event: RetrievalAuthorized | DepositCollected | PickupAuthorized | DepositReturned | ResultRecalled,
) -> tuple[bool, Compartment]:
    own = state.case_id == event.case_id and event.case_id is not None
    match event:
        case RetrievalAuthorized():
            expected = own and state.content is not Content.EMPTY
            return expected, replace(state, retrieved_by=event.staff_no) if expected else state
        case PickupAuthorized():
            expected = own and state.bound is Bound.CITIZEN and state.content is Content.HELD
            return expected, replace(state, retrieved_by=CITIZEN) if expected else state
        case DepositCollected():
            expected = own and state.bound is Bound.STAFF and state.retrieved_by == event.staff_no
            return expected, _emptied(state) if own else state
        case ResultRecalled():
            expected = own and state.bound is Bound.CITIZEN and state.retrieved_by == event.staff_no
            return expected, _emptied(state) if own else state
        case DepositReturned(_, _, actor):
            expected = own and (actor != CITIZEN or state.retrieved_by == CITIZEN)
            return expected, _emptied(state) if own else state
        case _:
            assert_never(event)


def _of_an_alarm(
    state: Compartment,
    event: DoorForced | DoorFoundOpen | DoorFoundClosed | DoorLeftOpen | ItemSeenInEmptyCompartment,
) -> tuple[bool, Compartment]:
    match event:
        case DoorForced():
            forced = replace(state, status=Status.MANIPULATED, door=Door.OPEN, content=Content.UNKNOWN)
            return state.door is not Door.OPEN, forced
        case DoorFoundOpen():
            return state.door is not Door.OPEN, _found_open(state)
        case DoorFoundClosed(_, item):
            found = replace(state, door=Door.CLOSED, operation=None, doubt=None, item=item)
            return state.door is not Door.CLOSED, found
        case DoorLeftOpen():
            return state.door in {Door.OPEN, Door.UNKNOWN}, state
        case ItemSeenInEmptyCompartment():
            return state.content is Content.EMPTY, replace(state, content=Content.UNKNOWN)
        case _:
            assert_never(event)


def _found_open(state: Compartment) -> Compartment:
    """Somebody opened it while nothing watched. Without an item sensor nobody can say that it is still empty."""
    opened = replace(state, door=Door.OPEN)
    in_the_dark = (
        state.door is Door.CLOSED and state.content is Content.EMPTY and state.item is ItemState.UNKNOWN
    )
    return replace(opened, content=Content.UNKNOWN) if in_the_dark else opened


def _emptied(state: Compartment) -> Compartment:
    return replace(
        state,
        content=Content.EMPTY,
        case_id=None,
        bound=Bound.STAFF,
        put_in_by=None,
        evidence=None,
        retrieved_by=None,
        unsaid=False,
    )


def _cleared(state: Compartment) -> Compartment:
    door = Door.CLOSED if state.door is Door.JAMMED else state.door
    served = replace(state, status=Status.OK, door=door, doubt=None, failures=0, unsaid=False)
    if state.evidence is not None and state.case_id is not None:  # was held, and a person has looked
        return replace(served, content=Content.HELD)
    return _emptied(served)
