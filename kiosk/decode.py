"""`nightdesk decode`: captured bytes of any device in words, for a terminal or as JSON (docs/decode.md)."""

import json
import re
import sys
from collections.abc import Sequence
from typing import Final, TextIO

from drivers.explain import GARBAGE, Bits, Checksum, Explained, Value, explain, spaced

_NAME_COLUMNS: Final = 24
_INDENT: Final = " " * 8
_BYTES_A_LINE: Final = 16
_LINES_OF_BYTES: Final = 4
# What stands between bytes: blanks, and the punctuation of dumps and of C arrays. \x counts as 0x.
_TOKEN: Final = re.compile(r"[^\s:,;.\-]+")
_PREFIX: Final = re.compile(r"0x|\\x", re.IGNORECASE)


class HexInvalid(ValueError):
    """What was given is no hex; the text says what, where and what to do."""


def main(
    device: str,
    given: Sequence[str],
    *,
    as_json: bool = False,
    show_personal: bool = False,
    asked: int | None = None,
    stdin: TextIO | None = None,
) -> int:
    """Print the explanation. 0: all explained and right, 1: something wrong or of no frame, 2: a call without sense."""
    try:
        found = explain(
            device, _bytes_of(given, stdin or sys.stdin), show_personal=show_personal, asked=asked
        )
    except ValueError as error:
        print(f"decode: {error}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps([as_object(one) for one in found], ensure_ascii=False, indent=1))
    else:
        print("\n".join(lines(found)))
    return 0 if all(one.ok for one in found) else 1


def parse_hex(text: str, where: str = "") -> bytes:
    """Bytes of hex with or without blanks, `0x`, colons, commas. Raises `HexInvalid`; positions count from 1."""
    found = bytearray()
    for token in _TOKEN.finditer(text):
        at = token.start()
        for piece in _PREFIX.split(token.group()):
            at = text.index(piece, at) if piece else at
            found += _piece(piece, where, at, alone=_PREFIX.match(token.group()) is not None)
            at += len(piece)
    return bytes(found)


def _piece(digits: str, where: str, at: int, *, alone: bool) -> bytes:
    """Digits without anything between them. One digit is a byte only behind 0x, else it may be half of one."""
    for offset, sign in enumerate(digits):
        if sign not in "0123456789abcdefABCDEF":
            raise HexInvalid(
                f"{where}position {at + offset + 1}: {sign!r} is no hex digit; write each byte as two of 0-9, A-F"
            )
    if len(digits) % 2 and not (alone and len(digits) == 1):
        raise HexInvalid(
            f"{where}position {at + 1}: an odd number of hex digits ({len(digits)});"
            " write each byte as two, 02 for 2"
        )
    return bytes.fromhex(digits.zfill(2) if digits else "")


def _bytes_of(given: Sequence[str], stdin: TextIO) -> bytes:
    found = b""
    for number, text in enumerate(given, 1):
        if text == "-":
            found += _of_lines(stdin)
        else:
            found += parse_hex(text, f"argument {number}, " if len(given) > 1 else "")
    if not found:
        raise HexInvalid("no bytes; give them as hex, or - to read standard input")
    return found


def _of_lines(stdin: TextIO) -> bytes:
    try:
        lines_given = stdin.readlines()
    except UnicodeDecodeError:
        raise HexInvalid("standard input is no text; write the bytes as hex first, by xxd -p say") from None
    return b"".join(
        parse_hex(line, f"standard input, line {number}, ") for number, line in enumerate(lines_given, 1)
    )


def as_object(one: Explained) -> dict[str, object]:
    """The object of `--json`. Bytes and checksums are hex as on the wire, `FE FF`; `reason` is null when right."""
    return {
        "device": one.device,
        "offset": one.offset,
        "length": one.length,
        "ok": one.ok,
        "name": one.name,
        "fields": {part.name: _plain(part.value) for part in one.fields},
        "checksum": None
        if one.checksum is None
        else {"got": spaced(one.checksum.got), "expected": spaced(one.checksum.expected)},
        "reason": one.problem or None,
    }


def _plain(value: Value) -> object:
    if isinstance(value, Bits):
        return {"wire": spaced(value.wire), "one": list(value.one), "zero": list(value.zero)}
    return list(value) if isinstance(value, tuple) else value


def lines(found: Sequence[Explained]) -> list[str]:
    """The same for people: a block a frame with its bytes, name, checksum and fields, and a sum at the end."""
    return [line for one in found for line in (*_block(one), "")] + [_sum(found)]


def _block(one: Explained) -> list[str]:
    head = [
        f"{one.offset:6}  {line}" if not number else _INDENT + line
        for number, line in enumerate(_dump(one.hex))
    ]
    verdict = "  ".join(part for part in (_checksum(one.checksum), _trouble(one)) if part)
    width = max((len(part.name) for part in one.fields), default=0)
    fields = [f"{_INDENT}  {part.name:{width}}  {_words(part.value)}" for part in one.fields]
    return [*head, f"{_INDENT}{one.name:{_NAME_COLUMNS}}{verdict}".rstrip(), *fields]


def _dump(text: str) -> list[str]:
    octets = text.split(" ")
    shown = octets[: _BYTES_A_LINE * _LINES_OF_BYTES]
    rows = [" ".join(shown[at : at + _BYTES_A_LINE]) for at in range(0, len(shown), _BYTES_A_LINE)]
    return [*rows, f"… and {len(octets) - len(shown)} more"] if len(octets) > len(shown) else rows


def _checksum(summed: Checksum | None) -> str:
    if summed is None:
        return ""
    if summed.right:
        return f"checksum {spaced(summed.got)} right"
    return f"checksum {spaced(summed.got)}, expected {spaced(summed.expected)}"


def _trouble(one: Explained) -> str:
    """What is wrong besides the checksum."""
    return "" if one.checksum is not None and not one.checksum.right else one.problem


def _words(value: Value) -> str:
    match value:
        case Bits():
            return f"{spaced(value.wire)}   1: {_ranges(value.one)}   0: {_ranges(value.zero)}"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(value)
        case None:
            return "not known"
        case _:
            return "".join(map(_printable, str(value))) or "none"


def _printable(sign: str) -> str:
    """What somebody wrote into an SMS must not steer this terminal."""
    return sign if sign.isprintable() else f"⟨{ord(sign):X}⟩"


def _ranges(numbers: Sequence[int]) -> str:
    """`1-3 7`: rising numbers, runs drawn together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return " ".join("-".join(map(str, run)) for run in runs) or "none"


def _sum(found: Sequence[Explained]) -> str:
    frames = [one for one in found if one.name != GARBAGE]
    wrong = sum(not one.ok for one in frames)
    stray = sum(one.length for one in found if one.name == GARBAGE)
    texts = [f"{len(frames)} frame{'s' * (len(frames) != 1)}", f"{wrong} wrong" if wrong else "all right"]
    if not frames:
        texts = ["no frame"]
    return ", ".join([*texts, *([f"{stray} byte{'s' * (stray != 1)} of no frame"] if stray else [])])
