"""A reserved compartment that nobody opens is given back, and only that."""

import asyncio

from drivers.contracts.board import ItemState
from kiosk.runtime.reservations import ReservationWatch
from locker.compartment import Compartment
from locker.events import (
    DepositAbandoned,
    DepositRequested,
    DoorClosed,
    DoorOpened,
    OpenOutcomeUnknown,
    OpenRequested,
    ResultKind,
    ResultRequested,
)
from locker.ledger import Ledger
from locker.reservations import Reservation, expired, reserved, watch
from tests.locker.rig import MemoryLog

CELLS = ("A-01", "A-02", "A-03")


def played(*events: object) -> Ledger:
    ledger = Ledger(MemoryLog(), [Compartment(cell) for cell in CELLS])
    ledger.apply(*events)  # type: ignore[arg-type]  # facts of one case each
    return ledger


def test_reserved_and_never_opened_is_what_counts() -> None:
    ledger = played(
        DepositRequested("C-1", "A-01", "item"),
        ResultRequested("C-2", "A-02", "1001", ResultKind.RESULT),
        DepositRequested("C-3", "A-03", "item"),
        OpenRequested("op", "A-03", "C-3", "citizen"),
        DoorOpened("op", "A-03", "C-3"),
        DoorClosed("op", "A-03", "C-3", ItemState.UNKNOWN),
    )
    assert reserved(ledger.compartments) == {"A-01": "C-1", "A-02": "C-2"}


def test_a_door_that_may_yet_open_is_left_to_those_who_look() -> None:
    ledger = played(
        DepositRequested("C-1", "A-01", "item"),
        OpenRequested("op", "A-01", "C-1", "citizen"),
        OpenOutcomeUnknown("op", "A-01", "C-1", "silent"),
    )
    assert reserved(ledger.compartments) == {}


def test_the_clock_begins_anew_for_another_case() -> None:
    first = played(DepositRequested("C-1", "A-01", "item")).compartments
    second = played(DepositRequested("C-2", "A-01", "item")).compartments
    seen = watch({}, first, 10.0)
    assert seen == {"A-01": Reservation("C-1", 10.0)}
    assert watch(seen, first, 100.0) == seen
    assert watch(seen, second, 100.0) == {"A-01": Reservation("C-2", 100.0)}
    assert watch(seen, played().compartments, 100.0) == {}


def test_whoever_stands_there_keeps_theirs() -> None:
    seen = {
        "A-01": Reservation("C-1", 0.0),
        "A-02": Reservation("C-2", 0.0),
        "A-03": Reservation("C-3", 299.0),
    }
    assert [event.cell for event in expired(seen, 300.0, 300.0, in_use="A-01")] == ["A-02"]


def test_the_watch_records_it_and_tries_again_while_it_cannot() -> None:
    log = MemoryLog()
    ledger = Ledger(log, [Compartment(cell) for cell in CELLS])

    async def work() -> None:
        await ledger.record(DepositRequested("C-1", "A-01", "item"))
        looking = ReservationWatch(ledger, lambda: "", limit_s=300.0)
        await looking.look(0.0)
        await looking.look(299.0)
        assert "DepositAbandoned" not in log.names()
        log.is_full = True
        await looking.look(300.0)
        log.is_full = False
        await looking.look(310.0)

    asyncio.run(work())
    assert log.events[-1] == DepositAbandoned("C-1", "A-01", "the reservation ran out")
    assert ledger.compartments["A-01"].is_free
