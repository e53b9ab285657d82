"""Scanned pages by command: which cases have some, and taking them out for the office, signed by two persons."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from kiosk.journal.pagefiles import PageFiles, PagesOnDisk, digest_of
from kiosk.journal.scanevents import PagesExported
from kiosk.journal.scans import ScanRow, scans
from kiosk.settings import Settings
from kiosk.staff import Role, StaffError, StaffRegistry

from .command import ask
from .records import signed_in, without_program

WHY: Final = "scanned pages"
MAY: Final = (Role.STAFF, Role.SUPERVISOR)
ELSE: Final = "scanned pages are taken out by staff, not by technicians"


@dataclass(frozen=True, slots=True)
class ScanOrder:
    """Whose pages, and the two who answer for them."""

    case_id: str
    staff_no: str
    second_no: str
    pin: str = field(repr=False)
    second_pin: str = field(repr=False)


async def waiting(settings: Settings) -> list[dict[str, Any]]:
    """Cases with pages, oldest first: number, pages, whether they are all that came in, when, whether taken out."""
    told: Mapping[str, Any] | None = await asyncio.to_thread(ask, settings.paths.state_dir, "scans")
    if told is None:
        async with without_program(settings) as (journal, staff):
            told = await scan_commands(settings, journal, staff, _now).listed({})
    return list(told["scans"])


async def take_out(settings: Settings, order: ScanOrder) -> list[bytes]:
    """The pages of a case as JPEG, in their order. Raises `StaffError`, `JournalError`, `CommandRefused`."""
    told: Mapping[str, Any] | None = await asyncio.to_thread(
        ask, settings.paths.state_dir, "scans_export", order=asdict(order)
    )
    if told is None:
        async with without_program(settings) as (journal, staff):
            commands = scan_commands(settings, journal, staff, _now)
            told = await commands.export({"order": asdict(order)})
    return [b64decode(page) for page in told["pages"]]


def _now() -> datetime:
    return datetime.now(UTC)


def scan_commands(
    settings: Settings, journal: Journal, staff: StaffRegistry, now: Callable[[], datetime]
) -> "ScanCommands":
    """For who holds the journal."""
    return ScanCommands(journal, staff, PagesOnDisk(settings.paths.state_dir), now)


@dataclass(frozen=True, slots=True)
class ScanCommands:
    """Who holds the journal does it."""

    journal: Journal
    staff: StaffRegistry
    files: PageFiles
    now: Callable[[], datetime]

    async def listed(self, _request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Nothing of a person, nothing of a page."""
        rows = await self.journal.read(scans)
        return {"scans": [_told(row) for row in rows]}

    async def export(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Open them; that it was done stands in the journal first. Raises `StaffError`, `JournalError`."""
        order = ScanOrder(**request["order"])
        if order.staff_no == order.second_no:
            raise StaffError("the second person has to be another one")
        async with (
            signed_in(self.staff, order.staff_no, order.pin, self.now(), WHY, may=MAY, else_say=ELSE) as one,
            signed_in(
                self.staff, order.second_no, order.second_pin, self.now(), WHY, may=MAY, else_say=ELSE
            ) as two,
        ):
            rows = await self.journal.read(scans)
            row = next((row for row in rows if row.case_id == order.case_id), None)
            if row is None:
                raise StaffError(f"case {order.case_id} has no scanned pages, or they are erased")
            sealed = await asyncio.to_thread(self.files.read, row.case_id, row.pages)
            if digest_of(sealed) != row.digest:
                raise JournalError(
                    f"the pages of {row.case_id} are not those that the journal recorded; they are left as they are"
                )
            await self.journal.append(PagesExported(row.case_id, one.staff_no, two.staff_no, row.pages))
            pages = [await self.journal.unseal(row.case_id, page) for page in sealed]
        return {"pages": [b64encode(page).decode("ascii") for page in pages]}


def _told(row: ScanRow) -> dict[str, Any]:
    return {
        "case": row.case_id, "pages": row.pages, "waiting": row.waiting, "bytes": row.size, "whole": row.whole,
        "sealed_at": row.sealed_at.isoformat(timespec="seconds"),
        "exported_at": None if row.exported_at is None else row.exported_at.isoformat(timespec="seconds"),
    }  # fmt: skip
