"""A backup whose making is cut off by the power is whole or says that it is not; once it is made, no cut takes it."""

import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest

from kiosk.journal.backup import restore
from kiosk.journal.errors import JournalError
from kiosk.journal.verify import verify

from .life import Life
from .opening import JOURNAL
from .recording import Recorder
from .sweeping import end_of, volumes
from .volume import Image

pytestmark = pytest.mark.timeout(600)  # a world and a program start first, on a machine that may be busy
SEED: Final = 20261122
MOMENTS: Final = 25
IMAGES_A_MOMENT: Final = 2
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)


def comes_back(image: Image, scratch: Path) -> bool:
    """Whether the backup is taken for whole, and then it is; anything but a word of the journal's is a failure."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    image.put_down(scratch / "backup")
    try:
        restore(scratch / "backup", scratch / "state", NOW)
    except JournalError:
        return False
    report = verify(scratch / "state" / JOURNAL)
    assert report.ok
    assert report.events > 0
    return True


def test_a_backup_is_whole_or_says_that_it_is_not(short: Life, scratch: Path) -> None:
    stage = short.kiosk.stage
    recorder = Recorder(stage, stage.folder / "backup")
    words = ("journal", "backup", "--out", str(stage.folder / "backup"), "--config", str(stage.site))
    with recorder.follows(partial(stage.nightdesk, *words)):
        pass
    life, rng = recorder.recording, Random(SEED)
    for place, volume in volumes(life, set(rng.sample(range(len(life.operations)), MOMENTS))):
        for image in volume.images(rng, IMAGES_A_MOMENT):
            if comes_back(image, scratch):
                assert "backup.json" in image.files, place
    assert comes_back(end_of(life).all_kept(), scratch)
    assert comes_back(end_of(life).all_lost(), scratch)
