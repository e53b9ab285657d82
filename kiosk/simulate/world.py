"""The simulated lobby: compartments with doors and what really lies in them, papers in hands, cards on the reader.

This is the truth that the journal is measured against. Nothing here knows the program.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Final

PRINCIPALS: Final = 5000  # those for whom somebody hands in have numbers from here on
HELPED: Final = 20_000  # those for whom a helper does
SPRING_S: Final = (0.03, 0.12)  # from the pulse to an open door
LATE_S: Final = (4.0, 9.0)  # a lock that sticks, and gives way


@dataclass(frozen=True, slots=True)
class Paper:
    """One person's papers in an envelope."""

    number: int
    owner: int


@dataclass(slots=True)
class Box:
    """One compartment. `jammed` and what follows: what is wrong with its lock, door or sensors now."""

    name: str
    channel: int
    open: bool = False
    papers: list[Paper] = field(default_factory=list)
    jammed: bool = False
    late: bool = False
    blind: bool = False
    openings: int = 0  # how often the door moved from closed to open
    unread: bool = False
    ajar: bool = False
    bouncing: bool = False
    flickering: bool = False
    unseen: bool = False  # the item sensor is at a board of its own, and that is silent
    shown_open: bool = False  # by the newest reading
    seemed_open: bool = False  # by a reading that lied, since the record last heard of an opening
    seemed_empty: bool = False  # by the newest reading, and it lied
    was_filled: bool = False  # at the newest reading, whatever it said

    def swing(self) -> None:
        """The door opens."""
        if not self.open:
            self.open = True
            self.openings += 1


@dataclass(slots=True)
class Person:
    """Somebody in front of the kiosk. `staff_no` empty: a citizen; `second_no`: a colleague whom staff may call."""

    number: int
    staff_no: str = ""
    pin: str = ""
    second_no: str = ""
    second_pin: str = ""
    name: str = ""
    id_number: str = ""
    phone: str = ""
    hands: list[Paper] = field(default_factory=list)
    inbox: list[str] = field(default_factory=list)
    card_lies_there: bool = False
    speaks_for: "Person | None" = None  # whose card they have with them, beside their own
    helps: bool = False  # signs in to hand in for many, one after the other
    spoke_for: list["Person"] = field(default_factory=list)  # those before


class World:
    """The lobby. `later` puts off by seconds; the loop that does so changes with each start of the kiosk."""

    def __init__(self, boxes: list[Box], rng: Random) -> None:
        self.boxes = {box.name: box for box in boxes}
        self.by_channel = {box.channel: box for box in boxes}
        self.rng = rng
        self.power = True
        self.reader: Person | None = None  # whose card lies there
        self.visitor: Person | None = None  # who stands there
        self.staff_card = b""  # number of the card that is held to the staff's reader
        self.hold_code: Callable[[str], None] = lambda _text: None  # to the scanner, where one listens
        self.taken: list[tuple[Paper, Person]] = []  # by staff
        self.pages: dict[str, tuple[bytes, ...]] = {}  # sealed, of the case
        self.later: Callable[[float, Callable[[], None]], None] = lambda _s, _work: None
        self._papers = 0
        self._helped = 0

    def new_paper(self, owner: Person) -> Paper:
        """An envelope for a person's hands."""
        self._papers += 1
        paper = Paper(self._papers, owner.number)
        owner.hands.append(paper)
        return paper

    def pulse(self, channel: int) -> None:
        """A lock is told to open. It may stick, or give way late."""
        box = self.by_channel[channel]
        if box.jammed or box.open:
            return
        low, high = LATE_S if box.late else SPRING_S
        self.later(low + (high - low) * self.rng.random(), lambda: self._spring(box))

    def _spring(self, box: Box) -> None:
        if not box.jammed:
            box.swing()

    def put_in(self, person: Person, box: Box) -> None:
        """Everything in a person's hands goes in."""
        assert box.open
        box.papers += person.hands
        person.hands.clear()

    def take_out(self, person: Person, box: Box) -> None:
        """Everything inside goes into a person's hands."""
        assert box.open
        if person.staff_no and not person.helps:
            self.taken += [(paper, person) for paper in box.papers]
        person.hands += box.papers
        box.papers.clear()

    def next_for(self, helper: Person) -> None:
        """A helper turns to the next person."""
        if helper.speaks_for is not None:
            helper.spoke_for.append(helper.speaks_for)
        self._helped += 1
        helper.speaks_for = citizen(HELPED + self._helped)

    def open_boxes(self) -> list[Box]:
        """Doors that stand open."""
        return [box for box in self.boxes.values() if box.open]


def card_of(staff_no: str) -> bytes:
    """The number of a member of staff's card."""
    return f"{int(staff_no):07d}".encode()


def principal_of(person: Person) -> Person:
    """Somebody for whom this person hands in, the same each time."""
    if person.speaks_for is None:
        person.speaks_for = citizen(person.number + PRINCIPALS)
    return person.speaks_for


def citizen(number: int) -> Person:
    """A made-up person whose number has the right check digit (GB 11643)."""
    birth = date(1950 + number % 55, 1 + number % 12, 1 + number % 28)
    body = f"370303{birth:%Y%m%d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
    return Person(number, name=f"甲{number}", id_number=body + check, phone=f"139{number % 10**8:08d}")
