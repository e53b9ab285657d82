"""What was measured of the pages, as the two tables in the documents: written, and read back. No Kivy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from screens.contrast import LEAST
from screens.theme import TARGET_MIN, Scheme

CONTRAST_PAGE: Final = "contrast.md"
TARGETS_PAGE: Final = "targets.md"
PX_PER_MM: Final = 4.0  # of the usual screen: 1080 px are 270 mm (21.5 inches, upright)
TARGET_LEAST_MM: Final = TARGET_MIN / PX_PER_MM
_NOTHING: Final = "–"  # nothing is touched

_CONTRAST_HEAD: Final = """\
# Contrast, measured

Of every page the text that is told least from its ground, read off the pixels of the page as it is drawn (`python -m
screens.survey docs/screens` makes this table; `screens/contrast.py` says how a text's ink and ground are found). The
limits are {limits}: WCAG 2.2 would allow 3 for large text, but
people stand a metre away, so no text is let off. Controls that can't be used now count too. Outlines are not in the
table: what a control is for is said by its words.

Each page stands in each scheme; between the columns language, size and low mode change, so that the worst lines meet.
"""
_TARGETS_HEAD: Final = """\
# Targets, measured

Of every page the smallest side of anything that is touched, in millimetres on the usual screen (21.5 inches upright,
1080 px = 270 mm), and which one it is. The limit is {least:g} mm, the 60 x 60 dp of the ministry's rules for old
people; WCAG 2.2 asks for 24 px, 6 mm. Made with the table of contrasts by `python -m screens.survey docs/screens`.
"""


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is shown."""

    scheme: Scheme
    lang: str
    large: bool = False
    low: bool = False

    @property
    def name(self) -> str:
        """As a column is headed."""
        size = ("large" if self.large else "normal") + (", low" if self.low else "")
        return f"{self.scheme.value}, {self.lang}, {size}"


@dataclass(frozen=True, slots=True)
class Measured:
    """One page in one look: its weakest text's contrast; its smallest target in mm (None without any) and its key."""

    contrast: float
    target_mm: float | None
    target: str = ""

    def keeps(self, look: Look) -> bool:
        """Whether no value is under its limit."""
        return self.contrast >= LEAST[look.scheme] and (self.target_mm or TARGET_LEAST_MM) >= TARGET_LEAST_MM


Found = Mapping[tuple[str, Look], Measured]


def written(names: Sequence[str], looks: Sequence[Look], found: Found) -> tuple[str, str]:
    """The pages `contrast.md` and `targets.md`: a row for each of `names`, a column for each of `looks`.

    Raises KeyError, where something was not measured.
    """
    limits = " and ".join(f"{least:g} in {scheme.value}" for scheme, least in LEAST.items())
    contrast = [_CONTRAST_HEAD.format(limits=limits), *_head(looks)]
    targets = [_TARGETS_HEAD.format(least=TARGET_LEAST_MM), *_head(looks)]
    for name in names:
        row = [found[name, look] for look in looks]
        contrast.append(f"| {name} | " + " | ".join(f"{one.contrast:.1f}" for one in row) + " |")
        targets.append(f"| {name} | " + " | ".join(_target(one) for one in row) + " |")
    return "\n".join(contrast) + "\n", "\n".join(targets) + "\n"


def _head(looks: Sequence[Look]) -> tuple[str, str]:
    return "| page | " + " | ".join(look.name for look in looks) + " |", "|---" * (len(looks) + 1) + "|"


def _target(one: Measured) -> str:
    return _NOTHING if one.target_mm is None else f"{one.target_mm:.1f} {one.target}"


def pages_of(folder: Path, looks: Sequence[Look]) -> dict[tuple[str, Look], Measured]:
    """What the two tables in `folder` say. Raises OSError without them, ValueError where their columns are others."""
    contrast, targets = (_rows(folder / name, looks) for name in (CONTRAST_PAGE, TARGETS_PAGE))
    found = {}
    for name, ratios in contrast.items():
        for look, ratio, cell in zip(looks, ratios, targets[name], strict=True):
            size, _, key = cell.partition(" ")
            found[name, look] = Measured(float(ratio), None if cell == _NOTHING else float(size), key)
    return found


def _rows(path: Path, looks: Sequence[Look]) -> dict[str, list[str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    if tuple(lines[:2]) != _head(looks):
        raise ValueError(f"{path}: its columns are not those of screens.survey; measure every page anew")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return {name: values for name, *values in cells}
