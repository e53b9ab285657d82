"""A realistic example of every technician's page, for the gallery and the tests."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from screens import intents as ask
from screens.viewmodels import (
    Action,
    CellLook,
    CellsPage,
    CellView,
    Chrome,
    DevicePage,
    DeviceRow,
    DevicesPage,
    FrameRow,
    FramesPage,
    Line,
    Plot,
    Text,
    Tone,
    TouchGridPage,
    ViewModel,
    text,
)

_WORKS: Final = text("device.online")
_BY_PATH: Final = "/dev/serial/by-path/platform-3f980000.usb-usb-0:1.3:1.0-port0"
_FRAMES: Final = (
    (True, "02 00 30 03 35", "query lock status", True),
    (False, "02 00 35 00 00 FF 0F 03 48", "lock status: checksum 48, expected 47", False),
    (False, "02 00 35 00 00 FF 0F 03 47", "lock status", True),
    (True, "02 02 31 03 38", "unlock 3", True),
    (False, " ".join(["FF"] * 36) + " … +84", "garbage", False),
)
_FAULTS: Final = (0,) * 31 + (
    0,
    1,
    3,
    2,
    0,
    0,
    0,
    4,
    7,
    5,
    2,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    2,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
)
_PACE: Final = tuple(24 - 3 * faults + at % 3 for at, faults in enumerate(_FAULTS))


def vendor_samples(chrome: Chrome, cells: Sequence[CellView]) -> Iterator[ViewModel]:
    """All of them; `chrome` is staff's, `cells` a cabinet in which some compartments are free."""
    yield from _lists(chrome)
    yield from _boards(chrome)
    yield from _tests(chrome)
    back = Action(ask.Back(), text("action.back"))
    again = Action(ask.TryAgain(), text("vendor.frames_again"))
    heading = text("vendor.frames", device=_name("board", "main"))
    rows = tuple(
        FrameRow(f"22:47:{59 - at // 10:02d}.{900 - at % 10 * 87:03d}", *_FRAMES[at % len(_FRAMES)])
        for at in range(200)
    )
    yield FramesPage(chrome, heading, rows, (again, back))
    yield FramesPage(chrome, heading, (), (again, back), "vendor.frames.none")
    stop = Action(ask.Back(), text("vendor.touch_stop"))
    yield TouchGridPage(
        chrome, 6, 9, frozenset(range(25)), text("vendor.touch_left", count=29), (stop,)
    )  # fmt: skip
    choice = tuple(
        replace(cell, look=CellLook.TO_CHOOSE) if cell.look is CellLook.FREE else cell for cell in cells
    )
    yield CellsPage(chrome, text("vendor.cells"), text("vendor.cells_note"), choice, (back,))
    wall = tuple(
        CellView(f"{chr(ord('A') + row)}-{column + 1:02d}", row, column, 1, 1,
                 CellLook.HELD if (row * 7 + column * 3) % 5 == 0 else CellLook.TO_CHOOSE)
        for row in range(16) for column in range(16)
    )  # fmt: skip
    yield CellsPage(
        chrome, text("vendor.cells"), text("vendor.cells_note"), wall, (back,), "vendor.cells.many"
    )
    held = tuple(replace(cell, look=CellLook.HELD) for cell in cells)
    yield CellsPage(
        chrome, text("vendor.cells"), text("vendor.cells_none"), held, (back,), "vendor.cells.none"
    )


def _name(kind: str, own: str = "") -> Text:
    return text(f"vendor.name.{kind}", name=own) if own else text(f"vendor.name.{kind}")


def _needs(status: str, action: str) -> Text:
    return text("device.state_action", state=text(f"device.{status}"), who=text(f"device.by.{action}"))


def _row(
    name: str, *, own: str = "", state: Text = _WORKS, tone: Tone = Tone.GOOD, detail: str = ""
) -> DeviceRow:
    check = text(f"vendor.check.{name}") if tone in (Tone.BAD, Tone.CAUTION) else None
    return DeviceRow(f"{name} {own}".strip(), _name(name, own), state, tone, detail, check)


def _lists(chrome: Chrome) -> Iterator[ViewModel]:
    actions = (
        Action(ask.MakeReport(), text("vendor.report")), Action(ask.SignOut(), text("staff.sign_out")),
    )  # fmt: skip
    names = (
        "reader",
        "journal",
        "camera",
        "face_models",
        "printer",
        "sms",
        "ups",
        "staff_card",
        "mqtt",
        "screen",
        "sound",
    )
    rows = [_row("board", own="main"), *(_row(name) for name in names)]
    page = DevicesPage(
        chrome, text("vendor.heading"), text("vendor.fit"), Tone.GOOD, tuple(rows), actions
    )  # fmt: skip
    yield page
    faulty = (
        _row("board", own="main", state=_needs("offline", "maintenance"), tone=Tone.BAD,
             detail="no answer from board 0 at socket://10.0.0.7:4001 within 0.3 s, tried 3 times"),
        _row("printer", state=_needs("offline", "clear"), tone=Tone.BAD, detail="paper out"),
        _row("mqtt", state=_needs("offline", "suspend"), tone=Tone.CAUTION,
             detail="connection refused by 10.0.0.9:8883"),
    )  # fmt: skip
    tried = replace(_row("sound"), tried=text("vendor.tried_passed", count=1))
    failed = replace(_row("screen"), tried=text("vendor.tried_failed", count=2))
    well = tuple(row for row in rows if row.name not in {"board main", "printer", "mqtt", "screen", "sound"})
    yield replace(
        page, sentence=text("vendor.unfit"), tone=Tone.BAD, rows=(*faulty, *well, failed, tried),
        name="vendor.list.faults",
    )  # fmt: skip
    starting = tuple(replace(row, state=text("device.starting"), tone=Tone.PLAIN) for row in rows[:6])
    yield replace(
        page, sentence=text("vendor.unfit"), tone=Tone.BAD, rows=(*starting, *rows[6:]), name="vendor.list.starting"
    )  # fmt: skip
    yield replace(
        page, sentence=text("vendor.looking"), tone=Tone.PLAIN, rows=(), name="vendor.list.looking",
        actions=(replace(actions[0], enabled=False), actions[1]),
    )  # fmt: skip
    for how, tone in (("making", Tone.GOOD), ("made", Tone.GOOD), ("failed", Tone.BAD)):
        said = text(f"vendor.report_{how}", number="R-261122-01")
        report = replace(actions[0], enabled=how != "making")
        yield replace(
            page, sentence=said, tone=tone, actions=(report, actions[1]), name=f"vendor.list.report_{how}"
        )  # fmt: skip


def _boards(chrome: Chrome) -> Iterator[ViewModel]:
    lines = (
        Line(text("vendor.driver"), "kerong_cu16"), Line(text("vendor.where"), f"{_BY_PATH} #0"),
        Line(text("vendor.identity"), "closed_is_one true, has_item_sensors true"),
        Line(text("vendor.frames_count"), "184213"), Line(text("vendor.latency"), "4 / 11 ms"),
        Line(text("vendor.answered_ago"), text("vendor.seconds_ago", seconds="0.1")),
        Line(text("vendor.faults"), "3 / 27"), Line(text("vendor.repairs"), "30 / 1"),
    )  # fmt: skip
    plots = tuple(
        Plot(text(f"vendor.plot_{name}"), text("vendor.plot_value", now=points[-1], most=max(points)), points)
        for name, points in (("frames", _PACE), ("faults", _FAULTS))
    )
    actions = (
        Action(ask.RunTest("door"), text("vendor.test.door")),
        Action(ask.ShowFrames(), text("vendor.show_frames")), Action(ask.Back(), text("action.back")),
    )  # fmt: skip
    page = DevicePage(
        chrome, _name("board", "main"), "door", _WORKS, Tone.GOOD, "", None, lines, plots, None, Tone.PLAIN, "",
        preview=False, actions=actions,
    )  # fmt: skip
    yield page
    passed = text(
        "vendor.result_passed", test=text("vendor.test.door"), detail="A-03 opened and closed, item sensor: present"
    )  # fmt: skip
    yield replace(page, result=passed, result_tone=Tone.GOOD, name="vendor.device.result")
    failed = text("vendor.result_failed", test=text("vendor.test.door"), detail="A-03: DOOR_JAMMED")
    yield replace(
        page, state=_needs("offline", "maintenance"), tone=Tone.BAD, result=failed, result_tone=Tone.BAD,
        detail="no answer from board 0 within 0.3 s, tried 3 times: look at supply, wires and address",
        check=text("vendor.check.board"), name="vendor.device.fault",
    )  # fmt: skip


def _tests(chrome: Chrome) -> Iterator[ViewModel]:
    back = Action(ask.Back(), text("action.back"))
    no = Action(ask.Judge(passed=False), text("vendor.no"))

    def page(kind: str, picture: str, driver: str, *tests: str) -> DevicePage:
        known = (("driver", driver), *((("where", _BY_PATH),) if kind != "screen" else ()))
        lines = tuple(Line(text(f"vendor.{label}"), value) for label, value in known)
        actions = tuple(Action(ask.RunTest(test), text(f"vendor.test.{test}")) for test in tests)
        return DevicePage(
            chrome, _name(kind), picture, _WORKS, Tone.GOOD, "", None, lines, (), None, Tone.PLAIN, "",
            preview=False, actions=(*actions, back), name=f"vendor.device.{kind}",
        )  # fmt: skip

    def judged(test: str) -> tuple[Action, ...]:
        return (Action(ask.Judge(passed=True), text(f"vendor.yes.{test}"), primary=True), no)

    printer = page("printer", "printer", "escpos", "receipt")
    yield printer
    yield replace(
        printer, result=text("vendor.ask.receipt"), result_tone=Tone.CAUTION, actions=judged("receipt"),
        name="vendor.device.judge",
    )  # fmt: skip
    reader = page("reader", "reader", "samv", "card")
    yield replace(
        reader, result=text("vendor.running.card"), name="vendor.device.reading",
        actions=(replace(reader.actions[0], enabled=False), back),
    )  # fmt: skip
    shown = text("vendor.result_passed", test=text("vendor.test.card"), detail="resident")
    yield replace(
        reader, result=shown, result_tone=Tone.GOOD, shown="王*芳\n3703**********0023", name="vendor.device.card"
    )  # fmt: skip
    camera = page("camera", "camera", "uvc", "picture")
    yield camera
    yield replace(
        camera, result=text("vendor.ask.picture"), result_tone=Tone.CAUTION, actions=judged("picture"),
        preview=True, name="vendor.device.picture",
        shown=text("vendor.sight", size="1280 x 720", sharpness=183, face=text("vendor.sight_face", px=214)),
    )  # fmt: skip
    yield page("sms", "phone", "gsm_modem", "signal", "message")
    yield page("screen", "screen", "kivy", "touch")
