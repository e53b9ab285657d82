"""One rig a way to send text messages: its emulator as a process, the channel that talks to it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers import registry
from drivers.contracts.sms import SmsChannel, SmsMessage
from drivers.emulators.control import Control
from drivers.registry import DriverKind
from kiosk.notify.settings import TlsFiles
from tests.drivers.emulated import emulated
from tests.notify.certificates import new_authority

NUMBER = "+8613900000001"
REFUSED = "+8613900000009"
TEXT = "【东大门】11-22 09:30 收到“居住证”材料，存放于 A-03 号柜，办件号 ND-7。"
VALUES = {
    "place": "东大门",
    "time": "11-22 09:30",
    "item": "居住证",
    "cell": "A-03",
    "case": "ND-7",
    "remarks": "",
}
HELD = SmsMessage(NUMBER, TEXT, "deposit.held.staff", "zh_CN", VALUES)
SECRET = "emulated-secret"
TEMPLATE_IDS = {"aliyun": ("SMS_1001", "SMS_1002"), "tencent": ("1001", "1002"), "mas": ("f0a1", "f0a2")}


@dataclass
class Rig:
    """`unplug` takes the far side away; `messages` are (eleven digits, everything that was said)."""

    name: str
    control: Control
    channel: Callable[[], SmsChannel]
    unplug: Callable[[], object]

    def messages(self) -> list[tuple[str, str]]:
        sent = self.control.do("messages")["messages"]
        return [(message["number"][-11:], str(message)) for message in sent]

    def refuse(self, number: str) -> None:
        self.control.do("number.refuse", number=number if self.name == "gsm" else number[-11:])

    def mend(self) -> None:
        self.control.do("fault", name="none")
        if self.name == "gsm":
            self.control.do("cable.plug")


def table(name: str, folder: Path, url: str | None, **more: Any) -> dict[str, Any]:
    """A configuration's table for one provider, with two templates."""
    first, second = TEMPLATE_IDS[name]
    staff = {"id": first, "parameters": ["place", "time", "item", "cell", "case", "remarks"]}
    citizen = {"id": second, "parameters": ["item", "case"]}
    own = {
        "aliyun": {"access_key_id": "emulated", "sign_name": "政务柜"},
        "tencent": {"secret_id": "emulated", "sdk_app_id": "1400000000", "sign_name": "政务柜"},
        "mas": {"ec_name": "测试企业", "ap_id": "testap", "sign": "AbCdEfGh"},
    }[name]
    secret = folder / "secret"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    secret.chmod(0o600)
    filled = {
        "driver": f"{name}_sms", "secret_file": str(secret), "connect_timeout_s": 5.0, "answer_timeout_s": 0.8,
        "templates": {"deposit.held.staff": staff, "deposit.held.citizen": citizen}, **own, **more,
    }  # fmt: skip
    return filled if url is None else {**filled, "base_url": url}


def built(config: dict[str, Any]) -> SmsChannel:
    channel: SmsChannel = registry.create(
        DriverKind.SMS, registry.parse(DriverKind.SMS, config), profile="emulated"
    )
    return channel


@contextmanager
def provider(name: str, folder: Path, *, files: TlsFiles | None = None) -> Iterator[tuple[str, Control]]:
    """The emulator of one provider: its address and its control socket."""
    account = "测试企业/testap" if name == "mas" else "emulated"
    command = [sys.executable, "-m", "drivers.emulators.smshttp", "--provider", name, "--secret", SECRET]
    command += ["--account", account, "--control", str(folder / "control")]
    if files is not None:
        command += ["--certificate", str(files.certificate), "--key", str(files.key)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            word, url, _ = process.stdout.readline().split()
            assert word == "ready"
            control = Control(folder / "control")
            yield url, control
            control.close()
        finally:
            process.terminate()


@contextmanager
def rig(name: str, folder: Path) -> Iterator[Rig]:
    """Emulator and channel of `gsm`, or of a provider over HTTPS with a certificate of a private authority."""
    if name == "gsm":
        with emulated("gsm", folder, "--send-time", "0.01") as control:
            line = {
                "driver": "gsm_modem",
                "url": str(folder / "pty"),
                "answer_timeout_s": 0.8,
                "send_timeout_s": 0.8,
            }
            yield Rig(name, control, lambda: built(line), lambda: control.do("cable.pull"))
        return
    authority = new_authority(folder, "operator")
    with provider(name, folder, files=authority.issue("provider", host="127.0.0.1")) as (url, control):
        config = table(name, folder, url, ca_file=str(authority.path))
        yield Rig(name, control, lambda: built(config), lambda: control.do("fault", name="reset"))
