"""The session's states. What a step needs is in here; returning to `Idle()` wipes everything of the person."""

from dataclasses import dataclass, field

from locker.events import Evidence

from .events import CardTrouble
from .facts import CardFacts, Facts, FrameFact, Identity, Inspection, Sight


@dataclass(frozen=True, slots=True)
class Idle:
    """The first page."""


@dataclass(frozen=True, slots=True)
class ChoosingItem:
    """The list of items."""


@dataclass(frozen=True, slots=True)
class ReadingGuide:
    """One item's guide."""

    item_code: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of the person since they started."""

    session_id: str
    item_code: str
    face_consent: bool = False
    identity: Identity = Identity.CARD_ONLY
    card: CardFacts | None = field(default=None, repr=False)
    card_present: bool = False
    phone: str = field(default="", repr=False)
    face_tries: int = 0


@dataclass(frozen=True, slots=True)
class AskingConsent:
    """Separate consent to the face check."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class AwaitingCard:
    """Waiting for the card, or reading it."""

    visit: Visit
    reading: bool = False
    trouble: CardTrouble | None = None


@dataclass(frozen=True, slots=True)
class CheckingFace:
    """The live face is compared with the card's photo."""

    visit: Visit
    hint: str = "looking"
    progress: float = 0.0


@dataclass(frozen=True, slots=True)
class FaceUndecided:
    """The face check did not say match."""

    visit: Visit
    outcome: str


@dataclass(frozen=True, slots=True)
class EnteringPhone:
    """The citizen's phone number."""

    visit: Visit
    digits: str = field(default="", repr=False)
    invalid: bool = False


@dataclass(frozen=True, slots=True)
class Confirming:
    """Everything once more."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Reserving:
    """A compartment is being reserved."""

    visit: Visit
    case_id: str = ""
    failed_cell: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A case and its compartment."""

    case_id: str
    cell: str
    opened_before: bool = False
    seen_nothing: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """The lock was told; the sensor has not said open yet."""

    visit: Visit
    place: Place
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class OpenFailed:
    """The door did not open; the citizen may try again."""

    visit: Visit
    place: Place


@dataclass(frozen=True, slots=True)
class PuttingIn:
    """The door stands open."""

    visit: Visit
    place: Place
    long_open: bool = False


@dataclass(frozen=True, slots=True)
class NothingSeen:
    """The door is shut and the sensor sees nothing."""

    visit: Visit
    place: Place


@dataclass(frozen=True, slots=True)
class Holding:
    """The deposit is being made durable."""

    visit: Visit
    place: Place
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Receipt:
    """The deposit is held; the receipt is printing (`outcome` empty) or its fate is known."""

    visit: Visit
    place: Place
    anchor: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class TakingCard:
    """Take your card. `long`: past the limit, staff were told, the person's data is gone."""

    session_id: str = ""
    long: bool = False
    deposited: bool = False


@dataclass(frozen=True, slots=True)
class Farewell:
    """Thank you."""

    deposited: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something does not work: one page that says what and what to do (`notice.*` key's last part)."""

    kind: str
    card_present: bool = False


@dataclass(frozen=True, slots=True)
class DoorLeftOpen:
    """The person is gone (or the power was), a door stands open: nobody starts before it is shut.

    `others`: (cell, case id) of further doors that a start found open; their turn comes when this one is shut.
    """

    cell: str
    case_id: str = ""
    at_start: bool = False
    card_present: bool = False
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Staff number, then PIN."""

    staff_no: str = ""
    digits: str = field(default="", repr=False)
    asking_pin: bool = False
    checking: bool = False
    wrong: bool = False
    wait_s: int = 0
    strange_card: bool = False


@dataclass(frozen=True, slots=True)
class StaffList:
    """What lies in the cabinet."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class StaffDoor:
    """Staff opens a compartment: opening, open, shut again (`shut_item` says what the sensor sees)."""

    staff_no: str
    cell: str
    case_id: str
    resolving: bool
    claimed: bool
    open: bool = False
    long_open: bool = False
    shut_item: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class StaffDone:
    """The papers were collected."""

    staff_no: str
    cell: str
    found: bool


@dataclass(frozen=True, slots=True)
class TrialResult:
    """One test that was run. `outcome`: `passed`, `failed`; `detail` without personal data."""

    device: str
    test: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """A technician at work: who, and what was tried so far; the last try of a test counts."""

    staff_no: str
    results: tuple[TrialResult, ...] = ()

    def with_result(self, result: TrialResult) -> "Bench":
        """The bench after one more test."""
        others = tuple(r for r in self.results if (r.device, r.test) != (result.device, result.test))
        return Bench(self.staff_no, (*others, result))


@dataclass(frozen=True, slots=True)
class Inspecting:
    """All devices (`device` empty) or one. `running`: the test under way; `asking`: a person must judge it.

    `shown`: what the test showed, masked, gone with the page. `report`: empty, `making`, its number, or `failed`.
    """

    bench: Bench
    device: str = ""
    running: str = ""
    asking: bool = False
    shown: str = field(default="", repr=False)
    sight: Sight | None = None
    report: str = ""


@dataclass(frozen=True, slots=True)
class ReadingFrames:
    """The last frames of a device's line, newest first."""

    bench: Bench
    device: str
    frames: tuple[FrameFact, ...] = ()


@dataclass(frozen=True, slots=True)
class TouchingGrid:
    """Every square of the glass is to be touched once."""

    bench: Bench
    device: str
    touched: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class TryingDoor:
    """An empty compartment is chosen (`cell` empty), opened, and closed again."""

    bench: Bench
    device: str
    cell: str = ""
    open: bool = False
    long_open: bool = False
    problem: str = ""


CitizenStage = (
    ChoosingItem | ReadingGuide | AskingConsent | AwaitingCard | CheckingFace | FaceUndecided | EnteringPhone
    | Confirming | Reserving | Opening | OpenFailed | PuttingIn | NothingSeen | Holding | Receipt | TakingCard
    | Farewell | Trouble | DoorLeftOpen
)  # fmt: skip
StaffStage = SigningIn | StaffList | StaffDoor | StaffDone
VendorStage = Inspecting | ReadingFrames | TouchingGrid | TryingDoor
Stage = Idle | CitizenStage | StaffStage | VendorStage


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings that decide the flow."""

    face_tries: int = 2
    allow_card_only: bool = True
    consent_version: str = "1"
    face_engine: str = ""
    staff_cards: bool = False  # a reader is fitted


@dataclass(frozen=True, slots=True)
class Session:
    """The screen's whole state: the stage, how it is shown, and what the machine can do."""

    stage: Stage = field(default_factory=Idle)
    lang: str = "zh_CN"
    large: bool = False
    help: bool = False
    seconds_left: int | None = None
    facts: Facts = field(default_factory=Facts)
    policy: Policy = field(default_factory=Policy)
    home_lang: str = "zh_CN"
    inspection: Inspection = field(default_factory=Inspection)  # only while a technician is at work
    next_id: str = ""  # a fresh session's number, laid ready by the runtime
