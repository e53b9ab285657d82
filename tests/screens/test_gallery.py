"""The pictures in the documents: every sample in every language, small, with an index that is not stale."""

from pathlib import Path

import pytest
from PIL import Image

from screens.gallery import BOOK_LANGUAGES, index
from screens.samples import Samples
from screens.words import LANGUAGES

BOOK = Path(__file__).parents[2] / "docs" / "screens"
NAMES = [view.name for view in Samples("zh_CN").every()]
MOST_BYTES = 40_000


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sample_has_its_small_picture(lang: str) -> None:
    folder = BOOK / BOOK_LANGUAGES[lang]
    assert {path.stem for path in folder.glob("*.png")} == set(NAMES)
    assert not [path.name for path in folder.glob("*.png") if path.stat().st_size > MOST_BYTES]
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.size == (540, 960)


def test_the_index_shows_every_picture_in_order() -> None:
    written = (BOOK / "README.md").read_text(encoding="utf-8")
    assert written == index(NAMES), "python -m screens.gallery docs/screens --book"
