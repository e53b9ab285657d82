"""Start-up after a cut: each combination of what the journal says and what the sensors say."""

import pytest

from drivers.contracts.board import ChannelReading, DoorState, ItemState
from locker.compartment import Compartment, Content, Status
from locker.events import (
    CustodyDisputed,
    DepositAbandoned,
    DoorOpened,
    Evidence,
    ItemSeenInEmptyCompartment,
    OpenOutcomeUnknown,
)
from locker.reconcile import Ask, DepositIntent, OpenIntent, Question, reconcile

CLOSED, OPEN, BLIND = DoorState.CLOSED, DoorState.OPEN, DoorState.UNKNOWN
PRESENT, ABSENT, NO_SENSOR = ItemState.PRESENT, ItemState.ABSENT, ItemState.UNKNOWN

EMPTY = Compartment("A-01")
RESERVED = Compartment("A-01", case_id="C-1")
OPENED = Compartment("A-01", case_id="C-1", content=Content.UNKNOWN)
HELD = Compartment("A-01", case_id="C-1", content=Content.HELD, evidence=Evidence.SENSOR)
CLAIMED = Compartment("A-01", case_id="C-1", content=Content.HELD, evidence=Evidence.CLAIMED)
BROKEN = Compartment("A-01", status=Status.INOPERATIVE)

OPENING = OpenIntent("op", "A-01", "C-1")
DEPOSIT = DepositIntent("C-1", "A-01")


@pytest.mark.parametrize(
    ("state", "opening", "deposit", "door", "item", "events", "ask"),
    [
        # an opening without an outcome
        (RESERVED, OPENING, DEPOSIT, OPEN, ABSENT, ["DoorOpened"], Ask.CLOSE_DOOR),
        (
            RESERVED,
            OPENING,
            DEPOSIT,
            CLOSED,
            PRESENT,
            ["OpenOutcomeUnknown", "CustodyDisputed"],
            Ask.LOOK_INSIDE,
        ),
        (
            RESERVED,
            OPENING,
            DEPOSIT,
            CLOSED,
            ABSENT,
            ["OpenOutcomeUnknown", "CustodyDisputed"],
            Ask.LOOK_INSIDE,
        ),
        (RESERVED, OPENING, DEPOSIT, BLIND, NO_SENSOR, ["OpenOutcomeUnknown"], Ask.DOOR_UNKNOWN),
        (HELD, OPENING, None, OPEN, PRESENT, ["DoorOpened"], Ask.CLOSE_DOOR),
        (HELD, OPENING, None, CLOSED, PRESENT, ["OpenOutcomeUnknown"], Ask.LOOK_INSIDE),
        # a deposit that was begun
        (RESERVED, None, DEPOSIT, CLOSED, ABSENT, ["DepositAbandoned"], None),
        (RESERVED, None, DEPOSIT, CLOSED, NO_SENSOR, ["DepositAbandoned"], None),
        (RESERVED, None, DEPOSIT, CLOSED, PRESENT, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        (OPENED, None, DEPOSIT, CLOSED, PRESENT, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        (OPENED, None, DEPOSIT, CLOSED, ABSENT, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        (OPENED, None, DEPOSIT, OPEN, PRESENT, [], Ask.CLOSE_DOOR),
        (OPENED, None, DEPOSIT, BLIND, NO_SENSOR, [], Ask.DOOR_UNKNOWN),
        # nothing was under way
        (EMPTY, None, None, CLOSED, ABSENT, [], None),
        (EMPTY, None, None, CLOSED, NO_SENSOR, [], None),
        (EMPTY, None, None, CLOSED, PRESENT, ["ItemSeenInEmptyCompartment"], Ask.LOOK_INSIDE),
        (EMPTY, None, None, OPEN, ABSENT, [], Ask.CLOSE_DOOR),
        (EMPTY, None, None, BLIND, NO_SENSOR, [], None),
        (HELD, None, None, CLOSED, PRESENT, [], None),
        (HELD, None, None, CLOSED, NO_SENSOR, [], None),
        (HELD, None, None, CLOSED, ABSENT, ["CustodyDisputed"], Ask.ITEM_MISSING),
        (CLAIMED, None, None, CLOSED, ABSENT, [], None),
        (HELD, None, None, OPEN, ABSENT, [], Ask.CLOSE_DOOR),
        (HELD, None, None, BLIND, NO_SENSOR, [], Ask.DOOR_UNKNOWN),
        (OPENED, None, None, CLOSED, ABSENT, [], Ask.LOOK_INSIDE),
        (BROKEN, None, None, OPEN, ABSENT, [], None),
    ],
)
def test_every_combination(
    state: Compartment,
    opening: OpenIntent | None,
    deposit: DepositIntent | None,
    door: DoorState,
    item: ItemState,
    events: list[str],
    ask: Ask | None,
) -> None:
    result = reconcile(
        {"A-01": state},
        [opening] if opening else [],
        [deposit] if deposit else [],
        {"A-01": ChannelReading(door, item)},
    )
    assert [type(event).__name__ for event in result.events] == events
    assert [question.ask for question in result.questions] == ([ask] if ask else [])


def test_events_and_questions_carry_what_is_known() -> None:
    result = reconcile({"A-01": RESERVED}, [OPENING], [DEPOSIT], {"A-01": ChannelReading(CLOSED, PRESENT)})
    assert result.events == (
        OpenOutcomeUnknown("op", "A-01", "C-1", "closed at start-up"),
        CustodyDisputed("C-1", "A-01", "interrupted, something is inside"),
    )
    assert result.questions == (Question("A-01", Ask.LOOK_INSIDE, "C-1", CLOSED, PRESENT),)


def test_cells_are_taken_in_order_and_foreign_intents_left_alone() -> None:
    readings = {"B-01": ChannelReading(OPEN, ABSENT), "A-01": ChannelReading(CLOSED, PRESENT)}
    gone = [OpenIntent("old", "Z-09", None)]
    opened = [OpenIntent("op", "B-01", None)]
    result = reconcile({}, gone + opened, [], readings)
    assert result.events == (ItemSeenInEmptyCompartment("A-01"), DoorOpened("op", "B-01", None))


def test_an_abandoned_deposit_frees_its_compartment() -> None:
    result = reconcile({"A-01": RESERVED}, [], [DEPOSIT], {"A-01": ChannelReading(CLOSED, ABSENT)})
    assert result.events == (DepositAbandoned("C-1", "A-01", "interrupted before the door opened"),)
