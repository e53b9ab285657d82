"""What the staff's flow asks of the runtime. Each is answered by an event of `staffevents`, late or never."""

from dataclasses import dataclass, field

from locker.events import Evidence

from .historystate import HistoryOf, Passage
from .staffstate import Draft, Errand, Found, HelperRound, Reason, Round


@dataclass(frozen=True, slots=True)
class SignIn:
    """Check a staff number and PIN. Answer: `SignInAnswer`."""

    staff_no: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Countersign:
    """Check number and PIN of whoever answers for it too. Answer: `Countersigned`."""

    staff_no: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuthorizeRetrieval:
    """Staff may open a case's compartment; journalled before the door opens."""

    case_id: str
    cell: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class AuthorizeMaster:
    """Staff may open this compartment for a reason, a second person with them where the house asks for one."""

    cell: str
    staff_no: str
    second_no: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Settle:
    """Record what staff found in a compartment, and what follows for its custody. Answer: `StaffRecorded`."""

    errand: Errand
    found: Found
    staff_no: str
    second_no: str = ""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class EnterKey:
    """Record an opening with the mechanical key. Answer: `StaffRecorded`."""

    cell: str
    staff_no: str
    witness_no: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class IssueSlip:
    """Record and print the hand-over slip of a round. Answers: `SlipIssued`, then `SlipPrinted`."""

    round: Round


@dataclass(frozen=True, slots=True)
class TellSlips:
    """The last slips. Answer: `SlipsTold`."""


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """Print a slip of before again. Answer: `SlipPrinted`."""

    number: str


@dataclass(frozen=True, slots=True)
class BeginAudit:
    """Record that an audit begins. Answer: `AuditBegun`."""

    staff_no: str
    second_no: str
    only_empty: bool


@dataclass(frozen=True, slots=True)
class SignAudit:
    """Record the signed audit, write its report, print its slip. Answer: `AuditFiled`."""

    round: Round


@dataclass(frozen=True, slots=True)
class TellCases:
    """Cases that a result may be for. Answer: `CasesTold`."""


@dataclass(frozen=True, slots=True)
class LookUpCase:
    """Whose case a typed number is. `number`: digits. Answer: `CaseLookedUp`."""

    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReserveResult:
    """A compartment for a result. Answer: `CellGiven`, `NoCell` or `DraftRefused`."""

    draft: Draft
    staff_no: str


@dataclass(frozen=True, slots=True)
class HoldResult:
    """The result is inside; the citizen is told with a code. Answers: `ResultRecorded`."""

    case_id: str
    cell: str
    staff_no: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class RenewCode:
    """A fresh code for a result that waits. Answer: `CodeTold`."""

    case_id: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class AskHistory:
    """Whether this person may read the record, and whose there is. Answers: `HistoryOffered`, `HistoryRefused`."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class TellHistory:
    """The last lines with numbers below `before` (0: the newest) of a history. Answer: `HistoryTold`."""

    of: HistoryOf
    name: str
    before: int = 0


@dataclass(frozen=True, slots=True)
class PrintHistory:
    """Print these lines. Answer: `HistoryPrinted`."""

    of: HistoryOf
    passage: Passage


@dataclass(frozen=True, slots=True)
class PrintList:
    """Print the list of a helper's round. Answer: `ListPrinted`."""

    round: HelperRound


StaffEffect = (
    SignIn | Countersign | AuthorizeRetrieval | AuthorizeMaster | Settle | EnterKey | IssueSlip | TellSlips | PrintSlip
    | BeginAudit | SignAudit | TellCases | LookUpCase | ReserveResult | HoldResult | RenewCode
    | AskHistory | TellHistory | PrintHistory | PrintList
)  # fmt: skip
