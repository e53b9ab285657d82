"""The power goes at moments of a kiosk's life: every disk that may be found is opened, nothing that counted is lost.

The real program runs on emulated hardware under a tracer; from its writes and syncs the images are made anew.
"""

import hashlib
from pathlib import Path
from random import Random
from typing import Final

import pytest

from .life import Life
from .recording import Recording
from .sweeping import end_of, sweep, telling

pytestmark = pytest.mark.timeout(600)  # a world and a program start first, on a machine that may be busy
SEED: Final = 20261122
LONG_S: Final = 3600
MOMENTS: Final = 50
IMAGES_A_MOMENT: Final = 2
PARTS: Final = 4
IMAGES_A_MOMENT_LONG: Final = 8


def is_what_the_disk_held(recording: Recording) -> None:
    """The operations, played again, give the files byte for byte: nothing was missed."""
    made = {}
    for path, content in end_of(recording).all_kept().files.items():
        whole = bytes(content.data) + bytes(content.size - len(content.data))
        made[path] = content.size, hashlib.sha256(whole).hexdigest()
    assert made == recording.left


def test_nothing_that_was_safe_or_told_is_lost_by_a_power_cut(short: Life, scratch: Path) -> None:
    life = short.recording
    is_what_the_disk_held(life)
    places = {*Random(SEED).sample(range(len(life.operations)), MOMENTS), *telling(life)}
    swept = sweep(life, places, scratch, cells=short.cells, most=IMAGES_A_MOMENT, seed=SEED)
    assert swept.wrong == []
    assert swept.images > 2 * MOMENTS
    assert swept.said >= 8  # two locks pulled, facts published


@pytest.mark.long
@pytest.mark.timeout(LONG_S)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_moment_of_a_whole_life_loses_anything(whole: Life, scratch: Path, part: int) -> None:
    life = whole.recording
    if part == 0:
        is_what_the_disk_held(life)
    places = {*range(part, len(life.operations), PARTS)}
    swept = sweep(life, places, scratch, cells=whole.cells, most=IMAGES_A_MOMENT_LONG, seed=SEED + part)
    print(f"{swept.images} images of {swept.moments} moments")
    assert swept.wrong == []
    assert swept.images > len(places)
