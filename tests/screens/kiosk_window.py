"""The kiosk's window in a process of its own, for the tests: the sample pages on request, the intents they emit."""

import sys
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from from_the_right import PSEUDO, words_of  # type: ignore[import-not-found]  # beside this script

from screens.intents import Intent
from screens.languages import ENGLISH
from screens.samples import Samples
from screens.theme import Scheme
from screens.viewmodels import Chrome, VoiceLook
from screens.window import prepare


def main(home: Path, socket_path: Path) -> None:
    """Run until the app is stopped by the request `stop`."""
    prepare(home, offscreen=True)
    from kivy.config import Config

    Config.set("graphics", "maxfps", "200")  # a page settles sooner
    from kivy.core.window import Window

    from screens import app as screen
    from screens import measure
    from screens.app import KioskApp
    from screens.portrait import window_picture
    from screens.probe import Probe

    screen.words = words_of  # type: ignore[attr-defined]
    intents: list[dict[str, Any]] = []
    beats: list[int] = []

    def took(intent: Intent) -> None:
        intents.append({"type": type(intent).__name__, **asdict(intent)})

    def show(request: dict[str, Any]) -> dict[str, Any]:
        lang = request.get("lang", "zh_CN")
        samples = Samples(ENGLISH if lang == PSEUDO else lang, large=request.get("large", False))
        view = next(view for view in samples.every() if view.name == request["name"])
        view = replace(view, chrome=replace(view.chrome, lang=lang))
        app.show(replace(view, chrome=chrome_of(request.get("chrome", {}), view.chrome)))
        return {}

    def drawn_aside(request: dict[str, Any]) -> dict[str, Any]:
        """Show a page, and before its frame comes let the drawing of one be timed."""
        show(request)
        app._show_waiting()
        return {"seconds": app.drawing_s()}

    def taken(_: dict[str, Any]) -> dict[str, Any]:
        found = list(intents)
        intents.clear()
        return {"intents": found, "beats": len(beats)}

    def contrasts(_: dict[str, Any]) -> dict[str, Any]:
        """Each text of the picture, its size in px and its contrast."""
        assert app.shell is not None
        return {"texts": [(one.say, one.size_px, one.ratio) for one in measure.contrasts(app.shell)]}

    def resize(request: dict[str, Any]) -> dict[str, Any]:
        Window.size = (request["width"], request["height"])
        return {}

    def stop(_: dict[str, Any]) -> dict[str, Any]:
        app.stop()
        return {}

    extra = {
        "animate": lambda request: animate(app, on=request["on"]),
        "pixels": lambda _: {"crc": zlib.crc32(window_picture().tobytes())},
        "show": show,
        "drawn_aside": drawn_aside,
        "intents": taken,
        "texts": lambda request: texts_on(app, request),
        "contrasts": contrasts,
        "resize": resize,
        "kept": lambda _: {"kept": kept_in(app)},
        "second_tap": second_tap,
        "press": press,
        "lift": lift,
        "stop": stop,
    }
    app: KioskApp = KioskApp(
        took, first=next(Samples("zh_CN").every()), animated=False, on_beat=lambda: beats.append(1),
        on_ready=lambda: probe.start(),  # noqa: PLW0108 - the probe is made below
    )  # fmt: skip
    probe: Probe = Probe(app, socket_path, production=False, extra=extra)
    app.run()
    probe.stop()


def chrome_of(wished: dict[str, Any], chrome: Chrome) -> Chrome:
    """The sample's frame with what a test wants of it."""
    values = dict(wished)
    values["scheme"] = Scheme(values.get("scheme", Scheme.NIGHT))
    if "voice" in values:
        values["voice"] = VoiceLook(**values["voice"])
    return replace(chrome, **values)


def texts_on(app: Any, request: dict[str, Any]) -> dict[str, Any]:
    """What is cut off, what lies outside its page or in a list lower than `least` px, what is kept twice, is said."""
    from screens.pages.page import Page
    from screens.widgets.layout import Scroller
    from screens.widgets.phrase import Phrase

    least = request.get("least", 200)
    phrases = [
        widget for widget in app.shell.top.walk(restrict=True) if isinstance(widget, Phrase) and widget.say
    ]
    page = next(widget for widget in app.shell.children if isinstance(widget, Page))
    high = [box.__class__.__name__ for box in page.children if box.top > page.top or box.y < page.y - 1]
    for scroller in (widget for widget in page.walk(restrict=True) if isinstance(widget, Scroller)):
        if scroller.overflowing and scroller.height < least:
            high.append(f"list of {scroller.height:.0f} px")
    return {
        "cut": [phrase.say for phrase in phrases if phrase.overflows],
        "outside": high,
        "copies": sum(hasattr(phrase._label, "_surface") for phrase in phrases),
        "sizes": sorted({round(phrase.font_size) for phrase in phrases}),
        "said": [phrase.say for phrase in phrases],
        "strokes": strokes_on(app),
    }


def animate(app: Any, *, on: bool) -> dict[str, Any]:
    """Things move from the next page on, or not."""
    app._animated = on
    return {}


def second_tap(request: dict[str, Any]) -> dict[str, Any]:
    """A touch so soon after the last one that the window takes the two for a double tap."""
    from screens.probe import Finger

    finger = Finger(request["x"], request["y"])
    finger.is_double_tap = True
    finger.down()
    finger.up()
    return {}


def kept_in(app: Any) -> list[str]:
    """What pages say that do not stand."""
    from screens.widgets.phrase import Phrase

    pages = [page for page in app._pages.values() if page.parent is None]
    phrases = [one for page in pages for one in page.walk(restrict=True) if isinstance(one, Phrase)]
    return [phrase.say for phrase in phrases]


_held: list[Any] = []


def press(request: dict[str, Any]) -> dict[str, Any]:
    """A finger that comes down and stays, until `lift`."""
    from screens.probe import Finger

    _held.append(Finger(request["x"], request["y"]))
    _held[-1].down()
    return {}


def lift(_: dict[str, Any]) -> dict[str, Any]:
    """The finger goes."""
    _held.pop().up()
    return {}


def strokes_on(app: Any) -> int:
    """How many strokes the pad knows of, whatever page stands."""
    from screens.widgets.pad import SignaturePad

    pads = [widget for page in app._pages.values() for widget in page.walk(restrict=True)]
    return sum(len(one.strokes) + len(one._stroke) for one in pads if isinstance(one, SignaturePad))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
