"""What one visit is about: the person, what they came for, and the compartments of it."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from locker.events import Evidence
from screens.signature import Signature

from .facts import CardFacts, Identity
from .form import Form

ITEM_PRESENT: Final = "present"  # what a door's answer says of the item sensor
ITEM_ABSENT: Final = "notPresent"
ITEM_UNKNOWN: Final = "unknown"
LETTER: Final = -1  # of authorisation, in the place of a paper's number: it comes before the item's own


class Errand(StrEnum):
    """What a citizen came for."""

    DEPOSIT = "deposit"
    SUPPLEMENT = "supplement"  # more papers to a case of theirs
    FETCH = "fetch"
    PROGRESS = "progress"  # where their cases stand
    CERTIFICATE = "certificate"  # of a case of theirs that was granted


class Relation(StrEnum):
    """What the person is to the agent who hands in for them."""

    PARENT = "parent"
    CHILD = "child"
    SPOUSE = "spouse"
    WARD = "ward"  # the agent is their guardian
    COMPANY = "company"  # the agent works there
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Agency:
    """Handed in for somebody else. `relation`: what that person is to the agent; `may_fetch`: the agent, the result.

    `agent`: their card, once the person's own took its place in the visit; `letter`: that card is not there, a letter
    of authorisation comes in with the papers. `helper`: staff number of a helper, who shows no card and never fetches.
    """

    relation: Relation | None = None
    may_fetch: bool = False
    agent: CardFacts | None = field(default=None, repr=False)
    letter: bool = False
    helper: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What lies in one compartment, and how that is known."""

    cell: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something that waits for the citizen in a compartment; `code_id` of the one-time code that opens it.

    `disowned`: the citizen says that it is not theirs; `in_doubt`: it was open for them before, and no sensor says that
    anything still lies there.
    """

    case_id: str
    cell: str
    kind: str  # of locker's `ResultKind`
    item_code: str = ""
    code_id: str = ""
    disowned: bool = False
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A case and its compartment. `inside`: papers lie in it behind the shut door, not confirmed yet."""

    case_id: str
    cell: str
    opened_before: bool = False
    seen_nothing: int = 0
    inside: Evidence | None = None
    reopened: bool = False  # once is all


@dataclass(frozen=True, slots=True)
class Scanned:
    """The pages that stand for one paper of the item (its number from 0), or for the `LETTER`, in their order."""

    paper: int
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """Papers that follow: their Chinese names in the catalogue, the ISO date until when, the hand that promised it."""

    missing: tuple[str, ...]
    until: str
    signature: Signature | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Followed:
    """Promised papers that come in now, the person says, and `missing`: those that come later still.

    `until`: the ISO date of the promise; empty: nobody knows any more.
    """

    papers: tuple[str, ...]
    missing: tuple[str, ...] = ()
    until: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of the person since they started.

    `case_id`: the case that papers are added to or that was opened for them; `held`: what they have handed in already;
    `reach`: they ask for a compartment within easy reach.
    """

    session_id: str
    item_code: str  # empty while nothing but fetching is known
    errand: Errand = Errand.DEPOSIT
    face_consent: bool = False
    identity: Identity = Identity.CARD_ONLY
    card: CardFacts | None = field(default=None, repr=False)
    card_present: bool = False
    phone: str = field(default="", repr=False)
    form: Form = field(default_factory=Form)
    face_tries: int = 0
    face_blocked: bool = False  # too many checks did not match lately: a person on staff decides
    other_movements: bool = False  # can't turn the head or close the eyes
    case_id: str = ""
    held: tuple[Held, ...] = ()
    anchor: str = ""
    reach: bool = False
    scans: tuple[Scanned, ...] = ()
    scan_asked: bool = False  # scanning was offered, whatever they chose
    promise: Promise | None = None  # of a new case
    followed: Followed | None = None  # what was promised for their earlier case
    guide_item: str = ""  # whose guide they read, where the case's own item took its place
    agency: Agency | None = None  # it is somebody else's matter; `identity` is that of the agent

    def of_nobody(self) -> "Visit":
        """The same wish of whoever's card comes next: nothing of a person or a case is carried over."""
        wish = self.of_no_case()
        fresh = replace(wish, card=None, card_present=False, phone="")
        if self.agency is None or not self.agency.helper:
            agency = None if self.agency is None else Agency()
            return replace(fresh, identity=Identity.CARD_ONLY, agency=agency).untold()
        return replace(fresh, agency=Agency(helper=self.agency.helper)).untold()

    @property
    def is_typing_principal(self) -> bool:
        """Whether a letter stands for the person's card, and it is not known yet whose matter it is."""
        if self.agency is None or not self.agency.letter:
            return False
        return (self.card if self.is_by_helper else self.agency.agent) is None

    @property
    def is_by_helper(self) -> bool:
        """Whether a helper hands in, who shows no card of their own."""
        return self.agency is not None and bool(self.agency.helper)

    @property
    def is_without_card(self) -> bool:
        """Whether no card stands for the visit: a helper brought a letter."""
        return self.is_by_helper and self.agency is not None and self.agency.letter

    @property
    def is_letter_scanned(self) -> bool:
        """Whether the letter of authorisation came in as pages."""
        return any(one.paper == LETTER for one in self.scans)

    @property
    def is_letter_inside(self) -> bool:
        """Whether a letter of authorisation comes in on paper."""
        return self.agency is not None and self.agency.letter and not self.is_letter_scanned

    @property
    def follows_now(self) -> Followed | None:
        """What was promised and comes in with the next envelope: it came with the first."""
        return None if self.held else self.followed

    @property
    def scanned_pages(self) -> int:
        """How many, of all papers."""
        return sum(len(one.pages) for one in self.scans)

    def untold(self) -> "Visit":
        """Without what they have answered and scanned: it is for nobody else."""
        return replace(self, form=Form(), scans=(), scan_asked=False, promise=None)

    def of_no_case(self) -> "Visit":
        """As it was before a case of theirs was chosen."""
        before = replace(self, case_id="", followed=None)
        if self.errand is Errand.SUPPLEMENT:
            before = replace(before, scans=(), scan_asked=False)
        match self.errand:
            case Errand.FETCH | Errand.PROGRESS:
                return replace(before, item_code="")
            case Errand.CERTIFICATE:
                return replace(before, errand=Errand.PROGRESS, item_code="")
            case Errand.SUPPLEMENT if not self.guide_item:  # they came to see where it stands
                return replace(before, errand=Errand.PROGRESS, item_code="")
            case Errand.SUPPLEMENT:
                return replace(before, errand=Errand.DEPOSIT, item_code=self.guide_item, guide_item="")
            case Errand.DEPOSIT:
                return before
