"""Case numbers that no case has: so many a minute at this kiosk and no more, in however many sessions."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NumberTries:
    """When numbers were wrong, within the last minute; `most`: so many may be."""

    most: int = 8
    _missed: deque[datetime] = field(default_factory=deque)

    def too_many(self, now: datetime) -> bool:
        """Whether the next one is not looked up."""
        while (
            self._missed and not timedelta(0) <= now - self._missed[0] < MINUTE
        ):  # or the clock was set back
            self._missed.popleft()
        return len(self._missed) >= self.most

    def missed(self, now: datetime) -> None:
        """One more that no case has."""
        self._missed.append(now)
