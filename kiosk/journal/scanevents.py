"""Facts about pages scanned instead of copied: that they are kept, who took them out; never what is on them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PagesSealed:
    """The pages lie on the disk, sealed under the key of the case. `papers`: for which, `counts`: how many of each.

    `size`: bytes of all sealed files; `digest`: SHA-256 over them in their order: it tells nothing of an erased
    page; `whole`: nothing else comes in, the case has no compartment.
    """

    case_id: str
    session_id: str
    item_code: str
    papers: tuple[str, ...]
    counts: tuple[int, ...]
    pages: int
    size: int
    digest: str
    whole: bool


@dataclass(frozen=True, slots=True)
class PagesAdded:
    """Further pages of a case lie on the disk, behind those that were there. `papers`, `counts`, `pages`: of these.

    `total`, `size`, `digest`: of all pages of the case now, as in `PagesSealed`.
    """

    case_id: str
    session_id: str
    item_code: str
    papers: tuple[str, ...]
    counts: tuple[int, ...]
    pages: int
    total: int
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class PagesExported:
    """Two persons of staff had the pages opened and written down for their office."""

    case_id: str
    staff_no: str
    second_no: str
    pages: int
