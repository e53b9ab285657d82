"""What `nightdesk demo` can be asked for. What plays is loaded when it plays."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

EMULATORS: Final = ("board", "reader", "printer", "modem", "staff_card", "scanner", "camera", "broker")


def add_arguments(demo: argparse.ArgumentParser, *, positive: Callable[[str], float]) -> None:
    """The verb's options. `positive`: a number above 0."""
    demo.add_argument("--auto", action="store_true", help="play the story without a person")
    demo.add_argument("--out", type=Path, default=Path("out/demo"), help="where pictures and records go")
    demo.add_argument(
        "--story", metavar="NAME", help="with --auto: one story of docs/demo.md, in its own kiosk"
    )
    demo.add_argument("--pictures", type=Path, metavar="DIR", help="with --story: where its pictures go")
    demo.add_argument("--large", action="store_true", help="with --story: in large print")
    demo.add_argument("--lang", choices=("zh_CN", "zh_TW", "en"), default="zh_CN", help="zh_TW: with --story")
    demo.add_argument(
        "--mute", action="append", default=[], choices=EMULATORS, help="a device that never answers"
    )
    demo.add_argument(
        "--deadline",
        type=positive,
        default=20.0,
        metavar="S",
        help="seconds that a device has to confirm a step",
    )
    demo.add_argument("--headless", action="store_true", help="without a window, so without pictures")
    demo.add_argument("--keep", type=Path, metavar="DIR", help="keep all that the program wrote, in DIR")


def run_demo(options: argparse.Namespace) -> int:
    """Play by hand, by itself, or one story; 0 when all of it stood."""
    from kiosk.demo import command
    from kiosk.settings import DEMO_FILE

    if not options.auto and (options.mute or options.keep):
        print(
            "demo: --mute and --keep belong to --auto; by hand, faults are words at the prompt",
            file=sys.stderr,
        )
        return 2
    if options.story is not None or options.pictures is not None or options.large:
        return _story(options)
    if options.lang == "zh_TW":
        print(
            "demo: traditional signs are for a --story; the house's own language is zh_CN or en",
            file=sys.stderr,
        )
        return 2
    if options.auto:
        try:
            options.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            print(f"demo: --out {options.out} cannot be a folder: {error.strerror}", file=sys.stderr)
            return 2
        return command.auto(
            command.Play(
                options.out, DEMO_FILE, options.lang, tuple(options.mute), options.deadline, options.keep,
                headless=options.headless,
            )
        )  # fmt: skip
    offscreen = not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return command.by_hand(DEMO_FILE, language=options.lang, offscreen=offscreen)


def _story(options: argparse.Namespace) -> int:
    from kiosk.demo.stories import STORIES
    from kiosk.demo.telling import Telling, tell
    from kiosk.settings import DEMO_FILE

    if not options.auto or options.mute or options.keep:
        print(
            "demo: --story, --pictures and --large go with --auto, without --mute and --keep", file=sys.stderr
        )
        return 2
    if options.story not in STORIES:
        print(f"demo: no story {options.story!r}; --story is one of {', '.join(STORIES)}", file=sys.stderr)
        return 2
    pictures = options.pictures or options.out / options.story
    return tell(
        Telling(
            options.story,
            pictures,
            DEMO_FILE,
            options.lang,
            options.large,
            options.deadline,
            options.headless,
        )
    )
