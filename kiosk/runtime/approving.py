"""The approval system in the running program: the city's where one is configured, else the kiosk's own back office."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.approval.courier import Patience
from kiosk.approval.embedded import EmbeddedApproval
from kiosk.approval.https import HttpsAccess, HttpsApproval
from kiosk.approval.port import ApprovalError, ApprovalSystem
from kiosk.approval.submissions import SubmissionWriter, materials_of
from kiosk.approval.wire import written
from kiosk.approvalsettings import ApprovalSettings
from kiosk.catalogue.items import Catalogue
from kiosk.journal import queries
from kiosk.journal.entrusted import agency_of
from kiosk.journal.journal import Journal
from kiosk.journal.promises import promise_of
from kiosk.journal.scans import filed
from kiosk.journal.types import NoticePolicy
from kiosk.settings import Settings
from locker.events import Bound

from .command import Answer, CommandRefused


def elsewhere(settings: Settings) -> HttpsApproval | None:
    """The city's system, None where none is configured."""
    told = settings.approval
    return None if told is None else HttpsApproval(access(told, settings.kiosk.id))


def access(told: ApprovalSettings, kiosk_id: str) -> HttpsAccess:
    """Where it is and how it is asked."""
    return HttpsAccess(
        told.url, kiosk_id, told.ca_file, told.cert_file, told.key_file, told.token_file,
        told.connect_timeout_s, told.answer_timeout_s,
    )  # fmt: skip


def patience(told: ApprovalSettings) -> Patience:
    """How the courier waits."""
    return Patience(told.poll_s, told.retry_min_s, told.retry_max_s)


def embedded(journal: Journal, catalogue: Catalogue, now: Callable[[], datetime]) -> EmbeddedApproval:
    """The kiosk's own back office."""
    return EmbeddedApproval(journal, catalogue.get, lambda: now().date())


def submissions(kiosk_id: str, journal: Journal, catalogue: Catalogue) -> NoticePolicy:
    """Which facts go to the city's system, for the journal's transactions."""

    def held(case_id: str) -> int:
        rows = journal.read_inside(lambda db: queries.deposits_of(db, case_id))
        envelopes = sum(row.bound is Bound.STAFF and row.held_at is not None for row in rows)
        return envelopes + (journal.read_inside(lambda db: filed(db, case_id)) is not None)

    return SubmissionWriter(
        kiosk_id, lambda code: materials_of(catalogue.get(code)), journal.case_inside, held,
        journal.personal_inside, journal.head_inside,
        lambda case_id: journal.read_inside(lambda db: agency_of(db, case_id)),
        lambda case_id: journal.read_inside(lambda db: promise_of(db, case_id)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ApprovalCommands:
    """What other programs on this machine ask of it."""

    system: ApprovalSystem

    async def standing(self, request: Mapping[str, Any]) -> Answer:
        """Where a case stands by the system that decides it; its own sentences are not told."""
        try:
            found = await self.system.standing(str(request["case_id"]))
        except ApprovalError as error:
            raise CommandRefused(str(error)) from error
        if found is None:
            raise CommandRefused(f"{request['case_id']}: the approval system has no such case")
        steps = [
            {"at": written(one.said_at), "step": one.step, "missing": len(one.missing)} for one in found.steps
        ]
        decided = found.decision
        return {
            "number": found.number, "steps": steps,
            "decision": None if decided is None else {
                "at": written(decided.said_at), "decision": decided.verdict.value, "result": decided.result.value,
            },
        }  # fmt: skip
