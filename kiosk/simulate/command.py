"""`nightdesk simulate`: as many histories as it takes; what did not hold, and a short history that shows it."""

import argparse
import gc
import json
import logging
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from .history import History, Told

A_HISTORY: Final = 100  # sessions: long enough that what is left behind meets who comes later
LEVELS: Final = {
    0: "everybody is sensible and everything works",
    1: "people dawdle, leave, slam doors, touch anything",
    2: "devices fail too",
    3: "the power goes too",
}
SEEDS_APART: Final = 1_000_003
COLLECT_AFTER: Final = 50_000  # objects; a history makes far more garbage than it keeps
SHORTER_TRIES: Final = 60
LAST_LINES: Final = 40


@dataclass(slots=True)
class Report:
    """What came of all histories. Times in seconds of this machine, `virtual_s` in those of the kiosk; `events`: facts
    of the journals; `peak_rss_mb`: the most memory that one process had (2^20 bytes)."""

    seed: int
    sessions: int = 0
    seconds: float = 0.0
    virtual_s: float = 0.0
    crashes: int = 0
    faults: int = 0
    events: int = 0
    peak_rss_mb: int = 0
    violations: list[dict[str, Any]] = field(default_factory=list)

    def add(self, told: Told) -> None:
        """One history more."""
        self.sessions += told.sessions
        self.virtual_s += told.virtual_s
        self.crashes += told.crashes
        self.faults += told.faults
        self.events += told.events
        self.peak_rss_mb = max(self.peak_rss_mb, told.peak_rss_mb)
        self.violations += [{**asdict(violation), "seed": told.seed} for violation in told.violations]


@dataclass(frozen=True, slots=True)
class Order:
    """One history to be played."""

    seed: int
    sessions: int
    faults: int
    traced: bool = False


def play(order: Order) -> Told:
    """Play one history."""
    told = History(order.seed, order.sessions, order.faults, traced=order.traced).run()
    told.peak_rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return told


def orders(sessions: int, seed: int, faults: int) -> Iterator[Order]:
    """The histories that make up so many sessions."""
    number = 0
    while sessions > 0:
        yield Order(seed * SEEDS_APART + number, min(A_HISTORY, sessions), faults)
        sessions -= A_HISTORY
        number += 1


def simulate(sessions: int, seed: int, faults: int, *, jobs: int = 1, say: Any = None) -> Report:
    """Play them, on `jobs` processes. Ends with the history in which something did not hold."""
    report = Report(seed)
    began_s = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(jobs, _quiet) if jobs > 1 else _Here() as pool:
        for told in pool.imap(play, orders(sessions, seed, faults)):
            report.add(told)
            report.seconds = round(time.monotonic() - began_s, 3)
            if say is not None:
                say(report)
            if report.violations:
                break
    return report


def shortest(order: Order, invariant: str) -> Told:
    """A short history in which the same does not hold: fewer sessions, other seeds. At worst the one that is known."""
    best = play(replace(order, traced=True))
    sessions = best.sessions
    for number in range(SHORTER_TRIES):
        if sessions <= 1:
            break
        tried = replace(order, seed=order.seed + number, sessions=max(1, sessions // 2), traced=True)
        told = play(tried)
        if any(violation.invariant == invariant for violation in told.violations):
            best, sessions = told, told.sessions
    return best


def main(arguments: Sequence[str]) -> int:
    """The verb. Exit status 1 when anything did not hold."""
    parser = argparse.ArgumentParser(
        prog="nightdesk simulate",
        description="play a kiosk's life on virtual time and check what must always hold",
    )
    parser.add_argument("--sessions", type=_positive, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    levels = "; ".join(f"{level}: {words}" for level, words in LEVELS.items())
    parser.add_argument("--faults", type=int, choices=LEVELS, default=3, metavar="LEVEL", help=levels)
    parser.add_argument("--jobs", type=_positive, default=1, metavar="N", help="processes")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    _quiet()
    report = simulate(
        options.sessions, options.seed, options.faults, jobs=options.jobs,
        say=None if options.json or not sys.stderr.isatty() else _progress,
    )  # fmt: skip
    if options.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        _tell(report, options.faults)
    return 1 if report.violations else 0


def _tell(report: Report, faults: int) -> None:
    rate = report.sessions / report.seconds if report.seconds else 0.0
    print(f"{report.sessions} sessions in {report.seconds:.1f} s, {rate:.0f} a second")
    print(
        f"{report.virtual_s / 3600:.1f} hours of a kiosk, {report.events} facts, {report.crashes} power cuts,"
        f" {report.faults} faults, {report.peak_rss_mb} MB at most"
    )
    if not report.violations:
        print("everything held")
        return
    first = report.violations[0]
    print(f"did not hold: {first['invariant']}: {first['what']} (seed {first['seed']}, {first['at_s']} s)")
    told = shortest(Order(first["seed"], A_HISTORY, faults), first["invariant"])
    print(f"a short history in which it does not: seed {told.seed}, {told.sessions} sessions")
    print("\n".join(told.trace[-LAST_LINES:]))
    for violation in told.violations:
        print(f"  {violation.at_s:10.3f}  did not hold: {violation.invariant}: {violation.what}")


def _progress(report: Report) -> None:
    print(f"\r{report.sessions} sessions, {report.crashes} power cuts", end="", file=sys.stderr, flush=True)


def _quiet() -> None:
    """The program's log is about a machine that does not exist; its garbage is collected now and then, and what a
    first history imports is no garbage."""
    logging.getLogger().setLevel(logging.CRITICAL + 1)
    play(Order(seed=0, sessions=2, faults=0))
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return number


class _Here:
    """A pool of this process alone."""

    def __enter__(self) -> "_Here":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def imap(self, work: Any, many: Iterator[Order]) -> Iterator[Told]:
        return (work(one) for one in many)
