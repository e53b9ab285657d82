"""What a technician may open alone: nothing that may hold papers."""

import asyncio
from collections.abc import Iterator

import pytest

from drivers.contracts.board import ItemState
from drivers.emulators.control import Control
from locker.compartment import Status
from locker.doors import Closed, DoorService, NotOpened, Opened
from locker.events import (
    CompartmentOutOfService,
    CustodyDisputed,
    DepositHeld,
    DepositRequested,
    Evidence,
    Reason,
)
from locker.ledger import Ledger
from tests.locker.rig import Line, MemoryLog, all_shut, play

TECHNICIAN = "technician:4"


@pytest.fixture(autouse=True)
def doors_shut(line: Line) -> Iterator[None]:
    yield
    all_shut(line)


@pytest.mark.parametrize("content", ["held", "given", "unknown"])
def test_a_technician_alone_opens_nothing_that_may_hold_papers(line: Line, content: str) -> None:
    async def scene(doors: DoorService, ledger: Ledger, log: MemoryLog, control: Control) -> None:
        await ledger.record(DepositRequested("C-1", "A-03", "item"))
        if content == "held":
            await ledger.record(DepositHeld("C-1", "A-03", Evidence.SENSOR))
        elif content == "unknown":
            await ledger.record(CustodyDisputed("C-1", "A-03", "nobody knows"))
        before = control.do("state")["channels"]["3"]["unlocks"]
        assert await doors.open("A-03", None, TECHNICIAN) == NotOpened(Reason.NOT_EMPTY)
        assert control.do("state")["channels"]["3"]["unlocks"] == before
        assert "OpenRequested" not in log.names()

    play(line, scene)


def test_a_technician_alone_opens_nothing_in_which_something_is_seen(line: Line) -> None:
    async def scene(doors: DoorService, _: Ledger, __: MemoryLog, control: Control) -> None:
        control.do("door.open", channel=2)
        control.do("item.put", channel=2)
        control.do("door.close", channel=2)
        assert await doors.open("A-02", None, TECHNICIAN) == NotOpened(Reason.NOT_EMPTY)

    play(line, scene)


def test_a_technician_opens_an_empty_compartment_that_is_out_of_service(line: Line) -> None:
    async def scene(doors: DoorService, ledger: Ledger, _: MemoryLog, control: Control) -> None:
        await ledger.record(CompartmentOutOfService("A-04", "DOOR_JAMMED"))
        assert await doors.open("A-04", None, "citizen") == NotOpened(Reason.OUT_OF_SERVICE)
        assert isinstance(await doors.open("A-04", None, TECHNICIAN), Opened)
        assert ledger.compartments["A-04"].status is not Status.OK
        waiting = asyncio.create_task(doors.wait_closed("A-04", 5.0))
        control.do("door.close", channel=4)
        assert await waiting == Closed(ItemState.ABSENT)

    play(line, scene)
