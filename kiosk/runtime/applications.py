"""What becomes of a confirmed application: facts for the journal, and a decision where the item's rules make one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.catalogue import Catalogue
from kiosk.catalogue.rules import Applicant, Decision, Outcome, decide, version
from kiosk.idnumber import NumberInvalid, citizen_number
from kiosk.journal.agencyevents import CaseEntrusted
from kiosk.journal.applicationevents import ApplicationConfirmed, ApplicationDecided
from kiosk.journal.promiseevents import PromiseSigned
from kiosk.journal.types import Event
from kiosk.session import effects as do
from kiosk.session.facts import CardFacts, Identity

REGION_DIGITS = 6
HELPER = "helper"  # what a helper is to the person


@dataclass(frozen=True, slots=True)
class Applications:
    """Decides by the rules of the catalogue. `now`: the kiosk's local time; `decides`: nobody else does.

    A city's approval system decides by itself: two decisions of one case could differ.
    """

    catalogue: Catalogue
    now: Callable[[], datetime]
    decides: bool = True

    def confirmed(
        self, case_id: str, effect: do.OpenCase | do.FileCase
    ) -> tuple[list[Event], Decision | None]:
        """The facts of a new case's application. Rules decide only of whom it is known who they are, never
        before an agent, and grant nothing while a paper is missing."""
        facts: list[Event] = [*entrusted(case_id, effect), *promised(case_id, effect)]
        if effect.answers:
            facts.append(ApplicationConfirmed(case_id, effect.session_id, effect.item_code, effect.answers))
        if effect.agency is not None:  # what is decided is told to the person alone
            return facts, None
        item = self.catalogue.get(effect.item_code)
        if not self.decides or item is None or item.instant is None or effect.identity is Identity.CARD_ONLY:
            return facts, None
        applicant = applicant_of(effect.card)
        if applicant is None:
            return facts, None
        decision = decide(item.instant, dict(effect.answers), applicant, self.now().date())
        if effect.promise is not None and decision.outcome is Outcome.GRANTED:
            return facts, None  # what proves it may never come
        findings = tuple(verdict.finding.value for verdict in decision.verdicts)
        facts.append(
            ApplicationDecided(
                case_id, effect.item_code, decision.outcome.value, version(item.instant), findings
            )
        )
        return facts, decision


def entrusted(case_id: str, effect: do.OpenCase | do.FileCase) -> list[Event]:
    """Who handed a new case in for its person."""
    agency = effect.agency
    if agency is not None and agency.helper:
        return [CaseEntrusted(
            case_id, effect.session_id, agency.letter, may_fetch=False, relation=HELPER, agent_name="", agent_number="",
            by=agency.helper,
        )]  # fmt: skip
    if agency is None or agency.agent is None or agency.relation is None:
        return []
    agent = agency.agent
    return [
        CaseEntrusted(
            case_id, effect.session_id, agency.letter, agency.may_fetch, agency.relation.value, agent.name, agent.number
        )
    ]  # fmt: skip


def promised(case_id: str, effect: do.OpenCase | do.FileCase) -> list[Event]:
    """What of a new case follows later: promised and signed by hand."""
    promise = effect.promise
    if promise is None or promise.signature is None:
        return []
    missing, until, signature = promise.missing, promise.until, promise.signature
    digest = signature.digest("|".join((case_id, *missing, until)))
    signed = PromiseSigned(
        case_id, effect.session_id, effect.item_code, missing, until, digest, signature.written
    )
    return [signed]


def applicant_of(card: CardFacts) -> Applicant | None:
    """Who applies, as rules look at them; None where the card does not say when they were born.

    The region is that of a citizen's number alone: the numbers of foreigners' permits have none.
    """
    if not card.birth_date:
        return None
    try:
        region = citizen_number(card.number)[:REGION_DIGITS]
    except NumberInvalid:
        region = ""
    return Applicant(date.fromisoformat(card.birth_date), card.sex, region)
