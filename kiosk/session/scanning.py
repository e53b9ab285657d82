"""Scanning instead of copying: paper by paper, page by page, each looked at, taken again, deleted or moved by buttons.

Nobody has to: every paper may come in on paper, and does where the camera does not answer.
"""

from dataclasses import replace
from typing import Final

from screens import intents as ask

from . import effects as do
from . import errands, identity
from . import events as ev
from . import state as st
from .facts import Part
from .leaving import Step, trouble_then_card
from .scanstate import Filing, OfferingScan, Scanning, ScanPaper, ScanPlan
from .visit import Errand, Scanned

UNKNOWN: Final = -2  # no paper's number: the catalogue has it no more


def begin(visit: st.Visit, session: st.Session) -> Step:
    """Before everything is shown once more: what can be scanned is offered, once.

    Of a paper that is said to follow later no page is kept: it was scanned before they said so.
    """
    plan = plan_of(visit, session)
    numbers = () if plan is None else [paper.number for paper in plan.papers]
    kept = tuple(one for one in visit.scans if one.paper in numbers)
    gone = _drop(tuple(page for one in visit.scans if one not in kept for page in one.pages))
    visit = replace(visit, scans=kept)
    if plan is None or visit.scan_asked:
        return st.Confirming(visit), gone
    offered, effects = offer(replace(visit, scan_asked=True), session)
    return offered, (*gone, *effects)


def offer(visit: st.Visit, session: st.Session) -> Step:
    """Offer it. The camera wakes up meanwhile."""
    if Part.SCANNER in session.facts.failing:
        return OfferingScan(visit, broken=True), ()
    return OfferingScan(visit), (do.WakeScanner(),)


def plan_of(visit: st.Visit, session: st.Session) -> ScanPlan | None:
    """What of this application may be scanned; None: nothing.

    A letter of authorisation may be where everything else may: then no compartment is needed. Of papers that are added
    to a case all may be scanned, or all come in on paper.
    """
    plan = session.policy.scan_plan(visit.item_code)
    if plan is None:
        return None
    numbers = {paper.name: paper.number for paper in session.policy.later_papers(visit.item_code)}
    if visit.errand is Errand.SUPPLEMENT:
        came = visit.followed
        return plan.of_more(None if came is None else [numbers.get(name, UNKNOWN) for name in came.papers])
    missing = () if visit.promise is None else visit.promise.missing
    today = plan.of_today(numbers.values(), [numbers[name] for name in missing])
    letter = visit.agency is not None and visit.agency.letter
    return today.with_letter() if today is not None and today.whole and letter else today


def is_paperless(visit: st.Visit, session: st.Session) -> bool:
    """Whether nothing is left that a compartment would be needed for."""
    plan = plan_of(visit, session)
    return plan is not None and plan.is_enough(visit)


def file(visit: st.Visit, lang: str) -> Step:
    """Without a compartment: the case, its answers and its pages; or pages for a case that there is."""
    assert visit.card is not None
    if visit.errand is Errand.SUPPLEMENT:
        added = do.AddPages(
            visit.case_id, visit.session_id, visit.item_code, lang, visit.scans, visit.followed
        )
        return Filing(visit), (added,)
    return Filing(visit), (
        do.FileCase(
            visit.session_id, visit.item_code, visit.identity, visit.card, visit.phone, lang,
            visit.form.values, visit.scans, visit.promise, visit.agency,
        ),
    )  # fmt: skip


def step(stage: OfferingScan | Scanning | Filing, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    if isinstance(stage, Filing):
        return _filing(stage.visit, event)
    again = identity.before_the_door(stage.visit, event)
    if again is not None:
        return _leave_desk(stage, *again)
    plan = plan_of(stage.visit, session)
    assert plan is not None
    if isinstance(stage, OfferingScan):
        return _offering(stage, plan, event)
    return _scanning(stage, plan, event, session)


def _leave_desk(stage: OfferingScan | Scanning, reached: st.Stage, effects: tuple[do.Effect, ...]) -> Step:
    """Who stands there has to be looked at first: pages that are not theirs for certain are gone."""
    visit = getattr(reached, "visit", None)
    kept = {page for one in (visit.scans if isinstance(visit, st.Visit) else ()) for page in one.pages}
    had = [page for one in stage.visit.scans for page in one.pages]
    had += stage.pages if isinstance(stage, Scanning) else ()
    return reached, (do.RestScanner(), *_drop(tuple(page for page in had if page not in kept)), *effects)


def _offering(stage: OfferingScan, plan: ScanPlan, event: ev.Event) -> Step | None:
    visit = stage.visit
    match event:
        case ask.Proceed() if not stage.broken:
            return Scanning(replace(visit, scans=()), plan.papers[0].number), _dropped(visit)
        case ask.Skip():
            return _all_on_paper(visit)
        case ask.TryAgain() if stage.broken:
            return OfferingScan(visit), (do.WakeScanner(),)
        case ev.ScanFailed():
            return replace(stage, broken=True), (do.Sound("attention"),)
        case ask.Back() if visit.errand is Errand.SUPPLEMENT:
            return give_back(visit)
        case ask.Back():
            return st.EnteringPhone(replace(visit, scan_asked=False), visit.phone), (do.RestScanner(),)
        case _:
            return None


def give_back(visit: st.Visit) -> Step:
    """Another case, or none: what was scanned for this one is gone."""
    reached, effects = errands.identified(visit.of_no_case())
    return reached, (*_dropped(visit), do.RestScanner(), *effects)


def _confirm(visit: st.Visit) -> Step:
    return st.Confirming(visit), (do.RestScanner(),)


def _all_on_paper(visit: st.Visit) -> Step:
    confirming, effects = _confirm(replace(visit, scans=()))
    return confirming, (*_dropped(visit), *effects)


def _scanning(stage: Scanning, plan: ScanPlan, event: ev.Event, session: st.Session) -> Step | None:
    if stage.taking:
        return _taken(stage, event)
    room = len(stage.pages) < session.policy.scan_pages
    match event:
        case ask.TakePage() if room:
            return replace(_looking(stage, None), taking=True), (do.TakePage(),)
        case ask.NextSheet() if room:
            return _looking(stage, None), ()
        case ask.Choose(place) if place.isdecimal() and int(place) < len(stage.pages):
            return _looking(stage, int(place)), ()
        case ask.Proceed() if stage.pages:
            kept = Scanned(stage.paper, stage.pages)
            return _next(replace(stage.visit, scans=(*stage.visit.scans, kept)), plan, stage.paper)
        case ask.Skip() if stage.may_skip:
            return _without(stage, plan)
        case ask.Back() if not stage.pages:
            return _back(stage, plan)
        case _:
            return None if stage.chosen is None else _page(stage, stage.chosen, event)


def _without(stage: Scanning, plan: ScanPlan) -> Step:
    """This paper is not scanned, no page of it; and then none that is added to a case where it has to come in."""
    if stage.visit.errand is Errand.SUPPLEMENT and plan.needs(stage.paper):
        reached, effects = _all_on_paper(stage.visit)
    else:
        reached, effects = _next(stage.visit, plan, stage.paper)
    return reached, (*_drop(stage.pages), *effects)


def _page(stage: Scanning, chosen: int, event: ev.Event) -> Step | None:
    """What may be done with the page that is looked at."""
    match event:
        case ask.Retake():
            return replace(_looking(stage, chosen), taking=True, again=True), (do.TakePage(),)
        case ask.TurnPage():
            turning = replace(_looking(stage, chosen), taking=True, again=True)
            return turning, (do.TurnPage(stage.pages[chosen]),)
        case ask.DeletePage():
            left = stage.pages[:chosen] + stage.pages[chosen + 1 :]
            shown = min(chosen, len(left) - 1) if left else None
            return _looking(replace(stage, pages=left), shown), (do.DropPages((stage.pages[chosen],)),)
        case ask.MovePage(by) if by in (-1, 1) and 0 <= chosen + by < len(stage.pages):
            order = list(stage.pages)
            order[chosen], order[chosen + by] = order[chosen + by], order[chosen]
            return _looking(replace(stage, pages=tuple(order)), chosen + by), ()
        case _:
            return None


def _taken(stage: Scanning, event: ev.Event) -> Step | None:
    """The camera's answer. A page that will not do is not kept; the one it was to replace stays."""
    match event:
        case ev.ScanFailed():
            failed = replace(stage, taking=False, failed=True)
            return failed, (do.Sound("attention"),)
        case ev.PageTaken(_, concerns) if concerns:
            return replace(stage, taking=False, concerns=concerns), (do.Sound("attention"),)
        case ev.PageTaken(number) if stage.again and stage.chosen is not None:
            old = stage.pages[stage.chosen]
            pages = tuple(number if page == old else page for page in stage.pages)
            return _looking(replace(stage, pages=pages), stage.chosen), (do.DropPages((old,)),)
        case ev.PageTaken(number):
            return _looking(replace(stage, pages=(*stage.pages, number)), len(stage.pages)), ()
        case _:
            return None


def _looking(stage: Scanning, chosen: int | None) -> Scanning:
    """At one page, or at the empty desk."""
    return Scanning(stage.visit, stage.paper, stage.pages, chosen)


def _next(visit: st.Visit, plan: ScanPlan, number: int) -> Step:
    following = plan.after(number)
    return _confirm(visit) if following is None else (Scanning(visit, following.number), ())


def _back(stage: Scanning, plan: ScanPlan) -> Step:
    """To the paper before with the pages it has, from the first to where scanning was offered."""
    earlier = [one for one in plan.papers if one.number < stage.paper]
    if not earlier:
        return OfferingScan(stage.visit), ()
    before: ScanPaper = earlier[-1]
    kept = tuple(one for one in stage.visit.scans if one.paper != before.number)
    pages = next((one.pages for one in stage.visit.scans if one.paper == before.number), ())
    visit = replace(stage.visit, scans=kept)
    return Scanning(visit, before.number, pages, len(pages) - 1 if pages else None), ()


def _dropped(visit: st.Visit) -> tuple[do.Effect, ...]:
    return _drop(tuple(page for scanned in visit.scans for page in scanned.pages))


def _drop(pages: tuple[int, ...]) -> tuple[do.Effect, ...]:
    return (do.DropPages(pages),) if pages else ()


def _filing(visit: st.Visit, event: ev.Event) -> Step | None:
    match event:
        case ev.CaseFiled(case_id, anchor, decision):
            job = do.PrintReceipt(
                case_id, (), visit.item_code, visit.identity, "", visit.scanned_pages, visit.promise,
                visit.agency is not None, letter_scanned=visit.is_letter_scanned,
                supplement=visit.errand is Errand.SUPPLEMENT, followed=visit.followed,
                scanned=tuple(one.paper for one in visit.scans),
            )  # fmt: skip
            filed = replace(visit, case_id=case_id, anchor=anchor)
            return st.Receipt(filed, st.Place(case_id, ""), anchor, decision=decision), (job,)
        case ev.RecordingFailed():
            return trouble_then_card(visit, "disk_full")
        case ev.CardGone():
            return Filing(replace(visit, card_present=False)), ()
        case _:
            return None
