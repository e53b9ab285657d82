"""How one person wants the screen, beside language, size and colours."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """`low`: what is touched stands within reach; `still`: nothing moves, None: as the site has it."""

    sheet: bool = False  # the sheet of settings is open over the page
    low: bool = False
    still: bool | None = None
