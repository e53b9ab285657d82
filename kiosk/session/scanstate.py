"""The states of scanning papers instead of handing in copies: offered, one paper page by page, filed without a door."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from .visit import LETTER, Visit


@dataclass(frozen=True, slots=True)
class ScanPaper:
    """A paper that a scan may stand for. `number`: among the item's materials, from 0, or `LETTER`.

    `needed`: it has to come in.
    """

    number: int
    needed: bool = True


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """What of an item may be scanned. `whole`: every paper of it, so that no compartment is needed."""

    papers: tuple[ScanPaper, ...]
    whole: bool = False

    def is_enough(self, visit: Visit) -> bool:
        """Whether what was scanned stands for everything that is needed."""
        scanned = {one.paper for one in visit.scans}
        return (
            self.whole and bool(scanned) and all(one.number in scanned for one in self.papers if one.needed)
        )

    def needs(self, number: int) -> bool:
        """Whether this paper has to come in."""
        return any(one.needed for one in self.papers if one.number == number)

    def with_letter(self) -> "ScanPlan":
        """The same behind a letter of authorisation, which has to come in too."""
        return replace(self, papers=(ScanPaper(LETTER), *self.papers))

    def of_today(self, later: Collection[int], missing: Collection[int]) -> "ScanPlan | None":
        """The same where papers may follow `later`: those `missing` do, the others come in now.

        None where that leaves nothing.
        """
        left = tuple(
            ScanPaper(one.number, one.needed or one.number in later)
            for one in self.papers
            if one.number not in missing
        )
        return replace(self, papers=left) if left else None

    def of_more(self, brought: Collection[int] | None) -> "ScanPlan | None":
        """What of papers that are added to a case may be scanned: all that are brought, or none of them.

        `brought`: their numbers; None: nobody said which, so that it may be any of an item that is all scanned.
        """
        if brought is None:
            return (
                replace(self, papers=tuple(ScanPaper(one.number, needed=False) for one in self.papers))
                if self.whole
                else None
            )
        known = tuple(ScanPaper(one.number) for one in self.papers if one.number in brought)
        return ScanPlan(known, whole=True) if len(known) == len(brought) else None

    def after(self, number: int) -> ScanPaper | None:
        """The paper that comes after this one."""
        return next((one for one in self.papers if one.number > number), None)


@dataclass(frozen=True, slots=True)
class OfferingScan:
    """These papers can be scanned here, or come in as copies. `broken`: the camera does not answer, so as copies."""

    visit: Visit
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Scanning:
    """One paper. `pages` by their numbers, in order; `chosen`: the place of the one that is looked at.

    `chosen` None: the next sheet is awaited. `taking`: a picture is being taken, `again` in place of the chosen one;
    `concerns`: why the last picture will not do; `failed`: the camera did not answer.
    """

    visit: Visit
    paper: int
    pages: tuple[int, ...] = ()
    chosen: int | None = None
    taking: bool = False
    again: bool = False
    concerns: tuple[str, ...] = ()
    failed: bool = False

    @property
    def may_skip(self) -> bool:
        """Whether it can come in otherwise: before its first page, and where a further one will not do."""
        return not self.pages or self.failed or bool(self.concerns)


@dataclass(frozen=True, slots=True)
class Filing:
    """The scans are all that comes in: they are being made durable."""

    visit: Visit


ScanStage = OfferingScan | Scanning | Filing
