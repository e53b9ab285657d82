"""The real program starts on what a power cut left, before the cabinet of that moment, and serves the next citizen."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import pytest
from paho.mqtt import publish

from drivers.emulators.world import World
from tests.crash.checker import Outside, check

from .life import Life
from .mqtt import publications
from .opening import JOURNAL, Opening, Truth
from .operations import Say
from .recording import BROKER, Cabinet, Recording, look_at
from .sweeping import end_of, volumes
from .volume import Image

pytestmark = pytest.mark.timeout(600)  # a world and a program start first, on a machine that may be busy
SEED: Final = 20261122
LONG_S: Final = 3600
STARTS: Final = 1
STARTS_LONG: Final = 60
IMAGES_A_MOMENT: Final = 2


@dataclass(frozen=True, slots=True)
class Left:
    """What a cut leaves: an image, the cabinet, what the broker keeps for the kiosk (empty: nothing), and what was
    safe, numbers and hashes of facts."""

    image: Image
    cabinet: Cabinet
    kept: Mapping[str, bytes]
    known: tuple[tuple[int, str], ...]


def drawn(life: Life, scratch: Path, count: int) -> list[Left]:
    """What cuts all over a life leave."""
    recording, rng = life.recording, Random(SEED)
    scratch.mkdir()
    end_of(recording).all_kept().put_down(scratch / "end")
    truth = Truth.of(scratch / "end")
    found = []
    with Opening(scratch, truth, life.cells) as opening:
        for place, volume in volumes(recording, set(rng.sample(range(len(recording.operations)), count))):
            cabinet = recording.stood(recording.operations[place].at_s)
            safe = opening.look(volume.all_lost(), cabinet, at_least=0).facts
            image = rng.choice(list(volume.images(rng, IMAGES_A_MOMENT)))
            known = tuple((seq, truth.hashes[seq].hex()) for seq in range(1, safe + 1))
            found.append(Left(image, cabinet, kept(recording, place), known))
    return found


def kept(recording: Recording, place: int) -> Mapping[str, bytes]:
    """By topic, what the broker keeps after so many operations; empty where it was told only later."""
    told = [
        (number < place, one)
        for number, said in enumerate(recording.operations)
        if isinstance(said, Say) and said.to == BROKER
        for one in publications(said.data)
        if one.retain
    ]
    return {one.topic: b"" for _, one in told} | {one.topic: one.payload for before, one in told if before}


def stand(world: World, wanted: Cabinet) -> None:
    """Bring the cabinet into this state by hand."""
    for cell in world.cells:
        if (cell in wanted.inside) != (cell in look_at(world).inside):
            world.perform(f"door open {cell}")
            world.perform(f"papers {'put' if cell in wanted.inside else 'take'} {cell}")
        world.perform(f"door {'open' if cell in wanted.open else 'close'} {cell}")


def starts_and_serves(life: Life, left: Left) -> None:
    """Start on the image; doors that stand open are shut; the next citizen hands in; nothing is left under way."""
    kiosk, state = life.kiosk, life.recording.folder
    shutil.rmtree(state, ignore_errors=True)
    left.image.put_down(state)
    stand(kiosk.world, left.cabinet)
    port = int(kiosk.world.variables["mqtt_port"])
    for topic, payload in left.kept.items():
        publish.single(topic, payload, qos=1, retain=True, hostname="127.0.0.1", port=port)
    kiosk.start()
    try:
        kiosk.to_home()
        kiosk.deposit()
        outside = Outside(
            inside={cell: cell in look_at(kiosk.world).inside for cell in life.cells}, known=left.known
        )
        kiosk.until(
            lambda: not check(state / JOURNAL, at_rest=True, outside=outside),
            "journal in which everything holds",
        )
    finally:
        assert kiosk.stage.quit() == 0
    assert check(state / JOURNAL, outside=outside) == []
    assert "Traceback" not in (kiosk.stage.folder / "program.log").read_text(encoding="utf-8")


def test_the_program_starts_on_what_is_left_and_serves(short: Life, scratch: Path) -> None:
    for left in drawn(short, scratch, STARTS):
        starts_and_serves(short, left)


@pytest.mark.long
@pytest.mark.timeout(LONG_S)
def test_the_program_starts_on_what_is_left_of_a_whole_life(whole: Life, scratch: Path) -> None:
    for left in drawn(whole, scratch, STARTS_LONG):
        starts_and_serves(whole, left)
