"""Answers of a modem: lines between CR and LF that end with a final result, or the prompt of `AT+CMGS`."""

import re
from dataclasses import dataclass, field
from typing import Final

from drivers.link import NeedMore, Parsed

from .errors import ErrorKind

CR: Final = "\r"
ESC: Final = b"\x1b"
CTRL_Z: Final = b"\x1a"

_LINE: Final = re.compile(rb"[^\r\n]+(?=[\r\n])")
_PROMPT: Final = re.compile(rb"[\r\n]> ?$")
_ERROR: Final = re.compile(r"\+(CMS|CME) ERROR: *(\d{1,5})")


@dataclass(frozen=True, slots=True)
class AtError:
    """A final result that says no."""

    kind: ErrorKind
    number: int = 0


@dataclass(frozen=True, slots=True)
class AtAnswer:
    """Everything up to a final result. Lines are hidden: an echo of a command may carry a number.

    `error` is None for `OK`; `prompt` is True when the modem waits for a PDU.
    """

    lines: tuple[str, ...] = field(repr=False)
    error: AtError | None = None
    prompt: bool = False

    def value(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """First line that matches from its start; unsolicited lines and echoes in between are passed over."""
        return next((match for line in self.lines if (match := pattern.match(line))), None)


def parse_answer(data: bytes) -> Parsed[AtAnswer] | NeedMore:
    """Parser of an answer that ends with OK or an error."""
    lines: list[str] = []
    for found in _LINE.finditer(data):
        line = found.group().decode("latin-1").strip()
        if line == "OK":
            return Parsed(AtAnswer(tuple(lines)), found.end())
        if (error := _final_error(line)) is not None:
            return Parsed(AtAnswer(tuple(lines), error), found.end())
        lines.append(line)
    return NeedMore()


def parse_prompt(data: bytes) -> Parsed[AtAnswer] | NeedMore:
    """Parser of what follows `AT+CMGS=n`: the prompt, or an error. A late OK of an earlier command is passed over."""
    for found in _LINE.finditer(data):
        if (error := _final_error(found.group().decode("latin-1").strip())) is not None:
            return Parsed(AtAnswer((), error), found.end())
    if _PROMPT.search(data):
        return Parsed(AtAnswer((), prompt=True), len(data))
    return NeedMore()


def _final_error(line: str) -> AtError | None:
    if line == "ERROR":
        return AtError(ErrorKind.PLAIN)
    if (match := _ERROR.fullmatch(line)) is not None:
        return AtError(ErrorKind(match[1].lower()), int(match[2]))
    if line.startswith(("+CMS ERROR", "+CME ERROR")):  # words instead of a number: CMEE=2 was left on
        return AtError(ErrorKind.PLAIN)
    return None
