"""`nightdesk decode` as a technician calls it: forms of hex, what is printed, exit status."""

import contextlib
import io
import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.__main__ import main
from kiosk.decode import HexInvalid, parse_hex

CAPTURE = "FA FD 02 00 35 FE FF 03 00 03 3A"
FORMS = [
    "FAFD020035FEFF0300033A",
    "fa fd 02 00 35 fe ff 03 00 03 3a",
    "0xFA,0xFD,0x02,0x00,0x35,0xFE,0xFF,0x03,0x00,0x03,0x3A",
    "0xFA 0xFD 0x2 0x0 0x35 0xFE 0xFF 0x3 0x0 0x3 0x3A",
    "0xFAFD020035FEFF0300033A",
    "FA:FD:02:00:35:FE:FF:03:00:03:3A",
    "FA-FD-02-00-35-FE-FF-03-00-03-3A",
    r"\xFA\xFD\x02\x00\x35\xFE\xFF\x03\x00\x03\x3A",
    "FA FD 02 00\n35 FE FF\r\n\t03 00 03 3A\n",
]


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["decode", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.parametrize("form", FORMS)
def test_every_common_form_of_hex(form: str) -> None:
    assert parse_hex(form) == bytes.fromhex(CAPTURE)


@given(data=st.binary(max_size=40), gap=st.sampled_from(["", " ", ":", "-", ", ", "\n"]))
def test_any_bytes_in_any_form(data: bytes, gap: str) -> None:
    assert parse_hex(gap.join(f"{byte:02X}" for byte in data)) == data
    assert parse_hex((gap or " ").join(f"0x{byte:x}" for byte in data)) == data


@given(text=st.text(max_size=30))
def test_any_text_is_hex_or_refused(text: str) -> None:
    digits = sum(sign in string.hexdigits for sign in text)
    with contextlib.suppress(HexInvalid):
        assert len(parse_hex(text)) <= digits


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["02 0g"], "position 5: 'g' is no hex digit; write each byte as two of 0-9, A-F"),
        (["02 00 3"], "position 7: an odd number of hex digits (1); write each byte as two, 02 for 2"),
        (["0200", "3"], "argument 2, position 1: an odd number of hex digits (1)"),
        (["02003"], "position 1: an odd number of hex digits (5)"),
        ([""], "no bytes; give them as hex, or - to read standard input"),
    ],
)
def test_bad_hex_says_what_where_and_what_to_do(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    status, out, err = told(capsys, "cu16", *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_bad_hex_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    """It may be a piece of a card, and messages are copied into reports."""
    _, _, err = told(capsys, "samv", "6D4B555" * 3)
    assert "6D4B" not in err


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("FA FD 02 00\n30 03 35\n"))
    status, out, _ = told(capsys, "cu16", "-", "--json")
    assert (status, [one["length"] for one in json.loads(out)]) == (1, [2, 5])
    monkeypatch.setattr("sys.stdin", io.StringIO("FA FD\n02 xx\n"))
    status, _, err = told(capsys, "cu16", "-")
    assert status == 2
    assert "standard input, line 2, position 4: 'x'" in err


def test_standard_input_that_is_no_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\x02\xff\x30"), encoding="utf-8"))
    status, _, err = told(capsys, "cu16", "-")
    assert status == 2
    assert "xxd -p" in err


def test_a_text_message_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    pdu = "0001000BA13108108300F0000806" + "001B000A4F60"
    _, out, _ = told(capsys, "pdu", pdu, "--show-personal")
    assert "⟨1B⟩⟨A⟩你" in out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = told(capsys, "cu16", "--json", CAPTURE, "02 00 30 03 36")
    garbage, reply, query = json.loads(out)
    assert status == 1
    assert garbage == {
        "device": "cu16", "offset": 0, "length": 2, "ok": False, "name": "garbage", "fields": {},
        "checksum": None, "reason": "no frame begins here",
    }  # fmt: skip
    assert reply["fields"]["latches"] == {"wire": "FE FF", "one": list(range(2, 17)), "zero": [1]}
    assert reply["checksum"] == {"got": "3A", "expected": "3A"}
    assert (reply["ok"], reply["reason"]) == (True, None)
    assert query["checksum"] == {"got": "36", "expected": "35"}
    assert (query["ok"], query["reason"]) == (False, "checksum 36, expected 35")


def test_what_a_technician_sees(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = told(capsys, "cu16", CAPTURE, "02 00 30 03 36 02 00 35 FE")
    assert status == 1
    assert out.splitlines() == [
        "     0  FA FD",
        "        garbage                 no frame begins here",
        "",
        "     2  02 00 35 FE FF 03 00 03 3A",
        "        status reply            checksum 3A right",
        "          board     0",
        "          latches   FE FF   1: 2-16   0: 1",
        "          infrared  03 00   1: 1-2   0: 3-16",
        "",
        "    11  02 00 30 03 36",
        "        status query            checksum 36, expected 35",
        "          board  0",
        "",
        "    16  02 00 35 FE",
        "        status reply            cut short: 5 bytes lack",
        "",
        "3 frames, 2 wrong, 2 bytes of no frame",
    ]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["cu16", "02 00 30 03 35"], 0),
        (["cu16", "02 00 30 03 36"], 1),
        (["cu16", "02 00 30 03 35 00"], 1),
        (["cu16", "02 00 30"], 1),
        (["escpos-status", "12", "--asked", "4"], 0),
    ],
)
def test_exit_status(capsys: pytest.CaptureFixture[str], arguments: list[str], status: int) -> None:
    assert told(capsys, *arguments)[0] == status


def test_an_unknown_device_lists_the_known(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["decode", "cu17", "02"])
    assert exit_.value.code == 2
    assert "'cu16', 'cu48', '8a80'" in capsys.readouterr().err


def test_personal_fields_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    pdu = "0001000BA13108108300F0000005E8329BFD06"
    fields: dict[str, Any] = json.loads(told(capsys, "pdu", pdu, "--json")[1])[0]["fields"]
    assert (fields["to"], fields["text"]) == ("*** (11 characters)", "*** (5 characters)")
    fields = json.loads(told(capsys, "pdu", pdu, "--json", "--show-personal")[1])[0]["fields"]
    assert (fields["to"], fields["text"]) == ("13800138000", "hello")


def test_long_frames_show_their_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = told(capsys, "wkly", "574B4C59" + "F8" + "00" * 2 + "00" * 240 + "00")
    assert "… and 184 more" in out
