"""The two signed things as they travel: a certificate as text for a QR code, a register as bytes for a file."""

from typing import Final

from . import base45
from .content import Certificate, Register, certificate_of, register_of
from .cose import Malformed, Signed, decode
from .signatures import SCHEMES, Algorithm, Scheme

PREFIX: Final = "ND1:"
LONGEST_CODE: Final = 1500  # signs; a QR code holds 4,296
LARGEST_REGISTER: Final = 4_000_000  # bytes
ROOT: Final = Algorithm.ED25519


def code_of(signed: Signed) -> str:
    """The text of a signed certificate."""
    return PREFIX + base45.encode(signed.encode())


def read_code(untrusted_text: str) -> tuple[Signed, Certificate]:
    """What the text says; nothing of it is proved yet. Raises `Malformed`."""
    text = untrusted_text.strip("\r\n\t ")
    if not text.startswith(PREFIX) or len(text) > LONGEST_CODE:
        raise Malformed(f"not a code that begins with {PREFIX}")
    try:
        data = base45.decode(text.removeprefix(PREFIX))
    except ValueError as error:
        raise Malformed(str(error)) from None
    signed = decode(data)
    return signed, certificate_of(signed.payload)


def read_register(untrusted: bytes) -> tuple[Register, bytes]:
    """A register whose signature is good, and the public key that it is good by: compare that with the issuer's.

    Raises `Malformed`.
    """
    if len(untrusted) > LARGEST_REGISTER:
        raise Malformed("too large for a register")
    signed = decode(untrusted)
    root: Scheme = SCHEMES[ROOT]
    if signed.algorithm != root.cose or not root.verify(signed.key_id, signed.signature, signed.message):
        raise Malformed("the register's signature is not good: it was changed, or is none")
    return register_of(signed.payload), signed.key_id
