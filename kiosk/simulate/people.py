"""The simulated people: they look at the page, touch what it offers, and do at the cabinet what people do.

Most do what the page suggests. Some dawdle, leave, come back, put nothing in, slam doors, touch anything.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from kiosk.receiptcode import receipt_code
from kiosk.runtime.headless import WRITTEN, controls_of
from screens import intents as ask
from screens.viewmodels import Action, CardPage, KeypadPage, SignPage, Tone, ViewModel, WritePage

from .site import KIOSK_ID
from .world import Box, Person, World, card_of, principal_of

LOOKS_S: Final = 0.1  # the shortest time between two things that a person does
AT_THE_DOOR_S: Final = 1.2
SLAMMED_SHARE: Final = 0.02
SPRINGS_BACK_S: Final = 0.1
PATIENCE: Final = 6  # the same page so often is enough
MOST_ACTS: Final = 150  # then anybody has had enough
STARTS_OVER_SHARE: Final = 0.8
WORKS_SHARE: Final = 0.8
TAKES_SHARE: Final = 0.85  # of the doors that staff open
CARD_SHARE: Final = 0.3  # of staff's beginnings
GIVES_UP_SHARE: Final = 0.5
WRITES_SHARE: Final = 0.8  # of the moments in which words are offered
SIGNS_SHARE: Final = 0.85
LACKS_SHARE: Final = 0.5  # of the moments in which papers that may follow are asked for
CODE_PAGES: Final = ("progress.ways", "progress.number")
HOLDS_SHARE: Final = 0.3  # of the looks at them: a receipt is held to the scanner
STRANGE_SHARE: Final = 0.1  # of these: it is none
FOR_ANOTHER: Final = "guide.for_another"
PLACE: Final = "renminlu"
CODE: Final = "913703051234567890"
FOR_ANOTHER_SHARE: Final = 0.15  # of the guides that are read
BRINGS_CARD_SHARE: Final = 0.75  # of those who hand in for somebody else; the others have a letter
OWN_AGAIN_SHARE: Final = 0.1
FORM_DIGITS: Final = {
    "form.date": "20261105", "form.number": "12", "form.digits": "6222021234567890", "form.phone": "13131313131",
    "form.id_number": "11010519491231002X",
}  # fmt: skip
DISOWNS_SHARE: Final = 0.05  # of the looks at an open compartment with a result
WORK: Final = (ask.CollectCase, ask.ResolveCell, ask.ChooseCell)  # what staff have come for
TRIES: Final = (ask.ShowDevice("main"), ask.RunTest("door"))  # what a technician has come for
OF_STAFF: Final = ("staff.", "vendor.")  # how their pages' names begin
SIGNING_IN: Final = ("staff.number", "staff.pin")
DESK: Final = "helper.desk"
MORE_SHARE: Final = 0.7  # of the moments at the desk there is one more for whom to hand in
FOR_ALL: Final = frozenset({"home", "notice.help"})
NOT_PLAYED: Final = frozenset({"vendor.report"})  # it is written on the disk of the machine that plays
CHROME: Final = frozenset(
    {
        "head.staff",
        "action.help",
        "action.language",
        "action.everyone",
        "action.start_over",
    }
)


@dataclass(frozen=True, slots=True)
class Manners:
    """How somebody behaves; shares of the moments at which they could."""

    leaves: float = 0.004
    wanders: float = 0.03  # touches anything at all
    empty_handed: float = 0.04
    leaves_door: float = 0.03
    dawdles: float = 0.004


class Visit:
    """One person's visit. `shown` gives the page, `post` takes touches."""

    def __init__(
        self, world: World, person: Person, rng: Random,
        shown: Callable[[], ViewModel | None], post: Callable[[ask.Intent], None], manners: Manners,
    ) -> None:  # fmt: skip
        self._world = world
        self._person = person
        self._rng = rng
        self._shown = shown
        self._post = post
        self._manners = manners
        self._typed = ""
        self._last = ""
        self._seen: Counter[str] = Counter()
        self._has_enough = False  # nothing is to be had here now

    async def run(self) -> None:
        """From the first touch until the person has gone, the card with them if they think of it."""
        begun = False
        for _ in range(MOST_ACTS):
            await asyncio.sleep(LOOKS_S + self._rng.expovariate(4))
            if self._rng.random() < self._manners.dawdles:
                await asyncio.sleep(self._rng.random() * 60)
            page = self._shown()
            if page is None:
                continue
            if page.name == "home" and begun and not self._world.open_boxes():
                break
            begun = begun or page.name != "home"
            if self._last != page.name:
                self._seen[page.name] += 1
                self._typed = ""
            self._last = page.name
            if self._seen[page.name] > PATIENCE or self._has_enough:
                break
            if self._rng.random() < self._manners.leaves:
                break
            await self._act(page)
        self._go()

    def _go(self) -> None:
        mine = (self._person, self._person.speaks_for)
        if self._world.reader is not None and self._world.reader in mine and self._rng.random() < 0.97:
            self._world.reader = None
        for box in self._world.open_boxes():  # whoever comes next closes it, most of the time
            if self._rng.random() >= self._manners.leaves_door:
                box.open = False

    async def _act(self, page: ViewModel) -> None:
        if page.name == "pickup.open" and self._rng.random() < DISOWNS_SHARE:
            self._post(ask.NotMine())
            return
        if await self._at_the_cabinet() or self._card(page):
            return
        if page.chrome.seconds_left is not None or self._rng.random() < self._manners.wanders:
            self._touch_any(page)
        elif self._is_strange(page) and self._rng.random() < STARTS_OVER_SHARE:
            self._post(ask.StartOver())
        elif page.name in CODE_PAGES and self._rng.random() < HOLDS_SHARE:
            strange = self._rng.random() < STRANGE_SHARE
            self._world.hold_code("" if strange else receipt_code(KIOSK_ID, self._case_number()))
        elif isinstance(page, WritePage):
            self._write(page)
        elif isinstance(page, SignPage):
            self._sign(page)
        elif page.name == "promise.papers" and self._rng.random() < LACKS_SHARE:
            self._touch_any(page, but=CHROME | {"promise.all_here", "promise.go_on"})
        elif isinstance(page, KeypadPage) and page.name in FORM_DIGITS:
            self._answer(page)
        elif isinstance(page, KeypadPage):
            self._type(page)
        else:
            self._choose(page)

    def _is_strange(self, page: ViewModel) -> bool:
        """What somebody else has left behind."""
        of_staff = page.name.startswith(OF_STAFF)
        is_mine = of_staff == bool(self._person.staff_no)
        if self._person.helps:
            is_mine = not of_staff or page.name in SIGNING_IN
        elif page.name.startswith("helper."):
            is_mine = False
        return not is_mine and page.chrome.can_start_over and page.name not in FOR_ALL

    def _touch_any(self, page: ViewModel, but: frozenset[str] = frozenset()) -> None:
        but |= NOT_PLAYED
        offered = [intent for key, intent, enabled in controls_of(page) if enabled and key not in but]
        if offered:
            self._post(self._rng.choice(offered))

    async def _at_the_cabinet(self) -> bool:
        boxes = self._world.open_boxes()
        if not boxes:
            return False
        self._use(boxes[0])
        await asyncio.sleep(AT_THE_DOOR_S)  # nobody is quicker than the sensor is read
        self._shut(boxes[0])
        return True

    def _use(self, box: Box) -> None:
        person, rng = self._person, self._rng
        if person.staff_no and not person.helps:
            if rng.random() < TAKES_SHARE:
                self._world.take_out(person, box)
            elif person.hands and rng.random() < 0.5:
                self._world.put_in(person, box)
        elif box.papers and rng.random() < 0.5:
            self._world.take_out(person, box)
        elif rng.random() >= self._manners.empty_handed:
            if not person.hands:
                self._world.new_paper(person)
            self._world.put_in(person, box)

    def _shut(self, box: Box) -> None:
        if self._rng.random() < self._manners.leaves_door:
            return
        box.open = False
        if self._rng.random() < SLAMMED_SHARE:  # it springs open again
            self._world.later(SPRINGS_BACK_S, box.swing)

    def _card(self, page: ViewModel) -> bool:
        """The card goes where the page asks for it."""
        if self._person.staff_no and not self._person.helps:
            return False
        if page.name.startswith(("agency.", "helper.")) and isinstance(page, CardPage):
            return self._other_card(page)
        if page.name.split(".")[0] == "card" and self._world.reader is None:
            self._world.reader = principal_of(self._person) if self._person.helps else self._person
            return True
        if "take_card" in page.name and self._world.reader is not None:
            self._world.reader = None  # somebody's: it does not stay
            return True
        return False

    def _other_card(self, page: CardPage) -> bool:
        """The card of whom they hand in for takes the place of what lies there, their own by mistake now and then."""
        world, rng = self._world, self._rng
        if page.reading:
            return True
        if world.reader is None:
            if self._person.helps and rng.random() >= BRINGS_CARD_SHARE:
                return False
            own = not self._person.helps and rng.random() < OWN_AGAIN_SHARE
            world.reader = self._person if own else principal_of(self._person)
            return True
        if rng.random() < BRINGS_CARD_SHARE:
            world.reader = None
            return True
        return False

    def _type(self, page: KeypadPage) -> None:
        wanted = self._wanted(page)
        if len(self._typed) < len(wanted):
            digit = wanted[len(self._typed)]
            self._typed += digit
            self._post(ask.Digit(int(digit)))
            return
        self._typed = ""
        offered = [action.intent for action in _actions(page) if action.enabled]
        if offered:
            self._post(offered[0])

    def _answer(self, page: KeypadPage) -> None:
        """All digits at one go: a form is no place to test the patience of the simulator."""
        for sign in FORM_DIGITS[page.name] if not page.shown else "":
            self._post(ask.LetterX() if sign == "X" else ask.Digit(int(sign)))
        if page.shown:
            self._post(ask.Proceed())

    def _write(self, page: WritePage) -> None:
        if page.candidates and self._rng.random() < WRITES_SHARE:
            self._post(page.candidates[0].intent)
        elif page.typed and page.tone is Tone.PLAIN:
            self._post(ask.Proceed())
        elif page.signs and not page.typed and not page.letters:
            for letter in PLACE:
                self._post(ask.Letter(letter))
        else:
            for digit in CODE:
                self._post(ask.Digit(int(digit)))

    def _sign(self, page: SignPage) -> None:
        """Most write their name; some try a touch first, or clear what they wrote."""
        if not page.strokes:
            self._post(ask.Drawn(WRITTEN if self._rng.random() < SIGNS_SHARE else WRITTEN[:1]))
        elif self._rng.random() < SIGNS_SHARE:
            self._post(ask.Proceed())
        else:
            self._post(ask.ClearTyped())

    def _wanted(self, page: KeypadPage) -> str:
        person = self._person
        if page.name in ("staff.number", "staff.pin"):
            return (person.pin if page.name == "staff.pin" else person.staff_no) or "1"
        if page.name in ("staff.second", "staff.second.pin"):  # a colleague is called
            return person.second_pin if page.name == "staff.second.pin" else person.second_no
        if page.name.startswith(("phone", "help.phone")):
            return (person.speaks_for or person).phone if person.helps else person.phone
        if page.name == "progress.number":
            return self._case_number().replace("-", "")
        codes = [code for text in person.inbox for code in re.findall(r"(?<!\d)\d{6,8}(?!\d)", text)]
        return codes[-1] if codes and self._rng.random() < 0.95 else f"{self._rng.randrange(10**8):08d}"

    def _case_number(self) -> str:
        """That of the newest text message; whoever has none tries any number."""
        numbers = [found for text in self._person.inbox for found in re.findall(r"\d{6}-\d{4}", text)]
        return numbers[-1] if numbers else "000000-0000"

    def _choose(self, page: ViewModel) -> None:
        if page.name == "home" and self._person.staff_no:
            if self._rng.random() < CARD_SHARE:
                self._world.staff_card = card_of(self._person.staff_no)
            else:
                self._post(ask.StaffEntrance())
            return
        if page.name == DESK and self._person.helps:
            self._at_desk(page)
            return
        primary = [action for action in _actions(page) if action.primary]
        first = [action.intent for action in primary if action.enabled]
        work = self._work(page)
        another = [intent for _, intent, _ in controls_of(page) if isinstance(intent, ask.ForAnother)]
        if another and not self._seen[FOR_ANOTHER] and self._rng.random() < FOR_ANOTHER_SHARE:
            self._seen[FOR_ANOTHER] = 1
            self._post(another[0])
            return
        if work and self._rng.random() < WORKS_SHARE:
            self._post(self._rng.choice(work))
        elif first and self._rng.random() < 0.9:
            self._post(first[0])
        elif page.name == "guide" and primary and self._rng.random() < GIVES_UP_SHARE:
            self._has_enough = True  # no compartment is free
        else:
            self._touch_any(page, but=CHROME)

    def _at_desk(self, page: ViewModel) -> None:
        """The next person, as long as there is one and anything can be handed in."""
        following, end = _actions(page)
        more = following.enabled and self._rng.random() < MORE_SHARE
        if more:
            self._world.next_for(self._person)
        self._post((following if more else end).intent)

    def _work(self, page: ViewModel) -> list[ask.Intent]:
        """What staff have come for; no page but theirs offers it."""
        if not page.name.startswith(OF_STAFF):
            return []
        offered = [intent for _, intent, enabled in controls_of(page) if enabled]
        return [intent for intent in offered if isinstance(intent, WORK) or intent in TRIES]


def _actions(value: object) -> list[Action]:
    if isinstance(value, Action):
        return [value]
    found: list[Action] = []
    for name in getattr(value, "__dataclass_fields__", ()):
        part = getattr(value, name)
        for one in part if isinstance(part, tuple) else (part,):
            if isinstance(one, Action):
                found.append(one)
    return found
