"""The compartment machine: the life of a deposit, and what holds whatever happens."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contracts.board import ItemState
from locker import events
from locker.compartment import Compartment, Content, Door, Operation, Status, confirmed, given_up, step
from locker.events import (
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
    ResultKind,
    ResultRecalled,
    ResultRequested,
    RetrievalAuthorized,
)

CELL = "A-01"
DEPOSIT: tuple[CompartmentEvent, ...] = (
    DepositRequested("C-1", CELL, "item"),
    OpenRequested("op-1", CELL, "C-1", "citizen"),
    DoorOpened("op-1", CELL, "C-1"),
    DoorClosed("op-1", CELL, "C-1", ItemState.PRESENT),
    DepositHeld("C-1", CELL, Evidence.SENSOR),
)
RETRIEVAL: tuple[CompartmentEvent, ...] = (
    RetrievalAuthorized("C-1", CELL, "1001"),
    OpenRequested("op-2", CELL, "C-1", "staff:1001"),
    DoorOpened("op-2", CELL, "C-1"),
    DoorClosed("op-2", CELL, "C-1", ItemState.ABSENT),
    DepositCollected("C-1", CELL, "1001"),
)


PUT_IN: tuple[CompartmentEvent, ...] = (
    ResultRequested("C-1", CELL, "1001", ResultKind.RESULT),
    OpenRequested("op-1", CELL, "C-1", "staff:1001"),
    DoorOpened("op-1", CELL, "C-1"),
    DoorClosed("op-1", CELL, "C-1", ItemState.PRESENT),
    ResultHeld("C-1", CELL, "1001", Evidence.SENSOR),
)
FETCHED: tuple[CompartmentEvent, ...] = (
    PickupAuthorized("C-1", CELL, "card_only"),
    OpenRequested("op-2", CELL, "C-1", "citizen"),
    DoorOpened("op-2", CELL, "C-1"),
    DoorClosed("op-2", CELL, "C-1", ItemState.ABSENT),
    DepositReturned("C-1", CELL, "citizen"),
)


def after(*happened: CompartmentEvent) -> Compartment:
    """The state after events of which none is unexpected."""
    state = Compartment(CELL)
    for event in happened:
        result = step(state, event)
        assert result.unexpected is None, event
        state = result.state
    return state


def test_a_deposit_and_its_retrieval() -> None:
    held = after(*DEPOSIT)
    assert (held.content, held.case_id, held.evidence) == (Content.HELD, "C-1", Evidence.SENSOR)
    assert not held.is_free
    over = after(*DEPOSIT, *RETRIEVAL)
    assert over.is_free
    assert (over.uses, over.case_id, over.retrieved_by) == (2, None, None)


def test_a_result_and_its_way_to_the_citizen() -> None:
    waiting = after(*PUT_IN)
    assert (waiting.content, waiting.bound, waiting.put_in_by) == (Content.HELD, Bound.CITIZEN, "1001")
    over = after(*PUT_IN, *FETCHED)
    assert over.is_free
    assert (over.bound, over.put_in_by, over.retrieved_by) == (Bound.STAFF, None, None)


def test_a_result_that_nobody_fetches_is_recalled_by_name() -> None:
    authorized = after(*PUT_IN, RetrievalAuthorized("C-1", CELL, "1002"))
    recalled = ResultRecalled("C-1", CELL, "1002", "overdue")
    assert step(after(*PUT_IN), recalled).unexpected == recalled
    assert step(authorized, recalled).state.is_free


def test_nobody_fetches_without_card_and_code() -> None:
    taken = DepositReturned("C-1", CELL, "citizen")
    assert step(after(*PUT_IN), taken).unexpected == taken
    assert step(after(*PUT_IN), PickupAuthorized("C-2", CELL, "verified")).unexpected is not None
    deposit = PickupAuthorized("C-1", CELL, "verified")  # what was handed in goes to staff
    assert step(after(*DEPOSIT), deposit).unexpected == deposit


def test_what_lies_there_for_the_citizen_is_not_collected_by_staff() -> None:
    collected = DepositCollected("C-1", CELL, "1001")
    assert step(after(*PUT_IN, RetrievalAuthorized("C-1", CELL, "1001")), collected).unexpected == collected


def test_a_door_found_open_at_a_start_leaves_in_doubt_what_no_sensor_sees() -> None:
    seen = DoorClosed(None, CELL, None, ItemState.ABSENT)
    blind = DoorClosed(None, CELL, None, ItemState.UNKNOWN)
    assert after(seen, DoorFoundOpen(CELL)).content is Content.EMPTY
    assert after(blind, DoorFoundOpen(CELL)).content is Content.UNKNOWN
    assert after(DoorFoundOpen(CELL)).content is Content.EMPTY  # the very first start
    assert after(DoorFoundOpen(CELL), DoorFoundClosed(CELL, ItemState.ABSENT)).door is Door.CLOSED


def test_papers_may_be_inside_as_soon_as_the_door_was_open() -> None:
    assert after(*DEPOSIT[:2]).content is Content.EMPTY
    assert after(*DEPOSIT[:3]).content is Content.UNKNOWN


def test_what_is_held_stays_in_custody_until_collected() -> None:
    assert after(*DEPOSIT, *RETRIEVAL[:4]).content is Content.HELD


def test_a_jam_is_counted_and_forgotten_when_the_door_opens() -> None:
    asked = OpenRequested("op-1", CELL, "C-1", "citizen")
    jam = OpeningFailed("op-1", CELL, "C-1", Reason.DOOR_JAMMED)
    jammed = after(DEPOSIT[0], asked, jam)
    assert (jammed.door, jammed.failures, jammed.case_id) == (Door.JAMMED, 1, "C-1")
    assert after(DEPOSIT[0], asked, jam, asked, DEPOSIT[2]).failures == 0


def test_a_silent_board_is_not_the_doors_fault() -> None:
    failed = after(*DEPOSIT[:2], OpeningFailed("op-1", CELL, "C-1", Reason.BOARD_SILENT))
    assert (failed.failures, failed.operation) == (0, None)


def test_out_of_service_keeps_whose_it_is_until_that_is_given_up() -> None:
    out = CompartmentOutOfService(CELL, "jam")
    assert after(DEPOSIT[0], out).case_id == "C-1"
    assert after(DEPOSIT[0], out, DepositAbandoned("C-1", CELL, "the door did not open")).case_id is None
    assert after(*DEPOSIT, out).case_id == "C-1"
    assert not after(out).is_free
    assert after(out, CompartmentCleared(CELL, "1001", "oiled")).is_free


def test_clearing_keeps_what_is_held_and_empties_the_rest() -> None:
    cleared = CompartmentCleared(CELL, "1001", "looked")
    assert after(*DEPOSIT, DoorForced(CELL), cleared).content is Content.HELD
    assert after(ItemSeenInEmptyCompartment(CELL), cleared).is_free
    assert after(*DEPOSIT[:4], CustodyDisputed("C-1", CELL, "cut"), cleared).is_free


def test_a_forced_door_takes_it_out_of_use() -> None:
    forced = after(*DEPOSIT, DoorForced(CELL))
    assert (forced.status, forced.content, forced.case_id) == (Status.MANIPULATED, Content.UNKNOWN, "C-1")


def test_a_deposit_whose_door_was_forced_before_it_was_confirmed_is_a_question() -> None:
    shut = after(*DEPOSIT[:4])
    seen = DepositHeld("C-1", CELL, Evidence.SENSOR)
    for inside in (ItemState.PRESENT, ItemState.UNKNOWN):
        assert confirmed(shut, seen, inside) == seen
    assert isinstance(confirmed(shut, seen, ItemState.ABSENT), CustodyDisputed)
    unseen = DepositHeld("C-1", CELL, Evidence.DOOR)
    assert confirmed(shut, unseen, ItemState.ABSENT) == unseen
    forced = step(shut, DoorForced(CELL)).state
    asked = confirmed(forced, seen, ItemState.PRESENT)
    assert isinstance(asked, CustodyDisputed)
    assert step(forced, asked).unexpected is None


def test_what_is_held_is_not_given_up_as_empty() -> None:
    held = after(*DEPOSIT)
    asked = given_up(held, "C-1", "why", ItemState.ABSENT)
    assert isinstance(asked, CustodyDisputed)
    assert step(held, asked).state.content is Content.UNKNOWN


def test_giving_up_claims_an_empty_compartment_only_behind_a_door_that_stayed_shut() -> None:
    shut = after(*DEPOSIT[:2], OpeningFailed("op-1", CELL, "C-1", Reason.BOARD_SILENT))
    assert given_up(shut, "C-1", "why", ItemState.UNKNOWN) == DepositAbandoned("C-1", CELL, "why")
    asked = given_up(shut, "C-1", "why", ItemState.PRESENT)  # the door's own sensor did not see it move
    assert isinstance(asked, CustodyDisputed)
    assert step(shut, asked).unexpected is None
    lost = after(*DEPOSIT[:2], OpenOutcomeUnknown("op-1", CELL, "C-1", "BOARD_SILENT"))
    open_still = after(*DEPOSIT[:3])
    for state in (lost, open_still):
        asked = given_up(state, "C-1", "why", ItemState.UNKNOWN)
        assert isinstance(asked, CustodyDisputed)
        assert step(state, asked).state.content is Content.UNKNOWN
    seen = after(
        *DEPOSIT[:2], OpenOutcomeUnknown("op-1", CELL, "C-1", "x"), DoorFoundClosed(CELL, ItemState.ABSENT)
    )
    assert given_up(seen, "C-1", "why", ItemState.UNKNOWN) == DepositAbandoned("C-1", CELL, "why")


@pytest.mark.parametrize("item", [ItemState.PRESENT, ItemState.UNKNOWN])
def test_giving_up_never_empties_what_was_open_and_not_seen_to_be_empty(item: ItemState) -> None:
    unsettled = after(*DEPOSIT[:3], DoorClosed("op-1", CELL, "C-1", item))
    asked = given_up(unsettled, "C-1", "why", ItemState.UNKNOWN)
    assert isinstance(asked, CustodyDisputed)
    assert step(unsettled, asked).state.content is Content.UNKNOWN


def test_a_door_that_opens_late_is_no_surprise() -> None:
    lost = after(*DEPOSIT[:2], OpenOutcomeUnknown("op-1", CELL, "C-1", "BOARD_SILENT"))
    assert (lost.door, lost.content) == (Door.UNKNOWN, Content.UNKNOWN)
    late = step(lost, DEPOSIT[2])
    assert (late.unexpected, late.state.door) == (None, Door.OPEN)


@pytest.mark.parametrize(
    ("before", "event"),
    [
        (DEPOSIT, DepositRequested("C-2", CELL, "item")),
        (DEPOSIT[:2], OpenRequested("op-9", CELL, "C-1", "citizen")),
        (DEPOSIT[:1], DoorOpened("op-1", CELL, "C-1")),
        (DEPOSIT, DoorClosed(None, CELL, None, ItemState.ABSENT)),
        (DEPOSIT[:2], OpeningFailed("op-9", CELL, "C-1", Reason.DOOR_JAMMED)),
        (DEPOSIT[:3], DepositHeld("C-1", CELL, Evidence.SENSOR)),  # the door is open
        (DEPOSIT[:4], DepositHeld("C-2", CELL, Evidence.SENSOR)),
        (DEPOSIT, DepositAbandoned("C-1", CELL, "left")),
        (DEPOSIT, DepositCollected("C-1", CELL, "1001")),  # nobody was authorized
        (DEPOSIT, RetrievalAuthorized("C-2", CELL, "1001")),
        (DEPOSIT, DepositReturned("C-2", CELL, "citizen")),
        (DEPOSIT, ItemSeenInEmptyCompartment(CELL)),
        (DEPOSIT, DoorLeftOpen(CELL, None, 60)),
    ],
)
def test_what_nobody_expected_is_handed_back(
    before: tuple[CompartmentEvent, ...], event: CompartmentEvent
) -> None:
    assert step(after(*before), event).unexpected == event


def test_an_event_that_is_not_its_own_empties_nothing() -> None:
    held = after(*DEPOSIT)
    for event in (
        DepositAbandoned("C-2", CELL, "left"),
        DepositAbandoned("C-1", CELL, "left"),
        DepositCollected("C-2", CELL, "1001"),
        DepositReturned("C-2", CELL, "citizen"),
        RetrievalAuthorized("C-2", CELL, "1001"),
    ):
        assert step(held, event).state == held


def test_an_event_of_another_compartment_is_refused() -> None:
    with pytest.raises(ValueError, match="A-02"):
        step(Compartment(CELL), DoorForced("A-02"))


cases = st.sampled_from(["C-1", "C-2"])
operations = st.sampled_from(["op-1", "op-2"])
maybe_case = st.none() | cases
words = st.sampled_from(["x", "y"])
FIELDS = {
    "cell": st.just(CELL),
    "case_id": cases,
    "operation_id": operations,
    "item_code": words,
    "actor": words,
    "staff_no": words,
    "seconds": st.integers(0, 99),
    "evidence": st.sampled_from(Evidence),
    "item": st.sampled_from(ItemState),
}


def any_of(kind: type) -> st.SearchStrategy[CompartmentEvent]:
    fields = {name: FIELDS.get(name, words) for name in kind.__dataclass_fields__}  # type: ignore[attr-defined]
    if kind is OpeningFailed:
        fields["reason"] = st.sampled_from(Reason)
    if kind in {OpenRequested, DoorOpened, DoorClosed, OpeningFailed, OpenOutcomeUnknown}:
        fields["case_id"] = maybe_case
    return st.builds(kind, **fields)


anything = st.one_of([any_of(kind) for kind in get_args(CompartmentEvent)])


@given(st.lists(anything, max_size=30))
def test_whatever_happens(history: list[CompartmentEvent]) -> None:
    state = Compartment(CELL)
    for event in history:
        before, result = state, step(state, event)
        state = result.state
        assert state.cell == CELL
        assert result.unexpected in {None, event}
        if state.content is Content.HELD:
            assert state.case_id is not None
        if before.content is Content.HELD and state.content is Content.EMPTY:
            assert isinstance(event, DepositCollected | DepositReturned)
            assert event.case_id == before.case_id
        if state.is_free:
            assert state.status is Status.OK
            assert state.content is Content.EMPTY
        if before.status is not Status.OK and state.status is Status.OK:
            assert isinstance(event, CompartmentCleared)


def test_every_event_has_its_cell_and_no_stray_default() -> None:
    for kind in get_args(events.CompartmentEvent):
        assert "cell" in kind.__dataclass_fields__
    assert Compartment(CELL).operation is None
    assert after(*DEPOSIT[:2]).operation == Operation("op-1", "C-1")


@pytest.mark.parametrize(
    ("state", "free"),
    [
        (Compartment("A-01"), True),
        (Compartment("A-01", content=Content.HELD), False),
        (Compartment("A-01", content=Content.UNKNOWN), False),
        (Compartment("A-01", case_id="C-1"), False),
        (Compartment("A-01", operation=Operation("op", None)), False),  # somebody is having it opened
    ],
)
def test_only_what_nobody_uses_is_free_and_may_be_tried_by_a_technician(
    state: Compartment, free: bool
) -> None:
    assert (state.is_free, state.may_be_tried) == (free, free)
    broken = replace(state, status=Status.INOPERATIVE)
    assert (broken.is_free, broken.may_be_tried) == (False, free)


def test_what_was_opened_while_it_held_something_waits_for_a_word() -> None:
    """A sensor that sees it, or a person who says what is there, whatever that is."""
    opened = (
        *DEPOSIT, RetrievalAuthorized("C-1", CELL, "1001"),
        OpenRequested("op-2", CELL, "C-1", "staff:1001"), DoorOpened("op-2", CELL, "C-1"),
    )  # fmt: skip
    shut = (*opened, DoorClosed("op-2", CELL, "C-1", ItemState.UNKNOWN))
    assert not after(*DEPOSIT).unsaid
    assert after(*shut).unsaid
    assert not after(*opened, DoorClosed("op-2", CELL, "C-1", ItemState.PRESENT)).unsaid
    for word in (
        CompartmentLookedInto(CELL, "C-1", "1001", "collect", "left"),
        DepositCollected("C-1", CELL, "1001"),
        CompartmentCleared(CELL, "1001", "looked"),
    ):
        assert not after(*shut, word).unsaid
