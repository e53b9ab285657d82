"""Sessions to test with: a person with findable data, one example of every event, every state that can be reached."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Final, get_args

from kiosk.session import events as ev
from kiosk.session import state as st
from kiosk.session.deposit import is_mobile_number
from kiosk.session.facts import (
    CardFacts,
    CaseFact,
    CellFact,
    DeviceFact,
    Facts,
    FrameFact,
    Inspection,
    Part,
    Sight,
)
from kiosk.session.machine import Outcome, step
from screens import intents as ask
from screens.viewmodels import CellLook, CellView

NAME: Final = "测试人甲"
NUMBER: Final = "11010519900101023X"
PHONE: Final = "13131313131"
PIN: Final = "313131"
STAFF_NO: Final = "3"
CELL: Final = "A-03"
CASE: Final = "261122-0001"
ITEM: Final = "food-permit"
PERSONAL: Final = (NAME, NUMBER, PHONE, "测***", "110***********023X", PIN)

CARD: Final = CardFacts(NAME, NUMBER, "测***", "110***********023X", "resident")
CELLS: Final = (CellView(CELL, 0, 0, 1, 1, CellLook.FREE), CellView("A-04", 0, 1, 1, 1, CellLook.FREE))
CASES: Final = tuple(
    CaseFact(f"case-{how}", CELL, ITEM, "2026-11-22T03:00:00+08:00", card_only=how == "card_only",
             claimed=how == "claimed", disputed=how == "disputed")
    for how in ("plain", "card_only", "claimed", "disputed")
)  # fmt: skip
FINE: Final = Facts(
    free=(("S", 2),), cells=CELLS, cases=CASES, questions=(CellFact("A-04", "inoperative"),), tonight=4,
    empty_cells=frozenset({"A-04"}),
)  # fmt: skip
DEVICE: Final = "board main"
TESTS: Final = ("card", "door", "touch", "receipt", "picture")
INSPECTION: Final = Inspection(
    (DeviceFact(DEVICE, "kerong_cu16", "/dev/ttyS1", "online", works=True, tests=TESTS, has_frames=True),), fit=True
)  # fmt: skip
FRAME_FACT: Final = FrameFact("22:47:01.003", sent=True, hex="02 00 30 03 35", meaning="query", right=True)
NO_CAMERA: Final = replace(FINE, failing=frozenset({Part.CAMERA}))
NO_POWER: Final = replace(FINE, failing=frozenset({Part.POWER}))
NOTHING_WORKS: Final = replace(
    FINE, failing=frozenset(Part) - {Part.POWER}, free=(("S", 0),), staff_lamp=True
)

INTENTS: Final[tuple[ev.Event, ...]] = (
    ask.StartDeposit(), ask.ShowItems(), ask.ChooseItem(ITEM), ask.Proceed(), ask.Back(), ask.StartOver(),
    ask.AcceptFace(), ask.WithoutFace(), ask.TryAgain(), ask.PapersInside(), ask.OpenAgain(), ask.GiveUp(),
    ask.DeleteDigit(), ask.StillHere(), ask.ShowHelp(), ask.SwitchLanguage(),
    ask.SwitchLarge(), ask.StaffEntrance(), ask.SignOut(), ask.ResolveCell(CELL), ask.ResolveCell("A-04"),
    ask.FoundPapers(), ask.FoundNothing(),
    *(ask.CollectCase(case.case_id) for case in CASES),
    ask.ShowDevice(DEVICE), ask.ShowDevice("nothing"), *(ask.RunTest(test) for test in TESTS), ask.RunTest("nothing"),
    ask.Judge(passed=True), ask.Judge(passed=False), ask.ShowFrames(), ask.ChooseCell("A-04"), ask.ChooseCell(CELL),
    ask.TouchSquare(0), ask.MakeReport(),
)  # fmt: skip
DEVICES: Final[tuple[ev.Event, ...]] = (
    ev.FactsChanged(FINE), ev.FactsChanged(NO_CAMERA), ev.FactsChanged(NOTHING_WORKS),
    ev.FactsChanged(NO_POWER),
    ev.CardSeen(), ev.CardTaken(CARD), *(ev.CardFailed(trouble) for trouble in ev.CardTrouble), ev.CardGone(),
    ev.CardFoundAtStart(), ev.FaceHint("too_dark", 0.3),
    *(ev.FaceAnswer(outcome) for outcome in (
        "match", "no_match", "uncertain", "no_face", "several_faces", "too_small", "too_dark", "blurred",
        "camera_gone", "no_reference", "no_model",
    )),
    ev.IdentityGone(), ev.CellGiven(CASE, CELL), ev.NoCell(),
    ev.DoorAnswer(CELL, opened=True), ev.DoorAnswer("A-04", opened=True),
    *(ev.DoorAnswer(CELL, opened=False, reason=reason) for reason in (
        "DOOR_JAMMED", "BOARD_SILENT", "DOOR_UNKNOWN", "OUT_OF_SERVICE", "alreadyOpen",
    )),
    *(ev.DoorShut(cell, item) for cell in (CELL, "A-04") for item in ("present", "notPresent", "unknown")),
    ev.DoorLost(CELL), ev.DoorLost("A-04"), ev.DoorOpenLong(CELL), ev.DepositRecorded(CASE, "anchor"),
    ev.DepositRecorded("other", "anchor"), ev.RecordingFailed(),
    *(ev.ReceiptAnswer(outcome) for outcome in ("printed", "notPrinted", "unknown")),
    ev.SignInAnswer(STAFF_NO, ok=True), ev.SignInAnswer(STAFF_NO, ok=False),
    ev.SignInAnswer(STAFF_NO, ok=False, wait_s=15), ev.StaffCardRead(STAFF_NO), ev.StaffCardRead(""),
    ev.SignInAnswer(STAFF_NO, ok=True, technician=True), ev.Inspected(INSPECTION),
    *(ev.TrialAnswer(DEVICE, test, end) for test in ("receipt", "picture") for end in ("passed", "failed", "judge")),
    ev.TrialAnswer("other", "receipt", "passed"), ev.FramesTold(DEVICE, (FRAME_FACT,)), ev.FramesTold("other", ()),
    ev.ReportMade("R-261122-01"), ev.ReportMade(""), ev.CameraSeen(Sight(1280, 720, 90, 140)),
    ev.DoorAnswer("A-04", opened=False, reason="DOOR_JAMMED"),
    ev.DoorOpenLong("A-04"),
    ev.StaffRecorded(CELL), ev.IdleFor(7), ev.IdleFor(0),
    ev.LeftAlone(), ev.CardLeftLong(), ev.DoorOpenAtStart(CELL, CASE), ev.DoorOpenAtStart("A-04"),
)  # fmt: skip
EVENTS: Final = INTENTS + DEVICES
FRAME: Final = (
    ask.ShowHelp,
    ask.SwitchLanguage,
    ask.SwitchLarge,
    ask.StillHere,
)  # change how a page is shown, never where one is
POLICIES: Final = (st.Policy(), st.Policy(allow_card_only=False))


def start(policy: st.Policy = POLICIES[0], facts: Facts = FINE) -> st.Session:
    """A kiosk at its first page."""
    return with_id(st.Session(facts=facts, policy=policy))


def with_id(session: st.Session) -> st.Session:
    """As the runtime does: a session's number lies ready."""
    return session if session.next_id else replace(session, next_id="0a1b2c3d")


@dataclass(frozen=True, slots=True)
class Move:
    """One step that was taken."""

    before: st.Session
    event: ev.Event
    outcome: Outcome


@cache
def moves() -> tuple[Move, ...]:
    """Every step from every state that can be reached; states that the machine treats alike stand for each other."""
    return tuple(_explore([start(policy) for policy in POLICIES]))


@cache
def reachable() -> tuple[st.Session, ...]:
    """Every such state once."""
    seen: dict[str, st.Session] = {}
    for move in moves():
        seen.setdefault(_key(move.before), move.before)
    return tuple(seen.values())


def stage_kinds() -> dict[type, st.Session]:
    """One reachable session for each kind of stage."""
    found: dict[type, st.Session] = {}
    for session in reachable():
        found.setdefault(type(session.stage), session)
    return found


def _explore(starts: list[st.Session]) -> Iterator[Move]:
    seen, waiting = {_key(first) for first in starts}, deque(starts)
    while waiting:
        session = waiting.popleft()
        for event in (*EVENTS, _next_digit(session.stage)):
            outcome = step(session, event)
            yield Move(session, event, outcome)
            reached = replace(
                with_id(outcome.session), lang="zh_CN", large=False, help=False, seconds_left=None
            )
            if (key := _key(reached)) not in seen:
                seen.add(key)
                waiting.append(reached)


EARLY: Final = (
    st.Idle, st.ChoosingItem, st.ReadingGuide, st.AskingConsent, st.AwaitingCard, st.CheckingFace, st.FaceUndecided,
)  # fmt: skip
ENTRY: Final = (st.EnteringPhone, st.Confirming)
NO_DIFFERENCE: Final = ("hint", "progress", "outcome", "others", "results", "frames", "shown", "touched")
NO_DIFFERENCE_LATER: Final = ("face_tries", "face_consent")


def _next_digit(stage: st.Stage) -> ask.Digit:
    entered = len(stage.digits) if isinstance(stage, st.EnteringPhone | st.SigningIn) else 0
    return ask.Digit(int(PHONE[entered % len(PHONE)]))


def _key(session: st.Session) -> str:
    """What tells states apart for the machine. Devices and policy count up to the card only."""
    stage = session.stage
    shape = _shape(stage, late=not isinstance(stage, EARLY + ENTRY))
    if isinstance(stage, get_args(st.VendorStage)):
        return repr((shape, bool(session.inspection.devices)))
    return repr((shape, session.policy, session.facts.failing) if isinstance(stage, EARLY) else shape)


def _shape(value: object, *, late: bool) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
        return type(value).__name__, tuple(_measure(name, part, late=late) for name, part in parts.items())
    return value


def _measure(name: str, part: object, *, late: bool) -> object:
    if isinstance(part, str) and name in ("digits", "phone"):
        return bool(part) if late else (len(part), is_mobile_number(part))
    if isinstance(part, str) and name == "staff_no":
        return bool(part)
    if isinstance(part, int) and name in ("seen_nothing", "face_tries"):
        return None if late and name in NO_DIFFERENCE_LATER else min(part, 2)
    if name in ("hint", "progress", "outcome", "others", "results", "frames", "shown", "touched") or (
        late and name in NO_DIFFERENCE_LATER
    ):
        return bool(part)
    return _shape(part, late=late)


def words_in(value: object) -> Iterator[str]:
    """Every text anywhere inside a value, `repr=False` or not."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from words_in(getattr(value, part.name))
    elif isinstance(value, (tuple, list, frozenset, set)):
        for part in value:
            yield from words_in(part)
    elif isinstance(value, dict):
        for pair in value.items():
            yield from words_in(pair)
