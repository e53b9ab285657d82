"""Lines of a serial scanner to codes: whole, byte by byte, glued, inside garbage, cut off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.codes.lines import GAP_S, LONGEST_BYTES, Encoding, LineParser, parse_line
from drivers.contracts.codes import Code, Symbology
from drivers.link import Drop, NeedMore, Parsed


class Clock:
    """Time that stands still until told."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def parser(clock: Clock | None = None, *, aim: bool = False, encoding: Encoding = "utf-8") -> LineParser:
    return LineParser(aim_prefix=aim, encoding=encoding, clock=clock or Clock())


def feed(parse: LineParser, *chunks: bytes) -> list[Code]:
    """What comes out when these chunks arrive one after the other, as `Link` does it."""
    pending, codes = bytearray(), []
    for chunk in chunks:
        pending += chunk
        while True:
            match parse(bytes(pending)):
                case Parsed(code, count):
                    codes.append(code)
                    del pending[:count]
                case Drop(count):
                    del pending[:count]
                case NeedMore():
                    break
            if not pending:
                break
    return codes


def texts(codes: list[Code]) -> list[str]:
    return [code.untrusted_text for code in codes]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_line_ends(end: bytes) -> None:
    assert texts(feed(parser(), b"261122-0001" + end + b"261122-0002" + end)) == [
        "261122-0001",
        "261122-0002",
    ]


def test_byte_by_byte() -> None:
    line = "办件 261122-0001\r\n".encode()
    assert texts(feed(parser(), *(line[n : n + 1] for n in range(len(line))))) == ["办件 261122-0001"]


# ISO/IEC 15424: the identifiers that scanners' manuals give as examples
@pytest.mark.parametrize(
    ("line", "symbology", "text"),
    [
        (b"]Q1261122-0001", Symbology.QR, "261122-0001"),
        (b"]C0ABC", Symbology.CODE_128, "ABC"),
        (b"]C101095060001343", Symbology.CODE_128, "01095060001343"),
        (b"]E04006381333931", Symbology.EAN_UPC, "4006381333931"),
        (b"]A0CODE39", Symbology.CODE_39, "CODE39"),
        (b"]d2\x1d0104", Symbology.DATA_MATRIX, "\x1d0104"),
        (b"]L0X", Symbology.PDF_417, "X"),
        (b"]I0123456", Symbology.ITF, "123456"),
        (b"]z0A", Symbology.AZTEC, "A"),
        (b"]F0A1B", Symbology.CODABAR, "A1B"),
        (b"]G0Z", Symbology.CODE_93, "Z"),
        (b"]X0?", Symbology.UNKNOWN, "?"),
    ],
)
def test_identifiers(line: bytes, symbology: Symbology, text: str) -> None:
    assert parse_line(line, aim_prefix=True, encoding="utf-8") == Code(text, symbology)


def test_without_the_setting_the_identifier_is_content() -> None:
    assert parse_line(b"]Q1A", aim_prefix=False, encoding="utf-8") == Code("]Q1A")


@pytest.mark.parametrize(
    "line", [b"", b"]Q1", b"A", b"\xfa\xfd]Q1A", b"]Q1\xff\xfe", b"]Q1A\x00B", b"]Q1\x1bB"]
)
def test_noise_is_no_code(line: bytes) -> None:
    assert parse_line(line, aim_prefix=True, encoding="utf-8") is None


def test_chinese_of_scanners_set_to_gb18030() -> None:
    assert parse_line("办件".encode("gb18030"), aim_prefix=False, encoding="gb18030") == Code("办件")
    assert parse_line("办件".encode("gb18030"), aim_prefix=False, encoding="utf-8") is None


def test_garbage_before_costs_that_line_only() -> None:
    assert texts(feed(parser(), b"\xfa\xfd\x99\x991\r2\r")) == ["2"]


def test_a_half_code_is_not_glued_to_the_next_one() -> None:
    clock = Clock()
    parse = parser(clock)
    assert feed(parse, b"26112") == []
    clock.now_s += GAP_S + 0.01
    assert parse(b"26112" + b"261122-0002\r") == Drop(5)
    assert parse(b"261122-0002\r") == Parsed(Code("261122-0002"), 12)


def test_a_slow_code_is_one_code() -> None:
    clock = Clock()
    parse = parser(clock)
    assert isinstance(parse(b"2611"), NeedMore)
    clock.now_s += GAP_S - 0.01
    assert parse(b"261122\r") == Parsed(Code("261122"), 7)


def test_noise_without_end_does_not_grow_for_ever() -> None:
    assert parser()(b"x" * (LONGEST_BYTES + 1)) == Drop(LONGEST_BYTES + 1)


def test_the_text_is_not_in_the_repr() -> None:
    assert "261122" not in repr(Code("261122-0001", Symbology.QR))


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_any_bytes_are_used_up(chunks: list[bytes]) -> None:
    for code in feed(parser(), *chunks):
        assert code.untrusted_text
        assert "\r" not in code.untrusted_text
