"""Certificates by command: staff issue, supervisors revoke, the register is given out to anybody."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from kiosk.certificates.content import Reason
from kiosk.certificates.issuing import CertificateRefused, Certificates, Holder, Issued, Wanted
from kiosk.certificates.sealed import read_code
from kiosk.certificates.slip import Printable
from kiosk.journal.journal import Journal
from kiosk.settings import Settings
from kiosk.staff import Role, StaffRegistry

from .command import ask
from .records import signed_in, without_program

WHY: Final = "certificates"
ISSUERS: Final = (Role.STAFF, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class CertificateOrder:
    """What the command line asks. `what`: issue, revoke, revoke-key; dates as ISO 8601, empty: not said.

    `name` and `id_number` empty: the person of the case is the holder.
    """

    what: str
    staff_no: str
    pin: str = field(repr=False)
    kind: str = ""
    case_id: str = ""
    name: str = field(default="", repr=False)
    id_number: str = field(default="", repr=False)
    valid_from: str = ""
    valid_until: str = ""
    number: str = ""
    reason: str = ""
    key_id: str = ""


async def issue(settings: Settings, order: CertificateOrder) -> Issued:
    """Have it issued. Raises `StaffError`, `CertificateRefused`, `JournalError`, `CommandRefused`."""
    code = str((await _done(settings, "certificate", order=asdict(order)))["code"])
    return Issued(read_code(code)[1], code)


async def revoke(settings: Settings, order: CertificateOrder) -> None:
    """Have a certificate, or a key, revoked. Raises as `issue` does."""
    await _done(settings, "certificate", order=asdict(order))


async def register(settings: Settings, by: str) -> bytes:
    """The signed register as it stands. Raises `JournalError`, `CommandRefused`."""
    return b64decode((await _done(settings, "certificate_register", by=by))["register"])


def printable(settings: Settings, issued: Issued) -> Printable:
    """A certificate with the names that this kiosk has for it: what paper and files show."""
    kiosk, ours, one = settings.kiosk, settings.certificates, issued.certificate
    kinds = {kind.code: (kind.name_zh, kind.name_en) for kind in ours.kinds}
    return Printable(
        one, issued.code, kinds.get(one.kind, (one.kind, one.kind)), _name(settings), ZoneInfo(kiosk.timezone),
        ours.page_url,
    )  # fmt: skip


def _name(settings: Settings) -> tuple[str, str]:
    """Who issues, Chinese and English."""
    kiosk = settings.kiosk
    return f"{kiosk.name_zh} {kiosk.place_zh}", f"{kiosk.name_en}, {kiosk.place_en}"


async def _done(settings: Settings, do: str, **values: Any) -> Mapping[str, Any]:
    """By the running program, or on a journal that none holds."""
    told = await asyncio.to_thread(ask, settings.paths.state_dir, do, **values)
    if told is not None:
        return told
    async with without_program(settings) as (journal, staff):
        commands = certificate_commands(settings, journal, staff, lambda: datetime.now(UTC))
        return await (commands.order(values) if do == "certificate" else commands.register(values))


@dataclass(frozen=True, slots=True)
class CertificateCommands:
    """Who holds the journal does it."""

    certificates: Certificates
    staff: StaffRegistry
    now: Callable[[], datetime]

    async def order(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Issue or revoke. Raises `StaffError`, `CertificateRefused`, `JournalError`."""
        order = CertificateOrder(**request["order"])
        is_issue = order.what == "issue"
        may, only = (
            (ISSUERS, "technicians issue no certificates")
            if is_issue
            else ((Role.SUPERVISOR,), "certificates are revoked by supervisors")
        )
        async with signed_in(
            self.staff, order.staff_no, order.pin, self.now(), WHY, may=may, else_say=only
        ) as member:
            by = member.staff_no
            if is_issue:
                return {"code": (await self.certificates.issue(_wanted(order), by=by)).code}
            if order.what == "revoke":
                await self.certificates.revoke(order.number, _reason(order.reason), by=by)
            else:
                await self.certificates.revoke_key(order.key_id, by=by)
            return {}

    async def register(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The register, in Base64."""
        return {
            "register": b64encode(await self.certificates.register(by=str(request["by"]))).decode("ascii")
        }


def certificate_commands(
    settings: Settings, journal: Journal, staff: StaffRegistry, now: Callable[[], datetime]
) -> CertificateCommands:
    """For one kiosk, with its own name as the issuer's."""
    kiosk = settings.kiosk
    certificates = Certificates(
        journal, settings.certificates, issuer=kiosk.id,
        name=_name(settings), zone=ZoneInfo(kiosk.timezone), now=now,
    )  # fmt: skip
    return CertificateCommands(certificates, staff, now)


def _wanted(order: CertificateOrder) -> Wanted:
    is_named = bool(order.name or order.id_number)
    return Wanted(
        order.kind, order.case_id, Holder(order.name, order.id_number) if is_named else None,
        _day("valid_from", order.valid_from), _day("valid_until", order.valid_until),
    )  # fmt: skip


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CertificateRefused(f"{name}: a day such as 2027-03-01") from None


def _reason(text: str) -> Reason:
    if text not in tuple(Reason):
        raise CertificateRefused(f"reason: one of {', '.join(Reason)}")
    return Reason(text)
