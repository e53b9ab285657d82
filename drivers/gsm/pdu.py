"""SMS-SUBMIT in PDU mode (3GPP TS 23.040): one text becomes one or more PDUs for `AT+CMGS`.

| octets | meaning |
|---|---|
| `00` or length, TOA, number | service centre; `00` takes the SIM's own |
| first octet | `01` SUBMIT, `10` relative validity follows, `20` status report wanted, `40` a header begins UD |
| MR | message reference; the modem numbers single messages itself |
| digits, TOA, number | `91` international, `81` unknown; digits swapped in pairs, `F` fills |
| PID, DCS | `00`; `00` 7 bit, `08` UCS2 |
| VP | only with `10`: relative validity |
| UDL, UD | septets (7 bit) or octets (UCS2), header included |
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from . import alphabet

_SUBMIT: Final = 0x01
_VALIDITY: Final = 0x10
_STATUS_REPORT: Final = 0x20
_USER_HEADER: Final = 0x40
_DCS_7BIT: Final = 0x00
_DCS_UCS2: Final = 0x08
TOA_INTERNATIONAL: Final = 0x91
TOA_UNKNOWN: Final = 0x81

_HEADER_OCTETS: Final = 6  # 05 00 03 ref total seq
_HEADER_SEPTETS: Final = 7  # the same 48 bits, and one to fill the septet
_UCS2_OCTETS: Final = 140
_SEPTETS_SINGLE: Final = 160
MAX_PARTS: Final = 255

_Char = TypeVar("_Char", bytes, tuple[int, ...])

_NUMBER: Final = re.compile(r"\+?[0-9]{3,20}")


@dataclass(frozen=True, slots=True)
class SubmitPdu:
    """One part. `hex` goes over the line before 1A; `tpdu_octets` is the n of `AT+CMGS=n` (without service centre)."""

    hex: str = field(repr=False)
    tpdu_octets: int


@dataclass(frozen=True, slots=True)
class SubmitOptions:
    """What seldom changes. `validity` is the relative validity octet, see `relative_validity`."""

    status_report: bool = False
    validity: int | None = None
    service_centre: str | None = field(default=None, repr=False)
    national_toa: int = TOA_UNKNOWN


@dataclass(frozen=True, slots=True)
class _UserData:
    dcs: int
    length: int
    octets: bytes = field(repr=False)


def relative_validity(minutes: int) -> int:
    """Octet TP-VP for at least `minutes`: steps of 5 min to 12 h, 30 min to 24 h, days to 30, then weeks to 63."""
    if minutes <= 12 * 60:
        return max(0, -(-minutes // 5) - 1)
    if minutes <= 24 * 60:
        return 143 + -(-(minutes - 12 * 60) // 30)
    days = -(-minutes // (24 * 60))
    if days <= 30:
        return 166 + days
    return min(255, 192 + -(-days // 7))


def encode_submit(
    number: str, text: str, *, reference: int, options: SubmitOptions | None = None
) -> tuple[SubmitPdu, ...]:
    """All parts of one message. `reference` (0 to 255) ties the parts together.

    Raises `ValueError`, without naming the number, when it is none, the text is empty or takes over 255 parts.
    """
    if _NUMBER.fullmatch(number) is None:
        raise ValueError("not a telephone number: 3 to 20 digits, optionally behind +")
    if not text:
        raise ValueError("an empty text")
    options = options or SubmitOptions()
    parts = _user_data(text, reference & 0xFF)
    return tuple(_submit(number, part, reference & 0xFF, options, header=len(parts) > 1) for part in parts)


def _submit(
    number: str, data: _UserData, reference: int, options: SubmitOptions, *, header: bool
) -> SubmitPdu:
    first = _SUBMIT
    first |= _USER_HEADER if header else 0
    first |= _STATUS_REPORT if options.status_report else 0
    first |= _VALIDITY if options.validity is not None else 0
    digits = number.lstrip("+")
    tpdu = bytes([first, reference if header else 0, len(digits)])
    tpdu += _address(number, options.national_toa) + bytes([0, data.dcs])
    if options.validity is not None:
        tpdu += bytes([options.validity])
    tpdu += bytes([data.length]) + data.octets
    return SubmitPdu((_service_centre(options) + tpdu).hex().upper(), len(tpdu))


def _service_centre(options: SubmitOptions) -> bytes:
    if options.service_centre is None:
        return b"\x00"
    address = _address(options.service_centre, options.national_toa)
    return bytes([len(address)]) + address


def _address(number: str, national_toa: int) -> bytes:
    """Type of address and the digits, swapped in pairs."""
    toa = TOA_INTERNATIONAL if number.startswith("+") else national_toa
    digits = number.lstrip("+")
    digits += "F" * (len(digits) % 2)
    return bytes([toa]) + bytes.fromhex(
        "".join(digits[at + 1] + digits[at] for at in range(0, len(digits), 2))
    )


def _user_data(text: str, reference: int) -> list[_UserData]:
    return _in_septets(text, reference) if alphabet.fits(text) else _in_ucs2(text, reference)


def _in_septets(text: str, reference: int) -> list[_UserData]:
    chars = [alphabet.septets_of(char) or () for char in text]
    if sum(map(len, chars)) <= _SEPTETS_SINGLE:
        septets = [septet for char in chars for septet in char]
        return [_UserData(_DCS_7BIT, len(septets), alphabet.pack(septets))]
    parts = [
        [septet for char in part for septet in char]
        for part in _filled(chars, _SEPTETS_SINGLE - _HEADER_SEPTETS)
    ]
    return [
        _UserData(_DCS_7BIT, _HEADER_SEPTETS + len(part), header + alphabet.pack(part, fill_bits=1))
        for header, part in zip(_headers(len(parts), reference), parts, strict=True)
    ]


def _in_ucs2(text: str, reference: int) -> list[_UserData]:
    """UTF-16BE; a character outside the BMP is never cut in two."""
    chars = [char.encode("utf-16-be") for char in text]
    if sum(map(len, chars)) <= _UCS2_OCTETS:
        octets = b"".join(chars)
        return [_UserData(_DCS_UCS2, len(octets), octets)]
    parts = [b"".join(part) for part in _filled(chars, _UCS2_OCTETS - _HEADER_OCTETS)]
    return [
        _UserData(_DCS_UCS2, _HEADER_OCTETS + len(part), header + part)
        for header, part in zip(_headers(len(parts), reference), parts, strict=True)
    ]


def _filled(chars: Sequence[_Char], room: int) -> list[list[_Char]]:
    """Characters in as few parts as `room` (sum of their sizes) allows."""
    parts: list[list[_Char]] = [[]]
    used = 0
    for char in chars:
        if used + len(char) > room:
            parts.append([])
            used = 0
        parts[-1].append(char)
        used += len(char)
    return parts


def _headers(total: int, reference: int) -> Iterator[bytes]:
    if total > MAX_PARTS:
        raise ValueError(f"the text takes {total} parts; {MAX_PARTS} at most")
    for sequence in range(1, total + 1):
        yield bytes([0x05, 0x00, 0x03, reference, total, sequence])
