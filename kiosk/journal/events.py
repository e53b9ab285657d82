"""Facts of the application, in the past tense. What is named in PERSONAL is sealed under the key of the case."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class KioskStarted:
    """The program came up."""

    version: str
    profile: str


@dataclass(frozen=True, slots=True)
class KioskStopped:
    """The program went down in order."""

    reason: str


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """Somebody began at the screen."""

    session_id: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The session was wiped."""

    session_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """Somebody agreed to the face check, to this version of the text. `by`: `person`, or `guardian` of a child."""

    VERSION: ClassVar[int] = 2  # 1: without `by`

    session_id: str
    text_version: str
    by: str = "person"


@dataclass(frozen=True, slots=True)
class ConsentDeclined:
    """Somebody took a way without a face. `by`: `person`, or `guardian` of a child."""

    VERSION: ClassVar[int] = 2  # 1: without `by`

    session_id: str
    text_version: str
    by: str = "person"


@dataclass(frozen=True, slots=True)
class CardRead:
    """A card was read; `kind` says which of the four card kinds."""

    session_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class CardRefused:
    """A card was not accepted: expired, unreadable, lifted."""

    session_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class IdentityVerified:
    """The live face is that of the chip. `models`: digest over the engine's files; `challenge`: what was asked for."""

    VERSION: ClassVar[int] = 2  # 1: session and engine only

    session_id: str
    engine: str
    score: float | None = None
    threshold: float | None = None
    models: str = ""
    liveness: str = ""
    challenge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityNotVerified:
    """The face check came to another outcome; `score` None: nothing was compared."""

    VERSION: ClassVar[int] = 2  # 1: session and outcome only

    session_id: str
    outcome: str
    engine: str = ""
    score: float | None = None
    threshold: float | None = None
    models: str = ""
    liveness: str = ""
    challenge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityAccepted:
    """Who it is was settled without a face: `way` is `code_sms`, `code_staff`, `duty_desk` or `card_only`."""

    session_id: str
    way: str


@dataclass(frozen=True, slots=True)
class FaceChecksBlocked:
    """Too many faces did not match within the window. `scope`: `card` (this one) or `kiosk` (whoever comes)."""

    session_id: str
    scope: str
    mismatches: int


@dataclass(frozen=True, slots=True)
class DutyDeskAsked:
    """The duty desk was asked to look at who stands there."""

    session_id: str
    request: str


@dataclass(frozen=True, slots=True)
class DutyDeskAnswered:
    """What the desk said: `allowed`, `refused` or `no_answer`; `by`: who looked, as the desk names them."""

    session_id: str
    request: str
    outcome: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class KnownPhonesImported:
    """The register of telephones that the back office knows was replaced; `sha256`: of the file."""

    phones: int
    by: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """The person confirmed an application; `identity` says how it is known who (`verified`, `code_sms`, …)."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"name", "id_number", "phone"})
    INDEXED: ClassVar[str] = "id_number"

    case_id: str
    session_id: str
    item_code: str
    department: str
    identity: str
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseCancelled:
    """The person turned back before any paper was in the cabinet."""

    case_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class CaseContinued:
    """The person whose case it is came again, to add papers or to fetch what waits; `identity` as in `CaseOpened`.

    `by`: `person`, or the `agent` who handed it in for them and may fetch.
    """

    VERSION: ClassVar[int] = 2  # 1: without `by`

    case_id: str
    session_id: str
    identity: str
    errand: str
    by: str = "person"


@dataclass(frozen=True, slots=True)
class InterruptionTold:
    """The person whose visit a power failure cut off was told at the screen what became of the case."""

    case_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class PapersTooLarge:
    """The papers of a case fit no compartment that this kiosk has free, the person says."""

    case_id: str
    item_code: str


@dataclass(frozen=True, slots=True)
class ReceiptPrinted:
    """What is known about the receipt: `printed`, `notPrinted` or `unknown`."""

    case_id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class CardLeftBehind:
    """A card lay on the reader past the limit, or at the start (`session_id` empty: nobody knows whose)."""

    session_id: str = ""


@dataclass(frozen=True, slots=True)
class CardTakenBack:
    """The card left behind is gone from the reader."""

    session_id: str = ""


@dataclass(frozen=True, slots=True)
class NoticeUndelivered:
    """No channel delivered a notice in time, or it was given up."""

    message_id: str
    event_seq: int
    channel: str
    recipient: str
    reason: str
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class VendorModeEntered:
    """A technician works at the machine; citizens wait."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class VendorModeExited:
    """The technician left, or was signed out after a while without a touch."""

    staff_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class TestMessageRequested:
    """A technician had a text message sent to their own phone."""

    __test__ = False  # no test of pytest's

    staff_no: str


@dataclass(frozen=True, slots=True)
class DeviceTested:
    """A technician tried a device. `outcome`: `passed`, `failed`."""

    device: str
    test: str
    outcome: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class ReadinessReported:
    """A readiness report was written. `sha256`: of its PDF; `staff_no` empty: from the command line, nobody named."""

    number: str
    fit: bool
    staff_no: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ChannelPulled:
    """A lock is about to be pulled while the cabinet is commissioned: which door hangs on it is not known yet."""

    board: str
    channel: int
    by: str


@dataclass(frozen=True, slots=True)
class BoardCommissioned:
    """Every lock of a board was tried and seen; `doors` of them open a compartment."""

    board: str
    by: str
    doors: int


@dataclass(frozen=True, slots=True)
class CodeIssued:
    """A one-time code was made; `code_id` names it, its digits are in no fact. `by`: who had it made; `until`: UTC."""

    code_id: str
    purpose: str
    by: str
    until: str
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class CodeUsed:
    """A one-time code was right and is spent."""

    code_id: str
    purpose: str
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """A code was not taken: `wrong` (`failures` so far), or `used`, `expired`, `revoked`, `blocked` before."""

    code_id: str
    purpose: str
    reason: str
    failures: int
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class CodeRevoked:
    """A one-time code is worth nothing any more: renewed, called back, or blocked after wrong tries."""

    code_id: str
    purpose: str
    by: str
    reason: str
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class CodeExpired:
    """The time of a one-time code ran out."""

    code_id: str
    purpose: str
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class PersonalDataRead:
    """A supervisor opened the sealed part of a case."""

    case_id: str
    staff_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class ErasureOrdered:
    """The key of a case is about to be destroyed: what a crash cuts off is carried out by the next start."""

    case_id: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonalDataErased:
    """The key of a case was destroyed."""

    case_id: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """A device stopped doing what its contract promises."""

    device: str
    detail: str


@dataclass(frozen=True, slots=True)
class DeviceReturned:
    """A device does what its contract promises again."""

    device: str


@dataclass(frozen=True, slots=True)
class MainsLost:
    """The mains are gone, the kiosk runs on its battery."""

    charge_percent: int | None = None


@dataclass(frozen=True, slots=True)
class MainsReturned:
    """The mains are back."""

    charge_percent: int | None = None


@dataclass(frozen=True, slots=True)
class KioskParked:
    """Nobody is served any more, everything that counts is durable; the program waits for the mains or the end."""

    reason: str


@dataclass(frozen=True, slots=True)
class CabinetOpened:
    """The cabinet's service door was opened by somebody who is signed in."""

    contact: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class CabinetForced:
    """The cabinet's service door was opened while nobody was signed in, or stood open at the start."""

    contact: str


@dataclass(frozen=True, slots=True)
class CabinetShut:
    """The cabinet's service door is shut again."""

    contact: str


@dataclass(frozen=True, slots=True)
class CabinetShaken:
    """The vibration contact answered."""

    contact: str


@dataclass(frozen=True, slots=True)
class ClockSetBack:
    """The wall clock jumped back by `by_s` seconds; event times stand still until it has caught up."""

    by_s: float


@dataclass(frozen=True, slots=True)
class DiskFull:
    """The disk was full and the ballast was freed, so that what had begun could be finished."""

    freed_bytes: int


@dataclass(frozen=True, slots=True)
class SegmentSealed:
    """Events `first` to `last` stand in a file of their own. `hash`: of the last one; `sha256`: of the file."""

    first: int
    last: int
    hash: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EventsMissing:
    """The journal had `known_seq` events, the last of them with hash `known_hash`; found were `found_seq` others.

    An older copy was put back, or what was written since was replaced: what lies in the compartments is not known.
    """

    found_seq: int
    known_seq: int
    known_hash: str


@dataclass(frozen=True, slots=True)
class UnexpectedHappened:
    """Something came that nobody expected where it came: kept, not swallowed. `detail` is without personal data."""

    source: str
    detail: str
