"""Where a bundle goes: a file, a USB stick, a server that knows the kiosk by its certificate."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests

from kiosk.filing import store
from kiosk.settings import Settings

from .content import Bundle

ENDING: Final = ".tar.gz"
UPLOAD_TIMEOUTS_S: Final = (10.0, 120.0)
MOUNTS: Final = Path("/proc/self/mounts")
BLOCKS: Final = Path("/sys/class/block")


class NotDelivered(Exception):
    """The bundle is nowhere; the text says why and what to do."""


def archive(bundle: Bundle) -> bytes:
    """One gzipped tar with a folder of the bundle's name; `MANIFEST.json` has the files' hashes and what is missing."""
    files = {name: text.encode() for name, text in sorted(bundle.files.items())}
    manifest = {
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        "missing": bundle.missing,
    }
    files["MANIFEST.json"] = json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(f"{bundle.name}/{name}")
            entry.size, entry.mtime, entry.mode = len(data), int(bundle.at.timestamp()), 0o600
            tar.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def keep(bundle: Bundle, out: Path) -> Path:
    """Write the archive as `out`, or into `out` where that is a folder; it is on the medium when this returns."""
    target = out / f"{bundle.name}{ENDING}" if out.is_dir() else out
    store(target, archive(bundle))
    return target


def upload(bundle: Bundle, url: str, settings: Settings) -> str:
    """PUT the archive to `url` (a folder where it ends with a slash); the address it has now. Raises `NotDelivered`."""
    if urlsplit(url).scheme != "https":
        raise NotDelivered(f"{url}: only https:// keeps the way private")
    mqtt = settings.mqtt
    if mqtt is None or mqtt.ca_file is None or mqtt.cert_file is None or mqtt.key_file is None:
        raise NotDelivered(
            "the server knows a kiosk by the certificate of [mqtt]: set ca_file, cert_file and key_file there,"
            " or use --out"
        )
    target = f"{url}{bundle.name}{ENDING}" if url.endswith("/") else url
    try:
        answer = requests.put(
            target, data=archive(bundle), headers={"Content-Type": "application/gzip"}, verify=str(mqtt.ca_file),
            cert=(str(mqtt.cert_file), str(mqtt.key_file)), timeout=UPLOAD_TIMEOUTS_S, allow_redirects=False,
        )  # fmt: skip
    except (requests.RequestException, OSError) as error:
        raise NotDelivered(f"{target}: {error}") from error
    if not 200 <= answer.status_code < 300:
        raise NotDelivered(f"{target}: the server says {answer.status_code} {answer.reason}")
    return target


@dataclass(frozen=True, slots=True)
class Volume:
    """A mounted medium that can be taken away."""

    device: str
    folder: Path


def removable(mounts: Path = MOUNTS, blocks: Path = BLOCKS) -> Iterator[Volume]:
    """Mounted USB sticks and the like."""
    for line in mounts.read_text(encoding="utf-8").splitlines():
        device, folder, *_ = line.split(" ")
        block = blocks / Path(device).name
        if device.startswith("/dev/") and block.exists() and _is_removable(block.resolve()):
            yield Volume(device, Path(folder.encode().decode("unicode_escape")))


def _is_removable(block: Path) -> bool:
    """`block`: a partition's folder in sysfs, or a whole disk's; all that hangs on USB counts."""
    if any(part.startswith("usb") for part in block.parts):
        return True
    return any(
        flag.is_file() and flag.read_text().strip() == "1"
        for flag in (block / "removable", block.parent / "removable")
    )
