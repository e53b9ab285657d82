"""Books of the long run: each played into a file, a life a line; then all of them summed up."""

import json
import shutil
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .book import Book


def _lives_file(out: Path, seed: int, number: int) -> Path:
    return out / f"lives-{seed}-{number:03d}.jsonl"


def play_book(out: Path, seed: int, number: int, kills: int, *, window: bool) -> str:
    """One book into its file, a life a line; says how it went."""
    file = _lives_file(out, seed, number)
    if file.exists():
        return f"book {number}: stands complete"
    folder = out / f"b{number}"
    shutil.rmtree(folder, ignore_errors=True)
    began, found = time.monotonic(), 0
    part = file.with_suffix(".part")
    with part.open("w", encoding="utf-8") as lines:
        for life in Book(folder, seed * 10_000 + number, headless=not window).play(kills):
            lines.write(json.dumps(asdict(life), ensure_ascii=False) + "\n")
            lines.flush()
            found += len(life.violations) + bool(life.stuck)
            if life.stuck:
                print(
                    f"book {number}, life {life.number}, {life.visit}, {life.end}: stuck: {life.stuck}",
                    flush=True,
                )
            for violation in life.violations:
                print(f"book {number}, life {life.number}, {life.visit}, {life.end}: {violation}", flush=True)
    part.rename(file)
    took = time.monotonic() - began
    if found:
        again = f"python -m tests.crash --seed {seed} --book {number} --out ELSEWHERE{' --window' if window else ''}"
        return (
            f"book {number}: {found} times something was wrong; its folder is kept; repeat it with: {again}"
        )
    shutil.rmtree(folder)
    return f"book {number}: {kills} kills held, {took / kills:.1f} s each"


def summed_up(out: Path, seed: int, books: Iterable[int]) -> dict[str, Any]:
    """Kills, by what and in what they fell; violations, each with its place."""
    lives: list[dict[str, Any]] = []
    for number in books:
        text = _lives_file(out, seed, number).read_text(encoding="utf-8")
        lives += [{"book": number, **json.loads(line)} for line in text.splitlines()]
    killed = [life for life in lives if life["visit"] != "end"]
    return {
        "seed": seed,
        "kills": len(killed),
        "by": dict(Counter(_how(life["end"]) for life in killed)),
        "visits": dict(Counter(life["visit"] for life in killed)),
        "last_fact": dict(Counter(life["fact"] for life in killed).most_common()),
        "rested_before": sum(life["rested"] for life in lives),
        "seconds": round(sum(life["seconds"] for life in lives)),
        "stuck": [
            {"book": life["book"], "life": life["number"], "what": life["stuck"]}
            for life in lives
            if life["stuck"]
        ],
        "violations": [
            {"book": life["book"], "life": life["number"], "what": what}
            for life in lives
            for what in life["violations"]
        ],
    }


def _how(end: str) -> str:
    if end.startswith("after the visit"):
        return "after the visit"
    return end.split(maxsplit=1)[0] if end.split(maxsplit=1)[0] in ("sync", "write") else "moment"
