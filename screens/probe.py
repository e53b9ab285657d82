"""A surface for tests and the demo's player: JSON lines over a Unix socket. Loaded on request, never in production.

Each request is an object with `do`, each answer one with `ok`. Pixels count from the window's top left
corner, as in its pictures; times are seconds of CLOCK_MONOTONIC, which all processes of one machine share.

    page                                  name, lang, large, serial, shown_at, controls, texts (the keys of all words),
                                          movement (the how many-th is asked for, else 0; whether it was seen)
                                          once the page has settled;
                                          lately: serial, name, shown_at of the last view models that were drawn
    wait       name, timeout_s            the same, once a page whose name fits the pattern (`card.*`) has settled
    touch      x, y                       a finger down and up at this pixel; touched_at: when it was lifted
    tap        key [intent] [index]       finds the control by its text key and touches its centre
    (touch, tap)         hold_s=0         how long the finger rests; then also pressed_at and felt_at: when the
                                          finger came and when the first frame after that was drawn
    draw       strokes                    writes on the pad: strokes of points, right and up in thousandths of it
    screenshot path [name]                writes the window as PNG, once and while a page of this name stands
    (wait, screenshot)   steady=false    a page that moves, like the live picture, is taken as it is
    (wait, screenshot)   live=true       once the camera's picture stands on the page, not a silhouette
    rss                                   resident and proportional memory in KiB
"""

import fnmatch
import json
import logging
import os
import socketserver
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeVar

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from PIL import Image

from screens.app import KioskApp
from screens.portrait import window_picture
from screens.signature import UNITS
from screens.viewmodels import movement, text_keys
from screens.widgets.cabinet import Cabinet
from screens.widgets.controls import Touchable
from screens.widgets.layout import Scroller
from screens.widgets.pad import SignaturePad
from screens.widgets.ring import PreviewRing
from screens.window import FRAMES_PER_S

_UI_ANSWERS_WITHIN_S: Final = 30.0  # the first page in other colours or sides, on a machine that is busy
_WAIT_DEFAULT_S: Final = 10.0
_STEADY_TICKS: Final = 2
_log = logging.getLogger(__name__)

Answer = dict[str, Any]
Places = tuple[str, tuple[Any, ...]]  # a page's name; key, use, place and size in px of each control on it
T = TypeVar("T")
_NOWHERE: Final[Places] = ("", ())


class ProbeError(Exception):
    """A request that can't be done; the text says why."""


class Finger(MotionEvent):
    """A touch that enters where the window's own touches enter."""

    def __init__(self, x: float, y: float) -> None:
        super().__init__("probe", 1, self._at(x, y), is_touch=True, type_id="touch")
        self.profile = ["pos"]

    @staticmethod
    def _at(x: float, y: float) -> dict[str, float]:
        width, height = Window.system_size
        return {"x": x / max(1, width - 1), "y": 1 - y / max(1, height - 1)}

    def depack(self, args: dict[str, float]) -> None:
        """Take the position from our own arguments."""
        self.sx, self.sy = args["x"], args["y"]
        super().depack(args)

    def down(self) -> None:
        """Touch the glass."""
        EventLoop.post_dispatch_input("begin", self)

    def slide(self, x: float, y: float) -> None:
        """Move on the glass."""
        self.move(self._at(x, y))
        EventLoop.post_dispatch_input("update", self)

    def up(self) -> None:
        """Leave the glass."""
        EventLoop.post_dispatch_input("end", self)


def on_ui(work: Callable[[], T]) -> T:
    """Run `work` on the UI thread and return what it returns. Raises what it raises, or TimeoutError."""
    future: Future[T] = Future()

    def run(_: float) -> None:
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001 - carried to the asking thread, not swallowed
            future.set_exception(error)

    Clock.schedule_once(run, 0)
    return future.result(_UI_ANSWERS_WITHIN_S)


class Probe:
    """Answers requests about `app` on the socket `path`. `extra`: requests of a test's own, run on the UI thread."""

    def __init__(
        self,
        app: KioskApp,
        path: Path,
        *,
        production: bool,
        extra: Mapping[str, Callable[[Answer], Answer]] | None = None,
    ) -> None:
        if production:
            raise ProbeError("the probe does not load in production")
        self._app, self._path, self._extra = app, path, dict(extra or {})
        self._drawn: tuple[int, Places] = (-1, _NOWHERE)  # of the last frame: serial, what could be touched
        self._stood: tuple[Places, int] = (_NOWHERE, 0)  # the same, and for how many ticks
        self._changed = threading.Condition()
        self._server: socketserver.ThreadingUnixStreamServer | None = None

    def start(self) -> None:
        """Listen in a thread of its own. Raises OSError where the socket can't be made."""
        probe = self

        class Connection(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    self.wfile.write(json.dumps(probe.answer(line)).encode() + b"\n")

        self._path.unlink(missing_ok=True)
        old_mask = os.umask(0o177)
        try:
            self._server = socketserver.ThreadingUnixStreamServer(str(self._path), Connection)
        finally:
            os.umask(old_mask)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="probe", daemon=True).start()
        Clock.schedule_once(self._begin, 0)

    def stop(self) -> None:
        """Close the socket."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._path.unlink(missing_ok=True)

    def answer(self, line: bytes) -> Answer:
        """The answer to one request."""
        try:
            request = json.loads(line)
            return {"ok": True, **self._do(request)}
        except (ProbeError, TimeoutError, ValueError, KeyError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}

    def _do(self, request: Answer) -> Answer:
        match request.get("do"):
            case "page":
                return self._settled("*", _WAIT_DEFAULT_S)
            case "wait":
                limit_s = float(request.get("timeout_s", _WAIT_DEFAULT_S))
                return self._settled(request["name"], limit_s, **_how(request))
            case "touch":
                return self._touch(request["x"], request["y"], float(request.get("hold_s", 0)))
            case "tap":
                wanted = (request["key"], request.get("intent"), int(request.get("index", 0)))
                self._settled("*", _WAIT_DEFAULT_S)
                if on_ui(lambda: self._bring_into_view(self._control(*wanted))):
                    self._settled("*", _WAIT_DEFAULT_S)
                x, y = on_ui(lambda: _centre(self._control(*wanted)))
                return {**self._touch(x, y, float(request.get("hold_s", 0))), "x": x, "y": y}
            case "draw":
                self._settled("*", _WAIT_DEFAULT_S)
                for stroke in request["strokes"]:
                    self._write(stroke)
                return {}
            case "screenshot":
                pattern = request.get("name", "*")
                self._settled(pattern, _WAIT_DEFAULT_S, **_how(request))
                picture = on_ui(lambda: self._picture_of(pattern))
                # packed here and not on the UI thread: it takes its time
                picture.save(Path(request["path"]), format="PNG", compress_level=1)
                return {"path": request["path"], "width": picture.width, "height": picture.height}
            case "frame":
                return {"seconds": on_ui(self._app.drawing_s)}
            case "rss":
                return _memory()
            case name if name in self._extra:
                return on_ui(lambda: self._extra[str(name)](request))
            case _:
                pass
        raise ProbeError(f"don't know how to do {request.get('do')!r}")

    def _begin(self, _: float) -> None:
        """On the UI thread: see the frames, beginning with the next."""
        Window.bind(on_flip=self._look)
        Window.canvas.ask_update()
        Clock.schedule_interval(self._watch, 1 / FRAMES_PER_S)

    def _look(self, *_: object) -> None:
        """Each time that a frame was drawn: which page it shows and where on it can be touched."""
        app = self._app
        if app.shell is None or app.current is None:
            return
        touchable = (widget for widget in app.shell.walk(restrict=True) if isinstance(widget, Touchable))
        places = tuple((one.key, one.enabled, one.disabled, *one.pos, *one.size) for one in touchable)
        self._drawn = (app.serial, (app.current.name, places))

    def _watch(self, _: float) -> None:
        """Once a tick: count for how many the same page has stood with all that can be touched in its place.

        What a page says may change with each frame, as beside a live picture: nobody would ever touch such a page.
        """
        if self._app.shell is None or self._swings():
            self._stood = (_NOWHERE, 0)
            return
        places, ticks = self._stood
        self._stood = (self._drawn[1], ticks + 1 if places == self._drawn[1] else 0)
        with self._changed:
            self._changed.notify_all()

    def _moves(self) -> bool:
        """Whether a page is on its way, or something that can be touched."""
        return self._stood[1] < _STEADY_TICKS or self._drawn[0] != self._app.serial or self._app.turning

    def _picture_of(self, pattern: str) -> Image.Image:
        """The window, if the page still stands. Raises `ProbeError`."""
        view = self._app.current
        if view is None or not fnmatch.fnmatchcase(view.name, pattern):
            raise ProbeError(f"the page {pattern} was gone before its picture was taken")
        return window_picture()

    def _swings(self) -> bool:
        """Whether a drawn door is still on its way."""
        assert self._app.shell is not None
        widgets = self._app.shell.walk(restrict=True)
        return any(isinstance(widget, Cabinet) and widget.swing < 1 for widget in widgets)

    def _lives(self) -> bool:
        """Whether the page shows what the camera sees."""
        assert self._app.shell is not None
        widgets = self._app.shell.walk(restrict=True)
        return any(isinstance(widget, PreviewRing) and widget.live for widget in widgets)

    def _settled(self, pattern: str, timeout_s: float, *, steady: bool = True, live: bool = False) -> Answer:
        end = time.monotonic() + timeout_s
        while True:
            page = on_ui(lambda: self._page(pattern, steady=steady, live=live))
            if page is not None:
                return page
            if time.monotonic() >= end:
                standing = self._app.current.name if self._app.current else "no page"
                wanted = f"page {pattern} with the live picture" if live else f"page {pattern}"
                raise ProbeError(f"waited {timeout_s} s for {wanted}; {standing} stands")
            with self._changed:
                self._changed.wait(min(0.1, max(0.0, end - time.monotonic())))

    def _page(self, pattern: str, *, steady: bool, live: bool) -> Answer | None:
        view = self._app.current
        if view is None or not fnmatch.fnmatchcase(view.name, pattern):
            return None
        if steady and self._moves():
            return None
        if live and not self._lives():
            return None
        return {
            "name": view.name, "lang": view.chrome.lang, "large": view.chrome.large, "serial": self._app.serial,
            "frames": self._app.frames, "shown_at": self._app.shown_at, "lately": list(self._app.lately),
            "controls": [_described(control) for control in self._controls()], "texts": sorted(set(text_keys(view))),
            "movement": movement(view),
        }  # fmt: skip

    def _controls(self) -> list[Touchable]:
        """What can be touched now; where the time-out warning stands, only its control."""
        assert self._app.shell is not None
        found = [
            widget for widget in self._app.shell.top.walk(restrict=True)
            if isinstance(widget, Touchable) and widget.intent is not None and not widget.disabled
        ]  # fmt: skip
        return sorted(found, key=lambda control: (-control.top, control.x))

    def _touch(self, x: float, y: float, hold_s: float) -> Answer:
        finger = Finger(x, y)
        if not hold_s:
            return on_ui(lambda: self._press(finger) and self._lift(finger))
        pressed = on_ui(lambda: self._press(finger))
        time.sleep(hold_s)  # the finger's own time on the glass
        lifted = on_ui(lambda: self._lift(finger))
        felt = [at for at in self._app.drawn if pressed["pressed_at"] <= at <= lifted["touched_at"]]
        return {**pressed, **lifted, "felt_at": felt[0] if felt else None}

    def _write(self, stroke: Sequence[tuple[float, float]]) -> None:
        """One stroke of a finger on the pad, a frame for each point. Raises `ProbeError`."""
        first, *others = [on_ui(lambda at=at: self._on_pad(*at)) for at in stroke]  # type: ignore[misc]
        finger = Finger(*first)
        on_ui(finger.down)
        for place in others:
            on_ui(lambda place=place: finger.slide(*place))  # type: ignore[misc]
        on_ui(lambda: self._lift(finger))

    def _on_pad(self, right: float, up: float) -> tuple[float, float]:
        """A place on the pad in window pixels."""
        assert self._app.shell is not None
        found = (widget for widget in self._app.shell.walk(restrict=True) if isinstance(widget, SignaturePad))
        pad = next(found, None)
        if pad is None:
            raise ProbeError("no pad to write on stands here")
        x, y = pad.to_window(pad.x + right * pad.width / UNITS, pad.y + up * pad.height / UNITS)
        return x, Window.system_size[1] - 1 - y

    def _press(self, finger: Finger) -> Answer:
        finger.down()
        return {"pressed_at": time.monotonic()}

    def _lift(self, finger: Finger) -> Answer:
        finger.up()
        self._stood = (_NOWHERE, 0)
        return {"touched_at": time.monotonic(), "serial": self._app.serial}

    def _control(self, key: str, intent: str | None, index: int) -> Touchable:
        fitting = [
            control for control in self._controls()
            if control.key == key and intent in {None, type(control.intent).__name__}
        ]  # fmt: skip
        if len(fitting) <= index:
            standing = self._app.current.name if self._app.current else "no page"
            raise ProbeError(f"no control {key!r} on {standing}: {sorted({c.key for c in self._controls()})}")
        if not fitting[index].enabled:
            raise ProbeError(f"{key!r} can't be used now")
        return fitting[index]

    def _bring_into_view(self, control: Touchable) -> bool:
        moved = _bring_into_view(control)
        if moved:
            self._stood = (_NOWHERE, 0)
        return moved


def _how(request: Answer) -> dict[str, bool]:
    """What a page must be like before it is told or taken."""
    return {"steady": bool(request.get("steady", True)), "live": bool(request.get("live", False))}


def _centre(control: Touchable) -> tuple[int, int]:
    x, y = control.to_window(*control.center)
    return round(x), round(Window.system_size[1] - 1 - y)


def _described(control: Touchable) -> Answer:
    x, y = _centre(control)
    left, bottom = control.to_window(control.x, control.y)
    right, top = control.to_window(control.right, control.top)
    return {
        "key": control.key, "intent": {"type": type(control.intent).__name__, **asdict(control.intent)},
        "x": x, "y": y, "width": round(right - left), "height": round(top - bottom), "enabled": bool(control.enabled),
        "visible": _hidden_by(control) == 0, "whole": _whole(control),
    }  # fmt: skip


def _scroller(control: Touchable) -> Scroller | None:
    parent = control.parent
    while parent is not None and parent is not parent.parent:
        if isinstance(parent, Scroller):
            return parent
        parent = parent.parent
    return None


def _whole(control: Touchable) -> bool:
    scroller = _scroller(control)
    return scroller is None or bool(scroller.y <= control.y + 1 and control.top <= scroller.top + 1)


def _hidden_by(control: Touchable) -> float:
    """How far in px the control's list has to slide up to show its centre; 0 where it can be seen."""
    scroller = _scroller(control)
    if scroller is None or scroller.y <= control.center_y <= scroller.top:
        return 0.0
    return float(scroller.center_y - control.center_y)


def _bring_into_view(control: Touchable) -> bool:
    """Slide the control's list with a finger, where the control can't be seen; whether that was needed."""
    distance = _hidden_by(control)
    scroller = _scroller(control)
    if not distance or scroller is None:
        return False
    x, y = scroller.to_window(*scroller.center)
    _, moved = scroller.to_window(scroller.center_x, scroller.center_y + distance)
    height = Window.system_size[1] - 1
    finger = Finger(x, height - y)
    finger.down()
    finger.slide(x, height - moved)
    finger.up()
    scroller.settle()
    return True


def _memory() -> Answer:
    fields = {"Rss": "rss_kib", "Pss": "pss_kib"}
    found: Answer = {}
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if name in fields:
            found[fields[name]] = int(rest.split()[0])
    return found
