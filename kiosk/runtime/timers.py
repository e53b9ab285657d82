"""How long each stage may last without a touch. Pure: every limit comes from the settings."""

import math
from dataclasses import dataclass
from typing import assert_never

from kiosk.session import custodystate as cs
from kiosk.session import events as ev
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.facts import Identity
from kiosk.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits in seconds, as `[session]` of the settings names them."""

    idle_limit_s: float = 60.0
    idle_warning_s: float = 20.0
    door_open_limit_s: float = 120.0
    door_warn_after_s: float = 30.0
    door_warn_every_s: float = 5.0
    card_left_limit_s: float = 60.0
    card_warn_every_s: float = 5.0
    grace_s: float = 30.0
    receipt_page_s: float = 30.0
    notice_page_s: float = 12.0
    rating_page_s: float = 30.0
    staff_idle_s: float = 60.0
    sign_in_idle_s: float = 30.0
    helper_idle_s: float = 180.0
    code_page_s: float = 240.0
    face_valid_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Quiet:
    """How long it has been quiet, in seconds: since a touch or new stage, since the stage began, since a look.

    `verified_s`: since the face check said match. `spoken_s`: how long of the stage its page was being read aloud; that
    is no quiet, and `untouched_s` is without it.
    """

    untouched_s: float
    in_stage_s: float
    since_look_s: float = 1.0
    verified_s: float = 0.0
    spoken_s: float = 0.0


def begins_anew(before: st.Stage, after: st.Stage) -> bool:
    """Whether the clocks start again: with another page, and at the cabinet with another door and each move of one."""
    return _moment(before) != _moment(after)


def _moment(stage: st.Stage) -> tuple[object, ...]:
    match stage:
        case ss.StaffDoor() | ss.PlacingResult():
            return type(stage), stage.cell, stage.open, stage.shut_item, stage.failed
        case _:
            return (type(stage),)


def limits_of(settings: Settings) -> Limits:
    """As the site has set them."""
    session = settings.session
    return Limits(
        idle_limit_s=session.idle_limit_s, idle_warning_s=session.idle_warning_s,
        door_open_limit_s=session.door_open_limit_s, door_warn_after_s=session.door_warn_after_s,
        door_warn_every_s=session.door_warn_every_s, card_left_limit_s=session.card_left_limit_s,
        card_warn_every_s=session.card_warn_every_s, grace_s=session.grace_s,
        receipt_page_s=session.receipt_page_s, notice_page_s=session.notice_page_s, staff_idle_s=session.staff_idle_s,
        sign_in_idle_s=session.sign_in_idle_s, helper_idle_s=session.helper_idle_s,
        code_page_s=settings.face.without.code_page_s,
        face_valid_s=settings.face.valid_s, rating_page_s=settings.counter.rating_page_s,
    )  # fmt: skip


def due(stage: st.Stage, quiet: Quiet, limits: Limits) -> ev.Event | None:
    """The event that time alone makes now, asked about once a second, however late a look comes."""
    if isinstance(stage, st.StaffStage):
        return _of_staff(stage, quiet, limits)
    if isinstance(stage, cs.CustodyStage):
        return _of_custody(stage, quiet, limits)
    match stage:
        case (
            st.EnteringPhone(visit)
            | st.Confirming(visit)
            | st.OpenFailed(visit)
            | st.Decided(visit)
            | st.OfferingScan(visit)
            | st.Scanning(visit)
            | st.ChoosingMissing(visit)
            | st.Signing(visit)
        ) if visit.identity is Identity.VERIFIED and quiet.verified_s >= limits.face_valid_s:
            return ev.FaceStale(ev.Stale.EXPIRED)
        case (
            st.Idle()
            | st.Reserving()
            | st.Opening()
            | st.Holding()
            | st.Filing()
            | st.AskingDesk()
            | st.Issuing()
        ):
            return None
        case st.PuttingIn(place=place):
            if quiet.in_stage_s >= limits.door_open_limit_s:
                return ev.IdleFor(0)
            return _door_warning(place.cell, quiet, limits)
        case st.DoorLeftOpen(cell):
            return _door_warning(cell, quiet, limits)
        case st.TryingDoor(open=True, cell=cell):
            return _door_warning(cell, quiet, limits)
        case st.TakingCard(long=long):
            if not long and quiet.in_stage_s >= limits.card_left_limit_s:
                return ev.CardLeftLong()
            over_s = quiet.in_stage_s - limits.card_warn_every_s  # the first warning came with the page
            return ev.LeftAlone() if over_s >= 0 and _again(over_s, limits.card_warn_every_s, quiet) else None
        case st.Rating():
            return ev.LeftAlone() if quiet.untouched_s >= limits.rating_page_s else None
        case st.Farewell() | st.Trouble():
            return ev.LeftAlone() if quiet.in_stage_s - quiet.spoken_s >= limits.notice_page_s else None
        case st.Receipt(outcome=outcome):
            return ev.IdleFor(0) if outcome and quiet.untouched_s >= limits.receipt_page_s else None
        case st.EnteringCode():  # somebody is on the telephone, or waits for a text message
            return _idle(quiet, limits.code_page_s, limits.idle_warning_s)
        case st.ReadingFrames() | st.TouchingGrid() | st.TryingDoor() | st.Inspecting():
            return _idle(quiet, limits.staff_idle_s, limits.idle_warning_s)
        case (
            st.ReadingQuiet() | st.ChoosingItem() | st.ReadingGuide() | st.AskingConsent() | st.AwaitingCard()
            | st.AskingGuardian() | st.CheckingFace() | st.FaceUndecided() | st.ChoosingWay() | st.EnteringPhone()
            | st.Confirming() | st.OpenFailed() | st.NothingSeen() | st.Filling() | st.Reviewing() | st.Decided()
            | st.OfferingScan() | st.Scanning() | st.ChoosingMissing() | st.Signing()
            | st.ChoosingRelation() | st.ChoosingFetcher() | st.AwaitingPrincipal() | st.Handing()
        ):  # fmt: skip
            return _idle(quiet, limits.idle_limit_s, limits.idle_warning_s)
        case _:
            assert_never(stage)


def _of_custody(stage: cs.CustodyStage, quiet: Quiet, limits: Limits) -> ev.Event | None:
    match stage:
        case cs.LookingUp() | cs.PickupOpening() | cs.Returning():
            return None
        case cs.CutOff(visit) | cs.OwnCases(visit) | cs.TypingPickup(visit) if (
            visit.identity is Identity.VERIFIED and quiet.verified_s >= limits.face_valid_s
        ):
            return ev.FaceStale(ev.Stale.EXPIRED)
        case cs.Sealing():
            return ev.LeftAlone() if quiet.untouched_s >= limits.grace_s else None
        case cs.Taking(parcel=parcel):
            if quiet.in_stage_s >= limits.door_open_limit_s:
                return ev.IdleFor(0)
            return _door_warning(parcel.cell, quiet, limits)
        case (
            cs.CutOff()
            | cs.OwnCases()
            | cs.NoReach()
            | cs.TypingPickup()
            | cs.PickupFailed()
            | cs.StillInside()
            | cs.AskingHow()
            | cs.ByNumber()
            | cs.Overview()
        ):
            return _idle(quiet, limits.idle_limit_s, limits.idle_warning_s)
        case _:
            assert_never(stage)


def _of_staff(stage: st.StaffStage, quiet: Quiet, limits: Limits) -> ev.Event | None:
    match stage:
        case ss.StaffDoor(open=True, unattended=False, cell=cell):
            asked = _idle(quiet, limits.door_open_limit_s, limits.idle_warning_s)
            return asked or _door_warning(cell, quiet, limits)
        case ss.StaffDoor(open=True, cell=cell) | ss.PlacingResult(open=True, cell=cell):
            return _door_warning(cell, quiet, limits)
        case ss.StaffDoor(shut_item="", failed=False) | ss.PlacingResult(shut_item="", failed=False):
            return None
        case ss.PreparingResult(reserving=True) | ss.AuditStart(starting=True):
            return None
        case ss.SigningIn():
            return _idle(quiet, limits.sign_in_idle_s, limits.idle_warning_s)
        case ss.HelperDesk():  # the next papers are laid out, the next person fetched
            return _idle(quiet, limits.helper_idle_s, limits.idle_warning_s)
        case _:
            return _idle(quiet, limits.staff_idle_s, limits.idle_warning_s)


def _idle(quiet: Quiet, limit_s: float, warning_s: float) -> ev.Event | None:
    left = limit_s - quiet.untouched_s
    if left <= 0:
        return ev.IdleFor(0)
    return ev.IdleFor(math.ceil(left)) if left <= warning_s else None


def _door_warning(cell: str, quiet: Quiet, limits: Limits) -> ev.Event | None:
    over_s = quiet.in_stage_s - limits.door_warn_after_s
    return ev.DoorOpenLong(cell) if over_s >= 0 and _again(over_s, limits.door_warn_every_s, quiet) else None


def _again(passed_s: float, every_s: float, quiet: Quiet) -> bool:
    """Whether another `every_s` was completed since the last look."""
    return passed_s % every_s < quiet.since_look_s
