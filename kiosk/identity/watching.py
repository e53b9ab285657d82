"""After a match: does the one who was verified still stand there? Looks now and then, and compares.

Nobody has to keep looking into the camera: who bends down for their papers is not replaced by anybody.
"""

from typing import Final

from drivers.contracts.camera import Image

from .config import FaceLimits
from .events import FaceHint
from .matching import Embedding, FaceMatcher
from .quality import assess

LOOKS_THAT_COUNT: Final = 2  # in a row: one picture may be bad
# A second person beside the first is no change while the one in front is the same.
COMPARABLE: Final = frozenset({FaceHint.HOLD_STILL, FaceHint.SEVERAL_FACES})


class FaceWatch:
    """Takes pictures after a match, and says once when somebody else stands there."""

    def __init__(self, matcher: FaceMatcher, limits: FaceLimits, verified: Embedding) -> None:
        self._matcher = matcher
        self._limits = limits
        self._verified = verified
        self._strangers = 0

    def changed(self, image: Image) -> bool:
        """One look; True when it is the second in a row at another face. Raises `ModelsError` of an outside engine."""
        faces = self._matcher.detector.detect(image)
        if assess(image, faces, self._limits) not in COMPARABLE:
            return False
        try:
            likeness = self._matcher.score(self._matcher.embed(image, faces[0]), self._verified)
        except ValueError:
            return False
        stranger = likeness < self._matcher.thresholds.reject_below
        self._strangers = self._strangers + 1 if stranger else 0
        return self._strangers >= LOOKS_THAT_COUNT
