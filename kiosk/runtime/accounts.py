"""Staff accounts from the command line: through the running program, or on a journal that none holds."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from drivers.contracts.staffcard import CardUid
from kiosk.journal.journal import opened
from kiosk.settings import Settings
from kiosk.staff import Member, Role, StaffError, StaffRegistry

from .command import ask

NO_CARD: Final = "none"


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asks. `by`: who asks."""

    what: str
    by: str
    number: str = ""
    name: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)
    role: str = Role.STAFF.value
    departments: Sequence[str] = ()
    phone: str = field(default="", repr=False)
    told_for: Sequence[str] = ()
    card: str = field(default="", repr=False)
    json: bool = False


async def manage(settings: Settings, order: Order) -> Sequence[str]:
    """Do it through the running program, or on the journal where none runs; lines to print.

    Raises `StaffError`, `JournalError`, `CommandRefused`.
    """
    told = await asyncio.to_thread(ask, settings.paths.state_dir, "staff", order=asdict(order))
    if told is not None:
        return [str(line) for line in told["lines"]]
    async with opened(settings.paths.state_dir, master_key_file=settings.paths.master_key_file) as journal:
        return await perform(StaffRegistry(journal), order)


async def perform(staff: StaffRegistry, order: Order) -> Sequence[str]:
    """Do it; lines to print. Raises `StaffError`, `JournalError`."""
    match order.what:
        case "add":
            member = await staff.add(
                order.number, name=order.name, pin=order.pin, role=Role(order.role),
                departments=order.departments, phone=order.phone, told_for=order.told_for,
                card=_uid(order.card) if order.card else None, by=order.by,
            )  # fmt: skip
            return [f"added {member.staff_no} ({member.role.value})"]
        case "card":
            return [await _card(staff, order.number, order.card, order.by)]
        case "disable":
            await staff.disable(order.number, by=order.by)
            return [f"disabled {order.number}"]
        case "reset-pin":
            await staff.reset_pin(order.number, order.pin, by=order.by)
            return [f"new PIN for {order.number}"]
        case "list":
            members = await staff.list()
            if order.json:
                return [json.dumps([_plain(member) for member in members], ensure_ascii=False)]
            return [_line(member) for member in members] or ["nobody yet"]
        case unknown:
            raise StaffError(f"no order {unknown!r}")


async def _card(staff: StaffRegistry, number: str, card: str, by: str) -> str:
    if card == NO_CARD:
        await staff.take_card(number, by=by)
        return f"card of {number} is worth nothing any more"
    await staff.give_card(number, _uid(card), by=by)
    return f"card given to {number}"


def _uid(card: str) -> CardUid:
    try:
        return CardUid.parse(card)
    except ValueError as error:
        raise StaffError(f"--card: {error}") from None


def _plain(member: Member) -> dict[str, object]:
    """Without the name: a list on a terminal is read by whoever passes."""
    return {key: value for key, value in asdict(member).items() if key not in ("name", "phone")}


def _line(member: Member) -> str:
    state = "" if member.active else ", disabled"
    return f"{member.staff_no}  {member.role.value}{state}  told for: {', '.join(member.told_for) or '-'}"
