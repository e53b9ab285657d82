"""Scanning instead of copying: the offer, the empty desk, the page that was taken, why it will not do."""

from dataclasses import replace
from typing import assert_never

from kiosk.session import state as st
from kiosk.session.facts import Part
from kiosk.session.scanning import plan_of
from kiosk.session.scanstate import ScanPaper, ScanPlan
from kiosk.session.visit import LETTER
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, PickRow, Text, Tone, text
from screens.words import words

from .entrusting import LETTER as LETTER_TEXT
from .house import PaperText
from .view import View, back


def scan_pages(view: View, stage: st.OfferingScan | st.Scanning | st.Filing) -> vm.ViewModel:
    """The offer, one paper, or that it is being kept."""
    match stage:
        case st.OfferingScan():
            return _offer(view, stage)
        case st.Scanning():
            return _paper(view, stage)
        case st.Filing(visit):
            return vm.NoticePage(
                view.visit_chrome(5, visit), text("scan.filing"), text("scan.filing_note"), Tone.PLAIN, "clock",
                (), (), "scan.filing", waiting=True,
            )  # fmt: skip
        case _:
            assert_never(stage)


def papers_to_put_in(view: View, visit: st.Visit) -> tuple[str, ...]:
    """The papers of the item that are not scanned: they go into the envelope."""
    scanned = {one.paper for one in visit.scans}
    item = view.house.item(visit.item_code)
    return tuple(title for number, title in enumerate(item.materials) if number not in scanned)


def _offer(view: View, stage: st.OfferingScan) -> vm.PickPage:
    visit, plan = stage.visit, _plan(view, stage.visit)
    rows = tuple(_row(_paper_of(view, visit, one.number), one) for one in plan.papers)
    on_paper = (Action(ask.Skip(), text("scan.on_paper")),) if _room(view, visit) else ()
    if stage.broken:
        again = Part.SCANNER not in view.session.facts.failing
        actions = (
            *(replace(one, primary=True) for one in on_paper),
            *((Action(ask.TryAgain(), text("scan.try_again"), primary=not on_paper),) if again else ()), back(),
        )  # fmt: skip
        note = text("scan.broken_note" if on_paper else "scan.no_room_note")
        return vm.PickPage(
            view.visit_chrome(3, visit), text("scan.broken"), note, Tone.CAUTION, rows, actions, "scan.broken"
        )
    actions = (Action(ask.Proceed(), text("scan.begin"), primary=True), *on_paper, back())
    note = text("scan.offer_all_note" if plan.whole else "scan.offer_note")
    return vm.PickPage(
        view.visit_chrome(3, visit), text("scan.offer"), note, Tone.PLAIN, rows, actions, "scan.offer"
    )


def _row(paper: PaperText, one: ScanPaper) -> PickRow:
    name = "scan.letter" if one.number == LETTER else f"scan.{one.number}"
    return PickRow(name, None, paper.title, text("scan.needed" if one.needed else "scan.if_any"), Tone.PLAIN)


def _plan(view: View, visit: st.Visit) -> ScanPlan:
    plan = plan_of(visit, view.session)
    assert plan is not None
    return plan


def _paper_of(view: View, visit: st.Visit, number: int) -> PaperText:
    """A paper of the item, or the letter of authorisation."""
    if number == LETTER:
        return PaperText(words(view.session.lang)(LETTER_TEXT))
    return view.house.item(visit.item_code).papers[number]


def _room(view: View, visit: st.Visit) -> bool:
    """Whether a compartment could be had for what comes in on paper."""
    return view.session.facts.can_take(visit.item_code)


def _paper(view: View, stage: st.Scanning) -> vm.ScanPage:
    title = _paper_of(view, stage.visit, stage.paper).title
    name, heading, sentence, tone = _said(stage, title)
    tiles = tuple(vm.PageTile(place, place == stage.chosen) for place in range(len(stage.pages)))
    shown = None
    if name == "scan.page" and stage.chosen is not None:
        shown = stage.pages[stage.chosen]
    return vm.ScanPage(
        view.visit_chrome(3, stage.visit), heading, sentence, tone, shown, () if stage.taking else tiles,
        () if stage.taking else _actions(view, stage, name), name,
        _tools(stage) if name == "scan.page" else (), waiting=stage.taking,
    )  # fmt: skip


def _said(stage: st.Scanning, title: str) -> tuple[str, Text, Text, Tone]:
    """Name of the page, heading, sentence, tone."""
    if stage.taking:
        return "scan.taking", text("scan.taking"), text("scan.taking_note"), Tone.PLAIN
    if stage.failed:
        return "scan.failed", text("scan.failed"), text("scan.failed_note"), Tone.BAD
    if stage.concerns:
        first = stage.concerns[0]
        return "scan.wrong", text(f"scan.{first}"), text(f"scan.{first}_note"), Tone.CAUTION
    if stage.chosen is not None:
        count = len(stage.pages)
        return (
            "scan.page", text("scan.page", number=stage.chosen + 1, total=count),
            text("scan.page_note", paper=title), Tone.GOOD,
        )  # fmt: skip
    return (
        "scan.lay",
        text("scan.lay", number=len(stage.pages) + 1),
        text("scan.lay_note", paper=title),
        Tone.PLAIN,
    )


def _actions(view: View, stage: st.Scanning, name: str) -> tuple[Action, ...]:
    room = len(stage.pages) < view.session.policy.scan_pages
    done = (Action(ask.Proceed(), text("scan.done")),) if stage.pages else ()
    room_for_it = _room(view, stage.visit) or not _plan(view, stage.visit).needs(stage.paper)
    skip = (Action(ask.Skip(), _skip_label(view, stage)),) if stage.may_skip and room_for_it else ()
    without = skip if stage.pages else (*skip, back())
    match name:
        case "scan.lay":
            return (Action(ask.TakePage(), text("scan.take"), primary=True, enabled=room), *done, *without)
        case "scan.wrong" | "scan.failed":
            again = ask.Retake() if stage.again else ask.TakePage()
            return (Action(again, text("scan.take_again"), primary=True), *done, *without)
        case _:
            following = Action(ask.NextSheet(), text("scan.next"), enabled=room)
            return (following, *(replace(one, primary=True) for one in done))


def _tools(stage: st.Scanning) -> tuple[Action, ...]:
    """What may be done with the page that is looked at; one alone has no place to move to."""
    last = len(stage.pages) - 1
    moves = (
        Action(ask.MovePage(-1), text("scan.earlier"), enabled=stage.chosen != 0),
        Action(ask.MovePage(1), text("scan.later"), enabled=stage.chosen != last),
    )
    retake, delete = Action(ask.Retake(), text("scan.retake")), Action(ask.DeletePage(), text("scan.delete"))
    turn = Action(ask.TurnPage(), text("scan.turn"))
    return (retake, turn, delete, *(moves if last else ()))


def _skip_label(view: View, stage: st.Scanning) -> Text:
    if _plan(view, stage.visit).needs(stage.paper):
        return text("scan.on_paper" if stage.visit.errand is st.Errand.SUPPLEMENT else "scan.this_on_paper")
    return text("scan.this_on_paper" if stage.pages else "scan.not_at_hand")
