"""What follows for custody from what staff found behind a door. Pure: a table of purposes, words and events."""

from dataclasses import dataclass
from typing import Final, assert_never

from drivers.contracts.board import ItemState
from kiosk.session.staffstate import Errand, Found, Purpose
from locker import events as custody
from locker.compartment import Compartment, Content, Status
from locker.events import Bound

NOT_FOUND: Final = "NOT_FOUND"
SOMETHING_ELSE: Final = "SOMETHING_ELSE"
UNSAID: Final = "UNSAID"
TAKEN_BACK: Final = "NOT_FETCHED"
TO_CHECK: Final = "TO_CHECK"  # what was in doubt, or opened for another reason than that nobody came


@dataclass(frozen=True, slots=True)
class Consequence:
    """Events to record together. `clear`: a person looked and the compartment is empty: back into service.

    `settled`: nothing is left for staff to do there.
    """

    events: tuple[custody.Event, ...]
    clear: bool = False
    settled: bool = True


def consequence(
    errand: Errand, found: Found, there: Compartment, staff_no: str, inside: ItemState
) -> Consequence:
    """What to record; `there` is the compartment as the journal has it, `inside` what its sensor says now."""
    looked = custody.CompartmentLookedInto(
        errand.cell, errand.case_id or None, staff_no, errand.purpose.value, found.value
    )
    if found in (Found.TAKEN, Found.NOTHING) and ItemState.PRESENT in (there.item, inside):
        # it came in after the word was given, while a reason or a witness was asked for; its door may have been open
        # for too short a time to be seen
        found = Found.ELSE
    if not errand.case_id or there.case_id != errand.case_id:
        return _of_nobodys(errand, found, looked, there)
    match found:
        case Found.TAKEN:
            # a compartment that was in order stays in service by itself
            return Consequence(
                (looked, *_taken(errand, there, staff_no)), clear=there.status is not Status.OK
            )
        case Found.NOTHING if there.content is Content.HELD:
            return Consequence((looked, _disputed(errand, NOT_FOUND)), settled=False)
        case Found.NOTHING if errand.purpose is not Purpose.RESOLVE:
            return Consequence((looked,), settled=False)
        case Found.NOTHING:  # nobody could say before, and a person has looked now
            gone = custody.DepositAbandoned(errand.case_id, errand.cell, f"staff {staff_no}: {NOT_FOUND}")
            return Consequence((looked, gone), clear=True)
        case Found.ELSE:
            return Consequence((looked, _disputed(errand, SOMETHING_ELSE)), settled=False)
        case Found.UNSAID:
            return Consequence((looked, _disputed(errand, UNSAID)), settled=False)
        case Found.LEFT | Found.NOT_OPENED:
            return Consequence((looked,), settled=False)
        case _:
            assert_never(found)


def _of_nobodys(
    errand: Errand, found: Found, looked: custody.CompartmentLookedInto, there: Compartment
) -> Consequence:
    """A compartment that no case is known to lie in."""
    if errand.purpose is Purpose.RESOLVE:
        clear = found in (Found.TAKEN, Found.NOTHING)
        return Consequence((looked,), clear=clear, settled=clear)
    if found is Found.ELSE and there.content is Content.EMPTY:
        blocked = custody.CompartmentOutOfService(errand.cell, SOMETHING_ELSE)
        return Consequence((looked, blocked), settled=False)
    return Consequence((looked,), settled=False)


def _taken(errand: Errand, there: Compartment, staff_no: str) -> tuple[custody.Event, ...]:
    """Where the opening was not for taking, finding it there is the authority."""
    case_id, cell = errand.case_id, errand.cell
    authority: tuple[custody.Event, ...] = ()
    if there.retrieved_by != staff_no:
        authority = (custody.RetrievalAuthorized(case_id, cell, staff_no),)
    if there.bound is Bound.CITIZEN:
        why = TAKEN_BACK if errand.purpose is Purpose.RECALL else TO_CHECK
        return (*authority, custody.ResultRecalled(case_id, cell, staff_no, why))
    return (*authority, custody.DepositCollected(case_id, cell, staff_no))


def _disputed(errand: Errand, reason: str) -> custody.CustodyDisputed:
    return custody.CustodyDisputed(errand.case_id, errand.cell, reason)
