"""Passports: the worked example of ICAO Doc 9303-11 appendix D byte for byte, and a document in a virtual reader."""

import asyncio
import io
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers.contracts.passport import AccessKey, PassportReader
from drivers.emulators.chip import SPECIMEN, Chip
from drivers.emulators.control import Control
from drivers.errors import CardLifted, CardUnreadable, DeviceRefused, ProtocolError
from drivers.passport import crypto, lds
from drivers.passport.access import (
    GET_CHALLENGE,
    SELECT_APPLICATION,
    BasicAccess,
    Channel,
    Command,
    read_binary,
    select_file,
)
from drivers.passport.mrz import MrzInvalid, check_digit, key_text, parse_mrz
from drivers.passport.reader import PassportPcscReader, open_chip, read_file
from drivers.passport.tlv import Tlv, head_of, inside
from tests.drivers.emulated import emulated
from tests.drivers.vpcd_twin import VpcdTwin

KEY = AccessKey("L898902C", "690806", "940623")
CHALLENGE = "4608F91988702212"
OWN_RANDOM, OWN_KEY = "781723860C06C226", "0B795240CB7049B01C19B33E32804F0B"
CHIP_KEY = "0B4F80323EB3191CB04970CB4052790B"
SEALED = "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A7"
AUTHENTICATE = f"0082000028{SEALED}28"
AUTHENTICATED = "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000"
MESSAGES = (  # command, sent, answered, data
    (
        select_file(0x011E),
        "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800",
        "990290008E08FA855A5D4C50A8ED9000",
        "",
    ),
    (
        read_binary(0, 4),
        "0CB000000D9701048E08ED6705417E96BA5500",
        "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000",
        "60145F01",
    ),
    (
        read_binary(4, 18),
        "0CB000040D9701128E082EA28A70F3C7B53500",
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
        "04303130365F36063034303030305C026175",
    ),
)


def given_randoms(*numbers: str) -> Callable[[int], bytes]:
    left = [bytes.fromhex(number) for number in numbers]
    return lambda size: left.pop(0)


def worked_channel() -> Channel:
    access = BasicAccess(KEY, given_randoms(OWN_RANDOM, OWN_KEY))
    assert access.command(bytes.fromhex(CHALLENGE)).hex().upper() == AUTHENTICATE
    return access.channel(bytes.fromhex(AUTHENTICATED))


def test_the_worked_keys() -> None:
    assert key_text(KEY) == "L898902C<369080619406236"
    seed = crypto.seed_of(key_text(KEY))
    assert seed.hex().upper() == "239AB9CB282DAF66231DC5A4DF6BFBAE"
    assert crypto.derive(seed, crypto.FOR_ENCRYPTION).hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert crypto.derive(seed, crypto.FOR_MAC).hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"


def test_the_worked_messages() -> None:
    channel = worked_channel()
    for command, sent, answered, data in MESSAGES:
        assert channel.protect(command).hex().upper() == sent
        assert channel.opened(bytes.fromhex(answered)).hex().upper() == data


def test_the_emulated_chip_speaks_the_worked_example() -> None:
    """Built apart from the driver, it gives the standard's bytes for the standard's bytes."""
    chip = Chip(random=given_randoms(CHALLENGE, CHIP_KEY))
    assert chip.answer(SELECT_APPLICATION).hex() == "9000"
    assert chip.answer(GET_CHALLENGE).hex().upper() == CHALLENGE + "9000"
    assert chip.answer(bytes.fromhex(AUTHENTICATE)).hex().upper() == AUTHENTICATED
    for _, sent, answered, _ in MESSAGES:
        assert chip.answer(bytes.fromhex(sent)).hex().upper() == answered


@pytest.mark.parametrize("at", range(0, 42, 5))
def test_a_chip_that_does_not_know_its_key_is_found_out(at: int) -> None:
    access = BasicAccess(KEY, given_randoms(OWN_RANDOM, OWN_KEY))
    access.command(bytes.fromhex(CHALLENGE))
    forged = bytearray.fromhex(AUTHENTICATED)
    forged[at] ^= 0x01
    with pytest.raises(CardUnreadable):
        access.channel(bytes(forged))


def test_an_answer_for_another_challenge_is_refused() -> None:
    access = BasicAccess(KEY, given_randoms(OWN_RANDOM, OWN_KEY))
    access.command(bytes(8))
    with pytest.raises(CardUnreadable, match="did not prove"):
        access.channel(bytes.fromhex(AUTHENTICATED))
    with pytest.raises(ProtocolError, match="7 bytes"):
        access.command(bytes(7))


@pytest.mark.parametrize("at", range(0, 27, 2))
def test_a_message_with_a_wrong_byte_is_never_opened(at: int) -> None:
    channel = worked_channel()
    channel.protect(MESSAGES[0][0])
    channel.opened(bytes.fromhex(MESSAGES[0][2]))
    channel.protect(MESSAGES[1][0])
    forged = bytearray.fromhex(MESSAGES[1][2])
    forged[at] ^= 0x01
    if at < 25:  # the outer status word is covered by nothing
        with pytest.raises((ProtocolError, DeviceRefused)):
            channel.opened(bytes(forged))


def test_an_older_message_is_not_taken_again() -> None:
    channel = worked_channel()
    channel.protect(MESSAGES[0][0])
    channel.opened(bytes.fromhex(MESSAGES[0][2]))
    channel.protect(MESSAGES[0][0])
    with pytest.raises(ProtocolError, match="MAC"):
        channel.opened(bytes.fromhex(MESSAGES[0][2]))


@given(st.binary(max_size=80))
def test_any_answer_is_opened_or_refused(answer: bytes) -> None:
    with pytest.raises((ProtocolError, DeviceRefused)):
        worked_channel().opened(answer)


@given(st.binary(max_size=40))
def test_padding_goes_on_and_off(data: bytes) -> None:
    padded = crypto.pad(data)
    assert len(padded) % 8 == 0
    assert crypto.unpad(padded) == data


@pytest.mark.parametrize("wrong", [b"", bytes(8), b"\x80" + bytes(8), b"\x81"])
def test_what_is_no_padding_is_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="padding"):
        crypto.unpad(wrong)


# lines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "digit"),
    [
        ("L898902C3", "6"), ("L898902C<", "3"), ("740812", "2"), ("120415", "9"), ("690806", "1"), ("940623", "6"),
        ("D23145890734", "9"), ("AB2134<<<", "5"), ("520727", "3"), ("ZE184226B<<<<<", "1"),
    ],
)  # fmt: skip
def test_published_check_digits(text: str, digit: str) -> None:
    assert check_digit(text) == digit


TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD1_LONG = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<"


@pytest.mark.parametrize(
    ("lines", "kind", "number"), [(TD3, "P", "L898902C3"), (TD2, "I", "D23145890"), (TD1, "I", "D23145890")]
)
def test_the_specimens_of_the_standard(lines: str, kind: str, number: str) -> None:
    found = parse_mrz(lines)
    assert (found.kind, found.issuer, found.number) == (kind, "UTO", number)
    assert (found.surname, found.given_names, found.nationality) == ("ERIKSSON", "ANNA MARIA", "UTO")
    assert (found.birth, found.sex, found.expiry) == ("740812", "F", "120415")
    assert found.key == AccessKey(number, "740812", "120415")


def test_a_number_longer_than_its_field_goes_on_behind() -> None:
    found = parse_mrz(TD1_LONG)
    assert (found.number, found.surname, found.given_names) == ("D23145890734", "STEVENSON", "PETER JOHN")
    assert key_text(found.key) == "D23145890734934071279507122"


@pytest.mark.parametrize(
    ("lines", "part"),
    [
        ("", "lines"),
        (TD3[:-1], "lines"),
        (TD3.lower(), "lines"),
        (TD3.replace("L898902C3", "L898902C4"), "whole"),
        (TD3.replace("7408122", "7408123"), "birth"),
        (TD3.replace("1204159", "1204158"), "expiry"),
        (TD3[:-1] + "1", "whole"),
    ],
)
def test_lines_that_do_not_hold_are_refused_by_their_part(lines: str, part: str) -> None:
    with pytest.raises(MrzInvalid) as refused:
        parse_mrz(lines)
    assert refused.value.part == part
    assert "898902" not in str(refused.value)


def test_keys_that_no_document_has_are_refused_and_nothing_is_quoted() -> None:
    for key in (
        AccessKey("", "690806", "940623"),
        AccessKey("护照", "690806", "940623"),
        AccessKey("L8", "6908", "9"),
    ):
        with pytest.raises(MrzInvalid):
            key_text(key)
    assert "L898902C" not in repr(KEY)
    assert "ERIKSSON" not in repr(parse_mrz(TD3))


# files --------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=200))
def test_noise_is_no_file(noise: bytes) -> None:
    with pytest.raises(CardUnreadable):
        lds.mrz_of(noise)
    with pytest.raises(CardUnreadable):
        lds.face_of(noise)


@pytest.mark.parametrize("wrong", [b"\x61", b"\x61\x05ab", b"\x61\x85" + bytes(5), b"\x5f\x1f", b"\x61\x80"])
def test_objects_cut_off_are_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="object"):
        Tlv.all_in(wrong)


def test_objects_nest() -> None:
    data = bytes.fromhex("75 06 7F61 03 020101")
    assert inside(data, 0x75, 0x7F61, 0x02) == b"\x01"
    assert head_of(bytes.fromhex("7F61 82 0102")) == (0x7F61, 0x102, 5)
    with pytest.raises(ValueError, match="object 5C is missing"):
        inside(data, 0x75, 0x5C)


# the whole ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def virtual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Control, VpcdTwin]]:
    twin = VpcdTwin()
    with emulated("smartcard", tmp_path_factory.mktemp("passport"), "--vpcd", twin.address) as control:
        yield control, twin
    twin.close()


@pytest.fixture
def chip(virtual: tuple[Control, VpcdTwin]) -> Iterator[tuple[Control, VpcdTwin]]:
    control, twin = virtual
    yield control, twin
    control.do("fault", name="none")
    twin.answer_s = 5.0
    if control.do("state")["kind"]:
        control.do("card.lift")


@pytest.mark.parametrize(("kind", "form"), [("passport", "jpeg"), ("passport_jpeg2000", "jpeg2000")])
def test_a_passport_is_read_whole(chip: tuple[Control, VpcdTwin], kind: str, form: str) -> None:
    async def main(control: Control, twin: VpcdTwin) -> None:
        reader: PassportReader = PassportPcscReader(twin)
        await reader.connect()
        assert not await reader.present()
        control.do("card.place", kind=kind)
        assert await reader.present()
        for _ in range(2):  # a second reading starts anew
            raw = await reader.read(KEY)
            assert raw.untrusted_mrz == SPECIMEN
            assert parse_mrz(raw.untrusted_mrz).key == KEY
            assert raw.face_format == form
            assert Image.open(io.BytesIO(raw.untrusted_face)).size == (102, 126)
            assert "ERIKSSON" not in repr(raw)
        await reader.close()

    asyncio.run(main(*chip))


def test_a_wrong_key_opens_nothing(chip: tuple[Control, VpcdTwin]) -> None:
    async def main(control: Control, twin: VpcdTwin) -> None:
        control.do("card.place", kind="passport")
        reader = PassportPcscReader(twin)
        with pytest.raises(CardUnreadable, match=r"refused its key \(63 00\)") as refused:
            await reader.read(AccessKey("L898902C", "690806", "940624"))
        assert "898902" not in str(refused.value)
        assert (await reader.read(KEY)).untrusted_mrz == SPECIMEN

    asyncio.run(main(*chip))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("lift_mid_read", (CardLifted,)),
        ("forged", (ProtocolError,)),
        ("mute", (CardLifted, CardUnreadable)),
        ("late", (CardLifted, CardUnreadable)),
    ],
)
def test_a_chip_in_trouble(
    chip: tuple[Control, VpcdTwin], fault: str, expected: tuple[type[Exception], ...]
) -> None:
    async def main(control: Control, twin: VpcdTwin) -> None:
        reader = PassportPcscReader(twin)
        control.do("card.place", kind="passport")
        assert await reader.present()
        twin.answer_s = 0.3
        control.do("fault", name=fault)
        with pytest.raises(expected):
            await reader.read(KEY)

    asyncio.run(main(*chip))


def test_another_card_is_no_passport_and_no_card_is_none(chip: tuple[Control, VpcdTwin]) -> None:
    async def main(control: Control, twin: VpcdTwin) -> None:
        reader = PassportPcscReader(twin)
        with pytest.raises(CardLifted, match="no chip"):
            await reader.read(KEY)
        control.do("card.place", kind="uid")
        with pytest.raises(CardUnreadable, match="no travel document"):
            await reader.read(KEY)

    asyncio.run(main(*chip))


def test_what_the_chip_refuses_is_said_and_ends_nothing(chip: tuple[Control, VpcdTwin]) -> None:
    control, twin = chip
    control.do("card.place", kind="passport")
    assert twin.connect() is not None
    channel = open_chip(twin, BasicAccess(KEY))
    with pytest.raises(CardUnreadable, match="file 0103 cannot be read: passport: the chip answered 6A 82"):
        read_file(twin, channel, 0x0103)
    assert read_file(twin, channel, lds.COM).hex().upper() == "60145F0104303130365F36063034303030305C026175"
    with pytest.raises(DeviceRefused, match="6D 00"):
        channel.opened(twin.transmit(channel.protect(Command(0x20, 0, 0))))
    assert twin.transmit(bytes.fromhex("00B0000004")) == bytes.fromhex(
        "6987"
    )  # unprotected: the session is over
    with pytest.raises(DeviceRefused, match="ended the session"):
        channel.opened(twin.transmit(channel.protect(read_binary(0, 4))))
