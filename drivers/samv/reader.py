"""ID card reader with a SAM_V module over a serial line."""

from typing import Final, Protocol

from drivers.contracts.idreader import RawCard
from drivers.errors import CardLifted, CardUnreadable, DeviceRefused, LinkTimeout
from drivers.link import Link

from .frames import (
    ADDRESS_BYTES,
    FIND,
    MOST_ADDRESSES,
    READ_BASE,
    READ_NEW_ADDRESS,
    SAM_ID,
    SAM_STATUS,
    SELECT,
    Request,
    Response,
    Status,
    parse,
    sam_number,
    split_base,
)

ATTEMPTS: Final = 2


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


class SamVReader:
    """`drivers.contracts.idreader.IdReader`."""

    def __init__(self, link: Link, *, answer_timeout_s: float, read_timeout_s: float) -> None:
        self._link = link
        self._answer_timeout_s = answer_timeout_s
        self._read_timeout_s = read_timeout_s

    async def connect(self) -> None:
        """Open the line, see the module's self-test pass. Raises `LinkError`, `DeviceRefused`."""
        await self._link.open()
        status = await self._ask(SAM_STATUS)
        if status.status is not Status.SUCCESS:
            raise DeviceRefused(f"ID reader: {_words(status)} at its self-test; switch it off and on, else replace it")

    async def identity(self) -> str:
        """The module's number."""
        answer = await self._ask(SAM_ID)
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
            raise CardLifted(f"ID reader: {_words(selected)} when selecting the card")
        answer = await self._ask(READ_BASE, timeout_s=self._read_timeout_s)
        if answer.status is not Status.SUCCESS:
            raise await self._why_unread(answer)
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
        if answer.status is not Status.SUCCESS:
            return b""
        whole = min(len(answer.data) // ADDRESS_BYTES, MOST_ADDRESSES) * ADDRESS_BYTES
        return answer.data[:whole]

    async def _why_unread(self, answer: Response) -> CardLifted | CardUnreadable:
        """A card that can be selected anew lies there and is unreadable; else it was lifted."""
        words = f"ID reader: {_words(answer)} when reading the card"
        if await self.find() and (await self._ask(SELECT)).status is Status.SUCCESS:
            return CardUnreadable(words)
        return CardLifted(words)

    async def _ask(self, request: Request, *, timeout_s: float | None = None) -> Response:
        limit_s = timeout_s or self._answer_timeout_s
        try:
            answer = await self._link.exchange(request.encode(), parse, timeout_s=limit_s)
        except LinkTimeout:
            if timeout_s is not None:  # a reading is not repeated blindly: the card must be found anew
                raise
        else:
            if answer.status is not Status.CHECKSUM_ERROR:
                return answer
        return await self._link.exchange(request.encode(), parse, timeout_s=limit_s)


def _words(answer: Response) -> str:
    if answer.status is None:
        return f"unlisted answer {answer.sw1:02X} {answer.sw2:02X} {answer.sw3:02X}"
    return f"{answer.status.name.lower().replace('_', ' ')} ({answer.sw3:02X})"


def create(config: SamVConfig) -> SamVReader:
    """A reader from its settings, unconnected."""
    link = Link(config.url, baudrate=config.baudrate, name="id-reader")
    return SamVReader(
        link, answer_timeout_s=config.answer_timeout_s, read_timeout_s=config.read_timeout_s
    )
