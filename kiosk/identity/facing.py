"""The face side of the identity process: camera, models and the reference of the card on the reader, in one thread."""

import asyncio
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from drivers.contracts.camera import FrameSource
from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.photo import PhotoDecoder
from drivers.errors import DeviceError, PhotoUndecodable, health_of
from kiosk.models import ModelsError

from . import matching
from .checking import FaceCheck, reference_of
from .config import IdentityConfig
from .events import DeviceHealth, FaceOutcome, FaceResult, IdentityEvent, IdentityPart
from .matching import Embedding, FaceMatcher
from .preview import PreviewBuffer
from .viewing import CameraView

T = TypeVar("T")
Say = Callable[[IdentityEvent], None]


class FaceDesk:
    """Owns camera and models. Models work in one thread, the camera is opened and closed in another: one that does
    not answer must not hold up a card. `say` must be safe to call from both.
    """

    def __init__(
        self,
        config: IdentityConfig,
        camera: FrameSource | None,
        photo: PhotoDecoder,
        preview: PreviewBuffer,
        say: Say,
    ) -> None:
        self._config = config
        self._camera = camera
        self._photo = photo
        self._preview = preview
        self._say = say
        self._models = ThreadPoolExecutor(max_workers=1, thread_name_prefix="face")
        self._opening = ThreadPoolExecutor(max_workers=1, thread_name_prefix="camera-open")
        self._matcher: FaceMatcher | None = None
        self._reference: Embedding | None = None
        self._stop = threading.Event()
        self._open = False
        self._failed_s = -math.inf
        self._doubt: DeviceError | None = None  # from the first look: the camera may still have been starting
        self._camera_health: Health | None = None

    def load(self) -> Health:
        """Load the models, when they verify. Returns the state of the face check."""
        config = self._config
        if config.engine == "none":
            return Health(DeviceStatus.NO_DEVICE, 'face.engine is "none"', ErrorAction.CONFIGURATION)
        try:
            self._matcher = matching.configured(config)
        except ModelsError as error:
            return Health(DeviceStatus.NO_DEVICE, str(error), ErrorAction.CONFIGURATION)
        return Health(DeviceStatus.ONLINE, self._matcher.thresholds.not_fit)

    async def keep_photo(self, untrusted_photo: bytes) -> bool:
        """Make the chip photo the reference; False when that cannot be done."""
        return await _in_thread(self._models, self._make_reference, untrusted_photo)

    async def look_once(self) -> None:
        """Open the camera, take one picture, close it: its state is known before anybody stands there."""
        await _in_thread(self._opening, self._probe)

    async def warm_up(self) -> None:
        """Open the camera ahead of a check."""
        await _in_thread(self._opening, self._open_camera)

    async def check(self) -> FaceResult | None:
        """One face check; None when it was stopped."""
        self._stop.clear()
        if self._matcher is None:
            return FaceResult(FaceOutcome.NO_MODEL)
        if self._reference is None:
            return FaceResult(FaceOutcome.NO_REFERENCE)
        if not await _in_thread(self._opening, self._open_camera):
            if self.camera_starting and self._doubt is not None:
                self._report(health_of(self._doubt))  # somebody stands there: it is late enough
            return FaceResult(FaceOutcome.CAMERA_GONE)
        result = await _in_thread(self._models, self._compare)
        if result is None or result.outcome in (FaceOutcome.MATCH, FaceOutcome.CAMERA_GONE):
            await _in_thread(self._opening, self._close_camera)
        return result

    async def view(self, limit_s: float) -> FaceResult | None:
        """Show the picture to a technician; an outcome only where there is no camera."""
        self._stop.clear()
        if not await _in_thread(self._opening, self._open_camera):
            return FaceResult(FaceOutcome.CAMERA_GONE)
        result = await _in_thread(self._models, self._look, limit_s)
        await _in_thread(self._opening, self._close_camera)
        return result

    def stop(self) -> None:
        """End a running check at its next picture."""
        self._stop.set()

    async def close(self) -> None:
        """End the check, release the camera, end the photo decoder."""
        self._stop.set()
        await _in_thread(self._models, self._forget)
        await _in_thread(self._opening, self._close_camera)
        self._models.shutdown(wait=False)
        self._opening.shutdown(wait=False)

    @property
    def camera_starting(self) -> bool:
        """True when there is a camera that has not shown anything yet, and may."""
        return self._camera is not None and self._camera_health is None

    @property
    def camera_failing(self) -> bool:
        """True when there is a camera and its last use failed."""
        health = self._camera_health
        return self._camera is not None and health is not None and health.status is not DeviceStatus.ONLINE

    def _make_reference(self, untrusted_photo: bytes) -> bool:
        self._reference = None
        if self._matcher is None:
            return False
        try:
            self._reference = reference_of(self._matcher, self._photo.decode(untrusted_photo))
        except (PhotoUndecodable, ValueError):
            return False
        return self._reference is not None

    def _probe(self) -> None:
        if self._camera is None:
            self._report(Health(DeviceStatus.NO_DEVICE, "no camera is configured"))
            return
        in_use = self._open
        if self._open_camera() and not in_use:
            self._close_camera()

    def _open_camera(self) -> bool:
        if self._camera is None or time.monotonic() - self._failed_s < self._config.limits.retry_s:
            return False
        try:
            if not self._open:
                self._camera.open()
                self._open = True
            self._camera.read()
        except DeviceError as error:
            self._close_camera()
            self._failed_s = time.monotonic()
            self._camera_lost(error)
            return False
        self._report(Health(DeviceStatus.ONLINE))
        return True

    def _compare(self) -> FaceResult | None:
        assert self._matcher is not None
        assert self._reference is not None
        assert self._camera is not None
        fps = self._config.limits.preview_fps
        check = FaceCheck(self._matcher, self._config.face, self._preview, self._say, fps=fps)
        try:
            return check.run(self._camera, self._reference, self._stop)
        except DeviceError as error:
            self._camera_lost(error)
            return FaceResult(FaceOutcome.CAMERA_GONE)

    def _look(self, limit_s: float) -> FaceResult | None:
        assert self._camera is not None
        detector = None if self._matcher is None else self._matcher.detector
        view = CameraView(detector, self._preview, self._say, fps=self._config.limits.preview_fps)
        try:
            view.run(self._camera, self._stop, limit_s)
        except DeviceError as error:
            self._camera_lost(error)
            return FaceResult(FaceOutcome.CAMERA_GONE)
        return None

    def _camera_lost(self, error: DeviceError) -> None:
        if self.camera_starting and self._doubt is None:
            self._doubt = error
            return
        self._report(health_of(error))

    def _close_camera(self) -> None:
        if self._camera is not None and self._open:
            self._camera.close()
        self._open = False

    def _forget(self) -> None:
        self._reference = None
        if self._matcher is not None:
            self._matcher.close()
        self._photo.close()

    def _report(self, health: Health) -> None:
        if health != self._camera_health:
            self._camera_health = health
            self._say(DeviceHealth(IdentityPart.CAMERA, health))


async def _in_thread(thread: ThreadPoolExecutor, work: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(thread, work, *args)
