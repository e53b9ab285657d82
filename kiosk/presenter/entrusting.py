"""Handing in for somebody else: who that is, who may fetch, their card or a letter."""

from typing import Final

from kiosk.session import state as st
from kiosk.session.entrusting import AGENT_TOO, ONLY_THEY
from kiosk.session.visit import Relation
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, PickRow, Text, Tone, text
from screens.words import words

from .view import View, back


def agency_pages(
    view: View, stage: st.ChoosingRelation | st.ChoosingFetcher | st.AwaitingPrincipal
) -> vm.ViewModel:
    """Each page between the agent's check and the form."""
    match stage:
        case st.ChoosingRelation(visit):
            rows = tuple(
                PickRow(f"relation.{one.value}", ask.Choose(one.value), text(f"agency.{one.value}"))
                for one in Relation
            )
            return vm.PickPage(
                view.visit_chrome(2, visit), text("agency.relation"), text("agency.relation_note"), Tone.PLAIN, rows,
                (), "agency.relation",
            )  # fmt: skip
        case st.ChoosingFetcher(visit):
            choices = (
                vm.Choice(
                    Action(ask.Choose(ONLY_THEY), text("agency.only_they")), text("agency.only_they_note"), "card"
                ),
                vm.Choice(
                    Action(ask.Choose(AGENT_TOO), text("agency.agent_too")), text("agency.agent_too_note"), "door"
                ),
            )  # fmt: skip
            return vm.ChoicePage(
                view.visit_chrome(2, visit), text("agency.fetch"), text("agency.fetch_note"), Tone.PLAIN, choices,
                (back(),), "agency.fetch",
            )  # fmt: skip
        case st.AwaitingPrincipal():
            return _card(view, stage)


def agency_lines(visit: st.Visit) -> tuple[Line, ...]:
    """What the confirmation says of the agent."""
    agency = visit.agency
    if agency is not None and agency.helper:
        return (Line(text("agency.confirm_agent"), text("helper.confirm_who", number=agency.helper)),)
    if agency is None or agency.agent is None or agency.relation is None:
        return ()
    known = text(f"confirm.identity.{visit.identity.value}")
    who = text("agency.confirm_who", name=agency.agent.masked_name, known=known)
    fetch = text("agency.agent_too" if agency.may_fetch else "agency.only_they")
    return (
        Line(text("agency.confirm_agent"), who),
        Line(text("agency.confirm_relation"), text(f"agency.{agency.relation.value}")),
        Line(text("agency.confirm_fetch"), fetch),
    )


def letter_with(view: View, visit: st.Visit) -> tuple[str, ...]:
    """The letter of authorisation, where one comes in with the papers."""
    return (words(view.session.lang)(LETTER),) if visit.is_letter_inside else ()


LETTER: Final[Text] = text("agency.letter")
LETTER_INSTEAD: Final = Action(ask.WithLetter(), text("agency.without_card"))


def _card(view: View, stage: st.AwaitingPrincipal) -> vm.CardPage:
    name, tone, actions = _said(stage)
    heading, note = (
        (f"card.{name}", f"card.{name}_note")
        if stage.trouble is not None or stage.reading
        else (f"agency.{name}", f"agency.{name}_note")
    )
    page, whose = name if name in ("swap", "same", "lay") else f"card.{name}", "agency"
    if stage.visit.is_by_helper:
        whose = "helper"
        if not stage.reading:  # no card of their own stands in the way
            actions = (*actions, LETTER_INSTEAD, back())
    return vm.CardPage(
        view.visit_chrome(2, stage.visit), text(heading), text(note), tone, reading=stage.reading, actions=actions,
        name=f"{whose}.{page}",
    )  # fmt: skip


def _said(stage: st.AwaitingPrincipal) -> tuple[str, Tone, tuple[Action, ...]]:
    """What stands there, as the last part of its text keys."""
    again = Action(ask.TryAgain(), text("action.again"), primary=True)
    match stage:
        case st.AwaitingPrincipal(reading=True):
            return "reading", Tone.PLAIN, ()
        case st.AwaitingPrincipal(same=True):
            return "same", Tone.CAUTION, (LETTER_INSTEAD, back())
        case st.AwaitingPrincipal(trouble=trouble) if trouble is not None:
            lifted = trouble.value == "lifted"
            return trouble.value, Tone.CAUTION, () if lifted else (again,)
        case st.AwaitingPrincipal(own=True):
            return "swap", Tone.PLAIN, (LETTER_INSTEAD, back())
        case _:
            return "lay", Tone.PLAIN, ()
