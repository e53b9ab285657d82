"""What the staff's flow is told: outcomes of its effects."""

from dataclasses import dataclass

from .facts import CaseFact
from .historystate import HistoryOf, Passage
from .staffstate import SlipRow


@dataclass(frozen=True, slots=True)
class SignInAnswer:
    """Signed in, or how long to wait before the next try."""

    staff_no: str
    ok: bool
    wait_s: int = 0
    technician: bool = False  # signs in to the machine, not to what lies in it
    helper: bool = False  # signs in to hand in for others


@dataclass(frozen=True, slots=True)
class StaffCardRead:
    """A staff card was held to its reader. It only saves typing the number: the PIN is asked all the same."""

    staff_no: str  # empty: a card of nobody


@dataclass(frozen=True, slots=True)
class Countersigned:
    """The other person's number and PIN belong together (`ok`), or not; technicians and helpers never count."""

    staff_no: str
    ok: bool
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class StaffRecorded:
    """What staff did is durable. `settled`: nothing is left to do at this compartment."""

    cell: str
    settled: bool = True


@dataclass(frozen=True, slots=True)
class SlipIssued:
    """The hand-over slip of the round is recorded under this number, and being printed."""

    number: str


@dataclass(frozen=True, slots=True)
class SlipPrinted:
    """What is known about a slip: `printed`, `notPrinted`, `unknown`."""

    number: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SlipsTold:
    """The last slips, newest first."""

    rows: tuple[SlipRow, ...]


@dataclass(frozen=True, slots=True)
class AuditBegun:
    """The audit has a number and may go from door to door."""

    number: str


@dataclass(frozen=True, slots=True)
class AuditFiled:
    """The signed audit stands. `outcome`: of its slip; `failed`: signed, and no report could be written."""

    number: str
    outcome: str


@dataclass(frozen=True, slots=True)
class CasesTold:
    """Cases that a result may be for, newest first."""

    cases: tuple[CaseFact, ...]


@dataclass(frozen=True, slots=True)
class CaseLookedUp:
    """Whose case `number` is. `case`: this kiosk's own whose papers staff have; `here`: its own, not yet collected."""

    number: str
    case: CaseFact | None = None
    here: bool = False


@dataclass(frozen=True, slots=True)
class DraftRefused:
    """No result for this: `known` (the number is a case of this kiosk), `id_number` (nobody has such a number)."""

    reason: str


@dataclass(frozen=True, slots=True)
class ResultRecorded:
    """The result is held; `until`: ISO 8601, local: the end of the citizen's code, empty: none could be sent."""

    case_id: str
    cell: str
    until: str


@dataclass(frozen=True, slots=True)
class CodeTold:
    """A fresh code is on its way to the citizen; `until` empty: not this soon, or no telephone number is known."""

    case_id: str
    until: str


@dataclass(frozen=True, slots=True)
class HistoryOffered:
    """The person may read the record: of these staff numbers, and of these cases beside those that lie here."""

    people: tuple[str, ...]
    cases: tuple[CaseFact, ...]


@dataclass(frozen=True, slots=True)
class HistoryRefused:
    """Only supervisors read it."""


@dataclass(frozen=True, slots=True)
class HistoryTold:
    """What was asked for by `TellHistory`; `passage` None: the journal can't be read now."""

    of: HistoryOf
    name: str
    before: int
    passage: Passage | None


@dataclass(frozen=True, slots=True)
class HistoryPrinted:
    """What is known about the paper: `printed`, `notPrinted`, `unknown`."""

    outcome: str


@dataclass(frozen=True, slots=True)
class ListPrinted:
    """What is known about a helper's list: `printed`, `notPrinted`, `unknown`."""

    outcome: str


StaffEvent = (
    SignInAnswer | StaffCardRead | Countersigned | StaffRecorded | SlipIssued | SlipPrinted | SlipsTold | AuditBegun
    | AuditFiled | CasesTold | CaseLookedUp | DraftRefused | ResultRecorded | CodeTold
    | HistoryOffered | HistoryRefused | HistoryTold | HistoryPrinted | ListPrinted
)  # fmt: skip
