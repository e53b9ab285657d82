"""Words as they are read aloud."""

import re

import pytest

from kiosk.voice.reading import number_in_chinese, read
from screens.languages import ENGLISH, SIMPLIFIED


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("2026年11月", "er4 ling2 er4 liu4 nian2 shi2 yi1 yue4"),
        ("2026-11-05", "er4 ling2 er4 liu4 nian2 shi2 yi1 yue4 wu3 ri4"),
        ("22:05", "er4 shi2 er4 dian3 ling2 wu3 fen1"),
        ("9:00", "jiu3 dian3 zheng3"),
        ("还有 2 个", "hai2 you3 liang3 ge4"),
        ("第 2 个", "di4 er4 ge4"),
        ("15 秒", "shi2 wu3 miao3"),
        ("8–11", "ba1 dao4 shi2 yi1"),
        ("12345", "yao1 er4 san1 si4 wu3"),
        ("261122-0007", "er4 liu4 yao1 yao1 er4 er4 , ling2 ling2 ling2 qi1"),
        ("139 0000 0012", "yao1 san1 jiu3 , ling2 ling2 ling2 ling2 , ling2 ling2 yao1 er4"),
        ("A-03 号", "ei1 ling2 san1 hao4"),
        ("3703****0023", "san1 qi1 ling2 san1 , xing1 hao4 , ling2 ling2 er4 san1"),
        ("王*芳", "wang2 xing1 hao4 fang1"),
        ("银行", "yin2 hang2"),
        ("重做", "chong2 zuo4"),
        ("银行行长了解", "yin2 hang2 hang2 zhang3 liao2 jie3"),
    ],
)
def test_mandarin(words: str, said: str) -> None:
    assert read(words, SIMPLIFIED) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("2026-11-05 at 22:47", "5 November 2026 at 22:47"),
        ("Call 12345", "Call 1 2 3 4 5"),
        ("261122-0007", "2 6 1 1 2 2 , 0 0 0 7"),
        ("Compartment A-03", "Compartment A 0 3"),
        ("8–11", "8 to 11"),
        ("王芳", "wang fang"),
        ("5 things", "5 things"),
    ],
)
def test_english(words: str, said: str) -> None:
    assert read(words, ENGLISH) == said


def test_numbers_come_back_from_their_words() -> None:
    digits, units = "零一二三四五六七八九", {"十": 10, "百": 100, "千": 1000}

    def value(said: str) -> int:
        total = digit = 0
        for sign in said:
            if sign in units:
                total += (digit or 1) * units[sign]
                digit = 0
            else:
                digit = digits.index(sign)
        return total + digit

    assert [number for number in range(10_000) if value(number_in_chinese(number)) != number] == []


def test_nothing_but_syllables_and_pauses_reaches_the_mandarin_voice() -> None:
    said = read("（A-03）“好”！🙂 ★ QR 码；10%", SIMPLIFIED)
    assert re.fullmatch(r"[a-z0-9 ,.?]+", said), said
