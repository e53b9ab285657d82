"""The kiosk's window: shows view models, emits intents. Call `screens.window.prepare` before importing this module."""

import logging
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import Rectangle
from kivy.lang import Builder
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.scatter import Scatter

from screens import theme
from screens.intents import Intent
from screens.languages import LANGUAGES, right_to_left
from screens.pages.card import CardView
from screens.pages.cells import CellsView
from screens.pages.choice import ChoiceView
from screens.pages.compartment import CompartmentView
from screens.pages.confirm import ConfirmView
from screens.pages.consent import ConsentView
from screens.pages.device import DeviceView
from screens.pages.devices import DevicesView
from screens.pages.everyone import EveryoneView
from screens.pages.face import FaceView
from screens.pages.frames import FramesView
from screens.pages.guide import GuideView
from screens.pages.home import HomeView
from screens.pages.hours import HoursView
from screens.pages.items import ItemsView
from screens.pages.keypad import KeypadView
from screens.pages.notice import NoticeView
from screens.pages.page import Binding, Page, no_page
from screens.pages.pick import PickView
from screens.pages.receipt import ReceiptView
from screens.pages.record import RecordView
from screens.pages.sample import SampleView
from screens.pages.scan import ScanView
from screens.pages.search import SearchView
from screens.pages.sheet import SheetView
from screens.pages.sign import SignView
from screens.pages.staff_list import StaffListView
from screens.pages.themes import ThemesView
from screens.pages.touch_grid import TouchGridView
from screens.pages.write import WriteView
from screens.shell import Shell
from screens.viewmodels import (
    CardPage,
    CellsPage,
    ChoicePage,
    CompartmentPage,
    ConfirmPage,
    ConsentPage,
    DevicePage,
    DevicesPage,
    EveryonePage,
    FacePage,
    FramesPage,
    GuidePage,
    HomePage,
    HoursPage,
    ItemsPage,
    KeypadPage,
    NoticePage,
    PickPage,
    ReceiptPage,
    RecordPage,
    SamplePage,
    ScanPage,
    SearchPage,
    SheetPage,
    SignPage,
    StaffListPage,
    ThemesPage,
    TouchGridPage,
    ViewModel,
    WritePage,
)
from screens.widgets import (
    cabinet,
    figure,
    hourbars,
    layout,
    pad,
    paper,
    phrase,
    pictures,
    qr,
    ring,
    rounded,
    sides,
    turning,
    workshop,
)
from screens.window import gl_finish
from screens.words import words

KV_CLASSES: Final = (
    cabinet,
    figure,
    hourbars,
    layout,
    pad,
    paper,
    phrase,
    pictures,
    qr,
    ring,
    turning,
    workshop,
)  # named in `.kv` files; importing registers them

PAGES: Final[dict[type, type[Page]]] = {
    HomePage: HomeView, HoursPage: HoursView, ItemsPage: ItemsView, GuidePage: GuideView,
    ConsentPage: ConsentView, CardPage: CardView,
    FacePage: FaceView, ChoicePage: ChoiceView, ConfirmPage: ConfirmView, KeypadPage: KeypadView,
    CompartmentPage: CompartmentView, ReceiptPage: ReceiptView, NoticePage: NoticeView, StaffListPage: StaffListView,
    DevicesPage: DevicesView, DevicePage: DeviceView, FramesPage: FramesView, TouchGridPage: TouchGridView,
    CellsPage: CellsView, PickPage: PickView, RecordPage: RecordView,
    ThemesPage: ThemesView, SearchPage: SearchView, SamplePage: SampleView, SheetPage: SheetView,
    WritePage: WriteView, ScanPage: ScanView, SignPage: SignView, EveryonePage: EveryoneView,
}  # fmt: skip
PREVIEW_SIZE: Final = (640, 480)
BEAT_S: Final = 1.0
_LATELY: Final = 16
_WARM_AFTER_S: Final = 2.0
_WARM_EVERY_S: Final = 0.25

_HERE: Final = Path(__file__).parent
_log = logging.getLogger(__name__)


def _nothing() -> None:
    """No beat wanted."""


class KioskApp(App):
    """The kiosk's face.

    `on_intent` is called on the UI thread for each touch that asks for something; it must not block. `preview` gives
    the live picture as RGB bytes of `preview_size` (top row first), or None; called on the UI thread while a
    `FacePage` with `preview` stands. `on_beat` is called once a second on the UI thread. `animated=False` for goldens.
    `on_touch` is called on the UI thread for each finger that comes down, wherever it is.
    `scanned` gives a page that was scanned, by its number, as `pages.page.Picture`, or None.
    `warm`: prepare every page, once the first one stands, so that its first visitor does not wait for its fonts.
    """

    def __init__(
        self,
        on_intent: Callable[[Intent], None],
        preview: Callable[[], Any] = _nothing,
        first: ViewModel | None = None,
        *,
        size: tuple[int, int] = (theme.WIDTH, theme.HEIGHT),
        preview_size: tuple[int, int] = PREVIEW_SIZE,
        on_beat: Callable[[], None] = _nothing,
        on_ready: Callable[[], None] = _nothing,
        animated: bool = True,
        warm: bool = False,
        scanned: Callable[[int], Any] = no_page,
        on_touch: Callable[[], None] = _nothing,
    ) -> None:
        super().__init__()
        self.title = "Nightdesk"
        self._on_intent, self._preview, self._preview_size = on_intent, preview, preview_size
        self._on_beat, self._on_ready, self._animated, self._logical = on_beat, on_ready, animated, size
        self._warm, self._scanned, self._on_touch = warm, scanned, on_touch
        self._waiting: deque[ViewModel] = deque([first] if first else [], maxlen=1)
        self._arrived = Clock.create_trigger(self._show_waiting, 0)
        self._pages: dict[type, Page] = {}
        self._of_staff: set[type] = set()  # of them, those that no citizen has seen
        self.current: ViewModel | None = None
        self.shell: Shell | None = None
        self.serial = 0  # counts view models shown
        self.frames = 0  # counts frames drawn
        self.shown_at = 0.0  # monotonic seconds: when the frame with the current view model was finished
        self.lately: deque[tuple[int, str, float]] = deque(maxlen=_LATELY)  # serial, page, shown_at
        self.drawn: deque[float] = deque(
            maxlen=_LATELY
        )  # monotonic seconds: when the last frames were finished
        self._fresh = False
        self._touched_page: tuple[str, object] = ("", None)  # which page stood when the last finger came down
        self._finish = gl_finish()

    def show(self, view: ViewModel) -> None:
        """Show `view` with the next frame. Any thread may call; the latest wins."""
        self._waiting.append(view)
        self._arrived()

    def request_stop(self) -> None:
        """End the window with the next frame. Any thread may call."""
        Clock.schedule_once(lambda _: self.stop(), 0)

    def build(self) -> FloatLayout:
        """Build the shell, and what every page is made of."""
        for lang in LANGUAGES:
            words(lang)
        for name in ("widgets/widgets.kv", "shell.kv", "pages/page.kv"):
            Builder.load_file(str(_HERE / name))
        for page in PAGES.values():
            page.load()
        self.shell = Shell()
        self._scatter = Scatter(
            do_rotation=False, do_scale=False, do_translation=False, auto_bring_to_front=False,
            size_hint=(None, None), size=self._logical,
        )  # fmt: skip
        self._scatter.add_widget(self.shell)
        root = FloatLayout()
        root.add_widget(self._scatter)
        Rectangle().texture.mag_filter = "nearest"  # all that is plain samples this one white square
        Window.clearcolor = theme.NIGHT
        Window.bind(on_resize=self._fit, on_flip=self._count_frame, on_touch_down=self._touched)
        self._fit()
        return root

    def on_start(self) -> None:
        """Show the first page and begin to beat."""
        self._show_waiting()
        Clock.schedule_interval(lambda _: self._on_beat(), BEAT_S)
        if self._warm:
            Clock.schedule_once(self._begin_warming, _WARM_AFTER_S)
        self._on_ready()

    def _begin_warming(self, _: float) -> None:
        """One page after the other, in the order in which they are met, as long as nobody has come."""
        from screens.samples import Samples  # not needed before the first page stands

        lang = self.current.chrome.lang if self.current is not None else LANGUAGES[0]
        views = {type(view): view for view in Samples(lang, large=False).every() if not view.chrome.staff}
        waiting = [view for kind, view in reversed(views.items()) if kind is not HomePage]
        words_now = words(lang)

        def warm_next(_: float) -> bool:
            if not isinstance(self.current, HomePage):
                return True  # somebody is here
            view = waiting.pop()
            page = self._page(view)
            page.show(view, Binding(words_now, self._emit, _nothing, self._preview_size, animated=False))
            page.leave()
            return bool(waiting)

        Clock.schedule_interval(warm_next, _WARM_EVERY_S)

    def _page(self, view: ViewModel) -> Page:
        """The page for `view`. What was made for staff alone, 3 MB each, goes when the kiosk is a citizen's again."""
        kind = type(view)
        if kind is HomePage:
            for one in self._of_staff:
                self._pages.pop(one, None)
            self._of_staff.clear()
        if kind not in self._pages:
            self._pages[kind] = PAGES[kind]()
            if view.chrome.staff:
                self._of_staff.add(kind)
        return self._pages[kind]

    def _wear(self, scheme: theme.Scheme, *, mirror: bool) -> None:
        """Change colours and sides: what stands is made anew, every other page when it is next shown."""
        theme.wear(scheme)
        sides.wear(mirror=mirror)
        if self.shell is not None:
            self.shell.close()
            self._scatter.remove_widget(self.shell)
        self._pages.clear()
        self.shell = Shell()
        self._scatter.add_widget(self.shell)
        Window.clearcolor = theme.NIGHT

    def _fit(self, *_: object) -> None:
        """Scale the portrait into the window, in the middle."""
        width, height = self._logical
        scale = min(Window.width / width, Window.height / height)
        self._scatter.scale = scale
        rounded.fit(scale)
        self._scatter.pos = ((Window.width - width * scale) / 2, (Window.height - height * scale) / 2)

    def _touched(self, _: object, touch: Any) -> bool:
        """Told of each finger; takes the second half of a double tap, where another page came in between."""
        self._on_touch()
        before, self._touched_page = self._touched_page, self._stands
        return bool(touch.is_double_tap) and (self.turning or before != self._stands)

    @property
    def _stands(self) -> tuple[str, object]:
        """Which page: questions of one form have one name."""
        view = self.current
        return ("", None) if view is None else (view.name, getattr(view, "heading", None))

    def _count_frame(self, *_: object) -> None:
        self.frames += 1
        self._finish()  # software GL takes several frames in hand, 70 MB of them, when nobody waits for it
        self.drawn.append(time.monotonic())
        if self._fresh:
            self._fresh, self.shown_at = False, self.drawn[-1]
            if self.current is not None:
                self.lately.append((self.serial, self.current.name, self.shown_at))

    def drawing_s(self) -> float:
        """Seconds that the window takes to be drawn once more to its last pixel, without being shown. UI thread."""
        begun = time.monotonic()
        Window.dispatch("on_draw")
        self._finish()
        took_s = time.monotonic() - begun
        Window.canvas.ask_update()  # drawn is not shown: what had just changed would wait for the next change
        return took_s

    @property
    def turning(self) -> bool:
        """Whether another page than the one that stands is waiting to be shown. UI thread."""
        return any(self.current is None or view.name != self.current.name for view in tuple(self._waiting))

    def _emit(self, intent: Intent) -> None:
        if self._touched_page != self._stands:
            return  # the finger came down on another page
        _log.debug("intent %s", type(intent).__name__)
        self._on_intent(intent)

    def _show_waiting(self, *_: object) -> None:
        if not self._waiting or self.shell is None:
            return
        view = self._waiting.pop()
        binding = Binding(
            words(view.chrome.lang),
            self._emit,
            self._preview,
            self._preview_size,
            self._animated and not view.chrome.still,
            self._scanned,
        )
        mirror = right_to_left(view.chrome.lang)
        if view.chrome.scheme is not theme.worn or mirror is not sides.mirrored:
            self._wear(view.chrome.scheme, mirror=mirror)
        self.shell.show(self._page(view), view, binding)
        self.current = view
        self.serial += 1
        self._fresh = True
        Window.canvas.ask_update()
