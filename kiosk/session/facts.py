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
    POWER = "power"  # failing: the mains are gone and the battery ends


NEEDED: Final = frozenset(
    {Part.READER, Part.BOARD, Part.DISK, Part.POWER}
)  # without one nobody can hand anything in


class Identity(StrEnum):
    """How the person was identified."""

    VERIFIED = "verified"
    CARD_ONLY = "card_only"


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One case that a person on staff has to do something about."""

    case_id: str
    cell: str
    item_code: str
    since: str  # ISO 8601, local
    card_only: bool
    claimed: bool
    disputed: bool


@dataclass(frozen=True, slots=True)
class CellFact:
    """One compartment that waits for a person: out of service, or its content is not known."""

    cell: str
    reason: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A snapshot of the machine."""

    failing: frozenset[Part] = frozenset()
    free: tuple[tuple[str, int], ...] = ()  # (size, count), smallest first
    tonight: int = 0
    staff_lamp: bool = False
    cells: tuple[CellView, ...] = ()
    cases: tuple[CaseFact, ...] = ()
    questions: tuple[CellFact, ...] = ()
    empty_cells: frozenset[str] = (
        frozenset()
    )  # shut, known to be empty, given to nobody: a technician may try them

    @property
    def can_deposit(self) -> bool:
        """A deposit needs the reader, the lock board, the disk, time left on the battery, and a free compartment."""
        return not (self.failing & NEEDED) and any(n for _, n in self.free)

    def settled(self, cell: str) -> "Facts":
        """Without the cases of a compartment that staff have just dealt with."""
        return replace(self, cases=tuple(case for case in self.cases if case.cell != cell))

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
