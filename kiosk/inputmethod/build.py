"""Makes `words.txt.xz` anew: `python -m kiosk.inputmethod.build DICT`, where DICT is jieba's `dict.txt` (MIT licence).

Words and how often each was seen are jieba's, readings pypinyin's. A kiosk reads the result and needs neither.
"""

import lzma
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from .lexicon import FILE, GIVEN, SURNAMES, WORDS

RARELY: Final = 20  # seen less often: not worth a place in memory
RARELY_LONG: Final = 60
LONG: Final = 4
LONGEST: Final = 7
OFTEN_IN_ADDRESSES: Final = 500
IN_MANY_NAMES: Final = 6000.0
NOW_AND_THEN: Final = 0.01  # of a sign's occurrences: a reading of its that stands in no word
SMALLEST: Final = 1
NO_SYLLABLES: Final = frozenset(
    {"n", "ng", "m", "hm", "hng", "r", "eng"}
)  # sounds: they would part every word wrongly
_SIGNS: Final = "\u4e00", "\u9fff"
# the order of the police ministry's yearly count of names; whoever is not among them is found by the signs' own weight
COMMON_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史贺陶顾毛郝龚邵万钱严赖覃洪武莫孔汤向常温康施牛樊葛邢安齐庄易伍"
    "颜尤乔文倪庞聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁阮符舒纪梅童凌毕单季裴霍涂成苗谷曲盛冉蓝路游辛靳管柴蒙鲍华"
    "喻祁蒲房滕屈饶解牟艾尚阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬"
)
# signs that stand in many given names, of the old and of the young; jieba's names are those of the famous
COMMON_IN_NAMES: Final = (
    "英华玉秀明文国红丽建春志梅芳平海珍军荣兰伟金云永德桂凤生林美晓燕霞艳强娟敏静杰勇涛超辉磊洋娜刚鹏萍波玲斌浩宇子轩涵梓"
    "欣怡诗雨桐一诺依奕泽沐辰宸若汐语嘉佳琪婷雅曦萱睿晨皓思梦瑶博俊豪家天佑安然可昕妍悦航阳旭东兴福贵祥龙虎成中光民立新"
    "学清淑素琴莲菊香翠爱卫振庆宝根水木土仁义礼智信孝忠良善长庭珊倩媛慧颖莹洁琳璐薇丹莉蓉蕾冰雪晶月星晴青松柏峰山川江河"
)
OF_ADDRESSES: Final = (
    "号楼", "号院", "单元", "街道", "小区", "花园", "公寓", "大厦", "家园", "新村", "社区", "经济开发区", "高新区",
    "工业园", "村委会", "居委会", "东路", "西路", "南路", "北路", "中路", "大道", "胡同", "临淄区", "栋", "幢", "室",
    "弄",
)  # fmt: skip


def _in_gb2312(sign: str) -> bool:
    try:
        return len(sign.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


SIGNS: Final = frozenset(filter(_in_gb2312, map(chr, range(0x4E00, 0x9FFF + 1))))
Lists = dict[str, dict[str, int]]


def build(jieba: Path) -> str:
    """The lexicon's text: lines `pinyin TAB word weight word weight …` below a heading a section."""
    entries = dict(_entries(jieba))
    counts = {word: count for word, (count, _) in entries.items()}
    counts |= {word: max(counts.get(word, 0), OFTEN_IN_ADDRESSES) for word in OF_ADDRESSES}
    readings = {word: _reading(word) for word, count in counts.items() if _is_kept(word, count)}
    read: dict[str, Counter[str]] = defaultdict(Counter)  # sign -> how often it is read how
    words: Lists = defaultdict(dict)
    for word, reading in readings.items():
        words[" ".join(reading)][word] = _weight(counts[word])
        for sign, syllable in zip(word, reading, strict=True):
            read[sign][syllable] += counts[word]
    words |= _by_reading({sign: counts.get(sign, SMALLEST) for sign in SIGNS}, read)
    surnames = {sign: math.exp(20 - rank / 10) for rank, sign in enumerate(COMMON_SURNAMES)}
    given = _given((word for word, (_, kind) in entries.items() if kind == "nr"), counts)
    parts = (
        (WORDS, words), (SURNAMES, _by_reading(surnames, read)), (GIVEN, _by_reading(given, read)),
    )  # fmt: skip
    return "".join(line for heading, part in parts for line in _section(heading, part))


def _entries(jieba: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    for line in jieba.read_text(encoding="utf-8").splitlines():
        word, count, kind = line.split(" ")
        if all(_SIGNS[0] <= sign <= _SIGNS[1] for sign in word) and len(word) <= LONGEST:
            yield word, (int(count), kind)


def _is_kept(word: str, count: int) -> bool:
    often = count >= (RARELY if len(word) <= LONG else RARELY_LONG)
    return often and len(word) > 1 and SIGNS.issuperset(word)


def _shares(sign: str, read: Counter[str]) -> dict[str, float]:
    """How much of a sign's occurrences has which reading, from the words that it stands in."""
    known = _readings(sign)
    seen = sum(read.values())
    if not seen:
        return {reading: NOW_AND_THEN if place else 1.0 for place, reading in enumerate(known)}
    return {reading: max(read[reading] / seen, NOW_AND_THEN) for reading in known}


def _given(named: Iterable[str], counts: dict[str, int]) -> dict[str, float]:
    seen: Counter[str] = Counter()
    for name in named:
        if 1 < len(name) <= 3 and name[0] in COMMON_SURNAMES:
            seen.update({sign: counts[name] for sign in name[1:] if sign in SIGNS})
    often = {sign: IN_MANY_NAMES * math.exp(-rank / 100) for rank, sign in enumerate(COMMON_IN_NAMES)}
    return {sign: seen[sign] + often.get(sign, 0.0) for sign in {*seen, *often}}


def _by_reading(counts: Mapping[str, float], read: dict[str, Counter[str]]) -> Lists:
    lists: Lists = defaultdict(dict)
    for sign, count in counts.items():
        for reading, share in _shares(sign, read[sign]).items():
            lists[reading][sign] = max(1, _weight(count * share))
    return lists


def _reading(word: str) -> list[str]:
    from pypinyin import lazy_pinyin

    return lazy_pinyin(word)


def _readings(sign: str) -> list[str]:
    """Without tones, the usual one first."""
    from pypinyin import Style, pinyin

    found: Any = pinyin(sign, style=Style.NORMAL, heteronym=True)[0]
    return [
        reading
        for reading in dict.fromkeys(found)
        if reading.isascii() and reading.isalpha() and reading not in NO_SYLLABLES
    ]


def _weight(count: float) -> int:
    return round(10 * math.log(count + 1))


def _section(heading: str, part: Lists) -> Iterator[str]:
    yield f"# {heading}\n"
    for reading, weights in sorted(part.items()):
        ordered = sorted(weights.items(), key=lambda entry: (-entry[1], entry[0]))
        yield f"{reading}\t{' '.join(f'{word} {weight}' for word, weight in ordered)}\n"


if __name__ == "__main__":
    FILE.write_bytes(lzma.compress(build(Path(sys.argv[1])).encode(), preset=9))
