"""Text blocks of the four kinds of card, and blocks that are none."""

import contextlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contracts.idreader import RawCard
from drivers.emulators.people import PEOPLE, Person
from kiosk.identity.card import (
    Card,
    CardInvalid,
    CardKind,
    CardValidity,
    Sex,
    mask_name,
    mask_number,
    mask_phone,
    parse_card,
)
from tests.drivers.samv_vectors import FOREIGNER_I, FOREIGNER_Y, PERMIT_J, worked_text

TODAY = date(2026, 6, 1)
SPECIMEN = {
    "name": "测试人甲", "sex": "2", "ethnicity": "01", "birth": "19491231", "address": "北京市朝阳区示例路1号",
    "number": "11010519491231002X", "issuer": "示例市公安局", "from": "20200101", "to": "长期",
}  # fmt: skip


def parsed(text: bytes, *, new_address: bytes = b"", today: date = TODAY) -> Card:
    return parse_card(RawCard(text, bytes(1024), new_address), today)


def changed(person: str, **fields: str) -> bytes:
    there = PEOPLE[person]
    return replace(there, fields={**there.fields, **fields}).text_block()


def raw_at(person: str, at: int, data: bytes) -> bytes:
    block = bytearray(PEOPLE[person].text_block())
    block[at : at + len(data)] = data
    return bytes(block)


def test_the_worked_block_and_the_emulators_builder_agree() -> None:
    assert len(worked_text()) == 256
    assert Person("resident", SPECIMEN).text_block() == worked_text()


def test_the_worked_block_parses() -> None:
    card = parsed(worked_text())
    assert (card.kind, card.name, card.sex) == (CardKind.RESIDENT, "测试人甲", Sex.FEMALE)
    assert (card.birth, card.id_number) == (date(1949, 12, 31), "11010519491231002X")
    assert (card.address, card.issuer, card.ethnicity) == ("北京市朝阳区示例路1号", "示例市公安局", "01")
    assert (card.period.begins, card.valid_to) == (date(2020, 1, 1), None)
    assert card.validity is CardValidity.VALID
    assert (card.permit_number, card.nationality, card.english_name) == ("", "", "")


@pytest.mark.parametrize(
    ("person", "block"), [("foreigner_i", FOREIGNER_I), ("foreigner_y", FOREIGNER_Y), ("hmt", PERMIT_J)]
)
def test_the_emulators_builder_follows_the_page(person: str, block: bytes) -> None:
    assert PEOPLE[person].text_block() == block


@pytest.mark.parametrize(
    ("person", "at", "tail"),
    [
        ("hmt", 220, "480031003200330034003500360037003800" "30003100" "200020002000" "4A00" "200020002000"),
        ("foreigner_i", 236, "30003100" "3100350030003000" "4900" "200020002000"),
        ("foreigner_y", 242, "4B0041005A00" "5900" "200020002000"),
    ],
)  # fmt: skip
def test_the_tails_are_the_published_bytes(person: str, at: int, tail: str) -> None:
    assert PEOPLE[person].text_block()[at:] == bytes.fromhex(tail)


def test_a_residence_permit() -> None:
    card = parsed(PEOPLE["hmt"].text_block())
    assert (card.kind, card.permit_number, card.ethnicity) == (CardKind.HMT_PERMIT, "H12345678", "")
    assert (card.id_number, card.birth) == ("810000199408230021", date(1994, 8, 23))
    assert card.valid_to == date(2035, 1, 1)


def test_a_foreigners_permit_of_2017() -> None:
    card = parsed(PEOPLE["foreigner_i"].text_block())
    assert (card.kind, card.id_number) == (CardKind.FOREIGNER_2017, "KAZ110090123105")
    assert (card.name, card.english_name, card.nationality) == ("测试己", "TESTER, ALPHA", "KAZ")
    assert (card.birth, card.sex, card.issuer) == (date(1990, 12, 31), Sex.MALE, "1500")
    assert parsed(changed("foreigner_i", name="")).name == "TESTER, ALPHA"


def test_a_foreigners_permit_of_2023() -> None:
    card = parsed(PEOPLE["foreigner_y"].text_block())
    assert (card.kind, card.id_number) == (CardKind.FOREIGNER_2023, "911398199012310021")
    assert (card.name, card.english_name, card.nationality) == ("测试庚", "TESTER, BETA", "KAZ")
    assert (card.birth, card.sex) == (date(1990, 12, 31), Sex.FEMALE)


@pytest.mark.parametrize("first", ["A" * 35, "B" * 34 + " "])
def test_a_long_english_name_keeps_the_space_at_its_seam(first: str) -> None:
    text = changed("foreigner_y", english=first, english2="LAST")
    assert parsed(text).english_name == first + "LAST"


def test_rare_characters_stay_as_they_are() -> None:
    assert parsed(PEOPLE["rare"].text_block()).name == "\U00020bb7\ue863测"


@pytest.mark.parametrize("pad", [b" \0", b"\0\0"])
def test_padding_is_spaces_or_zeros(pad: bytes) -> None:
    block = PEOPLE["jia"].text_block()
    padded = b"".join(pad if block[at : at + 2] == b" \0" else block[at : at + 2] for at in range(0, 256, 2))
    assert parsed(padded) == parsed(block)


@pytest.mark.parametrize(
    ("begins", "until", "validity"),
    [
        (TODAY, TODAY, CardValidity.VALID),
        (TODAY - timedelta(9), TODAY - timedelta(1), CardValidity.EXPIRED),
        (TODAY + timedelta(1), TODAY + timedelta(9), CardValidity.NOT_YET),
    ],
)
def test_the_first_and_the_last_day_count(begins: date, until: date, validity: CardValidity) -> None:
    text = changed("jia", **{"from": f"{begins:%Y%m%d}", "to": f"{until:%Y%m%d}"})
    assert parsed(text).validity is validity


def test_the_newest_address_replaces_the_printed_one() -> None:
    entries = ("甲地", "乙地", "丙地", "丁地")
    for count in range(1, 5):
        block = replace(PEOPLE["yi"], new_addresses=entries[:count]).address_block()
        assert parsed(PEOPLE["yi"].text_block(), new_address=block).address == entries[count - 1]
    blank = replace(PEOPLE["yi"], new_addresses=("",)).address_block()
    assert parsed(PEOPLE["yi"].text_block(), new_address=blank).address == "北京市示例区示例街1号"


def test_an_address_block_cut_short_is_refused() -> None:
    with pytest.raises(CardInvalid, match="139 bytes"):
        parsed(PEOPLE["yi"].text_block(), new_address=bytes(139))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b"", "text block"),
        (PEOPLE["jia"].text_block()[:-1], "text block"),
        (PEOPLE["jia"].text_block() + b"\0", "text block"),
        (PEOPLE["badnumber"].text_block(), "number"),
        (changed("jia", kind="K"), "kind"),
        (changed("jia", name=""), "name"),
        (changed("foreigner_y", english=""), "name"),
        (changed("jia", name="甲\x07"), "name"),
        (changed("jia", name="甲\u202e乙"), "name"),  # turns round what follows
        (changed("jia", name="甲\u200b乙"), "name"),
        (changed("jia", name="甲\uffff"), "name"),
        (raw_at("jia", 0, b"\x00\xd8\x20\x00"), "name"),  # half a surrogate pair
        (changed("jia", sex="3"), "sex"),
        (changed("jia", sex=""), "sex"),
        (changed("jia", ethnicity="1A"), "ethnicity"),
        (changed("jia", birth="19900230"), "birth"),
        (changed("jia", birth="1990011 "), "birth"),
        (changed("jia", birth="１９９００１０１"), "birth"),
        (changed("jia", birth="00000101"), "birth"),
        (changed("jia", **{"from": "长期"}), "valid from"),
        (changed("jia", to=""), "valid to"),
        (changed("jia", to="永远"), "valid to"),
        (changed("jia", to="20191231"), "valid to"),
        (changed("foreigner_i", number="KAZ110090123106"), "number"),
    ],
)
def test_what_is_no_card_is_refused_by_its_part(text: bytes, part: str) -> None:
    with pytest.raises(CardInvalid) as refused:
        parsed(text)
    assert refused.value.part == part


@given(st.binary(min_size=256, max_size=256), st.binary(max_size=280))
def test_any_bytes_parse_or_are_refused(text: bytes, new_address: bytes) -> None:
    with_kinds = [text] + [text[:248] + kind.encode("utf-16-le") + text[250:] for kind in " JIY"]
    for block in with_kinds:
        with contextlib.suppress(CardInvalid):
            parsed(block, new_address=new_address)


@given(
    st.sampled_from(["jia", "hmt", "foreigner_i", "foreigner_y"]),
    st.integers(0, 255),
    st.binary(min_size=1, max_size=8),
)
def test_a_damaged_card_parses_or_is_refused_and_is_not_quoted(person: str, at: int, damage: bytes) -> None:
    block = raw_at(person, at, damage)[:256]
    try:
        shown = repr(parsed(block))
    except CardInvalid as refused:
        shown = str(refused)
    for field in ("name", "number", "english", "address"):
        assert not PEOPLE[person].fields.get(field) or PEOPLE[person].fields[field] not in shown


def test_a_cards_repr_shows_no_person() -> None:
    shown = repr(parsed(worked_text()))
    for value in ("测试", "1101", "1949", "示例", "FEMALE", "2020"):
        assert value not in shown
    assert "resident" in shown


def test_masks() -> None:
    assert [mask_name(name) for name in ("王明", "王小明", "欧阳小明", "王", "")] == [
        "王*",
        "王**",
        "欧***",
        "王*",
        "*",
    ]
    assert mask_number("11010519491231002X") == "1****************X"
    assert [mask_number(number) for number in ("", "1", "12", "123")] == ["", "*", "**", "***"]
    assert mask_phone("13812348000") == "138****8000"
    assert [mask_phone(phone) for phone in ("", "12345", "1234567890")] == ["", "*****", "**********"]
