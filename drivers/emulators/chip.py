"""The chip of a fictional travel document: files behind Basic Access Control (ICAO Doc 9303-10 and 9303-11).

Built from the standard's text and its worked example, on its own: nothing of the driver's. `answer` takes a command
APDU and gives the answer with its status word, as a contactless chip would.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from PIL import Image

from .people import FACES

SPECIMEN: Final = (  # the specimen of the standard
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C<3UTO6908061F9406236ZE184226B<<<<<14"
)
AID: Final = bytes.fromhex("A0000002471001")
OK, REFUSED, NO_FILE, NO_KEY = b"\x90\x00", b"\x69\x82", b"\x6a\x82", b"\x63\x00"
BAD_MESSAGE, NOT_PROTECTED, UNKNOWN = b"\x69\x88", b"\x69\x87", b"\x6d\x00"
OFFSET_TOO_FAR: Final = b"\x6b\x00"


def _length(size: int) -> bytes:
    if size < 128:
        return bytes((size,))
    return bytes((0x81, size)) if size < 256 else bytes((0x82, size // 256, size % 256))


def _object(tag: str, value: bytes) -> bytes:
    return bytes.fromhex(tag) + _length(len(value)) + value


def _face_file(form: str) -> bytes:
    """DG2 with one face record of ISO 19794-5."""
    out = BytesIO()
    Image.open(FACES / "jia.webp").convert("RGB").save(out, "JPEG" if form == "jpeg" else "JPEG2000")
    picture = out.getvalue()
    image_head = bytes((1, 0 if form == "jpeg" else 1)) + b"\x00\x66\x00\x7e" + bytes((1, 2, 0, 0, 0, 0))
    point = bytes((1, 0x21, 0, 30, 0, 40, 0, 0))
    rest = (1).to_bytes(2, "big") + bytes(14) + point + image_head + picture
    face = (len(rest) + 4).to_bytes(4, "big") + rest
    record = b"FAC\x00010\x00" + (len(face) + 14).to_bytes(4, "big") + b"\x00\x01" + face
    header = _object("A1", _object("81", b"\x02") + _object("87", b"\x01\x01") + _object("88", b"\x00\x08"))
    one = _object("7F60", header + _object("5F2E", record))
    return _object("75", _object("7F61", _object("02", b"\x01") + one))


def _files(mrz: str, form: str) -> dict[bytes, bytes]:
    return {
        bytes.fromhex("011E"): bytes.fromhex("60145F0104303130365F36063034303030305C026175"),
        bytes.fromhex("0101"): _object("61", _object("5F1F", mrz.encode())),
        bytes.fromhex("0102"): _face_file(form),
    }


def _des3(key: bytes, data: bytes, *, back: bool = False) -> bytes:
    cipher = Cipher(TripleDES(key + key[:8]), modes.CBC(bytes(8)))
    work = cipher.decryptor() if back else cipher.encryptor()
    return work.update(data) + work.finalize()


def _padded(data: bytes) -> bytes:
    data += b"\x80"
    return data + bytes(-len(data) % 8)


def _signed(key: bytes, data: bytes) -> bytes:
    """ISO 9797-1 algorithm 3, block after block as the standard draws it."""
    left, right = key[:8] * 2, key[8:] * 2
    value = bytes(8)
    data = _padded(data)
    for at in range(0, len(data), 8):
        value = _des3(left, bytes(a ^ b for a, b in zip(value, data[at : at + 8], strict=True)))
    return _des3(left, _des3(right, value, back=True))


def _key(seed: bytes, number: int) -> bytes:
    out = bytearray()
    for byte in hashlib.sha1(seed + bytes((0, 0, 0, number))).digest()[:16]:
        seven = byte >> 1
        out.append(seven << 1 | (bin(seven).count("1") % 2 == 0))
    return bytes(out)


@dataclass
class _Session:
    enc: bytes
    mac: bytes
    counter: int

    def next(self) -> bytes:
        self.counter += 1
        return self.counter.to_bytes(8, "big")


@dataclass
class Chip:
    """One document. `random` gives so many bytes, for the chip's challenge and key; `forge`: wrong MACs from now on."""

    mrz: str = SPECIMEN
    form: str = "jpeg"
    random: Callable[[int], bytes] = os.urandom
    forge: bool = False
    _chosen: bool = False
    _challenge: bytes = b""
    _session: _Session | None = None
    _file: bytes = b""
    _content: dict[bytes, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._content = _files(self.mrz, self.form)

    @property
    def key_lines(self) -> str:
        """Number, birth, expiry, each with its check digit, of a passport book (TD3)."""
        return self.mrz[44:54] + self.mrz[57:64] + self.mrz[65:72]

    def reset(self) -> None:
        """Out of the field."""
        self._chosen, self._challenge, self._session, self._file = False, b"", None, b""

    def answer(self, command: bytes) -> bytes:
        """One command's answer."""
        if self._session is not None:
            if command[0] & 0x0C != 0x0C:
                self._session = None
                return NOT_PROTECTED
            return self._protected(self._session, command)
        match command[1]:
            case 0xA4 if command[5 : 5 + command[4]] == AID:
                self._chosen = True
                return OK
            case 0xA4:
                return NO_FILE if not self._chosen else REFUSED
            case 0x84 if self._chosen:
                self._challenge = self.random(8)
                return self._challenge + OK
            case 0x82 if self._challenge:
                return self._authenticate(command[5:45])
            case 0xB0 | 0x84 | 0x82:
                return REFUSED
            case _:
                return UNKNOWN

    def _authenticate(self, given: bytes) -> bytes:
        challenge, self._challenge = self._challenge, b""
        seed = hashlib.sha1(self.key_lines.encode()).digest()[:16]
        enc, mac = _key(seed, 1), _key(seed, 2)
        if len(given) != 40 or _signed(mac, given[:32]) != given[32:]:
            return NO_KEY
        plain = _des3(enc, given[:32], back=True)
        theirs, mine, their_key = plain[:8], plain[8:16], plain[16:]
        if mine != challenge:
            return NO_KEY
        my_key = self.random(16)
        sealed = _des3(enc, challenge + theirs + my_key)
        both = bytes(a ^ b for a, b in zip(their_key, my_key, strict=True))
        counter = int.from_bytes(challenge[4:] + theirs[4:], "big")
        self._session = _Session(_key(both, 1), _key(both, 2), counter)
        return sealed + _signed(mac, sealed) + OK

    def _protected(self, session: _Session, command: bytes) -> bytes:
        header, body = command[:4], command[5 : 5 + command[4]]
        counter = session.next()
        at, objects = 0, {}
        while at + 1 < len(body):
            objects[body[at]] = body[at + 2 : at + 2 + body[at + 1]]
            at += 2 + body[at + 1]
        covered = body[: len(body) - 10]
        if objects.get(0x8E) != _signed(session.mac, counter + _padded(header) + covered):
            self._session = None
            return BAD_MESSAGE
        data = objects.get(0x87, b"")
        plain = _des3(session.enc, data[1:], back=True).rstrip(b"\0")[:-1] if data else b""
        wanted = (objects[0x97][0] or 256) if 0x97 in objects else 0
        found, status = self._do(command[1], command[2] << 8 | command[3], plain, wanted)
        out = b""
        if found:
            out += _object("87", b"\x01" + _des3(session.enc, _padded(found)))
        out += _object("99", status)
        signature = _signed(session.mac, session.next() + out)
        if self.forge:
            signature = bytes(8)
        return out + _object("8E", signature) + OK

    def _do(self, instruction: int, p1p2: int, data: bytes, wanted: int) -> tuple[bytes, bytes]:
        if instruction == 0xA4:
            if data not in self._content:
                return b"", NO_FILE
            self._file = self._content[data]
            return b"", OK
        if instruction == 0xB0:
            if p1p2 >= len(self._file):
                return b"", OFFSET_TOO_FAR
            return self._file[p1p2 : p1p2 + wanted], OK
        return b"", UNKNOWN
