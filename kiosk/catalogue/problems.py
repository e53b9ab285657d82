"""What is wrong with an item file, in words: which file, which key, what is wrong, and what to write instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel

_SIGNS: Final = {
    "string_too_long": "is longer than {max_length} signs; shorten it",
    "string_too_short": "is shorter than {min_length} signs; write it out",
    "too_long": "has {actual_length} entries; {max_length} are the most",
    "too_short": "has {actual_length} entries; {min_length} are needed at least",
    "greater_than_equal": "is too small; {ge} or more",
    "less_than_equal": "is too large; {le} or less",
    "string_type": 'is no text; put it in "quotes"',
    "int_type": "is no whole number; write it without quotes",
    "int_parsing": "is no whole number; write it without quotes",
    "bool_parsing": "has to be true or false, without quotes",
    "float_type": "is no number; write it without quotes",
    "float_parsing": "is no number; write it without quotes",
    "finite_number": "is no number",
    "int_from_float": "is no whole number",
    "bool_type": "has to be true or false, without quotes",
    "tuple_type": "is no list; write [ … ], or [[ … ]] above each entry",
    "model_type": "is no table; write its zh, en and other keys",
    "literal_error": "is not known; allowed: {expected}",
    "enum": "is not known; allowed: {expected}",
    "date_type": "is no date; write 2026-01-31 without quotes",
    "date_from_datetime_inexact": "is a date with a time; write 2026-01-31",
}
_WRITTEN: Final = {  # the last key of a place -> how it is written
    "code": "small letters, digits and hyphens, a letter first, 3 to 32 signs",
    "themes": "codes of themes.toml: small letters, digits and hyphens",
    "name": "small letters, digits and _, a letter first, 2 to 32 signs",
    "picture": "a file in pictures/ such as id-card.png: small letters, digits and hyphens, .png or .jpg",
    "certificate": "small letters, digits and hyphens, a letter first, 2 to 24 signs",
    "pinyin": "small letters, a syllable a sign, one blank between",
}


@dataclass(frozen=True, slots=True)
class CatalogueProblem:
    """One thing that is wrong with one file."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key + ': ' if self.key else ''}{self.message}"


def worded(file: str, model: type[BaseModel], found: Mapping[str, Any]) -> CatalogueProblem:
    """One of pydantic's errors in words of ours; `model` is what the file was read as."""
    place = found["loc"]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    kind = found["type"]
    if kind == "extra_forbidden":
        return CatalogueProblem(file, key, _unknown(model, place))
    if kind == "missing":
        return CatalogueProblem(file, key, "is missing; add it")
    if kind == "value_error":
        return CatalogueProblem(file, key, str(found["ctx"]["error"]))
    if kind == "string_pattern_mismatch":
        last = next(part for part in reversed(place) if isinstance(part, str))
        last = "name" if "choices" in place else last
        return CatalogueProblem(file, key, f"is not written as it has to be: {_WRITTEN[last]}")
    told = _SIGNS.get(kind)
    return CatalogueProblem(file, key, told.format(**found.get("ctx", {})) if told else str(found["msg"]))


def _unknown(model: type[BaseModel], place: tuple[str | int, ...]) -> str:
    known = sorted(_keys_at(model, place[:-1]))
    near = get_close_matches(str(place[-1]), known, n=1)
    return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; known: {', '.join(known)}"


def _keys_at(model: type[BaseModel], place: tuple[str | int, ...]) -> list[str]:
    """The keys of the table at a place in the file."""
    table: type[BaseModel] = model
    for part in place:
        if isinstance(part, str) and part in table.model_fields:
            table = _model_in(table.model_fields[part].annotation) or table
    return list(table.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        if (found := _model_in(part)) is not None:
            return found
    return None
