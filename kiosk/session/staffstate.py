"""The staff's states: signing in, the list, a round from door to door, what needs a reason or a second person, results.

The staff number stands first in each of them; nothing of a citizen is in them but a number being typed, gone with the
page.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from .facts import CaseFact
from .historystate import HistoryStage


class Purpose(StrEnum):
    """Why staff open a compartment."""

    COLLECT = "collect"
    RESOLVE = "resolve"  # nobody but a person can say what lies there
    RECALL = "recall"  # a result that nobody fetched
    MASTER = "master"  # any compartment, for a reason
    AUDIT = "audit"


class Found(StrEnum):
    """What became of one compartment of a round."""

    TAKEN = "taken"
    NOTHING = "nothing"
    ELSE = "somethingElse"
    LEFT = "left"  # what the record says is there, and stays
    UNSAID = "unsaid"  # the door was open, and the person left without a word
    NOT_OPENED = "notOpened"


@dataclass(frozen=True, slots=True)
class Errand:
    """One compartment to open. `expected`: the record says that something of the case lies there.

    `claimed`: no sensor ever saw it; `blocked`: the compartment is out of service, so that clearing it asks a reason.
    """

    purpose: Purpose
    cell: str
    case_id: str = ""
    expected: bool = False
    claimed: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One compartment of a round that is behind the person."""

    errand: Errand
    found: Found


@dataclass(frozen=True, slots=True)
class Round:
    """Compartments to open one after the other. `second_no`: who answers for it too.

    `number`, `only_empty`: of an audit.
    """

    staff_no: str
    purpose: Purpose
    todo: tuple[Errand, ...]
    done: tuple[Told, ...] = ()
    second_no: str = ""
    number: str = ""
    only_empty: bool = False

    @property
    def place(self) -> int:
        """Which compartment is at hand, from 1."""
        return len(self.done) + 1

    @property
    def length(self) -> int:
        """How many there are."""
        return len(self.done) + len(self.todo)

    def count(self, found: Found) -> int:
        """How many came to this."""
        return sum(told.found is found for told in self.done)

    def after(self, found: Found) -> "Round":
        """The round with one compartment behind it."""
        told = Told(self.todo[0], found)
        return replace(self, todo=self.todo[1:], done=(*self.done, told))


# what needs a reason or a second person before it is done ------------------------------------------------------------


class Reason(StrEnum):
    """Why something out of the ordinary was done; words stand in the catalogues (`staff.reason.*`)."""

    DOOR_FREED = "DOOR_FREED"
    MENDED = "MENDED"
    LOOKED_INSIDE = "LOOKED_INSIDE"
    FALSE_ALARM = "FALSE_ALARM"
    MECHANICAL_KEY = "MECHANICAL_KEY"
    CITIZEN_ASKS = "CITIZEN_ASKS"
    SUSPICION = "SUSPICION"
    AUTHORITY = "AUTHORITY"
    POWER_OUT = "POWER_OUT"
    LOCK_DEFECT = "LOCK_DEFECT"


CLEARING: Final = (
    Reason.DOOR_FREED, Reason.MENDED, Reason.LOOKED_INSIDE, Reason.FALSE_ALARM, Reason.MECHANICAL_KEY,
)  # fmt: skip
OPENING_ANY: Final = (Reason.CITIZEN_ASKS, Reason.SUSPICION, Reason.AUTHORITY, Reason.LOOKED_INSIDE)
USING_KEY: Final = (Reason.POWER_OUT, Reason.LOCK_DEFECT, Reason.SUSPICION, Reason.AUTHORITY)


@dataclass(frozen=True, slots=True)
class ClearOrder:
    """Put the round's compartment back into service after what was found there."""

    round: Round
    found: Found
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class MasterOrder:
    """Open any compartment."""

    cell: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """Enter that a compartment was opened with the mechanical key."""

    cell: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class AuditOrder:
    """Count all compartments, or (`only_empty`) those that the record says are empty."""

    only_empty: bool


@dataclass(frozen=True, slots=True)
class SignOrder:
    """Sign an audit: the same person, the PIN once more."""

    round: Round


Order = ClearOrder | MasterOrder | KeyOrder | AuditOrder | SignOrder


# stages --------------------------------------------------------------------------------------------------------------


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


class Sorting(StrEnum):
    """The order of the list."""

    URGENCY = "urgency"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class StaffList:
    """What lies in the cabinet. `department`: only its cases; empty: all; None: those of the person's own departments,
    or all where nothing of theirs lies here. `ticked`: compartments for the round.
    """

    staff_no: str
    ticked: frozenset[str] = frozenset()
    department: str | None = None
    sorting: Sorting = Sorting.URGENCY


@dataclass(frozen=True, slots=True)
class StaffMenu:
    """What else staff can do."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class PromisesList:
    """Papers that citizens promised and that have not come, of cases wherever their papers lie."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class ChoosingDepartment:
    """Whose cases to list, and to tick."""

    staff_no: str
    listed: StaffList


@dataclass(frozen=True, slots=True)
class ChoosingCell:
    """Any compartment, for the order that is made of it."""

    staff_no: str
    purpose: Purpose | None  # None: it was opened with the key


@dataclass(frozen=True, slots=True)
class ChoosingReason:
    """Why."""

    staff_no: str
    order: ClearOrder | MasterOrder | KeyOrder


@dataclass(frozen=True, slots=True)
class Countersigning:
    """Another person signs with number and PIN; for `SignOrder` the same person, the PIN only."""

    staff_no: str
    order: Order
    number: str = ""
    digits: str = field(default="", repr=False)
    asking_pin: bool = False
    checking: bool = False
    problem: str = ""  # `wrong`, `same`, `wait`
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class StaffDoor:
    """Staff at the first compartment of the round: opening, open, shut again (`shut_item`: what the sensor sees).

    `opened`: the door has stood open for this; `unattended`: and nobody touched anything for a while.
    `said`: what the person said at the open door; `recording`: it is being made durable.
    """

    staff_no: str
    round: Round
    open: bool = False
    opened: bool = False
    unattended: bool = False
    long_open: bool = False
    shut_item: str = ""
    failed: bool = False
    said: Found | None = None
    recording: Found | None = None

    @property
    def errand(self) -> Errand:
        """The compartment at hand."""
        return self.round.todo[0]

    @property
    def cell(self) -> str:
        """Its name."""
        return self.errand.cell


@dataclass(frozen=True, slots=True)
class StaffDone:
    """The round is over. `slip`: the hand-over slip's number; `printed`: what became of it, empty while it prints."""

    staff_no: str
    round: Round
    slip: str = ""
    printed: str = ""
    slip_wanted: bool = False


@dataclass(frozen=True, slots=True)
class KeyEntered:
    """The opening by key stands in the journal; what lies in the compartment is still to be looked at."""

    staff_no: str
    cell: str
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One hand-over slip of before."""

    number: str
    at: str  # ISO 8601, local
    staff_no: str
    compartments: int


@dataclass(frozen=True, slots=True)
class Slips:
    """Slips of before, to print one again. `rows` None: being looked up; `printing`: the number under way."""

    staff_no: str
    rows: tuple[SlipRow, ...] | None = None
    printing: str = ""
    outcome: str = ""


# the audit -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuditStart:
    """What an audit is, before it begins. `starting`: its beginning is being recorded."""

    staff_no: str
    starting: bool = False
    only_empty: bool = False
    second_no: str = ""


@dataclass(frozen=True, slots=True)
class AuditSummary:
    """Every compartment was looked into: what agrees and what does not, to be signed."""

    staff_no: str
    round: Round


@dataclass(frozen=True, slots=True)
class AuditDone:
    """Signed. `filed`: empty while report and slip are made, then `printed`, `notPrinted`, `unknown` or `failed`."""

    staff_no: str
    round: Round
    filed: str = ""


# results for citizens ------------------------------------------------------------------------------------------------


class ResultStep(StrEnum):
    """What is asked next before a result goes into a compartment."""

    CASE = "case"
    NUMBER = "number"  # of a case from another channel
    ID_NUMBER = "idNumber"
    PHONE = "phone"
    KIND = "kind"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Draft:
    """A result on its way in. `id_number`, `phone`: of a case that this kiosk has never seen; else empty."""

    case_id: str = ""
    item_code: str = ""
    kind: str = ""
    size: str = ""
    id_number: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class PreparingResult:
    """One question after the other. `cases`: those that a result may be for, None while they are looked up."""

    staff_no: str
    draft: Draft = Draft()
    asking: ResultStep = ResultStep.CASE
    cases: tuple[CaseFact, ...] | None = None
    digits: str = field(default="", repr=False)
    invalid: bool = False
    reserving: bool = False
    refused: str = ""  # `full`, `known`, `failed`


@dataclass(frozen=True, slots=True)
class PlacingResult:
    """Staff at the compartment that the result goes into. `recording`: it is inside, that is being made durable."""

    staff_no: str
    draft: Draft
    cell: str
    open: bool = False
    long_open: bool = False
    shut_item: str = ""
    failed: bool = False
    recording: bool = False


@dataclass(frozen=True, slots=True)
class ResultPlaced:
    """The result lies there. `until`: ISO 8601, local, how long the citizen's code is good; empty: no code yet."""

    staff_no: str
    case_id: str
    cell: str
    until: str = ""
    told: bool = False


@dataclass(frozen=True, slots=True)
class ResultsList:
    """Results that wait for citizens. `chosen`: compartment of the one at hand; `renewed`: its new code's end."""

    staff_no: str
    chosen: str = ""
    renewing: bool = False
    renewed: str = ""


# a helper's round ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One case that a helper handed in, and its compartments (none: pages alone). Nothing of its person."""

    case_id: str
    item_code: str  # empty where nobody was there any more when it was held
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelperRound:
    """A helper (帮办代办) at work, from signing in to signing out: what they have handed in so far."""

    staff_no: str
    cases: tuple[HandedIn, ...] = ()

    def after(self, one: HandedIn) -> "HelperRound":
        """With one case more, or with what is known of it by now."""
        others = tuple(case for case in self.cases if case.case_id != one.case_id)
        return replace(self, cases=(*others, one))


@dataclass(frozen=True, slots=True)
class HelperDesk:
    """Between two persons: the next one, or the end."""

    round: HelperRound

    @property
    def staff_no(self) -> str:
        """Who is signed in."""
        return self.round.staff_no


@dataclass(frozen=True, slots=True)
class HelperDone:
    """The round is over. `printed`: what became of the list, empty while it prints."""

    round: HelperRound
    printed: str = ""

    @property
    def staff_no(self) -> str:
        """Who is signed in."""
        return self.round.staff_no


StaffStage = (
    SigningIn | StaffList | StaffMenu | PromisesList | ChoosingDepartment | ChoosingCell | ChoosingReason
    | Countersigning | StaffDoor | StaffDone | KeyEntered | Slips | AuditStart | AuditSummary | AuditDone
    | PreparingResult | PlacingResult | ResultPlaced | ResultsList | HistoryStage | HelperDesk | HelperDone
)  # fmt: skip
