"""The `[face]` tables of the settings: which engine compares, how strict it is, and every limit of a face check."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.cabinettables import Table

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class FaceSettings(Table):
    """The face check. `engine = "none"` leaves the card as the only proof.

    `far`: which false accept rate the threshold is taken for; `config/face.toml` says on whom it was measured.
    """

    engine: Literal["mobilefacenets", "dlib", "external", "none"] = "mobilefacenets"
    far: Literal["1e-3", "1e-4"] = "1e-3"
    capture_s: Annotated[float, Field(gt=0, le=10)] = 1.0
    timeout_s: Seconds = 15.0
    attempts: Annotated[int, Field(ge=1, le=5)] = 2
    allow_card_only: bool = True
    consent_text_version: Text = "1"
