"""One step of the session: what every page has in common, then the flow that the stage belongs to.

`step` is total: an event that means nothing in a state comes back as `unexpected`, for the journal.
"""

from dataclasses import dataclass, replace
from typing import Final, get_args

from screens import intents as ask

from . import (
    agencystate,
    aid,
    custodystate,
    deposit,
    everyone,
    helping,
    identity,
    staffevents,
    staffstate,
    vendor,
    voice,
)
from . import effects as do
from . import events as ev
from . import state as st
from .aidstate import Aid, Spot
from .facts import Part
from .leaving import Step
from .staff import flow as staff
from .staff import signin

_INTENTS: Final = get_args(ask.Intent)
_HARMLESS = (
    ev.IdleFor,
    ev.LeftAlone,
    ev.FactsChanged,
    ev.FaceHint,
    ev.FaceAsked,
    ev.FaceStale,  # once a door has opened, or where the face proved nothing
    ev.CardSeen,
    ev.CasesFound,
    ev.CodeScanned,  # a page that asks for none
    ev.ProgressFound,
    ev.CertificateReady,
    ev.CertificatePrinted,
    ev.PickupChecked,
    ev.ParcelReturned,
    ev.DoorOpenLong,
    ev.SheetPrinted,  # who asked for it has gone on
    staffevents.StaffCardRead,
    staffevents.StaffRecorded,  # these five: staff left meanwhile, and the journal has it
    staffevents.SlipIssued,
    staffevents.SlipPrinted,
    staffevents.ResultRecorded,
    staffevents.CodeTold,
    staffevents.SlipsTold,
    staffevents.CasesTold,
    staffevents.CaseLookedUp,
    staffevents.HistoryOffered,
    staffevents.HistoryRefused,
    staffevents.HistoryTold,
    staffevents.HistoryPrinted,
    staffevents.ListPrinted,
    ev.Inspected,
    ev.FramesTold,
    ev.TrialAnswer,
    ev.CameraSeen,
    ev.ReportMade,
    ev.AidAnswer,  # help was closed meanwhile
    ev.PageTaken,  # who scanned has gone on
    ev.ScanFailed,
    ev.AidLeft,
    ev.HeadphonesPlugged,
    *get_args(ask.Intent),
)


WITHOUT_CARD: Final = (custodystate.AskingHow, custodystate.ByNumber)
CARD_WATCHED: Final = (
    st.Filling, st.Reviewing, st.Decided, st.OfferingScan, st.Scanning, st.Filing, st.ChoosingMissing, st.Signing,
    st.ChoosingRelation, st.ChoosingFetcher, st.Issuing, st.Handing,
    st.ChoosingWay, st.EnteringCode, st.AskingDesk, st.EnteringPhone, st.Confirming, st.Reserving, st.Opening,
    st.OpenFailed, st.PuttingIn, st.NothingSeen, st.Holding, st.Receipt, st.TakingCard, st.Trouble, st.DoorLeftOpen,
    *(kind for kind in get_args(custodystate.CustodyStage) if kind not in WITHOUT_CARD),
)  # fmt: skip


STAFF_AT_EASE: Final = tuple(kind for kind in get_args(st.StaffStage) if kind not in staff.BUSY)
BEFORE_A_DOOR: Final = (
    st.ReadingQuiet, st.ChoosingItem, st.ReadingGuide, *get_args(st.IdentityStage),
    st.EnteringPhone, st.Confirming, st.Filling, st.Reviewing, st.Decided, st.OfferingScan, st.Scanning,
    st.ChoosingMissing, st.Signing, st.Issuing, st.Handing, *get_args(agencystate.AgencyStage), custodystate.LookingUp,
    custodystate.CutOff, custodystate.OwnCases,
    custodystate.TypingPickup, *get_args(custodystate.ProgressStage), *STAFF_AT_EASE, st.Inspecting, st.ReadingFrames,
    st.TouchingGrid,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """The next state, what to do, and the event if nobody expected it."""

    session: st.Session
    effects: tuple[do.Effect, ...] = ()
    unexpected: ev.Event | None = None


def step(session: st.Session, event: ev.Event) -> Outcome:
    """Advance by one event."""
    session = everyone.leaving(session, event)
    framed = (
        _voiced(session, event)
        or _adjusted(session, event)
        or _helped(session, event)
        or _frame(session, event)
    )
    if framed is not None:
        return framed
    warned = session.seconds_left is not None
    touched = replace(session, seconds_left=None) if warned and isinstance(event, _INTENTS) else session
    advanced = _advance(touched.stage, event, touched)
    if advanced is None:
        stranger = None if isinstance(event, _HARMLESS) else event
        return Outcome(touched, unexpected=stranger)
    # the list follows at a touch, perhaps before the next facts
    if isinstance(event, staffevents.StaffRecorded) and event.settled:
        touched = replace(touched, facts=touched.facts.settled(event.cell))
    if isinstance(event, ev.CodeScanned):  # somebody's hand, as a touch is
        touched = replace(touched, seconds_left=None)
    return _enter(touched, *advanced)


def _advance(stage: st.Stage, event: ev.Event, session: st.Session) -> Step | None:
    if isinstance(event, ev.DoorOpenAtStart | ev.CardFoundAtStart):
        return _found_at_start(stage, event)
    if isinstance(stage, st.StaffStage):
        return staff.step(stage, event, session)
    if isinstance(stage, st.CitizenStage) and isinstance(event, staffevents.StaffCardRead):
        return _exchange_refused(stage, event)
    match stage:
        case st.Idle():
            return _idle(event, session)
        case st.Inspecting() | st.ReadingFrames() | st.TouchingGrid() | st.TryingDoor():
            return vendor.step(stage, event, session)
        case _:
            return deposit.step(stage, event, session)


def _exchange_refused(stage: st.Stage, event: staffevents.StaffCardRead) -> Step | None:
    """Staff wait until the citizen is done (XFS4IoT: no exchange while a transaction is under way)."""
    if not event.staff_no:
        return None
    return stage, (do.Record("ExchangeRefused", (("staff_no", event.staff_no), ("by", "card"))),)


def _idle(event: ev.Event, session: st.Session) -> Step | None:
    if Part.POWER in session.facts.failing:
        return None  # nobody begins what the battery will not see the end of
    match event:
        case ask.StartDeposit() if session.facts.can_deposit:
            return st.ChoosingItem(), ()
        case ask.ShowItems():
            return st.ChoosingItem(), ()
        case ask.StartFetch() if session.facts.can_fetch:
            return identity.begin("", session, st.Errand.FETCH)
        case ask.ShowQuiet():
            return st.ReadingQuiet(), ()
        case ask.ShowProgress():
            return custodystate.AskingHow(), ()
        case ask.ChooseItem(code):
            return st.ReadingGuide(code), ()
        case ask.StaffEntrance():
            return staffstate.SigningIn(), ()
        case staffevents.StaffCardRead(staff_no) if staff_no:
            return signin.card_presented(staff_no), ()
        case _:
            return None


def _found_at_start(stage: st.Stage, event: ev.DoorOpenAtStart | ev.CardFoundAtStart) -> Step | None:
    """What a power cut left behind comes before anybody's wish; one thing after the other, in any order."""
    match stage, event:
        case st.DoorLeftOpen(), ev.DoorOpenAtStart(cell, case_id):
            return replace(stage, others=(*stage.others, (cell, case_id))), ()
        case st.DoorLeftOpen(), ev.CardFoundAtStart():
            return replace(stage, card_present=True), (do.Record("CardLeftBehind"), do.WatchCard())
        case (
            (st.Idle() | st.ChoosingItem() | st.ReadingGuide() | staffstate.SigningIn() | st.TakingCard()),
            ev.DoorOpenAtStart(cell, case_id),
        ):
            lies_there = isinstance(stage, st.TakingCard)
            left = st.DoorLeftOpen(cell, case_id, at_start=True, card_present=lies_there)
            return left, (do.Sound("attention"), do.WaitClosed(cell, case_id))
        case (
            (st.Idle() | st.ChoosingItem() | st.ReadingGuide() | staffstate.SigningIn()),
            ev.CardFoundAtStart(),
        ):
            left_behind = do.Record("CardLeftBehind")
            return st.TakingCard(long=True), (left_behind, do.Sound("attention"), do.WatchCard())
        case st.AwaitingCard(), ev.CardFoundAtStart():
            return stage, ()  # the person began before the reader's first look: the card is theirs
        case _:
            return None


def _voiced(session: st.Session, event: ev.Event) -> Outcome | None:
    """The voice comes first: it is there over help and over every page."""
    normal = session.policy.volume
    answer = voice.step(session.voice, event, normal) if normal else None
    if answer is None:
        return None
    spoken, wanted, effects = answer
    if wanted is not None and session.help and session.aid.spot is Spot.SENDING:
        return Outcome(session)  # it is on its way
    if wanted is not None:
        session = replace(session, help=True, aid=wanted)
    return Outcome(replace(session, voice=spoken, seconds_left=None), effects)


def _adjusted(session: st.Session, event: ev.Event) -> Outcome | None:
    """How it is shown can be set over help and over every page."""
    shown = everyone.step(session, event)
    return Outcome(replace(shown, seconds_left=None)) if shown is not None else None


def _helped(session: st.Session, event: ev.Event) -> Outcome | None:
    """Help lies over the page, which lives on below it."""
    answer = aid.step(session, event) if session.help else None
    if answer is None:
        return None
    shown, effects = answer
    return Outcome(replace(session, help=shown is not None, aid=shown or Aid(), seconds_left=None), effects)


def _frame(session: st.Session, event: ev.Event) -> Outcome | None:
    """What is the same on every page."""
    match event:
        case ev.Inspected(inspection) if isinstance(session.stage, get_args(st.VendorStage)):
            advanced = _advance(session.stage, event, session)
            assert advanced is not None
            return _enter(replace(session, inspection=inspection), *advanced)
        case ev.FactsChanged(facts):
            known = replace(session, facts=facts)
            ends = (*BEFORE_A_DOOR, custodystate.Sealing)  # behind a shut door it counts at once
            if isinstance(session.stage, ends) and Part.POWER in facts.failing:
                return _time_out(known)
            if (
                isinstance(session.stage, st.AwaitingCard | st.AwaitingPrincipal)
                and Part.READER in facts.failing
            ):
                return _enter(known, st.Trouble("reader_gone"), (do.Sound("attention"),))
            return Outcome(known)
        case ev.QuietTold(hours):
            return Outcome(replace(session, quiet=hours))
        case ev.IdentityGone() if isinstance(session.stage, CARD_WATCHED):
            # the fresh process does not know that a card lies there
            return Outcome(session, (do.WatchCard(),))
        case ask.ShowHelp():
            return Outcome(replace(session, help=True, aid=Aid(), seconds_left=None))
        case ev.IdleFor(seconds) if seconds > 0:
            return Outcome(replace(session, seconds_left=seconds))
        case ev.IdleFor():
            return _time_out(session)
        case ask.StartOver() if can_start_over(session.stage):
            staff_leave = isinstance(session.stage, st.StaffStage)  # of their own will
            return None if staff_leave else _time_out(session)
        case _:
            return None


def can_start_over(stage: st.Stage) -> bool:
    """Whether leaving now loses nothing: not while a door moves or a fact is being written."""
    if isinstance(stage, st.StaffStage):
        return not staff.is_busy(stage)
    busy = (
        st.Reserving,
        st.Opening,
        st.PuttingIn,
        st.Holding,
        st.Filing,
        st.Receipt,
        st.TakingCard,
        st.DoorLeftOpen,
        custodystate.Sealing,
        custodystate.PickupOpening,
        custodystate.Taking,
        custodystate.StillInside,
        custodystate.Returning,
        st.TryingDoor,
    )
    return not isinstance(stage, busy)


def _time_out(session: st.Session) -> Outcome:
    reached = _left_alone(session.stage)
    return _enter(
        replace(everyone.without_sheet(session), help=False, aid=Aid(), seconds_left=None), *reached
    )


def _left_alone(stage: st.Stage) -> Step:
    if isinstance(stage, st.StaffStage):
        return staff.timed_out(stage)
    match stage:
        case st.Idle():
            return stage, ()
        case st.Inspecting() | st.ReadingFrames() | st.TouchingGrid() | st.TryingDoor():
            return vendor.timed_out(stage)
        case _:
            return deposit.timed_out(stage)


def _enter(session: st.Session, stage: st.Stage, effects: tuple[do.Effect, ...]) -> Outcome:
    """Take the stage in; the first page is always in the house's language and normal size: the privacy wipe.

    At a helper's desk after a visit it is fresh too, but shown as the helper has it, who goes on.
    """
    if Part.POWER in session.facts.failing and isinstance(stage, BEFORE_A_DOOR) and stage != session.stage:
        stage, leaving = _left_alone(stage)  # what is done is done, and nothing more begins
        effects = (*effects, *leaving)
    helper, (stage, effects) = helping.going_on(session, (stage, effects))
    visited = isinstance(stage, staffstate.HelperDesk) and isinstance(session.stage, st.CitizenStage)
    if not (visited or isinstance(stage, st.Idle)):
        return Outcome(replace(session, stage=stage, helper=helper), effects)
    fresh = st.Session(
        stage=stage,
        helper=helper,
        facts=session.facts,
        policy=session.policy,
        quiet=session.quiet,
        lang=session.home_lang,
        home_lang=session.home_lang,
    )
    return Outcome(everyone.shown_alike(fresh, session) if visited else fresh, effects)
