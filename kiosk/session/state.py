"""The session's states. What a step needs is in here; returning to `Idle()` wipes everything of the person."""

from dataclasses import dataclass, field

from kiosk.catalogue.forms import FormField
from kiosk.catalogue.rules import Decision
from locker.events import Evidence
from screens.languages import on_paper
from screens.theme import Scheme

from . import (
    agencystate,
    applicationstate,
    certificatestate,
    custodystate,
    findingstate,
    promisestate,
    scanstate,
    staffstate,
)
from . import visit as of_visit
from .aidstate import Aid
from .events import CardTrouble, FaceAsked
from .facts import Facts, FrameFact, Identity, Inspection, Sight
from .lookstate import Look
from .quietfacts import QuietHours
from .voicestate import VoiceState

ChoosingItem = findingstate.ChoosingItem
ReadingGuide = findingstate.ReadingGuide
Filling = applicationstate.Filling
Reviewing = applicationstate.Reviewing
Decided = applicationstate.Decided
OfferingScan = scanstate.OfferingScan
Scanning = scanstate.Scanning
Filing = scanstate.Filing
Issuing = certificatestate.Issuing
Handing = certificatestate.Handing
ChoosingMissing = promisestate.Choosing
Signing = promisestate.Signing
ChoosingRelation = agencystate.ChoosingRelation
ChoosingFetcher = agencystate.ChoosingFetcher
AwaitingPrincipal = agencystate.AwaitingPrincipal
Agency = of_visit.Agency
Errand = of_visit.Errand
Parcel = of_visit.Parcel
Followed = of_visit.Followed
Place = of_visit.Place
Visit = of_visit.Visit


@dataclass(frozen=True, slots=True)
class Idle:
    """The first page."""


@dataclass(frozen=True, slots=True)
class ReadingQuiet:
    """When it is quiet here. `days_on`: the weekday that is shown, from today on."""

    days_on: int = 0


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
class AskingGuardian:
    """The card is a child's: a guardian who stands there decides about the face check."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class CheckingFace:
    """The live face is compared with the card's photo. `asked`: what the person is to do now."""

    visit: Visit
    hint: str = "looking"
    progress: float = 0.0
    asked: FaceAsked | None = None


@dataclass(frozen=True, slots=True)
class FaceUndecided:
    """The face check did not say match."""

    visit: Visit
    outcome: str


@dataclass(frozen=True, slots=True)
class ChoosingWay:
    """The ways without a face. `trouble`: why the last one led nowhere (a `way.*` text key's last part)."""

    visit: Visit
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class EnteringCode:
    """A one-time code: sent to the known telephone (`sent_to`: its last digits), or given by staff."""

    visit: Visit
    way: Identity
    digits: str = field(default="", repr=False)
    sent_to: str = field(default="", repr=False)
    sending: bool = False
    checking: bool = False
    trouble: str = ""
    left: int = 0
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class AskingDesk:
    """The duty desk looks at who stands there."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class EnteringPhone:
    """The citizen's phone number."""

    visit: Visit
    digits: str = field(default="", repr=False)
    invalid: bool = False


@dataclass(frozen=True, slots=True)
class Confirming:
    """Everything once more; `visit.reach`: a compartment within easy reach is asked for."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Reserving:
    """A compartment is being reserved; `failed_cell` did not open, or was `too_small`."""

    visit: Visit
    case_id: str = ""
    failed_cell: str = ""
    too_small: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """The lock was told; the sensor has not said open yet."""

    visit: Visit
    place: Place
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class OpenFailed:
    """The door did not open; the citizen may try again. `other_open`: no order was sent, for another one has."""

    visit: Visit
    place: Place
    other_open: bool = False


@dataclass(frozen=True, slots=True)
class PuttingIn:
    """The door stands open. `too_large`: the papers do not fit, says the citizen, who takes them out again."""

    visit: Visit
    place: Place
    long_open: bool = False
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class NothingSeen:
    """The door is shut and the sensor sees nothing."""

    visit: Visit
    place: Place


@dataclass(frozen=True, slots=True)
class Holding:
    """The deposit is being made durable; `more`: another envelope of the same case follows."""

    visit: Visit
    place: Place
    evidence: Evidence
    more: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The deposits are held, or the case is filed with nothing but its scans (no compartment in `place`).

    The receipt is printing (`outcome` empty) or its fate is known. `decision`: of a case without a compartment;
    `trouble`: why a further envelope could not be taken (`notice.*` key's last part).
    """

    visit: Visit
    place: Place
    anchor: str
    outcome: str = ""
    trouble: str = ""
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class TakingCard:
    """Take your card. `long`: past the limit, staff were told, the person's data is gone."""

    session_id: str = ""
    long: bool = False
    deposited: bool = False
    fetched: bool = False


@dataclass(frozen=True, slots=True)
class Farewell:
    """Thank you."""

    deposited: bool
    fetched: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """What the visit was like: `stars` 1 to 5, 0 as long as none were given; then the reasons that are ticked."""

    deposited: bool
    fetched: bool
    stars: int = 0
    reasons: frozenset[str] = frozenset()


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
    parcel: Parcel | None = None  # the citizen was fetching it
    followed: Followed | None = None  # the citizen was putting in what they had promised


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


IdentityStage = (
    AskingConsent | AwaitingCard | AskingGuardian | CheckingFace | FaceUndecided | ChoosingWay | EnteringCode
    | AskingDesk
)  # fmt: skip
CitizenStage = (
    ReadingQuiet | ChoosingItem | ReadingGuide | IdentityStage | EnteringPhone
    | Confirming | Reserving | Opening | OpenFailed | PuttingIn | NothingSeen | Holding | Receipt | TakingCard
    | Farewell | Rating | Trouble | DoorLeftOpen | custodystate.CustodyStage | applicationstate.ApplicationStage
    | scanstate.ScanStage | promisestate.PromiseStage | agencystate.AgencyStage | certificatestate.CertificateStage
)  # fmt: skip
StaffStage = staffstate.StaffStage
VendorStage = Inspecting | ReadingFrames | TouchingGrid | TryingDoor
Stage = Idle | CitizenStage | StaffStage | VendorStage


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings that decide the flow."""

    face_tries: int = 2
    ways: tuple[Identity, ...] = (
        Identity.CODE_SMS,
        Identity.CODE_STAFF,
    )  # without a face, as they are offered
    consent_version: str = "1"
    face_engine: str = ""
    staff_cards: bool = False  # a reader is fitted
    grace: bool = True  # the door is shut: the citizen may open it once more, then confirms
    pickup_face: bool = False  # a face check before a result is handed out
    quiet_days: int = 14  # of history before anything is said of quiet hours
    rating: bool = False  # a matter that came to its end may be rated
    volume: int = 0  # of the voice, 1 to 5, as it is for everybody; 0: nothing is spoken
    scheme: Scheme = Scheme.NIGHT  # the colours for everybody
    low_px: int = 0  # what stands under this height is within reach from a wheelchair; 0: all is
    motion: bool = True  # things move, for everybody
    light_hours: tuple[int, int] = (0, 0)  # of the day, the second one out: light colours; equal: never
    call_back: bool = False  # staff can be asked to call
    two_for_any: bool = True  # two persons of staff to open any compartment
    two_for_audit: bool = False  # and to look into those that hold something, in an audit
    forms: tuple[tuple[str, tuple[FormField, ...]], ...] = ()  # item -> its form
    scans: tuple[
        tuple[str, scanstate.ScanPlan], ...
    ] = ()  # item -> what of it may be scanned; a camera is fitted
    scan_pages: int = 20  # of one paper, at most
    wrong_numbers: int = 5  # of cases, in one session: more is no slip of the finger
    later: tuple[
        tuple[str, tuple[promisestate.LaterPaper, ...]], ...
    ] = ()  # item -> its papers that may follow
    in_person: frozenset[str] = frozenset()  # items that nobody hands in for somebody else

    def form(self, item_code: str) -> tuple[FormField, ...]:
        """The fields of an item's form; none where it has none."""
        return next((fields for code, fields in self.forms if code == item_code), ())

    def later_papers(self, item_code: str) -> tuple[promisestate.LaterPaper, ...]:
        """The papers of an item that may follow."""
        return next((papers for code, papers in self.later if code == item_code), ())

    def scan_plan(self, item_code: str) -> scanstate.ScanPlan | None:
        """What of an item may be scanned; None: nothing."""
        return next((plan for code, plan in self.scans if code == item_code), None)


@dataclass(frozen=True, slots=True)
class Session:
    """The screen's whole state: the stage, how it is shown, and what the machine can do."""

    stage: Stage = field(default_factory=Idle)
    lang: str = "zh_CN"
    large: bool = False
    scheme: Scheme | None = None  # the colours that somebody chose; None: the site's
    help: bool = False
    aid: Aid = field(default_factory=Aid)  # where somebody is in help
    voice: VoiceState = field(default_factory=VoiceState)
    look: Look = field(default_factory=Look)
    seconds_left: int | None = None
    facts: Facts = field(default_factory=Facts)
    policy: Policy = field(default_factory=Policy)
    quiet: QuietHours | None = None  # when it is usually quiet, as far as that is known
    home_lang: str = "zh_CN"
    inspection: Inspection = field(default_factory=Inspection)  # only while a technician is at work
    next_id: str = ""  # a fresh session's number, laid ready by the runtime
    helper: staffstate.HelperRound | None = None  # of whoever is signed in to hand in for others

    @property
    def is_still(self) -> bool:
        """Whether nothing moves: as it was chosen, else as the site has it."""
        return not self.policy.motion if self.look.still is None else self.look.still

    @property
    def is_adjusted(self) -> bool:
        """Whether somebody set anything, or looks at what can be set."""
        chosen = self.large or self.scheme is not None or self.lang != self.home_lang
        return chosen or self.help or self.voice != VoiceState() or self.look != Look()

    def can_begin(self, item_code: str) -> bool:
        """Whether this item can be handed in now: in a compartment, or where all of it may be scanned, without one."""
        plan = self.policy.scan_plan(item_code)
        alone = plan is not None and plan.whole and self.facts.can_scan
        return alone or self.facts.can_take(item_code)

    @property
    def paper_lang(self) -> str:
        """The language of what this person gets on paper and by text message."""
        return on_paper(self.lang)
