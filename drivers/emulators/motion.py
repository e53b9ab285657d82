"""How a person before the camera moves: sways, breathes, blinks, and does what is asked after a human reaction time."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .figure import Pose

REACTION_S: Final = (0.3, 0.8)
FLUTTER_EVERY_S: Final = (3.0, 6.0)  # eyes shut by themselves
FLUTTER_S: Final = 0.3  # shut for half of it
SWAY_S: Final = (4.7, 5.9, 7.3, 8.9, 11.3)  # periods that never come together


@dataclass(frozen=True, slots=True)
class Gesture:
    """There in `out_s`, stay for `hold_s`, back in `back_s`. `yaw`, `pitch` in degrees, `nearer` a factor."""

    out_s: float
    hold_s: float
    back_s: float
    yaw: float = 0.0
    pitch: float = 0.0
    blink: float = 0.0
    mouth: float = 0.0
    nearer: float = 1.0

    @property
    def length_s(self) -> float:
        """From the first movement to rest."""
        return self.out_s + self.hold_s + self.back_s

    def share(self, after_s: float) -> float:
        """How much of it is done `after_s` seconds after its begin, 0 to 1."""
        left_s = self.length_s - after_s
        return _eased(min(after_s / self.out_s, left_s / self.back_s, 1.0))


GESTURES: Final[Mapping[str, Gesture]] = {
    "turn_left": Gesture(0.5, 1.1, 0.5, yaw=30.0),
    "turn_right": Gesture(0.5, 1.1, 0.5, yaw=-30.0),
    "blink": Gesture(0.12, 1.0, 0.16, blink=1.0),
    "open_mouth": Gesture(0.35, 1.1, 0.35, mouth=1.0),
    "come_closer": Gesture(0.8, 1.1, 0.8, nearer=1.4),
    "look_up": Gesture(0.5, 1.5, 0.5, pitch=18.0),
    "look_aside": Gesture(0.5, 3.0, 0.5, yaw=30.0),
}


class Mover:
    """One person's movement. Times are of one monotonic clock, in seconds."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._phases = [self._random.uniform(0, math.tau) for _ in SWAY_S]
        self._doing: list[tuple[float, Gesture]] = []
        self._flutter_s = -math.inf

    def ask(self, step: str, now_s: float) -> float:
        """Do a step after a reaction time, after what is still being done. When it begins.

        Raises `ValueError` with the steps that there are.
        """
        if step not in GESTURES:
            raise ValueError(f"no step {step!r}; there are: {', '.join(GESTURES)}")
        ready_s = max([now_s, *(begin_s + gesture.length_s for begin_s, gesture in self._doing)])
        begin_s = ready_s + self._random.uniform(*REACTION_S)
        self._doing.append((begin_s, GESTURES[step]))
        return begin_s

    def pose(self, now_s: float, x: float, y: float, apart: float) -> Pose:
        """How somebody stands who is at `x`, `y`, eyes `apart` pixels from each other."""
        self._doing = [(begin_s, one) for begin_s, one in self._doing if now_s < begin_s + one.length_s]
        yaw = pitch = mouth = 0.0
        blink, nearer = self._flutter(now_s), 1.0
        for begin_s, gesture in self._doing:
            share = gesture.share(max(0.0, now_s - begin_s))
            yaw += share * gesture.yaw
            pitch += share * gesture.pitch
            mouth = max(mouth, share * gesture.mouth)
            blink = max(blink, share * gesture.blink)
            nearer *= 1 + share * (gesture.nearer - 1)
        sway = [
            math.sin(math.tau * now_s / period_s + phase)
            for period_s, phase in zip(SWAY_S, self._phases, strict=True)
        ]
        distance = apart * nearer * (1 + 0.012 * sway[0])
        return Pose(
            x + 0.05 * apart * sway[1], y + 0.03 * apart * sway[2], distance, yaw + 1.5 * sway[3],
            pitch + 1.5 * sway[4], 1.2 * sway[0], blink, mouth,
        )  # fmt: skip

    def _flutter(self, now_s: float) -> float:
        if now_s > self._flutter_s + FLUTTER_S:
            self._flutter_s = now_s + self._random.uniform(*FLUTTER_EVERY_S)
        after_s = now_s - self._flutter_s
        return _eased(min(1.0, 4 * (0.5 - abs(after_s / FLUTTER_S - 0.5)))) if after_s > 0 else 0.0


def _eased(share: float) -> float:
    """From rest to rest with the least jerk (Flash and Hogan 1985)."""
    share = min(1.0, max(0.0, share))
    return share**3 * (10 - 15 * share + 6 * share**2)
