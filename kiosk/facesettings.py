"""The `[face]` tables of the settings: which engine compares, how strict it is, and every limit of a face check."""

from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from kiosk.cabinettables import Table

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ExternalSettings(Table):
    """An algorithm of somebody else in a process of its own: docs/external-face-engine.md.

    `command`: the program and its arguments.
    """

    command: Annotated[tuple[Text, ...], Field(min_length=1)]
    start_s: Annotated[float, Field(gt=0, le=15)] = 10.0
    answer_s: Annotated[float, Field(gt=0, le=10)] = 2.0


class MiniFasNetSettings(Table):
    """The two networks of Silent-Face-Anti-Spoofing as ONNX, which the operator supplies, and their hashes."""

    v2: Path
    v2_sha256: Sha256
    v1se: Path
    v1se_sha256: Sha256


class LivenessSettings(Table):
    """Is a living person there: what looks at every picture, and what the person is asked to do.

    `engine`: `minifasnet` needs `face.liveness.minifasnet`, `external` the command of `face.external`, whose scores
    from `live_from` on are a person's and below `spoof_below` are not. `steps_min`, `steps_max`: how many steps are
    drawn; `pause_…`: how long the face is still before each; `step_s`, `challenge_s`: for one step, and for all;
    `tries`: with other steps each time; `eyes_shut_s`: people blink by themselves, for less than this.
    """

    engine: Literal["fr_liveness", "minifasnet", "external"] = "fr_liveness"
    steps_min: Annotated[int, Field(ge=1, le=6)] = 2
    steps_max: Annotated[int, Field(ge=1, le=6)] = 3
    pause_min_s: Annotated[float, Field(ge=0.1, le=5)] = 0.5
    pause_max_s: Annotated[float, Field(ge=0.1, le=5)] = 1.3
    step_s: Annotated[float, Field(ge=2, le=60)] = 8.0
    challenge_s: Annotated[float, Field(ge=5, le=300)] = 40.0
    tries: Annotated[int, Field(ge=1, le=5)] = 2
    eyes_shut_s: Annotated[float, Field(ge=0.2, le=2)] = 0.25
    spoof_below: Annotated[float, Field(gt=0, lt=1)] = 0.4
    live_from: Annotated[float, Field(gt=0, lt=1)] = 0.6
    minifasnet: MiniFasNetSettings | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "LivenessSettings":
        for low, high in (
            ("steps_min", "steps_max"),
            ("pause_min_s", "pause_max_s"),
            ("spoof_below", "live_from"),
        ):
            if getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low} must not be above {high}")
        if self.challenge_s < self.step_s:
            raise ValueError("challenge_s must not be below step_s: it is the time for all steps")
        if (self.engine == "minifasnet") != (self.minifasnet is not None):
            raise ValueError('engine = "minifasnet" and a table [face.liveness.minifasnet] belong together')
        return self


class MismatchSettings(Table):
    """When no more faces are checked and staff are told: so many did not match within `window_s`."""

    per_card: Annotated[int, Field(ge=1, le=100)] = 4
    per_kiosk: Annotated[int, Field(ge=1, le=1000)] = 12
    window_s: Seconds = 3600.0


class DutyDeskSettings(Table):
    """The desk whose staff look at who stands there: docs/duty-desk.md. Outside loopback TLS, client certificate."""

    url: Text
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    limit_s: Annotated[float, Field(ge=5, le=600)] = 90.0

    @model_validator(mode="after")
    def _safe_outside(self) -> "DutyDeskSettings":
        address = urlsplit(self.url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("url: must be an address such as https://desk.example/kiosks")
        if address.hostname in LOOPBACK:
            return self
        missing = [name for name in ("ca_file", "cert_file", "key_file") if getattr(self, name) is None]
        if address.scheme != "https" or missing:
            told = ", ".join(missing) or "https"
            raise ValueError(f"TLS and a client certificate are needed outside loopback; missing: {told}")
        return self


class WithoutFaceSettings(Table):
    """The ways for who declines the face check or fails it, in the order in which they are offered.

    `code_sms`: a code to the telephone that the back office knows; `code_staff`: a code from a member of staff;
    `duty_desk`: needs `face.without.desk`; `card_only`: the card is enough, staff compare when they collect.
    """

    ways: Annotated[tuple[Literal["code_sms", "code_staff", "duty_desk", "card_only"], ...], Field(min_length=1)] = (
        "code_sms", "code_staff",
    )  # fmt: skip
    code_valid_s: Annotated[float, Field(ge=60, le=3600)] = 600.0
    code_page_s: Annotated[float, Field(ge=60, le=1800)] = 240.0
    sms_limit_s: Annotated[float, Field(ge=5, le=180)] = 60.0
    desk: DutyDeskSettings | None = None

    @model_validator(mode="after")
    def _ways_are_there(self) -> "WithoutFaceSettings":
        if len(set(self.ways)) < len(self.ways):
            raise ValueError(f"ways names one twice: {', '.join(self.ways)}")
        if ("duty_desk" in self.ways) != (self.desk is not None):
            raise ValueError("duty_desk in ways and a table [face.without.desk] belong together")
        return self


class FaceSettings(Table):
    """The face check. `engine = "none"` leaves the card as the only proof; `"external"` needs `face.external`.

    `far`: which false accept rate the threshold is taken for; `calibration`: the file with thresholds measured by the
    site itself, in place of those in `config/face.toml`.
    `valid_s`: how long a match counts; `guardian_below_age`: whose face check a guardian consents to; `spoken`: what to
    do is spoken too.
    """

    engine: Literal["mobilefacenets", "dlib", "external", "none"] = "mobilefacenets"
    far: Literal["1e-3", "1e-4"] = "1e-3"
    calibration: Path | None = None
    capture_s: Annotated[float, Field(gt=0, le=10)] = 1.0
    timeout_s: Seconds = 15.0
    attempts: Annotated[int, Field(ge=1, le=5)] = 2
    valid_s: Annotated[float, Field(ge=30, le=1800)] = 300.0
    consent_text_version: Text = "2"
    guardian_below_age: Annotated[int, Field(ge=14, le=18)] = 14
    spoken: bool = True
    liveness: LivenessSettings = LivenessSettings()
    mismatches: MismatchSettings = MismatchSettings()
    without: WithoutFaceSettings = WithoutFaceSettings()
    external: ExternalSettings | None = None

    @model_validator(mode="after")
    def _external_is_named(self) -> "FaceSettings":
        if self.engine == "external" and (self.external is None or self.calibration is None):
            raise ValueError('engine = "external" needs a table [face.external] and the key calibration')
        if self.liveness.engine == "external" and self.external is None:
            raise ValueError('liveness.engine = "external" needs a table [face.external] with its command')
        return self
