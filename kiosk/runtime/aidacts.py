"""A problem that somebody reports, with the machine as it is; a call back that somebody asks for."""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Final, assert_never

from drivers.contracts.health import Health
from kiosk.journal.counterevents import CallRequested, ProblemReported
from kiosk.journal.errors import JournalError
from kiosk.journal.journal import Journal
from kiosk.journal.types import Channel, Notice
from kiosk.notify.policy import TIME_FORMAT, SmsPayload
from kiosk.notify.texts import Language, render
from kiosk.numbering import next_number
from kiosk.session import effects as do
from kiosk.session import events as ev
from kiosk.session.aidstate import Problem

logger = logging.getLogger(__name__)

HOUR: Final = timedelta(hours=1)
CALL_KIND: Final = "call.requested"
CALL_KEY: Final = f"{CALL_KIND}.staff"
REPORT_LETTER: Final = "P"
CALL_LETTER: Final = "C"


@dataclass(slots=True)
class Hourly:
    """So many an hour and no more: a child's game must not keep staff from real messages."""

    most: int
    _given: deque[datetime] = field(default_factory=deque)

    def take(self, now: datetime) -> bool:
        """Whether there is one more, which is taken."""
        while self._given and not timedelta(0) <= now - self._given[0] < HOUR:  # or the clock was set back
            self._given.popleft()
        if len(self._given) >= self.most:
            return False
        self._given.append(now)
        return True


@dataclass(frozen=True, slots=True)
class AidDesk:
    """Performs `do.AidEffect`; the outcome is always an `AidAnswer`.

    `states`: each device by its inventory's name; `page`: the name of the page below help; `on_call`: staff to be told,
    `technicians` where there are none; `texts`: whether a text message can be sent now.
    """

    journal: Journal
    states: Callable[[], Mapping[str, Health]]
    page: Callable[[], str]
    on_call: Callable[[], Sequence[str]]
    technicians: Callable[[], Sequence[str]]
    texts: Callable[[], bool]
    place: Callable[[Language], str]
    language: Language
    now: Callable[[], datetime]
    post: Callable[[ev.Event], None]
    reports: Hourly
    people: Hourly  # apart: a game with reports must not cost somebody in need the message
    calls: Hourly

    async def perform(self, effect: do.AidEffect) -> None:
        """Do it. A fact that the journal can't take is an answer here: the page below must not hear of it."""
        is_call = isinstance(effect, do.AskCallBack)
        try:
            number = await self._recorded(effect)
        except JournalError as error:
            logger.error("%s could not be recorded: %s", type(effect).__name__, error)
            number = ""
        self.post(ev.AidAnswer(number, is_call=is_call))

    async def _recorded(self, effect: do.AidEffect) -> str:
        match effect:
            case do.ReportProblem(problem):
                return await self._report(problem)
            case do.AskCallBack(phone):
                return await self._call(phone)
            case _:
                assert_never(effect)

    async def _report(self, problem: str) -> str:
        number = await self._number(REPORT_LETTER, ProblemReported.__name__, "report")
        devices = tuple(f"{name} {health.status.value}" for name, health in sorted(self.states().items()))
        head = (await self.journal.anchor()).text
        is_person = problem == Problem.PERSON
        told = (self.people if is_person else self.reports).take(self.now())
        fact = ProblemReported(number, problem, self.page(), version("nightdesk"), devices, head, told)
        await self.journal.append(fact)
        reached = told and self.texts() and bool(self.on_call() or self.technicians())
        return number if reached or not is_person else ""  # nobody waits for help that nobody was asked for

    async def _call(self, phone: str) -> str:
        """The number goes out in a sealed message, which is wiped when it was delivered; no fact has it."""
        whom = tuple(self.on_call())
        if not whom or not self.calls.take(self.now()):
            return ""
        number = await self._number(CALL_LETTER, CallRequested.__name__, "call")
        values = {
            "place": self.place(self.language), "time": self.now().strftime(TIME_FORMAT),
            "phone": phone, "call": number,
        }  # fmt: skip
        words = SmsPayload(
            CALL_KIND, render(self.language, CALL_KEY, values), (), CALL_KEY, self.language.value, values
        )
        notices = [Notice(Channel.SMS, one, words.encode(), personal=True, case_id=number) for one in whom]
        await self.journal.append(CallRequested(number, self.page()), notices)
        return number

    async def _number(self, letter: str, kind: str, name: str) -> str:
        newest = await self.journal.last_event(kind)
        return next_number(letter, self.now(), "" if newest is None else str(newest.data[name]))
