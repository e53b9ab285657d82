"""What the face camera sees: a lobby in which people stand, move, hold something up, and leave.

Acts: `face.show` (`name`: a person of `faces/`, `print-of-NAME`, `replay-of-NAME`, `two`, `none`), `face.do` (`step`:
see `motion.GESTURES`; after a human reaction time), `face.leave`, `face.stand` (`place`: `middle`, `near`, `far`,
`side`), `face.wear` (`what`: `mask`, `sunglasses`, `nothing`), `backlight` (`on`).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from . import infrared
from .artefact import Artefact, Print, Replay, draw_held, in_hand
from .figure import Figure, Layer, lay
from .motion import Mover
from .portrait import Image, Portrait, load_portrait
from .wear import WEAR, wearing

WIDTH, HEIGHT = 640, 480
SIZE: Final = (WIDTH, HEIGHT)
EYES_Y: Final = 0.42 * HEIGHT
EYES_APART_PX: Final = 95.0  # one person: a face about 200 px wide
TWO_APART_PX: Final = 62.0
TWO: Final = (("obama3", 0.28), ("biden", 0.74))
PLACES: Final = {  # eyes in the middle of x, as a share of the width, and how far apart
    "middle": (0.5, EYES_APART_PX), "near": (0.5, 200.0), "far": (0.5, 36.0), "side": (1.02, EYES_APART_PX),
}  # fmt: skip
DARKNESS: Final = 0.06
BACKLIGHT_PERSON: Final = 0.30  # of the person's light when the window behind is bright
BACKLIGHT_WALL: Final = 150.0  # grey levels more, behind
NOISE_SIGMA: Final = 3.0
NOISE_STEP_PX: Final = 64
PRINT_OF, REPLAY_OF = "print-of-", "replay-of-"


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody before the camera, or what they hold before their face."""

    portrait: Portrait
    artefact: Artefact | None
    figures: tuple[Figure, Figure]  # as seen by the colour camera, and by the infrared one
    mover: Mover
    x: float
    apart: float

    def draw(self, at_s: float, *, infrared: bool = False) -> Layer:
        """This layer of the picture."""
        pose = self.mover.pose(at_s, self.x, EYES_Y, self.apart)
        if self.artefact is None:
            return self.figures[infrared].draw(pose, SIZE)
        held = self.artefact.held(at_s)
        hand = in_hand(pose, at_s, follows=self.artefact.follows)
        return draw_held(held.infrared if infrared else held.flat, held.eyes, hand, SIZE)


class Scene:
    """Draws what the cameras see."""

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        shape = (HEIGHT + NOISE_STEP_PX, WIDTH + NOISE_STEP_PX, 3)
        self._noise = self._random.normal(0.0, NOISE_SIGMA, shape).astype(np.int16)
        self._lobby = lobby()
        window = np.clip(self._lobby.astype(np.float32) + np.float32(BACKLIGHT_WALL), 0, 255)
        self._bright = window.astype(np.uint8)
        self._dark = infrared.lobby(SIZE)

    def draw(self, layers: list[Layer], *, light: bool, backlight: bool = False) -> Image:
        """One picture of the colour camera, with its noise."""
        picture = (self._bright if backlight else self._lobby).copy()
        for colours, cover in layers:
            shown = cv2.convertScaleAbs(colours, alpha=BACKLIGHT_PERSON) if backlight else colours
            lay(picture, np.asarray(shown, np.uint8), cover)
        return self._taken(picture if light else cv2.convertScaleAbs(picture, alpha=DARKNESS))

    def draw_infrared(self, layers: list[Layer], *, lamp: bool) -> Image:
        """One picture of the infrared camera, which brings its own light; grey, as three equal channels."""
        picture = self._dark.copy()
        for shades, cover in layers:
            lay(picture, shades, cover)
        return self._taken(picture if lamp else cv2.convertScaleAbs(picture, alpha=DARKNESS), grey=True)

    def _taken(self, picture: NDArray[Any], *, grey: bool = False) -> Image:
        dx, dy = self._random.integers(0, NOISE_STEP_PX, 2)
        noise = self._noise[dy : dy + HEIGHT, dx : dx + WIDTH]
        if grey:
            noise = np.ascontiguousarray(np.broadcast_to(noise[:, :, :1], picture.shape))
        return np.asarray(cv2.add(picture, noise, dtype=cv2.CV_8U), np.uint8)


def lobby() -> Image:
    """An empty bank lobby at night: wall, floor, a lit window, a counter."""
    rows = np.linspace(0, 1, HEIGHT)[:, None]
    wall = np.array([96, 104, 112]) + rows[:, :, None] * np.array([24, 20, 16])
    picture = np.repeat(wall, WIDTH, axis=1).astype(np.uint8)
    cv2.rectangle(picture, (0, 400), (WIDTH, HEIGHT), (70, 78, 88), -1)
    cv2.rectangle(picture, (40, 60), (170, 280), (140, 160, 170), -1)
    cv2.rectangle(picture, (48, 68), (162, 272), (60, 48, 40), -1)
    cv2.rectangle(picture, (470, 250), (WIDTH, 400), (80, 96, 120), -1)
    cv2.line(picture, (105, 68), (105, 272), (140, 160, 170), 6)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2.0), dtype=np.uint8)


def standing(
    name: str, share: float, apart: float, *, worn: str = "nothing", seed: int = 1, now_s: float | None = None
) -> Standing:
    """Somebody by the name that `face.show` takes, at `share` of the width; a recording begins at `now_s`, by the
    monotonic clock where it is None. Raises `ValueError`.
    """
    who = load_portrait(name.removeprefix(PRINT_OF).removeprefix(REPLAY_OF))
    artefact: Artefact | None = None
    if name.startswith(PRINT_OF):
        artefact = Print(who)
    elif name.startswith(REPLAY_OF):
        artefact = Replay(who, time.monotonic() if now_s is None else now_s)
    seen = Figure(who, wearing(who, worn)), Figure(who, infrared.skin(who, worn))
    return Standing(who, artefact, seen, Mover(seed), share * WIDTH, apart)


class LobbyView:
    """The lobby for the emulated cameras."""

    fps = 15
    blur_sigma_px = 9.0

    def __init__(self) -> None:
        self._people: list[Standing] = []
        self._scene = Scene()
        self._shown = "none"
        self._place = "middle"
        self._worn = "nothing"
        self._backlight = False
        self._came = 0

    def act(self, do: str, values: Mapping[str, Any]) -> None:
        """Change who stands there or what they do. Raises `ValueError` with what is allowed."""
        match do:
            case "face.show":
                self._show(str(values["name"]), self._place, self._worn)
            case "face.leave":
                self._show("none", "middle", "nothing")
            case "face.do":
                step = str(values["step"])
                if not self._people:
                    raise ValueError("nobody stands there who could do that; face.show comes first")
                self._people[0].mover.ask(step, time.monotonic())
            case "face.stand":
                self._show(self._shown, str(values["place"]), self._worn)
            case "face.wear":
                self._show(self._shown, self._place, str(values["what"]))
            case "backlight":
                self._backlight = bool(values["on"])
            case _:
                acts = "face.show, face.do, face.leave, face.stand, face.wear, backlight"
                raise ValueError(f"unknown act {do!r}; there are: {acts}")

    def state(self) -> dict[str, Any]:
        """Who stands there, and how."""
        return {
            "shown": self._shown, "place": self._place, "worn": self._worn, "backlight": self._backlight,
        }  # fmt: skip

    def draw(self, at_s: float, *, light: bool) -> Image:
        """One picture of the colour camera."""
        layers = [one.draw(at_s) for one in self._people]
        return self._scene.draw(layers, light=light, backlight=self._backlight)

    def draw_infrared(self, at_s: float, *, lamp: bool) -> Image:
        """One picture of the infrared camera."""
        return self._scene.draw_infrared([one.draw(at_s, infrared=True) for one in self._people], lamp=lamp)

    def _show(self, name: str, place: str, worn: str) -> None:
        if place not in PLACES:
            raise ValueError(f"no place {place!r}; there are: {', '.join(PLACES)}")
        if worn not in WEAR:
            raise ValueError(f"nobody wears {worn!r}; there are: {', '.join(WEAR)}")
        share, apart = PLACES[place]
        self._came += 1
        if name == "none":
            people = []
        elif name == "two":
            people = [standing(one, at, TWO_APART_PX, seed=self._came + n) for n, (one, at) in enumerate(TWO)]
        else:
            people = [standing(name, share, apart, worn=worn, seed=self._came)]
        self._people, self._shown, self._place, self._worn = people, name, place, worn
