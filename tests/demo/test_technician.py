"""A technician's visit on the real program: its window, real drivers, emulated devices; every step by touch."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.emulators.world import Options
from kiosk.demo.command import cells_of
from kiosk.demo.stage import Stage
from kiosk.session.vendor import GRID_COLUMNS, GRID_ROWS
from screens.theme import HEIGHT, WIDTH
from tests.faults.playing import STAFF_PIN, TECHNICIAN, TECHNICIAN_PHONE, Kiosk, demo_file, running

EMPTY = "A-05"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    folder: Path = tmp_path_factory.mktemp("technician")
    stage = Stage(folder, cells_of(demo_file()), demo_file(), options=Options(read_delay_ms=200))
    yield from running(stage, headless=False, technician=True)


@pytest.fixture
def kiosk(program: Kiosk) -> Kiosk:
    """The program in service mode at the list of devices, all of them well."""
    program.repair()
    if program.page == "home":
        program.signs_in(STAFF_PIN, TECHNICIAN)
        program.sees("vendor.list")
    while program.page != "vendor.list":
        program.tap("action.back")
    program.until(lambda: program.has("device.reader"), "list of devices")
    return program


def judged(kiosk: Kiosk, mark: int) -> tuple[str, str, str, str]:
    """Device, test, outcome and staff number of the next test in the journal."""
    fact = kiosk.recorded("DeviceTested", after=mark)
    return fact["device"], fact["test"], fact["outcome"], fact["staff_no"]


def test_board_frames_and_an_empty_compartment(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.tap("device.board main")
    kiosk.sees("vendor.device")
    kiosk.tap("vendor.show_frames")
    kiosk.sees("vendor.frames")
    kiosk.until(lambda: "vendor.frames_none" not in kiosk.probe.page()["texts"], "frames")
    kiosk.tap("action.back")
    kiosk.tap("vendor.test.door")
    kiosk.sees("vendor.cells")
    kiosk.tap(f"cell.{EMPTY}")
    kiosk.sees("vendor.door_open")
    assert kiosk.open_cell() == EMPTY
    kiosk.world.perform(f"door close {EMPTY}")
    kiosk.sees("vendor.device")
    assert judged(kiosk, mark) == ("board main", "door", "passed", TECHNICIAN)
    assert kiosk.recorded("OpenRequested", after=mark)["actor"] == f"technician:{TECHNICIAN}"
    assert not kiosk.open_cells()


def test_the_test_receipt_is_judged(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.tap("device.printer")
    kiosk.tap("vendor.test.receipt")
    kiosk.tap("vendor.yes.receipt")
    assert judged(kiosk, mark) == ("printer", "receipt", "passed", TECHNICIAN)
    kiosk.tap("action.back")
    kiosk.sees("vendor.list")
    assert "vendor.tried_passed" in kiosk.probe.page()["texts"]


def test_a_card_is_read_and_forgotten(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.tap("device.reader")
    kiosk.tap("vendor.test.card")
    kiosk.until(lambda: "vendor.running.card" in kiosk.probe.page()["texts"], "running test")
    kiosk.world.do("reader", "card.place", person="yi")
    assert judged(kiosk, mark) == ("reader", "card", "passed", TECHNICIAN)
    kiosk.world.do("reader", "card.lift")
    assert not kiosk.journal("CardRead", after=mark)


def test_the_cameras_picture_is_judged_and_wiped(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.world.perform("face show obama3")
    kiosk.tap("device.camera")
    kiosk.tap("vendor.test.picture")
    kiosk.until(
        lambda: "vendor.sight_face" in kiosk.probe.wait("*", steady=False)["texts"], "face in the picture"
    )
    kiosk.tap("vendor.yes.picture")
    assert judged(kiosk, mark) == ("camera", "picture", "passed", TECHNICIAN)
    assert not kiosk.journal("ConsentGiven", "IdentityVerified", after=mark)


def test_a_camera_that_shows_nothing_has_failed(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.world.do("camera", "fault", name="mute")
    kiosk.tap("device.camera")
    kiosk.tap("vendor.test.picture")
    assert judged(kiosk, mark) == ("camera", "picture", "failed", TECHNICIAN)


def test_a_staff_card_is_read(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.tap("device.staff_card")
    kiosk.tap("vendor.test.staffcard")
    kiosk.until(lambda: "vendor.running.staffcard" in kiosk.probe.page()["texts"], "running test")
    kiosk.world.perform("staff card zhang")
    assert judged(kiosk, mark) == ("staff_card", "staffcard", "passed", TECHNICIAN)


def test_a_code_is_read(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.tap("device.scanner")
    kiosk.tap("vendor.test.code")
    kiosk.until(lambda: "vendor.running.code" in kiosk.probe.page()["texts"], "running test")
    kiosk.world.perform("code hold anything")
    assert judged(kiosk, mark) == ("scanner", "code", "passed", TECHNICIAN)


@pytest.mark.parametrize(
    ("device", "test", "judgement"),
    [("sms", "signal", ""), ("sms", "message", "vendor.yes.message"), ("mqtt", "roundtrip", "")],
)
def test_the_ways_out_are_tried(kiosk: Kiosk, device: str, test: str, judgement: str) -> None:
    mark = kiosk.mark
    kiosk.tap(f"device.{device}")
    kiosk.tap(f"vendor.test.{test}")
    if judgement:
        kiosk.tap(judgement)
        assert len(kiosk.sms(TECHNICIAN_PHONE)) == 1
    assert judged(kiosk, mark) == (device, test, "passed", TECHNICIAN)


@pytest.mark.parametrize("device", ["sms", "mqtt"])
def test_a_way_out_that_is_shut_has_failed(kiosk: Kiosk, device: str) -> None:
    mark = kiosk.mark
    kiosk.tap(f"device.{device}")
    kiosk.sees("vendor.device")  # first, for on the list what fails goes to the top under one's finger
    if device == "sms":
        kiosk.world.do("modem", "fault", name="mute")
    else:
        kiosk.world.perform("broker stop")
    test = {"sms": "signal", "mqtt": "roundtrip"}[device]
    kiosk.tap(f"vendor.test.{test}")
    assert judged(kiosk, mark) == (device, test, "failed", TECHNICIAN)
    if device == "mqtt":
        kiosk.world.perform("broker start")


def test_every_square_is_touched(kiosk: Kiosk) -> None:
    mark = kiosk.mark
    kiosk.tap("device.screen")
    kiosk.tap("vendor.test.touch")
    kiosk.sees("vendor.touch")
    across, down = WIDTH / GRID_COLUMNS, HEIGHT / GRID_ROWS
    behind = {
        (row, column) for row in (6, 7) for column in range(1, GRID_COLUMNS - 1)
    }  # where the panel stands
    squares = [(row, column) for row in range(GRID_ROWS) for column in range(GRID_COLUMNS)]
    for row, column in [square for square in squares if square not in behind]:
        kiosk.probe.call("touch", x=(column + 0.5) * across, y=(row + 0.5) * down)
    kiosk.until(lambda: kiosk.page == "vendor.touch", "page with the panel out of the way")
    for row, column in sorted(behind):
        kiosk.probe.call("touch", x=(column + 0.5) * across, y=(row + 0.5) * down)
    kiosk.sees("vendor.device")
    assert judged(kiosk, mark) == ("screen", "touch", "passed", TECHNICIAN)


def test_a_printer_without_paper_stands_first_and_says_where_to_look(kiosk: Kiosk) -> None:
    kiosk.world.perform("paper out")

    def first() -> str:
        controls = kiosk.probe.page()["controls"]
        return next(str(control["key"]) for control in controls if control["key"].startswith("device."))

    kiosk.until(lambda: first() == "device.printer", "printer at the head of the list")
    assert {"vendor.check.printer", "device.by.clear"} <= set(kiosk.probe.page()["texts"])
    kiosk.world.perform("paper refill")
    kiosk.until(lambda: "vendor.check.printer" not in kiosk.probe.page()["texts"], "printer that works")


def test_who_signed_in_and_out_is_in_the_journal(kiosk: Kiosk) -> None:
    entered = kiosk.journal("VendorModeEntered")[-1]
    kiosk.tap("staff.sign_out")
    kiosk.sees("home")
    left = kiosk.recorded("VendorModeExited", after=entered["seq"])
    assert (entered["staff_no"], left["staff_no"], left["reason"]) == (TECHNICIAN, TECHNICIAN, "signed out")
