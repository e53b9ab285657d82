"""How long a keystroke of the search takes in a catalogue of a thousand items, and how long its index takes to make."""

import time
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from kiosk.catalogue import Item, load
from kiosk.catalogue.search import SearchIndex
from kiosk.pinyin import readings

from .figures import Figure, figure

ITEMS: Final = 1000
KEYSTROKE_TARGET_MS: Final = 50.0
INDEX_TARGET_MS: Final = 3000.0
TYPED: Final = (
    "getigongshanghu", "gtgshdj", "shebaobutie", "canjiren", "zhengming", "shenqing", "dengji", "xukezheng", "licence",
)  # fmt: skip
WORDS: Final = (
    "补领",
    "变更",
    "年审",
    "注销",
    "延期",
    "查询",
    "备案",
    "复核",
    "公示",
    "转移",
    "报告",
    "审核",
)


def figures(services: Path, times: int) -> list[Figure]:
    """Each word of `TYPED` letter by letter, `times` times, in both languages. Raises `CatalogueError`."""
    items = thousand(services)
    readings.cache_clear()
    began = time.perf_counter()
    index = SearchIndex(items)
    index.warm()
    made_ms = 1000 * (time.perf_counter() - began)
    keystrokes = [
        _milliseconds(index, word[:length], language)
        for _ in range(times)
        for language in ("zh_CN", "en")
        for word in TYPED
        for length in range(1, len(word) + 1)
    ]
    return [
        figure("search: a keystroke", "ms", keystrokes, KEYSTROKE_TARGET_MS, note=f"{len(items)} items"),
        figure("search: index made", "ms", [made_ms], INDEX_TARGET_MS, note="beside the start, once"),
    ]


def thousand(services: Path) -> list[Item]:
    """As many items as a city has, made from those that ship: each name with other endings."""
    shipped = list(load(services))
    endings = (f"{first}{second}" for first in WORDS for second in ("", *WORDS))
    pairs = ((item, ending) for ending in endings for item in shipped)
    return [
        item.model_copy(
            update={
                "code": f"item-{number}",
                "title": item.title.model_copy(update={"zh": f"{item.title.zh}{ending}", "pinyin": None}),
            }
        )
        for number, (item, ending) in enumerate(islice(cycle(pairs), ITEMS))
    ]


def _milliseconds(index: SearchIndex, typed: str, language: str) -> float:
    began = time.perf_counter()
    index.find(typed, language)
    return 1000 * (time.perf_counter() - began)
