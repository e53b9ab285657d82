"""Photo decoders: the emulated cards' codec, and the vendor's process on a library that crashes and hangs."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.emulators.people import PEOPLE
from drivers.errors import PhotoUndecodable
from drivers.registry import VendorLibraryConfig
from kiosk.identity.photo import StandInDecoder, VendorDecoder, create_standin, create_vendor

CODE = 77
HEAD = bytes.fromhex("57 4C 66 00 7E 00 32 00")
TWIN = Path(__file__).with_name("photo_twin.c")
PICTURE, REFUSE, CRASH, HANG, NOTHING, PRINT, PAST, EXIT = range(8)


def block(how: int, blue: int = 9) -> bytes:
    return (HEAD + bytes((how, blue))).ljust(1024, b"\0")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("vendor") / "libtwin.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", made, TWIN], check=True)
    return made


@pytest.fixture(params=["unpack", "Unpack", "WltToBmp"])
def decoder(request: pytest.FixtureRequest, library: Path) -> Iterator[VendorDecoder]:
    made = create_vendor(
        VendorLibraryConfig(library=str(library), abi=request.param, code=CODE, timeout_s=20)
    )
    yield made
    made.close()


def check_picture(decoder: VendorDecoder, *, how: int = PICTURE, blue: int = 9) -> None:
    picture = decoder.decode(block(how, blue))
    assert picture.shape == (126, 102, 3)
    assert picture.dtype == np.uint8
    rows, columns = np.indices((126, 102))
    assert np.array_equal(picture, np.dstack([np.full_like(rows, blue), columns, rows]))


def test_a_picture_stands_upright_in_bgr(decoder: VendorDecoder) -> None:
    check_picture(decoder)
    check_picture(decoder, blue=200)  # the same process again


def test_a_refusal_a_crash_an_exit_and_then_a_picture(decoder: VendorDecoder) -> None:
    for how, words in ((REFUSE, "refused"), (CRASH, "status -11"), (EXIT, "status 3")):
        with pytest.raises(PhotoUndecodable, match=words):
            decoder.decode(block(how))
        check_picture(decoder)


def test_the_last_persons_picture_is_never_handed_out_again(decoder: VendorDecoder) -> None:
    check_picture(decoder)
    with pytest.raises(PhotoUndecodable, match="refused"):
        decoder.decode(block(NOTHING))


def test_a_library_that_prints_prints_neither_into_the_picture_nor_into_our_log(
    decoder: VendorDecoder, capfd: pytest.CaptureFixture[str]
) -> None:
    check_picture(decoder, how=PRINT)
    assert capfd.readouterr() == ("", "")


def test_a_library_that_writes_past_its_picture(decoder: VendorDecoder) -> None:
    check_picture(decoder, how=PAST)
    check_picture(decoder)


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split())


def test_a_library_that_hangs_is_ended_and_started_anew(library: Path) -> None:
    before = children()
    decoder = VendorDecoder(str(library), abi="unpack", code=CODE, timeout_s=0.5)
    with pytest.raises(PhotoUndecodable, match=r"within 0\.5 s"):
        decoder.decode(block(HANG))
    assert children() == before
    patient = VendorDecoder(str(library), abi="unpack", code=CODE, timeout_s=20)
    check_picture(patient)
    assert len(children() - before) == 1
    patient.close()
    patient.close()
    assert children() == before


def test_a_wrong_code_is_refused(library: Path) -> None:
    decoder = VendorDecoder(str(library), abi="unpack", code=CODE + 1, timeout_s=20)
    with pytest.raises(PhotoUndecodable, match="refused"):
        decoder.decode(block(PICTURE))
    decoder.close()


@pytest.mark.parametrize(("name", "abi"), [("nothing.so", "unpack"), ("libtwin.so", "GetBmp")])
def test_a_library_that_cannot_be_loaded(library: Path, name: str, abi: str) -> None:
    decoder = VendorDecoder(str(library.with_name(name)), abi=abi, code=CODE, timeout_s=20)
    with pytest.raises(PhotoUndecodable, match="status 1"):
        decoder.decode(block(PICTURE))
    decoder.close()


@pytest.mark.parametrize("size", [0, 1023, 1025])
def test_a_block_of_another_size_starts_nothing(library: Path, size: int) -> None:
    before = children()
    for decoder in (VendorDecoder(str(library), abi="unpack", code=CODE, timeout_s=20), create_standin()):
        with pytest.raises(PhotoUndecodable, match=f"{size} bytes"):
            decoder.decode(bytes(size))
    assert children() == before


@pytest.mark.parametrize("person", PEOPLE)
def test_the_emulated_cards_have_a_picture_on_white(person: str) -> None:
    picture = StandInDecoder().decode(PEOPLE[person].photo_block())
    assert picture.shape == (126, 102, 3)
    assert picture[:5, :5].min() > 240
    assert picture[30:80, 35:65].mean() < 190


def test_a_real_cards_block_is_no_picture_to_the_stand_in() -> None:
    huge = b"P6 99999 99999 255\n"
    for body in (
        bytes(1016),
        b"\x01" * 1016,
        huge.ljust(1016, b"\0"),
        b"RIFF\xff\xff\xff\xffWEBP".ljust(1016, b"\0"),
    ):
        with pytest.raises(PhotoUndecodable, match="no picture"):
            StandInDecoder().decode(HEAD + body)
