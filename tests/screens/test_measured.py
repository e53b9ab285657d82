"""Contrast and targets as measured on the pages: the measure is right, the tables whole, no value under its limit."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from screens.contrast import LEAST, UNSEEN, luminance, ratio, seen
from screens.fonts import font_path
from screens.languages import LANGUAGES
from screens.samples import Samples
from screens.survey import LOOKS
from screens.surveyed import Look, pages_of, written
from screens.theme import LOW, Scheme

BOOK = Path(__file__).parents[2] / "docs" / "screens"
VIEWS = list(Samples("zh_CN").every())
FIRST_OF_EACH = list({type(view): view.name for view in reversed(VIEWS)}.values())


def _drawn(ink: str, ground: Image.Image) -> Any:
    picture = ground.copy()
    ImageDraw.Draw(picture).text((8, 4), "柜门开了 A-03", ink, ImageFont.truetype(font_path(), 42))
    return np.asarray(picture)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [("#14202E", "#FFF8EA"), ("#FFFFFF", "#000000"), ("#767676", "#FFFFFF"), ("#C0B8A0", "#FFF8EA")],
)
def test_drawn_text_has_the_contrast_of_its_colours(ink: str, ground: str) -> None:
    one, other = (luminance([int(rgb[at : at + 2], 16) for at in (1, 3, 5)]) for rgb in (ink, ground))
    # room beside the text: in a narrow box the soft edges of Debian 13's letters pass for a ground
    assert seen(_drawn(ink, Image.new("RGB", (480, 60), ground))) == pytest.approx(
        float(ratio(one, other)), abs=0.2
    )


def test_text_that_nobody_sees_has_none() -> None:
    plain = Image.new("RGB", (320, 60), "#FFF8EA")
    assert seen(np.asarray(plain)) == UNSEEN
    assert seen(_drawn("#FFF6E4", plain)) < 1.3


def test_the_worst_of_a_ground_counts() -> None:
    """A glow behind the text does not pass for its ink, and where it is brightest the text is weakest."""
    across = np.linspace(30, 110, 320).astype(np.uint8)
    glow = np.repeat(np.repeat(across[None, :, None], 60, axis=0), 3, axis=2)
    worst = ratio(luminance([255, 255, 255]), luminance([108, 108, 108]))
    assert seen(_drawn("#FFFFFF", Image.fromarray(glow))) == pytest.approx(float(worst), rel=0.1)
    assert seen(glow) == UNSEEN


def test_the_tables_are_whole_and_no_value_is_under_its_limit() -> None:
    found = pages_of(BOOK, LOOKS)
    names = [view.name for view in VIEWS]
    assert {name for name, _ in found} == set(names), "python -m screens.survey docs/screens"
    assert not {f"{name} in {look.name}": one for (name, look), one in found.items() if not one.keeps(look)}
    texts = written(names, LOOKS, found)
    assert texts == tuple((BOOK / page).read_text(encoding="utf-8") for page in ("contrast.md", "targets.md"))


def test_the_looks_of_the_tables_bring_each_scheme_and_both_sizes() -> None:
    assert {look.scheme for look in LOOKS} == set(Scheme)
    assert {look.large for look in LOOKS} == {look.low for look in LOOKS} == {False, True}


def _weak(window: Any, names: list[str], look: Look) -> dict[str, Any]:
    """What is under its limit on the pages as they are drawn now."""
    weak = {}
    for name in names:
        chrome = {"scheme": look.scheme.value, "low": LOW if look.low else 0}
        window.show(name, look.lang, large=look.large, **chrome)
        texts = window.do(do="contrasts")["texts"]
        assert texts
        found = [(say, size, round(one, 2)) for say, size, one in texts if one < LEAST[look.scheme]]
        if found:
            weak[name] = found
    return weak


@pytest.mark.parametrize(
    ("look", "names"),
    [(LOOKS[0], FIRST_OF_EACH[::2]), (LOOKS[1], FIRST_OF_EACH[1::2]), (LOOKS[2], FIRST_OF_EACH)],
    ids=[look.scheme.value for look in LOOKS],
)
def test_each_kind_of_page_is_told_from_its_ground(window: Any, look: Look, names: list[str]) -> None:
    """The tables hold every page in every scheme; here each kind of page is drawn again in two of them."""
    assert not _weak(window, names, look)


@pytest.mark.long
@pytest.mark.parametrize(
    "look",
    [
        Look(scheme, lang, large=large, low=low)
        for scheme, lang, large, low in itertools.product(Scheme, LANGUAGES, (False, True), (False, True))
    ],
    ids=lambda look: look.name,
)
def test_every_page_in_every_look_is_told_from_its_ground(window: Any, look: Look) -> None:
    assert not _weak(window, [view.name for view in VIEWS], look)
