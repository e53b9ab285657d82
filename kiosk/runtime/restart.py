"""After a start: what was cut off is resolved from the sensors, and what they cannot say becomes a question."""

from collections.abc import Mapping, Sequence
from typing import Final

from drivers.contracts.board import ChannelReading
from kiosk.journal.journal import Journal
from kiosk.session import events as ev
from locker.events import OpenOutcomeUnknown
from locker.ledger import Ledger
from locker.reconcile import Ask, DepositIntent, OpenIntent, reconcile

EVENTS_MISSING: Final = "EVENTS_MISSING"


async def resolve(
    journal: Journal, ledger: Ledger, readings: Mapping[str, ChannelReading]
) -> Sequence[ev.Event]:
    """Record what the sensors say about every intent without outcome; answers what the screen must deal with first.

    `readings`: by compartment; one that is missing there is not looked at.

    Questions beside an open door follow from the compartments' own states and stand in the staff's list.
    """
    openings = [
        OpenIntent(intent.operation_id, intent.cell, intent.case_id)
        for intent in await journal.open_intents()
    ]
    deposits = [
        DepositIntent(row.case_id, row.cell)
        for row in await journal.deposits("requested")
        if row.cell in ledger.compartments and ledger.compartments[row.cell].case_id == row.case_id
    ]
    found = reconcile(ledger.compartments, openings, deposits, readings)
    if found.events:
        await ledger.record(*found.events)
    return [
        ev.DoorOpenAtStart(question.cell, question.case_id or "")
        for question in found.questions
        if question.ask is Ask.CLOSE_DOOR
    ]


async def own_up_to_loss(journal: Journal, cells: Sequence[str]) -> None:
    """Where events are missing from the journal: record it, and that nobody knows what became of any compartment."""
    if journal.gap is None:
        return
    known = await journal.compartments()
    cases = {cell: known[cell].case_id if cell in known else None for cell in cells}
    doubts = [
        OpenOutcomeUnknown(f"lost-{cell}", cell, case_id, EVENTS_MISSING) for cell, case_id in cases.items()
    ]
    await journal.own_up(doubts)
