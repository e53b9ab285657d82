"""Every text key exists in every language with the same placeholders, and every key that the code names exists."""

import re
from pathlib import Path
from string import Formatter

import pytest

from screens.languages import LANGUAGES
from screens.samples import Samples
from screens.viewmodels import ViewModel, text
from screens.words import LOCALE_DIR, CatalogueError, read_catalogue, words

_ROOT = Path(__file__).parents[2]
_KEY = re.compile(r"""\b(?:text|Text|sentence)\(\s*"([a-z_]+\.[a-zA-Z0-9_.]+)"[,)]""")


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_same_keys_and_placeholders_in_every_language() -> None:
    first, *others = (words(lang).sentences for lang in LANGUAGES)
    for other in others:
        assert set(first) == set(other)
        for key, sentence in first.items():
            assert _placeholders(sentence) == _placeholders(other[key]), key


def test_no_key_is_given_twice() -> None:
    for path in LOCALE_DIR.glob("*.po"):
        keys = [key for key, _ in read_catalogue(path)]
        assert len(keys) == len(set(keys))


def test_every_key_named_in_the_code_has_words() -> None:
    known = set(words(LANGUAGES[0]).sentences)
    sources = [path for folder in ("screens", "kiosk") for path in (_ROOT / folder).rglob("*.py")]
    named = {(path.name, key) for path in sources for key in _KEY.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 100
    assert not {(name, key) for name, key in named if key not in known}


def test_arguments_are_resolved_too() -> None:
    inner = text("size.S")
    assert words("en")(text("compartment.open", cell=inner)) == words("en")(
        text("compartment.open", cell="small")
    )


def test_an_unknown_key_shows_itself_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert words("en")(text("no.such")) == "no.such"
    assert "no.such" in caplog.text


@pytest.mark.parametrize(
    "broken", ['msgid "a"\nmsgstr ""\n', 'msgid "a"\nmsgstr unquoted\n', 'msgctxt "x"\n']
)
def test_a_broken_catalogue_is_refused_with_its_line(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "xx.po"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"xx\.po:\d"):
        list(read_catalogue(path))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_class_has_a_sample_and_names_are_unique(lang: str) -> None:
    views = list(Samples(lang).every())
    assert {type(view) for view in views} == set(ViewModel.__args__)
    assert len({view.name for view in views}) == len(views)
