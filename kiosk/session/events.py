"""What happens to a session besides intents: outcomes of effects, devices, time."""

from dataclasses import dataclass, field
from enum import StrEnum

from screens.intents import Intent

from .facts import CardFacts, Facts, FrameFact, Inspection, Sight


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
class FaceAnswer:
    """The comparison's outcome: `match`, `no_match`, `uncertain`, `no_face`, `camera_gone`, …"""

    outcome: str


@dataclass(frozen=True, slots=True)
class IdentityGone:
    """The identity process died or hung; a fresh one stands ready, the card must be read again."""


@dataclass(frozen=True, slots=True)
class CellGiven:
    """A compartment is reserved for the case."""

    case_id: str
    cell: str


@dataclass(frozen=True, slots=True)
class NoCell:
    """No compartment is free for this case."""


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
class RecordingFailed:
    """The journal could not take a fact (disk full)."""


@dataclass(frozen=True, slots=True)
class ReceiptAnswer:
    """What is known about the receipt: `printed`, `notPrinted`, `unknown`."""

    outcome: str


@dataclass(frozen=True, slots=True)
class SignInAnswer:
    """Signed in, or how long to wait before the next try."""

    staff_no: str
    ok: bool
    wait_s: int = 0
    technician: bool = False  # signs in to the machine, not to what lies in it


@dataclass(frozen=True, slots=True)
class StaffCardRead:
    """A staff card was held to its reader. It only saves typing the number: the PIN is asked all the same."""

    staff_no: str  # empty: a card of nobody


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
class StaffRecorded:
    """What staff did is durable."""

    cell: str


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
    Intent | FactsChanged | CardSeen | CardTaken | CardFailed | CardGone | CardFoundAtStart | FaceHint | FaceAnswer
    | IdentityGone | CellGiven | NoCell | DoorAnswer | DoorShut | DoorLost | DoorOpenLong | DepositRecorded
    | RecordingFailed | ReceiptAnswer | SignInAnswer | StaffCardRead | StaffRecorded | IdleFor | LeftAlone
    | CardLeftLong | DoorOpenAtStart | Inspected | TrialAnswer | CameraSeen | FramesTold | ReportMade
)  # fmt: skip
