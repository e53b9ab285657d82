"""Issues and revokes certificates, keeps their keys, signs the register of both.

The journal is the only record: keys, certificates and revocations are facts in it. Secrets lie among the journal's
keys, outside every backup; a kiosk that lost them makes a new key, and what the old one signed stays good.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.certificatesettings import CertificateKind, CertificateSettings
from kiosk.identity.card import mask_name
from kiosk.journal.certificateevents import (
    CertificateIssued,
    CertificateRevoked,
    IssuerKeyMade,
    IssuerKeyRevoked,
)
from kiosk.journal.errors import KeyErased
from kiosk.journal.journal import Journal
from kiosk.journal.sealing import ANCHOR_KEY
from kiosk.journal.types import StoredEvent
from kiosk.numbering import next_number

from .content import Certificate, IssuerKey, Reason, Register, Revocation, certificate_of
from .cose import Signed
from .sealed import ROOT, code_of, read_code
from .signatures import SCHEMES, Algorithm
from .verifying import CLOCKS_DIFFER

LETTER: Final = "Z"
OWNER: Final = "certificates:"
KEY_ID_BYTES: Final = 8
TAIL: Final = 4
SHORTEST_NUMBER: Final = 8
WHY: Final = "certificate issue"
LONGEST: Final = timedelta(days=3650)
AT_A_TIME: Final = 1000


class CertificateRefused(ValueError):
    """No certificate is issued or revoked so; the text says why and what is allowed, without personal data."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose certificate it is. The name is masked and the number cut to its end before anything is signed."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be issued. `holder` None: the person of the case; dates are the kiosk's, the last day included."""

    kind: str
    case_id: str
    holder: Holder | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A signed certificate. `code`: the text of its QR code."""

    certificate: Certificate
    code: str = field(repr=False)


class State(StrEnum):
    """Whether a certificate that was issued still counts."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate that was issued: its number, the number of its fact, whether it counts now."""

    number: str
    seq: int
    state: State


class Certificates:
    """One kiosk's certificates. `name`: of the issuer, Chinese and English. One order at a time.

    Methods raise `CertificateRefused` for what is not allowed, `JournalError` from below.
    """

    def __init__(
        self,
        journal: Journal,
        settings: CertificateSettings,
        *,
        issuer: str,
        name: tuple[str, str],
        zone: ZoneInfo,
        now: Callable[[], datetime],
    ) -> None:
        self._journal = journal
        self._settings = settings
        self._issuer = issuer
        self._name = name
        self._zone = zone
        self._now = now
        self._one_at_a_time = asyncio.Lock()

    # --- certificates ------------------------------------------------------------------------------------------------

    async def issue(self, wanted: Wanted, *, by: str) -> Issued:
        """Sign a certificate. Where the case's own person is the holder, that their data was read is an event."""
        async with self._one_at_a_time:
            return await self._issue(wanted, by)

    async def once(self, kind: str, case_id: str) -> Issued:
        """The case's certificate of this kind for its person: the one that there is, else a new one."""
        async with self._one_at_a_time:
            there = await self.standing(kind, case_id)
            if there is None:
                return await self._issue(Wanted(kind, case_id), "")
            if there.state is not State.GOOD:
                raise CertificateRefused(f"certificate {there.number} is {there.state.value}")
            try:
                opened = await self._journal.personal_of(case_id, there.seq, staff_no="", reason=WHY)
                code = str(opened["code"])
            except (KeyErased, KeyError):
                raise CertificateRefused(f"nothing is known any more of the code of {there.number}") from None
            return Issued(read_code(code)[1], code)

    async def standing(self, kind: str, case_id: str) -> Standing | None:
        """The newest of this kind that was issued to the person of a case; None: there is none."""
        issued, revoked = None, set()
        for event in await self._journal.case_events(case_id):
            if event.type == CertificateIssued.__name__ and event.data["kind"] == kind:
                issued = issued if event.data.get("named") else event
            elif event.type == CertificateRevoked.__name__:
                revoked.add(event.data["number"])
        if issued is None:
            return None
        data = issued.data
        bad_keys = {one.key_id.hex() for one in await self.keys() if one.revoked is not None}
        if data["number"] in revoked or data["key_id"] in bad_keys:
            state = State.REVOKED
        else:
            is_over = datetime.fromisoformat(data["until"]) <= self._now()
            state = State.EXPIRED if is_over else State.GOOD
        return Standing(data["number"], issued.seq, state)

    async def _issue(self, wanted: Wanted, by: str) -> Issued:
        kind = self._kind(wanted.kind)
        if await self._journal.case(wanted.case_id) is None:
            raise CertificateRefused(f"there is no case {wanted.case_id}")
        now = self._second()
        starts, ends = self._span(wanted, kind, now)
        holder = wanted.holder or await self._holder(wanted.case_id, by)
        key = await self._signing_key(now, by)
        certificate = Certificate(
            self._issuer, await self._next_number(now), kind.code, now, starts, ends,
            _masked(holder.name), _tail(holder.id_number),
        )  # fmt: skip
        code = code_of(await self._signed(key, _payload(certificate)))
        await self._journal.append(
            CertificateIssued(
                wanted.case_id, certificate.number, kind.code, key.key_id.hex(), ends.isoformat(),
                hashlib.sha256(code.encode()).hexdigest(), by, code,
                named=wanted.holder is not None,
            )
        )  # fmt: skip
        return Issued(certificate, code)

    async def revoke(self, number: str, reason: Reason, *, by: str) -> None:
        """From the next register on the certificate is worth nothing."""
        async with self._one_at_a_time:
            issued = [one async for one in self._events(CertificateIssued) if one.data["number"] == number]
            if not issued:
                raise CertificateRefused(f"there is no certificate {number}")
            if any([one.data["number"] == number async for one in self._events(CertificateRevoked)]):
                raise CertificateRefused(f"certificate {number} is revoked already")
            case_id, until = issued[0].data["case_id"], issued[0].data["until"]
            await self._journal.append(CertificateRevoked(case_id, number, until, reason.value, by))

    def _kind(self, code: str) -> CertificateKind:
        kinds = {kind.code: kind for kind in self._settings.kinds}
        if code not in kinds:
            allowed = ", ".join(kinds) or "none: name them in [certificates] kinds"
            raise CertificateRefused(f"no kind of certificate is called {code!r}; there is: {allowed}")
        return kinds[code]

    def _span(self, wanted: Wanted, kind: CertificateKind, now: datetime) -> tuple[datetime, datetime]:
        """From when, and until before when: midnights of this place, but for what counts from now on."""
        today = now.astimezone(self._zone).date()
        first = today if wanted.valid_from is None else wanted.valid_from
        last = first + timedelta(days=kind.days) if wanted.valid_until is None else wanted.valid_until
        if first < today:
            raise CertificateRefused("a certificate is not good before the day on which it is issued")
        if not first <= last <= today + LONGEST:
            raise CertificateRefused(
                f"a certificate ends on the day it begins, or later, within {LONGEST.days} days from today"
            )
        return now if first == today else self._midnight(first), self._midnight(last + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self._zone).astimezone(UTC)

    async def _holder(self, case_id: str, by: str) -> Holder:
        try:
            opened = await self._journal.personal(case_id, staff_no=by, reason=WHY)
            return Holder(opened["name"], opened["id_number"])
        except (KeyErased, KeyError):
            raise CertificateRefused(
                f"nothing is known any more of the person of case {case_id}: name the holder"
            ) from None

    async def _next_number(self, now: datetime) -> str:
        newest = await self._journal.last_event(CertificateIssued.__name__)
        before = "" if newest is None else str(newest.data["number"])
        return next_number(LETTER, now.astimezone(self._zone), before)

    # --- keys --------------------------------------------------------------------------------------------------------

    async def keys(self) -> list[IssuerKey]:
        """All keys there ever were, oldest first."""
        revoked = {one.data["key_id"]: _whole(one.at) async for one in self._events(IssuerKeyRevoked)}
        return [
            IssuerKey(
                bytes.fromhex(one.data["key_id"]), Algorithm(one.data["algorithm"]),
                bytes.fromhex(one.data["public_key"]), datetime.fromisoformat(one.data["since"]),
                datetime.fromisoformat(one.data["until"]), revoked.get(one.data["key_id"]),
            )
            async for one in self._events(IssuerKeyMade)
        ]  # fmt: skip

    async def revoke_key(self, key_id: str, *, by: str) -> None:
        """From the next register on every certificate of the key is worth nothing; the next one gets a new key."""
        async with self._one_at_a_time:
            known = {one.key_id.hex(): one for one in await self.keys()}
            if key_id not in known:
                raise CertificateRefused(f"there is no key {key_id}; there is: {', '.join(known) or 'none'}")
            if known[key_id].revoked is not None:
                raise CertificateRefused(f"key {key_id} is revoked already")
            await self._journal.append(IssuerKeyRevoked(key_id, by))

    async def _signing_key(self, now: datetime, by: str) -> IssuerKey:
        """The oldest that still signs: a younger one waits until every register knows it. A new one where none does."""
        for key in await self.keys():
            if await self._signs(key, now):
                return key
        return await self._make_key(now, now, by)

    async def _signs(self, key: IssuerKey, now: datetime) -> bool:
        """Whether it may, and its secret is still here: a restored backup has none."""
        may = key.revoked is None and key.not_before <= now < key.not_after
        if not may or key.algorithm is not self._settings.algorithm:
            return False
        return await self._journal.by_key(_owner(key), SCHEMES[key.algorithm].public_key) == key.public_key

    async def _make_key(self, now: datetime, starts: datetime, by: str) -> IssuerKey:
        algorithm, until = self._settings.algorithm, starts + timedelta(days=self._settings.key_days)
        draft = IssuerKey(secrets.token_bytes(KEY_ID_BYTES), algorithm, b"", now, until)
        public_key = await self._journal.by_key(_owner(draft), SCHEMES[algorithm].public_key)
        made = IssuerKeyMade(
            draft.key_id.hex(), algorithm.value, public_key.hex(), now.isoformat(), until.isoformat(), by
        )
        await self._journal.append(made)
        return replace(draft, public_key=public_key)

    async def _signed(self, key: IssuerKey, payload: bytes) -> Signed:
        scheme = SCHEMES[key.algorithm]
        draft = Signed(scheme.cose, key.key_id, payload)
        signature = await self._journal.by_key(_owner(key), lambda secret: scheme.sign(secret, draft.message))
        return replace(draft, signature=signature)

    # --- the register ------------------------------------------------------------------------------------------------

    async def register(self, *, by: str) -> bytes:
        """Keys, kinds and revocations as they stand, signed by the kiosk's own key.

        A key whose time ends soon gets its successor here, so that whoever has this register knows it before it signs.
        """
        async with self._one_at_a_time:
            now = self._second()
            present = await self._signing_key(now, by)
            lasts = timedelta(days=self._settings.register_days)
            soon = now + 2 * lasts
            if not any([one.not_after > soon and await self._signs(one, now) for one in await self.keys()]):
                await self._make_key(now, present.not_after, by)
            register = Register(
                self._issuer, self._name, now, now + lasts, tuple(await self.keys()),
                {kind.code: (kind.name_zh, kind.name_en) for kind in self._settings.kinds},
                tuple(await self._revoked(now)),
            )  # fmt: skip
            scheme = SCHEMES[ROOT]
            draft = Signed(scheme.cose, await self._journal.public_key(), register.encode())
            signature = await self._journal.by_key(
                ANCHOR_KEY, lambda secret: scheme.sign(secret, draft.message)
            )
            return replace(draft, signature=signature).encode()

    async def _revoked(self, now: datetime) -> list[Revocation]:
        """Those that would be good otherwise, by a clock that is behind too: what has expired needs no place."""
        return [
            Revocation(one.data["number"], _whole(one.at), Reason(one.data["reason"]))
            async for one in self._events(CertificateRevoked)
            if datetime.fromisoformat(one.data["until"]) > now - CLOCKS_DIFFER
        ]

    async def _events(self, kind: type) -> AsyncIterator[StoredEvent]:
        after = 0
        while found := await self._journal.events(after=after, kinds=[kind.__name__], limit=AT_A_TIME):
            for event in found:
                yield event
            after = found[-1].seq

    def _second(self) -> datetime:
        return _whole(self._now().astimezone(UTC))


def _owner(key: IssuerKey) -> str:
    return f"{OWNER}{key.key_id.hex()}"


def _whole(moment: datetime) -> datetime:
    """Certificates count whole seconds."""
    return moment.replace(microsecond=0)


def _payload(certificate: Certificate) -> bytes:
    """What is signed: nothing that nobody could read afterwards."""
    try:
        payload = certificate.encode()
        certificate_of(payload)
    except ValueError:
        raise CertificateRefused("the holder's name or number has signs that nobody sees") from None
    return payload


def _masked(name: str) -> str:
    if not name.strip():
        raise CertificateRefused("a holder has a name")
    return mask_name(name.strip())


def _tail(id_number: str) -> str:
    number = id_number.strip()
    if len(number) < SHORTEST_NUMBER:
        raise CertificateRefused(
            f"an ID number has {SHORTEST_NUMBER} signs at least: its last {TAIL} are shown"
        )
    return number[-TAIL:]
