"""What a certificate says, and what the register of its issuer says: keys, kinds, what was revoked. With their CBOR.

A certificate is a CWT (RFC 8392): issuer, times and number are the registered claims; kind, masked holder and the end
of the ID number stand in one of our own, for private use.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from .cose import Malformed, dumps, loads
from .signatures import Algorithm

ISSUER: Final = 1
EXPIRES: Final = 4
NOT_BEFORE: Final = 5
ISSUED: Final = 6
NUMBER: Final = 7
OURS: Final = -65537  # a claim for private use
LONGEST_TEXT: Final = 500
UNWANTED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # rare names need the private-use area
LATEST_S: Final = 253402300799  # the end of year 9999


class Reason(StrEnum):
    """Why a certificate is worth nothing any more."""

    ERROR = "error"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    HOLDER_ASKED = "holder_asked"
    KEY_UNSAFE = "key_unsafe"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What everybody who scans the code can read. `holder`: the name, masked; `id_tail`: last four signs of the number.

    Times are UTC in whole seconds; it is good from `not_before` until before `expires`.
    """

    issuer: str
    number: str
    kind: str
    issued: datetime
    not_before: datetime
    expires: datetime
    holder: str = field(repr=False)
    id_tail: str = field(repr=False)

    def encode(self) -> bytes:
        """As CWT claims."""
        claims: dict[int, Any] = {
            ISSUER: self.issuer,
            EXPIRES: seconds(self.expires),
            ISSUED: seconds(self.issued),
            NUMBER: self.number.encode(),
            OURS: [self.kind, self.holder, self.id_tail],
        }
        if self.not_before != self.issued:
            claims[NOT_BEFORE] = seconds(self.not_before)
        return dumps(claims)


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """One key, and between which moments it signs certificates. `revoked`: since when nothing of it counts."""

    key_id: bytes
    algorithm: Algorithm
    public_key: bytes
    not_before: datetime
    not_after: datetime
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Revocation:
    """One certificate that was revoked."""

    number: str
    at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Register:
    """What an issuer publishes, signed by the kiosk's own key; a newer one is due at `next_update`.

    `name` and the values of `kinds` are pairs, Chinese and English. `revoked`: of certificates that have not expired.
    """

    issuer: str
    name: tuple[str, str]
    issued: datetime
    next_update: datetime
    keys: tuple[IssuerKey, ...]
    kinds: Mapping[str, tuple[str, str]]
    revoked: tuple[Revocation, ...]

    def encode(self) -> bytes:
        """As CWT claims."""
        keys = [
            [one.key_id, one.algorithm.value, one.public_key, seconds(one.not_before), seconds(one.not_after),
             0 if one.revoked is None else seconds(one.revoked)]
            for one in self.keys
        ]  # fmt: skip
        kinds = [[code, *names] for code, names in self.kinds.items()]
        revoked = [[one.number, seconds(one.at), one.reason.value] for one in self.revoked]
        return dumps(
            {
                ISSUER: self.issuer,
                EXPIRES: seconds(self.next_update),
                ISSUED: seconds(self.issued),
                OURS: [list(self.name), keys, kinds, revoked],
            }
        )


def certificate_of(untrusted: bytes) -> Certificate:
    """From a payload. Raises `Malformed`."""
    match loads(untrusted):
        case {1: issuer, 4: expires, 6: issued, 7: bytes(number), -65537: [kind, holder, id_tail], **more}:
            pass
        case _:
            raise Malformed("not the claims of a certificate")
    if more.keys() - {NOT_BEFORE}:
        raise Malformed("claims that no certificate has")
    return Certificate(
        _text(issuer), _text(_utf8(number)), _text(kind), _moment(issued),
        _moment(more.get(NOT_BEFORE, issued)), _moment(expires), _text(holder), _text(id_tail),
    )  # fmt: skip


def register_of(untrusted: bytes) -> Register:
    """From a payload. Raises `Malformed`."""
    match loads(untrusted):
        case {
            1: issuer,
            4: next_update,
            6: issued,
            -65537: [[zh, en], [*keys], [*kinds], [*revoked]],
            **more,
        }:
            pass
        case _:
            raise Malformed("not the claims of a register")
    if more:
        raise Malformed("claims that no register has")
    return Register(
        _text(issuer), (_text(zh), _text(en)), _moment(issued), _moment(next_update),
        tuple(_key(one) for one in keys), dict(_kind(one) for one in kinds),
        tuple(_revocation(one) for one in revoked),
    )  # fmt: skip


def seconds(moment: datetime) -> int:
    """Since 1970, as CWT counts."""
    return int(moment.timestamp())


def _key(untrusted: Any) -> IssuerKey:
    match untrusted:
        case [bytes(key_id), str(algorithm), bytes(public_key), not_before, not_after, revoked]:
            if algorithm not in tuple(Algorithm):
                raise Malformed("a way of signing that is not known")
            return IssuerKey(
                key_id, Algorithm(algorithm), public_key, _moment(not_before), _moment(not_after),
                None if revoked == 0 else _moment(revoked),
            )  # fmt: skip
        case _:
            raise Malformed("not a key")


def _kind(untrusted: Any) -> tuple[str, tuple[str, str]]:
    match untrusted:
        case [code, zh, en]:
            return _text(code), (_text(zh), _text(en))
        case _:
            raise Malformed("not a kind of certificate")


def _revocation(untrusted: Any) -> Revocation:
    match untrusted:
        case [number, at, str(reason)] if reason in tuple(Reason):
            return Revocation(_text(number), _moment(at), Reason(reason))
        case _:
            raise Malformed("not a revocation")


def _text(untrusted: Any) -> str:
    if not isinstance(untrusted, str) or len(untrusted) > LONGEST_TEXT:
        raise Malformed("not a short text")
    if any(unicodedata.category(sign) in UNWANTED for sign in untrusted):
        raise Malformed("a text with signs that nobody sees")
    return untrusted


def _utf8(untrusted: bytes) -> str:
    try:
        return untrusted.decode()
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None


def _moment(untrusted: Any) -> datetime:
    if not isinstance(untrusted, int) or isinstance(untrusted, bool) or not 0 < untrusted <= LATEST_S:
        raise Malformed("not a moment")
    return datetime.fromtimestamp(untrusted, UTC)
