"""The kiosk's own back office in the place of a city's system: rules of the catalogue decide, the journal's facts tell
how far a case is. What it says was in the journal before, so nothing of it is recorded again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from kiosk.catalogue import rules
from kiosk.catalogue.items import Item
from kiosk.idnumber import NumberInvalid, birth_of, citizen_number
from kiosk.journal.journal import Journal
from kiosk.journal.types import StoredEvent

from .port import (
    Accepted,
    Applicant,
    Decision,
    News,
    ResultForm,
    Standing,
    Step,
    Submission,
    SubmissionNotTaken,
    Verdict,
)
from .wire import MOST_NEWS

STEPS: Final[Mapping[str, str]] = {
    "DepositHeld": "received",
    "PagesSealed": "received",
    "PagesAdded": "received",
    "CustodyDisputed": "in_question",
    "DepositCollected": "under_review",
    "PagesExported": "under_review",
    "ResultHeld": "result_ready",
    "ResultRecalled": "result_taken_back",
    "DepositReturned": "fetched",
}
"""Type of a fact -> the step that it is."""
DECIDED: Final = "ApplicationDecided"  # by the rules, when the citizen confirmed the form
SAID: Final = (*STEPS, DECIDED)

CARD_ONLY: Final = "card_only"  # of `Proof.identity`: whose card it is, not whether they stood there
REGION_DIGITS: Final = 6
VERDICTS: Final = {
    rules.Outcome.GRANTED: Verdict.GRANTED,
    rules.Outcome.REFUSED: Verdict.REFUSED,
}


@dataclass(frozen=True, slots=True)
class EmbeddedApproval:
    """`ApprovalSystem` over the kiosk's own journal. `item`: of the catalogue; `today`: local date."""

    journal: Journal
    item: Callable[[str], Item | None]
    today: Callable[[], date]

    async def submit(self, submission: Submission) -> Accepted:
        """The case keeps its number. Where the item's rules are complete they decide, else a person does."""
        if await self.journal.case(submission.case_id) is None:
            raise SubmissionNotTaken("unknown-case", "本机没有此案件")
        return Accepted(submission.case_id, self._decide(submission))

    async def standing(self, case_id: str) -> Standing | None:
        """The steps that the case's facts are."""
        if await self.journal.case(case_id) is None:
            return None
        told = [self._said(event) for event in await self.journal.case_events(case_id) if event.type in SAID]
        decisions = [one for one in told if isinstance(one, Decision)]
        steps = tuple(one for one in told if isinstance(one, Step))
        return Standing(case_id, case_id, steps, decisions[-1] if decisions else None)

    async def news(self, after: str) -> News:
        """The facts after a number of the journal."""
        found = await self.journal.events(after=int(after or 0), kinds=SAID, limit=MOST_NEWS)
        cursor = str(found[-1].seq) if found else after
        told = [self._said(event) for event in found if event.data.get("case_id")]
        return News(tuple(one for one in told if one is not None), cursor, more=len(found) == MOST_NEWS)

    async def close(self) -> None:
        """Nothing of its own is open."""

    def _decide(self, submission: Submission) -> Decision | None:
        item, card = self.item(submission.item_code), _card(submission.applicant)
        if item is None or card is None or submission.proof.identity == CARD_ONLY:
            return None  # rules decide only of whom it is known who they are
        if submission.agent is not None:  # and nobody knows the applicant's will but by the agent
            return None
        decided = rules.decide(item.instant, submission.answers, card, self.today())
        verdict = VERDICTS.get(decided.outcome)
        if verdict is None or (verdict is Verdict.GRANTED and submission.promise is not None):
            return None  # nothing is granted before all papers are there
        words = "；".join(reason.zh for reason in decided.reasons)
        form = self._form(item.code, verdict)
        return Decision(
            submission.case_id, submission.message_id, verdict, form, submission.proof.held_at, words
        )

    def _form(self, item_code: str, verdict: Verdict) -> ResultForm:
        item = self.item(item_code)
        if item is None or verdict is not Verdict.GRANTED:
            return ResultForm.NONE
        return ResultForm(item.result.forms[0].value)

    def _said(self, event: StoredEvent) -> Step | Decision | None:
        """A fact as the port has it; None for a decision left to a person, and for pages beside papers."""
        case_id, message = str(event.data["case_id"]), str(event.seq)
        if event.type == "PagesSealed" and not event.data["whole"]:
            return None
        if event.type in STEPS:
            return Step(case_id, message, STEPS[event.type], event.at)
        verdict = VERDICTS.get(event.data["outcome"])
        if verdict is None:
            return None
        return Decision(case_id, message, verdict, self._form(event.data["item_code"], verdict), event.at)


def _card(applicant: Applicant | None) -> rules.Applicant | None:
    """What the number says; None for one that is no citizen's, whose rules nobody can judge."""
    try:
        number = citizen_number("" if applicant is None else applicant.id_number)
    except NumberInvalid:
        return None
    sex = "male" if int(number[16]) % 2 else "female"
    return rules.Applicant(birth_of(number), sex, number[:REGION_DIGITS])
