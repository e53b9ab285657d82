"""Basic Access Control and secure messaging without I/O: commands out, answers in (ICAO Doc 9303-11, 4.3 and 9.8).

SELECT application, GET CHALLENGE, `BasicAccess.command`, `BasicAccess.channel`; from then on every command goes through
`Channel.protect` and every answer through `Channel.opened`. Golden vectors: the standard's worked example, appendix D.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from drivers.contracts.passport import AccessKey
from drivers.errors import CardUnreadable, DeviceRefused, ProtocolError

from .crypto import (
    BLOCK_BYTES,
    FOR_ENCRYPTION,
    FOR_MAC,
    KEY_BYTES,
    decrypt,
    derive,
    encrypt,
    mac,
    pad,
    same,
    seed_of,
    unpad,
)
from .mrz import key_text
from .tlv import Tlv, first, tlv

SELECT_APPLICATION: Final = bytes.fromhex("00 A4 04 0C 07 A0 00 00 02 47 10 01")
GET_CHALLENGE: Final = bytes.fromhex("00 84 00 00 08")
MUTUAL_AUTHENTICATE: Final = bytes.fromhex("00 82 00 00 28")
ANSWER_BYTES: Final = 40
PROTECTED_CLASS: Final = 0x0C
SUCCESS: Final = b"\x90\x00"
END_OF_FILE: Final = b"\x62\x82"  # read past the end: a warning, data before it are good

DATA, LENGTH, STATUS, MAC = 0x87, 0x97, 0x99, 0x8E


@dataclass(frozen=True, slots=True)
class Command:
    """A command to be protected; `expected`: how many bytes its answer may carry, None for none."""

    instruction: int
    p1: int
    p2: int
    data: bytes = b""
    expected: int | None = None


def select_file(file_id: int) -> Command:
    """SELECT an elementary file."""
    return Command(0xA4, 0x02, 0x0C, file_id.to_bytes(2, "big"))


def read_binary(offset: int, count: int) -> Command:
    """READ BINARY of the selected file; `offset` below 32,768."""
    return Command(0xB0, offset >> 8, offset & 0xFF, expected=count)


class BasicAccess:
    """One mutual authentication with the key that is printed on the document. `random` gives so many bytes."""

    def __init__(self, key: AccessKey, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        seed = seed_of(key_text(key))
        self._encryption, self._mac = derive(seed, FOR_ENCRYPTION), derive(seed, FOR_MAC)
        self._own_random, self._own_key = random(BLOCK_BYTES), random(KEY_BYTES)
        self._challenge = b""

    def command(self, challenge: bytes) -> bytes:
        """EXTERNAL AUTHENTICATE for the chip's challenge of 8 bytes. Raises `ProtocolError` for another length."""
        if len(challenge) != BLOCK_BYTES:
            raise ProtocolError(f"passport: a challenge of {len(challenge)} bytes; expected {BLOCK_BYTES}")
        self._challenge = challenge
        sealed = encrypt(self._encryption, self._own_random + challenge + self._own_key)
        return MUTUAL_AUTHENTICATE + sealed + mac(self._mac, pad(sealed)) + bytes((ANSWER_BYTES,))

    def channel(self, answer: bytes) -> "Channel":
        """The chip's answer with its status word. Raises `CardUnreadable` when chip or key is another."""
        if answer[-2:] != SUCCESS or len(answer) != ANSWER_BYTES + 2:
            raise CardUnreadable(
                f"passport: the chip refused its key ({answer[-2:].hex(' ').upper()}); is what was entered printed"
                " on this document?"
            )
        sealed, given_mac = answer[:32], answer[32:ANSWER_BYTES]
        plain = decrypt(self._encryption, sealed)
        if (
            not same(mac(self._mac, pad(sealed)), given_mac)
            or plain[:16] != self._challenge + self._own_random
        ):
            raise CardUnreadable("passport: the chip did not prove that it knows its key")
        seed = bytes(a ^ b for a, b in zip(self._own_key, plain[16:], strict=True))
        counter = self._challenge[4:] + self._own_random[4:]
        return Channel(derive(seed, FOR_ENCRYPTION), derive(seed, FOR_MAC), int.from_bytes(counter, "big"))


@dataclass(slots=True)
class Channel:
    """Secure messaging of one session: keys and the count of messages."""

    _encryption: bytes = field(repr=False)
    _mac: bytes = field(repr=False)
    _count: int = field(repr=False)

    def protect(self, command: Command) -> bytes:
        """The bytes to send."""
        header = bytes((PROTECTED_CLASS, command.instruction, command.p1, command.p2))
        body = b""
        if command.data:
            body += tlv(DATA, b"\x01" + encrypt(self._encryption, pad(command.data)))
        if command.expected is not None:
            body += tlv(LENGTH, bytes((command.expected,)))
        body += tlv(MAC, mac(self._mac, pad(self._counted() + pad(header) + body)))
        return header + bytes((len(body),)) + body + b"\0"

    def opened(self, answer: bytes) -> bytes:
        """The data of a protected answer. Raises `ProtocolError` when it is forged, `DeviceRefused` for a no."""
        parts = _parts(answer)
        status, given_mac = first(parts, STATUS), first(parts, MAC)
        counted = b"".join(part.whole for part in parts if part.tag in (DATA, STATUS))
        if (
            status is None
            or given_mac is None
            or not same(mac(self._mac, pad(self._counted() + counted)), given_mac)
        ):
            raise ProtocolError("passport: an answer whose MAC is wrong; the session ends")
        if status not in (SUCCESS, END_OF_FILE):
            raise DeviceRefused(f"passport: the chip answered {status.hex(' ').upper()}")
        sealed = first(parts, DATA)
        if sealed is None:
            return b""
        try:
            return unpad(decrypt(self._encryption, sealed[1:]))
        except ValueError:
            raise ProtocolError("passport: an answer that does not decrypt") from None

    def _counted(self) -> bytes:
        self._count = (self._count + 1) & (1 << 8 * BLOCK_BYTES) - 1
        return self._count.to_bytes(BLOCK_BYTES, "big")


def _parts(answer: bytes) -> list[Tlv]:
    try:
        parts = Tlv.all_in(answer[:-2])
    except ValueError:
        parts = []
    if not parts:
        raise DeviceRefused(f"passport: the chip ended the session ({answer[-2:].hex(' ').upper()})")
    return parts
