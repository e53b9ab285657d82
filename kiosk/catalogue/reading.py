"""Reads the services folder: `themes.toml`, and every other `*.toml` is an item. Every problem is reported at once."""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import Field, ValidationError

from .coherence import Surroundings, inner_problems
from .items import Catalogue, Item, Theme
from .problems import CatalogueProblem, worded
from .texts import Table

THEMES_FILE: Final = "themes.toml"
PICTURES_FOLDER: Final = "pictures"

Read = TypeVar("Read", bound=Table)


class CatalogueError(Exception):
    """The catalogue cannot be used; `problems` says everything that is wrong."""

    def __init__(self, problems: Sequence[CatalogueProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class Themes(Table):
    """The content of `themes.toml`."""

    themes: Annotated[tuple[Theme, ...], Field(min_length=1, max_length=32)]


@dataclass(frozen=True, slots=True)
class _Found:
    items: tuple[Item, ...]
    themes: tuple[Theme, ...]
    problems: tuple[CatalogueProblem, ...]


def load(folder: Path, certificates: Collection[str] | None = None) -> Catalogue:
    """Read a services folder. `certificates`: the kinds that the settings know, None: not looked at.

    Raises `CatalogueError`.
    """
    found = _examine(folder, certificates)
    if found.problems:
        raise CatalogueError(found.problems)
    items = sorted(found.items, key=lambda item: (item.order, item.code))
    themes = sorted(found.themes, key=lambda theme: (theme.order, theme.code))
    return Catalogue(tuple(items), tuple(themes), folder / PICTURES_FOLDER)


def check(folder: Path, certificates: Collection[str] | None = None) -> list[CatalogueProblem]:
    """Everything that is wrong with a folder; empty when it can be used. `certificates` as in `load`."""
    return list(_examine(folder, certificates).problems)


def _examine(folder: Path, certificates: Collection[str] | None) -> _Found:
    files = sorted(path for path in folder.glob("*.toml") if path.name != THEMES_FILE)
    if not files:
        nothing = CatalogueProblem(
            folder.name, "", "no service item (*.toml) in this folder; is paths.services_dir right?"
        )
        return _Found((), (), (nothing,))
    themes, problems = _themes(folder / THEMES_FILE)
    known = Surroundings(
        frozenset(theme.code for theme in themes) if themes else None,
        folder / PICTURES_FOLDER,
        None if certificates is None else frozenset(certificates),
    )
    items: list[Item] = []
    for file in files:
        read = _read(file, Item)
        if isinstance(read, list):
            problems += read
        else:
            items.append(read)
            problems += inner_problems(file, read, known)
    problems += _twice(folder.name, (item.code for item in items))
    return _Found(tuple(items), themes, tuple(problems))


def _themes(file: Path) -> tuple[tuple[Theme, ...], list[CatalogueProblem]]:
    if not file.exists():
        missing = CatalogueProblem(THEMES_FILE, "", "is missing; items are found by the themes it lists")
        return (), [missing]
    read = _read(file, Themes)
    if isinstance(read, list):
        return (), read
    return read.themes, _twice(THEMES_FILE, (theme.code for theme in read.themes))


def _twice(where: str, codes: Iterable[str]) -> list[CatalogueProblem]:
    return [
        CatalogueProblem(where, "code", f"{code} is there {count} times; give each its own")
        for code, count in Counter(codes).items()
        if count > 1
    ]


def _read(file: Path, model: type[Read]) -> Read | list[CatalogueProblem]:
    try:
        raw: Any = tomllib.loads(file.read_text(encoding="utf-8"))
        return model.model_validate(raw)
    except OSError as error:
        return [CatalogueProblem(file.name, "", f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError:
        return [CatalogueProblem(file.name, "", "is not UTF-8; save it as UTF-8")]
    except tomllib.TOMLDecodeError as error:
        return [CatalogueProblem(file.name, "", f"is not TOML: {error}")]
    except ValidationError as error:
        return [worded(file.name, model, problem) for problem in error.errors(include_url=False)]
