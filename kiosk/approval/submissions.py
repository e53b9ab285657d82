"""Which facts go to the approval system, and with what: papers that are held. The row is born with its fact."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kiosk.catalogue.items import Item
from kiosk.journal.errors import KeyErased, SealBroken
from kiosk.journal.promises import PromiseRow
from kiosk.journal.types import CaseRow, Channel, Event, Notice, Recorded, new_message_id

from .port import Agent, Applicant, Kind, Material, Promise, Proof, Submission
from .wire import request_body

HELD: Final = "DepositHeld"
PAGES: Final = "PagesSealed"  # where they are all that comes in, they are what is submitted
MORE_PAGES: Final = "PagesAdded"
SCANNED: Final = "SCANNED"
LETTER: Final = "letter"  # of authorisation


@dataclass(frozen=True, slots=True)
class SubmissionWriter:
    """A notice policy. Its look-ups run inside the journal's transaction: see `Journal.case_inside` and its sisters.

    `materials_of`: an item's papers; `case`, `held` (how often something came in so far), `personal` and
    `agency` (`kiosk.journal.entrusted.agency_of`): of a case; `head`: number and hash of the fact in hand; `promised`:
    what of a case follows later.
    """

    kiosk_id: str
    materials_of: Callable[[str], tuple[Material, ...]]
    case: Callable[[str], CaseRow | None]
    held: Callable[[str], int]
    personal: Callable[[str], Mapping[str, Any]]
    head: Callable[[], tuple[int, str]]
    agency: Callable[[str], str]
    promised: Callable[[str], PromiseRow | None]

    def __call__(self, event: Event, recorded: Recorded) -> tuple[Notice, ...]:
        """One row for papers that are held, sealed under the key of their case; none for any other fact."""
        kind_of_fact = type(event).__name__
        added = kind_of_fact == MORE_PAGES
        scanned = added or (kind_of_fact == PAGES and getattr(event, "whole", False))
        if kind_of_fact != HELD and not scanned:
            return ()
        case_id, cell = str(getattr(event, "case_id")), str(getattr(event, "cell", ""))  # noqa: B009  # Event promises no fields
        row = self.case(case_id)
        if row is None:
            return ()
        applicant, answers, agent = self._person(case_id)
        message_id = new_message_id()
        proof = Proof(cell, SCANNED if scanned else row.evidence, row.identity, recorded.at, *self.head())
        kind = Kind.SUPPLEMENT if added or self.held(case_id) > 1 else Kind.APPLICATION
        materials = self.materials_of(row.item_code)
        promise = _promise(self.promised(case_id), materials) if kind is Kind.APPLICATION else None
        submission = Submission(
            message_id, self.kiosk_id, case_id, kind, row.item_code, row.department, applicant, answers, materials,
            proof, agent, promise,
        )  # fmt: skip
        body = request_body(submission)
        return (Notice(Channel.APPROVAL, case_id, body, True, case_id, message_id),)

    def _person(self, case_id: str) -> tuple[Applicant | None, dict[str, str], Agent | None]:
        """Papers that are there are recorded, whatever became of their person's data."""
        try:
            opened = self.personal(case_id)
        except (KeyErased, SealBroken):
            return None, {}, None
        answers = opened.get("answers") or {}
        known = {str(name): str(answer) for name, answer in dict(answers).items()}
        agent = None
        if opened.get("relation"):
            letter = self.agency(case_id) == LETTER
            agent = Agent(opened["agent_name"], opened["agent_number"], opened["relation"], letter)
        if not opened.get("name") or not opened.get("id_number"):
            return None, known, agent
        return Applicant(opened["name"], opened["id_number"]), known, agent


def _promise(row: PromiseRow | None, materials: tuple[Material, ...]) -> Promise | None:
    """By the numbers of the list that goes out with it."""
    if row is None:
        return None
    missing = tuple(one.number for one in materials if one.name in row.missing)
    return Promise(missing, date.fromisoformat(row.until))


def materials_of(item: Item | None) -> tuple[Material, ...]:
    """The papers of an item as the approval system is told of them, in Chinese; none of one that is not known."""
    papers = () if item is None else item.materials
    return tuple(
        Material(
            number, one.zh, one.kind.value, one.count, one.needed,
            digest(one.zh, one.kind.value, one.count, needed=one.needed),
        )
        for number, one in enumerate(papers, start=1)
    )  # fmt: skip


def digest(name: str, kind: str, count: int, *, needed: bool) -> str:
    """SHA-256, hexadecimal, over `{"count":…,"kind":…,"name":…,"needed":…}` in UTF-8 without blanks."""
    told = {"count": count, "kind": kind, "name": name, "needed": needed}
    return hashlib.sha256(
        json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()
