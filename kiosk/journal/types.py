"""The frozen values that cross the journal's border."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol


class Event(Protocol):
    """Any frozen dataclass instance; its class name is its type.

    Class variables the journal honours: `PERSONAL: frozenset[str]` (fields to seal; asks for a `case_id` field),
    `INDEXED: str` (the personal field a person's cases are found by), `VERSION: int` (default 1).
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the file. `at` is UTC and never decreases from one event to the next."""

    seq: int
    event: Event = field(repr=False)
    at: datetime


class Channel(StrEnum):
    """The ways a notice can leave the kiosk."""

    MQTT = "mqtt"
    SMS = "sms"
    APPROVAL = "approval"  # submissions to the city's approval system


def new_message_id() -> str:
    """A random UUID as text."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to be sent because of an event.

    `recipient` is a staff number, a topic, or a name like `citizen:<case_id>`, of a submission the case; never a
    citizen's telephone number.
    With `personal=True` the payload is sealed under the key of `case_id` and wiped once it is settled.
    """

    channel: Channel
    recipient: str
    payload: bytes = field(repr=False)
    personal: bool = False
    case_id: str | None = None
    message_id: str = field(default_factory=new_message_id)


class OutboxState(StrEnum):
    """Life of an outbox row."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One row of the outbox with its payload opened."""

    message_id: str
    event_seq: int
    channel: Channel
    recipient: str
    payload: bytes = field(repr=False)
    case_id: str | None
    state: OutboxState
    attempts: int
    created_at: datetime
    next_at: datetime
    settled_at: datetime | None
    error: str


NoticePolicy = Callable[[Event, Recorded], Sequence[Notice]]
"""Says which notices an event calls for. Runs inside the transaction, in the journal's thread: pure and quick."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Wall clock, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as read back: public fields only."""

    seq: int
    type: str
    version: int
    at: datetime
    wall: datetime
    data: Mapping[str, Any]
    sealed: bool


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What the journal says about one case, without anything personal."""

    case_id: str
    item_code: str
    cell: str | None
    department: str
    state: str  # opened | requested | filed | held | collected | returned | abandoned | disputed | cleared
    identity: str  # verified | card_only | ""
    evidence: str
    opened_at: datetime
    held_at: datetime | None
    collected_at: datetime | None
    collected_by: str | None


@dataclass(frozen=True, slots=True)
class IntentRow:
    """A door that was asked to open and whose outcome is not in the journal."""

    operation_id: str
    cell: str
    case_id: str | None
    actor: str
    seq: int
    at: datetime
