"""What the face camera sees: a lobby in which people stand, move a little, and leave."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 480
EYES_APART_PX: Final = 95.0  # one person: a face about 200 px wide
TWO_APART_PX: Final = 62.0
DARKNESS: Final = 0.06
NOISE_SIGMA: Final = 3.0
FACES: Final = Path(__file__).parent / "faces"


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture and where its eyes are, in pixels."""

    image: Image
    left_eye: tuple[float, float]
    right_eye: tuple[float, float]


# Where the eyes are, as shares of width and height of the picture (marked by hand).
EYES: Final = {
    "obama": ((0.478, 0.189), (0.609, 0.187)),
    "obama2": ((0.399, 0.312), (0.586, 0.318)),
    "biden": ((0.546, 0.147), (0.686, 0.160)),
}


def load_portrait(name: str) -> Portrait:
    """A person of `faces/`. Raises `ValueError` for a name that is not there."""
    path = FACES / f"{name}.jpg"
    if name not in EYES or not path.is_file():
        raise ValueError(f"nobody is called {name!r}; there are: {', '.join(sorted(EYES))}, two, none")
    image = cv2.imread(str(path))
    if image is None:
        raise ValueError(f"{path.name} is no picture")
    height, width = image.shape[:2]
    left, right = ((x * width, y * height) for x, y in EYES[name])
    return Portrait(np.asarray(image, dtype=np.uint8), left, right)


class Scene:
    """Draws what the camera sees."""

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        self._noise = self._random.normal(0.0, NOISE_SIGMA, (HEIGHT + 64, WIDTH + 64, 3)).astype(np.float32)
        self._lobby = lobby()

    def draw(self, people: list[tuple[Portrait, float, float]], at_s: float, *, light: bool) -> Image:
        """One picture at time `at_s`. `people`: portrait, middle of the eyes in x, distance of the eyes."""
        picture = self._lobby.astype(np.float32)
        for number, (portrait, middle_x, apart) in enumerate(people):
            picture = _with_person(picture, portrait, middle_x, apart, at_s + 1.7 * number)
        if not light:
            picture = picture * DARKNESS
        dx, dy = self._random.integers(0, 64, 2)
        picture = picture + self._noise[dy : dy + HEIGHT, dx : dx + WIDTH]
        return np.clip(picture, 0, 255).astype(np.uint8)


def _with_person(
    picture: NDArray[np.float32], who: Portrait, middle_x: float, apart: float, at_s: float
) -> NDArray[np.float32]:
    """The person sways: a few pixels, two degrees, two percent; nobody stands like a picture."""
    left, right = np.array(who.left_eye), np.array(who.right_eye)
    axis = right - left
    scale = apart / float(np.hypot(*axis)) * (1 + 0.02 * math.sin(0.9 * at_s))
    turn = math.radians(2.0 * math.sin(0.7 * at_s)) - math.atan2(axis[1], axis[0])
    a, b = scale * math.cos(turn), scale * math.sin(turn)
    rotation = np.array([[a, -b], [b, a]])
    target = np.array([middle_x + 6 * math.sin(1.3 * at_s), HEIGHT * 0.42 + 4 * math.sin(1.1 * at_s)])
    matrix = np.hstack([rotation, (target - rotation @ ((left + right) / 2))[:, None]])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    person = cv2.warpAffine(who.image, matrix, (WIDTH, HEIGHT), flags=how, borderMode=cv2.BORDER_REPLICATE)
    mask = _outline(float(target[0]), float(target[1]), apart)[:, :, None]
    light = 1 + 0.03 * math.sin(0.5 * at_s)
    return np.asarray(picture * (1 - mask) + person.astype(np.float32) * light * mask, dtype=np.float32)


def _outline(x: float, y: float, apart: float) -> NDArray[np.float32]:
    """Head and shoulders, soft at the edge."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    head = (round(x), round(y + 0.45 * apart))
    cv2.ellipse(mask, head, (round(1.35 * apart), round(1.9 * apart)), 0, 0, 360, 255, -1)
    cv2.ellipse(
        mask, (round(x), round(y + 3.9 * apart)), (round(2.6 * apart), round(2.0 * apart)), 0, 0, 360, 255, -1
    )
    soft = cv2.GaussianBlur(mask, (0, 0), 0.08 * apart)
    return np.asarray(soft / np.float32(255), dtype=np.float32)


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


class LobbyView:
    """The lobby for the emulated camera. Act `face.show` with `name`: a picture of `faces/`, `two`, `none`."""

    fps = 15
    blur_sigma_px = 9.0

    def __init__(self) -> None:
        self._people: list[tuple[Portrait, float, float]] = []
        self._scene = Scene()
        self._shown = "none"

    def act(self, do: str, values: Mapping[str, Any]) -> None:
        """Let somebody stand there. Raises `ValueError` with what is allowed."""
        if do != "face.show":
            raise ValueError(f"unknown act {do!r}; there is: face.show")
        name = str(values["name"])
        if name == "none":
            self._people = []
        elif name == "two":
            pair = zip(("obama", "biden"), (0.28, 0.74), strict=True)
            self._people = [(load_portrait(one), share * WIDTH, TWO_APART_PX) for one, share in pair]
        else:
            self._people = [(load_portrait(name), WIDTH / 2, EYES_APART_PX)]
        self._shown = name

    def state(self) -> dict[str, Any]:
        """Who stands there."""
        return {"shown": self._shown}

    def draw(self, at_s: float, *, light: bool) -> Image:
        """One picture."""
        return self._scene.draw(self._people, at_s, light=light)
