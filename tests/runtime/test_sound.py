"""The two sounds are audible, of the length they say, and end softly."""

import struct
import wave
from pathlib import Path

import pytest

from kiosk.runtime.sound import RATE_HZ, TONES, write_tones


@pytest.mark.parametrize("kind", sorted(TONES))
def test_a_sound(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "sound.wav"
    write_tones(path, TONES[kind])
    with wave.open(str(path)) as file:
        frames = file.readframes(file.getnframes())
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
    samples = struct.unpack(f"<{len(frames) // 2}h", frames)
    assert len(samples) == sum(int(seconds * RATE_HZ) for _, seconds in TONES[kind])
    assert 10_000 < max(samples) < 20_000
    assert abs(samples[-1]) < 500
