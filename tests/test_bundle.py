"""The diagnostics bundle: what is in it, what never is, and the ways it takes."""

import http.server
import io
import json
import ssl
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

import pytest

from kiosk.bundle.content import Bundle
from kiosk.bundle.deliver import NotDelivered, Volume, archive, keep, removable, upload
from kiosk.bundle.scrub import REMOVED, scrubbed, scrubbed_table
from kiosk.settings import DEFAULT_FILE, DEMO_FILE, MqttSettings, Settings, load
from tests.notify.certificates import new_authority

AT = datetime(2026, 11, 22, 8, 41, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "secret",
    [
        "13800138000",
        "+8613800138000",
        "+86 138 0013 8000",
        "138-0013-8000",
        "11010519900101023X",
        "110105199001010232",
        "phone=13800138000;",
        "to13800138000x",
        "110105900101023",
        "+85291234567",
    ],
)
def test_numbers_of_persons_are_taken_out(secret: str) -> None:
    said = scrubbed(f"could not send to {secret}: refused")
    assert REMOVED in said
    digits = "".join(filter(str.isdigit, secret))
    assert digits not in "".join(filter(str.isdigit, said))


@pytest.mark.parametrize(
    "plain",
    [
        "2026-11-22 08:41:07,123 INFO",
        "02 00 35 FE FF 03 00 03 3A",
        "05.01-20200101-1234567-0000000000",
        "R-261122-03",
        "12345678901" + "ab" * 20,
        "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0",
        "1234567 frames",
    ],
)
def test_what_is_nobodys_stands(plain: str) -> None:
    assert scrubbed(plain) == plain


def test_secrets_of_settings_are_known_by_their_names() -> None:
    table = {
        "hotline": "0533-12345", "secret_file": "/run/secret", "access_key_id": "LTAI5t", "url": "socket://me:pw@host:1",
        "list": [{"password": "x", "number": 7}], "key_file": "/etc/key",
    }  # fmt: skip
    assert scrubbed_table(table) == {
        "hotline": REMOVED, "secret_file": "/run/secret", "access_key_id": REMOVED, "url": f"socket://{REMOVED}@host:1",
        "list": [{"password": REMOVED, "number": 7}], "key_file": "/etc/key",
    }  # fmt: skip


def unpacked(data: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        found = {}
        for entry in tar.getmembers():
            file = tar.extractfile(entry)
            assert file is not None
            found[entry.name.partition("/")[2]] = file.read().decode()
        return found


# ways ---------------------------------------------------------------------------------------------------------------


def test_a_stick_is_known_by_where_it_hangs(tmp_path: Path) -> None:
    blocks, usb, card = (
        tmp_path / "block",
        tmp_path / "devices/usb1/sdb/sdb1",
        tmp_path / "devices/mmc/mmcblk0",
    )
    inner = tmp_path / "devices/pci/sda/sda1"
    for folder in (blocks, usb, card / "mmcblk0p1", inner):
        folder.mkdir(parents=True)
    (card / "removable").write_text("1\n")
    (inner.parent / "removable").write_text("0\n")
    for real in (usb, card / "mmcblk0p1", inner):
        (blocks / real.name).symlink_to(real)
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/my\\040stick vfat rw 0 0\n/dev/mmcblk0p1 /mnt/card vfat rw 0 0\n"
        "proc /proc proc rw 0 0\n/dev/gone /x ext4 rw 0 0\n"
    )
    assert list(removable(mounts, blocks)) == [
        Volume("/dev/sdb1", Path("/media/my stick")), Volume("/dev/mmcblk0p1", Path("/mnt/card")),
    ]  # fmt: skip


def small() -> Bundle:
    return Bundle(AT, "demo-01", {"about.json": "{}\n"}, {"log.txt": "no journalctl"})


def test_an_archive_says_what_it_lacks(tmp_path: Path) -> None:
    kept = keep(small(), tmp_path)
    assert kept.name == "nightdesk-demo-01-261122-084107.tar.gz"
    manifest = json.loads(unpacked(kept.read_bytes())["MANIFEST.json"])
    assert manifest["missing"] == {"log.txt": "no journalctl"}
    assert archive(small())[10:] == kept.read_bytes()[10:]  # but for gzip's own time


class Receiver(http.server.BaseHTTPRequestHandler):
    came: ClassVar[list[tuple[str, str, bytes]]] = []
    status: ClassVar[int] = 201

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        connection: Any = self.connection
        subject = dict(pair[0] for pair in connection.getpeercert()["subject"])
        self.came.append((self.path, subject["commonName"], body))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server:
    """An HTTPS server on loopback that asks for a certificate of `authority`."""

    def __init__(self, folder: Path, *, host: str = "127.0.0.1") -> None:
        self.authority = new_authority(folder, "ours")
        files = self.authority.issue("server", host=host)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        context.load_verify_locations(self.authority.path)
        context.verify_mode = ssl.CERT_REQUIRED
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refused callers are the test's matter
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}/in/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> "Server":
        Receiver.came.clear()
        Receiver.status = 201
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def settings(self, site: Settings, *, name: str = "demo-01") -> Settings:
        files = self.authority.issue(name)
        mqtt = MqttSettings(
            host="127.0.0.1", ca_file=self.authority.path, cert_file=files.certificate, key_file=files.key
        )
        return site.model_copy(update={"mqtt": mqtt})


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    return load([DEFAULT_FILE, DEMO_FILE], variables={"runtime_dir": str(tmp_path)})


def test_it_is_put_where_the_kiosk_is_known_by_its_certificate(site: Settings, tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        address = upload(small(), server.url, server.settings(site))
        ((path, name, body),) = Receiver.came
        assert (path, name) == ("/in/nightdesk-demo-01-261122-084107.tar.gz", "demo-01")
        assert address == f"{server.url}nightdesk-demo-01-261122-084107.tar.gz"
        assert "about.json" in unpacked(body)
        Receiver.status = 403
        with pytest.raises(NotDelivered, match="the server says 403"):
            upload(small(), server.url, server.settings(site))


def test_a_server_of_somebody_else_gets_nothing(site: Settings, tmp_path: Path) -> None:
    (tmp_path / "strange").mkdir()
    with Server(tmp_path / "strange") as server:
        settings = server.settings(site)
        assert settings.mqtt is not None
        other = new_authority(tmp_path, "other").path
        wrong = settings.model_copy(update={"mqtt": settings.mqtt.model_copy(update={"ca_file": other})})
        with pytest.raises(NotDelivered, match=r"(?i)certificate verify failed"):
            upload(small(), server.url, wrong)
    (tmp_path / "named").mkdir()
    named = Server(tmp_path / "named", host="elsewhere.example")
    with named as server, pytest.raises(NotDelivered, match=r"(?i)certificate"):
        upload(small(), server.url, server.settings(site))
    assert Receiver.came == []


def test_nothing_goes_in_the_clear_or_without_a_certificate(site: Settings) -> None:
    with pytest.raises(NotDelivered, match="only https"):
        upload(small(), "http://127.0.0.1:1/", site)
    with pytest.raises(NotDelivered, match="cert_file and key_file"):
        upload(small(), "https://127.0.0.1:1/", site)
