"""The counter's part of the settings: reports and calls, ratings, and what is known of quiet hours."""

from typing import Annotated

from pydantic import Field

from kiosk.cabinettables import Table


class CounterSettings(Table):
    """What the counter offers beside handing in and fetching.

    `reports_per_hour`: problems of which technicians are told by text message, the others are recorded only;
    `call_back`: a call back can be asked for, by a text message with the number, `calls_per_hour` times at most;
    `rating`: each matter may be rated, `rating_page_s`: so long the question stands; `quiet_weeks`: how far back
    visitors are counted, `quiet_least_days`: of how many days at least before anything is said of quiet hours;
    `scan_pages`: the most pages of one paper that are scanned instead of copied; `wrong_numbers`: case numbers that no
    case has, after so many none is looked up any more in that session, `wrong_numbers_a_minute`: nor at this kiosk.
    """

    reports_per_hour: Annotated[int, Field(ge=1, le=60)] = 6
    call_back: bool = False
    calls_per_hour: Annotated[int, Field(ge=1, le=60)] = 6
    rating: bool = True
    rating_page_s: Annotated[float, Field(ge=3, le=120)] = 30.0
    quiet_weeks: Annotated[int, Field(ge=2, le=52)] = 8
    quiet_least_days: Annotated[int, Field(ge=7, le=60)] = 14
    scan_pages: Annotated[int, Field(ge=1, le=20)] = 20
    wrong_numbers: Annotated[int, Field(ge=1, le=20)] = 5
    wrong_numbers_a_minute: Annotated[int, Field(ge=1, le=100)] = 8
