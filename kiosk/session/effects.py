"""What the session asks of the runtime. Each is answered by an event, late or never: the step must bear both."""

from dataclasses import dataclass, field

from locker.events import Evidence

from .facts import CardFacts, Identity
from .staffeffects import StaffEffect
from .visit import Agency, Followed, Held, Parcel, Promise, Scanned

Field = str | float | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Record:
    """Journal an application event: its class name in `kiosk.journal.events`, its fields."""

    event: str
    fields: tuple[tuple[str, Field], ...] = ()


@dataclass(frozen=True, slots=True)
class BeginCard:
    """Look for a card. The camera stays shut: whose consent is needed is known when the card was read."""


@dataclass(frozen=True, slots=True)
class BeginFace:
    """Is the live face that of the card's photo; only ever after consent. Answer: `FaceAnswer`.

    `alternative`: movements for who can't turn the head or close the eyes.
    """

    card_number: str = field(repr=False)
    alternative: bool = False


@dataclass(frozen=True, slots=True)
class CountMismatch:
    """A check did not say that this is the card's holder: counted for this card; `against`: for the kiosk too.

    `against`: it spoke against the person. What was only undecided may happen to everybody.
    """

    session_id: str
    card_number: str = field(repr=False)
    against: bool


@dataclass(frozen=True, slots=True)
class StopFace:
    """End the face check."""


@dataclass(frozen=True, slots=True)
class WatchCard:
    """Say when the card is lifted."""


@dataclass(frozen=True, slots=True)
class EndIdentity:
    """The session's personal and biometric data die."""


@dataclass(frozen=True, slots=True)
class SendCode:
    """Send a code to the telephone that the back office knows for this card. Answer: `CodeSent` or `CodeNotSent`."""

    session_id: str
    card_number: str = field(repr=False)
    lang: str


@dataclass(frozen=True, slots=True)
class CheckCode:
    """Is what was typed the code of this way? Answer: `CodeAnswer`."""

    session_id: str
    way: Identity
    card_number: str = field(repr=False)
    typed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskDesk:
    """Ask the duty desk to look at who stands there. Answer: `DeskAnswer`, within the desk's time limit."""

    session_id: str
    item_code: str
    card: CardFacts = field(repr=False)


@dataclass(frozen=True, slots=True)
class DropWay:
    """The person goes another way: a code that was sent is worth nothing, the desk is asked no more."""

    session_id: str


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Give the person a compartment: journal the case, reserve the compartment. Answer: `CellGiven` or `NoCell`.

    `case_id` set: the case is there already. `instead_of`: the compartment that did not open, or was too small.
    """

    session_id: str
    item_code: str
    identity: Identity
    card: CardFacts = field(repr=False)
    phone: str = field(repr=False)
    lang: str
    case_id: str = ""
    instead_of: str = ""
    larger: bool = False
    reach: bool = False
    answers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # of a new case: field -> answer
    scans: tuple[Scanned, ...] = ()  # of a new case
    promise: Promise | None = None  # of a new case: what follows
    agency: Agency | None = None  # of a new case: `card` is the person's, `identity` the agent's


@dataclass(frozen=True, slots=True)
class FileCase:
    """Scans are all that comes in: journal the case with them, no compartment is needed. Answer: `CaseFiled`."""

    session_id: str
    item_code: str
    identity: Identity
    card: CardFacts = field(repr=False)
    phone: str = field(repr=False)
    lang: str
    answers: tuple[tuple[str, str], ...] = field(repr=False)
    scans: tuple[Scanned, ...]
    promise: Promise | None = None
    agency: Agency | None = None  # as in `OpenCase`


@dataclass(frozen=True, slots=True)
class AddPages:
    """Scans are all that comes in for a case that there is: journal them. Answer: `CaseFiled`.

    `followed`: the promised papers that they are.
    """

    case_id: str
    session_id: str
    item_code: str
    lang: str
    scans: tuple[Scanned, ...]
    followed: Followed | None = None


@dataclass(frozen=True, slots=True)
class WakeScanner:
    """Pages come: the document camera stays open. Answer, if at all: `ScanFailed`."""


@dataclass(frozen=True, slots=True)
class TakePage:
    """Take a picture of the sheet that lies there. Answer: `PageTaken` or `ScanFailed`."""


@dataclass(frozen=True, slots=True)
class TurnPage:
    """Keep this page a quarter further, clockwise, as another one. Answer: `PageTaken` or `ScanFailed`."""

    number: int


@dataclass(frozen=True, slots=True)
class DropPages:
    """These pages are wanted no more."""

    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RestScanner:
    """No more pages come; those that are there stay until the session ends."""


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """Open one compartment. Answer: `DoorAnswer`."""

    cell: str
    case_id: str
    actor: str


@dataclass(frozen=True, slots=True)
class WaitClosed:
    """Say when the door is shut again. Answer: `DoorShut`."""

    cell: str
    case_id: str


@dataclass(frozen=True, slots=True)
class HoldDeposit:
    """The papers are inside, and with them what was promised. Answer: `DepositRecorded`."""

    case_id: str
    cell: str
    evidence: Evidence
    followed: Followed | None = None


@dataclass(frozen=True, slots=True)
class AbandonDeposit:
    """No deposit came of it; the compartment is free again."""

    case_id: str
    cell: str
    reason: str


@dataclass(frozen=True, slots=True)
class DisputeDeposit:
    """Nobody can say whether papers are inside: a person must look."""

    case_id: str
    cell: str
    reason: str


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Print the receipt of what is held of a case, all of it; or of its pages alone. Answer: `ReceiptAnswer`."""

    case_id: str
    held: tuple[Held, ...]
    item_code: str
    identity: Identity
    lang: str
    pages: int = 0  # that were scanned
    promise: Promise | None = None
    by_agent: bool = False
    letter: bool = False  # of authorisation, with the papers
    letter_scanned: bool = False
    supplement: bool = False  # to an earlier case: not all papers of the item came in
    followed: Followed | None = None  # what was promised for it
    scanned: tuple[int, ...] = ()  # the papers whose pages came in, by their numbers


@dataclass(frozen=True, slots=True)
class PrintSheet:
    """Print the one-time notice of an item. Answer: `SheetPrinted`."""

    item_code: str
    lang: str


@dataclass(frozen=True, slots=True)
class FindCases:
    """Find what the journal has of this person. Answer: `CasesFound`.

    `recall`: with what they said in their last case, which is read and journalled as read; `to_fetch`: with the cases
    of others whose result they may fetch.
    """

    card_number: str = field(repr=False)
    recall: bool = False
    to_fetch: bool = False


@dataclass(frozen=True, slots=True)
class FindProgress:
    """Find where the cases of this person stand, or the one of this number. Answer: `ProgressFound`."""

    card_number: str = field(default="", repr=False)
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class IssueCertificate:
    """Have the certificate of this person's case, which is issued only once. Answer: `CertificateReady`."""

    case_id: str
    card_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrintCertificate:
    """Print it, and journal that they have it. Answer: `CertificatePrinted`."""

    case_id: str
    session_id: str
    identity: Identity
    number: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CheckPickup:
    """Is what was typed the code of one of these cases? Answer: `PickupChecked`."""

    case_ids: tuple[str, ...]
    typed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenParcel:
    """Card and code are proven: journal it, open the compartment. Answer: `DoorAnswer`."""

    parcel: Parcel
    identity: Identity


@dataclass(frozen=True, slots=True)
class ReturnParcel:
    """The citizen has it: journal that, spend the code with the last one of the case. Answer: `ParcelReturned`."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Inspect:
    """Tell how all devices are, `after_s` from now. Answer: `Inspected`."""

    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class TryDevice:
    """Try one device. Answer: `TrialAnswer`; for the card test the card's own events."""

    device: str
    test: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class EndTest:
    """Stop a test that goes on by itself (the live picture, waiting for a card)."""

    device: str
    test: str


@dataclass(frozen=True, slots=True)
class TellFrames:
    """The last frames of a device's line. Answer: `FramesTold`."""

    device: str


@dataclass(frozen=True, slots=True)
class WriteReport:
    """Write the readiness report; `results`: (device, test, outcome, detail). Answer: `ReportMade`."""

    staff_no: str
    results: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound with a meaning: `attention` or `alarm`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a `spoken.*` text; one that is being spoken is cut off. Never anything of a person."""

    key: str
    lang: str


@dataclass(frozen=True, slots=True)
class SayAgain:
    """Speak the page that stands from its beginning."""


@dataclass(frozen=True, slots=True)
class InviteRating:
    """Who left without a word may be asked later, where the site has a way to; `matter`: `deposit`, `fetch`."""

    matter: str


@dataclass(frozen=True, slots=True)
class ReportProblem:
    """Record a problem with the machine as it is, tell technicians. Answer: `AidAnswer`."""

    problem: str


@dataclass(frozen=True, slots=True)
class AskCallBack:
    """Ask staff to call this number. Answer: `AidAnswer`."""

    phone: str = field(repr=False)


IdentityEffect = BeginCard | BeginFace | CountMismatch | StopFace | WatchCard | EndIdentity
WayEffect = SendCode | CheckCode | AskDesk | DropWay
CustodyEffect = (
    OpenCase
    | FileCase
    | AddPages
    | OpenDoor
    | WaitClosed
    | HoldDeposit
    | AbandonDeposit
    | DisputeDeposit
    | PrintReceipt
)
ScanEffect = WakeScanner | TakePage | TurnPage | DropPages | RestScanner
OwnEffect = FindCases | FindProgress | CheckPickup | OpenParcel | ReturnParcel
CertificateEffect = IssueCertificate | PrintCertificate
AidEffect = ReportProblem | AskCallBack
VendorEffect = Inspect | TryDevice | EndTest | TellFrames | WriteReport
Effect = (
    Record
    | Sound
    | Say
    | SayAgain
    | PrintSheet
    | IdentityEffect
    | WayEffect
    | CustodyEffect
    | ScanEffect
    | OwnEffect
    | CertificateEffect
    | AidEffect
    | InviteRating
    | StaffEffect
    | VendorEffect
)
