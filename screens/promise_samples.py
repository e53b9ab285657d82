"""Examples of the pages of papers that follow: what is missing, the promise unsigned and signed, what comes in now."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from screens import intents as ask
from screens.languages import SIMPLIFIED, TRADITIONAL
from screens.promiseviews import SignPage
from screens.signature import Stroke
from screens.traditional import in_traditional
from screens.viewmodels import Action, Chrome, PickPage, PickRow, Text, Tone, ViewModel, text

LATER_PAPERS: Final = {
    "zh_CN": ("从业人员健康证明", "经营场所平面图和设备布局图"),
    "en": ("Health certificates of the staff", "Floor plan with the layout of the equipment"),
}
LATER_PAPERS[TRADITIONAL] = in_traditional(LATER_PAPERS[SIMPLIFIED])
SIGNED: Final[tuple[Stroke, ...]] = (
    ((160, 720, 0), (420, 730, 90)),
    ((290, 900, 200), (290, 480, 310), (270, 240, 380)),
    ((180, 480, 500), (420, 500, 590)),
    ((150, 250, 700), (440, 260, 800)),
    ((600, 860, 1000), (540, 640, 1100), (700, 660, 1200), (560, 420, 1300)),
    ((780, 800, 1500), (800, 300, 1650), (740, 260, 1700)),
)


def promise_samples(chrome: Chrome) -> Iterator[ViewModel]:
    """The pages in the language of `chrome`."""
    papers, at = LATER_PAPERS[chrome.lang], replace(chrome, step=3, steps=6)
    day = text("promise.day", year=2026, month=11, day=27, weekday=text("weekday.4"))
    back = Action(ask.Back(), text("action.back"))
    yield _picked("papers", at, papers, text("promise.by", day=day), "go_on", back)
    yield _picked("followed", at, papers, text("promise.later"), "go_on", back)
    empty = SignPage(
        replace(chrome, step=4, steps=6), text("promise.sign"), text("promise.sign_note"), Tone.PLAIN,
        text("promise.words", day=day), papers[:1], (), text("promise.pad"), _controls(back, signed=False),
    )  # fmt: skip
    yield replace(
        empty, papers=papers, strokes=SIGNED, actions=_controls(back, signed=True), name="promise.signed"
    )
    yield empty
    yield replace(empty, sentence=text("promise.not_enough"), tone=Tone.BAD, name="promise.sign_again")


def _picked(
    kind: str, chrome: Chrome, papers: tuple[str, ...], missing: Text, go_on: str, back: Action
) -> PickPage:
    rows = (
        PickRow("paper.0", ask.Bring(0), papers[0], missing, Tone.CAUTION),
        PickRow("paper.1", ask.Bring(1), papers[1], text("promise.here"), Tone.GOOD),
    )
    actions = (back, Action(ask.Proceed(), text(f"promise.{go_on}"), primary=True))
    heading, note = text(f"promise.{kind}"), text(f"promise.{kind}_note")
    return PickPage(chrome, heading, note, Tone.PLAIN, rows, actions, f"promise.{kind}")


def _controls(back: Action, *, signed: bool) -> tuple[Action, ...]:
    return (
        back,
        Action(ask.ClearTyped(), text("promise.clear"), enabled=signed),
        Action(ask.Proceed(), text("promise.signed"), primary=True, enabled=signed),
    )
