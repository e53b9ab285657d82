"""One face check: looks at live pictures until enough usable ones are there, compares their mean with the reference.

Runs in the identity process's face thread. Pictures and vectors live in local variables and end with the check.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.contracts.camera import Frame, FrameSource, Image

from .config import FaceLimits
from .events import FaceGuidance, FaceHint, FaceOutcome, FacePreview, FaceResult
from .matching import Embedding, FaceMatcher
from .preview import PreviewBuffer
from .quality import assess

Say = Callable[[FaceGuidance | FacePreview], None]
STARTS_ANEW = frozenset({FaceHint.NO_FACE, FaceHint.SEVERAL_FACES})  # somebody else may stand there next


@dataclass(slots=True)
class Taken:
    """Embeddings of the usable pictures so far and when they were taken."""

    embeddings: list[Embedding] = field(default_factory=list, repr=False)
    first_s: float = 0.0
    last_s: float = 0.0

    def add(self, embedding: Embedding, taken_at_s: float) -> None:
        """One more usable picture."""
        if not self.embeddings:
            self.first_s = taken_at_s
        self.embeddings.append(embedding)
        self.last_s = taken_at_s

    def clear(self) -> None:
        """Start anew."""
        self.embeddings.clear()


class FaceCheck:
    """One check from begin to outcome."""

    def __init__(
        self, matcher: FaceMatcher, limits: FaceLimits, preview: PreviewBuffer, say: Say, *, fps: float
    ) -> None:
        self._matcher = matcher
        self._limits = limits
        self._preview = preview
        self._say = say
        self._period_s = 1.0 / fps
        self._taken = Taken()
        self._problem = FaceOutcome.NO_FACE
        self._said: FaceGuidance | None = None
        self._pictures = 0

    def run(self, camera: FrameSource, reference: Embedding, stop: threading.Event) -> FaceResult | None:
        """Look until there is an outcome; None when `stop` was set. Raises `DeviceError` when the camera fails."""
        began_s = time.monotonic()
        while not stop.is_set():
            frame = camera.read()
            if time.monotonic() - began_s > self._limits.timeout_s:
                return FaceResult(self._problem, total_ms=_ms_since(began_s))
            self._look(frame)
            if self._enough():
                return self._decided(reference, began_s)
            stop.wait(max(0.0, frame.taken_at_s + self._period_s - time.monotonic()))
        return None

    def _look(self, frame: Frame) -> None:
        self._preview.show(frame.image)
        self._pictures += 1
        self._say(FacePreview(self._pictures))
        faces = self._matcher.detector.detect(frame.image)
        hint = assess(frame.image, faces, self._limits)
        if hint is FaceHint.HOLD_STILL:
            if self._due(frame.taken_at_s):
                self._take(self._matcher.embed(frame.image, faces[0]), frame.taken_at_s)
        else:
            self._problem = FaceOutcome(hint.value)
            if hint in STARTS_ANEW:
                self._taken.clear()
        self._guide(hint)

    def _due(self, now_s: float) -> bool:
        gap_s = self._limits.capture_s / max(1, self._limits.frames - 1)
        return not self._taken.embeddings or now_s - self._taken.last_s >= gap_s

    def _take(self, embedding: Embedding, taken_at_s: float) -> None:
        likeness = (self._matcher.score(embedding, other) for other in self._taken.embeddings)
        if any(score < self._limits.same_person for score in likeness):
            self._taken.clear()  # another person has stepped in
        self._taken.add(embedding, taken_at_s)

    def _enough(self) -> bool:
        taken = self._taken
        return (
            len(taken.embeddings) >= self._limits.frames
            and taken.last_s - taken.first_s >= self._limits.capture_s
        )

    def _decided(self, reference: Embedding, began_s: float) -> FaceResult:
        score = self._matcher.score(self._matcher.mean(self._taken.embeddings), reference)
        return FaceResult(
            self._matcher.decide(score),
            score,
            decision_ms=_ms_since(self._taken.last_s),
            total_ms=_ms_since(began_s),
        )

    def _guide(self, hint: FaceHint) -> None:
        progress = min(1.0, len(self._taken.embeddings) / self._limits.frames)
        guidance = FaceGuidance(hint, round(progress, 2))
        if guidance != self._said:
            self._said = guidance
            self._say(guidance)


def reference_of(matcher: FaceMatcher, photo: Image) -> Embedding | None:
    """Vector of the one face of a chip photo; None when it shows none."""
    faces = matcher.detector.detect(photo)
    return matcher.embed(photo, faces[0]) if faces else None


def _ms_since(then_s: float) -> int:
    return round((time.monotonic() - then_s) * 1000)
