"""Papers that follow: said to be missing, promised until a day, signed by hand; come later, all or some of them."""

from dataclasses import replace

from kiosk.session import custodystate as cs
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.facts import Identity, OwnCase, OwnState, PromiseFact
from kiosk.session.machine import step
from kiosk.session.promisestate import LaterPaper
from kiosk.session.staff import listing
from kiosk.session.visit import Followed, Promise
from locker.events import Evidence
from screens import intents as ask
from screens import viewmodels as vm
from screens.signature import LEAST_POINTS, MOST_POINTS, MOST_STROKES, Signature, Stroke
from screens.viewmodels import Tone
from tests.session.scenes import CARD, CASE, CELL, FINE, ITEM, PHONE, PROGRESS, start
from tests.test_presenter import NOW, PRESENTER

LATER = (LaterPaper("健康证明", 5, 2), LaterPaper("平面图", 10, 3))
DAYS = ((5, "2026-11-27"), (10, "2026-12-04"))
WRITTEN: Stroke = tuple((100 + 40 * at, 500 + (at % 3) * 60, at * 16) for at in range(20))
FOLLOWED = Followed(("健康证明",), ("平面图",), "2026-11-27")
SLIP: Stroke = tuple((500 + at, 500, at) for at in range(LEAST_POINTS))


def session(stage: st.Stage) -> st.Session:
    begun = start(st.Policy(later=((ITEM, LATER),)), replace(FINE, follow_by=DAYS))
    return replace(begun, stage=stage)


def visit(**more: object) -> st.Visit:
    return replace(st.Visit("s", ITEM, card=CARD, card_present=True, phone=PHONE), **more)  # type: ignore[arg-type]


def after(stage: st.Stage, *events: ev.Event) -> tuple[st.Stage, tuple[do.Effect, ...]]:
    """The stage that these lead to, and the effects of the last."""
    now, effects = session(stage), ()
    for event in events:
        outcome = step(now, event)
        assert outcome.unexpected is None, event
        now, effects = outcome.session, outcome.effects  # type: ignore[assignment]
    return now.stage, effects


def test_who_has_everything_signs_nothing() -> None:
    asked, _ = after(st.EnteringPhone(visit(), PHONE), ask.Proceed())
    assert asked == st.ChoosingMissing(visit(), ("健康证明", "平面图"))
    confirming, _ = after(asked, ask.Bring(1), ask.Bring(1), ask.Proceed())
    assert confirming == st.Confirming(visit())
    reserving, _ = after(confirming, ask.Proceed())
    assert isinstance(reserving, st.Reserving)


def test_an_item_whose_papers_may_not_follow_asks_nothing() -> None:
    other = visit(item_code="other")
    confirming, _ = after(st.EnteringPhone(other, PHONE), ask.Proceed())
    assert confirming == st.Confirming(other)


def test_what_is_missing_is_promised_until_the_nearest_day_and_signed_before_anything_opens() -> None:
    asked = st.ChoosingMissing(visit(), ("健康证明", "平面图"))
    confirming, _ = after(asked, ask.Bring(0), ask.Bring(1), ask.Proceed())
    promise = Promise(("健康证明", "平面图"), "2026-11-27")
    assert confirming == st.Confirming(visit(promise=promise))
    signing, _ = after(confirming, ask.Proceed())
    assert signing == st.Signing(visit(promise=promise))
    reserving, effects = after(signing, ask.Drawn(WRITTEN), ask.Proceed())
    assert isinstance(reserving, st.Reserving)
    (wanted,) = effects
    assert isinstance(wanted, do.OpenCase)
    assert wanted.promise == replace(promise, signature=Signature((WRITTEN,)))


def test_a_later_day_holds_where_only_that_paper_is_missing() -> None:
    confirming, _ = after(st.ChoosingMissing(visit(), ("健康证明", "平面图")), ask.Bring(1), ask.Proceed())
    assert isinstance(confirming, st.Confirming)
    assert confirming.visit.promise == Promise(("平面图",), "2026-12-04")


def test_a_touch_or_an_empty_pad_is_no_signature_and_says_so() -> None:
    signing = st.Signing(visit(promise=Promise(("健康证明",), "2026-11-27")))
    for strokes in ((), (SLIP,), (((1, 1, 0),),) * 20):
        still, effects = after(signing, *(ask.Drawn(stroke) for stroke in strokes), ask.Proceed())
        assert still == replace(signing, empty=True)
        assert effects == ()
    drawn, _ = after(signing, ask.Drawn(WRITTEN), ask.ClearTyped())
    assert drawn == signing


def test_what_is_no_stroke_of_this_pad_is_not_taken() -> None:
    signing = st.Signing(visit(promise=Promise(("健康证明",), "2026-11-27")))
    for stroke in ((), ((1001, 0, 0),), ((0, -1, 0),), ((0, 0, 5), (1, 1, 4)), ((0, 0, 10**9),)):
        assert after(signing, ask.Drawn(stroke))[0] == signing


def test_a_signature_has_its_bounds() -> None:
    many, long = Signature(), Signature()
    for _ in range(MOST_STROKES + 5):
        many = many.with_stroke(((1, 1, 0),))
    assert len(many.strokes) == MOST_STROKES
    for _ in range(MOST_POINTS // len(WRITTEN) + 5):
        long = long.with_stroke(WRITTEN * 4)
    assert long.points <= MOST_POINTS


def test_the_digest_holds_papers_day_and_hand() -> None:
    one = Signature((WRITTEN,))
    assert one.written == (" ".join(f"{x},{y},{ms}" for x, y, ms in WRITTEN),)
    assert len({one.digest("a"), one.digest("b"), Signature((WRITTEN, WRITTEN)).digest("a")}) == 3
    assert "500" not in repr(one)  # how somebody writes stands in no log


def test_another_face_or_a_lifted_card_takes_the_promise_along() -> None:
    signing = st.Signing(visit(promise=Promise(("健康证明",), "2026-11-27")), Signature((WRITTEN,)))
    lifted, _ = after(signing, ev.CardGone())
    assert isinstance(lifted, st.AwaitingCard)
    assert lifted.visit.promise is None
    verified = replace(signing, visit=replace(signing.visit, identity=Identity.VERIFIED))
    looked, _ = after(verified, ev.FaceStale(ev.Stale.CHANGED))
    assert isinstance(looked, st.CheckingFace)
    assert looked.visit.promise is None


OWING = OwnCase(
    CASE, ITEM, "2026-11-22T03:00:00+08:00", OwnState.HELD, open=True, missing=("健康证明", "平面图")
)


def test_a_supplement_says_what_of_the_promise_it_is_and_it_is_recorded_with_the_deposit() -> None:
    case = OWING
    chosen, _ = after(cs.OwnCases(visit(), (case,)), ask.Choose(CASE))
    assert isinstance(chosen, st.ChoosingMissing)
    assert (chosen.papers, chosen.lacking) == (case.missing, frozenset())
    confirming, _ = after(chosen, ask.Bring(1), ask.Proceed())
    assert isinstance(confirming, st.Confirming)
    assert confirming.visit.followed == FOLLOWED
    sealing = cs.Sealing(confirming.visit, st.Place(CASE, CELL, inside=Evidence.SENSOR))
    holding, effects = after(sealing, ask.AnotherEnvelope())
    assert effects == (do.HoldDeposit(CASE, CELL, Evidence.SENSOR, FOLLOWED),)
    another, effects = after(holding, ev.DepositRecorded(CASE, "anchor"))
    assert isinstance(another, st.Reserving)
    assert another.visit.follows_now is None  # the next envelope does not bring it again
    assert not any(isinstance(effect, do.Record) for effect in effects)


def test_who_leaves_the_door_open_behind_what_was_promised_has_brought_it_once_it_is_seen_inside() -> None:
    putting = st.PuttingIn(visit(errand=st.Errand.SUPPLEMENT, followed=FOLLOWED), st.Place(CASE, CELL))
    left, _ = after(putting, ev.IdleFor(0))
    assert isinstance(left, st.DoorLeftOpen)
    _, effects = after(left, ev.DoorShut(CELL, "present"))
    assert effects[0] == do.HoldDeposit(CASE, CELL, Evidence.SENSOR, FOLLOWED)
    _, effects = after(left, ev.DoorShut(CELL, "notPresent"))
    assert isinstance(effects[0], do.DisputeDeposit)


def test_who_turns_to_another_case_brings_nothing_of_the_first() -> None:
    owing_nothing = replace(OWING, case_id="other", missing=())
    cases = cs.OwnCases(visit(), (OWING, owing_nothing))
    confirming, _ = after(cases, ask.Choose(CASE), ask.Proceed())
    assert isinstance(confirming, st.Confirming)
    assert confirming.visit.followed is not None
    back, _ = after(confirming, ask.Back())
    assert getattr(back, "visit").followed is None  # noqa: B009  # whichever page it is, the visit goes on


def test_a_supplement_to_a_case_without_a_promise_goes_on_as_before() -> None:
    case = OwnCase(CASE, ITEM, "2026-11-22T03:00:00+08:00", OwnState.HELD, open=True)
    chosen, _ = after(cs.OwnCases(visit(), (case,)), ask.Choose(CASE))
    assert isinstance(chosen, st.Confirming)


def test_staff_read_what_is_missing_and_what_is_late() -> None:
    papers = (
        PromiseFact("case-plain", ITEM, ("proof",), "2026-11-20"),
        PromiseFact(CASE, ITEM, ("a",), "2026-11-27"),
    )
    facts = replace(FINE, promises=papers)
    listed = PRESENTER.present(replace(start(facts=facts), stage=ss.StaffList("1001")), NOW)
    assert isinstance(listed, vm.StaffListPage)
    (row,) = (row for row in listed.rows if row.case_id == "case-plain")
    assert (row.lamp, [mark.key for mark in row.marks]) == (Tone.BAD, ["staff.missing_late"])
    promises = PRESENTER.present(replace(start(facts=facts), stage=ss.PromisesList("1001")), NOW)
    assert isinstance(promises, vm.PickPage)
    assert [(row.key, row.lamp) for row in promises.rows] == [
        ("promise.case-plain", Tone.BAD), (f"promise.{CASE}", Tone.CAUTION),
    ]  # fmt: skip
    nothing = PRESENTER.present(
        replace(start(facts=replace(FINE, promises=())), stage=ss.PromisesList("1001")), NOW
    )
    assert isinstance(nothing, vm.PickPage)
    assert nothing.empty is not None


def test_the_list_puts_the_nearest_day_first_whichever_limit_it_is_of() -> None:
    cases = tuple(
        replace(FINE.cases[0], case_id=name, cell=name, due=due)
        for name, due in (("x", "2026-11-25"), ("y", "2026-11-30"))
    )
    facts = replace(FINE, cases=cases, promises=())
    owing = replace(facts, promises=(PromiseFact("y", ITEM, ("proof",), "2026-11-24"),))
    assert [case.case_id for case in listing.listed(ss.StaffList("1001"), facts)] == ["x", "y"]
    assert [case.case_id for case in listing.listed(ss.StaffList("1001"), owing)] == ["y", "x"]


def test_who_asks_where_the_case_stands_reads_what_was_promised() -> None:
    one = replace(PROGRESS, missing=("proof",), until="2026-11-20")
    page = PRESENTER.present(
        replace(start(), stage=cs.Overview(visit(errand=st.Errand.PROGRESS), (one,), CASE)), NOW
    )
    assert isinstance(page, vm.PickPage)
    (row,) = (row for row in page.rows if row.key == "missing.promised")
    assert row.lamp is Tone.BAD
    assert not [row for row in page.rows if row.key == "missing.later"]  # said once
