"""Handed in for somebody else: the agent is checked, the person's card only read, or a letter stands in its place."""

from dataclasses import replace

import pytest

from kiosk.presenter.presenter import Presenter
from kiosk.session import custodystate as cs
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.entrusting import NAME as NAME_FIELD
from kiosk.session.entrusting import NUMBER as NUMBER_FIELD
from kiosk.session.facts import Identity, OwnCase, OwnState, Part
from kiosk.session.machine import step
from kiosk.session.scanstate import ScanPaper, ScanPlan
from kiosk.session.visit import LETTER, Agency, Relation, Scanned
from locker.events import Evidence
from screens import intents as ask
from screens import viewmodels as vm
from tests.session.scenes import CARD, CASE, CELL, DECISIONS, FINE, FORM, ITEM, PHONE, THEIRS, start, with_id
from tests.test_presenter import HOUSES, ITEMS, NOW, PRESENTER

TOLD = Agency(Relation.PARENT)
KNOWN = replace(TOLD, agent=CARD)


def visit(agency: Agency = KNOWN, **more: object) -> st.Visit:
    about = THEIRS if agency.agent is not None else CARD
    begun = st.Visit(
        "s", ITEM, card=about, card_present=True, identity=Identity.VERIFIED, agency=agency, face_consent=True
    )  # fmt: skip
    return replace(begun, **more)  # type: ignore[arg-type]


def after(
    stage: st.Stage, *events: ev.Event, policy: st.Policy | None = None
) -> tuple[st.Stage, tuple[do.Effect, ...]]:
    """The stage that these lead to, and the effects of the last."""
    now, effects = replace(start(policy or st.Policy()), stage=stage), ()
    for event in events:
        outcome = step(now, event)
        assert outcome.unexpected is None, event
        now, effects = with_id(outcome.session), outcome.effects  # type: ignore[assignment]
    return now.stage, effects


def page(stage: st.Stage) -> vm.ViewModel:
    return PRESENTER.present(replace(start(), stage=stage), NOW)


def test_from_the_guide_to_the_persons_form_with_two_cards_and_one_face() -> None:
    consent, _ = after(st.ReadingGuide(ITEM), ask.ForAnother(), ask.Proceed())
    assert isinstance(consent, st.AskingConsent)
    assert consent.visit.agency == Agency()
    relation, effects = after(consent, ask.AcceptFace(), ev.CardTaken(CARD), ev.FaceAnswer("match"))
    assert isinstance(relation, st.ChoosingRelation)
    assert not [one for one in effects if isinstance(one, do.FindCases)]  # nothing is looked up of an agent
    swap, _ = after(relation, ask.Choose("parent"), ask.Choose("agent"))
    assert isinstance(swap, st.AwaitingPrincipal)
    lay, effects = after(swap, ev.CardGone())
    assert effects == (do.BeginCard(),)
    phone, effects = after(lay, ev.CardSeen(), ev.CardTaken(THEIRS))
    assert isinstance(phone, st.EnteringPhone)
    assert (phone.visit.card, phone.visit.phone) == (THEIRS, "")
    assert phone.visit.agency == Agency(Relation.PARENT, may_fetch=True, agent=CARD)
    assert not [one for one in effects if isinstance(one, do.BeginFace | do.FindCases)]
    reserving, (opened,) = after(replace(phone, digits=PHONE), ask.Proceed(), ask.Proceed())
    assert isinstance(reserving, st.Reserving)
    assert isinstance(opened, do.OpenCase)
    assert (opened.card, opened.identity, opened.agency) == (THEIRS, Identity.VERIFIED, phone.visit.agency)


def test_said_twice_it_is_for_oneself() -> None:
    consent, _ = after(st.ReadingGuide(ITEM), ask.ForAnother(), ask.ForAnother(), ask.Proceed())
    assert isinstance(consent, st.AskingConsent)
    assert consent.visit.agency is None


def test_an_item_that_asks_for_the_person_themselves_is_not_handed_in_by_anybody_else() -> None:
    policy = st.Policy(in_person=frozenset({ITEM}))
    consent, _ = after(st.ReadingGuide(ITEM), ask.ForAnother(), ask.Proceed(), policy=policy)
    assert isinstance(consent, st.AskingConsent)
    assert consent.visit.agency is None
    item = replace(ITEMS[0], in_person=True)
    house = replace(HOUSES["zh_CN"], items=(item,))
    alone = Presenter({**HOUSES, "zh_CN": house}).present(replace(start(), stage=st.ReadingGuide(ITEM)), NOW)
    assert isinstance(alone, vm.GuidePage)
    assert ask.ForAnother() not in [action.intent for action in alone.actions]
    assert "guide.in_person" in [line.value.key for line in alone.facts if isinstance(line.value, vm.Text)]


def test_the_form_begins_from_the_persons_card() -> None:
    policy = st.Policy(forms=((ITEM, FORM),))
    filling, _ = after(st.AwaitingPrincipal(visit(TOLD), own=False), ev.CardTaken(THEIRS), policy=policy)
    assert isinstance(filling, st.Filling)
    assert (filling.name, filling.visit.card) == (FORM[0].name, THEIRS)


def test_the_agents_own_card_is_refused_in_words_and_the_next_one_counts() -> None:
    same, effects = after(st.AwaitingPrincipal(visit(TOLD), own=False), ev.CardTaken(CARD))
    assert same == st.AwaitingPrincipal(visit(TOLD), same=True)
    assert effects == (do.WatchCard(),)
    assert page(same).name == "agency.same"
    phone, _ = after(same, ev.CardGone(), ev.CardSeen(), ev.CardTaken(THEIRS))
    assert isinstance(phone, st.EnteringPhone)


@pytest.mark.parametrize("trouble", list(ev.CardTrouble))
def test_a_card_that_can_not_be_read_is_said_so_and_may_be_laid_again(trouble: ev.CardTrouble) -> None:
    failed, effects = after(
        st.AwaitingPrincipal(visit(TOLD), own=False), ev.CardSeen(), ev.CardFailed(trouble)
    )
    assert page(failed).name == f"agency.card.{trouble.value}"
    assert (do.BeginCard() in effects) is (trouble is ev.CardTrouble.LIFTED)
    again, effects = after(failed, ask.TryAgain())
    assert (again, effects) == (
        st.AwaitingPrincipal(visit(TOLD, card_present=trouble is not ev.CardTrouble.LIFTED), own=False),
        (do.BeginCard(),),
    )


def typed(number: str) -> st.Stage:
    """Name and number, a letter in the place of the card."""
    name, _ = after(st.AwaitingPrincipal(visit(TOLD)), ask.WithLetter())
    assert isinstance(name, st.Filling)
    assert name.name == NAME_FIELD
    digits = [ask.LetterX() if sign == "X" else ask.Digit(int(sign)) for sign in number]
    return after(replace(name, typed="测试人乙"), ask.Proceed(), *digits, ask.Proceed())[0]


def test_without_the_card_name_and_number_are_typed_and_the_letter_goes_in() -> None:
    phone = typed(THEIRS.number)
    assert isinstance(phone, st.EnteringPhone)
    card, agency = phone.visit.card, phone.visit.agency
    assert card is not None
    assert (card.name, card.number, card.birth_date, card.sex) == (
        THEIRS.name,
        THEIRS.number,
        "1990-03-07",
        "female",
    )
    assert agency == replace(KNOWN, letter=True)
    assert phone.visit.form.values == ()
    confirm = page(st.Confirming(phone.visit))
    assert isinstance(confirm, vm.ConfirmPage)
    assert confirm.materials[0] == "授权委托书（原件）"
    assert confirm.lines[1].value == THEIRS.name  # as typed: to be compared


def test_a_number_with_a_wrong_check_digit_is_not_taken() -> None:
    wrong = typed(f"{THEIRS.number[:-1]}8")
    assert isinstance(wrong, st.Filling)
    assert (wrong.name, wrong.invalid) == (NUMBER_FIELD, True)


def test_ones_own_number_is_refused_in_words() -> None:
    same = typed(CARD.number)
    assert isinstance(same, st.AwaitingPrincipal)
    assert same.same
    assert same.visit.agency == TOLD


def test_who_types_may_go_back_to_the_card_and_there_is_no_letter_then() -> None:
    back, _ = after(st.AwaitingPrincipal(visit(TOLD)), ask.WithLetter(), ask.Back())
    assert back == st.AwaitingPrincipal(visit(TOLD))


@pytest.mark.parametrize("why", list(ev.Stale))
def test_who_is_looked_at_again_while_typing_begins_with_the_card_again(why: ev.Stale) -> None:
    typing, _ = after(st.AwaitingPrincipal(visit(TOLD)), ask.WithLetter())
    looked, _ = after(typing, ev.FaceStale(why))
    assert isinstance(looked, st.CheckingFace)
    waiting, _ = after(looked, ev.FaceAnswer("match"), ask.Choose("child"), ask.Choose("principal"))
    assert waiting == st.AwaitingPrincipal(visit(replace(TOLD, relation=Relation.CHILD)))


ALL_SCANNED = st.Policy(scans=((ITEM, ScanPlan((ScanPaper(0), ScanPaper(1, needed=False)), whole=True)),))
SOME_SCANNED = st.Policy(scans=((ITEM, ScanPlan((ScanPaper(0),))),))
BY_LETTER = visit(replace(KNOWN, letter=True), phone=PHONE, scan_asked=True)


def on(stage: st.Stage, policy: st.Policy) -> vm.ViewModel:
    return PRESENTER.present(replace(start(policy), stage=stage), NOW)


def test_the_letter_is_scanned_first_where_all_papers_may_be() -> None:
    offered = st.OfferingScan(BY_LETTER)
    page = on(offered, ALL_SCANNED)
    assert isinstance(page, vm.PickPage)
    assert [(row.key, row.title) for row in page.rows][:2] == [
        ("scan.letter", "授权委托书（原件）"),
        ("scan.0", "form"),
    ]
    letter, _ = after(offered, ask.Proceed(), policy=ALL_SCANNED)
    assert letter == st.Scanning(BY_LETTER, LETTER)
    lay = on(letter, ALL_SCANNED)
    assert ("paper", "授权委托书（原件）") in lay.sentence.args  # type: ignore[union-attr]
    first, _ = after(letter, ask.TakePage(), ev.PageTaken(7), ask.Proceed(), policy=ALL_SCANNED)
    assert first == st.Scanning(replace(BY_LETTER, scans=(Scanned(LETTER, (7,)),)), 0)
    assert after(first, ask.Back(), policy=ALL_SCANNED)[0] == st.Scanning(BY_LETTER, LETTER, (7,), 0)
    last, _ = after(first, ask.TakePage(), ev.PageTaken(8), ask.Proceed(), policy=ALL_SCANNED)
    confirm, _ = after(last, ask.Skip(), policy=ALL_SCANNED)
    assert isinstance(confirm, st.Confirming)
    filing, (filed,) = after(confirm, ask.Proceed(), policy=ALL_SCANNED)
    assert isinstance(filed, do.FileCase)
    assert filed.scans == (Scanned(LETTER, (7,)), Scanned(0, (8,)))
    assert filed.agency == replace(KNOWN, letter=True)
    _, (printed,) = after(filing, ev.CaseFiled(CASE, "anchor"), policy=ALL_SCANNED)
    assert isinstance(printed, do.PrintReceipt)
    assert (printed.by_agent, printed.letter, printed.letter_scanned, printed.pages) == (True, False, True, 2)


def test_a_letter_that_was_scanned_is_not_put_in_though_another_paper_is() -> None:
    scanned = replace(BY_LETTER, scans=(Scanned(LETTER, (7,)),))
    confirm = on(st.Confirming(scanned), ALL_SCANNED)
    assert isinstance(confirm, vm.ConfirmPage)
    assert confirm.materials[0] == "form"
    _, (opened,) = after(st.Confirming(scanned), ask.Proceed(), policy=ALL_SCANNED)
    assert isinstance(opened, do.OpenCase)
    assert opened.scans == scanned.scans
    holding = st.Holding(replace(scanned, case_id=CASE), st.Place(CASE, CELL), Evidence.SENSOR)
    _, (printed,) = after(holding, ev.DepositRecorded(CASE, "anchor"))
    assert isinstance(printed, do.PrintReceipt)
    assert (printed.letter, printed.letter_scanned) == (False, True)


def test_the_letter_comes_in_on_paper_where_some_paper_does_and_there_is_none_beside_a_card() -> None:
    on_paper, _ = after(st.OfferingScan(BY_LETTER), ask.Proceed(), policy=SOME_SCANNED)
    assert on_paper == st.Scanning(BY_LETTER, 0)
    with_card = replace(BY_LETTER, agency=KNOWN)
    assert after(st.OfferingScan(with_card), ask.Proceed(), policy=ALL_SCANNED)[0] == st.Scanning(
        with_card, 0
    )


def test_a_letter_needs_a_compartment_even_where_all_papers_are_scanned() -> None:
    policy = st.Policy(scans=((ITEM, ScanPlan((ScanPaper(0),), whole=True)),))
    scanned = (Scanned(0, (1,)),)
    _, (with_letter,) = after(
        st.Confirming(visit(replace(KNOWN, letter=True), scans=scanned, phone=PHONE)),
        ask.Proceed(),
        policy=policy,
    )
    assert isinstance(with_letter, do.OpenCase)  # nobody scanned the letter
    _, (filed,) = after(st.Confirming(visit(scans=scanned, phone=PHONE)), ask.Proceed(), policy=policy)
    assert isinstance(filed, do.FileCase)
    assert filed.agency == KNOWN


def test_a_lifted_card_begins_with_the_agents_own_again() -> None:
    again, _ = after(st.Confirming(visit(phone=PHONE)), ev.CardGone())
    assert isinstance(again, st.AwaitingCard)
    assert (again.visit.agency, again.visit.card, again.visit.phone) == (Agency(), None, "")


@pytest.mark.parametrize("why", list(ev.Stale))
@pytest.mark.parametrize(
    "stage",
    [
        st.AwaitingPrincipal(visit(TOLD)),
        st.Confirming(visit(phone=PHONE)),
        st.Decided(visit(phone=PHONE), st.Place(CASE, CELL), DECISIONS[0]),
        st.OpenFailed(visit(phone=PHONE), st.Place(CASE, CELL)),
    ],
    ids=lambda stage: type(stage).__name__ if not isinstance(stage, ev.Stale) else stage.value,
)
def test_an_agent_whose_check_is_over_begins_anew_and_nobody_is_compared_with_the_persons_photo(
    stage: st.Stage, why: ev.Stale
) -> None:
    ended, effects = after(stage, ev.FaceStale(why))
    assert ended == st.Trouble("agent_again", card_present=True)
    assert not [one for one in effects if isinstance(one, do.BeginFace)]
    abandons = isinstance(stage, st.Decided | st.OpenFailed)
    assert bool([one for one in effects if isinstance(one, do.AbandonDeposit)]) is abandons


def test_a_child_can_not_be_an_agent() -> None:
    ended, effects = after(
        st.AwaitingCard(visit(Agency(), card=None)), ev.CardTaken(replace(CARD, child=True))
    )
    assert ended == st.Trouble("agent_child", card_present=True)
    assert not [one for one in effects if isinstance(one, do.BeginFace)]


def test_a_child_can_be_whose_matter_it_is() -> None:
    phone, _ = after(st.AwaitingPrincipal(visit(TOLD), own=False), ev.CardTaken(replace(THEIRS, child=True)))
    assert isinstance(phone, st.EnteringPhone)


def test_a_reader_that_fails_and_a_fresh_identity_process() -> None:
    waiting = st.AwaitingPrincipal(visit(TOLD))
    gone, _ = after(waiting, ev.FactsChanged(replace(FINE, failing=frozenset({Part.READER}))))
    assert gone == st.Trouble("reader_gone")
    again, effects = after(waiting, ev.IdentityGone())
    assert effects == (do.BeginCard(),)
    assert isinstance(again, st.AwaitingPrincipal)


def test_receipt_and_staff_are_told_of_the_agent() -> None:
    held = visit(replace(KNOWN, letter=True), case_id=CASE)
    holding = st.Holding(held, st.Place(CASE, CELL), Evidence.SENSOR)
    _, (printed,) = after(holding, ev.DepositRecorded(CASE, "anchor"))
    assert isinstance(printed, do.PrintReceipt)
    assert (printed.by_agent, printed.letter, printed.letter_scanned) == (True, True, False)


def test_an_agent_who_fetches_is_recorded_as_one() -> None:
    case = OwnCase(
        CASE, ITEM, "2026-11-22T03:00:00+08:00", OwnState.COLLECTED, waiting=((CELL, "result"),), by_agent=True
    )  # fmt: skip
    fetching = st.Visit("s", "", st.Errand.FETCH, card=CARD, card_present=True)
    typing = cs.TypingPickup(fetching, (case,), checking=True)
    _, effects = after(typing, ev.PickupChecked(CASE, "code"))
    told = next(one for one in effects if isinstance(one, do.Record))
    assert dict(told.fields)["by"] == "agent"


def test_the_card_that_fetches_is_asked_about_what_it_may_fetch_for_others() -> None:
    waiting = st.AwaitingCard(st.Visit("s", "", st.Errand.FETCH))
    _, effects = after(waiting, ev.CardTaken(CARD))
    assert do.FindCases(CARD.number, to_fetch=True) in effects
    depositing = st.AwaitingCard(st.Visit("s", ITEM))
    _, effects = after(depositing, ev.CardTaken(CARD), ask.Choose("card_only"))
    assert not [one for one in effects if isinstance(one, do.FindCases) and one.to_fetch]


def test_the_pages_say_whose_card_and_who_hands_in() -> None:
    first = page(st.AwaitingCard(visit(Agency(), card=None)))
    assert isinstance(first, vm.CardPage)
    assert first.heading.key == "agency.own_first"
    names = [page(one).name for one in (
        st.ChoosingRelation(visit(TOLD)), st.ChoosingFetcher(visit(TOLD)), st.AwaitingPrincipal(visit(TOLD)),
        st.AwaitingPrincipal(visit(TOLD), own=False), st.AwaitingPrincipal(visit(TOLD), own=False, reading=True),
    )]  # fmt: skip
    assert names == ["agency.relation", "agency.fetch", "agency.swap", "agency.lay", "agency.card.reading"]
    confirm = page(st.Confirming(visit(phone=PHONE)))
    assert isinstance(confirm, vm.ConfirmPage)
    labels = [line.label.key for line in confirm.lines]
    assert labels[4:7] == ["agency.confirm_agent", "agency.confirm_relation", "agency.confirm_fetch"]
    assert "confirm.identity" not in labels
