"""Fills in a form at the screen as a person does: looks at the page, touches its keys, goes on."""

import time
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any, Final

from .probe import Probe, ProbeError

FORM: Final = "form."
ANSWER: Final = "answer."
DAYS: Final = ("20260105", "20260331", "20260630")  # one after the other: from, to
PLACE: Final = ("renminlu", "12")  # in pinyin, then the number of the house
CODE: Final = "913703051234567"
DIGITS: Final = {
    "form.number": "12",
    "form.digits": "6222021234567890",
    "form.phone": "13131313131",
}
ALL_ON_PAPER: Final = {"promise.papers": "promise.all_here", "scan.offer": "scan.on_paper"}


def fill_in(screen: Probe, deadline_s: float) -> None:
    """Answer questions while such pages stand. Raises `ProbeError` past the deadline."""
    ends = time.monotonic() + deadline_s
    days = cycle(DAYS)
    while (name := str(screen.page()["name"])).startswith(FORM):
        _answer(screen, name, days, ends)


def bring_all(screen: Probe, deadline_s: float) -> None:
    """From the phone's page on to the confirmation: every paper is here, and on paper. Raises `ProbeError`."""
    ends = time.monotonic() + deadline_s
    _until(screen, lambda: screen.has("phone.next"), ends)  # the last digit may be on its way to the page
    screen.tap("phone.next")
    while (name := str(screen.page()["name"])) != "confirm":
        if screen.has(key := ALL_ON_PAPER.get(name, "")):
            screen.tap(key)
        _leave(screen, name, ends)


def _leave(screen: Probe, name: str, ends: float) -> None:
    _until(screen, lambda: screen.page()["name"] != name, ends)


def _answer(screen: Probe, name: str, days: Iterator[str], ends: float) -> None:
    page = screen.page()
    if name == "form.choice":
        screen.tap(next(key for key in _keys(page) if key.startswith(ANSWER)))
        _until(screen, lambda: screen.page()["serial"] != page["serial"], ends)
        return
    if name == "form.text" and "sign.号" in _keys(page):
        _write_place(screen, ends)
    else:
        for digit in next(days) if name == "form.date" else DIGITS.get(name, CODE):
            screen.tap(f"digit.{digit}")
    _until(screen, lambda: screen.has("form.next"), ends)
    screen.tap("form.next")
    _until(screen, lambda: screen.page()["name"] != name or not screen.has("form.next"), ends)


def _write_place(screen: Probe, ends: float) -> None:
    letters, house = PLACE
    if "form.keys.pinyin" not in _keys(screen.page()):
        screen.tap("form.keys.small")
        screen.tap("form.keys.capital")
    for letter in letters:
        screen.tap(f"letter.{letter}")
    _until(screen, lambda: screen.has("candidate.0"), ends)
    screen.tap("candidate.0")
    for digit in house:
        screen.tap(f"digit.{digit}")
    screen.tap("sign.号")


def _keys(page: dict[str, Any]) -> list[str]:
    return [str(control["key"]) for control in page["controls"]]


def _until(screen: Probe, true: Callable[[], bool], ends: float) -> None:
    while not true():
        if time.monotonic() > ends:
            raise ProbeError(f"the form does not go on; the screen shows {screen.page()['name']!r}")
        time.sleep(0.02)  # the pace of asking; the deadline decides
