"""What stands on the page while somebody is looked at: the movement, unless something else is in the way."""

from datetime import UTC, datetime

import pytest

from kiosk.presenter.house import House, ItemText
from kiosk.presenter.presenter import Presenter
from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.facts import Identity
from screens import viewmodels as vm
from tests.session.test_identity import CARD, FINE

NOW = datetime(2026, 11, 22, 22, 47, tzinfo=UTC)
HOUSE = House(
    "kiosk", "12345", "9", (ItemText("food", "title", "note", (), "3 days", "none", "office", often=True),)
)
PRESENTER = Presenter({"zh_CN": HOUSE})
VISIT = st.Visit("s", "food", card=CARD, face_consent=True)


def shown(stage: st.Stage, policy: st.Policy | None = None) -> vm.ViewModel:
    return PRESENTER.present(st.Session(stage=stage, facts=FINE, policy=policy or st.Policy()), NOW)


@pytest.mark.parametrize(
    ("step", "hint", "name"),
    [
        ("turn_left", "looking", "face.challenge.turn_left"),
        ("turn_left", "turned", "face.challenge.turn_left"),
        ("turn_left", "blurred", "face.challenge.turn_left"),
        ("turn_left", "several_faces", "face"),
        ("come_closer", "too_large", "face.challenge.come_closer"),
        ("turn_left", "too_large", "face"),
        ("open_mouth", "covered", "face.challenge.open_mouth"),
        ("blink", "covered", "face"),
    ],
)
def test_a_movement_is_not_taken_for_what_it_looks_like(step: str, hint: str, name: str) -> None:
    page = shown(st.CheckingFace(VISIT, hint, 0.4, ev.FaceAsked(step, 2, 3, 5.0)))
    assert isinstance(page, vm.FacePage)
    assert page.name == name
    if name != "face":
        assert (page.figure, page.seconds, page.count) == (
            step,
            5.0,
            vm.text("face.count", number=2, total=3),
        )


def test_the_way_without_a_face_stands_beside_the_face() -> None:
    for stage in (st.CheckingFace(VISIT), st.CheckingFace(VISIT, asked=ev.FaceAsked("blink", 1, 1, 5.0))):
        page = shown(stage)
        assert isinstance(page, vm.FacePage)
        assert [action.label.key for action in page.actions] == ["face.other_movements", "face.without"]


def test_what_a_failed_check_says_blames_nobody_and_offers_every_way() -> None:
    policy = st.Policy(ways=(Identity.CODE_SMS, Identity.CODE_STAFF))
    for outcome in ("no_match", "not_live", "uncertain", "blocked", "camera_gone", "poor_quality"):
        page = shown(st.FaceUndecided(VISIT, outcome), policy)
        assert isinstance(page, vm.ChoicePage)
        keys = [choice.action.label.key for choice in page.choices]
        assert keys[-2:] == ["way.code_sms", "way.code_staff"]
        assert page.tone is not vm.Tone.BAD
