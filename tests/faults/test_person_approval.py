"""A deposit at the real program goes to the city's approval system, and its history tells what became of it there."""

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.emulators.world import Options
from kiosk.runtime.command import ask
from tests.approval.office import Office, office
from tests.faults.playing import Kiosk

PORT = 18_962  # the settings are read before the system stands
FOLDER = Path(tempfile.mkdtemp(prefix="nd-approval-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
OPTIONS = Options(read_delay_ms=200, extra={"printer": ("--print-speed", "2000")})
OVERRIDES = {
    "face": {"engine": "none"},
    "approval": {
        "url": f"https://127.0.0.1:{PORT}", "ca_file": str(FOLDER / "approval-ca.pem"),
        "token_file": str(FOLDER / "token"), "poll_s": 0.2, "retry_min_s": 0.2, "retry_max_s": 1.0,
    },
}  # fmt: skip


@contextmanager
def city() -> Iterator[Office]:
    with office(FOLDER, "--port", str(PORT)) as running:
        yield running


def shown(kiosk: Kiosk, case_id: str, *more: str) -> str:
    """`nightdesk journal show --case`, beside the running program."""
    file = kiosk.stage.folder / "state" / "journal.db"
    command = [
        sys.executable,
        "-m",
        "kiosk",
        "journal",
        "show",
        "--case",
        case_id,
        "--file",
        str(file),
        "--lang",
        "en",
    ]
    return subprocess.run([*command, *more], capture_output=True, text=True, check=True).stdout


def test_deposit_submitted_decision_heard_and_shown_over_a_power_cut(kiosk: Kiosk) -> None:
    """The city's system is away while the papers are handed in, and the kiosk's power fails before it is back."""
    mark = kiosk.mark
    kiosk.identifies()
    kiosk.confirms()
    kiosk.puts_in(kiosk.opens())
    kiosk.leaves()
    case_id = str(kiosk.recorded("DepositHeld", after=mark)["case_id"])
    assert not kiosk.journal("CaseSubmitted", after=mark)
    kiosk.power_cut()
    with city() as running:
        kiosk.start()
        submitted = kiosk.recorded("CaseSubmitted", after=mark)
        told = running.case(case_id)
        assert (submitted["case_id"], submitted["filed_as"]) == (case_id, told["number"])
        assert [one["key"] for one in told["submissions"]] == [submitted["message"]]
        running.control.do("say", case=case_id, step="under_review")
        running.control.do("decide", case=case_id, decision="granted", result="paper", words="准予登记")
        decided = kiosk.recorded("DecisionHeard", after=mark)
        assert (decided["decision"], decided["result"]) == ("granted", "paper")
        standing = ask(kiosk.stage.folder / "state", "approval_standing", case_id=case_id)
        assert standing is not None
        assert (standing["number"], standing["decision"]["decision"]) == (told["number"], "granted")
        assert [one["step"] for one in standing["steps"]] == ["under_review"]
        assert kiosk.diagnosed("approval") == "online"
    kiosk.until(lambda: kiosk.diagnosed("approval") == "offline", "word that the system is away")
    history = shown(kiosk, case_id)
    assert f"The approval system took case {case_id} as {told['number']} (application)" in history
    assert "under review" in history
    assert "granted; result: on paper" in history
    assert "How known: the city's approval system" in history
    assert "准予登记" not in history, "what the system says in words is sealed"
    kinds = [line["type"] for line in json.loads(shown(kiosk, case_id, "--json"))["events"]]
    assert kinds.index("DepositHeld") < kinds.index("CaseSubmitted") < kinds.index("DecisionHeard")
    kiosk.until(lambda: bool(kiosk.mqtt("decision-heard")), "MQTT message of the decision")
