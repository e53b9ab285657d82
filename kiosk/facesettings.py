"""The `[face]` tables of the settings: which engine compares, how strict it is, and every limit of a face check."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from kiosk.cabinettables import Table

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class ExternalSettings(Table):
    """An algorithm of somebody else in a process of its own: docs/external-face-engine.md.

    `command`: the program and its arguments; `calibration`: the file with the thresholds of exactly this program.
    """

    command: Annotated[tuple[Text, ...], Field(min_length=1)]
    calibration: Path
    start_s: Annotated[float, Field(gt=0, le=15)] = 10.0
    answer_s: Annotated[float, Field(gt=0, le=10)] = 2.0


class FaceSettings(Table):
    """The face check. `engine = "none"` leaves the card as the only proof; `"external"` needs `face.external`.

    `far`: which false accept rate the threshold is taken for; `config/face.toml` says on whom it was measured.
    """

    engine: Literal["mobilefacenets", "dlib", "external", "none"] = "mobilefacenets"
    far: Literal["1e-3", "1e-4"] = "1e-3"
    capture_s: Annotated[float, Field(gt=0, le=10)] = 1.0
    timeout_s: Seconds = 15.0
    attempts: Annotated[int, Field(ge=1, le=5)] = 2
    allow_card_only: bool = True
    consent_text_version: Text = "1"
    external: ExternalSettings | None = None

    @model_validator(mode="after")
    def _external_is_named(self) -> "FaceSettings":
        if self.engine == "external" and self.external is None:
            raise ValueError('engine = "external" needs a table [face.external] with command and calibration')
        return self
