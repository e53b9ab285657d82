"""The citizen at the compartment: reserved, opened, papers in, shut, confirmed; another envelope; what does not fit.

Until the deposit is confirmed, or a while after the door was shut, the citizen may open once more. Then it is one way.
Whatever ends the visit after a first envelope is held, the receipt of what is held comes first.
"""

from dataclasses import replace
from typing import Final, assert_never

from locker.events import Evidence
from screens import intents as ask

from . import custodystate as cs
from . import effects as do
from . import events as ev
from . import identity, withoutface
from . import state as st
from .facts import Identity, Part
from .leaving import Step, back_to_card, trouble_then_card
from .visit import ITEM_ABSENT, ITEM_PRESENT, Held

NOTHING_SEEN_BEFORE_CLAIM: Final = 2  # the sensor sees nothing twice, then the citizen's word counts
TOO_LARGE: Final = "does not fit, says the citizen"

OpeningStage = st.Reserving | cs.NoReach | st.Opening | st.OpenFailed | st.Decided
InsideStage = st.PuttingIn | st.NothingSeen | cs.Sealing | st.Holding
PlacingStage = OpeningStage | InsideStage


def step(stage: PlacingStage, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    if isinstance(event, ev.CardGone):
        return replace(stage, visit=replace(stage.visit, card_present=False)), ()
    match stage:
        case st.Reserving() | cs.NoReach():
            return _reserving(stage, event, session)
        case st.Opening() | st.OpenFailed():
            return _opening(stage, event, session)
        case st.Decided(visit, place):
            return _decided(visit, place, event)
        case st.PuttingIn() | st.NothingSeen():
            return _putting_in(stage, event, session)
        case cs.Sealing() | st.Holding():
            return _sealing(stage, event, session)
        case _:
            assert_never(stage)


def timed_out(stage: PlacingStage) -> Step:
    """The person walked away: what they left behind is kept safe."""
    match stage:
        case st.PuttingIn(visit, place):
            left = st.DoorLeftOpen(
                place.cell, place.case_id, card_present=visit.card_present, followed=visit.follows_now
            )
            return left, (do.Sound("attention"), do.EndIdentity(), do.WatchCard())
        case st.NothingSeen(visit, place):
            return _end(visit, do.DisputeDeposit(place.case_id, place.cell, "nothing seen, the citizen left"))
        case st.OpenFailed(visit, place):
            return _give_up(visit, place, "the citizen left")
        case st.Decided(visit, place):
            return _give_up(visit, place, "the citizen left")
        case cs.NoReach(visit, case_id):
            return _end(visit, *_cancel(visit, case_id, "the citizen left"))
        case cs.Sealing(visit, place):
            return _hold(visit, place)
        case st.Reserving() | st.Opening() | st.Holding():
            return stage, ()  # these end by their device's answer, never by the clock
        case _:
            assert_never(stage)


# how a visit ends here ---------------------------------------------------------------------------------------------


def _end(visit: st.Visit, *effects: do.Effect) -> Step:
    """Nothing more comes in: the receipt of what is held already, else the card."""
    stage, following = _receipt(visit) if visit.held else back_to_card(visit)
    return stage, (*effects, *following)


def _fail(visit: st.Visit, kind: str, *effects: do.Effect) -> Step:
    """The same, because something does not work."""
    if not visit.held:
        return trouble_then_card(visit, kind, *effects)
    stage, following = _receipt(visit, kind)
    return stage, (*effects, do.Sound("attention"), *following)


def _receipt(visit: st.Visit, trouble: str = "") -> Step:
    job = do.PrintReceipt(
        visit.case_id, visit.held, visit.item_code, visit.identity, "", visit.scanned_pages, visit.promise,
        visit.agency is not None, visit.is_letter_inside, visit.is_letter_scanned,
        visit.errand is st.Errand.SUPPLEMENT, visit.followed,
    )  # fmt: skip
    place = st.Place(visit.case_id, visit.held[-1].cell)
    return st.Receipt(visit, place, visit.anchor, trouble=trouble), (job,)


def _cancel(visit: st.Visit, case_id: str, reason: str) -> tuple[do.Effect, ...]:
    """A case that has nothing here, and never had, is over."""
    if not case_id or visit.held or visit.errand is st.Errand.SUPPLEMENT:
        return ()
    return (do.Record("CaseCancelled", (("case_id", case_id), ("reason", reason))),)


def _give_up(visit: st.Visit, place: st.Place, reason: str) -> Step:
    return _end(visit, do.AbandonDeposit(place.case_id, place.cell, reason))


# a compartment -----------------------------------------------------------------------------------------------------


def reserve(
    visit: st.Visit, lang: str, case_id: str = "", *, instead_of: str = "", larger: bool = False
) -> Step:
    """Ask for a compartment: the first of a case, a further one, or another in place of one."""
    assert visit.card is not None
    wanted = do.OpenCase(
        visit.session_id, visit.item_code, visit.identity, visit.card, visit.phone, lang, case_id or visit.case_id,
        instead_of, larger, visit.reach, visit.form.values if visit.errand is st.Errand.DEPOSIT else (), visit.scans,
        visit.promise, visit.agency,
    )  # fmt: skip
    return st.Reserving(visit, wanted.case_id, instead_of, larger), (wanted,)


def _reserving(stage: st.Reserving | cs.NoReach, event: ev.Event, session: st.Session) -> Step | None:
    visit, case_id = stage.visit, stage.case_id
    match stage, event:
        case st.Reserving(), ev.CellGiven(given, cell, decision):
            ours, place = replace(visit, case_id=given), st.Place(given, cell)
            if decision is None or visit.held:
                return _open(ours, place)
            return st.Decided(ours, place, decision), ()
        case st.Reserving(), ev.NoCell("reach"):
            return cs.NoReach(visit, case_id), (do.Sound("attention"),)
        case st.Reserving(too_small=True), ev.NoCell():
            fields = (("case_id", case_id), ("item_code", visit.item_code))
            too_large = do.Record("PapersTooLarge", fields)
            return _fail(visit, "too_large", too_large, *_cancel(visit, case_id, "too large"))
        case st.Reserving(), ev.NoCell():
            cancelled = _cancel(visit, case_id, "no other compartment is free")
            return _fail(visit, "no_compartment", *cancelled)
        case st.Reserving(), ev.RecordingFailed():
            return _fail(visit, "disk_full")
        case cs.NoReach(), ask.Proceed():
            return reserve(replace(visit, reach=False), session.paper_lang, case_id)
        case cs.NoReach(), ask.GiveUp():
            return _end(visit, *_cancel(visit, case_id, "no compartment within reach is free"))
        case _:
            return None


def _decided(visit: st.Visit, place: st.Place, event: ev.Event) -> Step | None:
    """The papers come in whatever the rules say: who is refused may have a person look at it."""
    match event:
        case ask.Proceed():
            return _open(visit, place)
        case ask.GiveUp():
            return _give_up(visit, place, "the citizen took the papers along")
        case ev.FaceStale(why) if visit.identity is Identity.VERIFIED:
            return _look_again(visit, place, why)
        case _:
            return None


def _look_again(visit: st.Visit, place: st.Place, why: ev.Stale) -> Step:
    """The compartment is free again; who stands there proves who they are, and finds their answers if it is they."""
    again = identity.look_again if visit.card_present else withoutface.card_lifted
    looking, effects = again(visit.untold() if why is ev.Stale.CHANGED else visit)
    return looking, (do.AbandonDeposit(place.case_id, place.cell, "verification over"), *effects)


def _open(visit: st.Visit, place: st.Place, attempt: int = 1) -> Step:
    return st.Opening(visit, place, attempt), (do.OpenDoor(place.cell, place.case_id, "citizen"),)


def _opening(stage: st.Opening | st.OpenFailed, event: ev.Event, session: st.Session) -> Step | None:
    visit, place = stage.visit, stage.place
    match stage, event:
        case st.Opening(), ev.DoorAnswer(cell, opened, reason) if cell == place.cell:
            if opened:
                return _opened(visit, place)
            return _not_opened(stage, reason, session)
        case st.Opening(), ev.RecordingFailed():
            return _fail(visit, "disk_full")
        case st.OpenFailed(), ask.TryAgain():
            return _open(visit, place, attempt=1 if stage.other_open else 2)
        case st.OpenFailed(), ev.FaceStale(why) if visit.identity is Identity.VERIFIED and not visit.held:
            return _look_again(visit, place, why)
        case st.OpenFailed(), ask.GiveUp():
            return _give_up(visit, place, "citizen gave up")
        case _:
            return None


def _opened(visit: st.Visit, place: st.Place) -> Step:
    opened = replace(place, opened_before=True, inside=None)
    watched = (
        (do.StopFace(),) if visit.identity is Identity.VERIFIED else ()
    )  # who stands there counts no more
    return st.PuttingIn(visit, opened), (do.WaitClosed(place.cell, place.case_id), *watched)


def _not_opened(stage: st.Opening, reason: str, session: st.Session) -> Step:
    visit, place = stage.visit, stage.place
    if reason in ("BOARD_SILENT", "DOOR_UNKNOWN"):
        if place.opened_before:
            disputed = do.DisputeDeposit(place.case_id, place.cell, "lock board silent after an opening")
            return _fail(visit, "board_gone", disputed)
        return _fail(visit, "board_gone", do.AbandonDeposit(place.case_id, place.cell, "lock board silent"))
    if place.inside is not None:  # it stayed shut: what was inside is inside
        return _hold(visit, place)
    if reason == "OTHER_DOOR_OPEN":
        return st.OpenFailed(visit, place, other_open=True), (do.Sound("attention"),)
    if stage.attempt == 1 and reason != "OUT_OF_SERVICE":
        return st.OpenFailed(visit, place), (do.Sound("attention"),)
    if place.opened_before:  # papers may lie inside and the door no longer opens: a person must look
        disputed = do.DisputeDeposit(place.case_id, place.cell, "door does not open again")
        return _fail(visit, "deposit_refused", disputed)
    return reserve(visit, session.paper_lang, place.case_id, instead_of=place.cell)


# papers in ---------------------------------------------------------------------------------------------------------


def _putting_in(stage: st.PuttingIn | st.NothingSeen, event: ev.Event, session: st.Session) -> Step | None:
    visit, place = stage.visit, stage.place
    match stage, event:
        case st.PuttingIn(), ev.DoorShut(cell, item) if cell == place.cell:
            return _shut(stage, item, session)
        case st.PuttingIn(), ev.DoorLost(cell) if cell == place.cell:
            disputed = do.DisputeDeposit(
                place.case_id, place.cell, "lock board silent while the door was open"
            )
            return _fail(visit, "board_gone", disputed)
        case st.PuttingIn(), ev.DoorOpenLong(cell) if cell == place.cell:
            return replace(stage, long_open=True), (do.Sound("attention"),)
        case st.PuttingIn(), ask.DoesNotFit():
            return replace(stage, too_large=True), ()
        case st.NothingSeen(), ask.OpenAgain():
            return _open(visit, place)
        case st.NothingSeen(), ask.PapersInside() if place.seen_nothing >= NOTHING_SEEN_BEFORE_CLAIM:
            return _inside(visit, place, Evidence.CLAIMED, session)
        case st.NothingSeen(), ask.DoesNotFit():
            return _larger(visit, place, session)
        case st.NothingSeen(), ask.GiveUp():
            return _give_up(visit, place, "nothing put in")
        case _:
            return None


def _shut(stage: st.PuttingIn, item: str, session: st.Session) -> Step:
    visit, place = stage.visit, stage.place
    if item == ITEM_PRESENT:
        return _inside(visit, place, Evidence.SENSOR, session)
    if item == ITEM_ABSENT and stage.too_large:
        return _larger(visit, place, session)
    if item == ITEM_ABSENT:
        seen = replace(place, seen_nothing=place.seen_nothing + 1)
        return st.NothingSeen(visit, seen), (do.Sound("attention"),)
    if stage.too_large:  # no sensor says that it was taken out again: a person looks
        another, effects = reserve(
            visit, session.paper_lang, place.case_id, instead_of=place.cell, larger=True
        )
        doubt = do.DisputeDeposit(place.case_id, place.cell, f"{TOO_LARGE}; no item sensor")
        return another, (doubt, *effects)
    return _inside(visit, place, Evidence.DOOR, session)


def _larger(visit: st.Visit, place: st.Place, session: st.Session) -> Step:
    another, effects = reserve(visit, session.paper_lang, place.case_id, instead_of=place.cell, larger=True)
    return another, (do.AbandonDeposit(place.case_id, place.cell, TOO_LARGE), *effects)


def _inside(visit: st.Visit, place: st.Place, evidence: Evidence, session: st.Session) -> Step:
    shut = replace(place, inside=evidence)
    grace = session.policy.grace and Part.POWER not in session.facts.failing  # the battery does not wait
    return (cs.Sealing(visit, shut), ()) if grace else _hold(visit, shut)


def _hold(visit: st.Visit, place: st.Place, *, more: bool = False) -> Step:
    assert place.inside is not None
    held = do.HoldDeposit(place.case_id, place.cell, place.inside, visit.follows_now)
    return st.Holding(visit, place, place.inside, more), (held,)


def _sealing(stage: cs.Sealing | st.Holding, event: ev.Event, session: st.Session) -> Step | None:
    visit, place = stage.visit, stage.place
    match stage, event:
        case cs.Sealing(), (ask.Proceed() | ev.LeftAlone()):
            return _hold(visit, place)
        case cs.Sealing(), ask.OpenAgain() if not place.reopened:
            return _open(visit, replace(place, reopened=True))
        case cs.Sealing(), ask.AnotherEnvelope() if session.facts.can_take(visit.item_code):
            return _hold(visit, place, more=True)
        case st.Holding(evidence=evidence), ev.DepositRecorded(case_id, anchor) if case_id == place.case_id:
            held = replace(visit, held=(*visit.held, Held(place.cell, evidence)), anchor=anchor)
            return reserve(held, session.paper_lang) if stage.more else _receipt(held)
        case st.Holding(), ev.DoorLost(cell) if cell == place.cell:  # forced meanwhile: staff have to look
            return _fail(visit, "door_forced")
        case st.Holding(), ev.RecordingFailed():
            return _fail(visit, "disk_full")
        case _:
            return None
