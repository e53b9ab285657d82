"""The emulated lobby before a camera whose time is made up: a picture is drawn when it is read, at `FPS` a second."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from drivers.contracts.camera import Frame, Image
from drivers.emulators.lobby import EYES_APART_PX, TWO, TWO_APART_PX, Scene, Standing, standing
from kiosk.identity.events import FaceChallenge, FaceGuidance, FacePreview

FPS: Final = 6.0
SCENE: Final = Scene()

_BEGINNINGS = itertools.count(0.0, 60.0)  # of one clock that never goes back; every run is the same


@dataclass
class Stage:
    """Who stands in the lobby; a person who is asked for a step does it. `change`: what is done before a picture."""

    people: list[Standing] = field(default_factory=list)
    light: bool = True
    backlight: bool = False
    obeys: bool = True
    finish: Callable[[Image], Image] = lambda image: image
    change: Callable[["Stage", int], None] = lambda stage, number: None
    said: list[FaceGuidance | FacePreview | FaceChallenge] = field(default_factory=list)
    number: int = 0
    began_s: float = field(default_factory=lambda: next(_BEGINNINGS))

    @property
    def now_s(self) -> float:
        return self.began_s + self.number / FPS

    def show(self, name: str, apart: float = EYES_APART_PX, worn: str = "nothing") -> "Stage":
        """Put somebody there by the emulator's names, in place of who was there."""
        if name == "two":
            self.people = [standing(one, at, TWO_APART_PX, seed=n) for n, (one, at) in enumerate(TWO)]
        else:
            self.people = (
                [] if name == "none" else [standing(name, 0.5, apart, worn=worn, seed=3, now_s=self.now_s)]
            )
        return self

    def say(self, event: FaceGuidance | FacePreview | FaceChallenge) -> None:
        self.said.append(event)
        if isinstance(event, FaceChallenge) and self.obeys:
            for one in self.people[:1]:
                one.mover.ask(event.step.value, self.now_s)

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self) -> Frame:
        self.number += 1
        self.change(self, self.number)
        layers = [one.draw(self.now_s) for one in self.people]
        picture = SCENE.draw(layers, light=self.light, backlight=self.backlight)
        return Frame(self.finish(picture), self.now_s)


@dataclass
class InfraredStage:
    """What the infrared camera sees of the same lobby."""

    stage: Stage
    lamp: bool = True

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self) -> Frame:
        layers = [one.draw(self.stage.now_s, infrared=True) for one in self.stage.people]
        return Frame(SCENE.draw_infrared(layers, lamp=self.lamp), self.stage.now_s)
