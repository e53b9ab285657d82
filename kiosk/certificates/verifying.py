"""Whether a certificate is good: forged, expired, revoked and unknown are told apart. Pure.

A device's clock may be a little off. A register that is too old cannot say that nothing was revoked since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .content import Certificate, IssuerKey, Reason, Register, Revocation
from .cose import Malformed, Signed
from .sealed import read_code
from .signatures import SCHEMES

CLOCKS_DIFFER: Final = timedelta(minutes=5)


class Outcome(StrEnum):
    """What is known of a certificate."""

    VALID = "valid"
    FORGED = "forged"
    EXPIRED = "expired"
    REVOKED = "revoked"
    NOT_YET_VALID = "not_yet_valid"
    UNKNOWN_ISSUER = "unknown_issuer"
    UNREADABLE = "unreadable"
    REVOCATION_UNKNOWN = "revocation_unknown"  # all else is good, the register is too old


EXIT_STATUS: Final[Mapping[Outcome, int]] = {
    Outcome.VALID: 0,
    Outcome.FORGED: 10,
    Outcome.EXPIRED: 11,
    Outcome.REVOKED: 12,
    Outcome.NOT_YET_VALID: 13,
    Outcome.UNKNOWN_ISSUER: 14,
    Outcome.UNREADABLE: 15,
    Outcome.REVOCATION_UNKNOWN: 16,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`certificate` only where its signature is good; `revocation` where it was revoked; `register`: the issuer's."""

    outcome: Outcome
    certificate: Certificate | None = None
    register: Register | None = None
    revocation: Revocation | None = None


def check(untrusted_text: str, registers: Sequence[Register], now: datetime) -> Verdict:
    """What is known of the code at `now`, by registers whose own signatures were checked before."""
    try:
        signed, certificate = read_code(untrusted_text)
    except Malformed:
        return Verdict(Outcome.UNREADABLE)
    named = [one for one in registers if one.issuer == certificate.issuer]
    found = [(register, key) for register in named for key in register.keys if key.key_id == signed.key_id]
    if not found:
        return Verdict(Outcome.UNKNOWN_ISSUER)
    register, key = max(found, key=lambda one: one[0].issued)
    if not _is_by(signed, certificate, key):
        return Verdict(Outcome.FORGED)
    revocation = _revoked(certificate, key, register)
    outcome = Outcome.REVOKED if revocation else _by_time(certificate, register, now)
    return Verdict(outcome, certificate, register, revocation)


def _is_by(signed: Signed, certificate: Certificate, key: IssuerKey) -> bool:
    scheme = SCHEMES[key.algorithm]
    return (
        signed.algorithm == scheme.cose
        and scheme.verify(key.public_key, signed.signature, signed.message)
        and key.not_before - CLOCKS_DIFFER <= certificate.issued <= key.not_after + CLOCKS_DIFFER
    )


def _revoked(certificate: Certificate, key: IssuerKey, register: Register) -> Revocation | None:
    if key.revoked is not None:
        return Revocation(certificate.number, key.revoked, Reason.KEY_UNSAFE)
    return next((one for one in register.revoked if one.number == certificate.number), None)


def _by_time(certificate: Certificate, register: Register, now: datetime) -> Outcome:
    if now < certificate.not_before - CLOCKS_DIFFER:
        return Outcome.NOT_YET_VALID
    if now >= certificate.expires:
        return Outcome.EXPIRED
    if not register.issued - CLOCKS_DIFFER <= now < register.next_update:
        return Outcome.REVOCATION_UNKNOWN
    return Outcome.VALID
