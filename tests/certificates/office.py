"""An office that signs whatever a test wants, right or wrong, with keys of its own."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kiosk.certificates.content import Certificate, IssuerKey, Reason, Register, Revocation
from kiosk.certificates.cose import Signed
from kiosk.certificates.sealed import code_of
from kiosk.certificates.signatures import SCHEMES, Algorithm

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ROOT_SECRET = b"r" * 32
CERTIFICATE = Certificate(
    "linzi-bank-01", "Z-261122-01", "residence", NOON, NOON, NOON + 90 * DAY, "王**", "001X"
)
KINDS = {"residence": ("居住证明", "Proof of residence")}


def key(secret: bytes = b"k" * 32, algorithm: Algorithm = Algorithm.ED25519) -> IssuerKey:
    public_key = SCHEMES[algorithm].public_key(secret)
    return IssuerKey(secret[:8], algorithm, public_key, NOON - DAY, NOON + 365 * DAY)


def signed(
    certificate: Certificate = CERTIFICATE,
    secret: bytes = b"k" * 32,
    algorithm: Algorithm = Algorithm.ED25519,
    *,
    key_id: bytes = b"",
) -> Signed:
    scheme = SCHEMES[algorithm]
    draft = Signed(scheme.cose, key_id or secret[:8], certificate.encode())
    return replace(draft, signature=scheme.sign(secret, draft.message))


def code(certificate: Certificate = CERTIFICATE, **how: object) -> str:
    return code_of(signed(certificate, **how))  # type: ignore[arg-type]  # as `signed` takes them


def register(*keys: IssuerKey, revoked: tuple[Revocation, ...] = (), issued: datetime = NOON) -> Register:
    name = ("不打烊政务柜 临淄某银行营业厅", "Nightdesk, Lobby of a bank in Linzi")
    return Register("linzi-bank-01", name, issued, issued + 7 * DAY, keys or (key(),), KINDS, revoked)


def revocation(number: str = CERTIFICATE.number) -> Revocation:
    return Revocation(number, NOON + timedelta(hours=1), Reason.HOLDER_ASKED)


def published(one: Register, secret: bytes = ROOT_SECRET) -> bytes:
    scheme = SCHEMES[Algorithm.ED25519]
    draft = Signed(scheme.cose, scheme.public_key(secret), one.encode())
    return replace(draft, signature=scheme.sign(secret, draft.message)).encode()


def packed(one: Register) -> str:
    """As a page carries it."""
    return b64encode(published(one)).decode("ascii")
