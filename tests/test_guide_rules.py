"""An item that is decided at once says so in its guide, and by which rules, in the words of the catalogue."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.catalogue import Item
from kiosk.presenter.presenter import Presenter
from kiosk.session import state as st
from screens import viewmodels as vm
from screens.words import words
from tests.session.scenes import start
from tests.test_guidesheet import CATALOGUE, HOUSES

NOW = datetime(2026, 11, 22, 22, 47, tzinfo=UTC)
INSTANT = [item for item in CATALOGUE if item.instant is not None]


def told(stage: st.ReadingGuide, lang: str) -> str:
    """What the guide says of it; empty: nothing."""
    page = Presenter(HOUSES).present(replace(start(), stage=stage, lang=lang), NOW)
    assert isinstance(page, vm.GuidePage)
    speak = words(lang)
    return "".join(speak(line.value) for line in page.facts if line.label == vm.text("guide.instant"))


@pytest.mark.parametrize("lang", HOUSES)
@pytest.mark.parametrize("item", INSTANT, ids=lambda item: item.code)
def test_the_guide_has_every_rule_and_what_is_granted(item: Item, lang: str) -> None:
    assert item.instant is not None
    said = told(st.ReadingGuide(item.code), lang)
    wanted = [item.instant.grants, *(rule.reason for rule in item.instant.rules)]
    assert [one.of(lang) for one in wanted if one.of(lang) not in said] == []


def test_where_papers_may_follow_it_says_that_nothing_is_granted_before() -> None:
    warned = {item.code for item in INSTANT if "still to follow" in told(st.ReadingGuide(item.code), "en")}
    assert warned == {item.code for item in INSTANT if any(paper.later for paper in item.materials)} != set()


def test_nothing_is_said_of_rules_where_there_are_none_or_somebody_else_hands_in() -> None:
    ordinary = next(item for item in CATALOGUE if item.instant is None)
    assert told(st.ReadingGuide(ordinary.code), "en") == ""
    assert told(st.ReadingGuide(INSTANT[0].code, for_another=True), "en") == ""
