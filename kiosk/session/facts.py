"""What the session may know of the machine: devices, compartments, cases. Refreshed by the runtime, never guessed."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from screens.viewmodels import CellView


class Part(StrEnum):
    """A part of the machine that a service depends on."""

    READER = "reader"
    CAMERA = "camera"
    BOARD = "board"
    PRINTER = "printer"
    NETWORK = "network"
    MODEM = "modem"
    DISK = "disk"
    SCANNER = "scanner"  # the document camera; what else could be scanned comes in as copies
    POWER = "power"  # failing: the mains are gone and the battery ends


NEEDED: Final = frozenset(
    {Part.READER, Part.BOARD, Part.DISK, Part.POWER}
)  # without one nobody can hand anything in


class Identity(StrEnum):
    """How the person was identified."""

    VERIFIED = "verified"  # the live face is that of the card
    CODE_SMS = "code_sms"  # a code sent to the telephone that the back office knows
    CODE_STAFF = "code_staff"  # a code that a member of staff gave
    DUTY_DESK = "duty_desk"  # a member of staff looked through a camera of the desk's own
    CARD_ONLY = "card_only"  # staff compare when they collect
    HELPER = "helper"  # of whoever hands in for somebody else: a helper, by number and PIN


WITHOUT_FACE: Final = (Identity.CODE_SMS, Identity.CODE_STAFF, Identity.DUTY_DESK, Identity.CARD_ONLY)
BY_STAFF: Final = (Identity.CODE_STAFF, Identity.DUTY_DESK)  # a person decides


@dataclass(frozen=True, slots=True)
class CaseFact:
    """Papers of one case in one compartment that a person on staff has to do something about.

    `due`, `warn_from`: ISO dates, the last day of the time limit and the first on which it is near; empty: no limit.
    """

    case_id: str
    cell: str
    item_code: str
    since: str  # ISO 8601, local
    identity: str  # how it is known who handed in, an `Identity`'s word; empty where nobody knows
    claimed: bool
    disputed: bool
    department: str = ""
    due: str = ""
    warn_from: str = ""
    agency: str = ""  # an agent handed it in, and is who was identified: `card` of the person, or `letter`


@dataclass(frozen=True, slots=True)
class ResultFact:
    """Something that staff put into a compartment for the citizen of a case. `expires`: empty, no code is good now."""

    case_id: str
    cell: str
    kind: str  # of locker's `ResultKind`
    since: str  # ISO 8601, local
    item_code: str = ""
    expires: str = ""  # ISO 8601, local
    overdue: bool = False
    claimed: bool = False
    disputed: bool = False


class OwnState(StrEnum):
    """What a citizen is told of a case of theirs."""

    HELD = "held"  # papers lie here, staff collect them
    FILED = "filed"  # scanned pages are all that came in
    DOUBTFUL = "doubtful"  # a person has to look first
    COLLECTED = "collected"  # staff have the papers
    NOTHING = "nothing"  # nothing came to lie here
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class OwnCase:
    """One case of the citizen who stands there. `waiting`: (compartment, kind) of what they may fetch.

    `cut_off`: a power failure ended the last visit for it, and nobody has told them yet what became of it.
    """

    case_id: str
    item_code: str
    since: str  # ISO 8601, local
    state: OwnState
    cut_off: bool = False
    open: bool = False  # papers may be added
    waiting: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()  # what was promised and has not come
    by_agent: bool = False  # it is another person's, for whom they have handed it in


@dataclass(frozen=True, slots=True)
class PromiseFact:
    """Papers that a citizen promised and that have not come: their Chinese names, the ISO date until when."""

    case_id: str
    item_code: str
    missing: tuple[str, ...]
    until: str
    department: str = ""


@dataclass(frozen=True, slots=True)
class CellFact:
    """One compartment that waits for a person: out of service, or its content is not known."""

    cell: str
    reason: str
    out_of_service: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A snapshot of the machine."""

    failing: frozenset[Part] = frozenset()
    free: tuple[tuple[str, int], ...] = ()  # (size, count), smallest first
    tonight: int = 0
    staff_lamp: bool = False
    cells: tuple[CellView, ...] = ()
    cases: tuple[CaseFact, ...] = ()
    results: tuple[ResultFact, ...] = ()
    questions: tuple[CellFact, ...] = ()
    offices: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (staff number, departments)
    no_room: frozenset[str] = frozenset()  # items for which no compartment that fits is free now
    promises: tuple[PromiseFact, ...] = ()  # the nearest first
    scans: tuple[tuple[str, int], ...] = ()  # (case, its pages that staff have not taken out)
    follow_by: tuple[tuple[int, str], ...] = ()  # working days -> the ISO date that many after today
    too_large: frozenset[str] = frozenset()  # items for which this cabinet has no compartment at all
    empty_cells: frozenset[str] = (
        frozenset()
    )  # shut, known to be empty, given to nobody: a technician may try them
    reads_codes: bool = False  # a code scanner is fitted, and listens

    def departments_of(self, staff_no: str) -> frozenset[str]:
        """The departments of a member of staff; empty where they have none, or all."""
        return frozenset(next((theirs for number, theirs in self.offices if number == staff_no), ()))

    @property
    def can_read_cards(self) -> bool:
        """Asking about a case needs the reader; what it begins is journalled."""
        return not (self.failing & {Part.READER, Part.DISK, Part.POWER})

    @property
    def can_deposit(self) -> bool:
        """A deposit needs the reader, the lock board, the disk, time left on the battery, and a free compartment."""
        return not (self.failing & NEEDED) and any(n for _, n in self.free)

    @property
    def can_fetch(self) -> bool:
        """Fetching needs the same, but no compartment that is free."""
        return not (self.failing & NEEDED)

    @property
    def can_scan(self) -> bool:
        """Scans alone need the reader, the disk, the document camera and the power, and nothing of the cabinet."""
        return not (self.failing & {Part.READER, Part.DISK, Part.POWER, Part.SCANNER})

    def can_take(self, item_code: str) -> bool:
        """Whether papers for this item could be handed in now."""
        return self.can_deposit and item_code not in self.no_room | self.too_large

    def day_after(self, working_days: int) -> str:
        """The ISO date so many working days after today. Raises `KeyError` for a number no item has."""
        return dict(self.follow_by)[working_days]

    def promise_of(self, case_id: str) -> PromiseFact | None:
        """What is still missing of a case."""
        return next((promise for promise in self.promises if promise.case_id == case_id), None)

    def pages_of(self, case_id: str) -> int:
        """How many scanned pages of a case staff have not taken out yet."""
        return next((pages for case, pages in self.scans if case == case_id), 0)

    def is_blocked(self, cell: str) -> bool:
        """Out of service: whoever clears it gives a reason."""
        return any(question.cell == cell and question.out_of_service for question in self.questions)

    def settled(self, cell: str) -> "Facts":
        """Without what lay in a compartment that staff have just dealt with."""
        return replace(
            self,
            cases=tuple(case for case in self.cases if case.cell != cell),
            results=tuple(result for result in self.results if result.cell != cell),
        )

    @property
    def face_available(self) -> bool:
        """The face check needs a camera and verified models."""
        return Part.CAMERA not in self.failing


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the session keeps of a card that was read. Gone with the session."""

    name: str = field(repr=False)
    number: str = field(repr=False)
    masked_name: str = field(repr=False)
    masked_number: str = field(repr=False)
    kind: str
    child: bool = False  # below the age at which one consents to a face check oneself
    address: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)  # ISO 8601
    sex: str = field(default="", repr=False)  # `male`, `female`; empty: the card does not say


@dataclass(frozen=True, slots=True)
class FaceProof:
    """What the journal may keep of a face check beside its outcome. `score` None: nothing was compared."""

    score: float | None = None
    threshold: float | None = None
    engine: str = ""
    models: str = ""
    liveness: str = ""
    challenge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineFact:
    """What happened on a device's line; times in ms and s, None where nothing was answered yet.

    `frames_lately`, `faults_lately`: how many between one look and the next, oldest first.
    """

    frames: int
    retries: int
    checksum_errors: int
    timeouts: int
    losses: int
    latency_p50_ms: float | None = None
    latency_p95_ms: float | None = None
    answered_ago_s: float | None = None
    frames_lately: tuple[int, ...] = ()
    faults_lately: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """One device as a technician sees it. `tests`: what can be tried on it; `status` and `action` are XFS4IoT words."""

    name: str
    driver: str
    where: str
    status: str
    works: bool
    action: str = ""
    detail: str = ""
    identity: str = ""
    line: LineFact | None = None
    tests: tuple[str, ...] = ()
    has_frames: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What the camera shows: picture and largest face in px (0: none found), and how sharp it is."""

    width_px: int
    height_px: int
    sharpness: int
    face_px: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """All devices, whether a citizen could hand something in, and what to mend first."""

    devices: tuple[DeviceFact, ...] = ()
    fit: bool = False
    first: tuple[str, ...] = ()

    def device(self, name: str) -> DeviceFact | None:
        """One of them; None for a name that is not there."""
        return next((device for device in self.devices if device.name == name), None)


@dataclass(frozen=True, slots=True)
class FrameFact:
    """One frame of a line: when, which way, its bytes and what they mean."""

    at: str
    sent: bool
    hex: str
    meaning: str
    right: bool
