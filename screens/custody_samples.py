"""Examples of the citizen's custody pages: before a deposit counts, own cases, fetching, what does not fit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from screens import intents as ask
from screens.viewmodels import (
    Action,
    CellLook,
    CellView,
    Choice,
    ChoicePage,
    Chrome,
    CompartmentPage,
    KeypadPage,
    Line,
    NoticePage,
    Text,
    Tone,
    ViewModel,
    text,
)

CELL: Final = "A-03"
CASE: Final = "261122-0007"
STEPS_TO_FETCH: Final = 3


@dataclass(frozen=True, slots=True)
class CustodySamples:
    """`closed`, `opened`: the cabinet with `CELL` to use, its door shut or open. `step`: with the rail of a deposit."""

    chrome: Chrome
    closed: tuple[CellView, ...]
    opened: tuple[CellView, ...]
    item: str
    collect: str

    def every(self) -> Iterator[ViewModel]:
        """All of them, in the order of the story."""
        yield from self._own()
        yield from self._sealing()
        yield from self._pickup()
        yield from self._notices()

    def _at(self, step: int, *, fetching: bool = False) -> Chrome:
        steps = STEPS_TO_FETCH if fetching else 6
        return replace(self.chrome, step=step, steps=steps, subject=self.item)

    def _door(
        self, name: str, key: str, *actions: Action, sensor: str = "closed", tone: Tone = Tone.PLAIN,
        fetching: bool = False, anywhere: bool = False,
    ) -> CompartmentPage:  # fmt: skip
        cells = self.opened if sensor == "open" else self.closed
        heading = text(key) if anywhere else text(key, cell=CELL)
        return CompartmentPage(
            self._at(3 if fetching else 5, fetching=fetching), heading, text(f"{key}_note"), cells,
            "" if anywhere else CELL, text(f"sensor.{sensor}"), tone, actions, name,
        )  # fmt: skip

    def _own(self) -> Iterator[ViewModel]:
        looking = text("own.looking"), text("own.looking_note"), Tone.PLAIN, "clock"
        yield NoticePage(self._at(2), *looking, (), (), "own.looking", waiting=True)
        about_case = Line(text("receipt.case"), CASE), Line(text("own.item"), self.item)
        collect, hotline = (
            Line(text("receipt.collect"), self.collect),
            Line(text("notice.hotline"), self.chrome.hotline),
        )
        go_on = (Action(ask.Proceed(), text("action.next"), primary=True),)
        for state, tone in (
            ("held", Tone.GOOD), ("doubtful", Tone.CAUTION), ("collected", Tone.GOOD), ("nothing", Tone.CAUTION),
            ("returned", Tone.GOOD),
        ):  # fmt: skip
            picture = "check" if tone is Tone.GOOD else "warning"
            key = f"cut_off.{state}"
            lines = (*about_case, *((collect,) if state in {"held", "doubtful"} else ()), hotline)
            yield NoticePage(
                self._at(2), text(key), text(f"{key}_note"), tone, picture, lines, go_on, f"own.{key}"
            )
        add = Action(ask.Choose(CASE), text("own.add", case=CASE))
        about = text("own.about", item=self.item, day="2026-11-22")
        new = Choice(Action(ask.Proceed(), text("own.new")), text("own.new_note"), "door")
        yield ChoicePage(
            self._at(2), text("own.heading"), text("own.note"), Tone.PLAIN, (Choice(add, about, "papers"), new), (),
            "own.cases",
        )  # fmt: skip

    def _sealing(self) -> Iterator[ViewModel]:
        done = Action(ask.Proceed(), text("sealing.done"), primary=True)
        more = Action(ask.AnotherEnvelope(), text("sealing.more"))
        again = Action(ask.OpenAgain(), text("sealing.open_again"))
        seen: Final = "closed_item"
        yield self._door("compartment.sealing", "sealing.ask", done, more, again, sensor=seen, tone=Tone.GOOD)
        yield self._door("compartment.sealing.last", "sealing.last", done, more, sensor=seen, tone=Tone.GOOD)
        yield self._door("compartment.another", "compartment.another", anywhere=True)
        yield self._door("compartment.larger", "compartment.larger", anywhere=True)
        take = "compartment.take"
        yield self._door("compartment.take_out", take, sensor="open", tone=Tone.CAUTION)
        other = Action(ask.Proceed(), text("reach.take_other"), primary=True)
        stop = Action(ask.GiveUp(), text("compartment.give_up"))
        yield NoticePage(
            self._at(5), text("reach.none"), text("reach.none_note"), Tone.CAUTION, "door", self._staff_come(),
            (other, stop), "compartment.no_reach",
        )  # fmt: skip

    def _staff_come(self) -> tuple[Line, ...]:
        return (
            Line(text("home.collect_label"), self.collect),
            Line(text("notice.hotline"), self.chrome.hotline),
        )

    def _pickup(self) -> Iterator[ViewModel]:
        yield self._code("pickup.code", text("pickup.note"))
        yield self._code("pickup.code.wrong", text("pickup.wrong_wait", left=2, seconds=15), Tone.CAUTION)
        again = Action(ask.OpenAgain(), text("compartment.open_again"), primary=True)
        later = Action(ask.GiveUp(), text("pickup.later"))
        retry = Action(ask.TryAgain(), text("compartment.try_again"), primary=True)
        have = Action(ask.FoundPapers(), text("pickup.have_it"), primary=True)
        look = replace(again, primary=False)
        not_mine = Action(ask.NotMine(), text("pickup.not_mine"))
        mine = Action(ask.Back(), text("pickup.mine_after_all"))
        for key, actions, sensor, tone in (
            ("opening", (), "closed", Tone.PLAIN), ("failed", (retry, later), "closed", Tone.CAUTION),
            ("open", (not_mine,), "open", Tone.GOOD), ("close_it", (not_mine,), "open", Tone.CAUTION),
            ("put_back", (mine,), "open", Tone.CAUTION),
            ("still_inside", (again, later, not_mine), "closed_item", Tone.CAUTION),
            ("have_you", (have, look, not_mine), "closed", Tone.CAUTION), ("taken", (), "closed_empty", Tone.PLAIN),
        ):  # fmt: skip
            name = f"pickup.{key}"
            yield self._door(name, name, *actions, sensor=sensor, tone=tone, fetching=True)

    def _code(self, name: str, note: Text, tone: Tone = Tone.PLAIN) -> KeypadPage:
        go_on = Action(ask.Proceed(), text("pickup.next"), primary=True, enabled=False)
        chrome = self._at(2, fetching=True)
        return KeypadPage(chrome, text("pickup.heading"), note, "4829 17", tone, (go_on,), name)

    def _notices(self) -> Iterator[ViewModel]:
        go_on = (Action(ask.Proceed(), text("action.next"), primary=True),)
        hotline = (Line(text("notice.hotline"), self.chrome.hotline),)
        for kind in (
            "nothing_waits", "pickup_expired", "pickup_blocked", "pickup_used", "pickup_revoked", "pickup_none",
            "certificate_none", "certificate_expired", "certificate_revoked", "certificate_refused",
            "pickup_stuck", "too_large",
        ):  # fmt: skip
            lines = self._staff_come() if kind == "too_large" else hotline
            key = f"notice.{kind}"
            yield NoticePage(
                self.chrome, text(key), text(f"{key}_note"), Tone.BAD, "warning", lines, go_on, key
            )
        home = (Action(ask.Proceed(), text("action.home")),)
        kept = text("notice.not_mine"), text("notice.not_mine_note"), Tone.GOOD, "check"
        yield NoticePage(self.chrome, *kept, (), go_on, "notice.not_mine")
        fetched = text("notice.fetched"), text("notice.fetched_note"), Tone.GOOD, "moon"
        yield NoticePage(self.chrome, *fetched, (), home, "notice.fetched")


def custody_samples(
    chrome: Chrome, cells: tuple[CellView, ...], item: str, collect: str
) -> Iterator[ViewModel]:
    """All of them. `cells`: a cabinet with `CELL` in it."""
    closed, opened = (_with(cells, look) for look in (CellLook.TO_USE, CellLook.TO_USE_OPEN))
    return CustodySamples(chrome, closed, opened, item, collect).every()


def _with(cells: tuple[CellView, ...], look: CellLook) -> tuple[CellView, ...]:
    return tuple(replace(cell, look=look) if cell.name == CELL else cell for cell in cells)
