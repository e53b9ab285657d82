"""How Chinese names are read, by a dictionary of phrases: of signs with several readings the one that is meant.

The dictionary takes 57 MB for as long as a process lives, and a kiosk's runs for months: it is asked in a child,
`python -m kiosk.pinyin`, with a JSON list of names on standard input, once for a catalogue.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

LIMIT_S: Final = 60.0
WORDS_OF_OFFICES: Final = {"行医": [["xíng"], ["yī"]]}  # the dictionary takes 行 for héng here


class NoReadingsError(Exception):
    """The names could not be read; the text says why."""


@cache
def readings(names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Of each name a syllable a Chinese sign (`lv` for 绿), other signs as they stand. Raises `NoReadingsError`."""
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(
            command, input=json.dumps(names).encode(), capture_output=True, timeout=LIMIT_S, check=True
        )
    except subprocess.CalledProcessError as error:
        raise NoReadingsError(error.stderr.decode(errors="replace").strip()[-300:]) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoReadingsError(str(error)) from error
    return tuple(tuple(syllables) for syllables in json.loads(done.stdout))


def _read(names: Sequence[str]) -> list[list[str]]:
    from pypinyin import lazy_pinyin, load_phrases_dict

    load_phrases_dict(WORDS_OF_OFFICES)
    sign_by_sign: Any = list  # works, and pypinyin's types do not know it
    return [lazy_pinyin(name, errors=sign_by_sign) for name in names]


if __name__ == "__main__":
    json.dump(_read(json.load(sys.stdin)), sys.stdout)
