"""What a start makes of several deposits of one case and of results, on a real journal."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from drivers.contracts.board import ChannelReading, DoorState, ItemState
from kiosk.journal import events as facts
from kiosk.journal import opened
from kiosk.journal.custody import JournalCustody
from kiosk.journal.types import Event
from kiosk.runtime.restart import resolve
from locker import events as custody
from locker.events import Evidence, ResultKind
from locker.ledger import Ledger, complete
from tests.locker.rig import cabinet

CASE, FIRST, SECOND = "261122-0001", "A-01", "A-02"
SHUT = ChannelReading(DoorState.CLOSED, ItemState.ABSENT)
SHUT_SEEN = ChannelReading(DoorState.CLOSED, ItemState.PRESENT)


def used(cell: str, actor: str = "citizen") -> list[Event]:
    return [
        custody.OpenRequested(f"op-{cell}", cell, CASE, actor),
        custody.DoorOpened(f"op-{cell}", cell, CASE),
        custody.DoorClosed(f"op-{cell}", cell, CASE, ItemState.PRESENT),
    ]


RESERVED = custody.DepositRequested("261122-0001", "A-02", "item")
HELD: list[Event] = [
    facts.CaseOpened(CASE, "s", "item", "", "card_only", "测试", "110101199003070000", "13800000000"),
    custody.DepositRequested(CASE, FIRST, "item"),
    *used(FIRST),
    custody.DepositHeld(CASE, FIRST, Evidence.SENSOR),
]


@pytest.mark.parametrize(
    ("cut_off", "reading", "told", "states"),
    [
        ([RESERVED], SHUT, "DepositAbandoned", ["held", "abandoned"]),
        ([RESERVED, *used(SECOND)], SHUT_SEEN, "DepositHeld", ["held", "held"]),
        ([RESERVED, *used(SECOND)], SHUT, "CustodyDisputed", ["held", "disputed"]),
        (
            [custody.ResultRequested(CASE, SECOND, "1001", ResultKind.RESULT), *used(SECOND, "staff:1001")], SHUT_SEEN,
            "ResultHeld", ["held", "held"],
        ),
        (
            [custody.ResultRequested(CASE, SECOND, "1001", ResultKind.RESULT)], SHUT, "DepositAbandoned",
            ["held", "abandoned"],
        ),
    ],
)  # fmt: skip
def test_the_second_compartment_of_a_case_is_settled_and_the_first_left_alone(
    tmp_path: Path, cut_off: Sequence[Event], reading: ChannelReading, told: str, states: list[str]
) -> None:
    async def work() -> None:
        async with opened(tmp_path, ballast_bytes=0) as journal:
            await journal.append([*HELD, *cut_off])
        async with opened(tmp_path, ballast_bytes=0) as journal:
            mark = len(HELD) + len(cut_off)
            known = (await journal.compartments()).values()
            ledger = Ledger(JournalCustody(journal), complete(cabinet(), known))
            assert await resolve(journal, ledger, {FIRST: SHUT_SEEN, SECOND: reading}, str) == []
            assert [event.type for event in await journal.events(after=mark)] == [told]
            assert [row.state for row in await journal.deposits_of(CASE)] == states
            await resolve(journal, ledger, {FIRST: SHUT_SEEN, SECOND: reading}, str)
            assert len(await journal.events(after=mark)) == 1  # settled once

    asyncio.run(work())
