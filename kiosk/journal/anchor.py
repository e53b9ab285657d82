"""The signed head of the chain, to be kept outside the kiosk: on receipts, hand-over slips, at the MQTT broker."""

import base64
import json
import re
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SHORT_HEX: Final = 8
_SHORT: Final = re.compile(r"J-(\d{6,})-([0-9A-F]{8})")
_WHOLE: Final = re.compile(r"[0-9a-f]{64}")
_DOMAIN: Final = b"nightdesk anchor 1"


@dataclass(frozen=True, slots=True)
class Anchor:
    """Head of the chain at one moment. `hash_hex` is whole (64), or the first 8 digits where only paper is left."""

    seq: int
    hash_hex: str
    signature: str = ""  # Ed25519, base64; empty where only paper is left

    @property
    def text(self) -> str:
        """Short form for paper, e.g. `J-000123-7F3A9C21`."""
        return f"J-{self.seq:06d}-{self.hash_hex[:SHORT_HEX].upper()}"

    def matches(self, hash_now: bytes) -> bool:
        """True when an event with this hash is what the anchor was taken from."""
        return hash_now.hex().startswith(self.hash_hex.lower())


def parse_anchor(text: str) -> Anchor:
    """Read the short form of paper, or the JSON object that the status message on MQTT carries. Raises ValueError."""
    if text.lstrip().startswith("{"):
        return _parse_whole(text)
    found = _SHORT.fullmatch(text.strip().upper())
    if found is None:
        raise ValueError(f"no anchor: {text!r}; it looks like J-000123-7F3A9C21")
    return Anchor(int(found[1]), found[2].lower())


def _parse_whole(text: str) -> Anchor:
    told = json.loads(text)
    seq, hash_hex, signature = told.get("seq"), told.get("hash"), told.get("signature")
    if not (isinstance(seq, int) and isinstance(hash_hex, str) and isinstance(signature, str)):
        raise ValueError("no anchor: seq, hash and signature are wanted")
    if not _WHOLE.fullmatch(hash_hex):
        raise ValueError("no anchor: hash has 64 hexadecimal digits")
    return Anchor(seq, hash_hex, signature)


def sign_head(key: Ed25519PrivateKey, seq: int, hash_now: bytes) -> Anchor:
    """Anchor of this head, signed by the kiosk."""
    signature = key.sign(_message(seq, hash_now))
    return Anchor(seq, hash_now.hex(), base64.b64encode(signature).decode())


def is_genuine(anchor: Anchor, public_key: bytes) -> bool:
    """True when the kiosk with this public key (32 bytes) signed the anchor."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            base64.b64decode(anchor.signature, validate=True),
            _message(anchor.seq, bytes.fromhex(anchor.hash_hex)),
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _message(seq: int, hash_now: bytes) -> bytes:
    return _DOMAIN + seq.to_bytes(8, "big") + hash_now
