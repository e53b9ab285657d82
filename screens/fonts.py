"""The fonts of the screen: where they lie, which characters they cover, and how set-up puts them there.

Debian ships Noto Sans CJK as collections whose first face is the Japanese one, and SDL2_ttf opens the first face
only. Set-up (`python -m screens.fonts`) therefore copies the simplified-Chinese face out of the collections, makes a
small one of it with the signs of every day, and writes down what each font of the chain covers, so that drawing a rare
character of a name needs no font parser. The window opens a face once a size; 26 sizes of the whole one, 65,535 glyphs,
are 68 MB, of the small one 6.
"""

import json
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

Weight = Literal["regular", "bold"]

COLLECTIONS: Final[dict[Weight, tuple[str, str]]] = {
    "regular": ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf"),
    "bold": ("NotoSansCJK-Bold.ttc", "NotoSansCJKsc-Bold.otf"),
}
FEATURES: Final = (
    "calt",
    "ccmp",
    "clig",
    "kern",
    "liga",
    "mark",
    "mkmk",
    "rlig",
)  # of OpenType: drawn unasked
COLLECTION_DIRS: Final = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/truetype/noto"))
FACE_NAME: Final = "Noto Sans CJK SC"
RARE_FONT_DIR: Final = Path("/usr/share/fonts/truetype/hanazono")
RARE_FONT_NAMES: Final = ("HanaMinA.ttf", "HanaMinB.ttf")  # Debian fonts-hanazono: CJK Extensions A to F
FROM_THE_RIGHT_FONT: Final = Path(
    "/usr/share/fonts/truetype/fonts-ukij-uyghur/UKIJEkran.ttf"
)  # Debian fonts-ukij-uyghur
COVERAGE_NAME: Final = "coverage.json"
DEBIAN_PACKAGES: Final = "fonts-noto-cjk and fonts-hanazono"


class FontsMissingError(FileNotFoundError):
    """The fonts are not installed; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The characters that one font file can draw, as ascending ranges of code points, both ends included."""

    path: Path
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, char: str) -> bool:
        """Whether the font has a glyph for this one character."""
        code = ord(char)
        index = bisect_right(self.starts, code) - 1
        return index >= 0 and code <= self.ends[index]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that one font can draw whole."""

    text: str
    font: Path


def font_dir() -> Path:
    """The directory of the environment into which set-up puts the fonts."""
    return Path(sys.prefix) / "share" / "nightdesk" / "fonts"


def font_path(weight: Weight = "regular") -> Path:
    """The file with the simplified-Chinese face of this weight. Raises `FontsMissingError` before set-up ran."""
    path = font_dir() / COLLECTIONS[weight][1]
    if not path.is_file():
        raise FontsMissingError(f"{path.name} is not in {path.parent}: run `make setup`")
    return path


def everyday_path(weight: Weight = "regular") -> Path:
    """The file with the everyday signs of that face. Raises `FontsMissingError` before set-up ran."""
    path = _everyday_dir(font_dir()) / font_path(weight).name
    if not path.is_file():
        raise FontsMissingError(f"{path.name} is not in {path.parent}: run `make setup`")
    return path


@lru_cache(maxsize=1)
def _everyday_signs() -> frozenset[str]:
    everyday, *_ = chain()
    return frozenset(
        chr(code)
        for first, last in zip(everyday.starts, everyday.ends, strict=True)
        for code in range(first, last + 1)
    ) | {"\n", "\t"}


def is_everyday(text: str) -> bool:
    """Whether the face of `everyday_path` can draw all of it."""
    return _everyday_signs().issuperset(text)


@lru_cache(maxsize=1)
def mono_path() -> Path:
    """The file of the face for bytes, in which every character is as wide; it comes with Kivy."""
    from kivy import kivy_data_dir

    return Path(kivy_data_dir) / "fonts" / "RobotoMono-Regular.ttf"


@lru_cache(maxsize=2)
def chain(weight: Weight = "regular") -> tuple[Coverage, ...]:
    """The fonts that are asked for a character, first to last. Raises `FontsMissingError` before set-up ran."""
    listed = font_dir() / COVERAGE_NAME
    if not listed.is_file():
        raise FontsMissingError(f"{listed.name} is not in {listed.parent}: run `make setup`")
    fonts = [
        Coverage(Path(font["path"]), tuple(font["starts"]), tuple(font["ends"]))
        for font in json.loads(listed.read_text(encoding="utf-8"))
        if Path(font["path"]).is_file()
    ]
    names = {name for _, name in COLLECTIONS.values()} - {everyday_path(weight).name}
    return tuple(font for font in fonts if font.path.name not in names)


def covers(char: str, weight: Weight = "regular") -> bool:
    """Whether any font of the chain can draw this one character."""
    return any(char in font for font in chain(weight))


def fallback_for(text: str, weight: Weight = "regular") -> tuple[Run, ...]:
    """Cut `text` into runs with the font for each; what no font can draw is written out as ⟨U+4E00⟩."""
    chosen = [_choose(char, weight) for char in text]
    return tuple(
        Run("".join(part for part, _ in group), font)
        for font, group in groupby(chosen, key=lambda choice: choice[1])
    )


def _choose(char: str, weight: Weight) -> tuple[str, Path]:
    fonts = chain(weight)
    for font in fonts:
        if char in font or char in "\n\t":
            return char, font.path
    return f"⟨U+{ord(char):04X}⟩", fonts[0].path


def install(target: Path | None = None) -> list[Path]:
    """Put the faces and the table of covered characters into `target` (default: `font_dir()`) and beside it.

    Returns the font files of the chain. Raises `FontsMissingError` where Debian's collections are not installed.
    """
    directory = target or font_dir()
    directory.mkdir(parents=True, exist_ok=True)
    faces = [_extract(collection, directory / name) for collection, name in COLLECTIONS.values()]
    everyday = [_everyday(face, _everyday_dir(directory) / face.name) for face in faces]
    rare = [*(RARE_FONT_DIR / name for name in RARE_FONT_NAMES), FROM_THE_RIGHT_FONT]
    fonts = [*everyday, *faces, *(path for path in rare if path.is_file())]
    listed = json.dumps([_described(path) for path in fonts], separators=(",", ":"))
    _replace(directory / COVERAGE_NAME, listed.encode())
    return fonts


def _extract(collection_name: str, target: Path) -> Path:
    from fontTools.ttLib import TTCollection  # set-up only, and 60 ms

    collection_path = _find_collection(collection_name)
    with TTCollection(collection_path, lazy=True) as collection:
        face = next((font for font in collection.fonts if font["name"].getDebugName(1) == FACE_NAME), None)
        if face is None:
            raise FontsMissingError(f"{collection_path} has no face {FACE_NAME!r}")
        fresh = target.with_suffix(".part")
        face.save(fresh)
        fresh.replace(target)
    return target


def _everyday_dir(directory: Path) -> Path:
    return directory.with_name(f"{directory.name}-everyday")  # not inside: documents take all that lie there


def _everyday(face: Path, target: Path) -> Path:
    """The face with Latin, GB 2312, the commoner half of Big5, and what the one is in the other; no subroutines."""
    from fontTools import subset  # set-up only

    options = subset.Options(desubroutinize=True, layout_features=list(FEATURES))
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(_everyday_text()))
    target.parent.mkdir(exist_ok=True)
    fresh = target.with_suffix(".part")
    with subset.load_font(face, options) as font:
        subsetter.subset(font)
        subset.save_font(font, fresh, options)
    fresh.replace(target)
    return target


def _everyday_text() -> Iterator[str]:
    from screens.traditional import traditional  # set-up only

    yield from (chr(code) for part in (range(0x20, 0x500), range(0x2000, 0x2700)) for code in part)
    for encoding, rows in (("gb2312", range(0xA1, 0xF8)), ("big5", range(0xA1, 0xC7))):
        for row in rows:
            for cell in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
                sign = bytes((row, cell)).decode(encoding, "ignore")
                yield sign + traditional(sign)


def _find_collection(name: str) -> Path:
    for directory in COLLECTION_DIRS:
        if (directory / name).is_file():
            return directory / name
    raise FontsMissingError(f"{name} is not installed: install the Debian packages {DEBIAN_PACKAGES}")


def _described(path: Path) -> dict[str, object]:
    from fontTools.ttLib import TTFont  # set-up only, and 60 ms

    with TTFont(path, lazy=True) as font:
        ranges = list(_ranges(sorted(font.getBestCmap())))
    return {"path": str(path), "starts": [start for start, _ in ranges], "ends": [end for _, end in ranges]}


def _ranges(codes: Iterable[int]) -> Iterator[tuple[int, int]]:
    for _, group in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        run = [code for _, code in group]
        yield run[0], run[-1]


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".part")
    fresh.write_bytes(data)
    fresh.replace(path)


if __name__ == "__main__":
    for installed in install():
        print(installed)
