"""Facts of custody, in the past tense. An event's type is its class name; its fields are JSON-able.

No personal data: a case is its number, an actor is `citizen` or `staff:<staff number>`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.contracts.board import ItemState


class Evidence(StrEnum):
    """How it is known that the papers are inside."""

    SENSOR = "SENSOR"
    CLAIMED = "CLAIMED"  # the sensor saw nothing twice, the citizen says so
    DOOR = "DOOR"  # the door was opened and is shut again; the compartment has no item sensor


class Reason(StrEnum):
    """Why a door did not open."""

    DOOR_JAMMED = "DOOR_JAMMED"
    BOARD_SILENT = "BOARD_SILENT"
    ALREADY_OPEN = "ALREADY_OPEN"
    DOOR_UNKNOWN = "DOOR_UNKNOWN"
    OUT_OF_SERVICE = "OUT_OF_SERVICE"
    OTHER_DOOR_OPEN = "OTHER_DOOR_OPEN"  # one that stuck before gave way: nothing was sent
    NOT_EMPTY = "NOT_EMPTY"  # a technician alone opens no compartment with something inside


class Bound(StrEnum):
    """For whom something lies in a compartment."""

    STAFF = "staff"  # a deposit: a citizen's papers
    CITIZEN = "citizen"  # a result, or papers to be completed


class ResultKind(StrEnum):
    """What staff put in for a citizen."""

    RESULT = "result"
    TO_COMPLETE = "to_complete"


@dataclass(frozen=True, slots=True)
class DepositRequested:
    """A compartment is reserved for a case."""

    case_id: str
    cell: str
    item_code: str


@dataclass(frozen=True, slots=True)
class OpenRequested:
    """Intent: durable before the lock is pulsed."""

    operation_id: str
    cell: str
    case_id: str | None
    actor: str


@dataclass(frozen=True, slots=True)
class DoorOpened:
    """The door sensor went from closed to open after our command."""

    operation_id: str
    cell: str
    case_id: str | None


@dataclass(frozen=True, slots=True)
class DoorClosed:
    """The door sensor says closed again; `item` is what was seen inside afterwards. No operation: opened by force."""

    operation_id: str | None
    cell: str
    case_id: str | None
    item: ItemState


@dataclass(frozen=True, slots=True)
class OpeningFailed:
    """The door is known not to have opened."""

    operation_id: str
    cell: str
    case_id: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class OpenOutcomeUnknown:
    """The lock may have been pulsed and no sensor says what became of it."""

    operation_id: str
    cell: str
    case_id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class DepositHeld:
    """The papers are in custody."""

    case_id: str
    cell: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class DepositAbandoned:
    """The reservation ended with nothing deposited."""

    case_id: str
    cell: str
    reason: str


@dataclass(frozen=True, slots=True)
class RetrievalAuthorized:
    """A member of staff may take what is held."""

    case_id: str
    cell: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class DepositCollected:
    """Staff took the papers."""

    case_id: str
    cell: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class ResultRequested:
    """A compartment is reserved for something that staff put in for a citizen."""

    case_id: str
    cell: str
    staff_no: str
    kind: ResultKind


@dataclass(frozen=True, slots=True)
class ResultHeld:
    """What staff put in waits for the citizen."""

    case_id: str
    cell: str
    staff_no: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PickupAuthorized:
    """The citizen has shown card and code and may take what waits; `identity` says how they were identified."""

    case_id: str
    cell: str
    identity: str


@dataclass(frozen=True, slots=True)
class DepositReturned:
    """The papers, or the result, went back to the citizen."""

    case_id: str
    cell: str
    actor: str


@dataclass(frozen=True, slots=True)
class ResultRecalled:
    """Staff took back what nobody fetched, or what was put in by mistake."""

    case_id: str
    cell: str
    staff_no: str
    reason: str


NOT_THEIRS: Final = "NOT_THEIRS"  # why a result is in dispute: who fetched it says so


@dataclass(frozen=True, slots=True)
class CustodyDisputed:
    """What is inside is in doubt; a person decides."""

    case_id: str
    cell: str
    reason: str


@dataclass(frozen=True, slots=True)
class DoorForced:
    """A door opened without our command."""

    cell: str


@dataclass(frozen=True, slots=True)
class DoorFoundOpen:
    """A start found the door open that the journal has otherwise: it moved while nothing watched."""

    cell: str


@dataclass(frozen=True, slots=True)
class DoorFoundClosed:
    """A start found the door closed that the journal has otherwise; `item` is what is seen inside."""

    cell: str
    item: ItemState


@dataclass(frozen=True, slots=True)
class DoorLeftOpen:
    """A door stands open for longer than the limit."""

    cell: str
    case_id: str | None
    seconds: int


@dataclass(frozen=True, slots=True)
class ItemSeenInEmptyCompartment:
    """The item sensor sees something where nothing is recorded."""

    cell: str


@dataclass(frozen=True, slots=True)
class CompartmentOutOfService:
    """Not to be used until a person has cleared it."""

    cell: str
    reason: str


@dataclass(frozen=True, slots=True)
class CompartmentCleared:
    """A person looked and put it back into service. What is held stays held; anything else is empty now."""

    cell: str
    staff_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class CompartmentLookedInto:
    """What somebody signed in found behind the door, in their words; it moves nothing by itself.

    `purpose`: collect, resolve, recall, master, audit; `found`: taken, nothing, somethingElse, left, unsaid.
    """

    cell: str
    case_id: str | None
    staff_no: str
    purpose: str
    found: str


@dataclass(frozen=True, slots=True)
class UnexpectedInCompartment:
    """An event that the compartment's state did not allow; it changed only what it states as a fact."""

    cell: str
    event: str  # its class name
    status: str
    content: str


CompartmentEvent = (
    DepositRequested
    | OpenRequested
    | DoorOpened
    | DoorClosed
    | OpeningFailed
    | OpenOutcomeUnknown
    | DepositHeld
    | DepositAbandoned
    | RetrievalAuthorized
    | DepositCollected
    | DepositReturned
    | ResultRequested
    | ResultHeld
    | PickupAuthorized
    | ResultRecalled
    | CustodyDisputed
    | DoorForced
    | DoorFoundOpen
    | DoorFoundClosed
    | DoorLeftOpen
    | ItemSeenInEmptyCompartment
    | CompartmentOutOfService
    | CompartmentCleared
    | CompartmentLookedInto
)

Event = CompartmentEvent | UnexpectedInCompartment
