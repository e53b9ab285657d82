"""What people come for, from the first page back to it: the visits during which the program is killed.

A visit draws its small choices from its `Random`. It asserts nothing about custody: that is the checker's work.
"""

import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from kiosk.demo.probe import ProbeError
from kiosk.demo.stage import Stage
from kiosk.runtime.command import CommandRefused, ask
from tests.faults.playing import PHONE, STAFF_PIN, Kiosk

CITIZENS: Final = ("jia", "yi", "hmt")
SUPERVISOR: Final = "9001"
MOST_A_ROUND: Final = 3
SEGMENT_EVENTS: Final = 120
KEPT_EVENTS: Final = 60
CODE: Final = re.compile(r"办件(\S+?)结果已备好，取件码(\d+)")


class Dead(Exception):
    """The program is gone; whoever stood before it sees a dark screen."""


class Visitor(Kiosk):
    """Somebody at a kiosk that may die at any moment. `owner`: whose card each case was begun with."""

    def __init__(self, stage: Stage, random: Random, *, headless: bool) -> None:
        super().__init__(stage, headless)
        self.owner: dict[str, str] = {}
        self.random = random

    def until(self, true: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
        """Ask again until it is so. Raises `Dead` as soon as the program is gone."""

        def so() -> bool:
            if not self.stage.alive():
                raise Dead
            return true()

        super().until(so, what, timeout_s)

    @property
    def file(self) -> Path:
        """The journal."""
        return self.stage.folder / "state" / "journal.db"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the journal's tables hold; nothing where there is none yet."""
        if not self.file.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10.0)) as db:
            return db.execute(sql).fetchall()

    # citizens -----------------------------------------------------------------------------------------------------

    def hands_in(self) -> None:
        """A deposit: as it should be, with something forgotten, in two envelopes, or nothing put in at all."""
        person = self.random.choice(CITIZENS)
        mark = self.mark
        try:
            self.identifies(person)
            self.confirms()
            self._at_the_door(self.opens())
            self.leaves()
        finally:  # also when it was cut off: the case may stand in the journal
            self.owner |= {fact["case_id"]: person for fact in self.journal("CaseOpened", after=mark)}

    def _at_the_door(self, cell: str) -> None:
        way = self.random.choices(("once", "forgot", "more", "nothing"), (5, 2, 2, 1))[0]
        if way == "nothing":
            self.world.perform(f"door close {cell}")
            self.tap("compartment.give_up")
            return
        self.shuts_in(cell)
        self.sees("compartment.sealing")
        if way == "forgot":
            self.tap("sealing.open_again")
            self.sees("compartment.open")
            self.world.perform(f"door close {cell}")
            self.sees("compartment.sealing")
        elif way == "more":
            self.tap("sealing.more")
            self.until(
                lambda: self.page in ("compartment.open", "notice.no_compartment"), "second compartment"
            )
            if self.page == "compartment.open":
                self.shuts_in(self.open_cell())
                self.sees("compartment.sealing")
        if self.page == "compartment.sealing":
            self.tap("sealing.done")

    def leaves(self) -> None:
        """Back to the first page, card in hand, whatever is said on the way."""
        self.to_home(deposits=False)

    def fetches(self) -> None:
        """A citizen with a code fetches a result; nobody comes where what waited is in question since the start."""
        waiting = self.to_fetch()
        if not waiting:
            return
        case, cell, code = self.random.choice(waiting)
        mark = self.mark
        self.tap("home.fetch")
        self.sees("card")
        self.world.do("reader", "card.place", person=self.owner[case])
        self.until(lambda: self.page in ("pickup.code", "own.cut_off"), "page for the code")
        if self.page == "own.cut_off":
            self.tap("action.next")
        self.sees("pickup.code")
        self.types(code)
        self.tap("pickup.next")
        self._takes(cell)
        self.recorded("DepositReturned", after=mark)
        self.leaves()

    def to_fetch(self) -> list[tuple[str, str, str]]:
        """Case, compartment and code of results that wait for somebody whose card is known."""
        codes = self.codes()
        waiting = self.rows("SELECT case_id, cell FROM deposits WHERE state = 'held' AND bound = 'citizen'")
        return [(case, cell, codes[case]) for case, cell in waiting if case in codes and case in self.owner]

    def codes(self) -> Mapping[str, str]:
        """The newest code that each case was sent."""
        return {found[1]: found[2] for found in map(CODE.search, self.sms(PHONE)) if found}

    # staff --------------------------------------------------------------------------------------------------------

    def collects(self) -> None:
        """Staff fetch what citizens handed in: one, or a round through several compartments."""
        self._signs_in_to_the_list()
        ticks = [one["key"] for one in self.probe.page()["controls"] if one["key"].startswith("tick.")]
        self.random.shuffle(ticks)
        for tick in ticks[: self.random.randint(1, MOST_A_ROUND)]:
            self.tap(tick)
        if ticks:
            self.tap("staff.collect_ticked")
            self._goes_round()
        self.leaves()

    def _goes_round(self) -> None:
        """Each door that opens is emptied and shut, until the round is over."""
        while True:
            self.until(self._round_goes_on, "next door of the round")
            if self.page == "staff.collected":
                return
            cell = self.open_cell()
            self._takes(cell)

    def bring_a_result(self) -> None:
        """Staff put in a result for a case whose papers they have."""
        self._signs_in_to_the_list()
        self.tap("staff.more")
        self.tap("menu.put_in")
        self.sees("staff.result.case")
        cases = [one["key"] for one in self.probe.page()["controls"] if one["key"].startswith("case.")]
        able = self.owner.keys() & set(self.with_staff())
        known = [key for key in cases if key.removeprefix("case.") in able]
        if known:
            self.tap(self.random.choice(known))
            self.tap("kind.result")
            self.tap("size.S")
            self.until(lambda: bool(self.open_cells()), "compartment for the result")
            open_cell = self.open_cell()
            self._sees_open(open_cell)
            self.world.perform(f"papers put {open_cell}")
            self.world.perform(f"door close {open_cell}")
            self.sees("staff.result.placed")
        self.leaves()

    def resolves(self) -> None:
        """Staff look into a compartment that is in question and say what they found."""
        self._signs_in_to_the_list()
        self.tap("staff.resolve")
        self.until(lambda: bool(self.open_cells()), "door of what is in question")
        cell = self.open_cell()
        found = "staff.found_papers" if self.lies_in(cell) else "staff.found_nothing"
        self._takes(cell)
        self.sees("staff.resolve_question")
        self.answers(found)
        self.leaves()

    def erases(self) -> None:
        """A supervisor has the personal data of a case erased whose papers staff have."""
        case = self.random.choice(self.with_staff())
        who = {"staff_no": SUPERVISOR, "pin": STAFF_PIN, "reason": "asked for"}
        try:
            told = ask(self.file.parent, "erase", erasure={**who, "case_id": case, "id_number": ""})
        except (OSError, ValueError, CommandRefused) as error:
            raise ProbeError(f"no answer to the order: {error}") from error
        if told is None:
            raise ProbeError("nobody hears orders")

    def with_staff(self) -> list[str]:
        """Cases that staff have, of which nothing lies here, and that were not erased."""
        cases = self.rows(
            "SELECT case_id FROM cases WHERE state = 'collected' AND last_fact_at IS NOT NULL AND case_id NOT IN"
            " (SELECT case_id FROM compartments WHERE case_id IS NOT NULL) ORDER BY case_id"
        )
        return [case for (case,) in cases]

    def rests(self) -> None:
        """Nobody comes: the journal is looked after, old events move into segments."""
        self.until(lambda: not self._due(), "old events in segments")

    def _due(self) -> bool:
        ((first, last),) = self.rows("SELECT min(seq), max(seq) FROM events")
        return bool(last - first >= SEGMENT_EVENTS + KEPT_EVENTS)

    def _signs_in_to_the_list(self) -> None:
        self.signs_in()
        self.sees("staff.list")

    # hands ----------------------------------------------------------------------------------------------------------

    def _round_goes_on(self) -> bool:
        return self.page == "staff.collected" or bool(self.open_cells())

    def _takes(self, cell: str) -> None:
        """What lies in an open compartment, if anything; then the door is shut."""
        self._sees_open(cell)
        if self.lies_in(cell):
            self.world.perform(f"papers take {cell}")
        self.world.perform(f"door close {cell}")

    def _sees_open(self, cell: str) -> None:
        """The door stands open and the kiosk knows: who shuts it sooner makes it look jammed."""
        self.until(partial(self._is_known_open, cell), f"door {cell}, open")

    def _is_known_open(self, cell: str) -> bool:
        return cell in self.open_cells() and self.unit(cell)[1] == "open"

    def lies_in(self, cell: str) -> bool:
        """Whether something lies there, for somebody who looks."""
        return bool(self.world.do("board", "state")["channels"][str(self.world.cells[cell])]["item"])


VISITS: Final[Mapping[str, Callable[[Visitor], None]]] = {
    "deposit": Visitor.hands_in,
    "collect": Visitor.collects,
    "result": Visitor.bring_a_result,
    "pick-up": Visitor.fetches,
    "resolve": Visitor.resolves,
    "erase": Visitor.erases,
    "rest": Visitor.rests,
}
