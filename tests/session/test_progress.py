"""Asking where a case stands: by card, by number, and on to papers that join the same case."""

from dataclasses import replace

from kiosk.session import custodystate as cs
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.machine import step
from screens import intents as ask
from tests.session.scenes import CARD, CASE, NO_CAMERA, NOTHING_WORKS, NUMBER, OWN, PROGRESS, start

MOST = st.Policy().wrong_numbers
SECOND = replace(PROGRESS, case_id="261122-0002")


def after(session: st.Session, *events: ev.Event) -> st.Session:
    for event in events:
        session = step(session, event).session
    return session


def with_card(*cases: object, session: st.Session | None = None) -> st.Session:
    asked = after(session or start(), ask.ShowProgress(), ask.ByCard(), ev.CardSeen())
    outcome = step(asked, ev.CardTaken(CARD))
    assert do.FindProgress(NUMBER) in outcome.effects
    assert not any(isinstance(effect, do.BeginFace) for effect in outcome.effects)
    return step(outcome.session, ev.ProgressFound(cases)).session  # type: ignore[arg-type]


def test_a_single_case_is_shown_at_once_and_one_of_several_after_a_touch() -> None:
    assert with_card(PROGRESS).stage.shown == CASE  # type: ignore[union-attr]
    several = with_card(PROGRESS, SECOND)
    assert several.stage.shown == ""  # type: ignore[union-attr]
    one = after(several, ask.Choose(SECOND.case_id))
    assert one.stage.shown == SECOND.case_id  # type: ignore[union-attr]
    assert after(one, ask.Back()) == several
    assert isinstance(after(several, ask.Back()).stage, st.TakingCard)
    assert isinstance(with_card().stage, st.Trouble)


def test_lifting_the_card_leaves_the_page_and_ends_without_asking_for_it() -> None:
    lifted = after(with_card(PROGRESS), ev.CardGone())
    assert isinstance(lifted.stage, cs.Overview)
    assert isinstance(after(lifted, ask.Back()).stage, st.Idle)


def test_papers_are_added_to_the_case_after_a_proof_of_who_it_is() -> None:
    consent = after(with_card(PROGRESS), ask.AddPapers())
    assert isinstance(consent.stage, st.AskingConsent)
    looking = step(consent, ask.AcceptFace())
    assert isinstance(
        looking.session.stage, st.CheckingFace
    )  # the card lies there, it is not asked for again
    found = after(looking.session, ev.FaceAnswer("match"))
    assert isinstance(found.stage, cs.LookingUp)
    confirm = after(found, ev.CasesFound((replace(OWN, cut_off=False, waiting=()),)))
    assert isinstance(confirm.stage, st.Confirming)
    assert (confirm.stage.visit.case_id, confirm.stage.visit.errand) == (CASE, st.Errand.SUPPLEMENT)
    reserving = step(confirm, ask.Proceed())
    assert [type(effect) for effect in reserving.effects] == [do.Record, do.OpenCase]
    back = after(confirm, ask.Back())
    assert isinstance(back.stage, cs.LookingUp)
    assert back.stage.visit.errand is st.Errand.PROGRESS


def test_somebody_else_s_card_adds_nothing_to_the_case() -> None:
    lifted = after(with_card(PROGRESS), ev.CardGone(), ask.AddPapers(), ask.AcceptFace())
    assert isinstance(lifted.stage, st.AwaitingCard)
    other = replace(CARD, number="110101199003070000")
    found = after(
        lifted, ev.CardSeen(), ev.CardTaken(other), ev.FaceAnswer("match"), ev.CasesFound(())
    )  # not theirs
    assert isinstance(found.stage, st.Trouble)


def test_lifting_the_card_at_the_question_begins_with_what_they_came_for() -> None:
    asked = after(with_card(PROGRESS), ask.AddPapers(), ev.CardGone())
    assert isinstance(asked.stage, st.AwaitingCard)
    assert (asked.stage.visit.errand, asked.stage.visit.case_id) == (st.Errand.PROGRESS, "")


def test_without_a_camera_another_way_is_gone() -> None:
    shown = with_card(PROGRESS, session=start(facts=NO_CAMERA))
    assert isinstance(after(shown, ask.AddPapers()).stage, cs.LookingUp)  # this house takes the card alone


def test_an_answer_that_was_asked_for_somebody_else_is_shown_to_nobody() -> None:
    """It came late: who asked has gone, and the next card lies there."""
    mine = after(start(), ask.ShowProgress(), ask.ByCard(), ev.CardSeen(), ev.CardTaken(CARD))
    assert after(mine, ev.ProgressFound((PROGRESS,), of="110101199003070000")) == mine
    assert isinstance(after(mine, ev.ProgressFound((PROGRESS,), of=NUMBER)).stage, cs.Overview)
    own = after(with_card(PROGRESS), ask.AddPapers(), ask.AcceptFace(), ev.FaceAnswer("match"))
    assert after(own, ev.CasesFound((OWN,), of="110101199003070000")) == own
    assert after(own, ev.CasesFound((OWN,), of=NUMBER)) != own


def test_the_answer_to_an_earlier_number_does_not_stand_under_the_later_one() -> None:
    typing = after(start(), ask.ShowProgress(), ask.ByReceipt())
    for digit in "2611220001":
        typing = after(typing, ask.Digit(int(digit)))
    asked = after(typing, ask.Proceed())
    assert after(asked, ev.ProgressFound((SECOND,), of=SECOND.case_id)) == asked
    assert after(asked, ev.ProgressFound((PROGRESS,), of=PROGRESS.case_id)).stage == cs.ByNumber(
        found=PROGRESS
    )


def test_by_number_nobody_is_named_and_nothing_is_added() -> None:
    typing = after(start(facts=NOTHING_WORKS), ask.ShowProgress(), ask.ByCard(), ask.ByReceipt())
    for digit in "2611220001":
        typing = after(typing, ask.Digit(int(digit)))
    asked = step(typing, ask.Proceed())
    assert asked.effects == (do.FindProgress(case_id="261122-0001"),)
    assert after(asked.session, ev.ProgressFound(())).stage == cs.ByNumber(unknown=True, wrong=1)
    found = after(asked.session, ev.ProgressFound((PROGRESS,)))
    assert found.stage == cs.ByNumber(found=PROGRESS)
    assert after(found, ask.AddPapers()) == found
    assert after(found, ask.Back()).stage == cs.ByNumber()
    refused = after(asked.session, ev.RecordingFailed())
    assert isinstance(refused.stage, cs.ByNumber)
    assert not refused.stage.checking


def typed(session: st.Session) -> st.Session:
    """A whole number, sent off."""
    return after(session, *(ask.Digit(int(digit)) for digit in "2611220009"), ask.Proceed())


def test_who_tries_numbers_is_answered_no_more_and_back_does_not_help() -> None:
    page = after(start(facts=NOTHING_WORKS), ask.ShowProgress(), ask.ByReceipt())
    for _ in range(MOST - 1):
        page = after(typed(page), ev.ProgressFound())
        assert page.stage != cs.ByNumber(wrong=MOST, refused=True)
        page = after(page, ask.Back(), ask.ByReceipt())
    last = step(typed(page), ev.ProgressFound())
    assert do.Record("CaseNumbersTried", (("limit", "session"),)) in last.effects
    assert last.session.stage == cs.ByNumber(wrong=MOST, refused=True)
    assert typed(last.session) == last.session
    assert after(last.session, ask.Back(), ask.ByReceipt()).stage == last.session.stage


def test_a_kiosk_that_heard_too_many_wrong_numbers_looks_none_up_for_now() -> None:
    page = typed(after(start(facts=NOTHING_WORKS), ask.ShowProgress(), ask.ByReceipt()))
    refused = step(page, ev.ProgressFound(refused=True))
    assert do.Record("CaseNumbersTried", (("limit", "minute"),)) in refused.effects
    assert refused.session.stage == cs.ByNumber(refused=True)
    assert after(refused.session, ask.Back(), ask.ByReceipt()).stage == cs.ByNumber()


def test_a_site_says_how_many_wrong_numbers_a_session_may_type() -> None:
    page = after(start(replace(st.Policy(), wrong_numbers=1)), ask.ShowProgress(), ask.ByReceipt())
    last = step(typed(page), ev.ProgressFound())
    assert last.session.stage == cs.ByNumber(wrong=1, refused=True)


def asking(wrong_numbers: int = MOST) -> st.Session:
    return after(start(st.Policy(wrong_numbers=wrong_numbers), NOTHING_WORKS), ask.ShowProgress())


def test_a_receipt_held_to_the_scanner_opens_its_case_as_its_number_does() -> None:
    for page, back in ((asking(), cs.AskingHow()), (after(asking(), ask.ByReceipt()), cs.ByNumber())):
        asked = step(page, ev.CodeScanned(CASE))
        assert asked.effects == (do.FindProgress(case_id=CASE),)
        found = after(asked.session, ev.ProgressFound((PROGRESS,), of=CASE))
        assert isinstance(found.stage, cs.ByNumber)
        assert found.stage.found == PROGRESS
        assert after(found, ask.AddPapers()) == found
        assert after(found, ask.Back()).stage == back


def test_a_receipt_whose_case_is_unknown_counts_as_a_wrong_number() -> None:
    page = asking(wrong_numbers=2)
    unknown = after(page, ev.CodeScanned(CASE), ev.ProgressFound(of=CASE))
    assert unknown.stage == cs.ByNumber(unknown=True, wrong=1)
    last = step(after(unknown, ev.CodeScanned(SECOND.case_id)), ev.ProgressFound(of=SECOND.case_id))
    assert do.Record("CaseNumbersTried", (("limit", "session"),)) in last.effects
    refused = after(last.session, ask.Back())
    for held in (step(last.session, ev.CodeScanned(CASE)), step(refused, ev.CodeScanned(CASE))):
        assert held.session.stage == cs.ByNumber(wrong=2, refused=True)
        assert held.effects == ()


def test_what_is_no_receipt_of_ours_is_looked_up_nowhere_and_said() -> None:
    strange = step(asking(), ev.CodeScanned())
    assert (strange.session.stage, strange.effects) == (cs.AskingHow(strange=True), ())
    half = after(asking(), ask.ByReceipt(), ask.Digit(2), ask.Digit(6))
    said = step(half, ev.CodeScanned())
    assert (said.session.stage, said.effects) == (cs.ByNumber("26", strange=True), ())
    assert after(said.session, ask.Digit(1)).stage == cs.ByNumber("261")
    assert not after(strange.session, ev.CodeScanned(CASE)).stage.strange  # type: ignore[union-attr]


def test_a_code_means_nothing_while_a_number_is_looked_up_or_a_case_is_shown() -> None:
    looking = after(asking(), ev.CodeScanned(CASE))
    shown = after(looking, ev.ProgressFound((PROGRESS,), of=CASE))
    for page in (looking, shown, start(), with_card(PROGRESS)):
        outcome = step(page, ev.CodeScanned(SECOND.case_id))
        assert (outcome.session, outcome.effects, outcome.unexpected) == (page, (), None)


def test_whoever_holds_a_receipt_up_is_still_there() -> None:
    asked = after(asking(), ask.ByReceipt(), ev.IdleFor(7))
    assert asked.seconds_left == 7
    assert after(asked, ev.CodeScanned(CASE)).seconds_left is None
    assert after(asked, ev.CodeScanned()).seconds_left is None
