"""Many pictures to vectors, by one process a core with one thread each. Vectors live in memory only."""

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final

import cv2
import numpy as np

from drivers.contracts.camera import Image
from kiosk.identity.detector import Face
from kiosk.identity.matching import Embedding, FaceMatcher

from .engines import EngineChoice
from .idside import IdSide, as_id_photo
from .pictures import NoPicture, read_picture

ALONE_BELOW: Final = 24  # so few pictures are done before a second process has loaded its models
CHUNK: Final = 4
PERSON_SHARE: Final = 0.5  # who stands in the background is smaller than half of the person meant


@dataclass(frozen=True, slots=True)
class Task:
    """One picture, and as what it is wanted: alive (`IdSide.NONE`), as an ID photo, or both."""

    path: Path
    sides: tuple[IdSide, ...]


@dataclass(frozen=True, slots=True)
class Vector:
    """What became of one picture as one side. `embedding` is None when it cannot be enrolled, `why` says why."""

    path: Path
    side: IdSide
    embedding: Embedding | None = field(repr=False)
    why: str = ""


def vectors(tasks: Sequence[Task], engine: EngineChoice, *, processes: int | None = None) -> Iterator[Vector]:
    """A vector for each picture and side, in any order of sides, as they are done.

    Raises `NoFile` for a path without a file, `kiosk.models.ModelsError` when the engine cannot be had.
    """
    if processes is None:
        processes = 1 if len(tasks) < ALONE_BELOW else len(os.sched_getaffinity(0))
    if processes == 1:
        with engine.opened() as matcher:
            for task in tasks:
                yield from _enrolled(matcher, task)
        return
    context = multiprocessing.get_context("spawn")  # the runtimes' threads do not survive a fork
    with ProcessPoolExecutor(processes, context, initializer=_Worker.begin, initargs=(engine,)) as pool:
        for found in pool.map(_Worker.work, tasks, chunksize=CHUNK):
            yield from found


class _Worker:
    """What one process of the pool keeps between two pictures."""

    matcher: ClassVar[FaceMatcher]

    @classmethod
    def begin(cls, engine: EngineChoice) -> None:
        cv2.setNumThreads(1)
        cls.matcher = engine.matcher()

    @classmethod
    def work(cls, task: Task) -> list[Vector]:
        return list(_enrolled(cls.matcher, task))


def _enrolled(matcher: FaceMatcher, task: Task) -> Iterator[Vector]:
    try:
        image = read_picture(task.path)
        face = meant(matcher.detector.detect(image), image)
    except NoPicture as error:
        yield from (Vector(task.path, side, None, str(error)) for side in task.sides)
        return
    for side in task.sides:
        yield _as_side(matcher, task.path, side, image, face)


def _as_side(matcher: FaceMatcher, path: Path, side: IdSide, image: Image, face: Face | None) -> Vector:
    if face is None:
        return Vector(path, side, None, "no face")
    try:
        photo = as_id_photo(image, face, side)
        if photo is not image:
            face = meant(matcher.detector.detect(photo), photo)
        if face is None:
            return Vector(path, side, None, f"no face as {side}")
        return Vector(path, side, matcher.embed(photo, face))
    except ValueError as error:
        return Vector(path, side, None, str(error))


def meant(faces: Sequence[Face], image: Image) -> Face | None:
    """Of the faces that are not in the background, the one nearest to the picture's middle."""
    if not faces:
        return None
    middle = np.array([image.shape[1] / 2, image.shape[0] / 2])
    widest = max(face.width for face in faces)
    near = (face for face in faces if face.width >= PERSON_SHARE * widest)
    return min(near, key=lambda face: float(np.hypot(*(face.points.mean(axis=0) - middle))))


def wanted(uses: Iterable[tuple[Path, IdSide]]) -> list[Task]:
    """Each picture once, with all the sides that it is wanted as."""
    sides: dict[Path, dict[IdSide, None]] = {}
    for path, side in uses:
        sides.setdefault(path, {})[side] = None
    return [Task(path, tuple(found)) for path, found in sides.items()]
