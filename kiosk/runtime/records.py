"""What only the keys' holder can tell of the journal: its signed head, and a case's personal part to a supervisor.

Through the running program, or on a journal that none holds. Everything else is read from the stored bytes.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from kiosk.journal.errors import JournalUnreadable, KeyErased
from kiosk.journal.journal import FILE_NAME, Journal, opened
from kiosk.journal.rows import Trailer
from kiosk.settings import Settings
from kiosk.staff import Locked, Member, Role, SignedIn, StaffError, StaffRegistry, WrongPin

from .command import ask

WHY: Final = "journal show"


@dataclass(frozen=True, slots=True)
class Reading:
    """Whose personal part is to be opened, and who asks."""

    case_id: str
    staff_no: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attested:
    """The head as it stands now. `personal`: the opened part; None: not asked for; empty: erased."""

    head: Trailer
    personal: Mapping[str, Any] | None = field(default=None, repr=False)


async def attested(settings: Settings, reading: Reading | None = None) -> Attested:
    """Ask the running program, or open the journal where none runs. The head covers the reading, which is an event.

    Raises `StaffError`, `JournalError`, `CommandRefused`.
    """
    order = None if reading is None else asdict(reading)
    told = await asyncio.to_thread(ask, settings.paths.state_dir, "records", reading=order)
    if told is None:
        async with without_program(settings) as (journal, staff):
            told = await attest(journal, staff, order, datetime.now(UTC))
    return Attested(Trailer.decode(told["head"]), told["personal"])


async def attest(
    journal: Journal, staff: StaffRegistry, order: Mapping[str, str] | None, now: datetime
) -> dict[str, Any]:
    """The same inside the program, as JSON carries it. Raises `StaffError`, `JournalError`."""
    personal = None if order is None else await _open(journal, staff, Reading(**order), now)
    head = Trailer(await journal.anchor(), (await journal.public_key()).hex())
    return {"head": head.plain(), "personal": personal}


async def _open(journal: Journal, staff: StaffRegistry, reading: Reading, now: datetime) -> dict[str, str]:
    if await journal.case(reading.case_id) is None:
        raise StaffError(f"there is no case {reading.case_id}")
    async with as_supervisor(staff, reading.staff_no, reading.pin, now, WHY) as member:
        try:
            return await journal.personal(reading.case_id, staff_no=member.staff_no, reason=WHY)
        except KeyErased:
            return {}


@contextlib.asynccontextmanager
async def as_supervisor(
    staff: StaffRegistry, staff_no: str, pin: str, now: datetime, why: str
) -> AsyncIterator[Member]:
    """Signed in for the block; wrong PINs are counted as at the screen. Raises `StaffError`."""
    only = "personal data is opened and erased by supervisors only"
    async with signed_in(staff, staff_no, pin, now, why, may=(Role.SUPERVISOR,), else_say=only) as member:
        yield member


@contextlib.asynccontextmanager
async def signed_in(
    staff: StaffRegistry,
    staff_no: str,
    pin: str,
    now: datetime,
    why: str,
    *,
    may: Sequence[Role],
    else_say: str,
) -> AsyncIterator[Member]:
    """The same for one of the roles `may`; anybody else reads `else_say`. Raises `StaffError`."""
    match await staff.sign_in(staff_no, pin, now):
        case WrongPin(wait_s=wait_s):
            wait = f"; wait {wait_s:.0f} s" if wait_s else ""
            raise StaffError(f"number and PIN do not belong together{wait}")
        case Locked(wait_s=wait_s):
            raise StaffError(f"too many wrong PINs: wait {wait_s:.0f} s")
        case SignedIn(member):
            try:
                if member.role not in may:
                    raise StaffError(f"{else_say}; {staff_no} is {member.role.value}")
                yield member
            finally:
                await staff.sign_out(member.staff_no, why)


@contextlib.asynccontextmanager
async def without_program(settings: Settings) -> AsyncIterator[tuple[Journal, StaffRegistry]]:
    """The journal and its accounts where no program holds them. Raises `JournalError`."""
    paths, limits = settings.paths, settings.staff
    if not (paths.state_dir / FILE_NAME).is_file():
        raise JournalUnreadable(f"there is no journal in {paths.state_dir}: check paths.state_dir")
    async with opened(paths.state_dir, master_key_file=paths.master_key_file) as journal:
        yield (
            journal,
            StaffRegistry(journal, attempts=limits.sign_in_attempts, first_wait_s=limits.first_wait_s),
        )
