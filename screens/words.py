"""Words: text keys resolved to sentences of one language, read from the `.po` catalogues beside this file.

Traditional Chinese has no catalogue of its own: its sentences are the simplified ones in other signs.
"""

import ast
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from .languages import ISOLATE, ISOLATED, LANGUAGES, SIMPLIFIED, TRADITIONAL, right_to_left
from .traditional import traditional
from .viewmodels import Text

NAMED_IN_ITSELF: Final = {
    "action.language": "简体中文"
}  # what the button brings, in the language that it brings
LOCALE_DIR: Final = Path(__file__).parent / "locale"

_log = logging.getLogger(__name__)


class CatalogueError(ValueError):
    """A catalogue can't be read; the text names file and line."""


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language by key."""

    lang: str
    sentences: Mapping[str, str]

    def __call__(self, text: Text | str) -> str:
        """`text` in this language; a plain string stands as it is. An unknown key is logged and shown as itself."""
        if isinstance(text, str):
            return text
        sentence = self.sentences.get(text.key)
        if sentence is None:
            _log.error("no words for text key %s in %s", text.key, self.lang)
            return text.key
        return sentence.format(**{name: self._argument(value) for name, value in text.args})

    def sentence(self, key: str) -> str:
        """The words of a key without arguments."""
        return self(Text(key))

    def _argument(self, value: "str | int | Text") -> str:
        said = self(value) if isinstance(value, Text) else str(value)
        return f"{ISOLATE}{said}{ISOLATED}" if right_to_left(self.lang) else said


@cache
def words(lang: str) -> Words:
    """The catalogue of `lang`, one of `LANGUAGES`. Raises `CatalogueError`."""
    if lang not in LANGUAGES:
        raise CatalogueError(f"no catalogue for {lang!r}; there are {', '.join(LANGUAGES)}")
    if lang == TRADITIONAL:
        simplified = words(SIMPLIFIED).sentences
        sentences = {key: traditional(sentence) for key, sentence in simplified.items()} | NAMED_IN_ITSELF
    else:
        sentences = dict(read_catalogue(LOCALE_DIR / f"{lang}.po"))
    return Words(lang, sentences)


def read_catalogue(path: Path) -> Iterator[tuple[str, str]]:
    """Key and sentence of each entry of a gettext `.po` file, without its header. Raises `CatalogueError`.

    Reads what the catalogues use: comments, `msgid`, `msgstr` and continued strings. No plurals, no contexts.
    """
    entry: dict[str, str] = {}
    field = ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        word, quoted = ("", line) if line.startswith('"') else line.partition(" ")[::2]
        if word == "msgid" and entry.get("msgid"):
            yield _complete(entry, path, number)
        if word == "msgid":
            entry = {}
        if word not in {"", "msgid", "msgstr"}:
            raise CatalogueError(f"{path.name}:{number}: {word} is not understood")
        field = word or field
        entry[field] = entry.get(field, "") + _unquoted(quoted, path, number)
    if entry.get("msgid"):
        yield _complete(entry, path, number)


def _complete(entry: dict[str, str], path: Path, number: int) -> tuple[str, str]:
    if not entry.get("msgstr"):
        raise CatalogueError(f"{path.name}:{number}: {entry['msgid']} has no words")
    return entry["msgid"], entry["msgstr"]


def _unquoted(quoted: str, path: Path, number: int) -> str:
    try:
        value = ast.literal_eval(quoted)
    except (SyntaxError, ValueError) as error:
        raise CatalogueError(f"{path.name}:{number}: not a quoted string") from error
    return str(value)
