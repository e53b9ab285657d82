"""Custody by command: an opening with the mechanical key is entered, and staff ask the kiosk to wait for them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from kiosk.journal.journal import Journal, opened
from kiosk.journal.staffevents import ExchangeRefused, MechanicalKeyUsed
from kiosk.session import events as ev
from kiosk.session import staffevents as told
from kiosk.session import state as st
from kiosk.session.staffstate import USING_KEY
from kiosk.settings import Settings
from kiosk.staff import SignedIn, StaffError, StaffRegistry

from .command import Answer, CommandRefused, ask

BY_COMMAND = "command"


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """An opening with the mechanical key: where, who did it, who saw it, why."""

    cell: str
    staff_no: str
    witness_no: str
    reason: str
    pin: str = field(repr=False)
    witness_pin: str = field(repr=False)


async def enter_key(settings: Settings, order: KeyOrder) -> None:
    """Record it, through the running program or on a journal that none holds. Raises `StaffError`, `JournalError`."""
    if order.cell not in {cell.name for cell in settings.cabinet.cells}:
        raise StaffError(f"--cell: the cabinet has no compartment {order.cell}")
    told_by = await asyncio.to_thread(ask, settings.paths.state_dir, "custody_key", order=asdict(order))
    if told_by is None:
        async with opened(
            settings.paths.state_dir, master_key_file=settings.paths.master_key_file
        ) as journal:
            staff = StaffRegistry(
                journal, attempts=settings.staff.sign_in_attempts, first_wait_s=settings.staff.first_wait_s
            )
            await record_key(journal, staff, order, datetime.now(UTC))


async def record_key(journal: Journal, staff: StaffRegistry, order: KeyOrder, now: datetime) -> None:
    """The same where the journal is at hand: both sign, then it stands. Raises `StaffError`, `JournalError`."""
    if order.staff_no == order.witness_no:
        raise StaffError("the witness has to be another person")
    if order.reason not in tuple(USING_KEY):
        raise StaffError(f"--reason: one of {', '.join(USING_KEY)}")
    for number, pin in ((order.staff_no, order.pin), (order.witness_no, order.witness_pin)):
        await _signs(staff, number, pin, now)
    await journal.append(MechanicalKeyUsed(order.cell, order.staff_no, order.witness_no, order.reason))


async def _signs(staff: StaffRegistry, number: str, pin: str, now: datetime) -> None:
    match await staff.sign_in(number, pin, now):
        case SignedIn(member):
            await staff.sign_out(number, "countersigned")
            if not member.role.may_collect:
                raise StaffError(
                    f"{number} is a {member.role.value}, who answers for nothing that citizens left"
                )
        case refused:
            wait = f"; wait {refused.wait_s:.0f} s" if refused.wait_s else ""
            raise StaffError(f"{number}: number and PIN do not belong together{wait}")


def begin_exchange(settings: Settings, staff_no: str) -> None:
    """Have the running kiosk show the staff's sign-in. Raises `CommandRefused` while somebody is in the middle."""
    if ask(settings.paths.state_dir, "custody_exchange", staff_no=staff_no) is None:
        raise CommandRefused("the kiosk's program is not running: start it, or use the mechanical key")


@dataclass(frozen=True, slots=True)
class CustodyCommands:
    """The running program's side. `stage`: what the session is doing now."""

    journal: Journal
    staff: StaffRegistry
    stage: Callable[[], st.Stage]
    post: Callable[[ev.Event], None]
    now: Callable[[], datetime]

    async def key(self, request: Mapping[str, Any]) -> Answer:
        """Enter an opening by key."""
        await record_key(self.journal, self.staff, KeyOrder(**request["order"]), self.now())
        return {}

    async def exchange(self, request: Mapping[str, Any]) -> Answer:
        """XFS4IoT's StartExchange: refused while a transaction is under way, else nobody else begins now."""
        number = str(request["staff_no"])
        member = await self.staff.get(number)
        if member is None or not member.active or not member.role.may_collect:
            raise StaffError(f"there is no member of staff {number}")
        match self.stage():
            case st.Idle():
                self.post(told.StaffCardRead(number))
                return {}
            case stage if isinstance(stage, st.CitizenStage):
                await self.journal.append(ExchangeRefused(number, BY_COMMAND))
                raise CommandRefused("a citizen is in the middle: try again when the first page stands")
            case _:
                raise CommandRefused("somebody of staff is at the kiosk already")
