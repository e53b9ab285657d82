"""`nightdesk diagnose` tells planted faults apart, each with who mends it, with the program running and without."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from drivers.contracts.health import DeviceStatus, Health
from drivers.contracts.report import DeviceReport
from drivers.emulators.world import Options
from kiosk.deadlines import not_arranged
from kiosk.demo.bench import staged
from kiosk.demo.probe import Probe
from kiosk.demo.stage import Stage
from kiosk.diagnose import diagnose
from kiosk.runtime.diagnosis import judge
from kiosk.runtime.inventory import Item, inventory
from kiosk.session.facts import Part
from kiosk.settings import DEMO_FILE, Settings, layers, load

HERE = ZoneInfo("Asia/Shanghai")
READY_S = 60.0


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A world without a program."""
    with staged(tmp_path_factory.mktemp("kiosk"), DEMO_FILE, Options()) as stage:
        yield stage


@pytest.fixture(scope="module")
def settings(stage: Stage) -> Settings:
    return load(layers(stage.site))


def one(settings: Settings, name: str) -> dict[str, Any]:
    (found,) = diagnose(settings, [name])["devices"]
    return dict(found)


# how it is planted and taken back; device; status, who mends it, what is said
FAULTS = [
    ("fault reader mute", "reader", "offline", "maintenance", "nothing came; check power"),
    ("fault reader bad_checksum", "reader", "offline", "maintenance", "wrong checksum; check the line"),
    ("fault reader self_test_failed", "reader", "hardwareError", "maintenance", "self test failed"),
    ("fault board mute", "board", "offline", "maintenance", "nothing came; check power"),
    ("fault board bad_checksum", "board", "offline", "maintenance", "wrong checksum; check the line"),
    ("fault board wrong_address", "board", "offline", "maintenance", "no answer of it; check its address"),
    ("fault board half", "board", "offline", "maintenance", "unfinished one; check the cable"),
    ("paper out", "printer", "userError", "clear", "out of paper"),
    ("cover open", "printer", "userError", "clear", "cover open"),
    ("fault printer cutter", "printer", "hardwareError", "clear", "cutter"),
    ("fault printer mute", "printer", "offline", "maintenance", "silent; check its power"),
    ("sim remove", "sms", "hardwareError", "maintenance", "SIM not inserted"),
    ("network lose", "sms", "offline", "suspend", "network"),
    ("broker stop", "mqtt", "offline", "suspend", "no connection"),
]
BACK = {
    "paper out": "paper refill",
    "cover open": "cover close",
    "sim remove": "sim insert",
    "network lose": "network find",
    "broker stop": "broker start",
}


@contextlib.contextmanager
def planted(stage: Stage, fault: str) -> Iterator[None]:
    stage.world.perform(fault)
    try:
        yield
    finally:
        device = fault.split()[1]
        stage.world.perform(BACK.get(fault, f"fault {device} none"))


@pytest.mark.parametrize(
    ("fault", "device", "status", "action", "said"), FAULTS, ids=[row[0] for row in FAULTS]
)
def test_each_fault_is_told_from_the_others(
    stage: Stage, settings: Settings, fault: str, device: str, status: str, action: str, said: str
) -> None:
    with planted(stage, fault):
        health = one(settings, device)["health"]
    assert (health["status"], health["action"]) == (status, action), health
    assert said in health["detail"]
    assert one(settings, device)["health"]["status"] == "online"


def test_no_two_faults_of_a_device_read_the_same() -> None:
    told = [row[1:] for row in FAULTS]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(("device", "said"), [("reader", "check the cable"), ("board", "check the cable")])
def test_a_cable_that_is_pulled_is_no_device(
    stage: Stage, settings: Settings, device: str, said: str
) -> None:
    stage.world.do(device, "cable.pull")
    try:
        found = one(settings, device)
    finally:
        stage.world.do(device, "cable.plug")
    assert found["health"]["status"] == "noDevice"
    assert found["health"]["action"] == "maintenance"
    assert said in found["health"]["detail"]


def test_everything_configured_is_reported_with_what_it_is(settings: Settings) -> None:
    told = diagnose(settings, [])
    assert [device["name"] for device in told["devices"]] == [item.name for item in inventory(settings)]
    assert told["fit"]
    assert told["first"] == []
    assert not told["program"]
    by_name = {device["name"]: device for device in told["devices"]}
    assert by_name["reader"]["identity"].startswith("05.01")
    assert "channels 16" in by_name["board main"]["capabilities"]
    line = by_name["board main"]["line"]
    assert line["frames"] > 0
    assert line["latency_p50_ms"] > 0


def test_a_device_that_is_not_configured_is_said_with_those_that_are(settings: Settings) -> None:
    with pytest.raises(ValueError, match=r"no device 'tape'.*reader, board main"):
        diagnose(settings, ["tape"])


def nightdesk(stage: Stage, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "kiosk", *arguments, "--config", str(stage.site)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_exit_status_says_whether_the_kiosk_is_fit(stage: Stage) -> None:
    assert nightdesk(stage, "diagnose", "board").returncode == 0
    with planted(stage, "fault board mute"):
        unfit = nightdesk(stage, "diagnose", "board")
    assert unfit.returncode == 1
    assert "NOT fit for service" in unfit.stdout
    assert "look first at: board main" in unfit.stdout
    unknown = not_arranged(datetime.now(HERE).date())
    assert unfit.stdout.count("how the government arranges the holidays of") == len(unknown)
    wrong = nightdesk(stage, "diagnose", "tape")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no device 'tape'" in wrong.stderr


def test_while_the_program_runs_it_is_asked(stage: Stage, settings: Settings) -> None:
    stage.launch(offscreen=True, headless=True)
    try:
        probe = Probe(stage.probe_socket, stage.alive)
        probe.wait("home", timeout_s=READY_S)
        told = json.loads(nightdesk(stage, "diagnose", "--json").stdout)
        assert told["program"]
        assert [device["name"] for device in told["devices"]] == [item.name for item in inventory(settings)]
        board = next(device for device in told["devices"] if device["name"] == "board main")
        assert board["line"]["frames"] > 0
        reader = await_line(stage)
        assert reader["line"]["frames"] > 0
        assert reader["line"]["answered_ago_s"] is not None
        added = nightdesk(stage, "staff", "disable", "1001")
        assert (added.returncode, added.stdout) == (0, "disabled 1001\n")
        assert "disabled" in nightdesk(stage, "staff", "list").stdout
        refused = nightdesk(stage, "staff", "disable", "9999")
        assert refused.returncode == 1
        assert "9999" in refused.stderr
        history = json.loads(nightdesk(stage, "journal", "show", "--staff", "1001", "--json").stdout)
        assert history["events"][-1]["type"] == "StaffDisabled"
        assert history["head"]["signature"]
    finally:
        stage.quit()
    assert not diagnose(settings, ["journal"])["program"]


def await_line(stage: Stage) -> dict[str, Any]:
    """The reader's report once its process has told of its line."""
    deadline = time.monotonic() + READY_S
    while True:
        (found,) = json.loads(nightdesk(stage, "diagnose", "reader", "--json").stdout)["devices"]
        if found["line"]["frames"] or time.monotonic() > deadline:
            return dict(found)


def report(name: str, status: DeviceStatus) -> DeviceReport:
    return DeviceReport(name, "any", "", Health(status))


ITEMS = (
    Item("reader", "any", "", Part.READER), Item("board a", "any", "", Part.BOARD),
    Item("board b", "any", "", Part.BOARD), Item("printer", "any", "", Part.PRINTER), Item("ups", "any", "", None),
)  # fmt: skip


def judged(**broken: DeviceStatus) -> tuple[bool, tuple[str, ...]]:
    found = [
        report(item.name, broken.get(item.name.replace(" ", "_"), DeviceStatus.ONLINE)) for item in ITEMS
    ]
    verdict = judge(ITEMS, found)
    return verdict.fit, verdict.first


def test_one_lock_board_is_enough_to_serve_and_a_reader_is_needed() -> None:
    gone = DeviceStatus.NO_DEVICE
    assert judged() == (True, ())
    assert judged(printer=gone, ups=gone) == (True, ("printer", "ups"))
    assert judged(printer=gone, board_a=gone) == (True, ("board a", "printer"))
    assert judged(board_a=gone, board_b=gone) == (False, ("board a", "board b"))
    assert judged(ups=gone, reader=gone) == (False, ("reader", "ups"))


def test_only_what_was_asked_for_is_judged() -> None:
    verdict = judge(ITEMS, [report("printer", DeviceStatus.ONLINE)])
    assert verdict.fit
