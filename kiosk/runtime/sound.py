"""Two sounds with a meaning, made here and played by ALSA's `aplay`; a kiosk without sound output stays silent."""

import asyncio
import io
import logging
import math
import shutil
import struct
import wave
from pathlib import Path
from typing import Final

from kiosk import filing

logger = logging.getLogger(__name__)

RATE_HZ: Final = 22_050
TONES: Final = {
    "attention": ((880, 0.18), (660, 0.25)),
    "alarm": ((990, 0.2), (0, 0.08), (990, 0.2), (0, 0.08), (990, 0.3)),
}
LOUDNESS: Final = 0.5
FADE_S: Final = 0.01


class Sounds:
    """Plays `attention` and `alarm`; one at a time, a second one is dropped while the first sounds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._player = shutil.which("aplay")
        self._process: asyncio.subprocess.Process | None = None
        if self._player is None:
            logger.warning("no sound: aplay is not installed (on Debian: apt-get install alsa-utils)")

    async def play(self, kind: str) -> None:
        """Start one sound; returns at once."""
        if self._player is None or (self._process is not None and self._process.returncode is None):
            return
        path = self._folder / f"{kind}.wav"
        if not path.exists():
            await asyncio.to_thread(write_tones, path, TONES[kind])
        self._process = await asyncio.create_subprocess_exec(
            self._player,
            "-q",
            str(path),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )


def write_tones(path: Path, tones: tuple[tuple[int, float], ...]) -> None:
    """A mono 16-bit WAV of tones, (frequency in Hz, 0 for silence; length in s), whole or not at all."""
    samples = bytearray()
    for frequency, seconds in tones:
        count = int(seconds * RATE_HZ)
        for index in range(count):
            edge = min(1.0, index / (FADE_S * RATE_HZ), (count - index) / (FADE_S * RATE_HZ))
            value = edge * LOUDNESS * math.sin(2 * math.pi * frequency * index / RATE_HZ)
            samples += struct.pack("<h", int(value * 32_767))
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(bytes(samples))
    filing.store(path, whole.getvalue())  # half of one, after a power cut, would be played for ever
