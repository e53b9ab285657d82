"""SMS PDUs read back (3GPP TS 23.040): SUBMIT, DELIVER and STATUS-REPORT with the service centre in front.

| octets | SUBMIT | DELIVER | STATUS-REPORT |
|---|---|---|---|
| service centre | length, TOA, number; `00` takes the SIM's own | same | same |
| first octet, bits 0-1 | `01` | `00` | `10` |
| | MR | | MR |
| digits, TOA, number | to | from | to |
| | PID, DCS, VP (0, 1 or 7) | PID, DCS, time (7) | time (7), time of discharge (7), status |
| | UDL, UD | UDL, UD | |

Numbers, texts and times are untrusted: whoever sends an SMS writes them.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from drivers.errors import ProtocolError

from . import alphabet

_MOST_DIGITS: Final = 20
_MOST_CENTRE_OCTETS: Final = 12
_MOST_SEPTETS: Final = 160
_MOST_OCTETS: Final = 140
_TOA_EXTENSION: Final = 0x80
_TOA_KIND: Final = 0x70
_TOA_PLAN: Final = 0x0F
_ALPHANUMERIC: Final = 0x50
_INTERNATIONAL: Final = 0x10
_DIGITS: Final = "0123456789*#abc"
_FILLER: Final = 0xF
_USER_HEADER: Final = 0x40
_REPORT_WANTED: Final = 0x20
_PART_8: Final = 0x00
_PART_16: Final = 0x08


class Kind(StrEnum):
    """The three kinds that a modem's serial line carries."""

    DELIVER = "SMS-DELIVER"
    SUBMIT = "SMS-SUBMIT"
    STATUS_REPORT = "SMS-STATUS-REPORT"


_KINDS: Final = (Kind.DELIVER, Kind.SUBMIT, Kind.STATUS_REPORT)


class Coding(StrEnum):
    """How user data are written."""

    SEPTETS = "7 bit"
    OCTETS = "8 bit"
    UCS2 = "UCS2"


class CutShort(ProtocolError):
    """The octets end before the PDU does. `kind` is None when not even that came; at least `lacking` octets lack."""

    def __init__(self, kind: Kind | None, lacking: int) -> None:
        super().__init__(f"PDU: at least {lacking} octets lack")
        self.kind = kind
        self.lacking = lacking


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a long text this is."""

    reference: int
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Pdu:
    """One PDU. Only the fields of its kind are set; `octets` is its whole length, `tpdu_octets` that without the
    service centre (the n of `AT+CMGS=n`). Times are as the service centre gave them, with its offset from UTC."""

    kind: Kind
    octets: int
    tpdu_octets: int
    untrusted_centre: str = field(repr=False)
    untrusted_number: str = field(repr=False)
    reference: int | None = None
    report_wanted: bool = False
    coding: Coding | None = None
    validity: int | None = None  # octet TP-VP, relative
    part: Part | None = None
    untrusted_text: str = field(default="", repr=False)
    at: datetime | None = None
    discharged_at: datetime | None = None
    status: int | None = None


class _Octets:
    """Octets taken one after the other. Raises `CutShort` at their end."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.start, self.at = data, at, at
        self.kind: Kind | None = None

    def take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) < count:
            raise CutShort(self.kind, count - len(taken))
        self.at += count
        return taken

    def octet(self) -> int:
        return self.take(1)[0]


def decode(data: bytes, at: int = 0) -> Pdu:
    """The PDU that begins at `at`; what follows it is left alone. Raises `CutShort`, else `ProtocolError`."""
    octets = _Octets(data, at)
    centre = _centre(octets)
    tpdu_at = octets.at
    first = octets.octet()
    if first & 0x03 >= len(_KINDS):
        raise ProtocolError(f"PDU: first octet {first:02X} is none of SUBMIT, DELIVER, STATUS-REPORT")
    octets.kind = kind = _KINDS[first & 0x03]
    reference = None if kind is Kind.DELIVER else octets.octet()
    number = _address(octets)
    if kind is Kind.STATUS_REPORT:
        sent, discharged, status = _time(octets), _time(octets), octets.octet()
        return Pdu(
            kind, octets.at - at, octets.at - tpdu_at, centre, number, reference,
            at=sent, discharged_at=discharged, status=status,
        )  # fmt: skip
    octets.octet()  # PID: what it says besides "a text" changes nothing for whoever reads it
    coding = _coding(octets.octet())
    at_centre = _time(octets) if kind is Kind.DELIVER else None
    validity = _validity(octets, first) if kind is Kind.SUBMIT else None
    part, text = _user_data(octets, coding, header=bool(first & _USER_HEADER))
    return Pdu(
        kind, octets.at - at, octets.at - tpdu_at, centre, number, reference,
        report_wanted=bool(first & _REPORT_WANTED), coding=coding, validity=validity, part=part,
        untrusted_text=text, at=at_centre,
    )  # fmt: skip


def _centre(octets: _Octets) -> str:
    count = octets.octet()
    if count == 0:
        return ""
    if not 2 <= count <= _MOST_CENTRE_OCTETS:
        raise ProtocolError(f"PDU: {count} octets of service centre; allowed 0 or 2 to {_MOST_CENTRE_OCTETS}")
    toa = _toa(octets)
    return _number(octets.take(count - 1), 2 * (count - 1), toa)


def _address(octets: _Octets) -> str:
    count = octets.octet()
    if not 1 <= count <= _MOST_DIGITS:
        raise ProtocolError(f"PDU: {count} digits; allowed 1 to {_MOST_DIGITS}")
    toa = _toa(octets)
    return _number(octets.take((count + 1) // 2), count, toa)


def _toa(octets: _Octets) -> int:
    toa = octets.octet()
    if not toa & _TOA_EXTENSION or toa & _TOA_PLAN > 1:
        raise ProtocolError(f"PDU: type of address {toa:02X}; expected 81, 91 or the like")
    return toa


def _number(packed: bytes, count: int, toa: int) -> str:
    """`count` half octets, swapped in pairs; a filler may end them."""
    if toa & _TOA_KIND == _ALPHANUMERIC:
        return alphabet.text_of(alphabet.unpack(packed, 4 * count // 7))
    halves = [half for octet in packed for half in (octet & 0x0F, octet >> 4)]
    if halves[-1] == _FILLER:
        halves.pop()
    digits = halves[:count]
    if len(halves) > count or any(half >= len(_DIGITS) for half in digits):
        raise ProtocolError("PDU: a telephone number with what is no digit")
    return ("+" if toa & _TOA_KIND == _INTERNATIONAL else "") + "".join(_DIGITS[half] for half in digits)


def _coding(dcs: int) -> Coding:
    """TS 23.038: general groups, message waiting groups, class group."""
    group = dcs >> 4
    if group < 0x8:
        return (Coding.SEPTETS, Coding.OCTETS, Coding.UCS2, Coding.SEPTETS)[dcs >> 2 & 0x03]
    if group == 0xF:
        return Coding.OCTETS if dcs & 0x04 else Coding.SEPTETS
    if group >= 0xC:
        return Coding.UCS2 if group == 0xE else Coding.SEPTETS
    raise ProtocolError(f"PDU: coding {dcs:02X} is reserved")


def _validity(octets: _Octets, first: int) -> int | None:
    """None without a relative one; the two long forms are passed over."""
    match first & 0x18:
        case 0x00:
            return None
        case 0x10:
            return octets.octet()
        case _:
            octets.take(7)
            return None


def _time(octets: _Octets) -> datetime:
    """Seven octets, digits swapped in pairs: YY MM DD hh mm ss and quarters of an hour from UTC."""
    packed = octets.take(7)
    year, month, day, hour, minute, second = ((octet & 0x0F) * 10 + (octet >> 4) for octet in packed[:6])
    quarters = (packed[6] & 0x07) * 10 + (packed[6] >> 4)
    if packed[6] & 0x08:
        quarters = -quarters
    try:
        zone = timezone(timedelta(minutes=15 * quarters))
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        raise ProtocolError(f"PDU: {packed.hex(' ').upper()} is no time") from None


def _user_data(octets: _Octets, coding: Coding, *, header: bool) -> tuple[Part | None, str]:
    length = octets.octet()
    most = _MOST_SEPTETS if coding is Coding.SEPTETS else _MOST_OCTETS
    if length > most:
        raise ProtocolError(f"PDU: {length} units of user data; {most} at most")
    data = octets.take((7 * length + 7) // 8 if coding is Coding.SEPTETS else length)
    part, header_octets = _header(data) if header else (None, 0)
    if coding is Coding.SEPTETS:
        taken = (8 * header_octets + 6) // 7
        fill_bits = 7 * taken - 8 * header_octets
        septets = alphabet.unpack(data[header_octets:], max(0, length - taken), fill_bits=fill_bits)
        return part, alphabet.text_of(septets)
    if coding is Coding.UCS2:
        return part, data[header_octets:].decode("utf-16-be", "replace")
    return part, data[header_octets:].hex(" ").upper()


def _header(data: bytes) -> tuple[Part | None, int]:
    """The part that a user data header names, and how many octets the header takes."""
    octets = 1 + (data[0] if data else 0)
    if octets > len(data):
        raise ProtocolError("PDU: a header longer than the user data")
    part, at = None, 1
    while at + 2 <= octets:
        element, count = data[at], data[at + 1]
        value = data[at + 2 : at + 2 + count]
        if (element, count) in ((_PART_8, 3), (_PART_16, 4)) and at + 2 + count <= octets:
            part = Part(int.from_bytes(value[:-2], "big"), number=value[-1], total=value[-2])
        at += 2 + count
    return part, octets
