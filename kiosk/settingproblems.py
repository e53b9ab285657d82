"""What is wrong with settings, in words that name file, table, key and what is allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from .layering import Origins, origin

WORDS: Final = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "literal_error": "not one of the words that are allowed",
    "missing": "is missing",
    "model_type": "must be a table",
    "string_type": "must be text in quotes",
    "too_short": "must have at least {min_length}",
    "tuple_type": "must be a list",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. `table` and `key` are empty where a whole file or the whole set is at fault."""

    file: str
    table: str
    key: str
    message: str
    allowed: str = ""

    def __str__(self) -> str:
        place = f"[{self.table}] {self.key}".strip() if self.table else self.key
        allowed = f" (allowed: {self.allowed})" if self.allowed else ""
        return f"{self.file}: {place + ': ' if place else ''}{self.message}{allowed}"


def in_words(item: Any, model: type[BaseModel], origins: Origins, last: str, *, shipped: str) -> Problem:
    """What pydantic says of `model`, in our words.

    A check of several tables says `table.key: why`, and after `; there is: ` what would do. What is missing belongs
    into a file of the site, `last` where none has its table, never into `shipped`.
    """
    where = [str(part) for part in item["loc"]]
    message, _, allowed = str(item["msg"]).removeprefix("Value error, ").partition("; there is: ")
    place, colon, rest = message.partition(": ")
    if not where and colon and all(part.isidentifier() for part in place.split(".")):
        where, message = place.split("."), rest
    if item["type"] == "extra_forbidden":
        message, allowed = "unknown key", ", ".join(_known_keys(model, item["loc"][:-1]))
    else:
        known = WORDS.get(item["type"])
        message = message if known is None else known.format(**item.get("ctx", {}))
        allowed = str(item.get("ctx", {}).get("expected", allowed))
    if item["type"] == "missing":
        origins = {place: file for place, file in origins.items() if file != shipped}
    at_key = bool(where) and not where[-1].isdigit()  # else the problem is of one row of a list as a whole
    table = where[:-1] if at_key else where
    return Problem(
        origin(where, origins, last), ".".join(table), where[-1] if at_key else "", message, allowed
    )


def _known_keys(model: Any, where: Sequence[str | int]) -> list[str]:
    """Keys of the table at this place."""
    for part in where:
        if isinstance(part, int):
            continue
        model = _model_in(model.model_fields[part].annotation)
    return sorted(model.model_fields)


def _model_in(annotation: Any) -> Any:
    """The table's class inside `X | None`, `tuple[X, ...]` or `X`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = [arg for arg in getattr(annotation, "__args__", ()) if isinstance(arg, type)]
    return next(arg for arg in inner if issubclass(arg, BaseModel))
