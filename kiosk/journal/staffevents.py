"""Facts about staff: their accounts, and what they did at compartments beyond what the locker's own events say.

No personal data of a citizen, and of staff nothing but the number.
"""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class StaffAdded:
    """A member of staff got an account. Name, telephone and PIN are kept outside the chain."""

    staff_no: str
    role: str
    departments: tuple[str, ...]
    told_for: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class StaffChanged:
    """Role, departments or the items somebody is told for were changed."""

    staff_no: str
    role: str
    departments: tuple[str, ...]
    told_for: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class StaffDisabled:
    """An account was closed."""

    staff_no: str
    by: str


@dataclass(frozen=True, slots=True)
class StaffNameErased:
    """The name of somebody whose account was closed long ago was erased; the number stays."""

    staff_no: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class StaffPinReset:
    """Somebody was given a new PIN."""

    staff_no: str
    by: str


@dataclass(frozen=True, slots=True)
class StaffCardChanged:
    """Somebody was given a card in place of typing their number, or gave it back. The card's number is not kept."""

    staff_no: str
    given: bool
    by: str


@dataclass(frozen=True, slots=True)
class StaffPinWrong:
    """A wrong PIN for an existing account; `failures` in a row so far."""

    staff_no: str
    failures: int


@dataclass(frozen=True, slots=True)
class StaffLockedOut:
    """Too many wrong PINs in a row: no attempt before `until` (ISO 8601, UTC), `wait_s` after the last one."""

    staff_no: str
    failures: int
    wait_s: float
    until: str


@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """Somebody proved who they are."""

    staff_no: str


@dataclass(frozen=True, slots=True)
class StaffSignedOut:
    """Somebody left, or was signed out after a while without a touch."""

    staff_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExchangeRefused:
    """Staff wanted to begin while a citizen was in the middle; `by`: `card` or `command`."""

    staff_no: str
    by: str


@dataclass(frozen=True, slots=True)
class HandoverIssued:
    """The hand-over slip of a round: number, who, and (case, compartment, what was found) of each compartment."""

    slip: str
    staff_no: str
    purpose: str
    lines: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class HandoverPrinted:
    """What is known about a printed slip: `printed`, `notPrinted` or `unknown`. `again`: not for the first time."""

    slip: str
    outcome: str
    again: bool


@dataclass(frozen=True, slots=True)
class HelperListPrinted:
    """What is known about a helper's list (帮办代办): `printed`, `notPrinted`, `unknown`. `cases`: those on it."""

    staff_no: str
    cases: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class MasterOpeningAuthorized:
    """Staff may open this compartment, whatever it holds. `second_no`: who answers for it too; empty: nobody asked."""

    cell: str
    staff_no: str
    second_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class MechanicalKeyUsed:
    """A compartment was opened with the mechanical key, say a named person and a witness."""

    cell: str
    staff_no: str
    witness_no: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditStarted:
    """Somebody begins to compare cabinet and journal. `only_empty`: nothing that is held was opened."""

    audit: str
    staff_no: str
    second_no: str
    only_empty: bool
    compartments: int


@dataclass(frozen=True, slots=True)
class AuditSigned:
    """Somebody signed with the PIN what was found. `differences`: (compartment, case or empty, what was found).

    `lines`: every compartment: (compartment, case or empty, what the record said, what was found), so that the report
    can be made from this fact alone; empty where an earlier release signed.
    """

    audit: str
    staff_no: str
    second_no: str
    looked_into: int
    agreed: int
    differences: tuple[tuple[str, str, str], ...]
    lines: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AuditAbandoned:
    """An audit ended before it was signed."""

    audit: str
    staff_no: str
    looked_into: str


@dataclass(frozen=True, slots=True)
class AuditCutOff:
    """The program ended in the middle of an audit, as with the mains; what was counted until then stands.

    `looked_into`: how many of `compartments`; `counted`: (compartment, case or empty, what was found), the last word on
    each.
    """

    audit: str
    staff_no: str
    looked_into: int
    compartments: int
    counted: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class AuditReported:
    """The report of a signed audit was written. `sha256`: of its PDF."""

    audit: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CaseEntered:
    """Staff entered a case that came by another channel, to put its result into a compartment."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"id_number", "phone"})
    INDEXED: ClassVar[str] = "id_number"

    case_id: str
    staff_no: str
    id_number: str = field(repr=False)
    phone: str = field(repr=False)
