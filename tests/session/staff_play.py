"""Staff who sign in and do something: where they stand, what they are told, what becomes of it."""

from dataclasses import replace

from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session import staffeffects as act
from kiosk.session import state as st
from kiosk.session.facts import CaseFact, CellFact, Facts, ResultFact
from kiosk.session.machine import step
from kiosk.session.staffstate import Found
from screens import intents as ask
from screens.viewmodels import CellLook, CellView

STAFF, SECOND = "1001", "1002"


def case(number: int, cell: str, due: str = "2026-11-25", **changes: object) -> CaseFact:
    known = CaseFact(
        f"c{number}", cell, "food-permit", f"2026-11-2{number}T08:00:00+08:00", identity="verified", claimed=False,
        disputed=False, department="office", due=due, warn_from="2026-11-24",
    )  # fmt: skip
    return replace(known, **changes)  # type: ignore[arg-type]  # field names as keywords


RESULT = ResultFact("r1", "A-05", "result", "2026-11-10T08:00:00+08:00", overdue=True)
FACTS = Facts(
    free=(("S", 2), ("L", 0)),
    cells=tuple(CellView(f"A-0{n}", 0, n, 1, 1, CellLook.FREE) for n in range(1, 7)),
    cases=(case(1, "A-02"), case(2, "A-01", "2026-11-23"), case(3, "A-03", disputed=True),
           case(4, "A-04", "2026-11-30", department="other", claimed=True)),
    results=(RESULT,), questions=(CellFact("A-06", "inoperative", out_of_service=True),),
    empty_cells=frozenset(),
)  # fmt: skip

SOME_EMPTY = replace(FACTS, empty_cells=frozenset({"A-01"}))


def at(stage: st.Stage, **policy: bool) -> st.Session:
    return st.Session(stage=stage, facts=FACTS, policy=st.Policy(**policy), next_id="x")  # type: ignore[arg-type]


def play(session: st.Session, *events: ev.Event) -> tuple[st.Session, list[do.Effect]]:
    """Each event in turn, none of them strange; all effects."""
    done: list[do.Effect] = []
    for event in events:
        outcome = step(session, event)
        assert outcome.unexpected is None, event
        session, done = outcome.session, [*done, *outcome.effects]
    return session, done


def opened_and_shut(cell: str, item: str) -> tuple[ev.Event, ...]:
    return ev.DoorAnswer(cell, opened=True), ev.DoorShut(cell, item)


def settled(effects: list[do.Effect]) -> list[tuple[str, Found]]:
    return [(one.errand.cell, one.found) for one in effects if isinstance(one, act.Settle)]


def digits(number: str) -> tuple[ev.Event, ...]:
    return tuple(ask.Digit(int(digit)) for digit in number)
