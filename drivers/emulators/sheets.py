"""What people lay under a document camera, from a seed: `good` sheets, and one kind for everything that goes wrong.

A scene says what is true of it; a camera has to find that out by itself. Measures in mm from the middle of the desk.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Final

SHEETS_MM: Final = {"a4": (210.0, 297.0), "a5": (148.0, 210.0), "card": (85.6, 54.0)}
DESK_MM: Final = (420.0, 315.0)
SPARE_MM: Final = 7.0  # between a whole sheet and the picture's edge


@dataclass(frozen=True, slots=True)
class Pose:
    """How a sheet lies: mm from the middle of the desk, degrees. `blank`: the side without print is up."""

    sheet: str = "a4"
    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0
    tilt: float = 0.0
    pitch: float = 0.0
    text: str = "261122-0001"
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Glare:
    """A lamp's mirror image: its middle and how far it reaches."""

    x: float
    y: float
    reach: float


@dataclass(frozen=True, slots=True)
class Finger:
    """From its root to its tip, and how thick."""

    root: tuple[float, float]
    tip: tuple[float, float]
    wide: float
    skin: tuple[int, int, int]  # BGR


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything before the camera. `blur_mm`: the lens's, sigma on the desk; `light`: 1 is the lamp at its full."""

    kind: str
    sheets: tuple[Pose, ...] = ()
    glares: tuple[Glare, ...] = ()
    fingers: tuple[Finger, ...] = ()
    blur_mm: float = 0.0
    light: float = 1.0


def scene(kind: str, seed: int) -> Scene:
    """One of `KINDS`. The same seed is the same scene. Raises `ValueError` that lists the kinds."""
    if kind not in KINDS:
        raise ValueError(f"no scene {kind!r}; there is: {', '.join(KINDS)}")
    return replace(KINDS[kind](Random(f"{kind} {seed}")), kind=kind)


def _lain(rng: Random, *, flat: bool = False) -> Pose:
    """A whole sheet inside the picture, as people lay it: along the desk, turned by some degrees."""
    sheet = rng.choice(("a4", "a4", "a5", "a5", "card"))
    across, down = SHEETS_MM[sheet]
    most = 4.0 if sheet == "a4" else 20.0
    turn = rng.uniform(-most, most) + (90 if sheet == "a4" else rng.choice((0, 90)))
    tilt, pitch = (0.0, 0.0) if flat else (rng.uniform(-3, 3), rng.uniform(-3, 3))
    wide, high = _extent(across, down, turn)
    x, y = (
        rng.uniform(-1, 1) * max(0.0, room / 2 - SPARE_MM - size / 2)
        for room, size in zip(DESK_MM, (wide, high), strict=True)
    )
    return Pose(sheet, x, y, turn, tilt, pitch, text=f"ND-{rng.randrange(10**8):08d}")


def _extent(across: float, down: float, turn: float) -> tuple[float, float]:
    cos, sin = abs(math.cos(math.radians(turn))), abs(math.sin(math.radians(turn)))
    return across * cos + down * sin, across * sin + down * cos


def _spot(rng: Random, pose: Pose, share: float) -> tuple[float, float]:
    """A place on the sheet, not nearer to its edges than `share` leaves."""
    across, down = SHEETS_MM[pose.sheet]
    return _on_desk(pose, rng.uniform(-share, share) * across, rng.uniform(-share, share) * down)


def _on_desk(pose: Pose, x: float, y: float) -> tuple[float, float]:
    turn = math.radians(pose.turn)
    return (
        pose.x + x * math.cos(turn) - y * math.sin(turn),
        pose.y + x * math.sin(turn) + y * math.cos(turn),
    )


def _good(rng: Random) -> Scene:
    return Scene("", (_lain(rng, flat=rng.random() < 0.5),), light=rng.uniform(0.8, 1.0))


def _nothing(rng: Random) -> Scene:
    return Scene("", light=rng.uniform(0.7, 1.0))


def _skewed(rng: Random) -> Scene:
    """Turned by any angle, lifted at a side: still a good page."""
    pose = replace(_lain(rng, flat=True), sheet=rng.choice(("a5", "card")), x=rng.uniform(-20, 20), y=0.0)
    lifted = replace(
        pose,
        turn=rng.uniform(0, 360),
        tilt=rng.uniform(-12, 12),
        pitch=rng.uniform(-8, 8),
        y=rng.uniform(-10, 10),
    )
    return Scene("", (lifted,))


def _blurred(rng: Random) -> Scene:
    return Scene("", (_lain(rng),), blur_mm=rng.uniform(1.5, 4.0))


def _dark(rng: Random) -> Scene:
    return Scene("", (_lain(rng),), light=rng.uniform(0.1, 0.3))


def _cut_off(rng: Random) -> Scene:
    """So far aside that a tenth of the sheet, or more, lies beyond the picture."""
    pose = _lain(rng)
    wide, high = _extent(*SHEETS_MM[pose.sheet], pose.turn)
    sign, beyond = rng.choice((-1, 1)), rng.uniform(0.12, 0.4)
    if rng.random() < 0.5:
        return Scene("", (replace(pose, x=sign * (DESK_MM[0] / 2 - wide * (0.5 - beyond))),))
    return Scene("", (replace(pose, y=sign * (DESK_MM[1] / 2 - high * (0.5 - beyond))),))


def _glare(rng: Random) -> Scene:
    pose = _lain(rng)
    reach = rng.uniform(0.1, 0.3) * min(SHEETS_MM[pose.sheet])
    return Scene("", (pose,), glares=(Glare(*_spot(rng, pose, 0.35), reach),), light=rng.uniform(0.8, 0.95))


def _covered(rng: Random) -> Scene:
    """A finger that holds the sheet, from any side."""
    pose = _lain(rng)
    across, down = SHEETS_MM[pose.sheet]
    over = rng.uniform(10, 25)
    along = rng.uniform(-0.35, 0.35)
    if rng.random() < 0.5:
        side, place = rng.choice((-1, 1)), along * down
        tip, root = (
            (side * (across / 2 - over), place),
            (side * (across / 2 + 70), place + rng.uniform(-20, 20)),
        )
    else:
        side, place = rng.choice((-1, 1)), along * across
        tip, root = (place, side * (down / 2 - over)), (place + rng.uniform(-20, 20), side * (down / 2 + 70))
    skin = rng.choice(((120, 150, 205), (95, 130, 190), (70, 95, 145), (50, 65, 100)))
    finger = Finger(_on_desk(pose, *root), _on_desk(pose, *tip), rng.uniform(13, 19), skin)
    return Scene("", (pose,), fingers=(finger,))


def _empty(rng: Random) -> Scene:
    return Scene("", (replace(_lain(rng), blank=True),), light=rng.uniform(0.8, 1.0))


def _two(rng: Random) -> Scene:
    """Side by side, or one half upon the other."""
    turns = [rng.uniform(-6, 6) for _ in range(2)]
    apart = rng.uniform(80, 92) if rng.random() < 0.5 else rng.uniform(20, 55)
    down = rng.uniform(8, 25) if apart < 60 else 0.0
    sheets = (
        Pose("a5", -apart, -down, turns[0], text="ND-1"),
        Pose("a5", apart, down, turns[1] + (0 if apart > 60 else rng.uniform(8, 20)), text="ND-2"),
    )
    return Scene("", sheets)


KINDS: Final[dict[str, Callable[[Random], Scene]]] = {
    "good": _good, "skewed": _skewed, "nothing": _nothing, "blurred": _blurred, "dark": _dark, "cut_off": _cut_off,
    "glare": _glare, "covered": _covered, "empty": _empty, "two": _two,
}  # fmt: skip
"""Kinds of scenes by name; the first two are pages that will do."""
