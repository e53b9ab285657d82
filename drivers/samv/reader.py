"""ID card reader with a SAM_V module: what is asked when, over any link; and the reader on a serial line."""

from typing import Final, Protocol

from drivers.contracts.idreader import RawCard
from drivers.errors import CardLifted, CardUnreadable, DeviceRefused, LinkTimeout
from drivers.link import Link, OnLink

from .frames import (
    FIND,
    READ_BASE,
    READ_NEW_ADDRESS,
    SAM_ID,
    SAM_STATUS,
    SELECT,
    Request,
    Response,
    Status,
    parser_for,
    sam_number,
    split_base,
)

ATTEMPTS: Final = 2

# Answers about the module or the line and not about a card: no card decision may rest on them.
OF_THE_MODULE: Final = frozenset(
    {
        Status.CHECKSUM_ERROR,
        Status.LENGTH_ERROR,
        Status.UNKNOWN_COMMAND,
        Status.SELF_TEST_FAILED,
        Status.NOT_AUTHORISED,
    }
)


class SamVConfig(Protocol):
    """What `create` reads."""

    @property
    def url(self) -> str:
        """Device path or pyserial URL."""

    @property
    def baudrate(self) -> int:
        """Bits a second; 115200 from the factory."""

    @property
    def answer_timeout_s(self) -> float:
        """Deadline of a short answer."""

    @property
    def read_timeout_s(self) -> float:
        """Deadline of a reading: RF, decryption, 1295 bytes."""


class SamVReader(OnLink):
    """`drivers.contracts.idreader.IdReader`. An answer that tells of the module or the line is `DeviceRefused`."""

    def __init__(self, link: Link, *, answer_timeout_s: float, read_timeout_s: float) -> None:
        super().__init__(link)
        self._answer_timeout_s = answer_timeout_s
        self._read_timeout_s = read_timeout_s

    async def connect(self) -> None:
        """Open the line, see the module's self-test pass. Raises `LinkError`, `DeviceRefused`."""
        await self._link.open()
        await self._succeed(SAM_STATUS, "at its self-test")

    async def identity(self) -> str:
        """The module's number."""
        answer = await self._succeed(SAM_ID, "when asked for its number")
        return sam_number(answer.data)

    async def find(self) -> bool:
        """Look for a card; the first try after an idle time often fails, so a failure is tried once more."""
        for _ in range(ATTEMPTS):
            answer = await self._ask(FIND)
            if answer.status is Status.FOUND:
                return True
            if answer.status is not Status.FIND_FAILED:
                raise DeviceRefused(f"ID reader: {_words(answer)} when looking for a card")
        return False

    async def read(self) -> RawCard:
        """Select, read text and photo, read additional addresses. Raises `CardLifted` or `CardUnreadable`."""
        selected = await self._ask(SELECT)
        if selected.status is not Status.SUCCESS:
            raise await self._why_unread(selected, "when selecting the card")
        answer = await self._ask(READ_BASE)
        if answer.status is not Status.SUCCESS:
            raise await self._why_unread(answer, "when reading the card")
        text, photo = split_base(answer.data)
        return RawCard(text, photo, await self._new_address())

    async def still_there(self) -> bool:
        """Ask for additional addresses: an answer, or `no such item`, comes only while the card lies there."""
        answer = await self._ask(READ_NEW_ADDRESS)
        return answer.status in (Status.SUCCESS, Status.NO_SUCH_ITEM)

    async def close(self) -> None:
        """Release the line."""
        await self._link.close()

    async def _new_address(self) -> bytes:
        answer = await self._ask(READ_NEW_ADDRESS)
        return answer.data if answer.status is Status.SUCCESS else b""

    async def _why_unread(self, answer: Response, when: str) -> CardLifted | CardUnreadable:
        """A card that is found anew lies there and is unreadable; else it was lifted."""
        words = f"ID reader: {_words(answer)} {when}"
        return CardUnreadable(words) if await self.find() else CardLifted(words)

    async def _succeed(self, request: Request, when: str) -> Response:
        answer = await self._ask(request)
        if answer.status is not Status.SUCCESS:
            raise DeviceRefused(f"ID reader: {_words(answer)} {when}")
        return answer

    async def _ask(self, request: Request) -> Response:
        """The answer; asked twice when none came, or when the request arrived damaged."""
        try:
            answer = await self._exchange(request)
        except LinkTimeout:
            if request is READ_BASE:  # not repeated blindly: the card must be found anew
                raise
            answer = await self._exchange(request)
        else:
            if answer.status is Status.CHECKSUM_ERROR:
                answer = await self._exchange(request)
        if answer.status is None or answer.status in OF_THE_MODULE:
            raise DeviceRefused(
                f"ID reader: {_words(answer)}; switch it off and on, check its cable, else replace it"
            )
        return answer

    async def _exchange(self, request: Request) -> Response:
        limit_s = self._read_timeout_s if request is READ_BASE else self._answer_timeout_s
        return await self._link.exchange(request.encode(), parser_for(request), timeout_s=limit_s)


def _words(answer: Response) -> str:
    if answer.status is None:
        return f"unlisted answer {answer.sw1:02X} {answer.sw2:02X} {answer.sw3:02X}"
    return f"{answer.status.name.lower().replace('_', ' ')} ({answer.sw3:02X})"


def create(config: SamVConfig) -> SamVReader:
    """A reader from its settings, unconnected."""
    link = Link(config.url, baudrate=config.baudrate, name="id-reader")
    return SamVReader(link, answer_timeout_s=config.answer_timeout_s, read_timeout_s=config.read_timeout_s)
