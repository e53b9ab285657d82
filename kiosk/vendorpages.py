"""The technician's pages: from the inspection and what was tried to view models. Pure."""

from typing import Final

from kiosk.session import state as st
from kiosk.session import vendor
from kiosk.session.facts import DeviceFact, LineFact
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Line, Text, Tone, text

PICTURE_TEST: Final = "picture"
STARTING: Final = "starting"


def vendor_page(chrome: vm.Chrome, stage: st.VendorStage, session: st.Session) -> vm.ViewModel:
    """The page of a stage; the opened door is drawn by the cabinet's own pages."""
    match stage:
        case st.Inspecting(device=""):
            return _devices(chrome, stage, session)
        case st.Inspecting():
            return _device(chrome, stage, session)
        case st.ReadingFrames(_, device, frames):
            rows = tuple(vm.FrameRow(f.at, f.sent, f.hex, f.meaning, f.right) for f in frames)
            again = Action(ask.TryAgain(), text("vendor.frames_again"))
            return vm.FramesPage(chrome, text("vendor.frames", device=device), rows, (again, _back()))
        case st.TouchingGrid(touched=touched):
            left = vendor.GRID_COLUMNS * vendor.GRID_ROWS - len(touched)
            stop = Action(ask.Back(), text("vendor.touch_stop"))
            sentence = text("vendor.touch_left", count=left)
            return vm.TouchGridPage(chrome, vendor.GRID_COLUMNS, vendor.GRID_ROWS, touched, sentence, (stop,))
        case st.TryingDoor():
            facts = session.facts
            choices = tuple(cell.name for cell in facts.cells if cell.name in facts.empty_cells)
            sentence = text("vendor.cells_note") if choices else text("vendor.cells_none")
            return vm.CellsPage(chrome, text("vendor.cells"), sentence, facts.cells, choices, (_back(),))


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
        device.name, f"{device.driver}  {device.where}", _state(device), _tone(device), device.detail, said
    )


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
    lines = [Line(text("vendor.driver"), device.driver), Line(text("vendor.where"), device.where)]
    if device.identity:
        lines.append(Line(text("vendor.identity"), device.identity))
    result, tone = _result(stage)
    return vm.DevicePage(
        chrome, device.name, _state(device), _tone(device), device.detail,
        (*lines, *_line_lines(device.line)), _plots(device), result, tone, stage.shown,
        preview=stage.running == PICTURE_TEST, actions=_tests(stage, device),
    )  # fmt: skip


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
    ago = "–" if line.answered_ago_s is None else f"{line.answered_ago_s:.1f} s"
    return (
        Line(text("vendor.frames_count"), str(line.frames)),
        Line(text("vendor.latency"), answers),
        Line(text("vendor.answered_ago"), ago),
        Line(
            text("vendor.faults"),
            f"{line.timeouts} / {line.checksum_errors} / {line.retries} / {line.losses}",
        ),
    )


def _plots(device: DeviceFact) -> tuple[vm.Plot, ...]:
    if device.line is None:
        return ()
    return (vm.Plot(text("vendor.plot_faults"), str(sum(device.history)), device.history),)


def _back() -> Action:
    return Action(ask.Back(), text("action.back"))
