"""Languages from the right: pages mirror and nothing is cut off; digits, keypads and the cabinet stay as they are."""

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from screens import fonts
from screens.bidi import drawn
from screens.languages import ISOLATE, ISOLATED, LANGUAGES, right_to_left
from screens.samples import Samples
from screens.theme import HEIGHT, LAMP, WIDTH
from tests.screens.from_the_right import PSEUDO, from_the_right, words_of

VIEWS = list(Samples("en").every())
NAMES = [view.name for view in VIEWS]
FIRST_OF_EACH = list({type(view): view.name for view in reversed(VIEWS)}.values())


def test_no_language_that_is_shipped_is_mirrored_and_the_one_for_tests_is() -> None:
    assert [lang for lang in (*LANGUAGES, PSEUDO) if right_to_left(lang)] == [PSEUDO]
    assert from_the_right("Open {cell}.") == "وپەن {cell}."


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("3 号柜门开了 (A-03)", "3 号柜门开了 (A-03)"),
        ("اب 12 چ", "چ 12 با"),
        ("اب (A-03)", "(A-03) با"),
        (f"اب {ISOLATE}139 0000 0012{ISOLATED}", "139 0000 0012 با"),
    ],
)
def test_a_line_is_drawn_in_the_order_of_the_eye(line: str, order: str) -> None:
    assert unicodedata.normalize("NFKC", drawn(line)) == order


def test_letters_join_and_every_form_of_them_has_a_glyph() -> None:
    uyghur = "ئابپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىيە"
    alone, joined = drawn(" ".join(uyghur)), drawn(uyghur)
    assert set(alone) != set(joined)
    sentences = words_of(PSEUDO).sentences.values()
    signs = {sign for text in (alone, joined, *map(drawn, sentences)) for sign in text}
    assert {sign for sign in signs if not fonts.covers(sign) and sign not in "\n\t"} == set()


def test_every_box_of_the_screens_is_one_that_turns() -> None:
    screens = Path(__file__).parents[2] / "screens"
    sources = {
        path.relative_to(screens).as_posix(): path.read_text("utf-8") for path in screens.rglob("*.py")
    }
    assert [name for name, text in sources.items() if "kivy.uix.boxlayout" in text] == ["widgets/sides.py"]


def _cut(window: Any, names: list[str], *, large: bool = False) -> dict[str, Any]:
    wrong = {}
    for name in names:
        window.show(name, PSEUDO, large=large)
        texts = window.do(do="texts")
        if texts["cut"] or texts["outside"]:
            wrong[name] = (texts["cut"], texts["outside"])
    return wrong


def test_nothing_is_cut_off_on_a_mirrored_page(window: Any) -> None:
    assert not _cut(window, FIRST_OF_EACH)


@pytest.mark.long
@pytest.mark.parametrize("large", [False, True])
def test_nothing_is_cut_off_on_any_mirrored_page(window: Any, large: bool) -> None:
    assert not _cut(window, NAMES, large=large)


def _pixels(window: Any, path: Path) -> Any:
    window.do(do="screenshot", path=str(path))
    with Image.open(path) as picture:
        return np.asarray(picture).astype(int)


def _middle_of(pixels: Any, colour: Any) -> float:
    """Where the pixels of a colour are, 0 at the left to 1 at the right."""
    near = np.abs(pixels - np.asarray(colour[:3]) * 255).max(axis=2) < 8
    assert near.any()
    return float(np.nonzero(near)[1].mean() / pixels.shape[1])


def test_rail_head_and_foot_are_on_the_other_side(window: Any, tmp_path: Path) -> None:
    pages = {}
    for lang in ("en", PSEUDO, "en"):  # and back again
        controls = window.show("phone", lang)["controls"]
        pixels = _pixels(window, tmp_path / f"{lang}.png")
        pages[lang] = ({one["key"]: one["x"] for one in controls}, _middle_of(pixels[: HEIGHT // 2], LAMP))
    (left, left_rail), (right, right_rail) = pages["en"], pages[PSEUDO]
    assert left_rail < 0.5 < right_rail
    assert left_rail == pytest.approx(1 - right_rail, abs=0.01)
    for key in ("action.help", "action.language", "action.everyone", "head.staff"):
        assert left[key] == pytest.approx(WIDTH - right[key], abs=3)
    assert left["action.help"] < WIDTH / 2 < right["action.help"]


def test_digits_letters_and_the_cabinet_do_not_turn(window: Any, tmp_path: Path) -> None:
    for name, keys in (
        ("phone", ("digit.1", "digit.2", "digit.3")),
        ("items.search", ("letter.a", "letter.b")),
    ):
        places = {one["key"]: one["x"] for one in window.show(name, PSEUDO)["controls"]}
        across = [places[key] for key in keys]
        assert across == sorted(across)
        assert len(set(across)) == len(keys)
    cabinets = []
    for lang in ("en", PSEUDO):
        window.show("compartment.opening", lang)
        cabinets.append(_middle_of(_pixels(window, tmp_path / f"{lang}.png")[HEIGHT // 3 :], LAMP))
    assert cabinets[0] == pytest.approx(cabinets[1], abs=0.001)
