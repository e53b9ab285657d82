"""Plays one story of `nightdesk demo --auto --story NAME`, line by line, on the real program and emulated hardware.

A story is a table of lines (`stories.py`). The teller knows page names, text keys, the physical world's words and the
journal's facts. Every page that a line waits for is kept as a picture, and so is every paper.
"""

import fnmatch
import json
import re
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from drivers.emulators.world import World
from screens.languages import LANGUAGES

from .filling import FORM, fill_in
from .performing import CHALLENGE, pass_check
from .player import PHONE
from .probe import Probe, ProbeError

PACE_S: Final = 0.05  # between two looks; a deadline decides
CODE: Final = re.compile(r"(?<!\d)\d{8}(?!\d)")
ONWARD: Final = {  # pages that may stand on the way to the next one, and what leads past them
    "own.cases": ("own.new",),
    "promise.papers": ("promise.all_here", "promise.go_on"),
    "scan.offer": ("scan.on_paper",),
    "decided.*": ("decided.granted_go_on", "decided.refused_go_on", "decided.person_go_on"),
}
NAME: Final = (  # a signature: points right and up in thousandths of the pad
    ((150, 700), (300, 720), (450, 700)),
    ((300, 850), (300, 500), (220, 250)),
    ((560, 800), (640, 420), (800, 240)),
    ((800, 780), (700, 520), (540, 260)),
)
HELP: Final = (
    "visit | sees PAGE | on PAGE | tap KEY | find KEY | type SIGNS | phone | sign | check | put | take"
    " | world WORDS"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """An event that has to be in the journal, with these public fields among its others."""

    type: str
    fields: Mapping[str, object] = field(default_factory=dict)

    def is_told_by(self, event: Mapping[str, Any]) -> bool:
        """Whether this event of the journal is the fact."""
        return event["type"] == self.type and all(event.get(k) == v for k, v in self.fields.items())


@dataclass(frozen=True, slots=True)
class Story:
    """`lines` in order, see `HELP`; `leaves`: the facts that stand in the journal afterwards, in this order.

    `helper`: one has an account.
    """

    name: str
    lines: tuple[str, ...]
    leaves: tuple[Fact, ...]
    helper: bool = False


class StoryFailed(Exception):
    """A line could not be played, or a fact is not in the journal."""


@dataclass(slots=True)
class Teller:
    """Plays a story. `language`: of the citizen's pages; `pictures`: where they go, None where there are no pixels."""

    probe: Probe
    world: World
    journal: Path
    pictures: Path | None
    language: str
    large: bool
    deadline_s: float
    pages: list[str] = field(default_factory=list)
    _papers: int = 0

    def tell(self, story: Story) -> None:
        """Play it and look for what it leaves. Raises `StoryFailed` with the line."""
        for number, line in enumerate(story.lines, start=1):
            try:
                self._play(line)
                self._keep_paper()
            except (ProbeError, ValueError, OSError) as error:
                raise StoryFailed(f"story {story.name}, line {number}, “{line}”: {error}") from error
        try:
            self._until(lambda: not missing(story.leaves, self._events()), "the journal lacks a fact")
        except ProbeError as error:
            lacking = ", ".join(missing(story.leaves, self._events()))
            raise StoryFailed(f"story {story.name}: not in the journal: {lacking}") from error

    def _play(self, line: str) -> None:
        match line.split():
            case ["visit"]:
                self._begin()
            case ["sees", page]:
                self._sees(page)
            case ["on", page]:
                self._on(page)
            case ["tap", key]:
                self._tap(self._filled(key))
            case ["find", key]:
                self._find(key)
            case ["type", signs]:
                for sign in self._filled(signs):
                    self._tap(f"digit.{sign}")
            case ["phone"]:
                if not self.probe.has("phone.next"):  # else it is known from an earlier case
                    for digit in PHONE:
                        self._tap(f"digit.{digit}")
            case ["sign"]:
                self._sign()
            case ["check"]:
                pass_check(self.probe, self.world, asked=self._keep_challenge)
            case ["put" | "take" as what]:
                self._at_the_door(what)
            case ["world", *words]:
                self.world.perform(" ".join(words))
            case _:
                raise ValueError(f"not understood; there is {HELP}")

    # the screen ------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """At the first page: language and size of print, which every visit begins anew."""
        self._until(
            lambda: self._shown() == "home" and self.probe.has("home.deposit"),
            "no first page that takes deposits",
        )
        for _ in LANGUAGES:
            if self.probe.page()["lang"] != self.language:
                self._switch_language()
        if self.large and not self.probe.page()["large"]:
            for key in ("action.everyone", "large.on", "everyone.done"):
                self._tap(key)
            self._until(lambda: bool(self.probe.page()["large"]), "the print does not grow")
        self._sees("home")

    def _switch_language(self) -> None:
        before = self.probe.page()["serial"]
        self._tap("action.language")
        self._until(lambda: bool(self.probe.page()["serial"] != before), "the language does not change")

    def _sees(self, page: str) -> None:
        self._until(lambda: fnmatch.fnmatchcase(self._shown(), page), f"no page {page}")
        self._keep(self._shown())

    def _on(self, page: str) -> None:
        """To this page, past those that may stand before it."""
        ends = time.monotonic() + self.deadline_s
        while not fnmatch.fnmatchcase(shown := self._shown(), page):
            if time.monotonic() > ends:
                raise ProbeError(f"the screen shows {shown!r}, not {page!r}, after {self.deadline_s:g} s")
            if shown.startswith(FORM):
                self._keep(shown)
                fill_in(self.probe, self.deadline_s)
            else:
                self._pass(shown)
            time.sleep(PACE_S)
        self._keep(shown)

    def _pass(self, shown: str) -> None:
        for pattern, keys in ONWARD.items():
            if fnmatch.fnmatchcase(shown, pattern):
                self._keep(shown)
                for key in keys:
                    if self.probe.has(key):
                        self.probe.tap(key)
                        self._until(lambda: self._shown() != shown, f"{key} does not lead on")
                        return

    def _tap(self, key: str) -> None:
        self._until(lambda: self.probe.has(key), f"{key} can not be touched")
        self.probe.tap(key)

    def _sign(self) -> None:
        if self.pictures is None:  # no pad either
            self._tap("promise.pad")
        else:
            self.probe.call("draw", strokes=NAME)

    def _find(self, key: str) -> None:
        """Touch it on whichever page of the list it stands: large print has fewer rows a page."""
        while not self.probe.has(key):
            self._turn()
        self.probe.tap(key)

    def _turn(self) -> None:
        before = self.probe.page()["serial"]
        self._tap("list.more")
        self._until(lambda: bool(self.probe.page()["serial"] != before), "the list does not turn")

    def _shown(self) -> str:
        return str(self.probe.wait("*", steady=False)["name"])

    def _until(self, true: Callable[[], bool], why: str) -> None:
        ends = time.monotonic() + self.deadline_s
        while not self._is_so(true):
            if time.monotonic() > ends:
                raise ProbeError(f"{why} within {self.deadline_s:g} s; the screen shows {self._shown()!r}")
            time.sleep(PACE_S)

    def _is_so(self, true: Callable[[], bool]) -> bool:
        """A screen that does not answer draws its pages, on a busy machine for many seconds: the deadline decides."""
        try:
            return true()
        except ProbeError:
            return False

    # the cabinet and what is known of the case ------------------------------------------------------------------------

    def _at_the_door(self, what: str) -> None:
        channels = self.world.do("board", "state")["channels"]
        cells = [cell for cell, n in self.world.cells.items() if channels[str(n)]["door"] == "open"]
        if len(cells) != 1:
            raise ProbeError(f"{len(cells)} doors are open, one should be")
        self.world.perform(f"papers {what} {cells[0]}")
        self.world.perform(f"door close {cells[0]}")

    def _filled(self, text: str) -> str:
        """With the newest case's number, its digits, and the pick-up code that was sent."""
        if "{case" in text:
            case = next(e["case_id"] for e in reversed(self._events()) if e["type"] == "CaseOpened")
            text = text.replace("{case}", case).replace("{case_digits}", case.replace("-", ""))
        if "{code}" in text:
            self._until(lambda: bool(self._codes()), "no pick-up code was sent by SMS")
            text = text.replace("{code}", self._codes()[-1])
        return text

    def _codes(self) -> list[str]:
        messages = self.world.do("modem", "messages")["messages"]
        texts = [one["text"] for one in messages if one["number"].endswith(PHONE)]
        return [code for text in texts for code in CODE.findall(text)]

    def _events(self) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True, timeout=10.0)) as db:
            rows = db.execute("SELECT type, body FROM events ORDER BY seq").fetchall()
        return [{"type": kind, **json.loads(body)["data"]} for kind, body in rows]

    # what is kept -----------------------------------------------------------------------------------------------------

    def _keep(self, page: str, *, live: bool = False) -> None:
        self.pages.append(page)
        if self.pictures is not None:
            self.probe.picture(self._file(page), name=page, live=live)

    def _keep_challenge(self, step: str) -> None:
        self._keep(f"{CHALLENGE}{step}", live=True)

    def _keep_paper(self) -> None:
        jobs = int(self.world.do("printer", "state")["jobs_printed"])
        if jobs == self._papers:
            return
        self._papers = jobs
        self.pages.append("paper")
        if self.pictures is not None:
            self.world.do("printer", "job.save", path=str(self._file("paper").resolve()))

    def _file(self, name: str) -> Path:
        assert self.pictures is not None
        return self.pictures / f"{len(self.pages):02d}-{name.replace('.', '-').replace('_', '-')}.png"


def missing(facts: tuple[Fact, ...], events: list[dict[str, Any]]) -> list[str]:
    """Types of the facts that are not told, in this order, by these events."""
    left = list(facts)
    for event in events:
        if left and left[0].is_told_by(event):
            left.pop(0)
    return [fact.type for fact in left]
