"""The screen without pixels offers exactly what the page offers."""

import json

import pytest

from kiosk.runtime.headless import HeadlessScreen, controls_of
from screens.intents import Intent, StartDeposit
from screens.samples import Samples
from screens.viewmodels import ViewModel


def ask(screen: HeadlessScreen, **request: object) -> dict[str, object]:
    answer: dict[str, object] = screen.answer(json.dumps(request).encode())
    return answer


@pytest.fixture
def home() -> ViewModel:
    return Samples("zh_CN").home()


def test_a_tap_posts_the_control_s_intent(home: ViewModel) -> None:
    posted: list[Intent] = []
    screen = HeadlessScreen()
    screen.attach(posted.append, None)
    screen.show(home)
    assert ask(screen, do="tap", key="home.deposit")["ok"]
    assert posted == [StartDeposit()]


def test_what_is_not_on_the_page_can_not_be_tapped(home: ViewModel) -> None:
    screen = HeadlessScreen()
    screen.show(home)
    answer = ask(screen, do="tap", key="confirm.ok")
    assert not answer["ok"]
    assert "confirm.ok" in str(answer["error"])


def test_a_wait_says_what_stands_there_instead(home: ViewModel) -> None:
    screen = HeadlessScreen()
    screen.show(home)
    answer = ask(screen, do="wait", name="receipt.*", timeout_s=0.01)
    assert not answer["ok"]
    assert "home stands" in str(answer["error"])


def test_no_request_breaks_it() -> None:
    screen = HeadlessScreen()
    for line in (b"", b"nonsense", b"[]", b'{"do": "screenshot"}', b'{"do": "tap"}'):
        assert screen.answer(line)["ok"] is False


def test_every_sample_page_can_be_left_by_something() -> None:
    for view in Samples("zh_CN").every():
        assert list(controls_of(view)), view.name
