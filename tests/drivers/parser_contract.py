"""What every parser does with what a line can carry. A test class derives from this and says what is good."""

from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.link import Drop, NeedMore, Parsed, Parser


def frames_in(parse: Parser[Any], data: bytes, *, chunk: int | None = None) -> list[Any]:
    """All frames that the parser finds, fed in chunks as a line would."""
    found, pending = [], b""
    for start in range(0, len(data), chunk or len(data)):
        pending += data[start : start + (chunk or len(data))]
        while pending:
            result = parse(pending)
            if isinstance(result, NeedMore):
                break
            if isinstance(result, Parsed):
                found.append(result.frame)
            pending = pending[result.count :]
    return found


class ParserContract:
    """`GOOD` and `TWIN` are two frames that are wanted (`WANTED`, `WANTED_TWIN`), the twin with the start inside its
    data where the protocol allows that; none of `OTHERS` is. `CHECKED`: a wrong byte is found by a checksum.
    """

    GOOD: ClassVar[bytes]
    WANTED: ClassVar[object]
    TWIN: ClassVar[bytes]
    WANTED_TWIN: ClassVar[object]
    OTHERS: ClassVar[tuple[bytes, ...]]
    CHECKED: ClassVar[bool] = True

    def parser(self) -> Parser[Any]:
        raise NotImplementedError

    def found(self, data: bytes, chunk: int | None = None) -> list[Any]:
        return frames_in(self.parser(), data, chunk=chunk)

    @pytest.mark.parametrize("chunk", [None, 1, 2, 5])
    def test_exactly_the_whole_frames_are_found(self, chunk: int | None) -> None:
        good, twin, both = self.GOOD, self.TWIN, [self.WANTED, self.WANTED_TWIN]
        assert self.found(good, chunk) == [self.WANTED]
        assert self.found(good + twin + good, chunk) == [*both, self.WANTED]
        assert self.found(twin + b"\xff", chunk) == [self.WANTED_TWIN]
        assert self.found(bytes.fromhex("FA FD 99 99") + good, chunk) == [self.WANTED]
        assert self.found(good[: len(good) // 2], chunk) == []
        assert self.found(good[: len(good) // 2] + good + twin, chunk) == both
        assert self.found(good[:1] + good, chunk) == [self.WANTED]

    @pytest.mark.parametrize("chunk", [None, 1])
    def test_what_others_say_is_passed_over(self, chunk: int | None) -> None:
        for other in self.OTHERS:
            assert self.found(other, chunk) == [], other.hex(" ")
            assert self.found(other + self.GOOD, chunk) == [self.WANTED], other.hex(" ")

    def test_no_single_wrong_byte_is_believed(self) -> None:
        for position in range(len(self.GOOD) if self.CHECKED else 0):
            for change in range(1, 256):
                bent = bytearray(self.GOOD)
                bent[position] ^= change
                assert self.found(bytes(bent)) == [], bent.hex(" ")

    def test_a_wrong_checksum_is_called_so(self) -> None:
        bent = self.GOOD[:-1] + bytes((self.GOOD[-1] ^ 1,))
        result = self.parser()(bent)
        assert isinstance(result, Drop)
        assert result.checksum == self.CHECKED

    def test_it_always_moves(self) -> None:
        @given(st.binary(min_size=1, max_size=60))
        def on(noise: bytes) -> None:
            result = self.parser()(noise)
            assert isinstance(result, NeedMore | Drop | Parsed)
            assert isinstance(result, NeedMore) or 1 <= result.count <= len(noise)

        on()
