"""Every text key exists in every language, with the same placeholders; every key that code names exists."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from screens.languages import LANGUAGES
from screens.words import words

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = {lang: words(lang).sentences for lang in LANGUAGES}
NAMES_THE_OTHER_LANGUAGE = {"action.language", "form.keys.pinyin"}
KEY = re.compile(r"[a-z0-9_]+(\.[A-Za-z0-9_]+)+")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def keys_in_code() -> dict[str, str]:
    """Each literal first argument of a `Text(…)`, with where it stands."""
    found: dict[str, str] = {}
    for folder in ("kiosk", "screens"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                    first = node.args[0] if node.args else None
                    if (
                        name in {"Text", "text"}
                        and isinstance(first, ast.Constant)
                        and isinstance(first.value, str)
                    ):
                        found[first.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return {key: where for key, where in found.items() if KEY.fullmatch(key)}


def test_there_are_three_languages_with_words() -> None:
    assert set(LANGUAGES) == {"zh_CN", "en", "zh_Hant"}
    assert all(len(catalogue) > 100 for catalogue in CATALOGUES.values())


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != LANGUAGES[0]])
def test_the_languages_say_the_same(lang: str) -> None:
    first, other = CATALOGUES[LANGUAGES[0]], CATALOGUES[lang]
    assert first.keys() ^ other.keys() == set()
    differing = {key for key in first if placeholders(first[key]) != placeholders(other[key])}
    assert differing == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_empty_and_every_key_is_a_name(lang: str) -> None:
    assert [key for key, sentence in CATALOGUES[lang].items() if not sentence.strip()] == []
    assert [key for key in CATALOGUES[lang] if not KEY.fullmatch(key)] == []


def test_chinese_is_chinese() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    letters = re.compile(r"[A-Za-z]{2}")
    spoken = {key: re.sub(r"\{[^}]*\}", "", sentence) for key, sentence in CATALOGUES["zh_CN"].items()}
    unspoken = {
        key for key, sentence in spoken.items() if letters.search(sentence) and not han.search(sentence)
    }
    pinyin = {key for key in spoken if key.startswith("spoken.")}  # what the voice reads out
    keys = {"form.keys.capital", "form.keys.small"}  # letters on keys
    assert unspoken - pinyin - keys <= NAMES_THE_OTHER_LANGUAGE
    assert {
        key for key, sentence in CATALOGUES["en"].items() if han.search(sentence)
    } <= NAMES_THE_OTHER_LANGUAGE


def test_every_key_that_code_names_exists() -> None:
    named = keys_in_code()
    assert len(named) > 50
    assert {key: where for key, where in named.items() if key not in CATALOGUES[LANGUAGES[0]]} == {}
