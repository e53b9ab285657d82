"""The pictures in the documents: every sample in every language, small, with an index that is not stale."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from screens.gallery import BOOK_LANGUAGES, IN_LOW, LARGE_FOLDER, LOW_FOLDER, in_large, index
from screens.samples import Samples

BOOK = Path(__file__).parents[2] / "docs" / "screens"
NAMES = [view.name for view in Samples("zh_CN").every()]
MOST_BYTES = 44_000
PAD, LAMP, NEAR = (0x1B, 0x28, 0x40), (0xF2, 0xA9, 0x3B), 40


LARGE_NAMES = [name for name in NAMES if in_large(name)]


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        *((folder, NAMES) for folder in BOOK_LANGUAGES.values()),
        (LARGE_FOLDER, LARGE_NAMES),
        (LOW_FOLDER, sorted(IN_LOW)),
    ],
)
def test_every_sample_has_its_small_picture(folder: str, names: list[str]) -> None:
    pictures = list((BOOK / folder).glob("*.png"))
    assert {path.stem for path in pictures} == set(names)
    assert not [path.name for path in pictures if path.stat().st_size > MOST_BYTES]
    for path in pictures:
        with Image.open(path) as picture:
            assert picture.size == (540, 960)


def test_the_index_shows_every_picture_in_order() -> None:
    written = (BOOK / "README.md").read_text(encoding="utf-8")
    assert written == index(NAMES), "python -m screens.gallery docs/screens --book"


@pytest.mark.parametrize("folder", sorted(BOOK_LANGUAGES.values()))
def test_the_black_pad_before_a_page_is_taken_shows_where_its_corners_go(folder: str) -> None:
    """No lens is looked through yet: what is dark is the pad, drawn with a sheet's corners."""
    with Image.open(BOOK / folder / "scan.lay.png") as picture:
        pad = np.asarray(picture.convert("RGB").crop((40, 270, 490, 670))).astype(int)
    dark = np.abs(pad - PAD).sum(axis=2) < NEAR
    rows, columns = np.nonzero(np.abs(pad - LAMP).sum(axis=2) < NEAR)
    assert dark.mean() > 0.9
    high, left = rows < pad.shape[0] / 2, columns < pad.shape[1] / 2
    corners = [np.count_nonzero(up & across) for up in (high, ~high) for across in (left, ~left)]
    assert min(corners) > 100
    assert max(corners) < 1.2 * min(corners)
