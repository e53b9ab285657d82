"""The report as PDF/A-2u on A4: text that can be searched and copied, fonts inside, fit to be kept for years."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from drivers.contracts.report import DeviceReport, LineReport
from kiosk.typeset import pdf_of

from .content import Outcome, Readiness
from .words import STATES, WORDS, Pair, device_words, test_words

TEMPLATE: Final = Path(__file__).with_name("report.typ")
TONES: Final = {Outcome.PASSED: "good", Outcome.FAILED: "bad", Outcome.NOT_RUN: "caution"}
COUNTERS: Final = ("frames", "retries", "checksum_errors", "timeouts", "losses")


def render_pdf(report: Readiness) -> bytes:
    """The finished file. Raises `RuntimeError` where it can't be set; the text says why."""
    return pdf_of(TEMPLATE, json.dumps(told(report), ensure_ascii=False))


def told(report: Readiness) -> dict[str, Any]:
    """What the template is given."""
    place, by = report.place, report.staff_no
    return {
        "words": WORDS, "number": report.number, "fit": report.fit, "at": f"{report.at:%Y-%m-%d %H:%M:%S}",
        "date": [report.at.year, report.at.month, report.at.day], "kiosk_id": place.kiosk_id,
        "name": (place.name_zh, place.name_en), "place": (place.place_zh, place.place_en),
        "by": by or " ".join(WORDS["nobody"]), "verdict": WORDS["fit" if report.fit else "unfit"],
        "counts": list(_counts(report)), "first": list(_first(report)),
        "devices": [_device(one) for one in report.devices],
        "tests": [
            {"name": device_words(one.device), "test": test_words(one.test), "result": WORDS[one.outcome],
             "tone": TONES[one.outcome], "detail": one.detail}
            for one in report.trials
        ],
        "versions": report.versions, "record": record(report),
    }  # fmt: skip


def record(report: Readiness) -> list[dict[str, Any]]:
    """The journal's signed head, piece by piece."""
    anchor = report.anchor
    pieces = {"anchor": anchor.text, "hash": anchor.hash_hex, "signature": anchor.signature,
              "public_key": report.public_key.hex()}  # fmt: skip
    return [{"words": WORDS[key], "value": value} for key, value in pieces.items()]


def _counts(report: Readiness) -> Iterator[dict[str, Any]]:
    well = report.working == len(report.devices)
    yield {"value": f"{report.working}/{len(report.devices)}", "words": WORDS["devices_count"],
           "tone": "good" if well else "bad"}  # fmt: skip
    for outcome in Outcome:
        yield {"value": str(report.count(outcome)), "words": WORDS[f"{outcome}_count"],
               "tone": TONES[outcome] if report.count(outcome) else "good"}  # fmt: skip


def _first(report: Readiness) -> Iterator[dict[str, Any]]:
    by_name = {device.name: device for device in report.devices}
    for name in report.first:
        health = by_name[name].health
        who: Pair | None = None if health.action is None else WORDS[f"who.{health.action}"]
        yield {
            "name": device_words(name),
            "state": STATES[health.status],
            "who": who,
            "detail": health.detail,
        }


def _device(one: DeviceReport) -> dict[str, Any]:
    tone = "bad" if not one.works else "caution" if one.health.action is not None else "good"
    return {
        "name": device_words(one.name), "state": STATES[one.health.status], "tone": tone, "driver": one.driver,
        "where": one.where, "identity": ", ".join(filter(None, (one.identity, *one.capabilities))),
        "counters": [] if one.line is None else list(_counters(one.line)),
    }  # fmt: skip


def _counters(line: LineReport) -> Iterator[dict[str, Any]]:
    for key in COUNTERS:
        yield {"words": WORDS[key], "value": str(getattr(line, key))}
    if line.latency_p50_ms is not None and line.latency_p95_ms is not None:
        yield {
            "words": WORDS["latency"],
            "value": f"p50 {line.latency_p50_ms:.0f} ms, p95 {line.latency_p95_ms:.0f} ms",
        }
