"""The whole verification page in Chromium, where `chromium-headless-shell` is installed: link, picture, camera."""

import io
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from kiosk.certificates.page import page_of
from tests.certificates.office import CERTIFICATE, DAY, NOON, code, key, published, register
from tests.certificates.test_slip import SLIP, picture, tilted

BROWSER = shutil.which("chromium-headless-shell")
WAIT_S = 60.0
BEGIN = NOON - 3000 * DAY  # expired, whatever the browser's clock says
OLD = replace(CERTIFICATE, issued=BEGIN, not_before=BEGIN, expires=BEGIN + DAY)
BOOK = register(replace(key(), not_before=BEGIN, not_after=NOON + DAY))
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# the load event, after which Chromium prints the page, is held back by a picture until there is a verdict
TILL_VERDICT = """<img src="/wait"><script>new MutationObserver(() => { new Image().src = '/verdict'; })
  .observe(document.getElementById('verdict'), { attributes: true, attributeFilter: ['data-outcome'] });</script>"""
SCAN = "<script>document.getElementById('scan').click();</script>"
CHOOSE = """<script>fetch('/code.png').then((answer) => answer.blob()).then((blob) => {
  const files = new DataTransfer(), input = document.getElementById('picture');
  files.items.add(new File([blob], 'photo.png', { type: 'image/png' }));
  input.files = files.files;
  input.dispatchEvent(new Event('change'));
});</script>"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium-headless-shell on this machine")


def dom_of(address: str, *options: str) -> str:
    assert BROWSER is not None
    command = [BROWSER, "--no-sandbox", "--disable-gpu", *options, "--dump-dom", address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S + 40, check=True)
    return done.stdout


@contextmanager
def served(files: Mapping[str, bytes]) -> Iterator[str]:
    """The address of a server that has these files, and answers `/wait` once `/verdict` was asked for."""
    verdict = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/verdict":
                verdict.set()
            elif self.path == "/wait":
                verdict.wait(WAIT_S)
            body = files.get(self.path, b"")
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The codes of a test concern nobody."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            verdict.set()
            server.shutdown()
            thread.join()


def driven(script: str) -> bytes:
    """The page with a script that plays the person; the policy, which would refuse it, is taken out."""
    text = page_of([published(register()), published(BOOK)])
    before, _, rest = text.partition('<meta http-equiv="Content-Security-Policy"')
    page = before + rest.partition(">")[2]
    return page.replace("</body>", f"{TILL_VERDICT}{script}</body>").encode()


def phone_view() -> Image.Image:
    """What a phone's camera sees of the slip: grey, a little turned, on a dark table."""
    paper = picture()
    seen = tilted(paper.crop((0, paper.height // 3, paper.width, paper.height)), 3)
    seen.thumbnail((900, 700))
    view = Image.new("L", (1280, 720), 90)
    view.paste(seen.point(lambda light: 40 + light * 170 // 255), (300, 10))
    return view


def as_camera(view: Image.Image, file: Path) -> str:
    """The option that has Chromium's fake camera show it. YUV4MPEG2, a few frames over and over."""
    grey = np.full(view.width * view.height // 2, 128, np.uint8).tobytes()
    head = f"YUV4MPEG2 W{view.width} H{view.height} F10:1 Ip A1:1 C420jpeg\n".encode()
    file.write_bytes(head + (b"FRAME\n" + view.tobytes() + grey) * 5)
    return f"--use-file-for-fake-video-capture={file}"


@pytest.mark.parametrize(("bend", "expected"), [(False, "expired"), (True, "forged")])
def test_a_link_with_a_code_shows_the_verdict_under_the_pages_own_policy(
    tmp_path: Path, *, bend: bool, expected: str
) -> None:
    file = tmp_path / "page.html"
    file.write_text(page_of([published(BOOK)]), encoding="utf-8")
    text = code(OLD, secret=b"o" * 32, key_id=key().key_id) if bend else code(OLD)
    shown = dom_of(f"{file.as_uri()}#{quote(text)}", "--virtual-time-budget=5000")
    assert f'data-outcome="{expected}"' in shown
    assert ("王**" in shown) is not bend


def test_the_printed_slip_is_read_by_the_camera(tmp_path: Path) -> None:
    with served({"/": driven(SCAN)}) as address:
        shown = dom_of(address, *FAKE_CAMERA, as_camera(phone_view(), tmp_path / "camera.y4m"))
    assert SLIP.certificate.number in shown
    assert 'data-outcome="unreadable"' not in shown


def test_a_picture_is_read_and_one_without_a_code_is_unreadable() -> None:
    for view, expected in (
        (phone_view(), SLIP.certificate.number),
        (Image.new("L", (400, 300), 90), "unreadable"),
    ):
        buffer = io.BytesIO()
        view.save(buffer, "PNG")
        with served({"/": driven(CHOOSE), "/code.png": buffer.getvalue()}) as address:
            assert expected in dom_of(address)
