"""What the drivers' tables of a configuration share. `drivers/registry.py` says which driver has which table."""

import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

PositiveSeconds = Annotated[float, Field(gt=0, le=120)]


def written(pattern: str, words: str) -> AfterValidator:
    """A text of this pattern from end to end. Who wrote another is told `words`, not the pattern."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise PydanticCustomError("written", "is not written as it must be", {"expected": words})
        return text

    return AfterValidator(check)


class DriverConfig(BaseModel):
    """What all drivers' tables share: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    driver: str


class SerialConfig(DriverConfig):
    """A device on a serial line: device path or any pyserial URL (`socket://host:port`, `rfc2217://…`)."""

    url: Annotated[str, Field(min_length=1)]
    baudrate: Annotated[int, Field(ge=1200, le=921600)]


class BusConfig(SerialConfig):
    """A device on a bus that it may share: those with the same `url` say the same of the line itself.

    `board`: its number on the bus. `echo`: the line hands back what was sent (two-wire adapters without echo off).
    `SILENCE_BITS`: of those who tell frames by the silence between them, how long it is.
    """

    SILENCE_BITS: ClassVar[int] = 0

    echo: bool = False
    board: Annotated[int, Field(ge=0, le=255)]
    timeout_s: PositiveSeconds = 0.2
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
