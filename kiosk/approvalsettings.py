"""The `[approval]` table of the settings: the city's approval system. Without it the kiosk's back office decides."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from kiosk.cabinettables import Table

Text = Annotated[str, Field(min_length=1, max_length=200)]


class ApprovalSettings(Table):
    """Where the system is, how it knows this kiosk, how patient the kiosk is; times in seconds.

    `url`: https, before `/v1/…`; `ca_file`: of the CA that signed the system's certificate, without it public
    ones; `token_file`, or `cert_file` with `key_file`, or both: by which it knows the kiosk; `poll_s`: between two
    questions for news; `retry_…`: pauses after what failed, doubling.
    """

    url: Text
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    token_file: Path | None = None
    connect_timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    answer_timeout_s: Annotated[float, Field(gt=0, le=120)] = 20.0
    poll_s: Annotated[float, Field(ge=0.05, le=3600)] = 60.0
    retry_min_s: Annotated[float, Field(gt=0, le=600)] = 5.0
    retry_max_s: Annotated[float, Field(gt=0, le=3600)] = 600.0

    @field_validator("url")
    @classmethod
    def _over_tls(cls, value: str) -> str:
        address = urlsplit(value)
        if address.scheme != "https" or not address.hostname or address.query or address.fragment:
            raise ValueError(
                "must be an address such as https://approval.example/kiosks: personal data goes there"
            )
        if address.username is not None:
            raise ValueError("must not carry a name or password: put the token into token_file")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _is_known_there(self) -> "ApprovalSettings":
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file belong together")
        if self.token_file is None and self.cert_file is None:
            raise ValueError("token_file, or cert_file and key_file: the system has to know which kiosk asks")
        if self.retry_min_s > self.retry_max_s:
            raise ValueError("retry_min_s must not be above retry_max_s")
        return self
