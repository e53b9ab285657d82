"""The prompts as sound: each is there, as long as its words, neither silent nor clipped."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest

from kiosk.diagnose import _lines
from kiosk.voice.engine import RATE_HZ, VOICES, Engine
from kiosk.voice.prompts import Prompts, keys
from kiosk.voice.reading import read
from screens.languages import ENGLISH
from screens.words import words

ENGINE = Engine(140)
SYLLABLES_A_SECOND = (1.2, 7.0)  # pauses within and a single short word included
SHORTEST_S = 0.12
QUIETEST_RMS = 500  # of 32767
LOUDEST = 32_767
SAMPLE = 60  # of each language in every run; all with -m long


def syllables(said: str, lang: str) -> int:
    """Of pinyin the numbers; of English groups of vowels, single letters and digits."""
    if lang != ENGLISH:
        return sum(sign.isdigit() for sign in said)
    groups, before = 0, " "
    for sign in said.lower():
        groups += (sign in "aeiouy" and before not in "aeiouy") or sign.isdigit()
        before = sign
    return max(1, groups)


def faults(path: Path, said: str, lang: str) -> list[str]:
    """What is wrong with one prompt."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    seconds = len(samples) / RATE_HZ
    least, most = SYLLABLES_A_SECOND
    found = []
    if seconds < SHORTEST_S or not least <= syllables(said, lang) / seconds <= most:
        found.append(f"{seconds:.2f} s for {syllables(said, lang)} syllables")
    if np.sqrt(np.mean(samples**2)) < QUIETEST_RMS:
        found.append("silent")
    if np.abs(samples).max() >= LOUDEST:
        found.append("clipped")
    return found


def check(folder: Path, lang: str, wanted: list[str]) -> None:
    prompts = Prompts(folder, ENGINE)

    async def render() -> None:
        for key in wanted:
            await prompts.samples(key, lang)
        await ENGINE.reader.close()

    asyncio.run(render())
    wrong = {
        key: said
        for key in wanted
        if (said := faults(prompts.path(key, lang), read(words(lang).sentence(key), lang), lang))
    }
    assert wrong == {}


@pytest.mark.parametrize("lang", VOICES)
def test_some_prompts_are_sound(tmp_path: Path, lang: str) -> None:
    every = sorted(keys(lang))
    check(tmp_path, lang, every[:: len(every) // SAMPLE])


@pytest.mark.long
@pytest.mark.parametrize("lang", VOICES)
def test_every_prompt_is_sound(tmp_path: Path, lang: str) -> None:
    check(tmp_path, lang, sorted(keys(lang)))


def test_both_languages_have_the_same_prompts() -> None:
    first, *others = (set(keys(lang)) for lang in VOICES)
    assert len(first) > 300
    assert all(other == first for other in others)


def test_what_has_other_words_now_is_rendered_anew_and_the_old_goes(tmp_path: Path) -> None:
    slow, quick = Prompts(tmp_path, Engine(120)), Prompts(tmp_path, Engine(200))
    asyncio.run(slow.samples("action.back", ENGLISH))
    assert slow.count()[0] == 1
    assert quick.count()[0] == 0
    assert ("action.back", ENGLISH) in quick.missing()
    assert quick.drop_old() == 1
    assert list(tmp_path.iterdir()) == []


def test_half_a_file_is_rendered_anew(tmp_path: Path) -> None:
    prompts = Prompts(tmp_path, ENGINE)
    whole = asyncio.run(prompts.samples("action.back", ENGLISH))
    prompts.path("action.back", ENGLISH).write_bytes(b"RIFF")
    assert asyncio.run(prompts.samples("action.back", ENGLISH)) == whole


def test_diagnose_says_how_many_there_are() -> None:
    told = {
        "program": True,
        "devices": [],
        "fit": True,
        "first": [],
        "voice": {"rendered": 3, "prompts": 9},
        "holidays_missing": [],
    }
    assert "voice: 3 of 9 prompts are rendered ahead" in _lines(told)
    assert not [line for line in _lines({**told, "voice": None}) if "prompts" in line]
