"""Keys and ciphers of Basic Access Control (ICAO Doc 9303-11, 9.7.1 and 9.8): two-key triple DES, MAC of ISO 9797-1.

The standard leaves no choice of cipher; `cryptography` keeps it among what is decrepit.
"""

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

BLOCK_BYTES: Final = 8
KEY_BYTES: Final = 16
_NO_VECTOR: Final = bytes(BLOCK_BYTES)
FOR_ENCRYPTION: Final = 1
FOR_MAC: Final = 2


def seed_of(key_text: str) -> bytes:
    """The 16 bytes that a chip's keys are derived from."""
    return hashlib.sha1(key_text.encode("ascii"), usedforsecurity=False).digest()[:KEY_BYTES]


def derive(seed: bytes, purpose: int) -> bytes:
    """A two-key triple DES key with odd parity; `purpose`: `FOR_ENCRYPTION` or `FOR_MAC`."""
    hashed = hashlib.sha1(seed + purpose.to_bytes(4, "big"), usedforsecurity=False).digest()[:KEY_BYTES]
    return bytes(byte & 0xFE | (byte.bit_count() - (byte & 1) + 1) & 1 for byte in hashed)


def pad(data: bytes) -> bytes:
    """To whole blocks by 80 and zeros (ISO 9797-1 method 2)."""
    return (data + b"\x80").ljust((len(data) // BLOCK_BYTES + 1) * BLOCK_BYTES, b"\0")


def unpad(data: bytes) -> bytes:
    """Without 80 and zeros. Raises `ValueError` when they are not there."""
    stripped = data.rstrip(b"\0")
    if stripped[-1:] != b"\x80" or len(data) - len(stripped) >= BLOCK_BYTES:
        raise ValueError("no padding")
    return stripped[:-1]


def encrypt(key: bytes, padded: bytes) -> bytes:
    """CBC without a vector."""
    encryptor = _cbc(key).encryptor()
    return encryptor.update(padded) + encryptor.finalize()


def decrypt(key: bytes, data: bytes) -> bytes:
    """The other way; whole blocks only (`ValueError`)."""
    decryptor = _cbc(key).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def mac(key: bytes, padded: bytes) -> bytes:
    """ISO 9797-1 algorithm 3 over whole blocks: DES with the first half of the key, triple DES at the last block."""
    first, last = padded[:-BLOCK_BYTES], padded[-BLOCK_BYTES:]
    chained = encrypt(2 * key[:BLOCK_BYTES], first)[-BLOCK_BYTES:] if first else _NO_VECTOR
    return encrypt(key, bytes(a ^ b for a, b in zip(chained, last, strict=True)))


def same(one: bytes, other: bytes) -> bool:
    """Compared in a time that says nothing of where they differ."""
    return hmac.compare_digest(one, other)


def _cbc(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(TripleDES(key + key[:BLOCK_BYTES]), modes.CBC(_NO_VECTOR))
