"""The citizen fetches what staff have put in: card, code from the text message, door, taken, shut."""

from dataclasses import replace
from typing import Final, assert_never

from locker.events import NOT_THEIRS
from screens import intents as ask

from . import custodystate as cs
from . import effects as do
from . import events as ev
from . import identity
from . import state as st
from .facts import OwnCase
from .leaving import Step, back_to_card, dismiss, trouble_then_card
from .visit import ITEM_ABSENT, ITEM_PRESENT, ITEM_UNKNOWN

CODE_DIGITS: Final = 8
NO_MORE: Final = frozenset({"expired", "used", "blocked", "revoked", "none"})  # staff have to renew the code


def begin(visit: st.Visit, cases: tuple[OwnCase, ...]) -> Step:
    """The person is known; `cases` of theirs have something waiting."""
    if not cases:
        return trouble_then_card(visit, "nothing_waits")
    return cs.TypingPickup(visit, cases), ()


def step(stage: cs.PickupStage, event: ev.Event) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case cs.TypingPickup():
            return identity.before_the_door(stage.visit, event) or _typing(stage, event)
        case cs.PickupOpening() | cs.PickupFailed():
            return _card_lifted(stage, event) or _opening(stage, event)
        case cs.Taking() | cs.StillInside() | cs.Returning():
            return _card_lifted(stage, event) or _taking(stage, event)
        case _:
            assert_never(stage)


def timed_out(stage: cs.PickupStage) -> Step:
    """The person walked away: what they did not take stays theirs, what nobody can tell is looked into."""
    match stage:
        case cs.TypingPickup(visit):
            return dismiss(visit)
        case cs.PickupFailed(visit, parcel):
            return _given_up(visit, parcel)
        case cs.StillInside(visit, seen=True):
            return back_to_card(visit)
        case cs.StillInside(visit, parcel):
            next_stage, effects = back_to_card(visit)
            return next_stage, (_dispute(parcel, "the citizen left, no item sensor"), *effects)
        case cs.Taking(visit, parcel):
            left = st.DoorLeftOpen(
                parcel.cell, parcel.case_id, card_present=visit.card_present, parcel=parcel
            )
            return left, (do.Sound("attention"), do.EndIdentity(), do.WatchCard())
        case cs.PickupOpening() | cs.Returning():
            return stage, ()  # these end by their device's answer
        case _:
            assert_never(stage)


def left_open(parcel: st.Parcel, item: str) -> tuple[do.Effect, ...]:
    """The citizen went and left the door open; it is shut now, and the sensor says what that means."""
    if parcel.disowned:
        return _disowned(parcel, item)
    if item == ITEM_PRESENT:
        return ()  # it waits on
    if item == ITEM_ABSENT:
        return (do.ReturnParcel(parcel),)
    return (_dispute(parcel, "the citizen left with the door open"),)


def _card_lifted(
    stage: cs.PickupOpening | cs.PickupFailed | cs.Taking | cs.StillInside | cs.Returning, event: ev.Event
) -> Step | None:
    if not isinstance(event, ev.CardGone):
        return None
    return replace(stage, visit=replace(stage.visit, card_present=False)), ()


# the code ----------------------------------------------------------------------------------------------------------


def _typing(stage: cs.TypingPickup, event: ev.Event) -> Step | None:
    match event:
        case ev.PickupChecked() if stage.checking:
            return _checked(stage, event)
        case ev.RecordingFailed():
            return trouble_then_card(stage.visit, "not_now")
        case _ if stage.checking:
            return None
        case ask.Digit(digit) if len(stage.digits) < CODE_DIGITS:
            return replace(stage, digits=f"{stage.digits}{digit}", trouble=""), ()
        case ask.DeleteDigit():
            return replace(stage, digits=stage.digits[:-1], trouble=""), ()
        case ask.Proceed() if len(stage.digits) == CODE_DIGITS:
            case_ids = tuple(case.case_id for case in stage.cases)
            return replace(stage, checking=True), (do.CheckPickup(case_ids, stage.digits),)
        case _:
            return None


def _checked(stage: cs.TypingPickup, answer: ev.PickupChecked) -> Step:
    case = next((case for case in stage.cases if case.case_id == answer.case_id), None)
    if case is not None:
        first, *rest = (
            st.Parcel(case.case_id, cell, kind, case.item_code, answer.code_id) for cell, kind in case.waiting
        )
        visit = replace(stage.visit, case_id=case.case_id, item_code=case.item_code)
        came = do.Record(
            "CaseContinued",
            (
                ("case_id", case.case_id), ("session_id", visit.session_id),
                ("identity", visit.identity.value), ("errand", visit.errand.value),
                ("by", "agent" if case.by_agent else "person"),
            ),
        )  # fmt: skip
        stage_after, effects = _open(visit, first, tuple(rest))
        return stage_after, (came, *effects)
    if answer.why in NO_MORE:
        return trouble_then_card(stage.visit, f"pickup_{answer.why}")
    again = replace(stage, digits="", checking=False, trouble=answer.why, left=answer.left)
    return replace(again, wait_s=answer.wait_s), (do.Sound("attention"),)


# the door ----------------------------------------------------------------------------------------------------------


def _open(visit: st.Visit, parcel: st.Parcel, rest: tuple[st.Parcel, ...], attempt: int = 1) -> Step:
    return cs.PickupOpening(visit, parcel, rest, attempt), (do.OpenParcel(parcel, visit.identity),)


def _opening(stage: cs.PickupOpening | cs.PickupFailed, event: ev.Event) -> Step | None:
    visit, parcel, rest = stage.visit, stage.parcel, stage.rest
    match stage, event:
        case cs.PickupOpening(), ev.DoorAnswer(cell, opened=True) if cell == parcel.cell:
            watched = do.StopFace()  # who stands there counts no more
            return cs.Taking(visit, replace(parcel, in_doubt=False), rest), (
                do.WaitClosed(cell, parcel.case_id),
                watched,
            )
        case cs.PickupOpening(attempt=1), ev.DoorAnswer(cell) if cell == parcel.cell:
            return cs.PickupFailed(visit, parcel, rest), (do.Sound("attention"),)
        case cs.PickupOpening(), ev.DoorAnswer(cell) if cell == parcel.cell:
            return trouble_then_card(visit, "pickup_stuck", *_in_doubt(parcel))
        case cs.PickupOpening(), ev.RecordingFailed():
            return trouble_then_card(visit, "not_now", *_in_doubt(parcel))
        case cs.PickupFailed(), ask.TryAgain():
            return _open(visit, parcel, rest, attempt=2)
        case cs.PickupFailed(), ask.GiveUp():
            return _given_up(visit, parcel)
        case _:
            return None


def _given_up(visit: st.Visit, parcel: st.Parcel) -> Step:
    stage, effects = back_to_card(visit)
    return stage, (*_in_doubt(parcel), *effects)


def _in_doubt(parcel: st.Parcel) -> tuple[do.Effect, ...]:
    """What a door that does not open again leaves of the time when it was open."""
    doubt = _dispute(parcel, "the door does not open again, no item sensor")
    return (doubt,) if parcel.in_doubt else ()


def _taking(stage: cs.Taking | cs.StillInside | cs.Returning, event: ev.Event) -> Step | None:
    visit, parcel, rest = stage.visit, stage.parcel, stage.rest
    match stage, event:
        case cs.Taking(), ask.NotMine() | ask.Back():
            return replace(stage, parcel=replace(parcel, disowned=isinstance(event, ask.NotMine))), ()
        case cs.StillInside(seen=seen), ask.NotMine():
            inside = ITEM_PRESENT if seen else ITEM_UNKNOWN
            return trouble_then_card(visit, "not_mine", *_disowned(parcel, inside))
        case cs.Taking(), ev.DoorShut(cell, item) if cell == parcel.cell and parcel.disowned:
            return trouble_then_card(visit, "not_mine", *_disowned(parcel, item))
        case cs.Taking(), ev.DoorShut(cell, item) if cell == parcel.cell:
            if item == ITEM_ABSENT:
                return _return(visit, parcel, rest)
            return cs.StillInside(visit, parcel, rest, seen=item == ITEM_PRESENT), (do.Sound("attention"),)
        case cs.Taking(), ev.DoorLost(cell) if cell == parcel.cell:
            lost = _dispute(parcel, "lock board silent while the door was open")
            if parcel.disowned:
                return trouble_then_card(visit, "not_mine_open", *_disowned(parcel, ITEM_UNKNOWN))
            return trouble_then_card(visit, "pickup_lost", lost)
        case cs.Taking(), ev.DoorOpenLong(cell) if cell == parcel.cell:
            return replace(stage, long_open=True), (do.Sound("attention"),)
        case cs.StillInside(seen=seen), ask.OpenAgain():
            return _open(visit, replace(parcel, in_doubt=not seen), rest)
        case cs.StillInside(seen=False), ask.FoundPapers():
            return _return(visit, parcel, rest)
        case cs.StillInside(seen=True), ask.GiveUp():
            return back_to_card(visit)  # it waits on, the code stays good
        case cs.Returning(), ev.ParcelReturned(cell, still_inside=True) if cell == parcel.cell:
            return cs.StillInside(visit, parcel, rest, seen=True), (do.Sound("attention"),)
        case cs.Returning(), ev.ParcelReturned(cell) if cell == parcel.cell:
            if rest:
                return _open(visit, rest[0], rest[1:])
            return back_to_card(visit, fetched=True)
        case cs.Returning(), ev.RecordingFailed():
            return trouble_then_card(visit, "pickup_lost")
        case _:
            return None


def _return(visit: st.Visit, parcel: st.Parcel, rest: tuple[st.Parcel, ...]) -> Step:
    return cs.Returning(visit, parcel, rest), (do.ReturnParcel(parcel),)


def _disowned(parcel: st.Parcel, item: str) -> tuple[do.Effect, ...]:
    """Locked until staff have looked; the case stays with its owner, its code opens nothing that is in doubt."""
    fields = (("case_id", parcel.case_id), ("cell", parcel.cell), ("item", item))
    return do.Record("ParcelDisowned", fields), _dispute(parcel, NOT_THEIRS)


def _dispute(parcel: st.Parcel, reason: str) -> do.Effect:
    return do.DisputeDeposit(parcel.case_id, parcel.cell, reason)
