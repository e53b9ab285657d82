"""The `[journal]` table of the settings: how long personal data is kept, how the record grows, what room it wants."""

from typing import Annotated

from pydantic import Field

from kiosk.cabinettables import Table


class JournalSettings(Table):
    """Limits of the journal.

    `personal_days`: after the last fact of a case that has ended; `unfinished_days`: of one whose papers staff have
    collected and whose result never came by this kiosk; `staff_days`: of the name of staff after their account is
    closed. `segment_events`: how many old events move into a sealed file
    at a time, `kept_events`: how many stay. `least_free_mb`: with less room on the disk nobody may begin a deposit.
    """

    personal_days: Annotated[int, Field(ge=1, le=3650)] = 30
    unfinished_days: Annotated[int, Field(ge=1, le=3650)] = 180
    staff_days: Annotated[int, Field(ge=1, le=36500)] = 1095
    segment_events: Annotated[int, Field(ge=10, le=1_000_000)] = 100_000
    kept_events: Annotated[int, Field(ge=10, le=1_000_000)] = 50_000
    least_free_mb: Annotated[int, Field(ge=16, le=1_000_000)] = 256
    look_every_s: Annotated[float, Field(gt=0, le=3600)] = 30.0
