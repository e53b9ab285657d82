"""Facts about certificates with a code: issuers' keys, what was issued, what was revoked.

Nothing of a citizen stands open in them.
"""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class IssuerKeyMade:
    """A key was made that signs certificates from `since` to `until` (ISO 8601, UTC). `key_id`, `public_key`: hex."""

    key_id: str
    algorithm: str
    public_key: str
    since: str
    until: str
    by: str


@dataclass(frozen=True, slots=True)
class IssuerKeyRevoked:
    """A key is not trusted any more, and with it every certificate that it signed."""

    key_id: str
    by: str


@dataclass(frozen=True, slots=True)
class CertificateIssued:
    """A certificate was signed. `until`: ISO 8601, UTC; `code`: its text, `sha256` of that.

    `named`: staff named the holder, who may be another than the person of the case.
    """

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"code"})
    VERSION: ClassVar[int] = 3  # 1: without `code`; 2: without `named`

    case_id: str
    number: str
    kind: str
    key_id: str
    until: str
    sha256: str
    by: str
    code: str = field(repr=False)
    named: bool = False


@dataclass(frozen=True, slots=True)
class CertificateHandedOut:
    """The person of the case got a certificate at the screen.

    `identity`: how it is known who; `outcome`: of the print.
    """

    case_id: str
    session_id: str
    number: str
    identity: str
    outcome: str


@dataclass(frozen=True, slots=True)
class CertificateRevoked:
    """A certificate is worth nothing any more. `until`: when it would have expired."""

    case_id: str
    number: str
    until: str
    reason: str
    by: str
