"""What administrators and staff do for the ways without a face: a code given by staff, the register of telephones."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kiosk.journal.journal import Journal, opened
from kiosk.onetimecode import OneTimeCodes, Purpose, TooManyIssued
from kiosk.settings import Settings
from kiosk.staff import COLLECTORS, StaffError, StaffRegistry
from kiosk.withoutface.phones import import_register, read_register

from .command import CommandRefused, ask
from .records import signed_in
from .wayacts import STAFF_SUBJECT

WHY: Final = "a code for a citizen"


@dataclass(frozen=True, slots=True)
class CodeOrder:
    """Who gives a code."""

    staff_no: str
    pin: str = field(repr=False)


async def staff_code(settings: Settings, order: CodeOrder) -> Mapping[str, str]:
    """A code from the running program: `code`, and `until` when it is good. Raises `CommandRefused`."""
    told = await asyncio.to_thread(
        ask, settings.paths.state_dir, "staff_code", staff_no=order.staff_no, pin=order.pin
    )
    if told is None:
        raise CommandRefused("the kiosk does not run: nobody can type a code there")
    return told


async def give_code(
    staff: StaffRegistry, codes: OneTimeCodes, order: CodeOrder, now: datetime
) -> dict[str, str]:
    """The same inside the program. Raises `StaffError` for who may not, `JournalError`."""
    only = "codes are given by staff and supervisors"
    async with signed_in(staff, order.staff_no, order.pin, now, WHY, may=COLLECTORS, else_say=only) as member:
        by = f"staff:{member.staff_no}"
        issued = await codes.issue(Purpose.IDENTITY_STAFF, STAFF_SUBJECT, now=now, by=by)
    if isinstance(issued, TooManyIssued):
        raise StaffError(f"too many codes were given for this kiosk: wait {issued.wait_s:.0f} s")
    return {"code": issued.code, "until": issued.expires_at.isoformat(timespec="seconds")}


async def import_phones(settings: Settings, file: Path, by: str) -> int:
    """Replace the register through the running program, or on a journal that none holds; how many numbers it has.

    Raises `RegisterUnusable`, `OSError`, `JournalError`, `CommandRefused`.
    """
    told = await asyncio.to_thread(ask, settings.paths.state_dir, "phones", file=str(file), by=by)
    if told is not None:
        return int(told["phones"])
    async with opened(settings.paths.state_dir, master_key_file=settings.paths.master_key_file) as journal:
        return await take_phones(journal, file, by)


async def take_phones(journal: Journal, file: Path, by: str) -> int:
    """The same inside the program."""
    return await import_register(journal, await asyncio.to_thread(read_register, file), by=by)


def order_of(request: Mapping[str, Any]) -> CodeOrder:
    """From a request's fields. Raises `KeyError`."""
    return CodeOrder(str(request["staff_no"]), str(request["pin"]))
