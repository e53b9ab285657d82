"""Any captured bytes explained: golden vectors of every device, and what holds whatever the bytes are."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contracts.idreader import RawCard
from drivers.explain import DEVICES, GARBAGE, Explained, explain, find
from kiosk.decode import as_object, lines
from kiosk.identity.card import parse_card
from tests.drivers.explain_vectors import PERSONAL, READING, VECTORS, reading_of
from tests.drivers.samv_vectors import FOREIGNER_I, FOREIGNER_Y, PERMIT_J, worked_text

NAMES = [row.name for row in DEVICES]
GOLDEN = [
    pytest.param(device, *vector, id=f"{device}-{vector[1]}-{number}")
    for device, vectors in VECTORS.items()
    for number, vector in enumerate(vectors)
]
# No device begins a frame with one of these, and none takes them into one.
NOISE = {device: bytes.fromhex("FA FD 99 99") for device in NAMES} | {
    "escpos-status": bytes.fromhex("FA FD 99 9B")
}

ONLY_BEHIND_A_FRAME = "GS r answer"  # one byte, mostly 00


def wire_of(vector: tuple[str, str, Any]) -> bytes:
    return bytes.fromhex(vector[0])


def tiles(found: tuple[Explained, ...], data: bytes) -> bool:
    at = 0
    for one in found:
        if one.offset != at or one.length < 1:
            return False
        at += one.length
    return at == len(data)


def all_said(found: tuple[Explained, ...]) -> str:
    return json.dumps([as_object(one) for one in found], ensure_ascii=False) + "\n".join(lines(found))


def test_every_device_has_golden_frames() -> None:
    assert sorted(VECTORS) == sorted(NAMES)


@pytest.mark.parametrize(("device", "wire", "name", "fields"), GOLDEN)
def test_golden(device: str, wire: str, name: str, fields: dict[str, Any]) -> None:
    data = bytes.fromhex(wire)
    (one,) = explain(device, data)
    told = as_object(one)
    assert (told["ok"], told["name"], told["reason"]) == (True, name, None)
    assert (told["offset"], told["length"]) == (0, len(data))
    assert told["fields"].items() >= fields.items()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("device", "wire", "name", "fields"), [one for one in GOLDEN if one.values[2] != ONLY_BEHIND_A_FRAME]
)
def test_golden_inside_garbage(device: str, wire: str, name: str, fields: dict[str, Any]) -> None:
    noise, data = NOISE[device], bytes.fromhex(wire)
    found = explain(device, noise + data + noise)
    assert [(one.offset, one.length, one.name, one.ok) for one in found] == [
        (0, 4, GARBAGE, False),
        (4, len(data), name, True),
        (4 + len(data), 4, GARBAGE, False),
    ]


@pytest.mark.parametrize("device", NAMES)
def test_all_frames_of_a_device_glued_together(device: str) -> None:
    vectors = VECTORS[device]
    found = explain(device, b"".join(map(wire_of, vectors)))
    assert [(one.length, one.ok) for one in found] == [(len(wire_of(vector)), True) for vector in vectors]


@pytest.mark.parametrize(("device", "wire", "name", "fields"), GOLDEN)
def test_a_wrong_checksum_is_shown_beside_the_right_one(
    device: str, wire: str, name: str, fields: dict[str, Any]
) -> None:
    data = bytes.fromhex(wire)
    right = explain(device, data)[0].checksum
    if right is None:
        assert device in {"winnsen", "escpos-status", "at", "pdu"}
        return
    (one,) = explain(device, data[:-1] + bytes([data[-1] ^ 0x01]))
    assert (one.name, one.ok, one.length) == (name, False, len(data))
    assert one.checksum is not None
    assert one.checksum.expected == right.got
    assert one.checksum.got == right.got[:-1] + bytes([right.got[-1] ^ 0x01])
    whole = explain(device, data)[0].fields
    assert [part.name for part in one.fields] == [part.name for part in whole]
    assert one.fields == whole or device == "samv"  # a damaged answer's data are masked, whatever they are


@pytest.mark.parametrize(("device", "wire", "name", "fields"), GOLDEN)
def test_a_frame_cut_short_at_the_end_says_how_much_lacks(
    device: str, wire: str, name: str, fields: dict[str, Any]
) -> None:
    data = bytes.fromhex(wire)
    for count in range(1, len(data), max(1, len(data) // 40)):
        found = explain(device, data[:count])
        assert tiles(found, data[:count])
    if (
        device not in {"at", "escpos-status"} and name != "open one and hold"
    ):  # without its end, "open one" damaged
        (one,) = explain(device, data[:-1])
        assert (one.name, one.ok) == (name, False)
        assert one.problem in ("cut short: 1 byte lacks", "cut short: at least 1 byte lacks")


@pytest.mark.parametrize("device", ["cu16", "wkly", "winnsen", "samv"])
def test_a_frame_that_the_next_one_cuts_short(device: str) -> None:
    first, second = (wire_of(vector) for vector in VECTORS[device][2:4])
    found = explain(device, first[:-2] + second)
    assert [(one.length, one.ok) for one in found] == [(len(first) - 2, False), (len(second), True)]
    assert found[0].problem == "cut short: 2 bytes lack"


def test_the_start_byte_inside_the_data_begins_no_frame() -> None:
    data = bytes.fromhex("02 20 35 02 30 03 35 03 C4")
    (one,) = explain("cu16", data)
    assert one.ok
    assert one.name == "status reply"


def test_a_frame_whose_end_is_wrong_yields_to_the_right_one_inside_it() -> None:
    found = explain("cu16", bytes.fromhex("02 00 35 FE 02 00 30 03 35"))
    assert [(one.length, one.ok) for one in found] == [(4, False), (5, True)]


@pytest.mark.parametrize("device", NAMES)
@given(data=st.binary(max_size=80))
def test_any_bytes_are_covered_once_and_nothing_crashes(device: str, data: bytes) -> None:
    found = explain(device, data)
    assert tiles(found, data)
    assert json.loads(json.dumps([as_object(one) for one in found])) or not data
    assert lines(found)


@pytest.mark.parametrize("device", NAMES)
@given(choices=st.data())
def test_frames_in_garbage_are_covered_once_and_found(device: str, choices: st.DataObject) -> None:
    """Whatever stands between them, every byte has one place; noise that looks like no frame hides none."""
    short = [vector for vector in VECTORS[device] if len(vector[0]) < 200]
    frames = [wire_of(vector) for vector in short if vector[1] != ONLY_BEHIND_A_FRAME]
    data, wanted = b"", []
    for _ in range(choices.draw(st.integers(1, 5))):
        data += choices.draw(st.sampled_from([b"", NOISE[device], NOISE[device] * 3]))
        frame = choices.draw(st.sampled_from(frames))
        wanted.append((len(data), len(frame)))
        data += frame
    found = explain(device, data)
    assert tiles(found, data)
    assert [(one.offset, one.length) for one in found if one.name != GARBAGE] == wanted


@pytest.mark.parametrize("device", NAMES)
@given(choices=st.data())
def test_bytes_that_fell_out_or_turned_over(device: str, choices: st.DataObject) -> None:
    data = bytearray().join(wire_of(vector) for vector in VECTORS[device] if len(vector[0]) < 200)
    for _ in range(choices.draw(st.integers(1, 4))):
        at = choices.draw(st.integers(0, len(data) - 1))
        if choices.draw(st.booleans()):
            del data[at]
        else:
            data[at] = choices.draw(st.integers(0, 255))
    assert tiles(explain(device, bytes(data)), bytes(data))


@pytest.mark.parametrize(
    ("device", "wire", "secrets"), [(device, *one) for device, ones in PERSONAL.items() for one in ones]
)
def test_what_identifies_a_person_is_masked_unless_asked_for(
    device: str, wire: str, secrets: tuple[str, ...]
) -> None:
    data = bytes.fromhex(wire)
    for piece in (data, data[:-2], data[3:], b"\xfa" + data[:-1] + b"\xfa" * 9 + data):
        found = explain(device, piece)
        shown = (
            repr(found)
            + json.dumps([as_object(one) for one in found], ensure_ascii=False)
            + "\n".join(lines(found))
        )
        assert [secret for secret in secrets if secret in shown] == []
    asked = explain(device, data, show_personal=True)
    assert any(secret in all_said(asked) for secret in secrets)


@pytest.mark.parametrize("device", PERSONAL)
@given(choices=st.data())
def test_damage_unmasks_nobody(device: str, choices: st.DataObject) -> None:
    """Wherever a byte turned over or the capture begins and ends, no number, name or text comes to light."""
    wire, secrets = choices.draw(st.sampled_from(PERSONAL[device]))
    data = bytearray.fromhex(wire)
    data[choices.draw(st.integers(0, min(len(data), 40) - 1))] = choices.draw(st.integers(0, 255))
    data = data[choices.draw(st.integers(0, len(data))) :][: choices.draw(st.integers(1, 1400))]
    found = explain(device, bytes(data))
    shown = repr(found) + all_said(found)
    assert [secret for secret in secrets if secret in shown] == []


def test_a_damaged_length_makes_no_module_number_of_a_card() -> None:
    data = bytearray.fromhex(READING)
    data[5:7] = (20).to_bytes(2, "big")
    first = explain("samv", bytes(data))[0]
    assert (first.name, first.length) == ("answer", 27)
    (shown,) = [str(part.value) for part in first.fields if part.name == "module_number"]
    assert shown.startswith("***")
    assert first.hex.split()[10:26] == ["··"] * 16


def test_a_dialled_number_is_no_name_of_a_command() -> None:
    for line in (b"ATD13800138000\r", b"ATD13800138000;\r", b"AT13800138000\r", b"+8613800138000: hi\r"):
        assert "138" not in all_said(explain("at", line))


def test_a_card_is_shown_when_asked_for() -> None:
    (one,) = explain("samv", bytes.fromhex(READING), show_personal=True)
    told: dict[str, Any] = as_object(one)["fields"]  # type: ignore[assignment]
    assert (told["name"], told["id_number"], told["valid_to"]) == ("测试人甲", "11010519491231002X", "长期")
    (masked,) = explain("samv", bytes.fromhex(READING))
    hidden: dict[str, Any] = as_object(masked)["fields"]  # type: ignore[assignment]
    assert (hidden["name"], hidden["id_number"]) == ("*** (4 characters)", "*** (18 characters)")


@pytest.mark.parametrize("text", [worked_text(), FOREIGNER_I, FOREIGNER_Y, PERMIT_J])
def test_the_program_reads_the_same_from_a_card(text: bytes) -> None:
    (one,) = explain("samv", bytes.fromhex(reading_of(text)), show_personal=True)
    told = {part.name: part.value for part in one.fields}
    card = parse_card(RawCard(text, bytes(1024)), date(2026, 6, 1))
    assert told["name"] == card.name
    assert told["sex"] == card.sex.value
    assert told["birth"] == f"{card.birth:%Y%m%d}"
    assert told["id_number"] == card.id_number
    assert told["valid_to"] == ("长期" if card.valid_to is None else f"{card.valid_to:%Y%m%d}")
    assert told.get("address", "") == card.address
    assert told.get("nationality", "") == card.nationality
    assert told.get("english_name", "") == card.english_name
    assert told.get("travel_permit", "") == card.permit_number
    assert told.get("ethnicity", "") == card.ethnicity
    assert told.get("issuer", "") == card.issuer


def test_printed_text_is_not_shown_and_no_status() -> None:
    found = explain("escpos-status", b"\x1b\x40Call 13826260226 Zhao" + bytes.fromhex("0A 1D 72 01 00"))
    assert [one.name for one in found if one.ok][1:] == ["GS r request", "GS r answer"]
    assert [(one.offset, one.length) for one in found if one.name == GARBAGE] == [(2, 22)]
    assert "13 82" not in repr(found)
    assert "43 61" not in repr(found)


def test_status_answers_are_told_by_the_requests_before_them() -> None:
    found = explain("escpos-status", bytes.fromhex("10 04 01 10 04 02 10 04 03 10 04 04 12 32 1A 7E"))
    said = [as_object(one)["fields"] for one in found[4:]]
    assert [(part["n"], part["said"]) for part in said] == [  # type: ignore[index]
        (1, ["nothing amiss"]),
        (2, ["paper stop"]),
        (3, ["cutter"]),
        (4, ["near end", "end"]),
    ]
    (alone,) = explain("escpos-status", b"\x1a", asked=3)
    assert as_object(alone)["fields"] == {"status": "1A", "n": 3, "said": ["cutter"]}


def test_an_answer_in_print_order_is_told_from_garbage_by_what_stands_before_it() -> None:
    found = explain("escpos-status", bytes.fromhex("FA 00 FA 1D 72 01 FA 4F 00 0C"))
    assert [(one.offset, one.name) for one in found if one.name != GARBAGE] == [
        (3, "GS r request"),
        (7, "GS r answer"),
        (8, "GS r answer"),
        (9, "GS r answer"),
    ]


def test_the_bits_asked_for_count_from_the_first_asked_for() -> None:
    request = bytes.fromhex("01 02 00 04 00 03 F9 CA")
    found = explain("modbus", request + bytes.fromhex("01 02 01 05 61 8B"))
    assert as_object(found[1])["fields"] == {"unit": 1, "bits": {"wire": "05", "one": [5, 7], "zero": [6]}}


def test_an_error_number_without_end() -> None:
    (one,) = explain("at", b"+CMS ERROR: " + b"1" * 5000 + b"\r")
    assert one.name == "ERROR"


def test_a_pdu_of_another_length_than_announced() -> None:
    found = explain("at", b"AT+CMGS=37\r\r\n> 0001000D91683108108300F00008044F60597D\x1a")
    assert [one.ok for one in found] == [True, True, False]
    assert found[2].problem == "37 octets announced, 18 in the TPDU"


def test_an_unknown_device_is_answered_with_the_list() -> None:
    with pytest.raises(ValueError, match="cu16, "):
        find("cu17")
