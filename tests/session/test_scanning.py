"""Scanning instead of copying, touch by touch: pages come, are moved and replaced; a failing camera is no dead end."""

from dataclasses import replace

from kiosk.catalogue.rules import Decision
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.custodystate import LookingUp, OwnCases
from kiosk.session.facts import Facts, Identity, OwnCase, OwnState, Part
from kiosk.session.machine import Outcome, step
from kiosk.session.promisestate import LaterPaper
from kiosk.session.scanning import is_paperless, plan_of
from kiosk.session.scanstate import ScanPaper, ScanPlan
from kiosk.session.visit import Followed, Promise, Scanned
from screens import intents as ask
from tests.session.scenes import CARD, CASE, CELL, DECISIONS, FINE, ITEM, PHONE

VISIT = st.Visit("s", ITEM, identity=Identity.VERIFIED, card=CARD, card_present=True)
WHOLE = ScanPlan((ScanPaper(0), ScanPaper(1, needed=False)), whole=True)
SOME = replace(WHOLE, whole=False)
NO_SCANNER = replace(FINE, failing=frozenset({Part.SCANNER}))


def at(stage: st.Stage, plan: ScanPlan = WHOLE, facts: Facts = FINE, pages: int = 3) -> st.Session:
    return st.Session(stage=stage, facts=facts, policy=st.Policy(scans=((ITEM, plan),), scan_pages=pages))


def after(session: st.Session, *events: ev.Event) -> Outcome:
    """The last step's outcome; none of them may come unexpected."""
    outcome = Outcome(session)
    for event in events:
        outcome = step(outcome.session, event)
        assert outcome.unexpected is None, event
    return outcome


def scanning(session: st.Session) -> st.Scanning:
    assert isinstance(session.stage, st.Scanning)
    return session.stage


def test_after_the_phone_number_scanning_is_offered_and_the_camera_wakes() -> None:
    offered = after(at(st.EnteringPhone(VISIT, PHONE)), ask.Proceed())
    assert offered.session.stage == st.OfferingScan(replace(VISIT, phone=PHONE, scan_asked=True))
    assert offered.effects == (do.WakeScanner(),)
    declined = after(offered.session, ask.Skip())
    assert isinstance(declined.session.stage, st.Confirming)
    assert declined.effects == (do.RestScanner(),)
    # who goes back to the number is not asked twice
    assert isinstance(after(declined.session, ask.Back(), ask.Proceed()).session.stage, st.Confirming)


def test_page_by_page_then_paper_by_paper_then_everything_once_more() -> None:
    visit = replace(VISIT, phone=PHONE, scan_asked=True)
    one = after(at(st.OfferingScan(visit)), ask.Proceed(), ask.TakePage())
    assert one.effects == (do.TakePage(),)
    assert scanning(one.session).taking
    two = after(one.session, ev.PageTaken(7), ask.NextSheet(), ask.TakePage(), ev.PageTaken(8), ask.Proceed())
    assert scanning(two.session) == st.Scanning(replace(visit, scans=(Scanned(0, (7, 8)),)), 1)
    done = after(two.session, ask.Skip())  # the second paper is not at hand
    assert done.session.stage == st.Confirming(replace(visit, scans=(Scanned(0, (7, 8)),)))


def test_pages_are_moved_replaced_and_deleted_by_buttons() -> None:
    three = st.Scanning(VISIT, 0, (1, 2, 3), chosen=2)
    first = after(at(three), ask.MovePage(-1), ask.MovePage(-1))
    assert scanning(first.session) == st.Scanning(VISIT, 0, (3, 1, 2), chosen=0)
    assert after(first.session, ask.MovePage(-1)).session == first.session  # there is nothing before it
    again = after(first.session, ask.Choose("1"), ask.Retake(), ev.PageTaken(9))
    assert scanning(again.session) == st.Scanning(VISIT, 0, (3, 9, 2), chosen=1)
    assert again.effects == (do.DropPages((1,)),)
    gone = after(again.session, ask.DeletePage())
    assert scanning(gone.session) == st.Scanning(VISIT, 0, (3, 2), chosen=1)
    assert gone.effects == (do.DropPages((9,)),)
    assert scanning(after(at(st.Scanning(VISIT, 0, (4,), chosen=0)), ask.DeletePage()).session).chosen is None


def test_a_page_that_lies_sideways_is_turned_in_its_place() -> None:
    turning = after(at(st.Scanning(VISIT, 0, (1, 2), chosen=0)), ask.TurnPage())
    assert turning.effects == (do.TurnPage(1),)
    done = after(turning.session, ev.PageTaken(3))
    assert scanning(done.session) == st.Scanning(VISIT, 0, (3, 2), chosen=0)
    assert done.effects == (do.DropPages((1,)),)


def test_a_page_that_will_not_do_says_why_and_spoils_nothing() -> None:
    taking = st.Scanning(VISIT, 0, (1, 2), chosen=0, taking=True, again=True)
    wrong = after(at(taking), ev.PageTaken(3, ("glare",)))
    assert scanning(wrong.session).concerns == ("glare",)
    assert scanning(wrong.session).pages == (1, 2)
    mended = after(wrong.session, ask.Retake(), ev.PageTaken(4))
    assert scanning(mended.session) == st.Scanning(VISIT, 0, (4, 2), chosen=0)


def test_no_more_pages_than_the_site_takes() -> None:
    full = at(st.Scanning(VISIT, 0, (1, 2), chosen=1), pages=2)
    assert after(full, ask.NextSheet()).session == full
    assert after(full, ask.TakePage()).effects == ()


def test_a_camera_that_fails_leaves_two_ways() -> None:
    failed = after(at(st.Scanning(VISIT, 0, taking=True)), ev.ScanFailed())
    assert scanning(failed.session).failed
    assert scanning(after(failed.session, ask.TakePage()).session).taking
    on_paper = after(failed.session, ask.Skip(), ask.Skip())
    assert isinstance(on_paper.session.stage, st.Confirming)
    assert on_paper.session.stage.visit.scans == ()
    known = after(at(st.EnteringPhone(VISIT, PHONE), facts=NO_SCANNER), ask.Proceed())
    assert isinstance(known.session.stage, st.OfferingScan)
    assert known.session.stage.broken
    assert known.effects == ()
    asleep = after(at(st.OfferingScan(VISIT)), ev.ScanFailed())
    assert isinstance(asleep.session.stage, st.OfferingScan)
    assert asleep.session.stage.broken


def test_a_paper_whose_next_page_will_not_do_comes_in_on_paper_whole() -> None:
    """Half of it scanned would be taken for all of it."""
    for wrong in (ev.ScanFailed(), ev.PageTaken(8, ("noRectangle",))):
        second = after(at(st.Scanning(VISIT, 0, (7,), taking=True)), wrong)
        on_paper = after(second.session, ask.Skip())
        assert scanning(on_paper.session) == st.Scanning(VISIT, 1)
        assert on_paper.effects == (do.DropPages((7,)),)
    earlier = replace(
        MORE, scans=(Scanned(1, (4,)),), scan_asked=True, followed=Followed(("proof", "photo"), ())
    )
    stuck = after(adding(st.Scanning(earlier, 2, (7,), taking=True)), ev.ScanFailed(), ask.Skip())
    assert isinstance(stuck.session.stage, st.Confirming)
    assert stuck.session.stage.visit.scans == ()
    assert stuck.effects == (do.DropPages((7,)), do.DropPages((4,)), do.RestScanner())
    kept = at(st.Scanning(VISIT, 0, (7,), chosen=0))
    assert after(kept, ask.Skip()).session == kept


def test_all_scanned_needs_no_compartment() -> None:
    ready = replace(VISIT, phone=PHONE, scans=(Scanned(0, (1,)),), scan_asked=True)
    filing = after(at(st.Confirming(ready)), ask.Proceed())
    assert filing.session.stage == st.Filing(ready)
    (filed,) = filing.effects
    assert isinstance(filed, do.FileCase)
    assert filed.scans == ready.scans
    done = after(filing.session, ev.CaseFiled(CASE, "anchor", DECISIONS[0]))
    receipt = done.session.stage
    assert isinstance(receipt, st.Receipt)
    assert isinstance(receipt.decision, Decision)
    (job,) = done.effects
    assert isinstance(job, do.PrintReceipt)
    assert (job.held, job.pages) == ((), 1)
    card = after(done.session, ev.ReceiptAnswer("printed"), ask.Proceed())
    assert isinstance(card.session.stage, st.TakingCard)
    full = after(at(st.Confirming(ready)), ask.Proceed(), ev.RecordingFailed())
    assert full.session.stage == st.Trouble("disk_full", card_present=True)


def test_what_is_not_scanned_goes_into_a_compartment_with_the_pages_of_the_rest() -> None:
    ready = replace(VISIT, phone=PHONE, scans=(Scanned(1, (5,)),), scan_asked=True)
    for plan in (WHOLE, SOME):  # of the whole the needed paper is missing
        reserving = after(at(st.Confirming(ready), plan), ask.Proceed())
        assert isinstance(reserving.session.stage, st.Reserving)
        (opening,) = reserving.effects
        assert isinstance(opening, do.OpenCase)
        assert opening.scans == ready.scans
        assert isinstance(after(reserving.session, ev.CellGiven(CASE, CELL)).session.stage, st.Opening)


def test_all_scanned_begins_without_a_free_compartment() -> None:
    full = replace(FINE, free=(("S", 0),), no_room=frozenset({ITEM}))
    guide = st.ReadingGuide(ITEM)
    assert after(at(guide, facts=full), ask.Proceed()).session.stage != guide
    assert after(at(guide, SOME, full), ask.Proceed()).session.stage == guide
    out = replace(full, failing=frozenset({Part.SCANNER}))
    assert after(at(guide, facts=out), ask.Proceed()).session.stage == guide


def test_who_leaves_or_changes_takes_the_pages_along() -> None:
    mine = replace(VISIT, scans=(Scanned(0, (1, 2)),))
    stage = st.Scanning(mine, 1, (3,), chosen=0)
    lifted = after(at(stage), ev.CardGone())
    assert do.DropPages((1, 2, 3)) in lifted.effects
    changed = after(at(stage), ev.FaceStale(ev.Stale.CHANGED))
    assert do.DropPages((1, 2, 3)) in changed.effects
    assert getattr(changed.session.stage, "visit").scans == ()  # noqa: B009 - of whichever stage follows
    expired = after(at(stage), ev.FaceStale(ev.Stale.EXPIRED))  # the same person: what is done stays
    assert do.DropPages((3,)) in expired.effects
    assert getattr(expired.session.stage, "visit").scans == mine.scans  # noqa: B009


def test_back_leads_to_the_paper_before_with_its_pages() -> None:
    kept = replace(VISIT, scans=(Scanned(0, (1, 2)),))
    before = after(at(st.Scanning(kept, 1)), ask.Back())
    assert scanning(before.session) == st.Scanning(VISIT, 0, (1, 2), chosen=1)
    assert after(at(st.Scanning(VISIT, 0)), ask.Back()).session.stage == st.OfferingScan(VISIT)


# a supplement ------------------------------------------------------------------------------------------------------

LATER = (LaterPaper("proof", 5, 1), LaterPaper("photo", 5, 2), LaterPaper("plan", 5, 3))
PART = ScanPlan((ScanPaper(0), ScanPaper(1, needed=False), ScanPaper(2, needed=False)))
MORE = replace(VISIT, errand=st.Errand.SUPPLEMENT, case_id=CASE)


def adding(stage: st.Stage, plan: ScanPlan = PART) -> st.Session:
    policy = st.Policy(scans=((ITEM, plan),), scan_pages=3, later=((ITEM, LATER),))
    return st.Session(stage=stage, facts=FINE, policy=policy)


def brought(*papers: str, plan: ScanPlan = PART) -> Outcome:
    """All four are still missing; these come in now."""
    names = (*(paper.name for paper in LATER), "of an older catalogue")
    lacking = frozenset(at for at, name in enumerate(names) if name not in papers)
    return after(adding(st.ChoosingMissing(MORE, names, lacking), plan), ask.Proceed())


def test_promised_papers_are_scanned_and_join_their_case_without_a_compartment() -> None:
    offered = brought("proof", "photo")
    assert isinstance(offered.session.stage, st.OfferingScan)
    assert offered.effects == (do.WakeScanner(),)
    one = after(offered.session, ask.Proceed(), ask.TakePage(), ev.PageTaken(4), ask.Proceed())
    assert scanning(one.session).paper == 2
    both = after(one.session, ask.TakePage(), ev.PageTaken(5), ask.Proceed())
    confirming = both.session.stage
    assert isinstance(confirming, st.Confirming)
    scans = (Scanned(1, (4,)), Scanned(2, (5,)))
    assert confirming.visit.scans == scans
    filing = after(both.session, ask.Proceed())
    record, added = filing.effects
    assert isinstance(record, do.Record)
    assert (record.event, dict(record.fields)["errand"]) == ("CaseContinued", "supplement")
    came = Followed(("proof", "photo"), ("plan", "of an older catalogue"), "2026-11-27")
    assert added == do.AddPages(CASE, "s", ITEM, "zh_CN", scans, came)
    done = after(filing.session, ev.CaseFiled(CASE, "anchor"))
    assert isinstance(done.session.stage, st.Receipt)
    (job,) = done.effects
    assert isinstance(job, do.PrintReceipt)
    assert (job.held, job.pages) == ((), 2)
    full = after(filing.session, ev.RecordingFailed())
    assert full.session.stage == st.Trouble("disk_full", card_present=True)


def test_a_supplement_is_scanned_whole_or_comes_in_on_paper() -> None:
    for papers in (("proof", "plan"), ("proof", "of an older catalogue"), ("plan",), ()):
        assert isinstance(brought(*papers).session.stage, st.Confirming), papers
    one = after(
        brought("proof", "photo").session, ask.Proceed(), ask.TakePage(), ev.PageTaken(4), ask.Proceed()
    )
    on_paper = after(one.session, ask.Skip())
    confirming = on_paper.session.stage
    assert isinstance(confirming, st.Confirming)
    assert confirming.visit.scans == ()
    assert on_paper.effects == (do.DropPages((4,)), do.RestScanner())
    assert isinstance(after(on_paper.session, ask.Proceed()).session.stage, st.Reserving)


def test_who_adds_to_a_case_that_is_all_scanned_scans_what_they_like() -> None:
    case = OwnCase(CASE, ITEM, "2026-11-22T03:00:00+08:00", OwnState.COLLECTED, open=True)
    nothing_promised = OwnCases(VISIT, (case,))
    offered = after(adding(nothing_promised, WHOLE), ask.Choose(CASE))
    first = after(offered.session, ask.Proceed(), ask.Skip())
    assert scanning(first.session).paper == 1
    nothing = after(first.session, ask.Skip())
    assert isinstance(after(nothing.session, ask.Proceed()).session.stage, st.Reserving)
    some = after(first.session, ask.TakePage(), ev.PageTaken(4), ask.Proceed(), ask.Proceed())
    assert isinstance(some.session.stage, st.Filing)


def test_who_takes_another_case_leaves_no_page_behind() -> None:
    visit = replace(MORE, scans=(Scanned(1, (4,)),), scan_asked=True, followed=Followed(("proof",)))
    for stage in (st.Confirming(visit), st.OfferingScan(visit)):
        left = after(adding(stage), ask.Back())
        looking = left.session.stage
        assert isinstance(looking, LookingUp)
        assert (looking.visit.scans, looking.visit.scan_asked) == ((), False)
        assert left.effects[:2] == (do.DropPages((4,)), do.RestScanner())


def test_of_a_new_case_what_is_promised_is_not_scanned_and_what_is_there_has_to_be() -> None:
    plan = replace(PART, whole=True)
    missing = replace(VISIT, phone=PHONE, promise=Promise(("proof",), "2026-12-01"))
    session = adding(st.OfferingScan(missing), plan)
    seen = plan_of(missing, session)
    assert seen is not None
    assert seen.papers == (ScanPaper(0), ScanPaper(2))
    left = after(session, ask.Proceed(), ask.TakePage(), ev.PageTaken(1), ask.Proceed(), ask.Skip())
    assert isinstance(left.session.stage, st.Confirming)
    assert not is_paperless(left.session.stage.visit, left.session)  # the photo comes in on paper


def test_a_paper_that_was_scanned_and_follows_later_after_all_leaves_no_page_behind() -> None:
    scanned = replace(VISIT, phone=PHONE, scans=(Scanned(0, (1,)), Scanned(1, (2, 3))), scan_asked=True)
    chosen = after(adding(st.EnteringPhone(scanned, PHONE)), ask.Proceed(), ask.Bring(0), ask.Proceed())
    assert isinstance(chosen.session.stage, st.Confirming)
    visit = chosen.session.stage.visit
    assert visit.promise is not None
    assert (visit.promise.missing, visit.scans) == (("proof",), (Scanned(0, (1,)),))
    assert chosen.effects == (do.DropPages((2, 3)),)
