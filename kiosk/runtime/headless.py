"""The screen of `run --headless`: keeps the page, and answers the probe's words from the view model alone."""

import fnmatch
import json
import os
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from string import ascii_lowercase
from typing import Any, Final

from screens.intents import (
    AskSomebody,
    ChooseCell,
    ChooseItem,
    ChooseTheme,
    ClearTyped,
    DeleteDigit,
    Digit,
    Drawn,
    Intent,
    Letter,
    LetterX,
    Louder,
    SayAgain,
    ShowDevice,
    ShowEveryone,
    ShowHelp,
    Sign,
    StaffEntrance,
    StartOver,
    StillHere,
    SwitchLanguage,
    TouchSquare,
)
from screens.viewmodels import (
    VOICE_STEPS,
    Action,
    CaseRow,
    CellLook,
    CellView,
    Chrome,
    DeviceRow,
    ItemRow,
    KeypadPage,
    Option,
    PaperRow,
    PickRow,
    SearchPage,
    SignPage,
    Text,
    ThemeTile,
    Tone,
    TouchGridPage,
    ViewModel,
    WritePage,
    movement,
    text_keys,
)

WAIT_DEFAULT_S: Final = 10.0
WRITTEN: Final = tuple(
    (100 + 40 * at, 500 + at % 3 * 60, at * 16) for at in range(20)
)  # by whoever has no finger
WITHOUT_CONTROLS: Final = frozenset({str, int, bool, type(None), Text, Tone})  # most of what a page holds


class HeadlessScreen:
    """`kiosk.runtime.ports.Screen` without pixels."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._shown: ViewModel | None = None
        self._serial = 0
        self._post: Callable[[Intent], None] = lambda _intent: None
        self._server: socketserver.ThreadingUnixStreamServer | None = None
        self._path: Path | None = None

    def show(self, view_model: ViewModel) -> None:
        """Keep it."""
        with self._changed:
            self._shown = view_model
            self._serial += 1
            self._changed.notify_all()

    def attach(self, post: Callable[[Intent], None], probe: Path | None) -> None:
        """Take the way for intents; listen on `probe` where one is wanted."""
        self._post = post
        if probe is None:
            return
        answer = self.answer

        class Connection(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    self.wfile.write(json.dumps(answer(line)).encode() + b"\n")

        probe.unlink(missing_ok=True)
        old_mask = os.umask(0o177)
        try:
            self._server = socketserver.ThreadingUnixStreamServer(str(probe), Connection)
        finally:
            os.umask(old_mask)
        self._path = probe
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="probe", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        if self._server is not None and self._path is not None:
            self._server.shutdown()
            self._server.server_close()
            self._path.unlink(missing_ok=True)

    def answer(self, line: bytes) -> dict[str, Any]:
        """The answer to one request (see `screens.probe`)."""
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError("one JSON object a line")
            return {"ok": True, **self._do(request)}
        except (ValueError, KeyError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        match request.get("do"):
            case "page":
                return self._page("*", WAIT_DEFAULT_S)
            case "wait":
                return self._page(request["name"], float(request.get("timeout_s", WAIT_DEFAULT_S)))
            case "tap":
                self._tap(request["key"], int(request.get("index", 0)))
                return {}
            case "rss":
                return {"pid": os.getpid()}
            case name:
                raise ValueError(f"without a window there is no {name!r}")

    def _page(self, pattern: str, timeout_s: float) -> dict[str, Any]:
        def there() -> bool:
            return self._shown is not None and fnmatch.fnmatchcase(self._shown.name, pattern)

        with self._changed:
            if not self._changed.wait_for(there, timeout_s):
                standing = self._shown.name if self._shown else "no page"
                raise ValueError(f"waited {timeout_s} s for page {pattern}; {standing} stands")
            shown = self._shown
            assert shown is not None
            controls = [
                {"key": key, "intent": {"type": type(intent).__name__, **asdict(intent)}, "enabled": enabled}
                for key, intent, enabled in controls_of(shown)
            ]
            return {
                "name": shown.name, "lang": shown.chrome.lang, "serial": self._serial, "controls": controls,
                "texts": sorted(set(text_keys(shown))), "shown_at": time.monotonic(), "movement": movement(shown),
            }  # fmt: skip

    def _tap(self, key: str, index: int) -> None:
        with self._changed:
            shown = self._shown
        if shown is None:
            raise ValueError("no page yet")
        found = [intent for name, intent, enabled in controls_of(shown) if name == key and enabled]
        if index < len(found):
            self._post(found[index])
            return
        raise ValueError(f"no control {key!r} on {shown.name} that can be used")


def controls_of(view_model: ViewModel) -> Iterator[tuple[str, Intent, bool]]:
    """Everything on a page that asks for something: (text key, intent, enabled). The warning covers the page."""
    if view_model.chrome.seconds_left is not None:
        yield "timeout.still_here", StillHere(), True
        return
    if isinstance(view_model, TouchGridPage):
        for square in range(view_model.columns * view_model.rows):
            yield f"square.{square}", TouchSquare(square), True
    else:
        yield from _frame(view_model.chrome)
    if isinstance(view_model, KeypadPage):
        for digit in range(10):
            yield f"digit.{digit}", Digit(digit), True
        yield "digit.delete", DeleteDigit(), True
        if view_model.letter:
            yield "digit.x", LetterX(), True
    if isinstance(view_model, SignPage):
        yield "promise.pad", Drawn(WRITTEN), True
    if isinstance(view_model, WritePage):
        yield from _keyboard(view_model)
    if isinstance(view_model, SearchPage):
        for letter in ascii_lowercase:
            yield f"letter.{letter}", Letter(letter), True
        yield "letter.delete", DeleteDigit(), True
    yield from _inside(view_model)


def _keyboard(page: WritePage) -> Iterator[tuple[str, Intent, bool]]:
    for letter in ascii_lowercase:
        yield f"letter.{letter}", Letter(letter), True
    for digit in range(10):
        yield f"digit.{digit}", Digit(digit), True
    for sign in page.signs:
        yield f"sign.{sign}", Sign(sign), True
    if page.signs:
        yield "form.space", Sign(" "), True
    for place, candidate in enumerate(page.candidates):
        yield f"candidate.{place}", candidate.intent, True
    yield "form.clear", ClearTyped(), True
    yield "digit.delete", DeleteDigit(), True


def _frame(chrome: Chrome) -> Iterator[tuple[str, Intent, bool]]:
    speaks = chrome.voice is not None and chrome.voice.on
    yield (
        "head.staff",
        StaffEntrance(),
        not chrome.staff and not speaks and not chrome.low,
    )  # the voice's bar lies over it; out of reach
    yield "action.help", ShowHelp(), True
    yield "action.language", SwitchLanguage(), True
    yield "action.everyone", ShowEveryone(), True
    if chrome.voice is not None and chrome.voice.on:
        yield "voice.again", SayAgain(), True
        yield "voice.softer", Louder(-1), chrome.voice.volume > 1
        yield "voice.louder", Louder(1), chrome.voice.volume < VOICE_STEPS
        yield "voice.person", AskSomebody(), True
    yield "action.start_over", StartOver(), chrome.can_start_over


def _inside(value: object) -> Iterator[tuple[str, Intent, bool]]:
    if isinstance(value, CaseRow) and value.tick is not None:
        yield f"tick.{value.cell}", value.tick, True
    if isinstance(value, PickRow):
        if value.intent is not None:
            yield value.key, value.intent, value.enabled
    elif isinstance(value, Option):
        if not value.chosen:
            yield value.key, value.intent, True
    elif isinstance(value, Action):
        yield value.label.key, value.intent, value.enabled
    elif isinstance(value, ItemRow):
        yield f"item.{value.code}", ChooseItem(value.code), True
    elif isinstance(value, ThemeTile):
        yield f"theme.{value.code}", ChooseTheme(value.code), True
    elif isinstance(value, PaperRow):
        yield f"paper.{value.number}", value.intent, True
    elif isinstance(value, DeviceRow):
        yield f"device.{value.name}", ShowDevice(value.name), True
    elif isinstance(value, CellView) and value.look is CellLook.TO_CHOOSE:
        yield f"cell.{value.name}", ChooseCell(value.name), True
    else:
        parts = value if isinstance(value, tuple) else _fields(value)
        for part in parts:
            if type(part) not in WITHOUT_CONTROLS:
                yield from _inside(part)


def _fields(value: object) -> list[object]:
    """What a dataclass holds; nothing of anything else."""
    return [getattr(value, name) for name in getattr(value, "__match_args__", ())]
