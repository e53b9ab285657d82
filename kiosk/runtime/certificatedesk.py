"""Certificates at the screen: which cases end with one, the signing, the paper."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, assert_never

from drivers.contracts.paper import Paper
from drivers.contracts.printer import PrintOutcome
from kiosk.catalogue import Catalogue
from kiosk.certificates.issuing import CertificateRefused, Certificates, Issued, State
from kiosk.certificates.sealed import read_code
from kiosk.certificates.slip import Printable, render
from kiosk.journal.certificateevents import CertificateHandedOut
from kiosk.journal.journal import Journal
from kiosk.journal.types import CaseRow, StoredEvent
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.certificatestate import CertificateFact
from kiosk.session.progressfacts import CertificateHope
from kiosk.settings import Settings
from screens.languages import ENGLISH, SIMPLIFIED

from .certificatecommands import printable
from .printing import ReceiptDesk

logger = logging.getLogger(__name__)

PAPERS_CAME: Final = frozenset({"held", "filed", "collected", "returned"})  # states of a case
PrintJob = Callable[[Callable[[Paper], bytes]], Awaitable[PrintOutcome]]
HOPES: Final = {
    State.GOOD: CertificateHope.READY, State.EXPIRED: CertificateHope.EXPIRED, State.REVOKED: CertificateHope.REVOKED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CertificateDesk:
    """Performs `do.CertificateEffect`. `kind_of`: item -> kind of certificate that it ends with, empty: none.

    `printable`: a certificate with the names it is printed with; `print_job` None: no printer is fitted.
    """

    journal: Journal
    certificates: Certificates
    kind_of: Callable[[str], str]
    printable: Callable[[Issued], Printable]
    print_job: PrintJob | None
    columns_dots: int
    post: Callable[[ev.Event], None]

    async def hope(self, row: CaseRow) -> CertificateHope:
        """What the person of a case may be told of its certificate. Raises `JournalError`."""
        kind = self.kind_of(row.item_code)
        if not kind:
            return CertificateHope.NONE
        issued = await self.certificates.standing(kind, row.case_id)
        if not is_granted(row.state, await self.journal.case_events(row.case_id)):
            return CertificateHope.NONE
        return CertificateHope.READY if issued is None else HOPES[issued.state]

    async def perform(self, effect: do.CertificateEffect) -> None:
        """Do it. Raises `JournalError`: what was not recorded was not done."""
        match effect:
            case do.IssueCertificate(case_id, card_number):
                self.post(await self._issue(case_id, card_number))
            case do.PrintCertificate():
                await self._print(effect)
            case _:
                assert_never(effect)

    async def _issue(self, case_id: str, card_number: str) -> ev.CertificateReady:
        """Of this person's own case alone: another card may have been laid down since the case was chosen."""
        own = [row for row in await self.journal.cases_of(card_number) if row.case_id == case_id]
        hope = await self.hope(own[0]) if own else CertificateHope.NONE
        if hope is not CertificateHope.READY:
            return ev.CertificateReady(why=hope.value)
        try:
            issued = await self.certificates.once(self.kind_of(own[0].item_code), case_id)
        except CertificateRefused as error:
            logger.error("no certificate for case %s: %s", case_id, error)
            return ev.CertificateReady(why="refused")
        named = self.printable(issued)
        names = tuple(zip((SIMPLIFIED, ENGLISH), named.kind, strict=True))
        return ev.CertificateReady(
            CertificateFact(issued.certificate.number, names, named.last_day, issued.code)
        )

    async def _print(self, effect: do.PrintCertificate) -> None:
        outcome = PrintOutcome.NOT_PRINTED
        if self.print_job is not None:
            slip = self.printable(Issued(read_code(effect.code)[1], effect.code))
            outcome = await self.print_job(lambda paper: render(slip, paper, columns_dots=self.columns_dots))
        given = CertificateHandedOut(
            effect.case_id, effect.session_id, effect.number, effect.identity.value, outcome.value
        )
        self.post(ev.CertificatePrinted(effect.number, outcome.value))
        await self.journal.append(given)


def certificate_desk(
    settings: Settings, journal: Journal, catalogue: Catalogue, certificates: Certificates,
    printer: ReceiptDesk | None, post: Callable[[ev.Event], None],
) -> CertificateDesk:  # fmt: skip
    """One kiosk's. An item that is not in the catalogue any more ends with none here."""
    kinds = {item.code: item.result.certificate or "" for item in catalogue}
    return CertificateDesk(
        journal, certificates, lambda code: kinds.get(code, ""), partial(printable, settings),
        None if printer is None else printer.print_job, 0 if printer is None else printer.columns_dots, post,
    )  # fmt: skip


def is_granted(state: str, events: Sequence[StoredEvent]) -> bool:
    """Whether a case ends with something electronic, by what was decided last; the city's system before rules.

    `state`: of the case. Rules decide before the door opens: it counts once the papers are there, and nobody doubts it.
    """
    heard = [event.data for event in events if event.type == "DecisionHeard"]
    if heard:
        return bool(heard[-1]["decision"] == "granted" and heard[-1]["result"] == "electronic")
    decided = [event.data["outcome"] for event in events if event.type == "ApplicationDecided"]
    return state in PAPERS_CAME and decided[-1:] == ["granted"]
