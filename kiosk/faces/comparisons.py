"""Which picture is compared with which: a list of pairs, or everyone against everyone."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .pictures import readable

Numbers = NDArray[np.int32]

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
NUMBERED: Final = re.compile(r"(?P<person>.+)_\d+$")
TRUE: Final = frozenset({"1", "true", "yes"})
FALSE: Final = frozenset({"0", "false", "no"})


class ListInvalid(ValueError):
    """A file of pairs or people cannot be used. The text says where and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Every comparison of an evaluation: an ID picture against the mean of the pictures of a template.

    `pairs`: shape (n, 2), index of the ID picture and of the template. People are numbers from 0 to `people` - 1, one
    for each ID picture and each template. `folds`: one word a pair, or none at all. `short`: people with too few
    pictures for a comparison with themselves.
    """

    id_pictures: tuple[Path, ...]
    templates: tuple[tuple[Path, ...], ...]
    id_people: Numbers = field(repr=False)
    template_people: Numbers = field(repr=False)
    pairs: Numbers = field(repr=False)
    people: int
    folds: tuple[str, ...] = ()
    short: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """A file that says what is compared: a list of pairs, or of people of whom everyone is compared with everyone."""

    file: Path
    pairs: bool

    def plan(self, images: Path, *, live: int, ordered: bool) -> Plan:
        """See `of_pairs`, which knows one live picture only, and `of_people`. Raises `ListInvalid` and `NoFile`."""
        if not self.pairs:
            return of_people(self.file, images, live=live, ordered=ordered)
        if live > 1:
            raise ListInvalid("--live averages a person's pictures, and --pairs names one; use --people")
        return of_pairs(self.file, images)


def of_pairs(file: Path, images: Path) -> Plan:
    """The pairs of a CSV file with the columns a, b, same and, where it is there, fold. Raises `ListInvalid`, `NoFile`.

    a is the ID side. Paths are relative to `images`; `images/NAME/NAME_0001.jpg` is found for `NAME_0001.jpg` too.
    """
    rows = list(_rows(file, images))
    if not rows:
        raise ListInvalid(f"{file}: no pairs; write a line for each under the heading a,b,same")
    people = _people_of(rows, file)
    numbers = {name: number for number, name in enumerate(dict.fromkeys(people.values()))}
    ids = {path: number for number, path in enumerate(dict.fromkeys(row.a for row in rows))}
    lives = {path: number for number, path in enumerate(dict.fromkeys(row.b for row in rows))}
    folds = tuple(row.fold for row in rows)
    return Plan(
        tuple(ids),
        tuple((path,) for path in lives),
        _numbers(numbers[people[path]] for path in ids),
        _numbers(numbers[people[path]] for path in lives),
        np.array([(ids[row.a], lives[row.b]) for row in rows], np.int32),
        len(numbers),
        folds if len(set(folds)) > 1 else (),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    a: Path
    b: Path
    same: bool
    fold: str
    line: int


def _rows(file: Path, images: Path) -> Iterator[_Row]:
    known: dict[str, Path] = {}
    try:
        with readable(file).open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            missing = [name for name in ("a", "b", "same") if name not in (reader.fieldnames or ())]
            if missing:
                raise ListInvalid(
                    f"{file}: no column {', '.join(missing)}; the first line has to be a heading: a,b,same"
                )
            for row in reader:
                where = f"{file} line {reader.line_num}"
                a, b = (known.setdefault(name, _found(name, images, where)) for name in (row["a"], row["b"]))
                yield _Row(a, b, _truth(row["same"], where), (row.get("fold") or "").strip(), reader.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ListInvalid(f"{file}: not a CSV file in UTF-8: {error}") from error


def _found(name: str | None, images: Path, where: str) -> Path:
    name = (name or "").strip()
    if not name:
        raise ListInvalid(f"{where}: a picture has no name; write a,b,same")
    path = images / name
    person = NUMBERED.match(Path(name).stem)
    if not path.is_file() and person is not None and (own := images / person["person"] / name).is_file():
        return own
    if not path.is_file():
        raise ListInvalid(f"{where}: there is no {path}; check the name and --images")
    return path


def _truth(text: str | None, where: str) -> bool:
    word = (text or "").strip().lower()
    if word not in TRUE | FALSE:
        raise ListInvalid(f"{where}: same is {text!r}; write 1 for one person, 0 for two")
    return word in TRUE


def _people_of(rows: Sequence[_Row], file: Path) -> Mapping[Path, str]:
    """A name for whoever is on a picture: NAME of NAME_0001.jpg, unless a pair of two people contradicts.

    Pictures that a pair says to show one person are one person's in any case.
    """
    pictures = list(dict.fromkeys(path for row in rows for path in (row.a, row.b)))
    names = {path: str(path.parent / person["person"]) for path in pictures
             if (person := NUMBERED.match(path.stem)) is not None}  # fmt: skip
    if len(names) < len(pictures) or any(not row.same and names[row.a] == names[row.b] for row in rows):
        names = {path: str(path) for path in pictures}
    groups = _Groups(names.values())
    for row in rows:
        if row.same:
            groups.join(names[row.a], names[row.b])
    for row in rows:
        if not row.same and groups.of(names[row.a]) == groups.of(names[row.b]):
            raise ListInvalid(
                f"{file} line {row.line}: {row.a.name} and {row.b.name} are said to be two people,"
                " and by other pairs they are one; correct the list"
            )
    return {path: groups.of(name) for path, name in names.items()}


class _Groups:
    """Who is one and the same (union and find)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parent = {name: name for name in names}

    def of(self, name: str) -> str:
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name

    def join(self, one: str, other: str) -> None:
        self._parent[self.of(one)] = self.of(other)


def of_people(file: Path, images: Path, *, live: int, ordered: bool) -> Plan:
    """Everyone of a list against everyone, each with `live` pictures averaged. Raises `ListInvalid`, `NoFile`.

    Each picture in turn is the ID side; of the person's other pictures, as many whole groups of `live` as there are
    stand before the camera. `ordered`: a against b and b against a differ, because the ID side is degraded.
    """
    names = [line.strip() for line in readable(file).read_text(encoding="utf-8-sig").splitlines()]
    names = [name for name in dict.fromkeys(names) if name and not name.startswith("#")]
    pictures = pictures_of(names, images)
    owned = [pictures[name] for name in names]
    if sum(map(bool, owned)) < 2:
        raise ListInvalid(f"{file}: pictures of fewer than two of its people are in {images}; check --images")
    return _everyone(owned, live, ordered=ordered)


def _everyone(owned: Sequence[Sequence[Path]], live: int, *, ordered: bool) -> Plan:
    ids = [path for paths in owned for path in paths]
    id_people = _numbers(person for person, paths in enumerate(owned) for _ in paths)
    templates: dict[tuple[Path, ...], int] = {}
    owners: list[int] = []

    def template(group: tuple[Path, ...], person: int) -> int:
        if group not in templates:
            templates[group] = len(owners)
            owners.append(person)
        return templates[group]

    for person, paths in enumerate(owned):
        for group in _groups(paths, live):
            template(group, person)
    strangers = np.argwhere(id_people[:, None] != _numbers(owners)[None, :])
    own = [
        (number, template(group, int(id_people[number])))
        for number, picture in enumerate(ids)
        for group in _groups([path for path in owned[id_people[number]] if path != picture], live)
    ]
    pairs = np.concatenate([np.array(own, np.int32).reshape(-1, 2), strangers.astype(np.int32)])
    if live == 1 and not ordered:  # templates stand in the order of the pictures: each two of them once
        pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    short = sum(len(paths) <= live for paths in owned)
    return Plan(tuple(ids), tuple(templates), id_people, _numbers(owners), pairs, len(owned), short=short)


def _groups(paths: Sequence[Path], size: int) -> list[tuple[Path, ...]]:
    """Whole groups, in order; what is left over makes none."""
    whole = len(paths) - len(paths) % size
    return [tuple(paths[at : at + size]) for at in range(0, whole, size)]


def _numbers(values: Iterable[int]) -> Numbers:
    return np.fromiter(values, np.int32)


def pictures_of(names: Sequence[str], images: Path) -> dict[str, list[Path]]:
    """The pictures NAME_<number> of each name, in `images` or in `images/NAME`, by name. Raises `ListInvalid`."""
    if not images.is_dir():
        raise ListInvalid(f"--images {images}: no such folder; name the one with the pictures")
    found: dict[str, list[Path]] = {name: [] for name in names}
    for path in sorted(images.iterdir()):
        person = NUMBERED.match(path.stem)
        if person is not None and person["person"] in found and path.suffix.lower() in SUFFIXES:
            found[person["person"]].append(path)
    for name, paths in found.items():
        own = images / name
        if not paths and own.is_dir():
            found[name] = sorted(path for path in own.iterdir() if path.suffix.lower() in SUFFIXES)
    return found
