"""What the page shows on which a promise is read and signed by finger. No Kivy."""

from dataclasses import dataclass, field

from .signature import Stroke
from .viewbase import Action, Chrome, Text, Tone


@dataclass(frozen=True, slots=True)
class SignPage:
    """The promise in words, the papers that follow, and the pad. Each stroke on the pad is `Drawn`.

    `strokes`: what was drawn so far, the finger's stroke that is still on the glass not among them.
    """

    chrome: Chrome
    heading: Text
    sentence: Text
    tone: Tone
    words: Text
    papers: tuple[str, ...]
    strokes: tuple[Stroke, ...] = field(repr=False)
    here: Text  # what stands on the empty pad
    actions: tuple[Action, ...]
    name: str = "promise.sign"
