"""Words as they are read aloud: numbers, dates and codes as words; Chinese as pinyin with the tones of its phrases.

eSpeak NG's own table of Chinese has one reading for each sign; pypinyin's phrases know that 银行 is `yin2 hang2` and
重做 `chong2 zuo4`. Digits of what is long or begins with 0 are said one by one, and 1 among them is `yao1`, as on the
telephone. The dictionary of phrases is loaded with the first words that need it.
"""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Final

from screens.languages import ENGLISH

DIGITS: Final = "零一二三四五六七八九"
ONE_BY_ONE: Final = DIGITS.replace("一", "幺")
LONGEST_NUMBER: Final = 4  # digits; longer ones are codes
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
LETTERS: Final = dict(  # noqa: C408 - as Chinese name them
    A="ei1", B="bi4", C="sei1", D="di4", E="yi4", F="ai1 fu5", G="ji4", H="ei1 chi5", I="ai4", J="zhei4", K="kei4",
    L="ai1 lou5", M="ai1 mu5", N="en1", O="ou1", P="pi4", Q="kiu1", R="a4", S="ai1 si5", T="ti4", U="you1", V="wei1",
    W="da2 bu5 liu5", X="ai1 ke5 si5", Y="wai4", Z="zei4",
)  # fmt: skip

_DATE: Final = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_CLOCK: Final = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_CODE: Final = re.compile(r"\d+(?:(?:[-\u00a0 ]|\*+)\d+)+|\d+")
_GAP: Final = re.compile(r"[-\u00a0 ]|(\*)\*+")
_TWO: Final = re.compile(r"(?<!第 )(?<![\d第年月-])2(?=\s*[个次份项天件样张页小种位])")
_NAMED: Final = re.compile(r"(?<=[A-Za-z])-(?=\d)")
_SPAN: Final = re.compile(r"(?<=\d)\s*–\s*(?=\d)")
_YEAR: Final = re.compile(r"(?<!\d)(\d{4})(?=年)")
_MASKED: Final = re.compile(r"\*+")  # of a name
PHRASES: Final = {  # that pypinyin does not have
    "重做": [["chóng"], ["zuò"]], "重写": [["chóng"], ["xiě"]], "重打": [["chóng"], ["dǎ"]],
}  # fmt: skip
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_WORD: Final = re.compile(r"[A-Za-z]+")
_PAUSES: Final = str.maketrans(
    dict.fromkeys("，、；：·|—/()（）\n", ", ") | dict.fromkeys("。！", ". ") | {"？": "? "}
)
_NOISE: Final = re.compile(r"[^\w\s,.?'-]+")


def read(words: str, lang: str) -> str:
    """What the engine's voice of `lang` is given for `words`."""
    return _english(words) if lang == ENGLISH else _mandarin(words)


def needs_phrases(words: str, lang: str) -> bool:
    """Whether the dictionary is needed for these."""
    return lang != ENGLISH or _HAN.search(words) is not None


def number_in_chinese(number: int) -> str:
    """A number from 0 to 9999 as it is said: 10 is 十, 205 is 二百零五."""
    said, pending = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            said += ("零" if pending else "") + DIGITS[digit] + unit
        pending = bool(said) and not digit
    said = said or DIGITS[0]
    return said.removeprefix("一") if said.startswith("一十") else said


@cache
def _learn() -> None:
    from pypinyin import load_phrases_dict

    load_phrases_dict(PHRASES)


def _mandarin(words: str) -> str:
    from pypinyin import Style, lazy_pinyin

    _learn()
    words = _DATE.sub(lambda at: f"{at[1]}年{int(at[2])}月{int(at[3])}日", words)
    words = _TWO.sub("两", _NAMED.sub(" ", _CLOCK.sub(_clock_in_chinese, words)))
    words = _SPAN.sub("到", words)
    words = _YEAR.sub(lambda at: "".join(DIGITS[int(digit)] for digit in at[1]), words)
    words = _CODE.sub(
        partial(_number, plain=number_in_chinese, digits=ONE_BY_ONE, gap="", star="星号"), words
    )
    words = _MASKED.sub("星号", words).translate(_PAUSES).replace(":", ", ")
    syllables = lazy_pinyin(
        words, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True, v_to_u=False, errors=_foreign
    )
    return " ".join(" ".join(syllables).split())


def _foreign(signs: str) -> str:
    """What stands between Chinese signs: letters by their names, pauses as they are."""
    return _WORD.sub(
        lambda at: f" {' '.join(LETTERS[letter] for letter in at[0].upper())} ", _NOISE.sub(" ", signs)
    )


def _clock_in_chinese(at: re.Match[str]) -> str:
    minute = int(at[2])
    if not minute:
        return f"{int(at[1])}点整"
    return f"{int(at[1])}点{'零' if minute < 10 else ''}{minute}分"


def _english(words: str) -> str:
    words = _DATE.sub(_date_in_english, words)
    words = _SPAN.sub(" to ", _NAMED.sub(" ", words))
    words = _CODE.sub(partial(_number, plain=str, digits="0123456789", gap=" ", star="stars"), words)
    words = _MASKED.sub(" stars ", words)
    if _HAN.search(words):  # a name, a place: as well as English tongues can
        from pypinyin import lazy_pinyin

        words = " ".join(lazy_pinyin(words))
    return " ".join(words.translate(_PAUSES).split())


def _date_in_english(at: re.Match[str]) -> str:
    month = int(at[2])
    return f"{int(at[3])} {MONTHS[month - 1]} {at[1]}" if 1 <= month <= len(MONTHS) else at[0]


def _number(at: re.Match[str], *, plain: Callable[[int], str], digits: str, gap: str, star: str) -> str:
    """A quantity as a number; a code, a phone number, groups of digits one by one."""
    said = at[0]
    if said.isdecimal() and len(said) <= LONGEST_NUMBER and (said == "0" or not said.startswith("0")):
        return plain(int(said))
    said = _GAP.sub(lambda between: f", {star}, " if between[1] else ", ", said)
    return "".join(f"{digits[int(sign)]}{gap}" if sign.isdecimal() else sign for sign in said).rstrip()
