"""Erasing personal data on request: a supervisor orders it, and who holds the keys does it."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from kiosk.journal.journal import Journal
from kiosk.settings import Settings
from kiosk.staff import StaffError, StaffRegistry

from .command import ask
from .records import as_supervisor, without_program

WHY: Final = "journal erase"


@dataclass(frozen=True, slots=True)
class Erasure:
    """Of one case, or of all cases of the person with this number; who orders it, and why, without personal data."""

    staff_no: str
    pin: str = field(repr=False)
    reason: str
    case_id: str = ""
    id_number: str = field(default="", repr=False)


async def order(settings: Settings, erasure: Erasure) -> tuple[str, ...]:
    """Have it done, by the running program where one runs; answers the cases that were erased: those of the person's
    own. What they handed in for others stays; their card finds it no more.

    Raises `StaffError`, `JournalError`, `CommandRefused`.
    """
    told = await asyncio.to_thread(ask, settings.paths.state_dir, "erase", erasure=asdict(erasure))
    if told is None:
        async with without_program(settings) as (journal, staff):
            told = await carry_out(journal, staff, asdict(erasure), datetime.now(UTC))
    return tuple(told["cases"])


async def carry_out(
    journal: Journal, staff: StaffRegistry, erasure: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """The same inside the program, as JSON carries it. Nothing is erased where papers of one of the cases lie here."""
    what = Erasure(**erasure)
    async with as_supervisor(staff, what.staff_no, what.pin, now, WHY) as member:
        cases = await _cases(journal, what)
        held = {one.case_id: name for name, one in (await journal.compartments()).items() if one.case_id}
        if inside := [f"{case_id} in {held[case_id]}" for case_id in cases if case_id in held]:
            raise StaffError(f"papers still lie here, have them taken out first: {', '.join(inside)}")
        await journal.erase(cases, by=member.staff_no, reason=what.reason, id_number=what.id_number)
    return {"cases": cases}


async def _cases(journal: Journal, what: Erasure) -> list[str]:
    if not what.case_id:
        found = [row.case_id for row in await journal.cases_of(what.id_number)]
        if not found and not await journal.cases_to_fetch(what.id_number):
            raise StaffError("no case of this person is known: none ever was, or all are erased")
        return found
    if await journal.case(what.case_id) is None:
        raise StaffError(f"there is no case {what.case_id}")
    return [what.case_id]
