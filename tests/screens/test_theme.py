"""One place to change a colour, and what each scheme promises of its contrast."""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import pytest

from screens import theme
from screens.theme import Paint, Scheme

_SCREENS = Path(__file__).parents[2] / "screens"
_LITERAL = re.compile(
    r"""["']\#[0-9A-Fa-f]{6,8}["']|\brgba?:\s*(?:\(\s*)?[\d.\[]|\b(?:Color|colour)\(\s*[\d.]"""
)
_ON_PAPER = (theme.INK, theme.INK_SECOND, theme.GOOD, theme.BAD, theme.CAUTION)
_ON_NIGHT = (theme.LIGHT, theme.LIGHT_SECOND, theme.GOOD_NIGHT, theme.BAD_NIGHT, theme.CAUTION_NIGHT)
_CELLS = (theme.CELL_CLOSED, theme.CELL_HELD, theme.CELL_OUT)
_WRITTEN: tuple[tuple[Paint, Paint], ...] = (
    *product(_ON_PAPER, (theme.PAPER, theme.PAPER_EDGE, theme.WHITE)),
    *product(_ON_NIGHT, (theme.NIGHT,)),
    *product((theme.ON_CELL,), _CELLS),
    *product((theme.ON_LAMP,), (theme.LAMP, theme.LAMP_PRESSED)),
    *product((theme.INK,), (theme.FOOT, theme.RULE)),
    (theme.INK_OFF, theme.FOOT),
)


@pytest.fixture(autouse=True)
def _night_again() -> Iterator[None]:
    yield
    theme.wear(Scheme.NIGHT)


def _luminance(colour: Sequence[float]) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(ink: Sequence[float], ground: Sequence[float]) -> float:
    darker, lighter = sorted((_luminance(ink), _luminance(ground)))
    return (lighter + 0.05) / (darker + 0.05)


def test_no_colour_is_written_outside_the_table() -> None:
    sources = [*_SCREENS.rglob("*.kv"), *_SCREENS.rglob("*.py")]
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for path in sources
        if path.name != "theme.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if _LITERAL.search(line)
    ]
    assert len(sources) > 50
    assert not found


@pytest.mark.parametrize(
    ("scheme", "least"), [(Scheme.NIGHT, 7.0), (Scheme.LIGHT, 7.0), (Scheme.CONTRAST, 7.0)]
)
def test_every_text_is_told_from_its_ground(scheme: Scheme, least: float) -> None:
    names = {id(paint): name for name, paint in theme.colours().items()}
    weak = {
        f"{names[id(ink)]} on {names[id(ground)]}": round(_contrast(ink.of(scheme), ground.of(scheme)), 2)
        for ink, ground in _WRITTEN
        if _contrast(ink.of(scheme), ground.of(scheme)) < least
    }
    assert not weak


def test_high_contrast_has_thick_and_bright_outlines() -> None:
    thin = theme.EDGE
    theme.wear(Scheme.CONTRAST)
    assert 2 * thin == theme.EDGE
    assert _contrast(theme.BORDER, theme.PAPER) >= 7


def test_who_holds_a_colour_sees_the_scheme_and_the_first_one_comes_back() -> None:
    held = {name: list(paint) for name, paint in theme.colours().items()}
    paper = theme.PAPER
    theme.wear(Scheme.CONTRAST)
    assert theme.worn is Scheme.CONTRAST
    assert paper == theme.PAPER.of(Scheme.CONTRAST) != held["PAPER"]
    theme.wear(Scheme.NIGHT)
    assert {name: list(paint) for name, paint in theme.colours().items()} == held


def test_the_button_goes_through_every_scheme() -> None:
    gone = [Scheme.NIGHT]
    while gone[-1].next not in gone:
        gone.append(gone[-1].next)
    assert set(gone) == set(Scheme)
    assert gone[1] is Scheme.CONTRAST  # who needs it most has it with one touch
