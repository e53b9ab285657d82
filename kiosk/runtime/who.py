"""Finding out who it is, as the settings have it: the session's policy, the face check's acts, the ways without one."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from kiosk.catalogue import Catalogue, Item
from kiosk.journal.journal import Journal
from kiosk.notify.texts import Language
from kiosk.onetimecode import CodeLimits, OneTimeCodes
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.facts import Identity
from kiosk.session.promisestate import LaterPaper
from kiosk.session.scanstate import ScanPaper, ScanPlan
from kiosk.session.withoutface import CODE_DIGITS
from kiosk.settings import ScreenSettings, Settings
from kiosk.withoutface.desk import DutyDesk, HttpsDesk
from kiosk.withoutface.mismatches import Mismatches, MismatchLimits
from kiosk.withoutface.phones import JournalPhones
from screens.theme import HEIGHT, LOW_LEAST, Scheme

from .identityacts import IdentityActs, IdentityCommands
from .wayacts import WayActs, WayLimits

GRID_PX: Final = 8


def policy(settings: Settings, catalogue: Catalogue, *, can_speak: bool = True) -> st.Policy:
    """What the session has to know of the settings and the items; `can_speak`: there is a voice."""
    ways = tuple(Identity(way) for way in settings.face.without.ways)
    if settings.devices.sms is None:
        ways = tuple(way for way in ways if way is not Identity.CODE_SMS)
    return st.Policy(
        face_tries=settings.face.attempts,
        ways=ways,
        consent_version=settings.face.consent_text_version,
        staff_cards=settings.devices.staff_card is not None,
        grace=settings.session.grace_s > 0,
        pickup_face=settings.custody.pickup_face,
        quiet_days=settings.counter.quiet_least_days,
        rating=settings.counter.rating,
        volume=settings.voice.volume if settings.voice.enabled and can_speak else 0,
        scheme=Scheme(settings.screen.scheme),
        low_px=low_px(settings.screen),
        motion=settings.screen.motion,
        light_hours=(settings.screen.light_from_hour, settings.screen.light_until_hour),
        call_back=settings.counter.call_back and settings.devices.sms is not None,
        two_for_any=settings.custody.two_for_any,
        two_for_audit=settings.custody.two_for_audit,
        forms=tuple((item.code, item.fields) for item in catalogue if item.fields),
        scans=scan_plans(catalogue) if settings.devices.document_cameras else (),
        scan_pages=settings.counter.scan_pages,
        wrong_numbers=settings.counter.wrong_numbers,
        later=tuple((item.code, papers) for item in catalogue if (papers := later_papers(item))),
        in_person=frozenset(item.code for item in catalogue if item.in_person),
    )


def low_px(screen: ScreenSettings) -> int:
    """Under which height of the picture, in its px, low mode puts all that is touched; 0: all of it is within reach.

    Where the screen hangs so high that no page fits below, as low as a page can be.
    """
    within = (screen.reach_mm - screen.bottom_mm) * HEIGHT // screen.height_mm // GRID_PX * GRID_PX
    return 0 if within >= HEIGHT else max(LOW_LEAST, within)


def later_papers(item: Item) -> tuple[LaterPaper, ...]:
    """The papers of an item that may follow."""
    return tuple(
        LaterPaper(paper.zh, paper.later_days, number)
        for number, paper in enumerate(item.materials)
        if paper.later
    )


def scan_plans(catalogue: Catalogue) -> tuple[tuple[str, ScanPlan], ...]:
    """What of each item may be scanned; items of which nothing may are not in it."""
    plans = []
    for item in catalogue:
        papers = tuple(
            ScanPaper(number, paper.needed)
            for number, paper in enumerate(item.materials)
            if paper.scan is not None
        )
        if papers:
            plans.append((item.code, ScanPlan(papers, whole=len(papers) == len(item.materials))))
    return tuple(plans)


def identity_acts(
    settings: Settings, journal: Journal, process: IdentityCommands,
    now: Callable[[], datetime], post: Callable[[ev.Event], None],
) -> IdentityActs:  # fmt: skip
    """The card and the face."""
    told = settings.face.mismatches
    limits = MismatchLimits(told.per_card, told.per_kiosk, told.window_s)
    return IdentityActs(process, Mismatches(journal, limits, now), post)


def identity_codes(settings: Settings, journal: Journal) -> OneTimeCodes:
    """Codes that stand in a face's place: few digits, typed at once."""
    return OneTimeCodes(journal, CodeLimits(digits=CODE_DIGITS, valid_s=settings.face.without.code_valid_s))


def way_acts(
    settings: Settings, journal: Journal, desk: DutyDesk | None, place: Callable[[Language], str],
    now: Callable[[], datetime], post: Callable[[ev.Event], None],
) -> WayActs:  # fmt: skip
    """The ways without a face."""
    without = settings.face.without
    return WayActs(
        journal, identity_codes(settings, journal), JournalPhones(journal), desk, settings.kiosk.id, place, now, post,
        WayLimits(without.code_valid_s, without.sms_limit_s),
    )  # fmt: skip


def duty_desk(settings: Settings) -> DutyDesk | None:
    """The desk that is configured; None where there is none."""
    told = settings.face.without.desk
    if told is None:
        return None
    return HttpsDesk(told.url, told.limit_s, told.ca_file, told.cert_file, told.key_file)
