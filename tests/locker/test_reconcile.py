"""Start-up after a cut: each combination of what the journal says and what the sensors say."""

from dataclasses import replace

import pytest

from drivers.contracts.board import ChannelReading, DoorState, ItemState
from locker.compartment import Compartment, Content, Door, Operation, Status, step
from locker.events import (
    Bound,
    CustodyDisputed,
    DepositAbandoned,
    DoorFoundClosed,
    DoorOpened,
    Evidence,
    ItemSeenInEmptyCompartment,
    OpenOutcomeUnknown,
    UnexpectedInCompartment,
)
from locker.reconcile import Ask, DepositIntent, OpenIntent, Question, reconcile

CLOSED, OPEN, BLIND = DoorState.CLOSED, DoorState.OPEN, DoorState.UNKNOWN
PRESENT, ABSENT, NO_SENSOR = ItemState.PRESENT, ItemState.ABSENT, ItemState.UNKNOWN

EMPTY = Compartment("A-01")
RESERVED = Compartment("A-01", case_id="C-1")
OPENED = Compartment("A-01", case_id="C-1", content=Content.UNKNOWN, door=Door.OPEN)
SHUT = replace(OPENED, door=Door.CLOSED, item=ItemState.PRESENT)  # nothing but the last word was missing
OPENED_AGAIN = replace(SHUT, door=Door.OPEN)  # something had been forgotten
SHUT_EMPTY = replace(SHUT, item=ItemState.ABSENT)
SHUT_BLIND = replace(SHUT, item=ItemState.UNKNOWN)
FORCED = replace(SHUT, status=Status.MANIPULATED)  # after the person shut it, and shut again
RESULT = replace(SHUT, bound=Bound.CITIZEN, put_in_by="1001")
FORCED_RESULT = replace(RESULT, status=Status.MANIPULATED)
HELD = Compartment("A-01", case_id="C-1", content=Content.HELD, evidence=Evidence.SENSOR, door=Door.CLOSED)
HELD_OPEN = replace(HELD, door=Door.OPEN)  # staff were at it
HELD_UNSAID = replace(HELD, evidence=Evidence.DOOR, unsaid=True)  # they shut it, and their word is missing
CLAIMED = Compartment("A-01", case_id="C-1", content=Content.HELD, evidence=Evidence.CLAIMED)
LOST = Compartment("A-01", door=Door.UNKNOWN, doubt=Operation("op", None))
BROKEN = Compartment("A-01", status=Status.INOPERATIVE)

OPENING = OpenIntent("op", "A-01", "C-1")
DEPOSIT = DepositIntent("C-1", "A-01")


@pytest.mark.parametrize(
    ("state", "opening", "deposit", "door", "item", "events", "ask"),
    [
        (FORCED, None, DEPOSIT, CLOSED, PRESENT, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        (HELD_UNSAID, None, None, CLOSED, NO_SENSOR, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        (HELD_UNSAID, None, None, CLOSED, ABSENT, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        (HELD_UNSAID, None, None, CLOSED, PRESENT, [], None),
        (FORCED_RESULT, None, DEPOSIT, CLOSED, PRESENT, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        # an opening without an outcome
        (RESERVED, OPENING, DEPOSIT, OPEN, ABSENT, ["DoorOpened"], Ask.CLOSE_DOOR),
        (
            RESERVED,
            OPENING,
            DEPOSIT,
            CLOSED,
            PRESENT,
            ["OpenOutcomeUnknown", "DoorFoundClosed", "CustodyDisputed"],
            Ask.LOOK_INSIDE,
        ),
        (
            RESERVED,
            OPENING,
            DEPOSIT,
            CLOSED,
            ABSENT,
            ["OpenOutcomeUnknown", "DoorFoundClosed", "CustodyDisputed"],
            Ask.LOOK_INSIDE,
        ),
        (RESERVED, OPENING, DEPOSIT, BLIND, NO_SENSOR, ["OpenOutcomeUnknown"], Ask.DOOR_UNKNOWN),
        (HELD, OPENING, None, OPEN, PRESENT, ["DoorOpened"], Ask.CLOSE_DOOR),
        (HELD, OPENING, None, CLOSED, PRESENT, ["OpenOutcomeUnknown", "DoorFoundClosed"], Ask.LOOK_INSIDE),
        # a deposit that was begun
        (RESERVED, None, DEPOSIT, CLOSED, ABSENT, ["DepositAbandoned"], None),
        (RESERVED, None, DEPOSIT, CLOSED, NO_SENSOR, ["DepositAbandoned"], None),
        (RESERVED, None, DEPOSIT, CLOSED, PRESENT, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        (OPENED, None, DEPOSIT, CLOSED, PRESENT, ["DoorFoundClosed", "CustodyDisputed"], Ask.LOOK_INSIDE),
        (OPENED, None, DEPOSIT, CLOSED, ABSENT, ["DoorFoundClosed", "CustodyDisputed"], Ask.LOOK_INSIDE),
        (
            OPENED_AGAIN,
            None,
            DEPOSIT,
            CLOSED,
            PRESENT,
            ["DoorFoundClosed", "CustodyDisputed"],
            Ask.LOOK_INSIDE,
        ),
        (SHUT, None, DEPOSIT, CLOSED, PRESENT, ["DepositHeld"], None),
        (SHUT, None, DEPOSIT, CLOSED, ABSENT, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        (SHUT, None, DEPOSIT, OPEN, ABSENT, ["DoorFoundOpen"], Ask.CLOSE_DOOR),
        (SHUT_EMPTY, None, DEPOSIT, CLOSED, ABSENT, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        (SHUT_EMPTY, None, DEPOSIT, CLOSED, PRESENT, ["CustodyDisputed"], Ask.LOOK_INSIDE),
        (SHUT_BLIND, None, DEPOSIT, CLOSED, NO_SENSOR, ["DepositHeld"], None),
        (RESULT, None, DEPOSIT, CLOSED, PRESENT, ["ResultHeld"], None),
        (OPENED, None, DEPOSIT, OPEN, PRESENT, [], Ask.CLOSE_DOOR),
        (OPENED, None, DEPOSIT, BLIND, NO_SENSOR, [], Ask.DOOR_UNKNOWN),
        # nothing was under way
        (EMPTY, None, None, CLOSED, ABSENT, [], None),
        (EMPTY, None, None, CLOSED, NO_SENSOR, [], None),
        (EMPTY, None, None, CLOSED, PRESENT, ["ItemSeenInEmptyCompartment"], Ask.LOOK_INSIDE),
        (EMPTY, None, None, OPEN, ABSENT, ["DoorFoundOpen"], Ask.CLOSE_DOOR),
        (EMPTY, None, None, BLIND, NO_SENSOR, [], None),
        (HELD, None, None, CLOSED, PRESENT, [], None),
        (HELD, None, None, CLOSED, NO_SENSOR, [], None),
        (HELD, None, None, CLOSED, ABSENT, ["CustodyDisputed"], Ask.ITEM_MISSING),
        (CLAIMED, None, None, CLOSED, ABSENT, [], None),
        (HELD, None, None, OPEN, ABSENT, ["DoorFoundOpen"], Ask.CLOSE_DOOR),
        (HELD_OPEN, None, None, OPEN, ABSENT, [], Ask.CLOSE_DOOR),
        (HELD_OPEN, None, None, CLOSED, PRESENT, ["DoorFoundClosed", "CustodyDisputed"], Ask.LOOK_INSIDE),
        (HELD_OPEN, None, None, CLOSED, NO_SENSOR, ["DoorFoundClosed", "CustodyDisputed"], Ask.LOOK_INSIDE),
        (HELD_OPEN, None, None, CLOSED, ABSENT, ["DoorFoundClosed", "CustodyDisputed"], Ask.ITEM_MISSING),
        (HELD, None, None, BLIND, NO_SENSOR, [], Ask.DOOR_UNKNOWN),
        (OPENED, None, None, CLOSED, ABSENT, ["DoorFoundClosed"], Ask.LOOK_INSIDE),
        (LOST, None, None, CLOSED, ABSENT, ["DoorFoundClosed"], None),
        (BROKEN, None, None, OPEN, ABSENT, ["DoorFoundOpen"], None),
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
    for event in result.events:  # what a start writes is what the machine expects, in this order
        assert not isinstance(event, UnexpectedInCompartment)
        after = step(state, event)
        assert after.unexpected is None or isinstance(event, OpenOutcomeUnknown | DoorOpened), event
        state = after.state
    assert door is BLIND or state.door.value in (door.value, "unknown")


def test_events_and_questions_carry_what_is_known() -> None:
    result = reconcile({"A-01": RESERVED}, [OPENING], [DEPOSIT], {"A-01": ChannelReading(CLOSED, PRESENT)})
    assert result.events == (
        OpenOutcomeUnknown("op", "A-01", "C-1", "closed at start-up"),
        DoorFoundClosed("A-01", PRESENT),
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
