"""Examples of the pages of handing in for somebody else: who that is, who may fetch, their card, one's own again."""

from collections.abc import Iterator
from typing import Final

from screens import intents as ask
from screens.viewmodels import (
    Action,
    CardPage,
    Choice,
    ChoicePage,
    Chrome,
    NoticePage,
    PickPage,
    PickRow,
    Tone,
    ViewModel,
    text,
)

RELATIONS: Final = ("parent", "child", "spouse", "ward", "company", "other")


def agency_samples(chrome: Chrome) -> Iterator[ViewModel]:
    """The pages in the language of `chrome`."""
    back, letter = (
        Action(ask.Back(), text("action.back")),
        Action(ask.WithLetter(), text("agency.without_card")),
    )
    rows = tuple(PickRow(f"relation.{one}", ask.Choose(one), text(f"agency.{one}")) for one in RELATIONS)
    yield PickPage(
        chrome, text("agency.relation"), text("agency.relation_note"), Tone.PLAIN, rows, (), "agency.relation"
    )
    choices = tuple(
        Choice(Action(ask.Choose(key), text(f"agency.{key}")), text(f"agency.{key}_note"), picture)
        for key, picture in (("only_they", "card"), ("agent_too", "door"))
    )
    yield ChoicePage(
        chrome, text("agency.fetch"), text("agency.fetch_note"), Tone.PLAIN, choices, (back,), "agency.fetch"
    )
    for kind, tone, actions in (
        ("swap", Tone.PLAIN, (letter, back)),
        ("lay", Tone.PLAIN, ()),
        ("same", Tone.CAUTION, (letter, back)),
    ):
        yield CardPage(
            chrome, text(f"agency.{kind}"), text(f"agency.{kind}_note"), tone, reading=False, actions=actions,
            name=f"agency.{kind}",
        )  # fmt: skip
    home = (Action(ask.StartOver(), text("action.home"), primary=True),)
    for kind in ("agent_again", "agent_child"):
        heading, note = text(f"notice.{kind}"), text(f"notice.{kind}_note")
        yield NoticePage(chrome, heading, note, Tone.BAD, "warning", (), home, f"notice.{kind}")
