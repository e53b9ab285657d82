"""Technicians' pages from what is known: order, colours, words for everything that a device may be or be tried with."""

from dataclasses import replace
from string import Formatter

import pytest

from drivers.contracts.health import DeviceStatus, ErrorAction
from drivers.registry import DriverKind
from kiosk import vendorpages
from kiosk.runtime.inventory import inventory
from kiosk.runtime.workshop import TESTS
from kiosk.session import state as st
from kiosk.session.facts import DeviceFact, FrameFact, Inspection, LineFact
from kiosk.settings import load
from screens import intents as ask
from screens import viewmodels as vm
from screens.languages import LANGUAGES
from screens.viewmodels import CellLook, Chrome, Tone
from screens.words import words
from tests.faults.playing import demo_file
from tests.session.scenes import CELL, FINE, start

DEMO = load([demo_file().with_name("default.toml"), demo_file()], variables={"runtime_dir": "/tmp"})
BENCH = st.Bench("4")
CHROME = Chrome(
    "zh_CN", large=False, clock="22:47", weekday=6, kiosk_name="kiosk", hotline="12345", staff=True
)
LINE = LineFact(120, 3, 2, 1, 0, 4.4, 10.6, 0.12, (0, 20, 24), (0, 2, 1))
BOARD = DeviceFact(
    "board main", "kerong_cu16", "/dev/ttyS1 #0", "online", works=True, line=LINE, tests=("door",), has_frames=True
)  # fmt: skip
PRINTER = DeviceFact(
    "printer", "escpos", "/dev/ttyS2", "offline", works=False, action="clear", detail="paper out"
)
ALL_TESTS = {test for tests in TESTS.values() for test in tests} | {"touch", "tone"}


def page(
    stage: st.VendorStage, *devices: DeviceFact, fit: bool = True, first: tuple[str, ...] = ()
) -> vm.ViewModel:
    session = replace(start(), stage=stage, inspection=Inspection(devices, fit, first))
    return vendorpages.vendor_page(CHROME, stage, session)


def test_what_is_to_be_mended_first_stands_first_and_says_where_to_look() -> None:
    shown = page(st.Inspecting(BENCH), BOARD, PRINTER, fit=False, first=("printer",))
    assert isinstance(shown, vm.DevicesPage)
    assert [row.name for row in shown.rows] == ["printer", "board main"]
    first = shown.rows[0]
    assert (first.tone, first.detail) == (Tone.BAD, "paper out")
    assert first.check == vm.text("vendor.check.printer")
    assert words("zh_CN")(first.state) == "脱机，现场可处理"
    assert shown.rows[1].check is None
    assert (shown.sentence.key, shown.tone) == ("vendor.unfit", Tone.BAD)


def test_results_of_tests_stand_in_the_list() -> None:
    bench = BENCH.with_result(st.TrialResult("printer", "receipt", "passed"))
    bench = bench.with_result(st.TrialResult("board main", "door", "failed"))
    shown = page(st.Inspecting(bench), BOARD, PRINTER)
    assert isinstance(shown, vm.DevicesPage)
    assert [row.tried and row.tried.key for row in shown.rows] == [
        "vendor.tried_failed",
        "vendor.tried_passed",
    ]


@pytest.mark.parametrize(
    ("report", "key", "tone"),
    [
        ("making", "vendor.report_making", Tone.GOOD), ("failed", "vendor.report_failed", Tone.BAD),
        ("R-261122-01", "vendor.report_made", Tone.GOOD),
    ],
)  # fmt: skip
def test_the_report_says_how_it_went(report: str, key: str, tone: Tone) -> None:
    shown = page(st.Inspecting(BENCH, report=report), BOARD)
    assert isinstance(shown, vm.DevicesPage)
    assert (shown.sentence.key, shown.tone) == (key, tone)
    assert shown.actions[0].enabled == (report != "making")


def test_before_the_first_look_there_is_nothing_to_report() -> None:
    shown = page(st.Inspecting(BENCH))
    assert isinstance(shown, vm.DevicesPage)
    assert shown.sentence.key == "vendor.looking"
    assert not shown.actions[0].enabled


def test_a_line_is_told_in_numbers_and_curves() -> None:
    shown = page(st.Inspecting(BENCH, "board main"), BOARD)
    assert isinstance(shown, vm.DevicePage)
    said = [words("en")(line.value) for line in shown.lines]
    assert said == ["kerong_cu16", "/dev/ttyS1 #0", "120", "4 / 11 ms", "0.1 s ago", "1 / 2", "3 / 0"]
    assert [plot.points for plot in shown.plots] == [(0, 20, 24), (0, 2, 1)]
    assert [words("en")(plot.value) for plot in shown.plots] == ["now 24, most 24", "now 1, most 2"]


def test_long_noise_is_cut_to_what_a_row_can_hold() -> None:
    noise = FrameFact("22:47:01.003", sent=False, hex=" ".join(["FF"] * 300), meaning="garbage", right=False)
    shown = page(st.ReadingFrames(BENCH, "board main", (noise, replace(noise, hex="02 00"))), BOARD)
    assert isinstance(shown, vm.FramesPage)
    assert [row.hex for row in shown.rows] == [" ".join(["FF"] * 36) + " … +264", "02 00"]
    assert words("zh_CN")(shown.heading) == "锁控板 main 通信记录"


def test_a_test_is_run_then_judged_then_told() -> None:
    def tests_of(stage: st.Inspecting) -> tuple[list[tuple[str, bool]], vm.Text | None]:
        shown = page(stage, BOARD)
        assert isinstance(shown, vm.DevicePage)
        return [(action.label.key, action.enabled) for action in shown.actions], shown.result

    assert tests_of(st.Inspecting(BENCH, "board main")) == (
        [("vendor.test.door", True), ("vendor.show_frames", True), ("action.back", True)], None,
    )  # fmt: skip
    running, said = tests_of(st.Inspecting(BENCH, "board main", "tone"))
    assert running[:2] == [("vendor.test.door", False), ("vendor.show_frames", False)]
    assert said == vm.text("vendor.running.tone")
    judging, said = tests_of(st.Inspecting(BENCH, "board main", "tone", asking=True))
    assert judging == [("vendor.yes.tone", True), ("vendor.no", True)]
    assert said == vm.text("vendor.ask.tone")


def test_only_empty_compartments_are_offered() -> None:
    shown = page(st.TryingDoor(BENCH, "board main"), BOARD)
    assert isinstance(shown, vm.CellsPage)
    offered = {cell.name for cell in shown.cells if cell.look is CellLook.TO_CHOOSE}
    assert offered == FINE.empty_cells
    assert CELL not in offered


@pytest.mark.parametrize("lang", LANGUAGES)
def test_there_are_words_for_every_state_action_device_and_test(lang: str) -> None:
    said = words(lang).sentences
    kinds = {vendorpages._kind(item.name)[0] for item in inventory(DEMO)} | vendorpages.PICTURES.keys()
    wanted = {f"device.{status.value}" for status in DeviceStatus} | {
        f"device.by.{who.value}" for who in ErrorAction
    }
    wanted |= {f"vendor.{what}.{kind}" for what in ("name", "check") for kind in kinds}
    wanted |= {f"vendor.test.{test}" for test in ALL_TESTS}
    wanted |= {f"vendor.running.{test}" for test in ALL_TESTS - {"touch", "door"}}
    assert not wanted - said.keys()
    asked, judged = (
        {key.rpartition(".")[2] for key in said if key.startswith(f"vendor.{what}.")}
        for what in ("ask", "yes")
    )
    assert asked == judged
    named = {
        kind
        for kind in kinds
        if any(field for _, field, _, _ in Formatter().parse(said[f"vendor.name.{kind}"]))
    }
    assert named == {shared.replace(" ", "_") for shared in vendorpages.SHARED_NAMES}
    assert kinds <= vendorpages.PICTURES.keys()


def test_every_kind_of_device_that_can_be_tried_is_a_kind_of_driver() -> None:
    assert set(TESTS) <= set(DriverKind)
    assert ask.RunTest("door").test in TESTS[DriverKind.BOARD]
