"""The signed head of the chain, to be kept outside the kiosk: on receipts, hand-over slips, at the MQTT broker."""

import base64
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SHORT_HEX: Final = 8
MOST_SHOWN: Final = 40  # letters of what is none
MOST_EVENTS: Final = (1 << 63) - 1
_SHORT: Final = re.compile(r"J[^0-9A-Z]*([0-9]{6,18})[^0-9A-Z]+([0-9A-F]{8})")
_MISREAD: Final = str.maketrans("OIL", "011")  # letters that no anchor has behind its J
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

    def plain(self) -> dict[str, Any]:
        """As JSON carries it, signed; `parse_anchor` reads it."""
        return {"seq": self.seq, "hash": self.hash_hex, "signature": self.signature}

    def matches(self, hash_now: bytes) -> bool:
        """True when an event with this hash is what the anchor was taken from."""
        return hash_now.hex().startswith(self.hash_hex.lower())


def parse_anchor(text: str) -> Anchor:
    """Read the short form as somebody types it from paper, or JSON: the object alone or the message that carries it.

    Raises ValueError.
    """
    if text.lstrip().startswith("{"):
        return _parse_whole(json.loads(text))
    typed = unicodedata.normalize("NFKC", text).strip().upper()
    found = _SHORT.fullmatch(typed.translate(_MISREAD))
    if found is None:
        raise ValueError(f"no anchor: {text[:MOST_SHOWN]!r}; it looks like J-000123-7F3A9C21")
    return Anchor(int(found[1]), found[2].lower())


def _parse_whole(told: dict[str, Any]) -> Anchor:
    for around in ("data", "journal"):  # a message of MQTT: the head's own, or the status
        if isinstance(told.get(around), dict):
            told = told[around]
    seq, hash_hex, signature = told.get("seq"), told.get("hash"), told.get("signature")
    if not (isinstance(seq, int) and isinstance(hash_hex, str) and isinstance(signature, str)):
        raise ValueError("no anchor: seq, hash and signature are wanted")
    if not 0 <= seq <= MOST_EVENTS:
        raise ValueError("no anchor: seq is the number of an event")
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
