"""The PDU codec against published and recomputed vectors; the emulator's decoder reads what the codec wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.emulators.gsm import PduError, decode_submit, unpack_septets
from drivers.gsm.pdu import SubmitOptions, encode_submit, relative_validity

LONG = "【XX银行】" + "尊敬的客户，" * 15 + "完。"
FIRST = (
    "00412A0D91683108108300F000088C0500032A020130100058005894F6884C3011"
    + "5C0A656C76845BA26237FF0C" * 10
    + "5C0A"
)
SECOND = (
    "00412A0D91683108108300F00008440500032A0202"
    + "656C76845BA26237FF0C5C0A" * 4
    + "656C76845BA26237FF0C5B8C3002"
)
CODE = "000D91683108108300F000081860A8768453D64EF67801662F003100320033003400350036"


@pytest.mark.parametrize(
    ("number", "text", "options", "octets", "pdu"),
    [
        ("+8613800138000", "您的取件码是123456", SubmitOptions(), 38, "0001" + CODE),
        (
            "+8613800138000", "您的取件码是123456", SubmitOptions(status_report=True), 38,
            "0021" + CODE,
        ),
        (
            "13800138000", "您的取件码是123456", SubmitOptions(national_toa=0xA1), 37,
            "0001000BA13108108300F000081860A8768453D64EF67801662F003100320033003400350036",
        ),
        ("+8613800138000", "你好", SubmitOptions(), 18, "0001000D91683108108300F00008044F60597D"),
        ("13800138000", "hello", SubmitOptions(national_toa=0xA1), 18, "0001000BA13108108300F0000005E8329BFD06"),
        ("+27820001111", "Hello World!", SubmitOptions(), 24, "0001000B917228001011F100000CC8329BFD065DDF72363904"),
        (
            "123456789", "世界您好！",
            SubmitOptions(validity=0xF4, service_centre="+44000000000", national_toa=0x91), 23,
            "07914400000000F01100099121436587F90008F40A4E16754C60A8597DFF01",
        ),
    ],
)  # fmt: skip
def test_single(number: str, text: str, options: SubmitOptions, octets: int, pdu: str) -> None:
    (part,) = encode_submit(number, text, reference=1, options=options)
    assert (part.hex, part.tpdu_octets) == (pdu, octets)


def test_long_text_in_two_parts() -> None:
    parts = encode_submit("+8613800138000", LONG, reference=0x2A)
    assert [part.tpdu_octets for part in parts] == [154, 82]
    assert [part.hex for part in parts] == [FIRST, SECOND]


@given(
    text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=700),
    reference=st.integers(0, 255),
)
def test_every_text_arrives_whole(text: str, reference: int) -> None:
    parts = [
        decode_submit(part.hex, part.tpdu_octets)
        for part in encode_submit("+8613800138000", text, reference=reference)
    ]
    assert "".join(part.text for part in parts) == text
    assert [part.sequence for part in parts] == list(range(1, len(parts) + 1))
    assert {part.number for part in parts} == {"+8613800138000"}


@given(
    text=st.text(
        "@£$ABCxyz {}[]€\\~|^0129\n", min_size=1, max_size=500
    )
)  # fmt: skip
def test_seven_bit_texts_with_escapes_arrive_whole(text: str) -> None:
    parts = encode_submit("10086", text, reference=7)
    assert "".join(decode_submit(part.hex, part.tpdu_octets).text for part in parts) == text
    assert len(parts) == 1 or all(part.tpdu_octets <= 155 for part in parts)


@pytest.mark.parametrize(("length", "parts"), [(160, 1), (161, 2), (306, 2), (307, 3)])
def test_room_of_seven_bits(length: int, parts: int) -> None:
    assert len(encode_submit("10086", "a" * length, reference=1)) == parts


@pytest.mark.parametrize(("length", "parts"), [(70, 1), (71, 2), (134, 2), (135, 3)])
def test_room_of_ucs2(length: int, parts: int) -> None:
    assert len(encode_submit("10086", "柜" * length, reference=1)) == parts


@pytest.mark.parametrize(
    ("minutes", "octet"),
    [(5, 0), (720, 143), (750, 144), (1440, 167), (3 * 1440, 0xA9), (30 * 1440, 196), (364 * 1440, 0xF4)],
)
def test_validity(minutes: int, octet: int) -> None:
    assert relative_validity(minutes) == octet


@pytest.mark.parametrize("number", ["", "12", "138-0013", "+", "1380013800013800138000", "１３８"])
def test_no_number_is_named_in_an_error(number: str) -> None:
    with pytest.raises(ValueError, match="not a telephone number") as caught:
        encode_submit(number, "x", reference=0)
    assert number == "" or number not in str(caught.value).replace("+", "", number == "+")


def test_nothing_personal_in_a_repr() -> None:
    (part,) = encode_submit("+8613800138000", "您好", reference=0)
    assert "3108" not in repr(part)


@pytest.mark.parametrize(
    ("pdu", "octets"), [("zz", 1), ("0001", 1), (FIRST, 153), (FIRST[:-2], 153), ("00", 0)]
)
def test_the_decoder_refuses(pdu: str, octets: int) -> None:
    with pytest.raises(PduError):
        decode_submit(pdu, octets)


def test_the_decoder_reads_a_published_delivery() -> None:
    data = bytes.fromhex(
        "493A283D0795C3F33C88FE06C9CB6132885EC6D341EDF27C1E3E97E7207B3A0C0A5241E377BB1D7693E72E"
    )
    assert unpack_septets(data, 0x31) == "It is easy to read text messages via AT commands."
