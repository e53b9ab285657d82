"""Traditional Chinese, made from the simplified sentences by OpenCC: their signs, not other words.

Names of offices, items and papers are the mainland's legal ones and stay; Taiwan's forms of the signs are used, which
readers in Hong Kong and Macau read too. Nothing that came from a card or was typed goes through here: a person's name
stays as it is written.
"""

from functools import cache
from typing import Any, Final

from opencc import OpenCC

TABLE: Final = (
    "s2tw"  # OpenCC: signs one by one and by phrase (里程 stays, 里面 becomes 裡面), no change of vocabulary
)


@cache
def traditional(sentence: str) -> str:
    """The sentence, one of ours, in traditional signs; what is none of Chinese stays, so a placeholder's name does."""
    return str(_converter().convert(sentence))


def in_traditional(sample: Any) -> Any:
    """The same for all strings inside lists, tuples and tables."""
    match sample:
        case str():
            return traditional(sample)
        case dict():
            return {key: in_traditional(value) for key, value in sample.items()}
        case tuple() | list():
            return type(sample)(in_traditional(value) for value in sample)
        case _:
            return sample


@cache
def _converter() -> OpenCC:
    return OpenCC(TABLE)
