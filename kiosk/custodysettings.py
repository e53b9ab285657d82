"""The custody's part of the settings: time limits, how long results wait, where two persons are asked for."""

from typing import Annotated

from pydantic import Field

from kiosk.cabinettables import Table

DAY_S = 24 * 3600.0


class CustodySettings(Table):
    """What lies in the compartments, and for how long.

    `two_for_any`: two persons open a compartment at will; `two_for_audit`: and what holds something, in an audit;
    `warn_days`: working days before the end of a time limit from which it counts as near; `result_days`: how long a
    citizen's code is good, and after which a result that nobody fetched is taken back; `pickup_face`: a face check
    before it is handed out; `add_days`: how long papers may be added to a case; `reservation_s`: a compartment that is
    reserved and not opened is given back.
    """

    two_for_any: bool = True
    two_for_audit: bool = False
    warn_days: Annotated[int, Field(ge=0, le=30)] = 1
    result_days: Annotated[int, Field(ge=1, le=90)] = 7
    pickup_face: bool = False
    add_days: Annotated[int, Field(ge=1, le=365)] = 90
    reservation_s: Annotated[float, Field(ge=60, le=3600)] = 300.0

    @property
    def result_s(self) -> float:
        """`result_days` in seconds."""
        return self.result_days * DAY_S
