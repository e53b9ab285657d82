"""A helper's round: signed in once, one person after the other, each matter the person's own, a list at the end."""

from dataclasses import replace

import pytest

from kiosk.runtime.timers import Limits, Quiet, due
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import staffevents as told
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.entrusting import NAME as NAME_FIELD
from kiosk.session.facts import Identity
from kiosk.session.machine import step
from kiosk.session.visit import Agency, Held
from locker.events import Evidence
from screens import intents as ask
from screens import viewmodels as vm
from tests.session.scenes import CARD, CASE, CELL, FINE, ITEM, NO_POWER, PHONE, THEIRS, start, with_id
from tests.test_presenter import NOW, PRESENTER

HELPER = "2001"
ROUND = ss.HelperRound(HELPER)
ONE = ss.HandedIn(CASE, ITEM, (CELL,))
HAS_ONE = replace(ROUND, cases=(ONE,))
PUT_IN = (
    ev.CellGiven(CASE, CELL), ev.DoorAnswer(CELL, opened=True), ev.DoorShut(CELL, "present"), ask.Proceed(),
    ev.DepositRecorded(CASE, "anchor"), ev.ReceiptAnswer("printed"), ask.Proceed(),
)  # fmt: skip


def at(
    stage: st.Stage, *events: ev.Event, helper: ss.HelperRound | None = ROUND, policy: st.Policy | None = None
) -> tuple[st.Session, tuple[do.Effect, ...]]:
    """The session after these, and all effects on the way."""
    now, done = replace(start(policy or st.Policy()), stage=stage, helper=helper), ()
    for event in events:
        outcome = step(now, event)
        assert outcome.unexpected is None, event
        now, done = with_id(outcome.session), (*done, *outcome.effects)  # type: ignore[assignment]
    return now, done


def desk(round: ss.HelperRound = ROUND) -> ss.HelperDesk:
    return ss.HelperDesk(round)


def lay() -> st.AwaitingPrincipal:
    """A visit of the round, before the card."""
    now, _ = at(desk(), ask.StartDeposit(), ask.ChooseItem(ITEM), ask.Proceed())
    assert isinstance(now.stage, st.AwaitingPrincipal)
    return now.stage


def page(stage: st.Stage, round: ss.HelperRound = ROUND) -> vm.ViewModel:
    return PRESENTER.present(replace(start(), stage=stage, helper=round), NOW)


def test_number_and_pin_lead_to_the_helpers_desk_and_to_nothing_of_the_staffs() -> None:
    checking = ss.SigningIn(staff_no=HELPER, asking_pin=True, checking=True)
    now, _ = at(checking, told.SignInAnswer(HELPER, ok=True, helper=True), helper=None)
    assert (now.stage, now.helper) == (desk(), ROUND)
    for intent in (
        ask.ShowMenu(),
        ask.CollectTicked(),
        ask.Choose("open_any"),
        ask.StartFetch(),
        ask.ShowProgress(),
    ):
        assert step(now, intent).session == now


def test_each_matter_is_the_persons_own_handed_in_by_the_helper() -> None:
    assert lay().visit == st.Visit("0a1b2c3d", ITEM, identity=Identity.HELPER, agency=Agency(helper=HELPER))
    phone, effects = at(lay(), ev.CardSeen(), ev.CardTaken(THEIRS))
    assert isinstance(phone.stage, st.EnteringPhone)
    assert not [one for one in effects if isinstance(one, do.BeginFace | do.FindCases)]
    _, effects = at(replace(phone.stage, digits=PHONE), ask.Proceed(), ask.Proceed())
    (opened,) = (one for one in effects if isinstance(one, do.OpenCase))
    assert (opened.card, opened.identity, opened.agency) == (THEIRS, Identity.HELPER, Agency(helper=HELPER))


def handed_in() -> tuple[st.Session, tuple[do.Effect, ...]]:
    """From the confirmation to the card."""
    visit = replace(lay().visit, card=THEIRS, card_present=True, phone=PHONE)
    return at(st.Confirming(visit), ask.Proceed(), *PUT_IN)


def test_after_the_card_is_taken_back_the_desk_stands_with_one_case_more_and_nothing_else() -> None:
    taking, effects = handed_in()
    assert isinstance(taking.stage, st.TakingCard)
    (receipt,) = (one for one in effects if isinstance(one, do.PrintReceipt))
    assert (receipt.by_agent, receipt.identity) == (True, Identity.HELPER)
    after = step(taking, ev.CardGone())
    assert after.session == replace(start(st.Policy()), stage=desk(HAS_ONE), helper=HAS_ONE, next_id="")
    assert do.EndIdentity() in after.effects


def test_how_it_is_shown_is_the_helpers_as_long_as_they_are_signed_in() -> None:
    visit = replace(lay().visit, card_present=False)
    set_so = (ask.SwitchLanguage(), ask.SwitchLarge(), ask.ShowEveryone(), ask.Proceed())
    now, _ = at(st.AwaitingPrincipal(visit, own=False), *set_so, ask.StartOver())
    assert now.stage == desk()
    assert (now.lang, now.large, now.look.sheet) == ("en", True, False)
    home = step(now, ask.SignOut()).session
    assert (home.stage, home.lang, home.large) == (st.Idle(), "zh_CN", False)


def test_who_may_rate_is_asked_later_where_visits_are_rated() -> None:
    visit = replace(lay().visit, card=THEIRS, phone=PHONE)
    taking, _ = at(st.Confirming(visit), ask.Proceed(), *PUT_IN[:-1], policy=st.Policy(rating=True))
    assert do.InviteRating("deposit") in step(taking, ask.Proceed()).effects


@pytest.mark.parametrize("leaving", [ask.StartOver(), ev.IdleFor(0), ask.Back()])
def test_a_visit_that_is_given_up_leads_back_to_the_desk(leaving: ev.Event) -> None:
    now, effects = at(lay(), leaving)
    assert now.stage == desk()
    assert do.EndIdentity() in effects


def test_a_door_left_open_and_shut_by_somebody_counts_all_the_same() -> None:
    visit = replace(lay().visit, card=THEIRS, phone=PHONE)
    left = st.PuttingIn(visit, st.Place(CASE, CELL, opened_before=True))
    now, _ = at(left, ev.IdleFor(0), ev.DoorShut(CELL, "present"))
    assert now.stage == desk(replace(ROUND, cases=(ss.HandedIn(CASE, "", (CELL,)),)))


def test_of_two_envelopes_the_first_counts_where_the_second_door_is_left_open() -> None:
    visit = replace(
        lay().visit, card=THEIRS, phone=PHONE, case_id=CASE, held=(Held("A-04", Evidence.SENSOR),)
    )
    left = st.PuttingIn(visit, st.Place(CASE, CELL, opened_before=True))
    warned, _ = at(left, ev.DoorOpenLong(CELL), ev.IdleFor(0))
    for seen, cells in (("present", ("A-04", CELL)), ("notPresent", ("A-04",))):
        now = step(warned, ev.DoorShut(CELL, seen)).session
        assert now.stage == desk(replace(ROUND, cases=(replace(ONE, cells=cells),)))


def test_a_list_that_can_not_be_recorded_is_said_so() -> None:
    done, _ = at(desk(HAS_ONE), ask.Proceed(), ev.RecordingFailed(), helper=HAS_ONE)
    assert done.stage == ss.HelperDone(HAS_ONE, "unknown")


def test_a_second_envelope_is_the_same_case() -> None:
    visit = replace(lay().visit, card=THEIRS, phone=PHONE)
    more = (*PUT_IN[:3], ask.AnotherEnvelope(), PUT_IN[4])
    second = [replace(one, cell="A-04") if hasattr(one, "cell") else one for one in PUT_IN]  # type: ignore[arg-type]
    now, _ = at(st.Confirming(visit), ask.Proceed(), *more, *second)
    assert now.stage == desk(replace(ROUND, cases=(replace(ONE, cells=(CELL, "A-04")),)))


def test_the_end_is_a_list_on_paper_then_signed_out() -> None:
    done, effects = at(desk(HAS_ONE), ask.Proceed(), helper=HAS_ONE)
    assert (done.stage, effects) == (ss.HelperDone(HAS_ONE), (act.PrintList(HAS_ONE),))
    failed = step(done, told.ListPrinted("notPrinted")).session
    again = step(failed, ask.TryAgain())
    assert again.effects == (act.PrintList(HAS_ONE),)
    home = step(step(again.session, told.ListPrinted("printed")).session, ask.Proceed())
    assert (home.session.stage, home.session.helper) == (st.Idle(), None)
    assert home.effects == (do.Record("StaffSignedOut", (("staff_no", HELPER), ("reason", "signed out"))),)


@pytest.mark.parametrize(("round", "lists"), [(ROUND, ()), (HAS_ONE, (act.PrintList(HAS_ONE),))])
def test_a_helper_who_goes_away_is_signed_out_and_the_list_waits_in_the_printer(
    round: ss.HelperRound, lists: tuple[do.Effect, ...]
) -> None:
    limits = Limits(helper_idle_s=180)
    assert due(desk(round), Quiet(179.5, 0), limits) == ev.IdleFor(1)
    now, effects = at(desk(round), ev.IdleFor(0), helper=round)
    assert (now.stage, now.helper) == (st.Idle(), None)
    signed_out = do.Record("StaffSignedOut", (("staff_no", HELPER), ("reason", "no touch for a while")))
    assert effects == (*lists, signed_out)


def test_when_the_battery_ends_the_round_does_too() -> None:
    now, effects = at(desk(HAS_ONE), ev.FactsChanged(NO_POWER), helper=HAS_ONE)
    assert (now.stage, now.helper) == (st.Idle(), None)
    assert act.PrintList(HAS_ONE) in effects
    taking, _ = handed_in()
    parked = step(step(taking, ev.FactsChanged(NO_POWER)).session, ev.CardGone())
    assert (parked.session.stage, parked.session.helper) == (st.Idle(), None)
    assert [one for one in parked.effects if isinstance(one, do.Record) and one.event == "StaffSignedOut"]


def test_nobody_begins_at_the_desk_while_nothing_can_be_handed_in() -> None:
    now = replace(start(), stage=desk(), helper=ROUND, facts=replace(FINE, free=()))
    assert not now.facts.can_deposit
    assert step(now, ask.StartDeposit()).session == now


def test_without_the_card_a_letter_goes_in_and_no_card_is_waited_for() -> None:
    typing, effects = at(lay(), ask.WithLetter())
    assert isinstance(typing.stage, st.Filling)
    assert typing.stage.name == NAME_FIELD
    assert effects == (do.WatchCard(),)  # looks for no card any more
    name = step(typing, ev.CardGone()).session  # there was none
    digits = [ask.LetterX() if sign == "X" else ask.Digit(int(sign)) for sign in THEIRS.number]
    now, _ = at(replace(name.stage, typed=THEIRS.name), ask.Proceed(), *digits, ask.Proceed())  # type: ignore[arg-type]
    assert isinstance(now.stage, st.EnteringPhone)
    visit = now.stage.visit
    assert visit.card is not None
    assert (visit.card.number, visit.agency) == (THEIRS.number, Agency(letter=True, helper=HELPER))
    assert step(now, ev.CardGone()).session.stage == now.stage
    waiting, effects = at(typing.stage, ask.Back())
    assert waiting.stage == replace(lay(), visit=waiting.stage.visit)  # type: ignore[union-attr]
    assert effects == (do.BeginCard(),)


def test_a_card_that_is_lifted_is_laid_again_by_the_same_helper() -> None:
    visit = replace(lay().visit, card=THEIRS, card_present=True, phone=PHONE)
    now, _ = at(st.Confirming(visit), ev.CardGone())
    assert now.stage == replace(lay(), trouble=ev.CardTrouble.LIFTED)


def test_the_persons_own_card_may_be_anybodys_but_the_helper_is_never_compared() -> None:
    phone, _ = at(lay(), ev.CardTaken(CARD))
    assert isinstance(phone.stage, st.EnteringPhone)


def test_an_item_for_the_person_alone_is_not_handed_in_by_a_helper() -> None:
    policy = st.Policy(in_person=frozenset({ITEM}))
    guide, _ = at(desk(), ask.StartDeposit(), ask.ChooseItem(ITEM), policy=policy)
    assert step(guide, ask.Proceed()).session == guide
    other, _ = at(desk(), ask.StartDeposit(), ask.ChooseItem(ITEM), ask.ForAnother())
    assert isinstance(other.stage, st.ReadingGuide)
    assert other.stage.for_another  # it is somebody else's whatever is touched


def test_staff_wait_while_a_helper_is_in_a_visit() -> None:
    now, effects = at(lay(), told.StaffCardRead("3"))
    assert now.stage == lay()
    assert effects == (do.Record("ExchangeRefused", (("staff_no", "3"), ("by", "card"))),)


def test_the_pages_say_numbers_and_name_nobody() -> None:
    assert page(desk()).name == "helper.desk"
    first, many = page(desk()), page(desk(HAS_ONE), HAS_ONE)
    assert isinstance(first, vm.NoticePage)
    assert isinstance(many, vm.NoticePage)
    assert [action.intent for action in first.actions] == [ask.StartDeposit(), ask.SignOut()]
    assert [action.intent for action in many.actions] == [ask.StartDeposit(), ask.Proceed()]
    done = page(ss.HelperDone(HAS_ONE, "notPrinted"), HAS_ONE)
    assert isinstance(done, vm.PickPage)
    assert [row.key for row in done.rows] == [f"case.{CASE}"]
    assert [action.intent for action in done.actions] == [ask.Proceed(), ask.TryAgain()]
    card = page(lay())
    assert isinstance(card, vm.CardPage)
    assert card.name == "helper.lay"
    assert [action.intent for action in card.actions] == [ask.WithLetter(), ask.Back()]
    confirm = page(st.Confirming(replace(lay().visit, card=THEIRS, phone=PHONE)))
    assert isinstance(confirm, vm.ConfirmPage)
    assert [line.label.key for line in confirm.lines][-1] == "agency.confirm_agent"


def test_a_case_of_scanned_pages_alone_is_on_the_list_too() -> None:
    visit = replace(lay().visit, card=THEIRS)
    now, _ = at(st.Filing(visit), ev.CaseFiled(CASE, "anchor"), ev.ReceiptAnswer("printed"), ask.Proceed())
    assert now.stage == desk(replace(ROUND, cases=(replace(ONE, cells=()),)))


def test_nothing_of_the_round_is_in_a_visit_of_somebody_who_comes_later() -> None:
    now, _ = at(desk(HAS_ONE), ask.StartOver(), ask.StartDeposit(), ask.ChooseItem(ITEM), helper=HAS_ONE)
    assert now.helper is None
    guide = now.stage
    assert isinstance(guide, st.ReadingGuide)
    assert not guide.for_another
