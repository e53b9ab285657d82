"""Whether pages are spoken, and how loud."""

from dataclasses import dataclass

from screens.viewmodels import VOICE_STEPS


@dataclass(frozen=True, slots=True)
class VoiceState:
    """`louder`: so many steps above the site's normal volume, below it where negative."""

    on: bool = False
    louder: int = 0

    def volume(self, normal: int) -> int:
        """1 to `VOICE_STEPS`."""
        return min(VOICE_STEPS, max(1, normal + self.louder))
