"""What the session asks of the runtime. Each is answered by an event, late or never: the step must bear both."""

from dataclasses import dataclass, field

from locker.events import Evidence

from .facts import CardFacts, Identity


@dataclass(frozen=True, slots=True)
class Record:
    """Journal an application event: its class name in `kiosk.journal.events`, its fields."""

    event: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BeginCard:
    """Look for a card. `warm_camera`: the person consented to the face check, so the camera may open ahead of it."""

    warm_camera: bool = False


@dataclass(frozen=True, slots=True)
class BeginFace:
    """Compare the live face with the card's photo; only ever after consent."""


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
class OpenCase:
    """Give the person a compartment: journal the case, reserve the compartment. Answer: `CellGiven` or `NoCell`."""

    session_id: str
    item_code: str
    identity: Identity
    card: CardFacts = field(repr=False)
    phone: str = field(repr=False)
    lang: str
    case_id: str = ""  # set: the same case, another compartment
    instead_of: str = ""  # the compartment that did not open


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
    """The papers are inside. Answer: `DepositRecorded`."""

    case_id: str
    cell: str
    evidence: Evidence


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
    """Print the receipt of a held deposit. Answer: `ReceiptAnswer`."""

    case_id: str
    cell: str
    item_code: str
    identity: Identity
    evidence: Evidence
    lang: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Check a staff number and PIN. Answer: `SignInAnswer`."""

    staff_no: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuthorizeRetrieval:
    """Staff may open a case's compartment; journalled before the door opens."""

    case_id: str
    cell: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class CollectDeposit:
    """Staff has the papers. Answer: `StaffRecorded`."""

    case_id: str
    cell: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class ClearCell:
    """Staff has looked: the compartment is empty and works. Answer: `StaffRecorded`."""

    case_id: str
    cell: str
    staff_no: str
    reason: str


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


IdentityEffect = BeginCard | BeginFace | StopFace | WatchCard | EndIdentity
CustodyEffect = (
    OpenCase | OpenDoor | WaitClosed | HoldDeposit | AbandonDeposit | DisputeDeposit | PrintReceipt
)
StaffEffect = SignIn | AuthorizeRetrieval | CollectDeposit | ClearCell
VendorEffect = Inspect | TryDevice | EndTest | TellFrames | WriteReport
Effect = Record | Sound | IdentityEffect | CustodyEffect | StaffEffect | VendorEffect
