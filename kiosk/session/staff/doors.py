"""A round: each compartment is opened, what lay there is said or seen, and it is shut before the next one opens.

The item sensor speaks first. Where it cannot know (no sensor, papers it never saw, somebody looking into a compartment)
or contradicts what the person said, the person is asked once the door is shut, and their answer counts.
"""

from dataclasses import replace
from typing import Final

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session.leaving import Step
from kiosk.session.staffstate import Found, Purpose
from kiosk.session.visit import ITEM_ABSENT, ITEM_PRESENT
from screens import intents as ask

UNSEEN: Final = "unknown"  # what the item sensor says no more: the answer stands already
TAKING: Final = (Purpose.COLLECT, Purpose.RECALL)
HANDING: Final = (*TAKING, Purpose.RESOLVE)  # what is taken goes over into somebody's hands
ANSWERS: Final = {
    ask.FoundPapers: Found.TAKEN, ask.FoundNothing: Found.NOTHING, ask.FoundElse: Found.ELSE,
    ask.LeftInside: Found.LEFT,
}  # fmt: skip


def answers(errand: ss.Errand, item: str = "") -> tuple[Found, ...]:
    """What a person may say of this compartment; taking it out of the door is seen by the sensor and needs no word.

    While the sensor sees something (`item`), nobody's word makes the compartment empty.
    """
    found: tuple[Found, ...]
    match errand.purpose:
        case Purpose.COLLECT | Purpose.RECALL:
            found = (Found.TAKEN, Found.NOTHING, Found.ELSE, Found.LEFT)
        case Purpose.RESOLVE:
            found = (
                (Found.TAKEN, Found.NOTHING, Found.ELSE) if errand.case_id else (Found.TAKEN, Found.NOTHING)
            )
        case Purpose.MASTER | Purpose.AUDIT:
            found = (Found.LEFT, Found.NOTHING, Found.ELSE) if errand.case_id else (Found.NOTHING, Found.ELSE)
    if item != ITEM_PRESENT:
        return found
    inside = tuple(one for one in found if one not in (Found.TAKEN, Found.NOTHING))
    return inside if Found.LEFT in inside else (*inside, Found.LEFT)


def begin(round: ss.Round, *before: do.Effect) -> Step:
    """Open the first compartment of what is left of the round."""
    door = ss.StaffDoor(round.staff_no, round)
    errand = door.errand
    authority: tuple[do.Effect, ...] = ()
    if errand.purpose in TAKING:
        authority = (act.AuthorizeRetrieval(errand.case_id, errand.cell, round.staff_no),)
    return door, (*before, *authority, _open(door))


def step(stage: ss.StaffDoor | ss.StaffDone, event: ev.Event) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    if isinstance(stage, ss.StaffDone):
        return _done(stage, event)
    match event:
        case ev.DoorAnswer() | ev.DoorShut() | ev.DoorLost() | ev.DoorOpenLong():
            return _of_the_door(stage, event) if event.cell == stage.cell else None
        case ev.RecordingFailed() if (
            not stage.open and not stage.failed
        ):  # nothing is said to be done that the journal has not
            return replace(stage, failed=True, shut_item="", said=None, recording=None), (
                do.Sound("attention"),
            )
        case told.StaffRecorded(cell) if cell == stage.cell and stage.recording is not None:
            return go_on(stage.round.after(stage.recording))
        case ask.OpenAgain() | ask.TryAgain() if _stands_still(stage):
            again = replace(stage, shut_item="", failed=False, said=None)
            return again, (_open(again),)
        case ask.Back() if stage.failed and stage.opened:  # whoever had it open may have taken what lay there
            return _settle(replace(stage, failed=False, shut_item=UNSEEN), Found.UNSAID)
        case ask.Back() if stage.failed:
            return go_on(stage.round.after(Found.NOT_OPENED))
        case ask.FoundPapers() | ask.FoundNothing() | ask.FoundElse() | ask.LeftInside():
            return _said(stage, ANSWERS[type(event)])
        case _:
            return None


def go_on(round: ss.Round) -> Step:
    """The next compartment, or what stands at the end of such a round."""
    if round.todo:
        return begin(round)
    if round.purpose is Purpose.AUDIT:
        return ss.AuditSummary(round.staff_no, round), ()
    if all(one.found is Found.NOT_OPENED for one in round.done):
        return ss.StaffList(round.staff_no), ()
    if needs_slip(round):
        return ss.StaffDone(round.staff_no, round, slip_wanted=True), (act.IssueSlip(round),)
    return ss.StaffDone(round.staff_no, round), ()


def needs_slip(round: ss.Round) -> bool:
    """A case's compartment was opened to take something: there is a slip, also when nothing was found."""
    return round.purpose in HANDING and any(
        one.errand.case_id and one.found is not Found.NOT_OPENED for one in round.done
    )


def _open(door: ss.StaffDoor) -> do.OpenDoor:
    return do.OpenDoor(door.cell, door.errand.case_id, f"staff:{door.staff_no}")


def _stands_still(stage: ss.StaffDoor) -> bool:
    return (bool(stage.shut_item) or stage.failed) and stage.recording is None


def _waits_for_the_door(stage: ss.StaffDoor) -> bool:
    return not (stage.open or stage.shut_item or stage.failed or stage.recording)


def _of_the_door(
    stage: ss.StaffDoor, event: ev.DoorAnswer | ev.DoorShut | ev.DoorLost | ev.DoorOpenLong
) -> Step | None:
    match event:
        case ev.DoorAnswer(cell, opened, reason) if _waits_for_the_door(stage):
            if opened or reason == "ALREADY_OPEN":
                return replace(stage, open=True, opened=True), (do.WaitClosed(cell, stage.errand.case_id),)
            return replace(stage, failed=True), (do.Sound("attention"),)
        case ev.DoorShut(_, item) if stage.open:
            return _shut(replace(stage, open=False, long_open=False, shut_item=item))
        case ev.DoorLost() if stage.open:
            return replace(stage, open=False, long_open=False, said=None, failed=True), ()
        case ev.DoorOpenLong() if stage.open:
            return replace(stage, long_open=True), (do.Sound("attention"),)
        case _:
            return None


def _said(stage: ss.StaffDoor, found: Found) -> Step | None:
    if found not in answers(stage.errand, stage.shut_item) or stage.recording is not None or stage.failed:
        return None
    if stage.open:  # said before the door is shut: a second touch takes it back
        return replace(stage, said=None if stage.said is found else found), ()
    return _settle(stage, found) if stage.shut_item else None


def _shut(stage: ss.StaffDoor) -> Step:
    found = _known(stage)
    return (replace(stage, said=None), ()) if found is None else _settle(stage, found)


def _known(stage: ss.StaffDoor) -> Found | None:
    """What nobody need be asked about: the sensor's word, or the person's where the sensor does not contradict."""
    item, said, errand = stage.shut_item, stage.said, stage.errand
    match said:
        case Found.LEFT if item == ITEM_ABSENT and not errand.claimed:
            return None
        case Found.TAKEN | Found.NOTHING if item == ITEM_PRESENT:
            return None
        case None:
            taken = errand.purpose in TAKING and item == ITEM_ABSENT and not errand.claimed
            return Found.TAKEN if taken else None
        case _:
            return said


def unsaid(stage: ss.StaffDoor) -> Found:
    """What stands when the person has gone without a word: papers that are still seen are left, the rest is open."""
    still_there = stage.errand.expected and stage.shut_item == ITEM_PRESENT
    return Found.LEFT if still_there else Found.UNSAID


def _settle(stage: ss.StaffDoor, found: Found) -> Step:
    round = stage.round
    if stage.errand.blocked and found in (Found.TAKEN, Found.NOTHING):
        return ss.ChoosingReason(stage.staff_no, ss.ClearOrder(round, found)), ()
    settle = act.Settle(stage.errand, found, stage.staff_no, round.second_no)
    return replace(stage, said=None, recording=found), (settle,)


def cleared(order: ss.ClearOrder, second_no: str = "") -> Step:
    """With the reason (and the witness, where it was the key) the compartment goes back into service."""
    round = order.round
    door = ss.StaffDoor(round.staff_no, round, opened=True, shut_item=UNSEEN, recording=order.found)
    settle = act.Settle(door.errand, order.found, round.staff_no, second_no, order.reason)
    return door, (settle,)


def _done(stage: ss.StaffDone, event: ev.Event) -> Step | None:
    match event:
        case ask.Proceed() | ev.LeftAlone():
            return ss.StaffList(stage.staff_no), ()
        case told.SlipIssued(number) if stage.slip_wanted and not stage.slip:
            return replace(stage, slip=number), ()
        case told.SlipPrinted(number, outcome) if number == stage.slip:
            return replace(stage, printed=outcome), ()
        case ev.RecordingFailed() if stage.slip_wanted and not stage.slip:
            return replace(stage, printed="failed"), (do.Sound("attention"),)
        case ask.TryAgain() if stage.slip and stage.printed not in ("", "printed"):
            return replace(stage, printed=""), (act.PrintSlip(stage.slip),)
        case _:
            return None
