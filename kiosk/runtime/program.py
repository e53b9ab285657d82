"""The program as a process: the application's loop in a thread beside the window, signals, the watchdog."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from drivers.registry import RefusedInProduction
from kiosk import coredumps
from kiosk.catalogue import CatalogueError
from kiosk.journal.errors import JournalError
from kiosk.notify.settings import MqttSettingsError
from kiosk.runtime.application import Application
from kiosk.runtime.headless import HeadlessScreen
from kiosk.runtime.watchdog import NotifySocket, Watchdog, interval_s
from kiosk.settings import Settings
from screens.viewmodels import ViewModel

logger = logging.getLogger(__name__)

PREVIEW_SIZE: Final = (480, 480)
START_FAULTS: Final = (JournalError, RefusedInProduction, CatalogueError, MqttSettingsError)  # said in words


def run_headless(settings: Settings, probe: Path | None, deadlines_s: Mapping[str, float]) -> int:
    """Serve without a window, until SIGTERM or SIGINT."""
    coredumps.leave_none()
    screen = HeadlessScreen()
    with _watchdog({part: limit for part, limit in deadlines_s.items() if part != "ui"}) as watchdog:
        application = Application(
            settings, screen, beat=watchdog.beat, ready=lambda: _serving(application, watchdog)
        )
        screen.attach(application.engine.post_threadsafe, probe)
        try:
            asyncio.run(_until_signal(application))
        except START_FAULTS as error:
            logger.error("cannot start: %s", error)
            return 1
        finally:
            screen.close()
    return 0


def _serving(application: Application, watchdog: Watchdog) -> None:
    """The first page can be used; what the first search and the first form need is made ready beside it."""
    watchdog.ready("serving")
    threading.Thread(target=application.search.warm, name="search", daemon=True).start()
    threading.Thread(target=application.speller.warm, name="words", daemon=True).start()


async def _until_signal(application: Application) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, application.stop)
    await application.run()


def run_window(settings: Settings, probe: Path | None, deadlines_s: Mapping[str, float]) -> int:
    """Serve with a window on this thread; the application's loop runs in a second one."""
    from screens.window import prepare

    coredumps.leave_none()
    offscreen = os.environ.get("SDL_VIDEODRIVER") == "offscreen"
    try:
        prepare(
            settings.paths.state_dir / "window", offscreen=offscreen,
            fullscreen=settings.screen.fullscreen and not offscreen,
        )  # fmt: skip
    except OSError as error:
        logger.error("cannot start: paths.state_dir must be a folder this user may write: %s", error)
        return 1
    with _watchdog(deadlines_s) as watchdog:
        relay = _Relay()
        application = Application(
            settings, relay, beat=watchdog.beat, ready=lambda: _serving(application, watchdog)
        )
        side = _Side(application)
        side.start()  # the application opens its devices while the window is built
        from screens.app import KioskApp

        app = KioskApp(
            application.engine.post_threadsafe, application.identity.read_preview,
            preview_size=PREVIEW_SIZE, on_beat=lambda: watchdog.beat("ui"), warm=True,
            scanned=application.scanned, on_touch=application.touched,
        )  # fmt: skip
        relay.attach(app.show)
        side.on_end = app.request_stop
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: side.stop())
        if probe is not None:
            from screens.probe import Probe

            Probe(app, probe, production=settings.profile == "production").start()
        try:
            if side.is_alive():  # else it ended before there was a window to stop
                app.run()
        finally:
            side.stop()
            side.join()
    return 1 if side.failed else 0


class _Relay:
    """A screen that keeps the newest page until there is a window to show it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._show: Callable[[ViewModel], None] | None = None
        self._kept: ViewModel | None = None

    def show(self, view_model: ViewModel) -> None:
        with self._lock:
            self._kept = view_model
            if self._show is not None:
                self._show(view_model)

    def attach(self, show: Callable[[ViewModel], None]) -> None:
        with self._lock:
            self._show = show
            if self._kept is not None:
                show(self._kept)


class _Side(threading.Thread):
    """The application's loop beside the window. `on_end` is called when it ends by itself."""

    def __init__(self, application: Application) -> None:
        super().__init__(name="application")
        self._application = application
        self._loop: asyncio.AbstractEventLoop | None = None
        self.on_end: Callable[[], None] = lambda: None
        self.failed = False

    def run(self) -> None:
        try:
            asyncio.run(self._serve())
        except START_FAULTS as error:
            logger.error("cannot start: %s", error)
            self.failed = True
        except Exception:
            logger.exception("the application ended")
            self.failed = True
        finally:
            self.on_end()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._application.run()

    def stop(self) -> None:
        """Ask the application to end."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # it closed in this very moment
                loop.call_soon_threadsafe(self._application.stop)


@contextlib.contextmanager
def _watchdog(deadlines_s: Mapping[str, float]) -> Iterator[Watchdog]:
    notify = NotifySocket.from_environment()
    watchdog = Watchdog(deadlines_s, notify=notify, every_s=interval_s())
    watchdog.start()
    try:
        yield watchdog
    finally:
        watchdog.stop()
        notify.close()
