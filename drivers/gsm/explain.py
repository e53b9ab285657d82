"""What a modem's line carries, in words: the AT dialogue of both sides, and SMS PDUs. Numbers, texts are personal."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from drivers.errors import ProtocolError
from drivers.explain import Capture, Field, Fields, Frame
from drivers.link import Parsed

from . import tpdu
from .at import AtError, parse_answer
from .errors import ErrorKind, classify, meaning

_SHORTEST_PDU_DIGITS: Final = 22  # telephone, SIM and device numbers on a line of their own have 20 at most
_LEAD: Final = re.compile(rb"[\r\n]*")
_PROMPT: Final = re.compile(rb"> |>\Z")
_TEXT: Final = re.compile(rb"[\x20-\x7e]+")
_END: Final = re.compile(rb"\r\n|[\r\n\x1a]|(?=\x1b)")
_ESC: Final = b"\x1b"
_LINE_ENDS: Final = b"\r\n\x1a\x1b"

# Digits in a row are never part of a name: they may be a telephone number, behind ATD say.
_NAME: Final = r"[A-Z]+\d?[A-Z]*"
_COMMAND: Final = re.compile(
    rf"AT(?P<name>[+^&#%*$\\]{_NAME}|D|[A-Z]\d?|)(?P<rest>=.*|\?|(?<=ATD).*|)", re.IGNORECASE
)
_INFORMATION: Final = re.compile(rf"(?P<name>[+^*%#]{_NAME}): *(?P<rest>.*)")
_HEX_DIGITS: Final = re.compile(rf"[0-9A-Fa-f]{{{_SHORTEST_PDU_DIGITS},}}")
# Short numbers, places of storage and states of the SIM identify nobody.
_HARMLESS_VALUE: Final = r'(?:READY|NOT INSERTED|SIM [A-Z0-9 ]+|"(?:SM|ME|MT|SR|BM)"|-?\d{0,3})'
_HARMLESS: Final = re.compile(rf"=?\??(?:{_HARMLESS_VALUE}(?:, ?{_HARMLESS_VALUE})*)?")
_PIN_COMMANDS: Final = frozenset({"+CPIN", "+CPWD", "+CLCK"})
_ANNOUNCES: Final = frozenset({"+CMGS", "+CMT", "+CDS", "+CMGR", "+CMGL"})
_WORDS: Final = frozenset({"RING", "CONNECT", "NO CARRIER", "NO ANSWER", "NO DIALTONE", "BUSY", "RDY"})
_ANNOUNCED: Final = "tpdu_octets"

_MEANINGS: Final = {
    "": "attention",
    "Z": "reset",
    "E0": "echo off",
    "E1": "echo on",
    "I": "identify",
    "+CFUN": "switch the radio",
    "+CMEE": "how errors are told",
    "+CPIN": "PIN of the SIM",
    "+CMGF": "message format, 0 is PDU",
    "+CSCA": "service centre",
    "+CSMP": "text mode parameters",
    "+CPMS": "message storage",
    "+CNMI": "what is told unasked",
    "+CSQ": "signal",
    "+CREG": "registration",
    "+CGREG": "registration for packets",
    "+CEREG": "registration for LTE",
    "+COPS": "operator",
    "+CMGS": "send a message",
    "+CMGR": "read a message",
    "+CMGL": "list messages",
    "+CMGD": "delete a message",
    "+CMTI": "a message came in",
    "+CMT": "a message comes in",
    "+CDS": "a status report comes in",
    "+CGMI": "manufacturer",
    "+CGMM": "model",
    "+CGMR": "firmware",
    "+CGSN": "number of the device",
    "+CIMI": "number of the subscriber",
}
_REGISTRATION: Final = ("idle", "registered, home", "searching", "denied", "unknown", "registered, roaming")
_NO_SIGNAL: Final = 99

# TP-ST of a status report, TS 23.040 9.2.3.15
_DELIVERED: Final = {
    0x00: "delivered",
    0x01: "forwarded, not confirmed",
    0x02: "replaced by the service centre",
}
_STATUS_GROUPS: Final = (
    (0x20, "done"),
    (0x40, "still trying"),
    (0x60, "failed for good"),
    (0x80, "failed, no longer tried"),
)


def pdu(capture: Capture, at: int) -> Frame | None:
    """The PDU that begins at `at`, service centre included."""
    try:
        found = tpdu.decode(capture.data, at)
    except tpdu.CutShort as short:
        length = len(capture.data) - at + short.lacking
        return Frame(short.kind or "PDU", length, at_least=True, hidden=range(1, length))
    except ProtocolError:
        return None
    return Frame(found.kind, found.octets, _of_pdu(found), hidden=range(1, found.octets))


def dialogue(capture: Capture, at: int) -> Frame | None:
    """The line, prompt or ESC that begins at `at`; line ends before a line are its own, as modems send them."""
    data = capture.data
    if data.startswith(_ESC, at):
        return Frame("leave the prompt", 1)
    begins = _matched_end(_LEAD, data, at)
    if (prompt := _PROMPT.match(data, begins)) is not None:
        return Frame("prompt", prompt.end() - at)
    ends = _matched_end(_TEXT, data, begins)
    if ends == begins:
        return Frame("empty line", begins - at) if begins > at else None
    frame = _line(data[begins:ends].decode("ascii"), capture.earlier)
    at_start = at == 0 or begins > at or data[at - 1] in _LINE_ENDS or _follows_prompt(capture)
    end = _END.match(data, ends)
    if frame.name == "text" and (not at_start or (end is None and ends < len(data))):
        return None
    hidden = range(begins - at, ends - at) if any(part.personal for part in frame.fields) else range(0)
    if end is not None:
        return replace(frame, length=end.end() - at, hidden=hidden)
    if ends == len(data):
        return replace(frame, length=ends - at + 1, at_least=True, hidden=hidden)
    return replace(
        frame, length=ends - at, problem=f"broken off by {data[ends]:02X}", weak=True, hidden=hidden
    )


def _matched_end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return at if found is None else found.end()


def _follows_prompt(capture: Capture) -> bool:
    return bool(capture.earlier) and capture.earlier[-1].name == "prompt"


def _line(text: str, earlier: Sequence[Frame]) -> Frame:
    """One line without its ends; its length is set by the caller."""
    text = text.strip()
    answer = parse_answer(text.encode("ascii") + b"\r")
    if isinstance(answer, Parsed):
        return _final(answer.frame.error)
    if text in _WORDS:
        return Frame(text, 0)
    if (command := _COMMAND.fullmatch(text)) is not None:
        return _named("command", command["name"].upper(), command["rest"])
    if (told := _INFORMATION.fullmatch(text)) is not None:
        return _named("information", told["name"], told["rest"])
    if _HEX_DIGITS.fullmatch(text) is not None:
        return _pdu_line(text, earlier)
    return Frame("text", 0, (Field("text", text, personal=True),))


def _final(error: AtError | None) -> Frame:
    if error is None:
        return Frame("OK", 0)
    if error.kind is ErrorKind.PLAIN:
        return Frame("ERROR", 0)
    return Frame(
        f"+{error.kind.upper()} ERROR", 0,
        (
            Field("number", error.number),
            Field("meaning", meaning(error.kind, error.number)),
            Field("class", classify(error.kind, error.number).value),
        ),
    )  # fmt: skip


def _named(kind: str, name: str, rest: str) -> Frame:
    """A command, or what the modem says about one."""
    shown = f"AT{name}" if kind == "command" else name
    personal = _HARMLESS.fullmatch(rest) is None or (
        kind == "command" and name in _PIN_COMMANDS and "=" in rest
    )
    fields = [Field("name", shown)]
    if name in _MEANINGS:
        fields.append(Field("meaning", _MEANINGS[name]))
    if rest:
        fields.append(Field("values", rest, personal=personal))
    numbers = [int(number) for number in re.findall(r"\d+", rest)] if not personal else []
    if kind == "information":
        fields += _told(name, numbers)
    if name in _ANNOUNCES and numbers and not (kind == "information" and name == "+CMGS"):
        fields.append(Field(_ANNOUNCED, numbers[-1]))
    return Frame(kind, 0, tuple(fields))


def _told(name: str, numbers: list[int]) -> list[Field]:
    """The meaning of a modem's values, where there is more to say than the values."""
    if name == "+CSQ" and numbers:
        level = numbers[0]
        return [Field("signal", "unknown" if level == _NO_SIGNAL else f"{2 * level - 113} dBm")]
    if name in ("+CREG", "+CGREG", "+CEREG") and numbers:
        state = numbers[min(1, len(numbers) - 1)]
        return [Field("state", _REGISTRATION[state] if state < len(_REGISTRATION) else "in no table")]
    if name == "+CMGS" and numbers:
        return [Field("reference", numbers[0])]
    return []


def _pdu_line(text: str, earlier: Sequence[Frame]) -> Frame:
    if len(text) % 2:
        return Frame("PDU", 0, (Field("pdu", text, personal=True),), problem="an odd number of digits")
    octets = bytes.fromhex(text)
    try:
        found = tpdu.decode(octets)
    except ProtocolError as error:
        return Frame("PDU", 0, (Field("pdu", text, personal=True),), problem=str(error))
    return Frame(found.kind, 0, _of_pdu(found), problem=_length_problem(found, len(octets), earlier))


def _length_problem(found: tpdu.Pdu, octets: int, earlier: Sequence[Frame]) -> str:
    """A PDU of another length than the line before it announced is refused by every modem."""
    if octets > found.octets:
        return f"{octets - found.octets} octets behind the PDU's end"
    before = [frame for frame in earlier[-2:] if frame.name != "prompt"]
    announced = next(
        (part.value for frame in before[-1:] for part in frame.fields if part.name == _ANNOUNCED), None
    )
    if announced is None or announced == found.tpdu_octets:
        return ""
    return f"{announced} octets announced, {found.tpdu_octets} in the TPDU"


def _of_pdu(found: tpdu.Pdu) -> Fields:
    """All that a PDU of this kind has."""
    personal = (
        ("service_centre", found.untrusted_centre),
        ("from" if found.kind is tpdu.Kind.DELIVER else "to", found.untrusted_number),
    )
    fields = [Field(_ANNOUNCED, found.tpdu_octets)]
    fields += [Field(name, value, personal=True) for name, value in personal]
    if found.reference is not None:
        fields.append(Field("reference", found.reference))
    if found.kind is tpdu.Kind.STATUS_REPORT:
        return (*fields, *_of_report(found))
    fields.append(Field("report_wanted", found.report_wanted))
    if found.at is not None:
        fields.append(Field("at", found.at.isoformat()))
    if found.validity is not None:
        fields.append(Field("validity", f"{found.validity:02X}"))
    if found.coding is not None:
        fields.append(Field("coding", found.coding.value))
    if found.part is not None:
        fields.append(Field("part", f"{found.part.number} of {found.part.total}"))
        fields.append(Field("part_reference", found.part.reference))
    return (*fields, Field("text", found.untrusted_text, personal=True))


def _of_report(found: tpdu.Pdu) -> list[Field]:
    status = found.status or 0
    group = next((words for limit, words in _STATUS_GROUPS if status < limit), "in no table")
    return [
        Field("at", found.at.isoformat() if found.at else None),
        Field("discharged_at", found.discharged_at.isoformat() if found.discharged_at else None),
        Field("status", f"{status:02X}"),
        Field("meaning", _DELIVERED.get(status, group)),
    ]
