"""A round from door to door, its end, and the audit: what stands before somebody whose hands are full."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, assert_never

from kiosk.session import staffstate as ss
from kiosk.session.staff import audit, doors
from kiosk.session.staffstate import Found, Purpose
from kiosk.session.visit import ITEM_PRESENT
from screens import intents as ask
from screens import viewmodels as vm
from screens.intents import Intent
from screens.viewmodels import Action, CellLook, Line, Text, Tone, text

from .cabinet import compartment_page
from .view import View, back

INTENTS: Final[Mapping[Found, Intent]] = {
    Found.TAKEN: ask.FoundPapers(), Found.NOTHING: ask.FoundNothing(), Found.ELSE: ask.FoundElse(),
    Found.LEFT: ask.LeftInside(),
}  # fmt: skip
WORDS: Final = {Found.TAKEN: "found_papers", Found.NOTHING: "found_nothing", Found.ELSE: "found_else",
                Found.LEFT: "left_inside"}  # fmt: skip
RAIL_MOST: Final = 24  # beyond this its bars are too thin to be told apart


def door_pages(view: View, stage: ss.StaffDoor | ss.StaffDone) -> vm.ViewModel:
    """One compartment of a round, or the end of it."""
    return _done(view, stage) if isinstance(stage, ss.StaffDone) else _door(view, stage)


def _chrome(view: View, round: ss.Round) -> vm.Chrome:
    """The rail is the round: how many compartments are behind."""
    chrome = view.chrome(staff=True)
    if round.length < 2:
        return chrome
    steps = round.length if round.length <= RAIL_MOST else 0
    place = f"{round.place} / {round.length}"
    return replace(chrome, step=round.place if steps else 0, steps=steps, subject=place)


def _answers(stage: ss.StaffDoor) -> tuple[Action, ...]:
    """What may be said; at the open door, taking is seen by the sensor and needs no word."""
    errand = stage.errand
    seen = stage.open and errand.purpose in doors.TAKING
    return tuple(
        Action(INTENTS[found], _label(errand, found, chosen=stage.said is found))
        for found in doors.answers(errand, stage.shut_item)
        if not (seen and found is Found.TAKEN)
    )


def _label(errand: ss.Errand, found: Found, *, chosen: bool) -> Text:
    """The words of an answer; the one that was chosen keeps its place and bears a mark."""
    words = text(f"staff.{WORDS[found]}{_of(errand, found)}")
    return text("staff.chosen", what=words) if chosen else words


def _of(errand: ss.Errand, found: Found) -> str:
    return "_there" if found is Found.LEFT and errand.purpose in (Purpose.AUDIT, Purpose.MASTER) else ""


def _door(view: View, stage: ss.StaffDoor) -> vm.ViewModel:
    chrome, cell, round = _chrome(view, stage.round), stage.cell, stage.round
    again = Action(ask.OpenAgain(), text("compartment.open_again"))
    skip = Action(ask.Back(), text("staff.skip" if len(round.todo) > 1 or round.done else "action.back"))
    looking = stage.errand.purpose not in doors.TAKING
    if stage.failed:
        key = "staff.not_recorded" if stage.opened else "staff.failed"
        return compartment_page(
            view, chrome, cell, key, "staff.failed", sensor=_door_says(view, cell), actions=(again, skip), tone=Tone.BAD
        )  # fmt: skip
    if stage.open:
        key = "staff.look" if looking else "staff.take"
        if stage.said is not None:
            key = "staff.said"
        elif stage.long_open:
            key = "staff.close_it"
        return compartment_page(
            view, chrome, cell, key, "staff.take", opened=True, tone=Tone.GOOD, actions=_answers(stage),
        )  # fmt: skip
    if stage.recording is not None:
        return compartment_page(
            view,
            chrome,
            cell,
            "staff.recording",
        )
    if not stage.shut_item:
        return compartment_page(view, chrome, cell, "compartment.opening", "staff.opening")
    if looking or stage.errand.claimed or stage.shut_item != ITEM_PRESENT:
        return compartment_page(
            view, chrome, cell, "staff.resolve_question", actions=(*_answers(stage), again),
            sensor=f"sensor.closed_{_seen(stage.shut_item)}",
        )  # fmt: skip
    left = Action(ask.LeftInside(), text("staff.left_inside"))
    other = Action(ask.FoundElse(), text("staff.found_else"))
    return compartment_page(
        view, chrome, cell, "staff.still_seen", actions=(again, left, other), tone=Tone.CAUTION,
        sensor="sensor.closed_item",
    )  # fmt: skip


def _door_says(view: View, cell: str) -> str:
    """What the door's sensor says now, where no answer of an opening or a closing tells it."""
    look = next((one.look for one in view.session.facts.cells if one.name == cell), CellLook.UNKNOWN)
    return {CellLook.OPEN: "sensor.open", CellLook.UNKNOWN: "sensor.unknown"}.get(look, "sensor.closed")


def _seen(item: str) -> str:
    return {"present": "item", "notPresent": "empty"}.get(item, "unseen")


def _done(view: View, stage: ss.StaffDone) -> vm.ViewModel:
    round = stage.round
    taken = round.count(Found.TAKEN)
    last = round.done[-1].errand.cell
    chrome = view.chrome(staff=True)
    onward = Action(ask.Proceed(), text("action.next"), primary=True)
    lines = tuple(
        Line(text(f"staff.count.{found}"), str(round.count(found)))
        for found in Found
        if round.count(found) and len(round.done) > 1
    )
    heading = _heading(round, taken, last)
    if not stage.slip_wanted:
        note = text("staff.done_note")
        return vm.NoticePage(chrome, heading, note, Tone.GOOD, "check", lines, (onward,), "staff.collected")
    printed = stage.printed or "printing"
    note = text(f"staff.slip.{printed}", number=stage.slip)
    tone = Tone.GOOD if printed in ("printing", "printed") else Tone.CAUTION
    if stage.slip:
        lines += (Line(text("staff.slip.number"), stage.slip),)
    actions: tuple[Action, ...] = (onward,)
    if stage.slip and printed in ("notPrinted", "unknown"):
        actions += (Action(ask.TryAgain(), text("staff.slip.again")),)
    return vm.NoticePage(chrome, heading, note, tone, "check", lines, actions, "staff.collected")


def _heading(round: ss.Round, taken: int, last: str) -> vm.Text:
    if len(round.done) > 1:
        return text("staff.collected_several", count=taken, all=len(round.done))
    found = round.done[0].found
    if round.purpose is Purpose.RESOLVE and found is Found.NOTHING:
        return text("staff.cleared", cell=last)
    return text("staff.collected" if found is Found.TAKEN else "staff.looked", cell=last)


# the audit -----------------------------------------------------------------------------------------------------------


def audit_pages(view: View, stage: ss.AuditStart | ss.AuditSummary | ss.AuditDone) -> vm.ViewModel:
    """Before and after the round."""
    chrome = view.chrome(staff=True)
    match stage:
        case ss.AuditStart():
            return _start(view, stage, chrome)
        case ss.AuditSummary(round=round):
            different = audit.differences(round)
            rows = tuple(
                vm.PickRow(
                    f"audit.{one.errand.cell}", None, one.errand.cell,
                    text("staff.audit.differs", recorded=text(f"staff.audit.recorded.{_recorded(one.errand)}"),
                         found=text(f"staff.audit.found.{one.found}")), Tone.BAD,
                )
                for one in different
            )  # fmt: skip
            actions = (
                Action(ask.Proceed(), text("staff.audit.sign"), primary=True),
                Action(ask.SignOut(), text("staff.audit.give_up")),
            )
            sentence = text("staff.audit.counted", all=len(round.done), different=len(different))
            return vm.PickPage(
                chrome, text("staff.audit.summary", number=round.number), sentence,
                Tone.CAUTION if different else Tone.GOOD, rows, actions, "staff.audit.summary",
                text("staff.audit.agrees"),
            )  # fmt: skip
        case ss.AuditDone(round=round, filed=filed):
            note = text(f"staff.audit.filed.{filed or 'printing'}", number=round.number)
            tone = Tone.GOOD if filed in ("", "printed") else Tone.CAUTION
            onward = Action(ask.Proceed(), text("action.next"), primary=True, enabled=bool(filed))
            lines = (Line(text("staff.audit.number"), round.number),)
            heading = text("staff.audit.signed")
            return vm.NoticePage(chrome, heading, note, tone, "check", lines, (onward,), "staff.audit.done")
        case _:
            assert_never(stage)


def _recorded(errand: ss.Errand) -> str:
    if not errand.case_id:
        return "empty"
    return "held" if errand.expected else "disputed"


def _start(view: View, stage: ss.AuditStart, chrome: vm.Chrome) -> vm.ViewModel:
    facts, policy = view.session.facts, view.session.policy
    every, empty = (len(audit.errands(facts, only_empty=only)) for only in (False, True))
    free = not stage.starting
    rows = (
        vm.PickRow(
            "audit.all", ask.Proceed(), text("staff.audit.all", count=every),
            text("staff.audit.all_two" if policy.two_for_audit else "staff.audit.all_note"),
            enabled=free and bool(every),
        ),
        vm.PickRow(
            "audit.only_empty", ask.Choose("only_empty"), text("staff.audit.only_empty", count=empty),
            text("staff.audit.only_empty_note"), enabled=free and bool(empty),
        ),
    )  # fmt: skip
    return vm.PickPage(
        chrome, text("staff.audit"), text("staff.audit_note"), Tone.PLAIN, rows, (back(),) if free else (),
        "staff.audit",
    )  # fmt: skip
