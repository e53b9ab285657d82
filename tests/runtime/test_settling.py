"""What is recorded of what staff found: every purpose, every word, every content, through the compartment's machine."""

from dataclasses import replace
from itertools import product

import pytest

from drivers.contracts.board import ItemState
from kiosk.runtime.settling import consequence
from kiosk.session.staffstate import Errand, Found, Purpose
from locker import events as custody
from locker.compartment import Compartment, Content, Door, Status, step
from locker.events import Bound

STAFF, CASE, CELL = "1001", "261122-0001", "A-03"
HELD = Compartment(
    CELL, door=Door.CLOSED, content=Content.HELD, case_id=CASE, evidence=custody.Evidence.SENSOR
)
DOUBTFUL = Compartment(CELL, door=Door.CLOSED, content=Content.UNKNOWN, case_id=CASE)
RESULT = Compartment(CELL, door=Door.CLOSED, content=Content.HELD, case_id=CASE, bound=Bound.CITIZEN)
EMPTY = Compartment(CELL, door=Door.CLOSED)
FORCED = Compartment(CELL, Status.MANIPULATED, Door.CLOSED, Content.UNKNOWN)
SEEN_SINCE = replace(DOUBTFUL, item=ItemState.PRESENT)  # shut again after the word was given
SEEN_FORCED = replace(FORCED, item=ItemState.PRESENT)


def found_by(
    purpose: Purpose, found: Found, there: Compartment, inside: ItemState = ItemState.UNKNOWN
) -> tuple[list[str], bool, bool]:
    """Kinds of the events after the looking-in itself, whether it is cleared, whether it is settled."""
    errand = Errand(purpose, CELL, there.case_id or "", expected=there.content is Content.HELD)
    follows = consequence(errand, found, there, STAFF, inside)
    looked, *others = follows.events
    assert isinstance(looked, custody.CompartmentLookedInto)
    assert (looked.cell, looked.case_id, looked.staff_no, looked.found) == (
        CELL,
        there.case_id,
        STAFF,
        found.value,
    )
    return [type(event).__name__ for event in others], follows.clear, follows.settled


@pytest.mark.parametrize(
    ("purpose", "found", "there", "events", "clear", "settled"),
    [
        (Purpose.COLLECT, Found.TAKEN, HELD, ["RetrievalAuthorized", "DepositCollected"], False, True),
        (Purpose.COLLECT, Found.NOTHING, HELD, ["CustodyDisputed"], False, False),
        (Purpose.COLLECT, Found.ELSE, HELD, ["CustodyDisputed"], False, False),
        (Purpose.COLLECT, Found.LEFT, HELD, [], False, False),
        (Purpose.COLLECT, Found.UNSAID, HELD, ["CustodyDisputed"], False, False),
        (Purpose.RECALL, Found.TAKEN, RESULT, ["RetrievalAuthorized", "ResultRecalled"], False, True),
        (Purpose.RECALL, Found.NOTHING, RESULT, ["CustodyDisputed"], False, False),
        (Purpose.RESOLVE, Found.TAKEN, DOUBTFUL, ["RetrievalAuthorized", "DepositCollected"], False, True),
        (Purpose.RESOLVE, Found.NOTHING, DOUBTFUL, ["DepositAbandoned"], True, True),
        (Purpose.RESOLVE, Found.NOTHING, FORCED, [], True, True),
        (Purpose.RESOLVE, Found.TAKEN, SEEN_SINCE, ["CustodyDisputed"], False, False),
        (Purpose.RESOLVE, Found.NOTHING, SEEN_SINCE, ["CustodyDisputed"], False, False),
        (Purpose.RESOLVE, Found.NOTHING, SEEN_FORCED, [], False, False),
        (Purpose.AUDIT, Found.LEFT, HELD, [], False, False),
        (Purpose.AUDIT, Found.NOTHING, HELD, ["CustodyDisputed"], False, False),
        (Purpose.AUDIT, Found.NOTHING, DOUBTFUL, [], False, False),
        (Purpose.AUDIT, Found.NOTHING, EMPTY, [], False, False),
        (Purpose.AUDIT, Found.ELSE, EMPTY, ["CompartmentOutOfService"], False, False),
        (Purpose.MASTER, Found.UNSAID, EMPTY, [], False, False),
    ],
)
def test_what_follows(
    purpose: Purpose, found: Found, there: Compartment, events: list[str], clear: bool, settled: bool
) -> None:
    assert found_by(purpose, found, there) == (events, clear, settled)


@pytest.mark.parametrize("said", [Found.TAKEN, Found.NOTHING])
@pytest.mark.parametrize("there", [DOUBTFUL, replace(DOUBTFUL, item=ItemState.ABSENT), HELD])
def test_nobody_s_word_counts_against_what_the_sensor_sees_by_then(there: Compartment, said: Found) -> None:
    """As after a door that sprang open and shut again between two readings."""
    assert found_by(Purpose.RESOLVE, said, there, ItemState.PRESENT) == (["CustodyDisputed"], False, False)
    assert found_by(Purpose.RESOLVE, Found.TAKEN, there, ItemState.ABSENT)[2]


def test_the_compartment_allows_everything_that_is_recorded_and_nothing_held_is_ever_lost() -> None:
    """No purpose and no word makes a held compartment empty without somebody who has the papers."""
    for purpose, found, there in product(Purpose, Found, (HELD, DOUBTFUL, RESULT, EMPTY, FORCED, SEEN_SINCE)):
        errand = Errand(purpose, CELL, there.case_id or "")
        follows = consequence(errand, found, there, STAFF, ItemState.ABSENT)
        state, taken = there, False
        for event in follows.events:
            assert not isinstance(event, custody.UnexpectedInCompartment)
            after = step(state, event)
            assert after.unexpected is None, (purpose, found, there.content, type(event).__name__)
            taken = taken or isinstance(event, custody.DepositCollected | custody.ResultRecalled)
            state = after.state
        if there.content is Content.HELD and state.content is Content.EMPTY:
            assert taken
