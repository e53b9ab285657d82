"""What is wanted stands among the first candidates, and comes at once."""

import time
import tomllib
from itertools import product
from pathlib import Path

import pytest
from pypinyin import lazy_pinyin

from kiosk.inputmethod.candidates import Candidate
from kiosk.inputmethod.candidates import candidates as among
from kiosk.inputmethod.lexicon import lexicon

FIRST = 5
WANTED = tomllib.loads((Path(__file__).parent / "wanted.toml").read_text(encoding="utf-8"))
SURNAMES, GIVEN, ADDRESSES, TERMS = (
    WANTED[name].split() for name in ("surnames", "given", "addresses", "terms")
)


def candidates(letters: str, **known: bool) -> tuple[Candidate, ...]:
    return among(letters, lexicon(), **known)


def rank(word: str, **known: bool) -> int:
    """The place of a word, typed whole, among the candidates; 1 is the first, 0: not there."""
    listed = [one.word for one in candidates("".join(lazy_pinyin(word, v_to_u=False)), **known)]
    return listed.index(word) + 1 if word in listed else 0


def share(ranks: list[int]) -> float:
    return sum(0 < place <= FIRST for place in ranks) / len(ranks)


def test_names_are_among_the_first_sign_by_sign_or_whole() -> None:
    assert share([rank(one, name=True) for one in SURNAMES if one not in {"曾", "任"}]) == 1.0
    assert share([rank(one, name=True, begun=True) for one in GIVEN]) >= 0.8


def test_addresses_and_terms_are_among_the_first() -> None:
    assert share([rank(one) for one in ADDRESSES]) >= 0.9
    assert share([rank(one) for one in TERMS]) >= 0.95


@pytest.mark.parametrize(
    ("letters", "word"),
    [("yyzz", "营业执照"), ("bjs", "北京市"), ("beij", "北京"), ("zhongshanl", "中山路"), ("lv", "绿")],
)
def test_initials_and_beginnings_will_do(letters: str, word: str) -> None:
    assert word in [one.word for one in candidates(letters)][:FIRST]


def test_what_no_word_has_is_put_together_and_can_be_taken_in_parts() -> None:
    found = candidates("jianshelu")
    assert (found[0].word, found[0].used) == ("建设路", len("jianshelu"))
    parts = {one.word: one.used for one in found}
    assert parts["建设"] == len("jianshe")
    assert parts["建"] == len("jian")


def test_every_sign_of_a_syllable_can_be_reached() -> None:
    known = lexicon()
    for syllable in ("shi", "yi", "lv", "er"):
        listed = {one.word for one in candidates(syllable)}
        assert {word for word, _ in known.words[syllable]} - listed == set() or len(listed) >= 100


@pytest.mark.parametrize("letters", ["", "zzzzzzzzzz", "vvvv", "iuiuiu", "xianggangxianggangxianggang"])
def test_any_letters_are_answered(letters: str) -> None:
    assert all(0 < one.used <= len(letters) for one in candidates(letters))


def test_a_keystroke_takes_a_few_milliseconds() -> None:
    lexicon()
    typed = ["".join(lazy_pinyin(f"{one}{two}")) for one, two in product(ADDRESSES[:20], TERMS[:10])]
    began = time.thread_time()
    count = 0
    for letters in typed:
        for end in range(1, len(letters) + 1):
            candidates(letters[:end])
            count += 1
    assert (time.thread_time() - began) / count < 0.02
