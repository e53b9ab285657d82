"""Service items as data: read from `<code>.toml` files, every problem of every file reported at once."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Line = Annotated[str, Field(min_length=1, max_length=60)]
Paragraph = Annotated[str, Field(min_length=1, max_length=400)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,31}$")]
Language = Literal["zh_CN", "en"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Table):
    """A text in both languages."""

    zh: Paragraph
    en: Paragraph

    def of(self, language: str) -> str:
        """The text in a language (`zh_CN` or `en`)."""
        return self.en if language == "en" else self.zh


class Title(_Table):
    """A short text in both languages: fits a button."""

    zh: Annotated[str, Field(min_length=2, max_length=14)]
    en: Annotated[str, Field(min_length=2, max_length=44)]

    def of(self, language: str) -> str:
        """The text in a language (`zh_CN` or `en`)."""
        return self.en if language == "en" else self.zh


class MaterialKind(StrEnum):
    """What is put into the compartment."""

    ORIGINAL = "original"
    COPY = "copy"
    FORM = "form"  # filled in and signed


class Material(_Table):
    """One paper that is asked for."""

    zh: Line
    en: Annotated[str, Field(min_length=1, max_length=120)]
    kind: MaterialKind
    count: Annotated[int, Field(ge=1, le=20)] = 1
    optional: bool = False

    def of(self, language: str) -> str:
        """The paper's name in a language (`zh_CN` or `en`)."""
        return self.en if language == "en" else self.zh


class Fee(_Table):
    """What it costs. `yuan = 0` is free; the text says what else there is to know."""

    yuan: Annotated[float, Field(ge=0, le=100_000)] = 0.0
    zh: Line
    en: Annotated[str, Field(min_length=1, max_length=120)]


class Question(_Table):
    """A question people often ask, with its answer."""

    question: Words
    answer: Words


class Item(_Table):
    """One service item. `legal_days` and `promised_days` are working days, 0 is at once."""

    code: Code
    sample: bool = False
    title: Title
    department: Title
    who: Words
    materials: Annotated[tuple[Material, ...], Field(min_length=1, max_length=12)]
    legal_days: Annotated[int, Field(ge=0, le=365)]
    promised_days: Annotated[int, Field(ge=0, le=365)]
    fee: Fee
    envelope: Literal["S", "M", "L"]
    result: Words
    often_asked: tuple[Question, ...] = ()
    order: Annotated[int, Field(ge=0, le=10_000)] = 1000


@dataclass(frozen=True, slots=True)
class CatalogueProblem:
    """One thing that is wrong with one file."""

    file: str
    key: str
    message: str
    allowed: str = ""

    def __str__(self) -> str:
        allowed = f" (allowed: {self.allowed})" if self.allowed else ""
        return f"{self.file}: {self.key + ': ' if self.key else ''}{self.message}{allowed}"


class CatalogueError(Exception):
    """The catalogue cannot be used; `problems` says everything that is wrong."""

    def __init__(self, problems: Sequence[CatalogueProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All items of a kiosk, in the order in which they are shown."""

    items: tuple[Item, ...]

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def get(self, code: str) -> Item | None:
        """The item with this code."""
        return next((item for item in self.items if item.code == code), None)


def load(folder: Path) -> Catalogue:
    """Read every `*.toml` of a folder. Raises `CatalogueError`."""
    items, problems = _examine(folder)
    if problems:
        raise CatalogueError(problems)
    return Catalogue(tuple(sorted(items, key=lambda item: (item.order, item.code))))


def check(folder: Path) -> list[CatalogueProblem]:
    """Everything that is wrong with a folder; empty when it can be used."""
    return _examine(folder)[1]


def _examine(folder: Path) -> tuple[list[Item], list[CatalogueProblem]]:
    files = sorted(folder.glob("*.toml"))
    if not files:
        return [], [CatalogueProblem(folder.name, "", "no service item (*.toml) in this folder")]
    items: list[Item] = []
    problems: list[CatalogueProblem] = []
    for file in files:
        found = _read(file)
        if isinstance(found, Item):
            items.append(found)
            problems += _inner_problems(file, found)
        else:
            problems += found
    codes = Counter(item.code for item in items)
    problems += [
        CatalogueProblem(folder.name, "code", f"{c} stands in {n} files") for c, n in codes.items() if n > 1
    ]
    return items, problems


def _read(file: Path) -> Item | list[CatalogueProblem]:
    try:
        raw: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        return Item.model_validate(raw)
    except (OSError, UnicodeDecodeError) as error:
        return [CatalogueProblem(file.name, "", f"cannot be read: {type(error).__name__}")]
    except tomllib.TOMLDecodeError as error:
        return [CatalogueProblem(file.name, "", f"is not TOML: {error}")]
    except ValidationError as error:
        return [_problem(file, item) for item in error.errors(include_url=False)]


def _inner_problems(file: Path, item: Item) -> list[CatalogueProblem]:
    found = []
    if file.stem != item.code:
        found.append(CatalogueProblem(file.name, "code", "differs from the file's name", file.stem))
    if item.promised_days > item.legal_days:
        found.append(
            CatalogueProblem(file.name, "promised_days", "is more than legal_days", f"0 to {item.legal_days}")
        )
    return found


def _problem(file: Path, item: Any) -> CatalogueProblem:
    key = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return CatalogueProblem(file.name, key, "unknown key")
    if item["type"] == "missing":
        return CatalogueProblem(file.name, key, "is missing")
    allowed = str(item.get("ctx", {}).get("expected", ""))
    return CatalogueProblem(file.name, key, str(item["msg"]), allowed)
