"""The long run: `python -m tests.crash --kills 1000 --seed 1 --jobs 2 --out FOLDER [--window]`.

Books of a few dozen kills each, as many at a time as there are jobs, each with a world, folder and broker of its own.
Books that stand complete in FOLDER are not played again. Exit status 1 for any violation; its book's folder is kept.
"""

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from .longrun import play_book, summed_up

KILLS_A_BOOK: Final = 50

STOPPED: Final = 130


def main() -> int:
    """Play what is missing, then sum up."""
    options = _parser().parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    books = range(-(-options.kills // KILLS_A_BOOK)) if options.book is None else [options.book]
    print(f"seed {options.seed}, {len(books)} books of {KILLS_A_BOOK} kills into {options.out}", flush=True)
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        tasks = [
            pool.submit(
                play_book, options.out, options.seed, number, _kills(options, number), window=options.window
            )
            for number in books
        ]
        try:
            for task in as_completed(tasks):
                print(task.result(), flush=True)
        except KeyboardInterrupt:  # the books under way end their worlds themselves
            pool.shutdown(cancel_futures=True)
            print("stopped; the same --out goes on from the books that stand complete")
            return STOPPED
    summary = {"window": options.window, **summed_up(options.out, options.seed, books)}
    (options.out / "summary.json").write_text(
        json.dumps(summary, indent=1, ensure_ascii=False), encoding="utf-8"
    )
    print(json.dumps(summary, indent=1, ensure_ascii=False))
    return 1 if summary["violations"] or summary["stuck"] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Kill the real program many times and look at what is left.")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--out", type=Path, required=True, help="a folder with a short path: sockets lie in it"
    )
    parser.add_argument("--book", type=int, help="this one only, to repeat it")
    parser.add_argument("--window", action="store_true", help="with the window, drawn off screen")
    return parser


def _kills(options: argparse.Namespace, number: int) -> int:
    return min(KILLS_A_BOOK, options.kills - number * KILLS_A_BOOK) if options.book is None else KILLS_A_BOOK


if __name__ == "__main__":
    sys.exit(main())
