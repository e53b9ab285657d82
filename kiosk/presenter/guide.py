"""An item's guide: its papers as a check list, what is missing, and the one-time notice."""

from dataclasses import replace
from datetime import date

from kiosk.guidesheet import GuideSheet, plain
from kiosk.receipt import ReceiptLanguage
from kiosk.session import state as st
from kiosk.session.findingstate import Spot
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, Text, Tone, text
from screens.words import words

from .house import House, ItemText, PaperText
from .view import View, back


def guide_pages(view: View, stage: st.ReadingGuide) -> vm.ViewModel:
    """The guide, what is missing, or the notice."""
    item = view.house.item(stage.item_code)
    match stage.spot:
        case Spot.LIST:
            return _guide(view, stage, item)
        case Spot.MISSING:
            return _missing(view, stage, item)
        case Spot.SAMPLE:
            return _sample(view, stage, item)
        case Spot.SHEET:
            return _sheet(view, stage, item)


def _guide(view: View, stage: st.ReadingGuide, item: ItemText) -> vm.GuidePage:
    papers = tuple(
        vm.PaperRow(number, paper.title, paper_note(paper), number in stage.brought, _look(number, paper))
        for number, paper in enumerate(item.papers)
    )
    start = (
        Action(ask.StartIncomplete(), text("guide.start_anyway"), primary=True)
        if _lacking(stage, item)
        else Action(ask.Proceed(), text("guide.start"), primary=True)
    )
    helped = view.session.helper is not None
    decided = () if stage.for_another else _at_once(item)  # rules decide nothing that somebody else hands in
    whose = "guide.for_myself" if stage.for_another else "guide.for_another"
    return vm.GuidePage(
        view.chrome(1), item.title, _sentence(stage, item),
        Action(ask.BringAll(len(papers)), text("guide.have_all")), papers,
        (*_for_another(stage, helped=helped), *_now(view, item), *decided, *_facts(item), *_asked(item)),
        (
            replace(start, enabled=_can_start(view, item)), back(), Action(ask.ShowSheet(), text("guide.sheet")),
            *(() if item.in_person or helped else (Action(ask.ForAnother(), text(whose)),)),
        ),
    )  # fmt: skip


def _look(number: int, paper: PaperText) -> Action | None:
    return Action(ask.ShowSample(number), text("guide.sample")) if paper.picture else None


def _sample(view: View, stage: st.ReadingGuide, item: ItemText) -> vm.SamplePage:
    paper = item.papers[min(stage.sample, len(item.papers) - 1)]
    return vm.SamplePage(
        view.chrome(1), paper.title, text("guide.sample_note"), paper.picture,
        (Action(ask.Back(), text("guide.sample_back"), primary=True),),
    )  # fmt: skip


def _sentence(stage: st.ReadingGuide, item: ItemText) -> Text:
    if stage.for_another:
        return text("guide.agency_on")
    return text("guide.check" if _lacking(stage, item) else "guide.complete")


def _for_another(stage: st.ReadingGuide, *, helped: bool) -> tuple[Line, ...]:
    """How it goes where it is somebody else's matter."""
    note = text("guide.helper_note" if helped else "guide.agency_note")
    return (Line(text("guide.agency"), note),) if stage.for_another else ()


def _at_once(item: ItemText) -> tuple[Line, ...]:
    """By which rules it is decided when the citizen confirms."""
    if not item.rules:
        return ()
    follows = any(paper.later for paper in item.papers)
    key = "guide.instant_promised" if follows else "guide.instant_rules"
    return (Line(text("guide.instant"), text(key, grants=item.grants, rules="\n".join(item.rules))),)


def _lacking(stage: st.ReadingGuide, item: ItemText) -> tuple[PaperText, ...]:
    return tuple(
        paper for number, paper in enumerate(item.papers) if paper.needed and number not in stage.brought
    )


def _can_start(view: View, item: ItemText) -> bool:
    refused = item.in_person and view.session.helper is not None
    return view.session.can_begin(item.code) and item.offered(view.now.date()) and not refused


def _now(view: View, item: ItemText) -> tuple[Line, ...]:
    """What keeps the item from being handed in now: comes before anything is asked."""
    state = view.session.facts
    if not item.offered(view.now.date()):
        return (Line(text("guide.room"), text("guide.not_offered", hotline=view.house.hotline)),)
    if view.session.can_begin(item.code) and not state.can_take(item.code):
        return (Line(text("guide.room"), text("guide.scan_alone")),)
    if item.code in state.too_large:
        return (Line(text("guide.room"), text("guide.too_large", hotline=view.house.hotline)),)
    if item.code in state.no_room and state.can_deposit:
        return (Line(text("guide.room"), text("guide.no_room", when=view.house.collect)),)
    return ()


def _facts(item: ItemText) -> tuple[Line, ...]:
    alone = (Line(text("guide.agency"), text("guide.in_person")),) if item.in_person else ()
    told = (
        ("guide.who", (item.who,)), ("guide.conditions", item.conditions), ("guide.fee", (item.fee,)),
        ("guide.time_limit", (item.time_limit,)), ("guide.legal_limit", (item.legal_limit,)),
        ("guide.office", (item.office,)), ("guide.result", (item.result,)), ("guide.law", item.laws),
    )  # fmt: skip
    return (*alone, *(Line(text(key), "\n".join(values)) for key, values in told if any(values)))


def _asked(item: ItemText) -> tuple[Line, ...]:
    """What people often ask. Not on the notice, whose code has no room for it."""
    told = "\n".join(f"{question}\n{answer}" for question, answer in item.asked)
    return (Line(text("guide.asked"), told),) if told else ()


def paper_note(paper: PaperText) -> Text:
    """Original or copy, how many, whether it may follow."""
    kind = text(f"paper.{paper.kind}")
    what = text("paper.several", kind=kind, count=paper.count) if paper.count > 1 else kind
    if paper.later:
        return text("paper.may_follow", what=what)
    return text("paper.if_any", what=what) if paper.optional else what


def _missing(view: View, stage: st.ReadingGuide, item: ItemText) -> vm.PickPage:
    lacking = _lacking(stage, item)
    rows = tuple(
        vm.PickRow(f"missing.{number}", None, paper.title, paper_note(paper), Tone.CAUTION)
        for number, paper in enumerate(lacking)
    )
    actions = (
        Action(ask.Proceed(), text("missing.have_all"), primary=True, enabled=_can_start(view, item)),
        back(), Action(ask.ShowSheet(), text("guide.sheet")),
    )  # fmt: skip
    return vm.PickPage(
        view.chrome(1), text("missing.heading", count=len(lacking)), text("missing.note"), Tone.CAUTION, rows,
        actions, "guide.missing",
    )  # fmt: skip


def _sheet(view: View, stage: st.ReadingGuide, item: ItemText) -> vm.SheetPage:
    printing = stage.printing
    tones = {"printed": Tone.GOOD, "notPrinted": Tone.CAUTION, "unknown": Tone.CAUTION}
    actions: tuple[Action, ...] = (back(),)
    if printing not in ("printing", "printed"):
        label = text("sheet.again" if printing else "sheet.print")
        actions = (Action(ask.PrintSheet(), label, primary=True), back())
    printed = sheet_of(view.paper, view.paper.item(item.code), view.session.paper_lang, view.now.date())
    return vm.SheetPage(
        view.chrome(1), text("sheet.heading"), item.title, text(f"sheet.{printing or 'ready'}"),
        tones.get(printing, Tone.PLAIN), plain(printed), actions,
    )  # fmt: skip


def sheet_of(house: House, item: ItemText, lang: str, day: date) -> GuideSheet:
    """The notice of an item in `lang`, as printed and as a QR code carries it."""
    speak = words(lang)
    facts = tuple((speak(line.label), speak(line.value)) for line in (*_facts(item), *_at_once(item)))
    papers = tuple((paper.title, speak(paper_note(paper))) for paper in item.papers)
    return GuideSheet(ReceiptLanguage(lang), item.title, item.office, house.hotline, papers, facts, day)
