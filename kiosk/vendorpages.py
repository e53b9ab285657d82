"""The technician's pages: from the inspection and what was tried to view models. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from kiosk.session import state as st
from kiosk.session import vendor
from kiosk.session.facts import DeviceFact, LineFact
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, CellLook, Line, Text, Tone, text

STARTING: Final = "starting"
BYTES_SHOWN: Final = 36
SHARED_NAMES: Final = ("item board", "document camera", "board")  # followed by a name of their own
PICTURES: Final[Mapping[str, str]] = {
    "reader": "reader", "staff_card": "card", "board": "door", "item_board": "door", "camera": "camera",
    "infrared": "camera", "document_camera": "camera", "face_models": "face", "printer": "printer", "sms": "phone",
    "mqtt": "network", "approval": "network",
    "journal": "disk", "ups": "battery", "signals": "bulb", "scanner": "code", "screen": "screen",
    "sound": "speaker",
}  # fmt: skip


def vendor_page(chrome: vm.Chrome, stage: st.VendorStage, session: st.Session) -> vm.ViewModel:
    """The page of a stage; the opened door is drawn by the cabinet's own pages."""
    match stage:
        case st.Inspecting(device=""):
            return _devices(chrome, stage, session)
        case st.Inspecting():
            return _device(chrome, stage, session)
        case st.ReadingFrames(_, device, frames):
            rows = tuple(vm.FrameRow(f.at, f.sent, _shortened(f.hex), f.meaning, f.right) for f in frames)
            again = Action(ask.TryAgain(), text("vendor.frames_again"))
            return vm.FramesPage(chrome, text("vendor.frames", device=_title(device)), rows, (again, _back()))
        case st.TouchingGrid(touched=touched):
            left = vendor.GRID_COLUMNS * vendor.GRID_ROWS - len(touched)
            stop = Action(ask.Back(), text("vendor.touch_stop"))
            sentence = text("vendor.touch_left", count=left)
            return vm.TouchGridPage(chrome, vendor.GRID_COLUMNS, vendor.GRID_ROWS, touched, sentence, (stop,))
        case st.TryingDoor():
            empty = session.facts.empty_cells
            cells = tuple(
                replace(cell, look=CellLook.TO_CHOOSE) if cell.name in empty else cell
                for cell in session.facts.cells
            )
            sentence = text("vendor.cells_note") if empty else text("vendor.cells_none")
            return vm.CellsPage(chrome, text("vendor.cells"), sentence, cells, (_back(),))


def _shortened(spaced_hex: str) -> str:
    """What fits into a row: noise on a line can be long."""
    told = spaced_hex.split()
    more = len(told) - BYTES_SHOWN
    return spaced_hex if more <= 0 else f"{' '.join(told[:BYTES_SHOWN])} … +{more}"


def _kind(device: str) -> tuple[str, str]:
    """What kind of device a name of the inventory means, and its own name where there may be several."""
    for shared in SHARED_NAMES:
        if device.startswith(shared + " "):
            return shared.replace(" ", "_"), device.removeprefix(shared + " ")
    return device.replace(" ", "_"), ""


def _title(device: str) -> Text:
    kind, own = _kind(device)
    return text(f"vendor.name.{kind}", name=own) if own else text(f"vendor.name.{kind}")


def _devices(chrome: vm.Chrome, stage: st.Inspecting, session: st.Session) -> vm.ViewModel:
    inspection = session.inspection
    order = {name: place for place, name in enumerate(inspection.first)}
    devices = sorted(inspection.devices, key=lambda device: order.get(device.name, len(order)))
    rows = tuple(_row(device, stage.bench) for device in devices)
    if not rows:
        sentence, tone = text("vendor.looking"), Tone.PLAIN
    elif inspection.fit:
        sentence, tone = text("vendor.fit"), Tone.GOOD
    else:
        sentence, tone = text("vendor.unfit"), Tone.BAD
    if stage.report:
        known = stage.report if stage.report in ("making", vendor.FAILED) else "made"
        sentence = text(f"vendor.report_{known}", number=stage.report)
        tone = Tone.BAD if known == vendor.FAILED else Tone.GOOD
    actions = (
        Action(ask.MakeReport(), text("vendor.report"), enabled=stage.report != "making" and bool(rows)),
        Action(ask.SignOut(), text("staff.sign_out")),
    )
    return vm.DevicesPage(chrome, text("vendor.heading"), sentence, tone, rows, actions)


def _row(device: DeviceFact, bench: st.Bench) -> vm.DeviceRow:
    tried = [result for result in bench.results if result.device == device.name]
    worst = "failed" if any(result.outcome == vendor.FAILED for result in tried) else "passed"
    said = text(f"vendor.tried_{worst}", count=len(tried)) if tried else None
    return vm.DeviceRow(
        device.name, _title(device.name), _state(device), _tone(device), device.detail, _check(device), said
    )


def _check(device: DeviceFact) -> Text | None:
    """Where to look first at a device that does not work as it should."""
    faulty = _tone(device) in (Tone.BAD, Tone.CAUTION)
    return text(f"vendor.check.{_kind(device.name)[0]}") if faulty else None


def _state(device: DeviceFact) -> Text:
    if not device.action:
        return text(f"device.{device.status}")
    return text(
        "device.state_action", state=text(f"device.{device.status}"), who=text(f"device.by.{device.action}")
    )


def _tone(device: DeviceFact) -> Tone:
    if device.status == STARTING:
        return Tone.PLAIN
    if not device.works:
        return Tone.BAD
    return Tone.CAUTION if device.action else Tone.GOOD


def _device(chrome: vm.Chrome, stage: st.Inspecting, session: st.Session) -> vm.ViewModel:
    device = session.inspection.device(stage.device) or DeviceFact(
        stage.device, "", "", STARTING, works=False
    )
    known = (("driver", device.driver), ("where", device.where), ("identity", device.identity))
    lines = tuple(Line(text(f"vendor.{label}"), value) for label, value in known if value)
    result, result_tone = _result(stage)
    return vm.DevicePage(
        chrome, _title(device.name), PICTURES[_kind(device.name)[0]], _state(device), _tone(device), device.detail,
        _check(device),
        (*lines, *_line_lines(device.line)), _plots(device.line), result, result_tone, _shown(stage),
        preview=stage.running == vendor.PICTURE_TEST, actions=_tests(stage, device),
    )  # fmt: skip


def _shown(stage: st.Inspecting) -> Text | str:
    sight = stage.sight
    if sight is None or stage.running != vendor.PICTURE_TEST:
        return stage.shown
    face = text("vendor.sight_face", px=sight.face_px) if sight.face_px else text("vendor.sight_no_face")
    size = f"{sight.width_px} x {sight.height_px}"
    return text("vendor.sight", size=size, sharpness=sight.sharpness, face=face)


def _tests(stage: st.Inspecting, device: DeviceFact) -> tuple[Action, ...]:
    if stage.asking:
        return (
            Action(ask.Judge(passed=True), text(f"vendor.yes.{stage.running}"), primary=True),
            Action(ask.Judge(passed=False), text("vendor.no")),
        )
    idle = not stage.running
    tests = tuple(
        Action(ask.RunTest(test), text(f"vendor.test.{test}"), enabled=idle) for test in device.tests
    )
    frames = (
        (Action(ask.ShowFrames(), text("vendor.show_frames"), enabled=idle),) if device.has_frames else ()
    )
    return (*tests, *frames, _back())


def _result(stage: st.Inspecting) -> tuple[Text | None, Tone]:
    if stage.asking:
        return text(f"vendor.ask.{stage.running}"), Tone.CAUTION
    if stage.running:
        return text(f"vendor.running.{stage.running}"), Tone.PLAIN
    tried = [result for result in stage.bench.results if result.device == stage.device]
    if not tried:
        return None, Tone.PLAIN
    last = tried[-1]
    name = text(f"vendor.test.{last.test}")
    said = text(f"vendor.result_{last.outcome}", test=name, detail=last.detail)
    return said, Tone.GOOD if last.outcome == vendor.PASSED else Tone.BAD


def _line_lines(line: LineFact | None) -> tuple[Line, ...]:
    if line is None:
        return ()
    answers = "–"
    if line.latency_p50_ms is not None and line.latency_p95_ms is not None:
        answers = f"{line.latency_p50_ms:.0f} / {line.latency_p95_ms:.0f} ms"
    ago = (
        "–"
        if line.answered_ago_s is None
        else text("vendor.seconds_ago", seconds=f"{line.answered_ago_s:.1f}")
    )
    return (
        Line(text("vendor.frames_count"), str(line.frames)),
        Line(text("vendor.latency"), answers),
        Line(text("vendor.answered_ago"), ago),
        Line(text("vendor.faults"), f"{line.timeouts} / {line.checksum_errors}"),
        Line(text("vendor.repairs"), f"{line.retries} / {line.losses}"),
    )


def _plots(line: LineFact | None) -> tuple[vm.Plot, ...]:
    if line is None:
        return ()
    return tuple(
        vm.Plot(text(f"vendor.plot_{name}"), _now_and_most(points), points)
        for name, points in (("frames", line.frames_lately), ("faults", line.faults_lately))
    )


def _now_and_most(points: tuple[int, ...]) -> Text:
    return text("vendor.plot_value", now=points[-1] if points else 0, most=max(points, default=0))


def _back() -> Action:
    return Action(ask.Back(), text("action.back"))
