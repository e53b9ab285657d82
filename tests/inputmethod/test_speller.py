"""The place's own streets can be typed, as they are read there."""

import logging

import pytest

from kiosk.inputmethod.lexicon import lexicon
from kiosk.inputmethod.speller import Speller
from kiosk.pinyin import NoReadingsError

OWN = ("稷下街道", "闻韶路", "乐陵路 lao ling lu")


def words(spell: Speller, letters: str) -> list[tuple[str, int]]:
    return list(spell(letters, name=False, begun=False))


@pytest.mark.parametrize(
    ("letters", "street"),
    [
        ("jixiajiedao", "稷下街道"), ("jxjd", "稷下街道"), ("jixiajied", "稷下街道"),
        ("wenshaolu", "闻韶路"), ("wsl", "闻韶路"), ("laolinglu", "乐陵路"),
    ],
)  # fmt: skip
def test_a_street_of_the_place_comes_first(letters: str, street: str) -> None:
    assert words(Speller(OWN), letters)[0] == (street, len(letters))
    assert (street, len(letters)) not in words(Speller(), letters)  # who has not named it is not offered it


def test_what_was_offered_before_still_is() -> None:
    plain, own = Speller(), Speller((*OWN, "中山路"))
    for letters in ("wsl", "zhongshanlu", "yyzz"):
        offered = [word for word, _ in words(own, letters)]
        assert {word for word, _ in words(plain, letters)} <= set(offered)
        assert len(offered) == len(set(offered))


def test_without_a_dictionary_all_other_words_can_be_typed(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        raise NoReadingsError("no dictionary")

    spell = Speller(OWN, fails)
    with caplog.at_level(logging.ERROR):
        assert words(spell, "laolinglu")[0][0] == "乐陵路"  # its reading was told
    assert "own words cannot be typed" in caplog.text
    assert words(spell, "beijing")[0][0] == "北京"


def test_the_words_of_a_place_are_not_those_of_all() -> None:
    Speller(OWN).warm()
    assert "ji xia jie dao" not in lexicon().words
