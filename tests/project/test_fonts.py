"""The chain of fonts: which face, which characters, and what is written where none has a glyph."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from screens import fonts


def test_the_face_is_the_chinese_one() -> None:
    for weight in fonts.COLLECTIONS:
        with TTFont(fonts.font_path(weight), lazy=True) as font:
            assert font["name"].getDebugName(1) == "Noto Sans CJK SC"
    assert fonts.font_path("bold") != fonts.font_path()


def test_common_text_is_one_run() -> None:
    text = "3号柜门开了,请放入材料 – Compartment 3 is open"
    assert fonts.fallback_for(text) == (fonts.Run(text, fonts.everyday_path("regular")),)
    assert fonts.fallback_for("王", "bold") == (fonts.Run("王", fonts.everyday_path("bold")),)
    assert fonts.fallback_for("") == ()


def test_a_rare_character_comes_from_the_next_font() -> None:
    runs = fonts.fallback_for("王\U0002a6d6\U0002b820明")
    assert [run.text for run in runs] == ["王", "\U0002a6d6\U0002b820", "明"]
    assert runs[1].font.name == "HanaMinB.ttf"
    assert runs[0].font == runs[2].font == fonts.everyday_path()


def test_a_sign_that_is_rare_but_in_the_face_comes_from_the_whole_face() -> None:
    runs = fonts.fallback_for("王㼆", "bold")
    assert [(run.text, run.font) for run in runs] == [
        ("王", fonts.everyday_path("bold")),
        ("㼆", fonts.font_path("bold")),
    ]
    assert fonts.is_everyday("王\t臺")
    assert not fonts.is_everyday("王㼆")


def test_the_small_face_is_the_same_face() -> None:
    """The same width and height for every sign: what is measured with one fits the other."""
    for weight in fonts.COLLECTIONS:
        with (
            TTFont(fonts.everyday_path(weight), lazy=True) as small,
            TTFont(fonts.font_path(weight), lazy=True) as whole,
        ):
            here, there = small.getBestCmap(), whole.getBestCmap()
            assert len(here) > 9000
            assert small["hhea"].ascent == whole["hhea"].ascent
            assert small["hhea"].descent == whole["hhea"].descent
            widths, wanted = small["hmtx"].metrics, whole["hmtx"].metrics
            differ = [code for code, name in here.items() if widths[name][0] != wanted[there[code]][0]]
        assert differ == []


def test_what_no_font_has_is_written_out() -> None:
    assert "".join(run.text for run in fonts.fallback_for("张\ue863")) == "张⟨U+E863⟩"
    assert not fonts.covers("\ue863")


def test_the_table_says_what_the_fonts_say() -> None:
    for coverage in fonts.chain():
        with TTFont(coverage.path, lazy=True) as font:
            there = set(font.getBestCmap())
        sample = [*range(0x20, 0x7F), *range(0x4E00, 0x4F00), *range(0x2A6D0, 0x2A700), 0xE863]
        assert [code for code in sample if (chr(code) in coverage) != (code in there)] == []


def test_every_sentence_of_the_screen_can_be_drawn() -> None:
    from screens.languages import LANGUAGES
    from screens.words import words

    missing = {
        char
        for lang in LANGUAGES
        for sentence in words(lang).sentences.values()
        for char in sentence
        if char not in "\n\t" and char not in fonts.chain()[0]
    }
    assert missing == set()


def test_before_set_up_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "font_dir", lambda: tmp_path)
    with pytest.raises(fonts.FontsMissingError, match="make setup"):
        fonts.font_path()
    with pytest.raises(fonts.FontsMissingError, match="make setup"):
        fonts.everyday_path()
    monkeypatch.setattr(fonts, "COLLECTION_DIRS", (tmp_path,))
    with pytest.raises(fonts.FontsMissingError, match="fonts-noto-cjk"):
        fonts.install(tmp_path)
