"""The pictures in the documents: every sample in every language, small, with an index that is not stale."""

from pathlib import Path

import pytest
from PIL import Image

from screens.gallery import BOOK_LANGUAGES, IN_LOW, LARGE_FOLDER, LOW_FOLDER, in_large, index
from screens.samples import Samples

BOOK = Path(__file__).parents[2] / "docs" / "screens"
NAMES = [view.name for view in Samples("zh_CN").every()]
MOST_BYTES = 44_000


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
