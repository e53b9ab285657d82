"""Emulated GSM modem: AT commands in PDU mode, a network that keeps what it was given, and a menu of faults.

It decodes what arrives with tables of its own and joins the parts of long messages.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from .base import Answer, Emulator, arguments, run

SEND_TIME_S: Final = 0.8  # what a network takes for one part
SEARCH_TIME_S: Final = 1.0  # from power on to a network; real modems take up to half a minute

# One character a code; the escape has a place of its own.
_ALPHABET: Final[tuple[str, ...]] = tuple(
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
_ESCAPED: Final = dict(
    zip(
        (10, 20, 40, 41, 47, 60, 61, 62, 64, 101),
        ("\f", "^", "{", "}", "\\", "[", "~", "]", "|", "€"),
        strict=True,
    )
)

_CTRL_Z, _ESC, _CR = 0x1A, 0x1B, 0x0D
_CMS_NO_SIM: Final = 310
_CMS_NO_NETWORK: Final = 331
_CMS_INVALID_PDU: Final = 304
_CMS_UNKNOWN_NUMBER: Final = 28
_CME_NO_SIM: Final = 10
_UNSOLICITED: Final = (
    '+CMTI: "SM",3',
    "^RSSI:18",
    "+CREG: 1",
    "RING",
    "+CDS: 25",
    "0006D60B91110000000000F0",
)


class PduError(ValueError):
    """The PDU is not a well-formed SMS-SUBMIT."""


@dataclass(frozen=True, slots=True)
class Part:
    """One decoded SMS-SUBMIT."""

    number: str = field(repr=False)
    text: str = field(repr=False)
    reference: int
    total: int
    sequence: int


class _Reader:
    """Takes octets off the front; running out is a `PduError`."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def take(self, count: int) -> bytes:
        piece = self._octets[self._at : self._at + count]
        if len(piece) != count:
            raise PduError("ends too early")
        self._at += count
        return piece

    def octet(self) -> int:
        return self.take(1)[0]

    def rest(self) -> bytes:
        return self.take(len(self._octets) - self._at)


def decode_submit(pdu: str, tpdu_octets: int) -> Part:
    """Decode one PDU as it came behind `AT+CMGS=tpdu_octets`. Raises `PduError`."""
    try:
        reader = _Reader(bytes.fromhex(pdu))
    except ValueError as error:
        raise PduError("not hexadecimal") from error
    reader.take(reader.octet())
    body = reader.rest()
    if len(body) != tpdu_octets:
        raise PduError(f"{len(body)} octets announced as {tpdu_octets}")
    return _decode_tpdu(_Reader(body))


def _decode_tpdu(reader: _Reader) -> Part:
    first = reader.octet()
    if first & 0x03 != 0x01:
        raise PduError("not a SUBMIT")
    reader.octet()  # message reference
    digits = reader.octet()
    international = reader.octet() == 0x91
    swapped = reader.take((digits + 1) // 2).hex()
    number = "".join(b + a for a, b in zip(swapped[::2], swapped[1::2], strict=True))[:digits]
    reader.octet()  # protocol identifier
    coding = reader.octet()
    validity_octets = {0x00: 0, 0x10: 1, 0x08: 7, 0x18: 7}[first & 0x18]
    reader.take(validity_octets)
    length = reader.octet()
    text, (reference, total, sequence) = _decode_user_data(
        coding, length, reader.rest(), header=bool(first & 0x40)
    )
    return Part(("+" if international else "") + number, text, reference, total, sequence)


def _decode_user_data(
    coding: int, length: int, data: bytes, *, header: bool
) -> tuple[str, tuple[int, int, int]]:
    header_octets = data[0] + 1 if header and data else 0
    parts = _concatenation(data[1:header_octets]) if header else (0, 1, 1)
    if coding == 0x08:
        if length != len(data) or length > 140:
            raise PduError("length of the user data is wrong")
        return data[header_octets:].decode("utf-16-be"), parts
    if coding != 0x00:
        raise PduError(f"data coding {coding:02X} is not emulated")
    if len(data) != (length * 7 + 7) // 8 or length > 160:
        raise PduError("length of the user data is wrong")
    header_septets = (header_octets * 8 + 6) // 7
    bits = int.from_bytes(data, "little") >> (7 * header_septets)
    body = bits.to_bytes(len(data), "little")
    return unpack_septets(body, length - header_septets), parts


def _concatenation(header: bytes) -> tuple[int, int, int]:
    reader = _Reader(header)
    kind, length = reader.octet(), reader.octet()
    if (kind, length) != (0x00, 3):
        raise PduError(f"user data header {kind:02X} is not emulated")
    return reader.octet(), reader.octet(), reader.octet()


def unpack_septets(data: bytes, count: int) -> str:
    """Text of `count` septets, escapes resolved."""
    bits = int.from_bytes(data, "little")
    return _spelled([(bits >> (7 * at)) & 0x7F for at in range(count)])


def _spelled(codes: list[int]) -> str:
    text = ""
    rest = iter(codes)
    for code in rest:
        text += _ESCAPED.get(next(rest, 0), " ") if _ALPHABET[code] == "\x1b" else _ALPHABET[code]
    return text


# what modems say of themselves and of how they could work, 3GPP 27.007 and 27.005; other people's tools ask for it
_TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "+CGMI": ("Emulated",),
    "+CGMM": ("GSM modem",),
    "+CGMR": ("1.00",),
    "+CGSN": ("490154203237518",),
    "+CIMI": ("460001234567890",),
    "+CSCS?": ('+CSCS: "GSM"',),
    "+CSCS=?": ('+CSCS: ("GSM","UCS2")',),
    '+CSCS="GSM"': (),
    "+CMGF=?": ("+CMGF: (0,1)",),
    "+CSMS?": ("+CSMS: 0,1,1,1",),
    "+CSCA?": ('+CSCA: "+8613800100500",145',),
    "+CREG=?": ("+CREG: (0,1)",),
    "+CFUN=1": (),
    "+CFUN?": ("+CFUN: 1",),
}


class GsmEmulator(Emulator):
    """A modem with a SIM, a network and a phone book of refused numbers."""

    BAUDRATE: ClassVar[int] = 115200
    FAULTS: ClassVar[Mapping[str, str]] = {
        **Emulator.FAULTS,
        "stuck_prompt": "takes a PDU and stays at its prompt without an answer, until ESC",
        "unsolicited": "sends unsolicited lines before each answer",
    }

    def __init__(
        self,
        *,
        log: Path | None = None,
        send_time_s: float = SEND_TIME_S,
        search_time_s: float = SEARCH_TIME_S,
    ) -> None:
        super().__init__()
        self._log = log
        self._send_time_s = send_time_s
        self._search_time_s = search_time_s
        self._echo = True
        self._pdu_mode = False
        self._announced: int | None = None  # octets of the PDU the prompt waits for
        self._typed = bytearray()
        self._sim = True
        self._network = True
        self._searches_until_s = 0.0  # monotonic; after power on
        self._refused: dict[str, int] = {}
        self._reference = 0
        self._parts: dict[tuple[str, int, int], dict[int, str]] = {}
        self._messages: list[dict[str, str]] = []

    def state(self) -> Answer:
        """SIM, network, what it waits for and how much it took; no text and no number."""
        return {
            "sim": self._sim,
            "network": self._network,
            "at_prompt": self._announced is not None,
            "messages": len(self._messages),
            "refused_numbers": len(self._refused),
        }

    def act(self, do: str, call: Mapping[str, Any]) -> Answer:
        """See the module's menu: SIM, network, refused numbers, what has arrived."""
        match do:
            case "sim.remove" | "sim.insert":
                self._sim = do == "sim.insert"
            case "network.lose" | "network.find":
                self._network = do == "network.find"
            case "number.refuse":
                self._refused[str(call["number"])] = int(call.get("code", _CMS_UNKNOWN_NUMBER))
            case "number.accept":
                self._refused.pop(str(call["number"]), None)
            case "messages":
                return {"messages": list(self._messages)}
            case _:
                raise ValueError(
                    "acts: sim.remove, sim.insert, network.lose, network.find, number.refuse {number, code},"
                    " number.accept {number}, messages"
                )
        return {}

    def power_lost(self) -> None:
        """Every setting is the factory's again, a message at the prompt is gone; what the network has it keeps."""
        self._reset()
        self._announced = None
        self._typed.clear()

    def power_returned(self, now_s: float) -> None:
        """It looks for a network."""
        self._searches_until_s = now_s + self._search_time_s

    @property
    def _registered(self) -> bool:
        return self._sim and self._network and time.monotonic() >= self._searches_until_s

    def received(self, data: bytes) -> None:
        """Collect a command line, or the PDU behind a prompt."""
        for byte in data:
            if self._echo and byte not in (_CTRL_Z, _ESC):
                self.reply(bytes([byte]))
            if self._announced is not None:
                self._at_prompt(byte)
            elif byte == _CR:
                line, self._typed = self._typed.decode("latin-1"), bytearray()
                self._command(line)
            else:
                self._typed.append(byte)

    def _at_prompt(self, byte: int) -> None:
        if byte == _ESC:
            self._announced = None
            self._typed.clear()
            self._say("OK")
        elif byte == _CTRL_Z and "stuck_prompt" not in self.faults:
            announced, self._announced = self._announced or 0, None
            pdu, self._typed = self._typed.decode("latin-1"), bytearray()
            self._submit(pdu.strip(), announced)
        else:
            self._typed.append(byte)

    def _command(self, line: str) -> None:
        at = line.upper().find("AT")  # noise before AT is passed over, as modems do
        if at < 0:
            return
        command = line[at + 2 :].strip().upper()
        if command.startswith("+CMGS="):
            self._announce(command.removeprefix("+CMGS="))
            return
        answer = self._answers().get(command)
        if answer is None and command in _TOLD:
            self._say(*_TOLD[command], "OK")
        elif answer is None:
            self._say("ERROR")
        else:
            self._say(*answer())

    def _answers(self) -> Mapping[str, Callable[[], tuple[str, ...]]]:
        return {
            "": lambda: ("OK",),
            "Z": self._reset,
            "E0": lambda: self._set_echo(on=False),
            "E1": lambda: self._set_echo(on=True),
            "+CMEE=1": lambda: ("OK",),
            "+CMGF=0": lambda: self._set_mode(pdu=True),
            "+CMGF=1": lambda: self._set_mode(pdu=False),
            "+CPIN?": lambda: ("+CPIN: READY", "OK") if self._sim else (f"+CME ERROR: {_CME_NO_SIM}",),
            "+CREG?": lambda: (f"+CREG: 0,{1 if self._registered else 2}", "OK"),
            "+CSQ": lambda: ("+CSQ: 18,99" if self._registered else "+CSQ: 99,99", "OK"),
        }

    def _reset(self) -> tuple[str, ...]:
        self._echo, self._pdu_mode = True, False
        return ("OK",)

    def _set_echo(self, *, on: bool) -> tuple[str, ...]:
        self._echo = on
        return ("OK",)

    def _set_mode(self, *, pdu: bool) -> tuple[str, ...]:
        self._pdu_mode = pdu
        return ("OK",)

    def _announce(self, octets: str) -> None:
        if not self._sim:
            self._say(f"+CMS ERROR: {_CMS_NO_SIM}")
        elif not self._pdu_mode or not octets.isdecimal() or not 7 <= int(octets) <= 164:
            self._say(f"+CMS ERROR: {_CMS_INVALID_PDU}")
        else:
            self._announced = int(octets)
            self.reply(self._before() + b"\r\n> ")

    def _submit(self, pdu: str, announced: int) -> None:
        try:
            part = decode_submit(pdu, announced)
        except (PduError, UnicodeDecodeError):
            self._say(f"+CMS ERROR: {_CMS_INVALID_PDU}")
            return
        if not self._registered:
            self._say(f"+CMS ERROR: {_CMS_NO_NETWORK}", delay_s=self._send_time_s)
        elif part.number in self._refused:
            self._say(f"+CMS ERROR: {self._refused[part.number]}", delay_s=self._send_time_s)
        else:
            self._reference = (self._reference + 1) & 0xFF
            self._keep(part)
            self._say(f"+CMGS: {self._reference}", "OK", delay_s=self._send_time_s)

    def _keep(self, part: Part) -> None:
        key = (part.number, part.reference, part.total)
        parts = self._parts.setdefault(key, {})
        parts[part.sequence] = part.text
        if len(parts) < part.total:
            return
        del self._parts[key]
        text = "".join(parts[sequence] for sequence in sorted(parts))
        message = {"number": part.number, "text": text, "at": datetime.now(UTC).isoformat()}
        self._messages.append(message)
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(message, ensure_ascii=False) + "\n")

    def _say(self, *lines: str, delay_s: float = 0.0) -> None:
        frame = b"".join(f"\r\n{line}\r\n".encode("latin-1") for line in lines)
        self.reply(self._before() + frame, delay_s=delay_s)

    def _before(self) -> bytes:
        if "unsolicited" not in self.faults:
            return b""
        return b"".join(f"\r\n{line}\r\n".encode("latin-1") for line in _UNSOLICITED)


def main() -> None:
    """Command line."""
    parser = arguments("Emulated GSM modem (AT commands, PDU mode)")
    parser.add_argument("--log", type=Path, help="append each message that arrived to this file, JSON a line")
    parser.add_argument(
        "--send-time", type=float, default=SEND_TIME_S, help="seconds the network takes for a part"
    )
    parser.add_argument(
        "--search-time", type=float, default=SEARCH_TIME_S, help="seconds from power on to a network"
    )
    options = parser.parse_args()
    modem = GsmEmulator(log=options.log, send_time_s=options.send_time, search_time_s=options.search_time)
    run(modem, options)


if __name__ == "__main__":
    main()
