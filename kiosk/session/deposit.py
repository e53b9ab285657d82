"""The citizen's flow: item, phone, compartment, receipt, card back; who they are is asked in `identity.py`."""

from dataclasses import replace
from typing import Final

from locker.events import Evidence
from screens import intents as ask

from . import effects as do
from . import events as ev
from . import identity
from . import state as st
from .facts import Identity
from .leaving import Step, back_to_card, dismiss, leave, trouble_then_card

PHONE_DIGITS: Final = 11
NOTHING_SEEN_BEFORE_CLAIM: Final = 2  # the sensor sees nothing twice, then the citizen's word counts
ITEM_PRESENT: Final = "present"
ITEM_ABSENT: Final = "notPresent"


def step(stage: st.CitizenStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    match stage:
        case st.ChoosingItem() | st.ReadingGuide():
            return _before_card(stage, event, session)
        case st.AskingConsent() | st.AwaitingCard() | st.CheckingFace() | st.FaceUndecided():
            return identity.step(stage, event, session)
        case st.EnteringPhone() | st.Confirming():
            return _application(stage, event, session)
        case st.Reserving() | st.Opening() | st.OpenFailed():
            return _opening(stage, event)
        case st.PuttingIn() | st.NothingSeen() | st.Holding():
            return _putting_in(stage, event)
        case st.Receipt() | st.TakingCard() | st.Farewell() | st.Trouble() | st.DoorLeftOpen():
            return _leaving(stage, event)


# before the card ---------------------------------------------------------------------------------------------------


def _before_card(
    stage: st.ChoosingItem | st.ReadingGuide, event: ev.Event, session: st.Session
) -> Step | None:
    match stage, event:
        case st.ChoosingItem(), ask.ChooseItem(code):
            return st.ReadingGuide(code), ()
        case st.ChoosingItem(), ask.Back():
            return leave()
        case st.ReadingGuide(), ask.Back():
            return st.ChoosingItem(), ()
        case st.ReadingGuide(item), ask.Proceed() if session.facts.can_deposit:
            return identity.begin(item, session)
        case _:
            return None


# phone and confirmation --------------------------------------------------------------------------------------------


def _application(
    stage: st.EnteringPhone | st.Confirming, event: ev.Event, session: st.Session
) -> Step | None:
    match stage, event:
        case _, ev.CardGone():
            fresh = replace(
                stage.visit, card=None, card_present=False, identity=Identity.CARD_ONLY, face_tries=0
            )
            return st.AwaitingCard(fresh, trouble=ev.CardTrouble.LIFTED), (do.BeginCard(fresh.face_consent),)
        case st.EnteringPhone(digits=digits), ask.Digit(digit) if len(digits) < PHONE_DIGITS:
            return replace(stage, digits=f"{digits}{digit}", invalid=False), ()
        case st.EnteringPhone(digits=digits), ask.DeleteDigit():
            return replace(stage, digits=digits[:-1], invalid=False), ()
        case st.EnteringPhone(visit, digits), ask.Proceed():
            if is_mobile_number(digits):
                return st.Confirming(replace(visit, phone=digits)), ()
            return replace(stage, invalid=True), ()
        case st.Confirming(visit), ask.Back():
            return st.EnteringPhone(visit, visit.phone), ()
        case st.Confirming(visit), ask.Proceed():
            return st.Reserving(visit), (_open_case(visit, session.lang),)
        case _:
            return None


def is_mobile_number(digits: str) -> bool:
    """A mobile number of mainland China: 11 digits, 1 and then 3 to 9."""
    return len(digits) == PHONE_DIGITS and digits[0] == "1" and digits[1] in "3456789"


def _open_case(visit: st.Visit, lang: str, place: st.Place | None = None) -> do.OpenCase:
    assert visit.card is not None
    case_id, cell = (place.case_id, place.cell) if place is not None else ("", "")
    return do.OpenCase(
        visit.session_id, visit.item_code, visit.identity, visit.card, visit.phone, lang, case_id, cell
    )


# the compartment ---------------------------------------------------------------------------------------------------


def _open(visit: st.Visit, place: st.Place, attempt: int = 1) -> Step:
    return st.Opening(visit, place, attempt), (do.OpenDoor(place.cell, place.case_id, "citizen"),)


def _opening(stage: st.Reserving | st.Opening | st.OpenFailed, event: ev.Event) -> Step | None:
    match stage, event:
        case st.Reserving(visit), ev.CellGiven(case_id, cell):
            return _open(visit, st.Place(case_id, cell))
        case st.Reserving(visit, case_id), ev.NoCell():
            ended = do.Record(
                "CaseCancelled", (("case_id", case_id), ("reason", "no other compartment is free"))
            )
            return trouble_then_card(visit, "no_compartment", *((ended,) if case_id else ()))
        case st.Reserving(visit), ev.RecordingFailed():
            return trouble_then_card(visit, "disk_full")
        case st.Opening(visit, place), ev.DoorAnswer(cell, opened, reason) if cell == place.cell:
            if opened:
                return _opened(visit, place)
            return _not_opened(stage, reason)
        case st.Opening(visit, place), ev.RecordingFailed():
            return trouble_then_card(visit, "disk_full")
        case st.OpenFailed(visit, place), ask.TryAgain():
            return _open(visit, place, attempt=2)
        case st.OpenFailed(visit, place), ask.GiveUp():
            return _give_up(visit, place, "citizen gave up")
        case ((st.Opening(visit) | st.OpenFailed(visit) | st.Reserving(visit)), ev.CardGone()):
            return replace(stage, visit=replace(visit, card_present=False)), ()
        case _:
            return None


def _opened(visit: st.Visit, place: st.Place) -> Step:
    opened = replace(place, opened_before=True)
    return st.PuttingIn(visit, opened), (do.WaitClosed(place.cell, place.case_id),)


def _not_opened(stage: st.Opening, reason: str) -> Step:
    visit, place = stage.visit, stage.place
    if reason in ("BOARD_SILENT", "DOOR_UNKNOWN"):
        if place.opened_before:
            disputed = do.DisputeDeposit(place.case_id, place.cell, "lock board silent after an opening")
            return trouble_then_card(visit, "board_gone", disputed)
        abandoned = do.AbandonDeposit(place.case_id, place.cell, "lock board silent")
        return trouble_then_card(visit, "board_gone", abandoned)
    if stage.attempt == 1 and reason != "OUT_OF_SERVICE":
        return st.OpenFailed(visit, place), (do.Sound("attention"),)
    if place.opened_before:  # papers may lie inside and the door no longer opens: a person must look
        disputed = do.DisputeDeposit(place.case_id, place.cell, "door does not open again")
        return trouble_then_card(visit, "deposit_refused", disputed)
    return st.Reserving(visit, place.case_id, place.cell), (_open_case(visit, "", place),)


def _give_up(visit: st.Visit, place: st.Place, reason: str) -> Step:
    stage, effects = back_to_card(visit)
    return stage, (do.AbandonDeposit(place.case_id, place.cell, reason), *effects)


# papers in ---------------------------------------------------------------------------------------------------------


def _putting_in(stage: st.PuttingIn | st.NothingSeen | st.Holding, event: ev.Event) -> Step | None:
    match stage, event:
        case _, ev.CardGone():
            return replace(stage, visit=replace(stage.visit, card_present=False)), ()
        case st.PuttingIn(visit, place), ev.DoorShut(cell, item) if cell == place.cell:
            return _shut(visit, place, item)
        case st.PuttingIn(visit, place), ev.DoorLost(cell) if cell == place.cell:
            disputed = do.DisputeDeposit(
                place.case_id, place.cell, "lock board silent while the door was open"
            )
            return trouble_then_card(visit, "board_gone", disputed)
        case st.PuttingIn(place=place), ev.DoorOpenLong(cell) if cell == place.cell:
            return replace(stage, long_open=True), (do.Sound("attention"),)
        case st.NothingSeen(visit, place), ask.OpenAgain():
            return _open(visit, place)
        case st.NothingSeen(visit, place), ask.PapersInside() if (
            place.seen_nothing >= NOTHING_SEEN_BEFORE_CLAIM
        ):
            return _hold(visit, place, Evidence.CLAIMED)
        case st.NothingSeen(visit, place), ask.GiveUp():
            return _give_up(visit, place, "nothing put in")
        case st.Holding(visit, place), ev.DepositRecorded(case_id, anchor) if case_id == place.case_id:
            return _receipt(visit, place, anchor, stage.evidence)
        case st.Holding(visit), ev.RecordingFailed():
            return trouble_then_card(visit, "disk_full")
        case _:
            return None


def _shut(visit: st.Visit, place: st.Place, item: str) -> Step:
    if item == ITEM_PRESENT:
        return _hold(visit, place, Evidence.SENSOR)
    if item == ITEM_ABSENT:
        seen = replace(place, seen_nothing=place.seen_nothing + 1)
        return st.NothingSeen(visit, seen), (do.Sound("attention"),)
    return _hold(visit, place, Evidence.DOOR)


def _hold(visit: st.Visit, place: st.Place, evidence: Evidence) -> Step:
    return st.Holding(visit, place, evidence), (do.HoldDeposit(place.case_id, place.cell, evidence),)


def _receipt(visit: st.Visit, place: st.Place, anchor: str, evidence: Evidence) -> Step:
    job = do.PrintReceipt(place.case_id, place.cell, visit.item_code, visit.identity, evidence, "")
    return st.Receipt(visit, place, anchor), (job,)


# leaving -----------------------------------------------------------------------------------------------------------


def _leaving(
    stage: st.Receipt | st.TakingCard | st.Farewell | st.Trouble | st.DoorLeftOpen, event: ev.Event
) -> Step | None:
    match stage, event:
        case st.Receipt(), ev.ReceiptAnswer(outcome):
            return replace(stage, outcome=outcome), ()
        case st.Receipt(visit), ask.Proceed():
            return back_to_card(visit, deposited=True)
        case st.Receipt(visit), ev.CardGone():
            return replace(stage, visit=replace(visit, card_present=False)), ()
        case st.TakingCard(), ev.CardLeftLong() if not stage.long:
            left = do.Record("CardLeftBehind", (("session_id", stage.session_id),))
            return replace(stage, long=True), (left, do.Sound("alarm"), do.EndIdentity(), do.WatchCard())
        case st.TakingCard(), ev.LeftAlone():
            return stage, (do.Sound("attention"),)
        case st.TakingCard(), ev.CardGone():
            if not stage.long:
                return st.Farewell(stage.deposited), ()
            return leave(do.Record("CardTakenBack", (("session_id", stage.session_id),)))
        case st.Farewell(), (ev.LeftAlone() | ask.Proceed()):
            return leave()
        case st.Trouble(), ev.CardGone():
            return replace(stage, card_present=False), ()
        case st.Trouble(), (ev.LeftAlone() | ask.Proceed()):
            return (st.TakingCard(), (do.WatchCard(),)) if stage.card_present else leave()
        case st.DoorLeftOpen(), _:
            return _door_left_open(stage, event)
        case _:
            return None


def _door_left_open(stage: st.DoorLeftOpen, event: ev.Event) -> Step | None:
    match event:
        case ev.DoorShut(cell, item) if cell == stage.cell:
            if not stage.case_id:
                return _gone(stage)
            if item == ITEM_PRESENT and not stage.at_start:
                return _gone(stage, do.HoldDeposit(stage.case_id, stage.cell, Evidence.SENSOR))
            why = "cut off with the door open" if stage.at_start else "the citizen left with the door open"
            return _gone(stage, do.DisputeDeposit(stage.case_id, stage.cell, why))
        case ev.DoorLost(cell) if cell == stage.cell:
            why = "lock board silent while the door was open"
            return _gone(stage, do.DisputeDeposit(stage.case_id, stage.cell, why))
        case ev.CardGone():
            return replace(stage, card_present=False), ()
        case ev.DoorOpenLong():
            return stage, (do.Sound("attention"),)
        case _:
            return None


def _gone(stage: st.DoorLeftOpen, *effects: do.Effect) -> Step:
    if stage.others:
        (cell, case_id), *rest = stage.others
        following = st.DoorLeftOpen(
            cell, case_id, at_start=True, card_present=stage.card_present, others=tuple(rest)
        )
        return following, (*effects, do.WaitClosed(cell, case_id))
    if stage.card_present:
        return st.TakingCard(), (*effects, do.WatchCard())
    return leave(*effects)


def timed_out(stage: st.CitizenStage) -> Step:
    """The person walked away: nothing of theirs stays on the screen, what they left behind is kept safe."""
    match stage:
        case st.PuttingIn(visit, place):
            left = st.DoorLeftOpen(place.cell, place.case_id, card_present=visit.card_present)
            return left, (do.Sound("attention"), do.EndIdentity(), do.WatchCard())
        case st.NothingSeen(visit, place):
            disputed = do.DisputeDeposit(place.case_id, place.cell, "nothing seen, the citizen left")
            next_stage, effects = back_to_card(visit)
            return next_stage, (disputed, *effects)
        case st.OpenFailed(visit, place):
            return _give_up(visit, place, "the citizen left")
        case st.Receipt(visit):
            return back_to_card(visit, deposited=True)
        case st.TakingCard() | st.DoorLeftOpen() | st.Reserving() | st.Opening() | st.Holding():
            return stage, ()  # these end by their device's answer, never by the clock
        case st.Trouble(card_present=True):
            return st.TakingCard(), (do.WatchCard(),)
        case st.AskingConsent() | st.AwaitingCard() | st.CheckingFace() | st.FaceUndecided():
            return identity.timed_out(stage)
        case st.EnteringPhone(visit) | st.Confirming(visit):
            return dismiss(visit)
        case st.ChoosingItem() | st.ReadingGuide() | st.Farewell() | st.Trouble():
            return leave()
