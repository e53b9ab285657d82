"""What a face check costs: computing for each picture, and the identity process's start, loss, answer and size.

The computing is timed in virtual time: the emulated person is drawn as fast as the check looks, and only the time of
the processor between two pictures counts. All else is the real identity process on the emulated reader and camera.
"""

import asyncio
import os
import random
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import cv2

from drivers.contracts.camera import Frame
from drivers.emulators.lobby import EYES_APART_PX, Scene, Standing, standing
from drivers.emulators.world import World
from kiosk.identity import matching
from kiosk.identity.checking import FaceCheck
from kiosk.identity.config import FaceLimits, IdentityConfig
from kiosk.identity.events import (
    CardRead,
    FaceChallenge,
    FaceOutcome,
    FaceResult,
    IdentityEvent,
    IdentityReady,
)
from kiosk.identity.liveness import engines
from kiosk.identity.presentation import Models
from kiosk.identity.preview import PreviewBuffer
from kiosk.identity.process import IdentityService

from .figures import Figure, figure
from .measure_size import pss_mb
from .player import FACE, PERSON

PICTURE_MS, ANSWER_MS = 60.0, 500.0  # the most that the median may be
START_S, REPLACED_S, SIZE_MB = 2.0, 2.0, 350.0
PICTURES_A_SECOND: Final = 10.0
WAIT_S: Final = 90.0


class FaceUnmeasured(RuntimeError):
    """The check did not end as it should; the text says how it did."""


# computing ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Stopwatch:
    """A camera in virtual time before which a person does what is asked; it times what is done between two pictures."""

    picture_ms: list[float] = field(default_factory=list)
    _person: Standing = field(default_factory=lambda: standing(FACE, 0.5, EYES_APART_PX))
    _scene: Scene = field(default_factory=Scene)
    _now_s: float = 0.0
    _left_s: float | None = None

    def open(self) -> None:
        """Nothing has to be opened."""

    def close(self) -> None:
        """Nothing was opened."""

    def read(self) -> Frame:
        """The next picture, at once."""
        if self._left_s is not None:
            self.picture_ms.append(1000 * (time.thread_time() - self._left_s))
        self._now_s += 1 / PICTURES_A_SECOND
        image = self._scene.draw([self._person.draw(self._now_s)], light=True)
        self._left_s = time.thread_time()
        return Frame(image, self._now_s)

    def hear(self, said: object) -> None:
        """Do what the check asks for."""
        if isinstance(said, FaceChallenge):
            self._person.mover.ask(said.step.value, self._now_s)


def computing(config: IdentityConfig, checks: int) -> Figure:
    """Processor time for one live picture, everything included, over whole checks. Raises `FaceUnmeasured`."""
    cv2.setNumThreads(1)
    models = Models(
        matching.configured(config), engines.configured(config), engines.landmarks(config.models_path)
    )
    preview = PreviewBuffer.create()
    values: list[float] = []
    try:
        reference = _reference(models)
        for number in range(checks):
            camera = Stopwatch()
            check = FaceCheck(
                models, FaceLimits(), preview, camera.hear, fps=PICTURES_A_SECOND, rng=random.Random(number)
            )
            result = check.run(camera, reference, threading.Event())
            if result is None or result.outcome is not FaceOutcome.MATCH:
                raise FaceUnmeasured(f"a check ended with {result and result.outcome}")
            values += camera.picture_ms
    finally:
        preview.close()
        models.close()
    note = "found, judged, landmarks, liveness; embedded where the picture is kept"
    return figure("one live picture of a face check, computing", "ms of a core", values, PICTURE_MS, "", note)


def _reference(models: Models) -> "matching.Embedding":
    """Of a picture of the person as they stand there."""
    frame = Stopwatch().read()
    faces = models.matcher.detector.detect(frame.image)
    if not faces:
        raise FaceUnmeasured("no face is found in the emulated lobby")
    return models.matcher.embed(frame.image, faces[0])


# the process -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Heard:
    """What the identity process said and has not been read yet."""

    said: asyncio.Queue[IdentityEvent] = field(default_factory=asyncio.Queue)

    async def next(self, *kinds: type[IdentityEvent]) -> IdentityEvent:
        """The next of these; others are passed over. Raises `TimeoutError`."""
        async with asyncio.timeout(WAIT_S):
            while True:
                event = await self.said.get()
                if isinstance(event, kinds):
                    return event


@dataclass(slots=True)
class Lives:
    """What was measured of identity processes."""

    starts_s: list[float] = field(default_factory=list)
    replaced_s: dict[str, list[float]] = field(default_factory=lambda: {"killed": [], "stopped": []})
    answers_ms: list[float] = field(default_factory=list)
    challenges_s: list[float] = field(default_factory=list)
    sizes_mb: list[float] = field(default_factory=list)


def figures(config: IdentityConfig, world: World, rounds: int) -> list[Figure]:
    """All of it. The world's reader and camera are those of `config`. Raises `FaceUnmeasured`, `TimeoutError`."""
    lives = Lives()
    for _ in range(rounds):
        asyncio.run(_live(config, world, lives))
    note = "the nursery and its libraries too; nobody waits for it but the first citizen after a start"
    return [
        computing(config, max(1, rounds // 2)),
        figure(
            "last usable picture -> outcome",
            "ms",
            lives.answers_ms,
            ANSWER_MS,
            "",
            "the target is the 95th percentile's",
        ),
        figure("  the challenge's own time", "s", lives.challenges_s),
        figure("identity process: start -> ready", "s", lives.starts_s, START_S, "", note),
        figure("  memory (PSS) after a check", "MB", lives.sizes_mb, SIZE_MB),
        figure("  killed -> the next is ready", "s", lives.replaced_s["killed"], REPLACED_S),
        figure("  hanging -> the next is ready", "s", lives.replaced_s["stopped"], REPLACED_S),
    ]


async def _live(config: IdentityConfig, world: World, lives: Lives) -> None:
    """One start, one check, one death, one hang."""
    world.do("camera", "face.show", name=FACE)
    began_s = time.monotonic()
    async with _service(config) as (service, heard):
        await heard.next(IdentityReady)
        lives.starts_s.append(time.monotonic() - began_s)
        await _check(service, heard, world, lives)
        lives.sizes_mb.append(pss_mb(service.pids()[0]))
        for how, number in (("killed", signal.SIGKILL), ("stopped", signal.SIGSTOP)):
            os.kill(service.pids()[0], number)
            lost_s = time.monotonic()
            await heard.next(IdentityReady)
            lives.replaced_s[how].append(time.monotonic() - lost_s)
    world.do("camera", "face.show", name="none")


async def _check(service: IdentityService, heard: Heard, world: World, lives: Lives) -> None:
    await service.begin_card()
    world.do("reader", "card.place", person=PERSON)
    await heard.next(CardRead)
    await service.begin_face(consent=True)
    while isinstance(event := await heard.next(FaceResult, FaceChallenge), FaceChallenge):
        world.do("camera", "face.do", step=event.step.value)
    world.do("reader", "card.lift")
    if not isinstance(event, FaceResult) or event.outcome is not FaceOutcome.MATCH:
        raise FaceUnmeasured(f"a check ended with {event}")
    lives.answers_ms.append(event.decision_ms)
    lives.challenges_s.append(event.challenge_ms / 1000)


@asynccontextmanager
async def _service(config: IdentityConfig) -> AsyncIterator[tuple[IdentityService, Heard]]:
    heard = Heard()
    hear: Callable[[IdentityEvent], None] = heard.said.put_nowait
    service = IdentityService(config, hear)
    await service.start()
    try:
        yield service, heard
    finally:
        await service.close()
