"""The cabinet's tables of the settings: which compartment hangs on which lock, and where it sits."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from drivers.tables import written

Code = Annotated[
    str, written("[A-Za-z0-9][A-Za-z0-9-]{0,31}", "1 to 32 letters, digits and hyphens, e.g. main")
]
Size = Literal["S", "M", "L"]


class Table(BaseModel):
    """What all tables share: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def refuse_doubles(what: str, values: Sequence[str]) -> None:
    """Raises `ValueError` with what stands in `values` more than once."""
    doubles = sorted(value for value, count in Counter(values).items() if count > 1)
    if doubles:
        raise ValueError(f"the same {what} twice: {', '.join(doubles)}")


class ItemSensorSettings(Table):
    """Where an item sensor is wired that is not the lock board's own: which input, from 1, of which item board."""

    board: Code
    input: Annotated[int, Field(ge=1, le=256)]


class CellSettings(Table):
    """One compartment: its name, which lock it hangs on, where it sits in the grid and above the floor (mm)."""

    name: Annotated[str, written("[A-Z]{1,2}-[0-9]{2,3}", "capital letters and a number, e.g. A-01")]
    size: Size
    board: Code
    channel: Annotated[int, Field(ge=1, le=64)]
    item_sensor: ItemSensorSettings | None = None
    row: Annotated[int, Field(ge=1, le=40)]
    column: Annotated[int, Field(ge=1, le=40)]
    rows: Annotated[int, Field(ge=1, le=40)] = 1
    columns: Annotated[int, Field(ge=1, le=40)] = 1
    bottom_mm: Annotated[int, Field(ge=0, le=2500)]
    top_mm: Annotated[int, Field(ge=1, le=2600)]

    @model_validator(mode="after")
    def _upright(self) -> "CellSettings":
        if self.top_mm <= self.bottom_mm:
            raise ValueError(f"{self.name}: top_mm must be above bottom_mm")
        return self

    def squares(self) -> set[tuple[int, int]]:
        """Squares (row, column) of the cabinet's grid that the compartment covers; row 1 is the uppermost."""
        across = range(self.column, self.column + self.columns)
        return {(row, column) for row in range(self.row, self.row + self.rows) for column in across}


class CabinetSettings(Table):
    """The cabinet as it stands in the lobby."""

    cells: Annotated[tuple[CellSettings, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> "CabinetSettings":
        refuse_doubles("name", [cell.name for cell in self.cells])
        refuse_doubles("board and channel", [f"{cell.board}/{cell.channel}" for cell in self.cells])
        sensors = [cell.item_sensor for cell in self.cells if cell.item_sensor is not None]
        refuse_doubles("item_sensor", [f"{sensor.board}/{sensor.input}" for sensor in sensors])
        squares = [f"row {row} column {column}" for cell in self.cells for row, column in cell.squares()]
        refuse_doubles("square of the grid", squares)
        return self
