"""Spoken prompts: rendered by the real eSpeak NG, played by a player of the test's own that says what it was given."""

import asyncio
import shutil
import time
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.runtime.voice import VOICES, Voice
from screens.languages import LANGUAGES

WITHIN_S = 10.0


@pytest.fixture
def player(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `aplay` that notes the file and the end of each sentence; it speaks until it is cut off."""
    notes = tmp_path / "notes"
    script = tmp_path / "aplay"
    script.write_text(
        f'#!/bin/sh\necho "begin $2" >>{notes}\nsleep 60 & trap "echo cut >>{notes}; kill $!; exit" TERM\nwait\n'
    )
    script.chmod(0o755)
    found = shutil.which
    monkeypatch.setattr(
        "kiosk.runtime.voice.shutil.which", lambda name: str(script) if name == "aplay" else found(name)
    )
    return notes


async def until(there: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WITHIN_S
    while not there():
        assert time.monotonic() < end_s
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_prompt_is_rendered_once_and_spoken(tmp_path: Path, player: Path, lang: str) -> None:
    voice = Voice(tmp_path / "voice")

    async def work() -> None:
        for _ in range(2):
            await voice.say("spoken.turn_left", lang)
            await until(lambda: player.exists() and "begin" in player.read_text())
        await voice.close()

    asyncio.run(work())
    (rendered,) = (tmp_path / "voice").iterdir()
    assert rendered.name.startswith(VOICES[lang])
    with wave.open(str(rendered)) as spoken:
        assert 0.4 < spoken.getnframes() / spoken.getframerate() < 5


def test_a_new_sentence_cuts_the_one_before_off(tmp_path: Path, player: Path) -> None:
    voice = Voice(tmp_path / "voice")

    async def work() -> None:
        await voice.say("spoken.turn_left", "en")
        await until(player.exists)
        await voice.say("spoken.blink", "en")
        await until(lambda: player.read_text().count("begin") == 2 and "cut" in player.read_text())
        await voice.close()

    asyncio.run(work())


def test_without_the_programs_it_is_silent_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("kiosk.runtime.voice.shutil.which", lambda _: None)
    asyncio.run(Voice(tmp_path / "voice").say("spoken.blink", "en"))
    assert "espeak-ng" in caplog.text
    assert not (tmp_path / "voice").exists()
