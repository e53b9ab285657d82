"""Ways of signing: Ed25519, and SM2 with SM3 where a site's rules ask for the national algorithms.

One 32-byte secret makes the key of either. A signature has 64 bytes.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE_BYTES: Final = 64
_HALF: Final = SIGNATURE_BYTES // 2


class Algorithm(StrEnum):
    """What a key signs by."""

    ED25519 = "ed25519"
    SM2 = "sm2"


class Scheme(Protocol):
    """One way of signing. `cose`: its number in COSE's register of algorithms."""

    cose: int

    def public_key(self, secret: bytes) -> bytes:
        """What belongs to a secret of 32 bytes."""

    def sign(self, secret: bytes, message: bytes) -> bytes:
        """64 bytes."""

    def verify(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        """Whether the signature is by this key over this message; False too for a key that is none."""


class _Ed25519:
    """RFC 8032; COSE names the family EdDSA (RFC 9053)."""

    cose = -8

    def public_key(self, secret: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()

    def sign(self, secret: bytes, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(secret).sign(message)

    def verify(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class _Sm2:
    """GB/T 32918.2 with SM3 and the usual identity (GM/T 0009); signature r ‖ s, public key 04 ‖ x ‖ y.

    COSE's register has no number for SM2: one of those for private use stands in.
    """

    cose = -65537
    _IDENTITY: Final = b"1234567812345678"
    _UNCOMPRESSED: Final = b"\x04"
    _ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123

    def public_key(self, secret: bytes) -> bytes:
        from gmalg import SM2

        return bytes(SM2().generate_pk(self._scalar(secret)))

    def sign(self, secret: bytes, message: bytes) -> bytes:
        from gmalg import SM2

        r, s = SM2(self._scalar(secret), self._IDENTITY, self.public_key(secret)).sign(message)
        return bytes(r.rjust(_HALF, b"\0") + s.rjust(_HALF, b"\0"))

    def verify(self, public_key: bytes, signature: bytes, message: bytes) -> bool:
        from gmalg import SM2
        from gmalg.errors import GMError

        is_point = len(public_key) == SIGNATURE_BYTES + 1 and public_key.startswith(self._UNCOMPRESSED)
        if not is_point or len(signature) != SIGNATURE_BYTES:
            return False
        try:
            verifier = SM2(uid=self._IDENTITY, pk=public_key)
            return bool(verifier.verify(message, signature[:_HALF], signature[_HALF:]))
        except (GMError, ValueError):
            return False

    def _scalar(self, secret: bytes) -> bytes:
        """A private key is 1 to n - 2; that 32 random bytes lie above is one chance in four thousand million."""
        return (int.from_bytes(secret, "big") % (self._ORDER - 2) + 1).to_bytes(len(secret), "big")


SCHEMES: Final[Mapping[Algorithm, Scheme]] = {Algorithm.ED25519: _Ed25519(), Algorithm.SM2: _Sm2()}
