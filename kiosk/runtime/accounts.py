"""Staff accounts from the command line, on a journal that no running program holds."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from drivers.contracts.staffcard import CardUid
from kiosk.journal.journal import opened
from kiosk.settings import Settings
from kiosk.staff import Member, Role, StaffError, StaffRegistry

NO_CARD: Final = "none"


async def manage(settings: Settings, options: argparse.Namespace, pin: str, *, by: str) -> Sequence[str]:
    """Do what the options say; lines to print. Raises `StaffError`, `JournalError` (`JournalBusy` while it runs)."""
    async with opened(settings.paths.state_dir, master_key_file=settings.paths.master_key_file) as journal:
        staff = StaffRegistry(journal)
        match options.what:
            case "add":
                member = await staff.add(
                    options.number, name=options.name, pin=pin, role=Role(options.role),
                    departments=options.department, phone=options.phone, told_for=options.told_for,
                    card=_uid(options.card) if options.card else None, by=by,
                )  # fmt: skip
                return [f"added {member.staff_no} ({member.role.value})"]
            case "card":
                return [await _card(staff, options.number, options.card, by)]
            case "disable":
                await staff.disable(options.number, by=by)
                return [f"disabled {options.number}"]
            case "reset-pin":
                await staff.reset_pin(options.number, pin, by=by)
                return [f"new PIN for {options.number}"]
            case _:
                members = await staff.list()
                if options.json:
                    return [json.dumps([_plain(member) for member in members], ensure_ascii=False)]
                return [_line(member) for member in members] or ["nobody yet"]


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
