"""Machine-readable lines of travel documents (ICAO Doc 9303 parts 3 to 6): check digits, key of the chip, fields."""

import re
from dataclasses import dataclass, field
from typing import Final

from drivers.contracts.passport import AccessKey

FILLER: Final = "<"
NUMBER_CHARS: Final = 9
WEIGHTS: Final = (7, 3, 1)

_ALLOWED: Final = re.compile(r"[A-Z0-9<]*")
_NUMBER: Final = re.compile(r"[A-Z0-9]{1,22}")
_DAY: Final = re.compile(r"[0-9]{6}")


class MrzInvalid(ValueError):
    """The lines are none. `part` says which part; the text never quotes it."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(f"machine-readable lines: {part}: {why}")
        self.part = part


@dataclass(frozen=True, slots=True)
class Mrz:
    """The fields of the lines, without fillers. Days are YYMMDD as written, `00` or empty where unknown."""

    kind: str  # P, I, …
    issuer: str  # alpha-3 of ICAO, or D
    surname: str = field(repr=False)
    given_names: str = field(repr=False)
    number: str = field(repr=False)
    nationality: str = field(repr=False)
    birth: str = field(repr=False)
    sex: str = field(repr=False)  # M, F, empty
    expiry: str = field(repr=False)

    @property
    def key(self) -> AccessKey:
        """What opens the chip."""
        return AccessKey(self.number, self.birth, self.expiry)


@dataclass(frozen=True, slots=True)
class _Form:
    """Where the fields stand in all lines one behind the other; `composite`: what the last check digit covers."""

    names: slice
    number: int
    optional: slice
    nationality: slice
    birth: int
    sex: int
    expiry: int
    composite: tuple[slice, ...]
    final: int


_FORMS: Final = {
    88: _Form(  # TD3: 2 x 44
        slice(5, 44), 44, slice(72, 86), slice(54, 57), 57, 64, 65,
        (slice(44, 54), slice(57, 64), slice(65, 87)), 87,
    ),
    72: _Form(  # TD2: 2 x 36
        slice(5, 36), 36, slice(64, 71), slice(46, 49), 49, 56, 57,
        (slice(36, 46), slice(49, 56), slice(57, 71)), 71,
    ),
    90: _Form(  # TD1: 3 x 30
        slice(60, 90), 5, slice(15, 30), slice(45, 48), 30, 37, 38,
        (slice(5, 30), slice(30, 37), slice(38, 45), slice(48, 59)), 59,
    ),
}  # fmt: skip


def check_digit(text: str) -> str:
    """Weights 7, 3, 1; A is 10 to Z is 35, the filler 0. Raises `ValueError` for any other character."""
    if _ALLOWED.fullmatch(text) is None:
        raise ValueError("only A to Z, digits and the filler have a check digit")
    values = (0 if sign == FILLER else int(sign, 36) for sign in text)
    return str(sum(value * WEIGHTS[at % 3] for at, value in enumerate(values)) % 10)


def key_text(key: AccessKey) -> str:
    """Number, birth, expiry, each with its check digit, as the chip's key is made of them. Raises `MrzInvalid`."""
    number = key.document_number.upper()
    if _NUMBER.fullmatch(number) is None:
        raise MrzInvalid("number", "1 to 22 letters A to Z and digits")
    for part, day in (("birth", key.birth), ("expiry", key.expiry)):
        if _DAY.fullmatch(day) is None:
            raise MrzInvalid(part, "six digits YYMMDD")
    parts = (number.ljust(NUMBER_CHARS, FILLER), key.birth, key.expiry)
    return "".join(part + check_digit(part) for part in parts)


def parse_mrz(untrusted: str) -> Mrz:
    """All lines one behind the other, line ends or none. Raises `MrzInvalid`."""
    text = "".join(untrusted.split())
    form = _FORMS.get(len(text))
    if form is None or _ALLOWED.fullmatch(text) is None:
        raise MrzInvalid("lines", f"{len(text)} characters; expected 72, 88 or 90 of A to Z, 0 to 9 and <")
    for part, at in (("birth", form.birth), ("expiry", form.expiry)):
        _checked(part, text[at : at + 6], text[at + 6])
    _checked("whole", "".join(text[piece] for piece in form.composite), text[form.final])
    surname, _, given = text[form.names].strip(FILLER).partition(2 * FILLER)
    return Mrz(
        kind=text[0],
        issuer=text[2:5].strip(FILLER),
        surname=_words(surname),
        given_names=_words(given),
        number=_number(text, form),
        nationality=text[form.nationality].strip(FILLER),
        birth=text[form.birth : form.birth + 6].strip(FILLER),
        sex=text[form.sex].strip(FILLER),
        expiry=text[form.expiry : form.expiry + 6].strip(FILLER),
    )


def _number(text: str, form: _Form) -> str:
    """Longer ones than nine characters go on in the optional field, with the check digit behind (9303-5, 4.2.2)."""
    number, digit = text[form.number : form.number + NUMBER_CHARS], text[form.number + NUMBER_CHARS]
    rest = text[form.optional].split(FILLER, maxsplit=1)[0]
    if digit == FILLER and len(rest) > 1:
        number, digit = number + rest[:-1], rest[-1]
    _checked("number", number, digit)
    return number.strip(FILLER)


def _checked(part: str, field_text: str, digit: str) -> None:
    if check_digit(field_text) != digit:
        raise MrzInvalid(part, "wrong check digit")


def _words(name: str) -> str:
    return " ".join(word for word in name.split(FILLER) if word)
