"""The citizen's deposit: phone, confirmation, receipt, card back; who they are is asked in `identity.py`.

How an item is found is in `finding.py`, what happens at the compartment in `placing.py`.
"""

from dataclasses import replace

from kiosk.catalogue.forms import PHONE_DIGITS, is_mobile_number
from locker.events import Evidence
from screens import intents as ask

from . import (
    application,
    certifying,
    entrusting,
    finding,
    helping,
    identity,
    owncases,
    pickup,
    placing,
    progress,
    promising,
    quiet,
    rating,
    scanning,
)
from . import custodystate as cs
from . import effects as do
from . import events as ev
from . import state as st
from .leaving import Step, back_to_card, dismiss, leave
from .visit import ITEM_PRESENT

__all__ = ["PHONE_DIGITS", "is_mobile_number", "step", "timed_out"]


def step(stage: st.CitizenStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    if (cardless := helping.without_card(stage, event)) is not None:
        return cardless
    match stage:
        case st.ChoosingItem() | st.ReadingGuide():
            return finding.step(stage, event, session)
        case (
            st.AskingConsent() | st.AwaitingCard() | st.AskingGuardian() | st.CheckingFace() | st.FaceUndecided()
            | st.ChoosingWay() | st.EnteringCode() | st.AskingDesk()
        ):  # fmt: skip
            return identity.step(stage, event, session)
        case st.EnteringPhone() | st.Confirming():
            return _application(stage, event, session)
        case st.Filling() if stage.visit.is_typing_principal:
            return entrusting.filling(stage, event, session)
        case st.Filling() | st.Reviewing():
            return application.step(stage, event)
        case st.ChoosingRelation() | st.ChoosingFetcher() | st.AwaitingPrincipal():
            return entrusting.step(stage, event, session)
        case st.OfferingScan() | st.Scanning() | st.Filing():
            return scanning.step(stage, event, session)
        case st.ChoosingMissing() | st.Signing():
            return promising.step(stage, event, session, lambda visit: _confirmed(visit, session))
        case (
            st.Reserving() | cs.NoReach() | st.Opening() | st.OpenFailed() | st.PuttingIn() | st.NothingSeen()
            | cs.Sealing() | st.Holding() | st.Decided()
        ):  # fmt: skip
            return placing.step(stage, event, session)
        case cs.LookingUp() | cs.CutOff() | cs.OwnCases():
            return owncases.step(stage, event, session)
        case cs.AskingHow() | cs.ByNumber() | cs.Overview():
            return progress.step(stage, event, session)
        case (
            cs.TypingPickup() | cs.PickupOpening() | cs.PickupFailed() | cs.Taking() | cs.StillInside()
            | cs.Returning()
        ):  # fmt: skip
            return pickup.step(stage, event)
        case st.Issuing() | st.Handing():
            return certifying.step(stage, event)
        case st.ReadingQuiet():
            return quiet.step(stage, event)
        case st.Farewell() | st.Rating():
            return rating.step(stage, event, session)
        case st.Receipt() | st.TakingCard() | st.Trouble() | st.DoorLeftOpen():
            return _leaving(stage, event)


# phone and confirmation --------------------------------------------------------------------------------------------


def _application(
    stage: st.EnteringPhone | st.Confirming, event: ev.Event, session: st.Session
) -> Step | None:
    again = identity.before_the_door(stage.visit, event)
    if again is not None:
        return again
    match stage, event:
        case st.EnteringPhone(digits=digits), ask.Digit(digit) if len(digits) < PHONE_DIGITS:
            return replace(stage, digits=f"{digits}{digit}", invalid=False), ()
        case st.EnteringPhone(digits=digits), ask.DeleteDigit():
            return replace(stage, digits=digits[:-1], invalid=False), ()
        case st.EnteringPhone(visit, digits), ask.Proceed():
            if is_mobile_number(digits):
                return promising.begin(replace(visit, phone=digits), session)
            return replace(stage, invalid=True), ()
        case st.Confirming(visit), ask.ShowAnswers() if (
            visit.form.asked and visit.errand is st.Errand.DEPOSIT
        ):
            return st.Reviewing(visit), ()
        case st.Confirming(visit), ask.Back() if visit.errand is st.Errand.DEPOSIT:
            return st.EnteringPhone(visit, visit.phone), ()
        case st.Confirming(visit), ask.Back():
            return scanning.give_back(visit)
        case st.Confirming(visit), ask.ShowScans() if scanning.plan_of(visit, session) is not None:
            return scanning.offer(visit, session)
        case st.Confirming(visit), ask.EasyReach():
            return st.Confirming(replace(visit, reach=not visit.reach)), ()
        case st.Confirming(visit), ask.Proceed() if promising.must_sign(visit):
            return st.Signing(visit), ()
        case st.Confirming(visit), ask.Proceed():
            return _confirmed(visit, session)
        case _:
            return None


def _confirmed(visit: st.Visit, session: st.Session) -> Step:
    paperless = scanning.is_paperless(visit, session)
    reached, effects = (scanning.file if paperless else placing.reserve)(visit, session.paper_lang)
    if visit.errand is not st.Errand.SUPPLEMENT:
        return reached, effects
    fields = (
        ("case_id", visit.case_id), ("session_id", visit.session_id), ("identity", visit.identity.value),
        ("errand", visit.errand.value),
    )  # fmt: skip
    return reached, (do.Record("CaseContinued", fields), *effects)


# leaving -----------------------------------------------------------------------------------------------------------


def _leaving(
    stage: st.Receipt | st.TakingCard | st.Trouble | st.DoorLeftOpen, event: ev.Event
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
                return st.Farewell(stage.deposited, stage.fetched), ()
            return leave(do.Record("CardTakenBack", (("session_id", stage.session_id),)))
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
            if stage.parcel is not None:
                return _gone(stage, *pickup.left_open(stage.parcel, item))
            if item == ITEM_PRESENT and not stage.at_start:
                return _gone(
                    stage, do.HoldDeposit(stage.case_id, stage.cell, Evidence.SENSOR, stage.followed)
                )
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
        case (
            st.Reserving() | cs.NoReach() | st.Opening() | st.OpenFailed() | st.PuttingIn() | st.NothingSeen()
            | cs.Sealing() | st.Holding() | st.Decided()
        ):  # fmt: skip
            return placing.timed_out(stage)
        case cs.LookingUp() | cs.CutOff() | cs.OwnCases():
            return owncases.timed_out(stage)
        case cs.AskingHow() | cs.ByNumber() | cs.Overview():
            return progress.timed_out(stage)
        case (
            cs.TypingPickup() | cs.PickupOpening() | cs.PickupFailed() | cs.Taking() | cs.StillInside()
            | cs.Returning()
        ):  # fmt: skip
            return pickup.timed_out(stage)
        case st.Receipt(visit):
            return back_to_card(visit, deposited=True)
        case st.TakingCard() | st.DoorLeftOpen():
            return stage, ()  # these end by their device's answer, never by the clock
        case st.Trouble(card_present=True):
            return st.TakingCard(), (do.WatchCard(),)
        case (
            st.AskingConsent() | st.AwaitingCard() | st.AskingGuardian() | st.CheckingFace() | st.FaceUndecided()
            | st.ChoosingWay() | st.EnteringCode() | st.AskingDesk()
        ):  # fmt: skip
            return identity.timed_out(stage)
        case st.EnteringPhone(visit) | st.Confirming(visit) | st.Filling(visit) | st.Reviewing(visit):
            return dismiss(visit)
        case st.OfferingScan(visit) | st.Scanning(visit) | st.ChoosingMissing(visit) | st.Signing(visit):
            return dismiss(visit)
        case st.ChoosingRelation() | st.ChoosingFetcher() | st.AwaitingPrincipal():
            return entrusting.timed_out(stage)
        case st.Issuing() | st.Handing():
            return certifying.timed_out(stage)
        case st.Filing():
            return stage, ()
        case st.Rating():
            return rating.timed_out(stage)
        case st.ReadingQuiet() | st.ChoosingItem() | st.ReadingGuide() | st.Farewell() | st.Trouble():
            return leave()
