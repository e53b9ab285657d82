"""Stages of the citizen's custody beside the plain deposit: own cases and where they stand, the grace before a deposit
counts, fetching."""

from dataclasses import dataclass, field

from .facts import OwnCase
from .progressfacts import CaseProgress
from .visit import Parcel, Place, Visit


@dataclass(frozen=True, slots=True)
class LookingUp:
    """The journal is asked what it has of this person."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class CutOff:
    """A case of theirs was cut off by a power failure: what is known of it, what comes next. `cases`: all there are."""

    visit: Visit
    case: OwnCase
    cases: tuple[OwnCase, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnCases:
    """Their open cases: papers may be added to one, or something new is handed in."""

    visit: Visit
    cases: tuple[OwnCase, ...]


@dataclass(frozen=True, slots=True)
class NoReach:
    """No compartment within easy reach is free; another one is."""

    visit: Visit
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Sealing:
    """The papers are inside and the door is shut; it counts when the citizen says so, or after a while."""

    visit: Visit
    place: Place


@dataclass(frozen=True, slots=True)
class TypingPickup:
    """The code from the text message. `trouble`: a `pickup.*` text key's last part."""

    visit: Visit
    cases: tuple[OwnCase, ...]
    digits: str = field(default="", repr=False)
    checking: bool = False
    trouble: str = ""
    left: int = 0
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class PickupOpening:
    """The lock was told to open the compartment of a parcel; `rest` of the same case follow."""

    visit: Visit
    parcel: Parcel
    rest: tuple[Parcel, ...] = ()
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class PickupFailed:
    """The door did not open; the citizen may try again."""

    visit: Visit
    parcel: Parcel
    rest: tuple[Parcel, ...] = ()


@dataclass(frozen=True, slots=True)
class Taking:
    """The door stands open for the citizen to take what waits."""

    visit: Visit
    parcel: Parcel
    rest: tuple[Parcel, ...] = ()
    long_open: bool = False


@dataclass(frozen=True, slots=True)
class StillInside:
    """The door is shut again and something lies inside (`seen`), or no sensor can tell."""

    visit: Visit
    parcel: Parcel
    rest: tuple[Parcel, ...] = ()
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Returning:
    """That the parcel went to the citizen is being made durable."""

    visit: Visit
    parcel: Parcel
    rest: tuple[Parcel, ...] = ()


@dataclass(frozen=True, slots=True)
class AskingHow:
    """Where a case stands: by the ID card, or by the number on the receipt; `wrong`: numbers so far that nobody has.

    `strange`: what was held to the scanner is no receipt of this kiosk.
    """

    wrong: int = 0
    strange: bool = False


@dataclass(frozen=True, slots=True)
class ByNumber:
    """The number on the receipt is typed; `found`: where that case stands, which names nobody.

    `wrong`: numbers of this session that no case has; `refused`: nothing more is looked up here for now; `strange`: as
    in `AskingHow`; `scanned`: from there, so that the way back leads there.
    """

    digits: str = field(default="", repr=False)
    checking: bool = False
    unknown: bool = False
    wrong: int = 0
    refused: bool = False
    found: CaseProgress | None = None
    strange: bool = False
    scanned: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """Where the cases of the card's holder stand; `shown`: the one that is looked at, by its number."""

    visit: Visit
    cases: tuple[CaseProgress, ...]
    shown: str = ""

    @property
    def one(self) -> CaseProgress | None:
        """The case that is looked at."""
        return next((case for case in self.cases if case.case_id == self.shown), None)


PickupStage = TypingPickup | PickupOpening | PickupFailed | Taking | StillInside | Returning
ProgressStage = AskingHow | ByNumber | Overview
CustodyStage = LookingUp | CutOff | OwnCases | NoReach | Sealing | PickupStage | ProgressStage
