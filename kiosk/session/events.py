"""What happens to a session besides intents: outcomes of effects, devices, time."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.catalogue.rules import Decision
from screens.intents import Intent

from .certificatestate import CertificateFact
from .facts import CardFacts, FaceProof, Facts, FrameFact, Inspection, OwnCase, Sight
from .progressfacts import CaseProgress
from .quietfacts import QuietHours
from .staffevents import StaffEvent


@dataclass(frozen=True, slots=True)
class FactsChanged:
    """The machine's state changed."""

    facts: Facts


class CardTrouble(StrEnum):
    """Why a card could not be used."""

    LIFTED = "lifted"
    UNREADABLE = "unreadable"
    INVALID = "invalid"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card lies on the reader; it is being read."""


@dataclass(frozen=True, slots=True)
class CardTaken:
    """The card was read and may be used."""

    card: CardFacts = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardFailed:
    """The card cannot be used."""

    trouble: CardTrouble


@dataclass(frozen=True, slots=True)
class CardGone:
    """The card was lifted."""


@dataclass(frozen=True, slots=True)
class CardFoundAtStart:
    """A card lay on the reader when the program started: somebody was cut off."""


@dataclass(frozen=True, slots=True)
class FaceHint:
    """Guidance for the person in front of the camera (a `face.*` text key's last part) and progress 0..1."""

    hint: str
    progress: float


@dataclass(frozen=True, slots=True)
class FaceAsked:
    """The person is to do `step` now: the `number`th (from 1) of `total`, within `seconds`."""

    step: str
    number: int
    total: int
    seconds: float


@dataclass(frozen=True, slots=True)
class FaceAnswer:
    """How the check ended: `match`, `no_match`, `not_live`, `uncertain`, `no_face`, `camera_gone`, …

    `blocked`: none was made, too many did not match lately.
    """

    outcome: str
    proof: FaceProof = field(default_factory=FaceProof)


class Stale(StrEnum):
    """Why a verification counts no more."""

    CHANGED = "changed"  # another face, or none, stands there
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class FaceStale:
    """A verification counts no more: before a door opens the person is looked at again."""

    why: Stale


@dataclass(frozen=True, slots=True)
class CodeSent:
    """The text message with the code went out, to a number that ends in `tail`."""

    tail: str


@dataclass(frozen=True, slots=True)
class CodeNotSent:
    """No code is on its way. `why`: `no_phone` is known, `failed`, `too_many`."""

    why: str


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """What was typed is the code, or `why` not: `wrong`, `wait` (`wait_s`), `gone` (none, expired, used, blocked)."""

    right: bool
    why: str = ""
    left: int = 0
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """What the duty desk said: `allowed`, `refused`, `no_answer`."""

    outcome: str


@dataclass(frozen=True, slots=True)
class IdentityGone:
    """The identity process died or hung; a fresh one stands ready, the card must be read again."""


@dataclass(frozen=True, slots=True)
class CellGiven:
    """A compartment is reserved for the case. `decision`: what the item's rules say of the application, if any do."""

    case_id: str
    cell: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class NoCell:
    """No compartment is free for this case. `why`: empty, `reach` (others are free), `size` (smaller ones may be)."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """The door's sensor said open, or why it did not."""

    cell: str
    opened: bool
    reason: str = ""  # locker's NotOpened reason


@dataclass(frozen=True, slots=True)
class DoorShut:
    """The door is shut again; `item`: what the item sensor sees (`present`, `notPresent`, `unknown`)."""

    cell: str
    item: str


@dataclass(frozen=True, slots=True)
class DoorLost:
    """The lock board stopped answering while a door was open."""

    cell: str


@dataclass(frozen=True, slots=True)
class DoorOpenLong:
    """The door stands open for longer than it should."""

    cell: str


@dataclass(frozen=True, slots=True)
class DepositRecorded:
    """The deposit is durable; the journal's anchor for the receipt."""

    case_id: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the person said in their last case: field -> answer."""

    phone: str = field(default="", repr=False)
    answers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class CasesFound:
    """What the journal has of the person who stands there, newest first. `of`: the number that was asked for.

    Whoever stands there meanwhile is shown nothing that was asked for somebody else.
    """

    cases: tuple[OwnCase, ...] = ()
    earlier: Earlier = Earlier()
    of: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class CertificateReady:
    """The certificate of the case, or `why` there is none (a `notice.certificate_*` key's last part)."""

    certificate: CertificateFact | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class CertificatePrinted:
    """What became of the paper with the certificate of this number: `printed`, `notPrinted`, `unknown`."""

    number: str
    outcome: str


@dataclass(frozen=True, slots=True)
class CodeScanned:
    """A code was held to the scanner: the receipt of this case, empty where it is no receipt of this kiosk."""

    case_id: str = ""


@dataclass(frozen=True, slots=True)
class ProgressFound:
    """Where the cases that were asked for stand, newest first; none: there is no such case.

    `refused`: nothing was looked up, too many numbers were wrong in the last minute; `of`: the person's number, or the
    case's, that was asked for.
    """

    cases: tuple[CaseProgress, ...] = ()
    refused: bool = False
    of: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class PickupChecked:
    """The code is that of `case_id` and named `code_id`; empty: it is not, and `why`.

    `why`: `wrong` (`left` tries), `wait` (`wait_s`), `expired`, `used`, `blocked`, `none`.
    """

    case_id: str = ""
    code_id: str = ""
    why: str = ""
    left: int = 0
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class ParcelReturned:
    """It is durable that the citizen has what lay in this compartment, or `still_inside`: its sensor says otherwise."""

    cell: str
    still_inside: bool = False


@dataclass(frozen=True, slots=True)
class CaseFiled:
    """A case is durable with its pages, and no compartment was needed for them. `decision` as in `CellGiven`."""

    case_id: str
    anchor: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class PageTaken:
    """A sheet was looked at; `concerns`: why it will not do (a `scan.*` text key's last part), and it was not kept."""

    number: int
    concerns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanFailed:
    """The document camera did not answer."""


@dataclass(frozen=True, slots=True)
class RecordingFailed:
    """The journal could not take a fact (disk full)."""


@dataclass(frozen=True, slots=True)
class ReceiptAnswer:
    """What is known about the receipt: `printed`, `notPrinted`, `unknown`."""

    outcome: str


@dataclass(frozen=True, slots=True)
class SheetPrinted:
    """What is known about the one-time notice of an item: `printed`, `notPrinted`, `unknown`."""

    item_code: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Inspected:
    """How all devices are now."""

    inspection: Inspection


@dataclass(frozen=True, slots=True)
class TrialAnswer:
    """A test came to its end, or to where a person must judge. `outcome`: `passed`, `failed`, `judge`.

    `shown`: for the person who stands there, masked; it goes nowhere else.
    """

    device: str
    test: str
    outcome: str
    detail: str = ""
    shown: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CameraSeen:
    """What the camera shows now, for a technician."""

    sight: Sight


@dataclass(frozen=True, slots=True)
class FramesTold:
    """The last frames of a device's line, newest first."""

    device: str
    frames: tuple[FrameFact, ...]


@dataclass(frozen=True, slots=True)
class ReportMade:
    """The readiness report was written; `number` empty: it was not."""

    number: str


@dataclass(frozen=True, slots=True)
class QuietTold:
    """When it is usually quiet; None: too little is known yet."""

    hours: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class AidAnswer:
    """A report or the wish for a call back is on record under this number; empty: it is not, or nobody could be told
    that somebody is needed here."""

    number: str
    is_call: bool = False


@dataclass(frozen=True, slots=True)
class AidLeft:
    """Nobody has touched the pages of help for long: they close, what was typed is gone."""


@dataclass(frozen=True, slots=True)
class HeadphonesPlugged:
    """Headphones were plugged in, or pulled out."""

    plugged: bool


@dataclass(frozen=True, slots=True)
class IdleFor:
    """Nobody touched the screen; seconds until the session ends (0: it ends now). Only under the warning limit."""

    seconds_left: int


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A page that shows by itself has been shown long enough, or wants to be heard again."""


@dataclass(frozen=True, slots=True)
class CardLeftLong:
    """The card lies on the reader past the limit."""


@dataclass(frozen=True, slots=True)
class DoorOpenAtStart:
    """A door stood open when the program started: somebody was cut off."""

    cell: str
    case_id: str = ""


Event = (
    Intent | FactsChanged | CardSeen | CardTaken | CardFailed | CardGone | CardFoundAtStart | FaceHint | FaceAsked
    | FaceAnswer | FaceStale | CodeSent | CodeNotSent | CodeAnswer | DeskAnswer
    | CaseFiled | PageTaken | ScanFailed
    | IdentityGone | CellGiven | NoCell | DoorAnswer | DoorShut | DoorLost | DoorOpenLong | DepositRecorded
    | CasesFound | CodeScanned | ProgressFound | CertificateReady | CertificatePrinted | PickupChecked | ParcelReturned
    | QuietTold | HeadphonesPlugged | AidAnswer | AidLeft | RecordingFailed | ReceiptAnswer | SheetPrinted | StaffEvent
    | IdleFor | LeftAlone | CardLeftLong | DoorOpenAtStart | Inspected | TrialAnswer | CameraSeen | FramesTold
    | ReportMade
)  # fmt: skip
