"""The session machine over every reachable state and every event: total, honest, private, never a dead end."""

from collections import defaultdict
from dataclasses import fields, replace
from typing import Any, get_args

import pytest

from kiosk.journal import counterevents as counterfacts
from kiosk.journal import events as facts
from kiosk.journal import staffevents as stafffacts
from kiosk.session import custodystate as cs
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.aidstate import Aid
from kiosk.session.facts import Identity, Inspection
from kiosk.session.lookstate import Look
from kiosk.session.machine import _HARMLESS, can_start_over, step
from kiosk.session.staff.flow import is_busy
from kiosk.session.voicestate import VoiceState
from locker.events import Evidence
from screens import intents as ask
from screens.theme import Scheme
from tests.session.scenes import (
    CARD,
    CASE,
    CELL,
    DEVICES,
    EVENTS,
    FINE,
    ITEM,
    NO_CAMERA,
    NO_POWER,
    NOTHING_WORKS,
    PERSONAL,
    PHONE,
    PIN,
    moves,
    reachable,
    stage_kinds,
    start,
    with_id,
    words_in,
)
from tests.session.staff_scenes import STAFF_NO

STORY: tuple[tuple[ev.Event, type, tuple[type, ...]], ...] = (
    (ask.StartDeposit(), st.ChoosingItem, ()),
    (ask.ChooseItem(ITEM), st.ReadingGuide, ()),
    (ask.Proceed(), st.AskingConsent, (do.Record,)),
    (ask.AcceptFace(), st.AwaitingCard, (do.Record, do.BeginCard)),
    (ev.CardSeen(), st.AwaitingCard, ()),
    (ev.CardTaken(CARD), st.CheckingFace, (do.WatchCard, do.BeginFace, do.Record)),
    (ev.FaceHint("hold_still", 0.5), st.CheckingFace, ()),
    (ev.FaceAnswer("match"), cs.LookingUp, (do.Record, do.FindCases)),
    (ev.CasesFound(), st.EnteringPhone, ()),
    *((ask.Digit(int(digit)), st.EnteringPhone, ()) for digit in PHONE),
    (ask.Proceed(), st.Confirming, ()),
    (ask.Proceed(), st.Reserving, (do.OpenCase,)),
    (ev.CellGiven(CASE, CELL), st.Opening, (do.OpenDoor,)),
    (ev.DoorAnswer(CELL, opened=True), st.PuttingIn, (do.WaitClosed, do.StopFace)),
    (ev.DoorShut(CELL, "present"), cs.Sealing, ()),
    (ask.Proceed(), st.Holding, (do.HoldDeposit,)),
    (ev.DepositRecorded(CASE, "anchor"), st.Receipt, (do.PrintReceipt,)),
    (ev.ReceiptAnswer("printed"), st.Receipt, ()),
    (ask.Proceed(), st.TakingCard, (do.WatchCard, do.Sound)),
    (ev.CardGone(), st.Farewell, ()),
    (ev.LeftAlone(), st.Idle, (do.EndIdentity,)),
    (ask.StaffEntrance(), ss.SigningIn, ()),
    (ask.Digit(3), ss.SigningIn, ()),
    (ask.Proceed(), ss.SigningIn, ()),
    *((ask.Digit(int(digit)), ss.SigningIn, ()) for digit in PIN),
    (ask.Proceed(), ss.SigningIn, (act.SignIn,)),
    (told.SignInAnswer(STAFF_NO, ok=True), ss.StaffList, ()),
    (ask.CollectCase("case-plain", CELL), ss.StaffDoor, (act.AuthorizeRetrieval, do.OpenDoor)),
    (ev.DoorAnswer(CELL, opened=True), ss.StaffDoor, (do.WaitClosed,)),
    (ev.DoorShut(CELL, "notPresent"), ss.StaffDoor, (act.Settle,)),
    (told.StaffRecorded(CELL), ss.StaffDone, (act.IssueSlip,)),
    (ask.Proceed(), ss.StaffList, ()),
    (ask.SignOut(), st.Idle, (do.Record,)),
)


def test_the_whole_story() -> None:
    session = start()
    for event, stage, effects in STORY:
        outcome = step(session, event)
        assert outcome.unexpected is None, event
        assert isinstance(outcome.session.stage, stage), event
        assert tuple(type(effect) for effect in outcome.effects) == effects, event
        session = with_id(outcome.session)
    collected = start().facts.settled(CELL)
    assert "case-plain" not in [case.case_id for case in collected.cases]
    assert session == replace(start(), facts=collected)


def test_what_was_collected_is_not_offered_again_before_the_next_facts() -> None:
    errand = ss.Errand(ss.Purpose.COLLECT, CELL, "case-plain", expected=True)
    round = ss.Round(STAFF_NO, ss.Purpose.COLLECT, (errand,))
    recording = ss.StaffDoor(STAFF_NO, round, shut_item="notPresent", recording=ss.Found.TAKEN)
    done = step(replace(start(), stage=recording), told.StaffRecorded(CELL)).session
    listed = step(done, ask.Proceed()).session
    assert step(listed, ask.CollectCase("case-plain", CELL)).effects == ()


def test_the_case_carries_who_and_how() -> None:
    session = start()
    for event, _, _ in STORY[: next(n for n, line in enumerate(STORY) if line[1] is st.Reserving)]:
        session = step(session, event).session
    (opened,) = step(session, ask.Proceed()).effects
    assert opened == do.OpenCase("0a1b2c3d", ITEM, Identity.VERIFIED, CARD, PHONE, "zh_CN")


def test_every_stage_can_be_reached() -> None:
    assert set(stage_kinds()) == set(get_args(st.Stage))


def test_every_kind_of_event_is_tried() -> None:
    assert {type(event) for event in EVENTS} | {ask.Digit} == set(get_args(ev.Event))


def test_what_nobody_expected_comes_back_and_changes_nothing() -> None:
    strange = [move for move in moves() if move.outcome.unexpected is not None]
    assert {type(move.event) for move in strange} >= {
        ev.CardGone,
        ev.DoorAnswer,
        ev.DepositRecorded,
        ev.FaceAnswer,
    }
    for move in strange:
        assert move.outcome.unexpected == move.event
        assert move.outcome.effects == ()
        assert move.outcome.session == move.before


def test_only_touches_and_repetitions_may_mean_nothing() -> None:
    """Whatever a device answers is expected or journalled; no default case swallows it."""
    assert set(_HARMLESS) - set(get_args(ask.Intent)) == {
        ev.IdleFor, ev.LeftAlone, ev.FactsChanged, ev.FaceHint, ev.FaceAsked, ev.FaceStale, ev.CardSeen,
        ev.DoorOpenLong, ev.CasesFound, ev.CodeScanned, ev.ProgressFound, ev.CertificateReady, ev.CertificatePrinted,
        ev.PickupChecked, ev.ParcelReturned, told.StaffCardRead,
        told.StaffRecorded, told.HistoryOffered, told.HistoryRefused, told.HistoryTold, told.HistoryPrinted,
        told.SlipIssued, told.SlipPrinted, told.SlipsTold, told.ResultRecorded, told.CodeTold, told.CasesTold,
        told.CaseLookedUp, told.ListPrinted,
        ev.Inspected, ev.FramesTold, ev.TrialAnswer, ev.CameraSeen, ev.ReportMade, ev.SheetPrinted,
        ev.AidAnswer, ev.AidLeft, ev.PageTaken, ev.ScanFailed, ev.HeadphonesPlugged,
    }  # fmt: skip


def test_the_first_page_knows_nobody() -> None:
    """The privacy wipe: however one came to the first page, the session is a fresh one."""
    home = [move.outcome.session for move in moves() if isinstance(move.outcome.session.stage, st.Idle)]
    assert len(home) > 100
    for session in home:
        fresh = st.Session(facts=session.facts, policy=session.policy, quiet=session.quiet)
        assert (
            replace(
                session,
                help=False,
                seconds_left=None,
                lang="zh_CN",
                large=False,
                scheme=None,
                look=Look(),
                next_id="",
            )
            == fresh
        )
        assert not [word for word in words_in(session) if any(secret in word for secret in PERSONAL)]


def test_a_helpers_desk_knows_numbers_of_cases_alone() -> None:
    """The next person sees nothing of the last: each visit of a round ends in a session that is fresh but for them."""
    desks = [
        move.outcome.session
        for move in moves()
        if isinstance(move.outcome.session.stage, ss.HelperDesk)
        and isinstance(move.before.stage, st.CitizenStage)
    ]
    assert {bool(session.helper and session.helper.cases) for session in desks} == {True, False}
    for session in desks:
        assert session.stage == ss.HelperDesk(session.helper)  # type: ignore[arg-type]  # a round goes on
        fresh = st.Session(
            stage=session.stage, helper=session.helper, facts=session.facts, policy=session.policy, quiet=session.quiet
        )  # fmt: skip
        assert session == fresh
        assert not [word for word in words_in(session) if any(secret in word for secret in PERSONAL)]


@pytest.mark.parametrize(
    "kind", [st.TakingCard, st.Farewell, st.Rating, st.Trouble, st.DoorLeftOpen, ss.StaffList, ss.StaffDone]
)
def test_pages_that_outlast_the_person_hold_nothing_personal(kind: type) -> None:
    for session in reachable():
        if isinstance(session.stage, kind):
            assert not [
                word for word in words_in(session.stage) if any(secret in word for secret in PERSONAL)
            ]


def test_no_repr_shows_a_person() -> None:
    for session in reachable():
        assert not [secret for secret in PERSONAL if secret in repr(session.stage)]
    for value in {value for move in moves() for value in (*move.outcome.effects, move.event)}:
        assert not [secret for secret in PERSONAL if secret in repr(value)]


def test_language_and_size_of_one_person_do_not_stay() -> None:
    session = step(
        step(step(start(), ask.ShowItems()).session, ask.SwitchLanguage()).session, ask.SwitchLarge()
    ).session
    assert (session.lang, session.large) == ("en", True)
    home = step(session, ask.StartOver()).session
    assert (home.lang, home.large) == ("zh_CN", False)


def test_whatever_one_person_set_is_as_ever_for_the_next() -> None:
    """Over every field of the session, so that a new setting is not forgotten."""
    kept = {
        "stage",
        "facts",
        "policy",
        "quiet",
        "home_lang",
        "next_id",
        "helper",
    }  # the machine's and the site's, no person's
    settings = {field.name for field in fields(st.Session)} - kept
    others: dict[str, Any] = {
        "lang": "en", "large": True, "scheme": Scheme.CONTRAST, "help": True, "aid": Aid(digits="138"),
        "voice": VoiceState(on=True, louder=2),
        "look": Look(sheet=True, low=True, still=True), "seconds_left": 9, "inspection": Inspection(fit=True),
    }  # fmt: skip
    assert settings == set(others)
    normal = start()
    set_ = replace(step(normal, ask.ShowItems()).session, **others)
    home = step(set_, ev.IdleFor(0)).session
    assert isinstance(home.stage, st.Idle)
    assert {name: getattr(home, name) for name in settings} == {
        name: getattr(normal, name) for name in settings
    }


def test_every_record_is_an_event_of_the_journal() -> None:
    records = {effect for move in moves() for effect in move.outcome.effects if isinstance(effect, do.Record)}
    assert {record.event for record in records} >= {
        "SessionStarted", "ConsentGiven", "ConsentDeclined", "IdentityVerified", "IdentityNotVerified",
        "CardRead", "CardRefused", "CardLeftBehind", "CardTakenBack", "StaffSignedOut",
        "VendorModeEntered", "VendorModeExited", "DeviceTested",
    }  # fmt: skip
    for record in records:
        home = next(one for one in (facts, counterfacts, stafffacts) if hasattr(one, record.event))
        kind = getattr(home, record.event)
        fact = kind(**dict(record.fields))
        assert not getattr(fact, "PERSONAL", frozenset())


def test_every_kind_of_effect_is_used() -> None:
    used = {type(effect) for move in moves() for effect in move.outcome.effects}
    elsewhere = {*get_args(do.AidEffect), do.SayAgain}  # help and the voice have tests of their own
    assert used | elsewhere == set(get_args(do.Effect))


def test_a_face_is_compared_only_after_consent() -> None:
    for move in moves():
        stage = move.outcome.session.stage
        if any(isinstance(effect, do.BeginFace) for effect in move.outcome.effects):
            assert isinstance(stage, st.CheckingFace)
            assert stage.visit.face_consent


def test_a_door_opens_for_a_case_for_staff_or_empty_for_a_technician() -> None:
    actors = set()
    for move in moves():
        for effect in move.outcome.effects:
            if isinstance(effect, do.OpenDoor):
                actors.add(effect.actor)
                if effect.actor == f"technician:{STAFF_NO}":
                    assert effect.cell in move.before.facts.empty_cells
                    assert effect.case_id == ""
                else:
                    assert (
                        effect.actor == "citizen" and effect.case_id
                    ) or effect.actor == f"staff:{STAFF_NO}"
    assert actors == {"citizen", f"staff:{STAFF_NO}", f"technician:{STAFF_NO}"}


def test_no_second_case_before_the_first_is_told_of_its_end() -> None:
    """Whoever leaves a case with a compartment leaves it held, abandoned, disputed or watched."""
    with_case = (st.Opening, st.OpenFailed, st.PuttingIn, st.NothingSeen, cs.Sealing)
    keeps = (*with_case, st.Reserving, st.Holding, st.DoorLeftOpen)
    ends = (do.HoldDeposit, do.AbandonDeposit, do.DisputeDeposit)
    for move in moves():
        if isinstance(move.before.stage, with_case) and not isinstance(move.outcome.session.stage, keeps):
            ended = [effect for effect in move.outcome.effects if isinstance(effect, ends)]
            unrecorded = isinstance(move.event, ev.RecordingFailed)  # found at the next start
            assert len(ended) == 1 or unrecorded, (type(move.before.stage), move.event)


def test_nobody_leaves_while_the_card_lies_on_the_reader() -> None:
    """Idle and farewell are not reached with a card that the machine knows to lie there."""
    for move in moves():
        if isinstance(move.event, ev.CardGone) or not isinstance(
            move.outcome.session.stage, st.Idle | st.Farewell | ss.HelperDesk
        ):
            continue
        stage = move.before.stage
        visit = getattr(stage, "visit", None)
        assert not (visit is not None and visit.card_present), (type(stage), move.event)
        assert not getattr(stage, "card_present", False), (type(stage), move.event)
        assert not (isinstance(stage, st.TakingCard) and stage.long), move.event


def test_nothing_is_a_dead_end() -> None:
    """From every state some way leads to the first page, and who walks away is brought there by time and devices."""
    back: defaultdict[type, set[type]] = defaultdict(set)
    for move in moves():
        back[type(move.outcome.session.stage)].add(type(move.before.stage))
    home: set[type] = {st.Idle}
    waiting: list[type] = [st.Idle]
    while waiting:
        for kind in back[waiting.pop()] - home:
            home.add(kind)
            waiting.append(kind)
    assert home == set(stage_kinds())


def _answer(stage: st.Stage) -> ev.Event:
    """What an honest machine says next while nobody touches the screen and every device does its worst."""
    match stage:
        case st.Reserving():
            return ev.NoCell()
        case cs.LookingUp():
            return ev.RecordingFailed()
        case cs.PickupOpening():
            return ev.DoorAnswer(stage.parcel.cell, opened=False, reason="DOOR_JAMMED")
        case cs.Returning():
            return ev.ParcelReturned(stage.parcel.cell)
        case st.Opening():
            return ev.DoorAnswer(stage.place.cell, opened=False, reason="DOOR_JAMMED")
        case st.Holding():
            return ev.DepositRecorded(stage.place.case_id, "anchor")
        case st.Filing():
            return ev.CaseFiled("261122-0001", "anchor")
        case st.Receipt(outcome=""):
            return ev.ReceiptAnswer("unknown")
        case st.TakingCard(long=False):
            return ev.CardLeftLong()
        case st.TakingCard():
            return ev.CardGone()
        case st.DoorLeftOpen() | ss.StaffDoor(open=True) | ss.PlacingResult(open=True):
            return ev.DoorShut(stage.cell, "present")
        case ss.StaffDoor(shut_item="", failed=False) | ss.PlacingResult(shut_item="", failed=False):
            return ev.DoorAnswer(stage.cell, opened=False, reason="BOARD_SILENT")
        case ss.PreparingResult(reserving=True):
            return ev.NoCell()
        case ss.AuditStart(starting=True):
            return ev.RecordingFailed()
        case st.TryingDoor(open=True):
            return ev.DoorLost(stage.cell)
        case st.TryingDoor() if stage.cell:
            return ev.DoorAnswer(stage.cell, opened=False, reason="BOARD_SILENT")
        case st.Farewell() | st.Rating() | st.Trouble():
            return ev.LeftAlone()
        case _:
            return ev.IdleFor(0)


def test_who_walks_away_leaves_the_first_page_behind() -> None:
    for session in reachable():
        now, steps = session, 0
        while not isinstance(now.stage, st.Idle):
            now, steps = step(now, _answer(now.stage)).session, steps + 1
            assert steps < 12, (type(session.stage), type(now.stage))
        assert not [word for word in words_in(now) if any(secret in word for secret in PERSONAL)]


def test_start_over_is_offered_where_nothing_is_lost() -> None:
    for session in reachable():
        outcome = step(session, ask.StartOver())
        moved = type(outcome.session.stage) is not type(session.stage)
        if not can_start_over(session.stage):
            assert not moved
        elif not isinstance(session.stage, st.Idle | st.Trouble):
            assert moved, type(session.stage)


@pytest.mark.parametrize("kind", get_args(st.Stage))
def test_the_frame_works_on_every_page(kind: type) -> None:
    session = stage_kinds()[kind]
    helped = step(session, ask.ShowHelp()).session
    assert helped.help
    assert step(helped, ask.Back()).session == session
    assert step(session, ask.SwitchLanguage()).session == replace(session, lang="en")
    assert step(session, ask.SwitchLarge()).session == replace(session, large=True)
    light = step(session, ask.SwitchScheme(Scheme.LIGHT)).session
    assert light == replace(session, scheme=Scheme.LIGHT)
    warned = step(session, ev.IdleFor(7)).session
    assert warned == replace(session, seconds_left=7)
    assert step(warned, ask.StillHere()).session == session


def test_devices_decide_what_is_offered() -> None:
    assert isinstance(step(start(facts=NOTHING_WORKS), ask.StartDeposit()).session.stage, st.Idle)
    assert isinstance(step(start(facts=NOTHING_WORKS), ask.ShowItems()).session.stage, st.ChoosingItem)
    guide = step(start(facts=NO_CAMERA), ask.ChooseItem(ITEM)).session
    assert isinstance(step(guide, ask.Proceed()).session.stage, st.AwaitingCard)
    for hopeless in (replace(FINE, no_room=frozenset({ITEM})), replace(FINE, too_large=frozenset({ITEM}))):
        full = step(start(facts=hopeless), ask.ChooseItem(ITEM)).session
        assert step(full, ask.Proceed()).session == full  # said on the guide, before anything is asked
    assert isinstance(step(start(facts=NOTHING_WORKS), ask.StartFetch()).session.stage, st.Idle)


def waits_for_an_answer(stage: st.Stage) -> bool:
    return isinstance(stage, st.StaffStage) and is_busy(stage)


def test_when_the_battery_ends_nobody_begins() -> None:
    for intent in (ask.StartDeposit(), ask.ShowItems(), ask.ChooseItem(ITEM), ask.StaffEntrance()):
        assert isinstance(step(start(facts=NO_POWER), intent).session.stage, st.Idle)


def test_when_the_battery_ends_who_is_at_a_door_goes_on_and_all_others_leave_with_their_card() -> None:
    at_a_door = {
        st.Reserving, st.Opening, st.OpenFailed, st.PuttingIn, st.NothingSeen, st.Holding, st.Receipt, st.TakingCard,
        st.Farewell, st.Rating, st.Trouble, st.DoorLeftOpen, ss.StaffDoor, ss.PlacingResult, st.TryingDoor, st.Idle,
        cs.NoReach, cs.PickupOpening, cs.PickupFailed, cs.Taking, cs.StillInside, cs.Returning, st.Filing,
    }  # fmt: skip
    for session in reachable():
        outcome = step(session, ev.FactsChanged(NO_POWER))
        if isinstance(session.stage, cs.Sealing):  # the door is shut: what lies inside counts now
            assert isinstance(outcome.session.stage, st.Holding)
        elif type(session.stage) in at_a_door or waits_for_an_answer(session.stage):
            assert outcome.session == replace(session, facts=NO_POWER)
        elif getattr(getattr(session.stage, "visit", None), "card_present", False):
            assert isinstance(outcome.session.stage, st.TakingCard)
        elif (
            isinstance(session.stage, st.Decided) and session.helper is None
        ):  # a compartment is theirs already
            assert outcome.session.stage == st.Farewell(deposited=False)
        else:
            assert isinstance(outcome.session.stage, st.Idle)


@pytest.mark.parametrize("digits", ["", "1", "1380013800", "12800138000", "23800138000"])
def test_a_number_that_no_phone_has_is_refused(digits: str) -> None:
    session = replace(start(), stage=st.EnteringPhone(st.Visit("s", ITEM, card=CARD), digits))
    stage = step(session, ask.Proceed()).session.stage
    assert isinstance(stage, st.EnteringPhone)
    assert stage.invalid


def test_a_card_alone_never_signs_anybody_in() -> None:
    """From every state there is: at most the PIN is asked for, and nothing is done."""
    signed_in = (ss.StaffList, ss.StaffDoor, ss.StaffDone, *get_args(st.VendorStage))
    for session in reachable():
        outcome = step(session, told.StaffCardRead(STAFF_NO))
        if isinstance(outcome.session.stage, signed_in):
            assert outcome.session == session
        refused = do.Record("ExchangeRefused", (("staff_no", STAFF_NO), ("by", "card")))
        assert outcome.effects == ((refused,) if isinstance(session.stage, st.CitizenStage) else ())
        assert outcome.unexpected is None
    for move in moves():
        stage = move.outcome.session.stage
        if isinstance(stage, signed_in) and not isinstance(move.before.stage, st.StaffStage | st.VendorStage):
            raise AssertionError(move.event)
        if isinstance(stage, signed_in) and isinstance(move.before.stage, ss.SigningIn):
            assert isinstance(move.event, told.SignInAnswer)


def test_a_card_saves_typing_the_number() -> None:
    asked = ss.SigningIn(STAFF_NO, asking_pin=True)
    typing = replace(start(), stage=ss.SigningIn(digits="12"))
    wrong = replace(start(), stage=ss.SigningIn("77", "31", asking_pin=True, wrong=True))
    for before in (start(), typing, wrong):
        assert step(before, told.StaffCardRead(STAFF_NO)).session.stage == asked
    strange = step(typing, told.StaffCardRead("")).session
    assert strange.stage == ss.SigningIn(strange_card=True)
    assert step(strange, ask.Digit(3)).session.stage == ss.SigningIn(digits="3")
    checking = replace(start(), stage=ss.SigningIn("77", asking_pin=True, checking=True))
    for untouched in (checking, replace(start(), stage=st.ChoosingItem())):
        assert step(untouched, told.StaffCardRead(STAFF_NO)).session == untouched
    assert step(start(), told.StaffCardRead("")).session == start()  # a citizen's bus card at the first page


def test_keypads_end_at_their_length() -> None:
    phone = replace(start(), stage=st.EnteringPhone(st.Visit("s", ITEM, card=CARD), PHONE))
    assert step(phone, ask.Digit(1)).session == phone
    pin = replace(start(), stage=ss.SigningIn("1", "1" * 12, asking_pin=True))
    assert step(pin, ask.Digit(1)).session == pin


SAYS_NO_NAME = {
    ev.CardTaken: ["card"], ev.TrialAnswer: ["shown"], ev.CasesFound: ["of"], ev.ProgressFound: ["of"],
}  # fmt: skip


def test_events_are_frozen_and_devices_say_no_name() -> None:
    """What a device tells is named by its facts; only a read card carries a person."""
    for event in DEVICES:
        personal = [part.name for part in fields(event) if not part.repr]
        assert personal == SAYS_NO_NAME.get(type(event), []), event


@pytest.mark.parametrize(("item", "evidence"), [("present", Evidence.SENSOR), ("unknown", Evidence.DOOR)])
def test_a_shut_door_is_held_on_the_evidence_there_is(item: str, evidence: Evidence) -> None:
    visit = st.Visit("s", "food-permit")
    session = st.Session(stage=st.PuttingIn(visit, st.Place("c", "A-03", opened_before=True)))
    shut = step(session, ev.DoorShut("A-03", item))
    assert shut.effects == ()  # not before the citizen says so, or after a while
    for confirmed in (ask.Proceed(), ev.LeftAlone(), ev.IdleFor(0)):
        assert step(shut.session, confirmed).effects == (do.HoldDeposit("c", "A-03", evidence),)
    at_once = replace(session, policy=st.Policy(grace=False))
    assert step(at_once, ev.DoorShut("A-03", item)).effects == (do.HoldDeposit("c", "A-03", evidence),)
