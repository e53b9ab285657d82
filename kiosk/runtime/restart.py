"""After a start: what was cut off is resolved from the sensors, and what they cannot say becomes a question.

Also where the journal turns out to be an older one, at the start or when the broker says so.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from drivers.contracts.board import ChannelReading
from kiosk.journal.anchor import Anchor, is_genuine
from kiosk.journal.journal import Journal
from kiosk.session import events as ev
from locker.events import OpenOutcomeUnknown
from locker.ledger import Ledger
from locker.reconcile import Ask, DepositIntent, OpenIntent, reconcile

logger = logging.getLogger(__name__)

EVENTS_MISSING: Final = "EVENTS_MISSING"
FREE_EVERY_S: Final = 1.0  # how often it is asked whether the person at a compartment has gone


async def resolve(
    journal: Journal, ledger: Ledger, readings: Mapping[str, ChannelReading], in_use: Callable[[], str]
) -> Sequence[ev.Event]:
    """Record what the sensors say about every intent without outcome; answers what the screen must deal with first.

    `readings`: by compartment; one that is missing there is not looked at. Nor is that of whoever stands there
    (`in_use`, empty when nobody does).

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
    theirs = in_use()  # only now: somebody may have come while the journal was read
    others = {cell: reading for cell, reading in readings.items() if cell != theirs}
    found = reconcile(ledger.compartments, openings, deposits, others)
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
    of_cells = {cell: known[cell].case_id if cell in known else None for cell in cells}
    await journal.own_up(journal.gap, _doubts(of_cells))


async def compare_head(head: Anchor, journal: Journal, ledger: Ledger, in_use: Callable[[], str]) -> None:
    """Hold a head that the broker kept against the journal; what is missing is recorded once nobody is at a door.

    `in_use`: the compartment of whoever stands there, empty when there is none. Raises `JournalError`.
    """
    if not is_genuine(head, await journal.public_key()):
        logger.warning(
            "the broker keeps %s as the head of our journal, which is not signed with our key: it is not taken for one."
            " Unless keys/ was replaced here, ask who may write below our topics",
            head.text,
        )
        return
    gap = await journal.lacks(head)
    if gap is None:
        return
    logger.error(
        "the journal ends with event %d and lacks %s, which the broker has: it was cut off, or an older one was put in"
        " its place. Staff are asked to look into every compartment",
        gap.found_seq,
        head.text,
    )
    while in_use():  # noqa: ASYNC110  # the session sets no event, and nobody waits for this
        await asyncio.sleep(FREE_EVERY_S)
    doubts = _doubts({cell: state.case_id for cell, state in ledger.compartments.items()})
    # A connection that ends must not come between what is recorded and what the ledger knows of it.
    await asyncio.shield(ledger.follow(journal.own_up(gap, doubts), doubts))


def _doubts(case_of: Mapping[str, str | None]) -> list[OpenOutcomeUnknown]:
    return [
        OpenOutcomeUnknown(f"lost-{cell}", cell, case_id, EVENTS_MISSING) for cell, case_id in case_of.items()
    ]
