"""A backup whose making is cut off by the power is whole or says that it is not; once it is made, no cut takes it."""

import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest

from kiosk.journal.anchor import Anchor
from kiosk.journal.backup import read_backup, restore
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
EXCHANGE: Final = 12  # operations at the end of a backup by which the new one takes the place of the old one
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)


def comes_back(image: Image, scratch: Path) -> Anchor | None:
    """The head that came back where the backup is taken for whole, and then it is; None where it is refused.

    Anything but a word of the journal's is a failure.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    image.put_down(scratch / "backup")
    try:
        done = restore(scratch / "backup", scratch / "state", NOW)
    except JournalError:
        return None
    report = verify(scratch / "state" / JOURNAL, [done.head])
    assert report.ok
    assert report.head_seq == done.head.seq > 0
    return done.head


Twice = tuple[Recorder, int, Anchor, Anchor]


def backs_up(recorder: Recorder, life: Life, folder: Path) -> Anchor:
    """A program of its own makes the backup, or adds to it; its head."""
    stage = life.kiosk.stage
    words = ("journal", "backup", "--out", str(folder), "--config", str(stage.site))
    with recorder.follows(partial(stage.nightdesk, *words)):
        pass
    return read_backup(folder).head


@pytest.fixture(scope="module")
def twice(short: Life) -> Twice:
    """A backup that was made and, after more had happened, added to: where that began, and both heads."""
    folder = short.kiosk.stage.folder / "backup"
    recorder = Recorder(short.kiosk.stage, folder)
    first = backs_up(recorder, short, folder)
    begins = len(recorder.recording.operations)
    short.account("1777", "staff")
    second = backs_up(recorder, short, folder)
    assert second.seq > first.seq
    return recorder, begins, first, second


def test_a_backup_is_whole_or_says_that_it_is_not(twice: Twice, scratch: Path) -> None:
    recorder, begins, first, _ = twice
    life, rng = recorder.recording, Random(SEED)
    for place, volume in volumes(life, set(rng.sample(range(begins), MOMENTS))):
        for image in volume.images(rng, IMAGES_A_MOMENT):
            if (found := comes_back(image, scratch)) is not None:
                assert "backup.json" in image.files, place
                assert found == first
    _, made = next(volumes(life, [begins]))
    assert comes_back(made.all_kept(), scratch) == first
    assert comes_back(made.all_lost(), scratch) == first


def test_a_backup_that_is_added_to_is_the_old_one_or_the_new_one(twice: Twice, scratch: Path) -> None:
    """Whoever has only this one copy has one. Looked at: the exchange itself, and drawn moments before it."""
    recorder, begins, first, second = twice
    life, rng = recorder.recording, Random(SEED)
    found: list[Anchor] = []
    end = len(life.operations) + 1
    places = {*rng.sample(range(begins, end), MOMENTS), *range(end - EXCHANGE, end)}
    for place, volume in volumes(life, places):
        for image in volume.images(rng, 1):
            head = comes_back(image, scratch)
            assert head in (first, second), f"cut {place}"
            assert head is not None
            if head not in found:
                found.append(head)
    assert found == [first, second]
    assert comes_back(end_of(life).all_lost(), scratch) == second
