"""Papers that follow later (容缺受理): what is missing, until when, the signature; and the states for it."""

from dataclasses import dataclass, field

from screens.signature import Signature

from .visit import Visit


@dataclass(frozen=True, slots=True)
class LaterPaper:
    """A paper of an item that may follow, by its Chinese name in the catalogue, within so many working days.

    `number`: among the item's materials, from 0.
    """

    name: str
    days: int
    number: int


@dataclass(frozen=True, slots=True)
class Choosing:
    """Which papers are there is touched on. `papers`: all that may be missing; `lacking`: their places, from 0.

    Of a supplement `papers` are those that were promised; what is not lacking comes in now.
    """

    visit: Visit
    papers: tuple[str, ...]
    lacking: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Signing:
    """The promise is read and signed. `empty`: it was said to be signed, and was not."""

    visit: Visit
    drawn: Signature = field(default_factory=Signature, repr=False)
    empty: bool = False


PromiseStage = Choosing | Signing
