"""One comparison of pictures from files: is the person of the live pictures the one of the ID picture?

The same detector, quality rules, embeddings and thresholds as in the kiosk. What a camera before a counter can ask for
and a file cannot, a face that is neither nearer nor farther than so much, is less strict here.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from pathlib import Path
from typing import Final

from drivers.contracts.camera import Image
from kiosk.identity.config import FaceLimits
from kiosk.identity.events import FaceHint, FaceOutcome
from kiosk.identity.matching import Embedding, FaceMatcher
from kiosk.identity.quality import assess

from .pictures import NoPicture, read_picture

MIN_FACE_PX: Final = 48  # as wide as the face of a chip photo
LIVE_LIMITS: Final = replace(FaceLimits(), min_face_px=MIN_FACE_PX, max_face_share=1.0)
# A chip photo is small, soft and pale by nature: of it, only one whole face is asked.
ID_PROBLEMS: Final = frozenset({FaceHint.NO_FACE, FaceHint.SEVERAL_FACES})


class Outcome(StrEnum):
    """What a comparison of files can end with."""

    MATCH = "match"
    NO_MATCH = "no_match"
    UNCERTAIN = "uncertain"
    NO_FACE = "no_face"
    MANY_FACES = "many_faces"
    POOR_QUALITY = "poor_quality"


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture as found. `outcome`: why it cannot be compared, None when it can; `why` in words."""

    path: Path
    outcome: Outcome | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """`score`: None when nothing could be compared. `ms`: computing, without loading the models."""

    outcome: Outcome
    score: float | None
    threshold: float
    engine: str
    models: str
    ms: int
    pictures: tuple[Seen, ...]  # the ID picture first


def compare(matcher: FaceMatcher, id_picture: Path, live: Sequence[Path]) -> Compared:
    """Compare the mean of the usable live pictures with the ID picture. Raises `NoFile`.

    Live pictures that do not look like each other are never a match: somebody else is among them.
    """
    began_s = time.monotonic()
    reference, seen_id = _embedded(matcher, id_picture, is_live=False)
    looks = [_embedded(matcher, path, is_live=True) for path in live]
    seen = (seen_id, *(one for _, one in looks))
    usable = [embedding for embedding, _ in looks if embedding is not None]
    if reference is not None and usable:
        score, outcome = _decided(matcher, reference, usable)
    else:
        score, outcome = None, next(one.outcome for one in seen if one.outcome is not None)
    ms = round((time.monotonic() - began_s) * 1000)
    return Compared(
        outcome, score, matcher.thresholds.accept_from, matcher.engine, matcher.models_digest, ms, seen
    )


def _decided(
    matcher: FaceMatcher, reference: Embedding, usable: list[Embedding]
) -> tuple[float | None, Outcome]:
    try:
        score = matcher.score(reference, matcher.mean(usable))
        outcome = Outcome(matcher.decide(score).value)
        one_person = all(
            matcher.decide(matcher.score(one, other)) is not FaceOutcome.NO_MATCH
            for one, other in combinations(usable, 2)
        )
    except ValueError:  # an engine's score that is no number decides nothing
        return None, Outcome.UNCERTAIN
    return score, Outcome.UNCERTAIN if outcome is Outcome.MATCH and not one_person else outcome


def _embedded(matcher: FaceMatcher, path: Path, *, is_live: bool) -> tuple[Embedding | None, Seen]:
    try:
        image = read_picture(path)
    except NoPicture as error:
        return None, Seen(path, Outcome.POOR_QUALITY, str(error))
    return _enrolled(matcher, image, path, is_live=is_live)


def _enrolled(
    matcher: FaceMatcher, image: Image, path: Path, *, is_live: bool
) -> tuple[Embedding | None, Seen]:
    faces = matcher.detector.detect(image)
    hint = assess(image, faces, LIVE_LIMITS)
    if not faces:  # a dark picture is told apart for a person before a camera; a file shows no face
        hint = FaceHint.NO_FACE
    if hint is not FaceHint.HOLD_STILL and (is_live or hint in ID_PROBLEMS):
        outcome = _outcome(hint, found=bool(faces))
        return None, Seen(path, outcome, _why(hint, found=bool(faces)))
    try:
        return matcher.embed(image, faces[0]), Seen(path, None)
    except ValueError as error:
        return None, Seen(path, Outcome.POOR_QUALITY, str(error))


def _outcome(hint: FaceHint, *, found: bool) -> Outcome:
    if hint is FaceHint.SEVERAL_FACES:
        return Outcome.MANY_FACES
    return Outcome.POOR_QUALITY if found else Outcome.NO_FACE


def _why(hint: FaceHint, *, found: bool) -> str:
    if hint is FaceHint.NO_FACE and found:
        return "the face is cut off by the edge of the picture"
    return hint.value.replace("_", " ")
