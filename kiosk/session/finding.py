"""Before the card: an item is looked for, its guide read, its papers ticked off, its notice printed."""

from dataclasses import replace
from typing import Final

from screens import intents as ask

from . import effects as do
from . import events as ev
from . import helping, identity
from . import state as st
from .findingstate import Look, Spot
from .leaving import Step, leave

MOST_LETTERS: Final = 20
MOST_PAGES: Final = 1000  # of a list: more than there are items
MOST_PAPERS: Final = 20  # more than any item may list


def step(stage: st.ChoosingItem | st.ReadingGuide, event: ev.Event, session: st.Session) -> Step | None:
    """The next stage with its effects, or None when the event means nothing here."""
    if isinstance(stage, st.ChoosingItem):
        return _looking(stage, event, for_another=session.helper is not None)
    if isinstance(event, ev.SheetPrinted) and event.item_code == stage.item_code:
        return replace(stage, printing=event.outcome), ()
    match stage.spot:
        case Spot.LIST | Spot.MISSING | Spot.SAMPLE:
            return _checking(stage, event, session)
        case Spot.SHEET:
            return _sheet(stage, event, session)


def _looking(stage: st.ChoosingItem, event: ev.Event, *, for_another: bool) -> Step | None:
    match event:
        case ask.ChooseItem(code):
            return st.ReadingGuide(code, stage, for_another=for_another), ()
        case ask.ShowThemes() if stage.by is not Look.THEMES:
            return st.ChoosingItem(Look.THEMES), ()
        case ask.ShowSearch() if stage.by is not Look.SEARCH:
            return st.ChoosingItem(Look.SEARCH), ()
        case ask.ChooseTheme(code) if stage.by is Look.THEMES:
            return st.ChoosingItem(Look.THEME, theme=code), ()
        case ask.Letter(letter) if stage.by is Look.SEARCH and len(stage.typed) < MOST_LETTERS:
            return replace(stage, typed=stage.typed + letter, page=0), ()
        case ask.DeleteDigit() if stage.by is Look.SEARCH:
            return replace(stage, typed=stage.typed[:-1], page=0), ()
        case ask.Turn(by) if stage.by is not Look.THEMES:
            return replace(stage, page=min(max(0, stage.page + by), MOST_PAGES)), ()
        case ask.Back():
            return _out_of(stage)
        case _:
            return None


def _out_of(stage: st.ChoosingItem) -> Step:
    match stage.by:
        case Look.OFTEN:
            return leave()
        case Look.THEME:
            return st.ChoosingItem(Look.THEMES), ()
        case Look.THEMES | Look.SEARCH:
            return st.ChoosingItem(), ()


def _checking(stage: st.ReadingGuide, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ask.Bring(number) if stage.spot is Spot.LIST and 0 <= number < MOST_PAPERS:
            return replace(stage, brought=stage.brought ^ {number}), ()
        case ask.BringAll(count) if stage.spot is Spot.LIST and 0 < count <= MOST_PAPERS:
            every = frozenset(range(count))
            return replace(stage, brought=frozenset() if stage.brought == every else every), ()
        case ask.ShowSample(number) if stage.spot is Spot.LIST and 0 <= number < MOST_PAPERS:
            return replace(stage, spot=Spot.SAMPLE, sample=number), ()
        case ask.Back() if stage.spot is Spot.SAMPLE:
            return replace(stage, spot=Spot.LIST), ()
        case _ if stage.spot is Spot.SAMPLE:
            return None
        case ask.ForAnother() if (
            stage.spot is Spot.LIST
            and session.helper is None
            and stage.item_code not in session.policy.in_person
        ):
            return replace(stage, for_another=not stage.for_another), ()
        case ask.StartIncomplete() if stage.spot is Spot.LIST:
            return replace(stage, spot=Spot.MISSING), ()
        case ask.ShowSheet():
            return replace(stage, spot=Spot.SHEET), ()
        case ask.Proceed() if session.helper is not None:
            if session.can_begin(stage.item_code) and stage.item_code not in session.policy.in_person:
                return helping.begin(stage.item_code, session)
            return None
        case ask.Proceed() if session.can_begin(stage.item_code):
            return identity.begin(stage.item_code, session, for_another=stage.for_another)
        case ask.Back():
            return (stage.came if stage.spot is Spot.LIST else replace(stage, spot=Spot.LIST)), ()
        case _:
            return None


def _sheet(stage: st.ReadingGuide, event: ev.Event, session: st.Session) -> Step | None:
    match event:
        case ask.PrintSheet() if stage.printing not in ("printing", "printed"):
            return replace(stage, printing="printing"), (do.PrintSheet(stage.item_code, session.paper_lang),)
        case ask.Back():
            return replace(stage, spot=Spot.LIST), ()
        case _:
            return None
