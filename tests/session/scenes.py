"""Sessions to test with: a person with findable data, one example of every event, every state that can be reached.

Tried: from both policies' first page, every state that the machine can tell apart, with every event of who stands
there and one of each kind of the others'. States whose `_key` is the same stand for each other: texts, times, names,
numbers and how much there is of a thing count as there or not there, the devices and the policy up to the card only.
Not tried: longer errands than two doors, two events that only together make a difference hidden by the key, other
languages and sizes (`FRAME` has tests of its own); `kiosk/simulate` plays long stories, and tells them by a seed.
"""

import gc
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Final, get_args

from kiosk.catalogue.forms import WRITTEN, FormField
from kiosk.catalogue.rules import Decision, Finding, Rule, Verdict
from kiosk.catalogue.rules import Outcome as Decided
from kiosk.session import custodystate as cs
from kiosk.session import events as ev
from kiosk.session import staffstate as ss
from kiosk.session import state as st
from kiosk.session.application import answer_of
from kiosk.session.certificatestate import CertificateFact
from kiosk.session.deposit import is_mobile_number
from kiosk.session.facts import (
    WITHOUT_FACE,
    CardFacts,
    CaseFact,
    CellFact,
    DeviceFact,
    Facts,
    FrameFact,
    Identity,
    Inspection,
    OwnCase,
    OwnState,
    Part,
    PromiseFact,
    Sight,
)
from kiosk.session.form import Form
from kiosk.session.historystate import ChoosingHistory
from kiosk.session.lookstate import Look
from kiosk.session.machine import Outcome, step
from kiosk.session.progressfacts import (
    CaseProgress,
    CaseStep,
    CertificateHope,
    CityWord,
    Heard,
    Light,
    StepDone,
)
from kiosk.session.promisestate import LaterPaper
from kiosk.session.quietfacts import QuietHours
from kiosk.session.scanstate import ScanPaper, ScanPlan
from screens import intents as ask
from screens.theme import Scheme
from screens.viewmodels import CellLook, CellView
from tests.session import identity_scenes as who
from tests.session.staff_scenes import ANSWERS, LOOKED_UP, OFFICE, RESULT, RESULT_CELL, STAFF_NO, TOUCHES

NAME: Final = "测试人甲"
NUMBER: Final = "11010519900101023X"
PHONE: Final = "13131313131"
PIN: Final = "313131"
DAY: Final = "20261122"
CELL: Final = "A-03"
CASE: Final = "261122-0001"
ITEM: Final = "food-permit"
THEIR_NUMBER: Final = "11010119900307002X"
PERSONAL: Final = (NAME, NUMBER, PHONE, "测***", "110***********023X", PIN, THEIR_NUMBER)

CARD: Final = CardFacts(NAME, NUMBER, "测***", "110***********023X", "resident")
THEIRS: Final = CardFacts("测试人乙", THEIR_NUMBER, "测***", "110***********002X", "resident")
CELLS: Final = (CellView(CELL, 0, 0, 1, 1, CellLook.FREE), CellView("A-04", 0, 1, 1, 1, CellLook.FREE),
                CellView(RESULT_CELL, 0, 2, 1, 1, CellLook.HELD))  # fmt: skip
CASES: Final = tuple(
    CaseFact(f"case-{how}", CELL, ITEM, "2026-11-22T03:00:00+08:00", identity=how if how == "card_only" else "verified",
             claimed=how == "claimed", disputed=how == "disputed", department=OFFICE)
    for how in ("plain", "card_only", "claimed", "disputed")
)  # fmt: skip
FINE: Final = Facts(
    free=(("S", 2),), cells=CELLS, cases=CASES, results=(RESULT,),
    questions=(CellFact("A-04", "inoperative", out_of_service=True),), tonight=4,
    empty_cells=frozenset({"A-04"}), follow_by=((5, "2026-11-27"),),
    promises=tuple(
        PromiseFact(case, ITEM, ("proof",), until)
        for case, until in (("case-plain", "2026-11-20"), (CASE, "2026-11-27"))
    ),
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

OWN: Final = OwnCase(
    CASE, ITEM, "2026-11-22T03:00:00+08:00", OwnState.HELD, cut_off=True, open=True,
    waiting=((CELL, "result"), ("A-04", "to_complete")),
)  # fmt: skip
OWED: Final = replace(OWN, missing=("proof",))
QUIET: Final = QuietHours(28, 3, ((0.5,) * 9 + (4.0,) + (1.0,) * 14,) * 7, ((2.5,) * 24,) * 7)
PROGRESS: Final = CaseProgress(
    CASE, ITEM, Light.GREEN,
    (StepDone(CaseStep.RECEIVED, "2026-11-22T03:00+08:00"), StepDone(CaseStep.COLLECTED), StepDone(CaseStep.READY)),
    due="2026-11-25", days_left=3, may_add=True, waiting=("to_complete",), certificate=CertificateHope.READY,
)  # fmt: skip
REVOKED: Final = replace(
    PROGRESS,
    case_id="261122-0002",
    light=Light.RED,
    may_add=False,
    certificate=CertificateHope.REVOKED,
    heard=(
        Heard(CityWord.WAITING, "2026-11-22T10:00+08:00", 2),
        Heard(CityWord.REFUSED, "2026-11-23T10:00+08:00"),
    ),
)
CERTIFICATE: Final = CertificateFact(
    "Z-261122-01", (("zh_CN", "居住证明"), ("en", "Proof of residence")), "2027-02-20", "ND1:6BF"
)
HANDED: Final[tuple[ev.Event, ...]] = (
    ev.CertificateReady(CERTIFICATE),
    *(ev.CertificateReady(why=why) for why in ("none", "expired", "revoked", "refused")),
    *(ev.CertificatePrinted(CERTIFICATE.number, outcome) for outcome in ("printed", "notPrinted", "unknown")),
    ev.CertificatePrinted("Z-261122-02", "printed"),
)  # fmt: skip
CASES_TOLD: Final[tuple[ev.Event, ...]] = (
    ev.CasesFound(), ev.CasesFound((OWED,)), ev.CasesFound((replace(OWED, cut_off=False, waiting=()),)),
    ev.PickupChecked(CASE, "code"), ev.PickupChecked(why="wrong", left=2), ev.PickupChecked(why="wait", wait_s=15),
    *(ev.PickupChecked(why=why) for why in ("expired", "used", "blocked", "revoked", "none")),
    ev.ProgressFound(), ev.ProgressFound((PROGRESS,)),
    ev.ProgressFound((PROGRESS, REVOKED)),
    ev.ParcelReturned(CELL), ev.ParcelReturned("A-04"), ev.NoCell("reach"), ev.NoCell("size"),
)  # fmt: skip

LOOKING: Final = (
    ask.ShowThemes(), ask.ShowSearch(), ask.ChooseTheme("theme"), ask.Letter("g"), ask.Turn(1), ask.Turn(-1),
    ask.Bring(0), ask.ShowSample(0), ask.BringAll(3), ask.StartIncomplete(), ask.ShowSheet(), ask.PrintSheet(),
)  # fmt: skip
WRITING: Final = (
    ask.PickWord("字", 1), ask.Sign("-"), ask.SwitchKeys(), ask.ClearTyped(), ask.Skip(), ask.ShowAnswers(),
    ask.ChangeAnswer("guardian"), ask.ChangeAnswer("phone"), ask.Choose("yes"),
    ask.Drawn(tuple((40 * at, 500, at) for at in range(20))),
)  # fmt: skip
AGENCY: Final = (
    ask.ForAnother(), ask.WithLetter(), ask.Choose("parent"), ask.Choose("principal"), ask.Choose("agent"),
)  # fmt: skip
SCANS: Final = (
    ask.ShowScans(), ask.TakePage(), ask.NextSheet(), ask.Retake(), ask.TurnPage(), ask.DeletePage(),
    ask.MovePage(1), ask.MovePage(-1), ask.Choose("0"),
)  # fmt: skip
SCANNED: Final = (
    ev.PageTaken(1), ev.PageTaken(2, ("glare",)), ev.ScanFailed(), ev.CaseFiled(CASE, "anchor"),
)  # fmt: skip
SCAN_PLAN: Final = ScanPlan((ScanPaper(0), ScanPaper(2, needed=False)), whole=True)
RULE: Final = Rule.model_validate(
    {"decides": "card.age", "at_least": 80, "reason": {"zh": "须年满80周岁", "en": "80 or over"}}
)
DECISIONS: Final = tuple(
    Decision(
        outcome,
        (Verdict(RULE, Finding.MET if outcome is Decided.GRANTED else Finding.NOT_MET),),
        RULE.reason if outcome is Decided.GRANTED else None,
    )
    for outcome in Decided
)
INTENTS: Final[tuple[ev.Event, ...]] = (
    ask.StartDeposit(), ask.ShowItems(), ask.ChooseItem(ITEM), ask.Proceed(), ask.Back(), ask.StartOver(),
    ask.AcceptFace(), ask.WithoutFace(), ask.TryAgain(), ask.PapersInside(), ask.OpenAgain(), ask.GiveUp(),
    *LOOKING, ask.DeleteDigit(), ask.StillHere(), ask.ShowHelp(), ask.SwitchLanguage(),
    ask.SwitchLarge(), ask.SwitchScheme(Scheme.LIGHT),
    ask.ShowEveryone(), ask.ChooseLanguage("zh_CN"), ask.SwitchMotion(), ask.SwitchLow(),
    ask.SwitchVoice(), ask.Louder(1), ask.SayAgain(), ask.AskSomebody(),  # of a kiosk without one: see test_voice
    ask.StaffEntrance(), ask.SignOut(), ask.ResolveCell(CELL), ask.ResolveCell("A-04"),
    ask.FoundPapers(), ask.FoundNothing(),
    *(ask.CollectCase(case.case_id, CELL) for case in CASES), *TOUCHES,
    ask.ShowDevice(DEVICE), ask.ShowDevice("nothing"), *(ask.RunTest(test) for test in TESTS), ask.RunTest("nothing"),
    ask.Judge(passed=True), ask.Judge(passed=False), ask.ShowFrames(), ask.ChooseCell("A-04"), ask.ChooseCell(CELL),
    ask.TouchSquare(0), ask.MakeReport(),
    *who.TOUCHES, *WRITING, *SCANS, *AGENCY,
    ask.ReportProblem(), ask.CallMe(), ask.StartRating(), ask.Rate(4), ask.Choose("fast"),
    ask.ShowQuiet(), ask.NotMine(), ask.ShowProgress(), ask.ByCard(), ask.ByReceipt(), ask.AddPapers(),
    ask.GetCertificate(),
    ask.AnotherEnvelope(), ask.DoesNotFit(), ask.EasyReach(), ask.StartFetch(), ask.Choose(CASE), ask.Choose("nothing"),
)  # fmt: skip
DEVICES: Final[tuple[ev.Event, ...]] = (
    ev.FactsChanged(FINE), ev.FactsChanged(NO_CAMERA), ev.FactsChanged(NOTHING_WORKS),
    ev.FactsChanged(NO_POWER),
    ev.CardTaken(THEIRS),
    ev.CardSeen(), ev.CardTaken(CARD), *(ev.CardFailed(trouble) for trouble in ev.CardTrouble), ev.CardGone(),
    ev.CardFoundAtStart(), ev.FaceHint("too_dark", 0.3), who.child(CARD), *who.TOLD,
    *(ev.FaceAnswer(outcome) for outcome in (
        "match", "no_match", "uncertain", "no_face", "several_faces", "too_small", "too_dark", "blurred",
        "camera_gone", "no_reference", "no_model",
    )),
    ev.IdentityGone(), ev.CellGiven(CASE, CELL), ev.NoCell(),
    *(ev.CellGiven(CASE, CELL, decision) for decision in DECISIONS),
    ev.CodeScanned(CASE), ev.CodeScanned(),
    ev.CasesFound((), ev.Earlier(PHONE, (("guardian", NAME),))),
    ev.DoorAnswer(CELL, opened=True), ev.DoorAnswer("A-04", opened=True),
    *(ev.DoorAnswer(CELL, opened=False, reason=reason) for reason in (
        "DOOR_JAMMED", "BOARD_SILENT", "DOOR_UNKNOWN", "OUT_OF_SERVICE", "OTHER_DOOR_OPEN", "alreadyOpen",
    )),
    *(ev.DoorShut(cell, item) for cell in (CELL, "A-04") for item in ("present", "notPresent", "unknown")),
    ev.DoorLost(CELL), ev.DoorLost("A-04"), ev.DoorOpenLong(CELL), ev.DepositRecorded(CASE, "anchor"),
    ev.DepositRecorded("other", "anchor"), ev.RecordingFailed(),
    *(ev.ReceiptAnswer(outcome) for outcome in ("printed", "notPrinted", "unknown")),
    *(ev.SheetPrinted(ITEM, outcome) for outcome in ("printed", "notPrinted", "unknown")),
    ev.SheetPrinted("other", "printed"),
    *ANSWERS, ev.Inspected(INSPECTION),
    *(ev.TrialAnswer(DEVICE, test, end) for test in ("receipt", "picture") for end in ("passed", "failed", "judge")),
    ev.TrialAnswer("other", "receipt", "passed"), ev.FramesTold(DEVICE, (FRAME_FACT,)), ev.FramesTold("other", ()),
    ev.ReportMade("R-261122-01"), ev.ReportMade(""), ev.CameraSeen(Sight(1280, 720, 90, 140)),
    ev.DoorAnswer("A-04", opened=False, reason="DOOR_JAMMED"),
    ev.DoorOpenLong("A-04"),
    ev.HeadphonesPlugged(True), ev.QuietTold(QUIET),
    ev.AidAnswer("P-261122-01"), ev.AidLeft(), ev.IdleFor(7), ev.IdleFor(0),
    *CASES_TOLD, *HANDED, *SCANNED, ev.CaseFiled(CASE, "anchor", DECISIONS[0]),
    ev.LeftAlone(), ev.CardLeftLong(), ev.DoorOpenAtStart(CELL, CASE), ev.DoorOpenAtStart("A-04"),
)  # fmt: skip
EVENTS: Final = INTENTS + DEVICES
_SHARED: Final = (
    ev.DoorAnswer, ev.DoorShut, ev.FactsChanged, ev.CellGiven, ev.NoCell, ask.ResolveCell, ask.ChooseCell,
)  # fmt: skip
FOR_OTHERS: Final = tuple(dict.fromkeys((*(e for e in EVENTS if e not in (*TOUCHES, *ANSWERS)),
                                         *{type(e): e for e in (*TOUCHES, *ANSWERS)}.values())))  # fmt: skip
FOR_STAFF: Final = tuple(dict.fromkeys((*TOUCHES, *ANSWERS, *(e for e in EVENTS if isinstance(e, _SHARED)),
                                        *{type(e): e for e in EVENTS}.values(),
                                        *(e for e in EVENTS if isinstance(e, ask.CollectCase)))))  # fmt: skip
# change how a page is shown, never where one is
FRAME: Final = (
    ask.ShowHelp, ask.SwitchLanguage, ask.SwitchLarge, ask.SwitchScheme, ask.ShowEveryone, ask.ChooseLanguage,
    ask.SwitchMotion, ask.SwitchLow, ask.StillHere,
)  # fmt: skip
FORM: Final = tuple(
    FormField.model_validate({"zh": "栏", "en": "field", **field})
    for field in (
        {"name": "kind", "type": "yes_no"},
        {"name": "guardian", "type": "name", "optional": True},
        {"name": "born", "type": "date"},
    )
)
POLICIES: Final = (
    st.Policy(
        ways=(Identity.CARD_ONLY,),
        forms=((ITEM, FORM),),
        scans=((ITEM, SCAN_PLAN),),
        scan_pages=2,
        later=((ITEM, (LaterPaper("proof", 5, 2),)),),
    ),
    st.Policy(
        grace=False,
        pickup_face=True,
        ways=WITHOUT_FACE,
        rating=True,
        scans=((ITEM, SCAN_PLAN),),
        scan_pages=2,
    ),
)


WITHOUT_FORM: Final = replace(POLICIES[0], forms=(), scans=(), later=())


def start(policy: st.Policy = WITHOUT_FORM, facts: Facts = FINE) -> st.Session:
    """A kiosk at its first page."""
    return with_id(st.Session(facts=facts, policy=policy))


def with_id(session: st.Session) -> st.Session:
    """As the runtime does: a session's number lies ready."""
    return session if session.next_id else replace(session, next_id="0a1b2c3d")


def at_the_desk() -> st.Session:
    """A helper's round, without forms: those are filled in there as everywhere."""
    round = ss.HelperRound(STAFF_NO)
    return replace(start(POLICIES[1]), stage=ss.HelperDesk(round), helper=round)


@dataclass(frozen=True, slots=True)
class Move:
    """One step that was taken."""

    before: st.Session
    event: ev.Event
    outcome: Outcome


@cache
def moves() -> tuple[Move, ...]:
    """Every step from every state that can be reached; states that the machine treats alike stand for each other.

    Takes seconds, and every test in a process shares it: call it in tests, not while they are collected.
    """
    gc.disable()  # a million objects that all stay: looking through them again and again took a third of the time
    try:
        return tuple(_explore([*(start(policy) for policy in POLICIES), at_the_desk()]))
    finally:
        gc.freeze()
        gc.enable()


@cache
def reachable() -> tuple[st.Session, ...]:
    """Every such state once."""
    return tuple({id(move.before): move.before for move in moves()}.values())


def stage_kinds() -> dict[type, st.Session]:
    """One reachable session for each kind of stage."""
    found: dict[type, st.Session] = {}
    for session in reachable():
        found.setdefault(type(session.stage), session)
    return found


def _tried(stage: st.Stage) -> tuple[ev.Event, ...]:
    """Every event of the person who stands there, and one of each kind of what only others are told."""
    return FOR_STAFF if isinstance(stage, st.StaffStage) else FOR_OTHERS


def _as_usual(session: st.Session) -> st.Session:
    """As it is shown to everybody."""
    return replace(
        session, lang="zh_CN", large=False, scheme=None, look=Look(), help=False, seconds_left=None
    )


def _explore(starts: list[st.Session]) -> Iterator[Move]:
    seen, waiting = {_key(first) for first in starts}, deque(starts)
    while waiting:
        session = waiting.popleft()
        for event in (*_tried(session.stage), _next_digit(session.stage)):
            outcome = step(session, event)
            yield Move(session, event, outcome)
            if outcome.session == session:  # nine steps in ten; working out their key took most of the time
                continue
            reached = _as_usual(with_id(outcome.session))
            if reached == session:  # only how it is shown has changed
                continue
            if (key := _key(reached)) not in seen:
                seen.add(key)
                waiting.append(reached)


EARLY: Final = (
    st.Idle, st.ChoosingItem, st.ReadingGuide, st.AskingConsent, st.AwaitingCard, st.AskingGuardian, st.CheckingFace,
    st.FaceUndecided, st.ChoosingWay,
)  # fmt: skip
BEFORE_THE_VISIT: Final = (st.Idle, st.ChoosingItem, st.ReadingGuide)
ENTRY: Final = (
    st.EnteringCode, st.EnteringPhone, st.Confirming, st.Reviewing, cs.TypingPickup, cs.ByNumber, ss.PreparingResult,
)  # fmt: skip
NO_DIFFERENCE: Final = (
    "hint", "progress", "outcome", "others", "results", "frames", "shown", "touched", "asked", "trouble",
    "sent_to", "left", "held", "anchor", "rest", "case", "inside", "stars", "reasons",
)  # fmt: skip
OF_STAFF: Final = (  # how much of it there is changes nothing, whether there is any may
    "done", "ticked", "rows", "said", "recording", "cases", "case_id", "id_number", "slip", "printing", "renewed",
    "until", "number", "filed", "printed", "refused", "second_no", "wait_s", "problem",
    "item_code", "claimed", "department", "sorting", "kind", "size", "reason",
    "people", "name", "passage", "before", "line", "outcome",
)  # fmt: skip
NO_DIFFERENCE_LATER: Final = (  # once the card was read and a way was taken
    "face_tries", "face_consent", "face_blocked", "other_movements", "reach", "guide_item", "anchor", "evidence",
    "sent_to", "left", "trouble", "long_open", "code_id", "child", "item_code", "wait_s",
)  # fmt: skip


TYPED: Final = (
    st.EnteringCode,
    st.EnteringPhone,
    cs.TypingPickup,
    cs.ByNumber,
    ss.SigningIn,
    ss.Countersigning,
    ss.PreparingResult,
    ChoosingHistory,
)


def _next_digit(stage: st.Stage) -> ask.Digit:
    if isinstance(stage, st.Filling):
        return ask.Digit(int(DAY[len(stage.typed) % len(DAY)]))
    entered = len(stage.digits) if isinstance(stage, TYPED) else 0
    return ask.Digit(int(PHONE[entered % len(PHONE)]))


def _key(session: st.Session) -> str:
    """What tells states apart for the machine. Devices and policy count up to the card only."""
    if session.helper is None:
        return _shape_of(session)
    return "a round with forms" if session.policy.forms else f"a round: {_shape_of(session)}"


def _shape_of(session: st.Session) -> str:
    stage = session.stage
    shape = _shape(stage, late=not isinstance(stage, EARLY), typing=isinstance(stage, ENTRY))
    if isinstance(stage, get_args(st.VendorStage)):
        return repr((shape, bool(session.inspection.devices)))
    if isinstance(stage, st.Farewell):
        return repr((shape, session.policy.rating))
    if isinstance(stage, BEFORE_THE_VISIT):
        return repr((shape, session.policy, session.facts.failing))
    if isinstance(stage, EARLY):  # of what may fail now, the others end the stage at once
        return repr((shape, session.policy, Part.CAMERA in session.facts.failing))
    if isinstance(stage, st.OfferingScan | st.Scanning):  # what is missing is asked before, and signed after
        return repr((shape, stage.visit.promise is not None))
    return repr(shape)


def _shape(value: object, *, late: bool, typing: bool) -> object:
    if isinstance(value, Form):  # which answers there are, where questions are asked
        return (
            tuple((answer.name, bool(answer.value), answer.origin) for answer in value.answers)
            if typing
            else None
        )
    if isinstance(value, st.Filling):
        one = value.visit.form.field(value.name)
        fits = one.accepts(answer_of(one, value.typed))
        count = bool(value.typed) if one.type in WRITTEN else len(value.typed)
        written = (count, fits, bool(value.letters), value.keys, value.again)
        return "Filling", value.name, written, _shape(value.visit, late=True, typing=True)
    if isinstance(value, Decision):
        return value.outcome
    if isinstance(value, ss.PreparingResult):  # what was refused or invalid before changes nothing
        listed = value.asking is ss.ResultStep.CASE and value.cases is not None
        typed = (len(value.digits), is_mobile_number(value.digits))
        asked = value.asking is ss.ResultStep.NUMBER and value.draft.case_id == value.digits == LOOKED_UP
        return "PreparingResult", value.asking, value.draft.foreign, typed, value.reserving, listed, asked
    if is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
        measured = (_measure(name, part, late=late, typing=typing) for name, part in parts.items())
        return type(value).__name__, tuple(measured)
    return value


def _measure(name: str, part: object, *, late: bool, typing: bool) -> object:
    """`late`: the card was read and a way was taken; `typing`: how much was typed counts."""
    if name in ("hint", "progress", "asked") or (name == "phone" and not typing):
        return None
    if late and name in NO_DIFFERENCE_LATER:
        return None
    if isinstance(part, str) and name in ("digits", "phone"):
        return (len(part), is_mobile_number(part)) if typing else bool(part)
    if isinstance(part, str) and name == "staff_no":
        return bool(part)
    if name == "face_tries" and isinstance(part, int):
        return None if late else part >= 2
    if name == "other_movements":  # takes a button away, and nothing else
        return None
    if name == "found":
        return bool(part)
    if name == "agency":  # once the form is filled in it is one case like any other
        cardless = bool(getattr(part, "helper", "")) and getattr(part, "letter", False)
        return (
            (part is not None, bool(getattr(part, "agent", None)), cardless)
            if typing or not late
            else cardless
        )
    if name in ("promise", "followed"):
        return (bool(part), bool(getattr(part, "signature", None))) if typing else None
    if name in ("pages", "scans") and isinstance(part, tuple):
        return len(part)
    if isinstance(part, CardFacts):
        return not late and part.child
    if isinstance(part, Identity) and name == "identity":
        return part is Identity.VERIFIED
    if isinstance(part, ss.Draft):
        return part.foreign
    if name == "todo" and isinstance(part, tuple):
        return _shape(part[0], late=late, typing=typing) if part else None, len(part) > 1
    if isinstance(part, int) and name in ("seen_nothing", "face_tries"):
        return min(part, 2)
    if name == "came":  # where Back leads, and nothing else
        return None
    if name in ("typed", "page", "brought"):
        return bool(part)
    if name in (*NO_DIFFERENCE, *OF_STAFF):
        return bool(part)
    return _shape(part, late=late, typing=typing)


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
