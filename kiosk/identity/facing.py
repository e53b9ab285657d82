"""The face side of the identity process: camera, models and the reference of the card on the reader, in one thread."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from drivers.contracts.camera import FrameSource
from drivers.contracts.health import DeviceStatus, ErrorAction, Health
from drivers.contracts.photo import PhotoDecoder
from drivers.errors import DeviceError, PhotoUndecodable
from kiosk.models import ModelsError, digest_of

from . import matching
from .cameras import Cameras
from .checking import FaceCheck, reference_of
from .config import IdentityConfig
from .events import DeviceHealth, FaceOutcome, FaceResult, IdentityEvent, IdentityPart
from .liveness import engines
from .liveness.contract import ChallengeKind
from .matching import Embedding
from .presentation import Models
from .preview import PreviewBuffer
from .viewing import CameraView
from .watching import FaceWatch

T = TypeVar("T")
Say = Callable[[IdentityEvent], None]


class FaceDesk:
    """Owns cameras and models. Models work in one thread, cameras are opened and closed in another: one that does
    not answer must not hold up a card. `say` must be safe to call from both.
    """

    def __init__(
        self,
        config: IdentityConfig,
        camera: FrameSource | None,
        photo: PhotoDecoder,
        preview: PreviewBuffer,
        say: Say,
        *,
        infrared: FrameSource | None = None,
    ) -> None:
        self._config = config
        self._photo = photo
        self._preview = preview
        self._say = say
        self._cameras = Cameras(camera, infrared, retry_s=config.limits.retry_s, report=self._camera_is)
        self._working = ThreadPoolExecutor(max_workers=1, thread_name_prefix="face")
        self._opening = ThreadPoolExecutor(max_workers=1, thread_name_prefix="camera-open")
        self._models: Models | None = None
        self._reference: Embedding | None = None
        self._watch: FaceWatch | None = None
        self._stop = threading.Event()

    def load(self) -> Health:
        """Load the models, when they verify. Returns the state of the face check."""
        config = self._config
        if config.engine == "none":
            return Health(
                DeviceStatus.NO_DEVICE, 'face.engine is "none"'
            )  # by choice: nobody has anything to do
        try:
            matcher = matching.configured(config)
            detector, landmarks = engines.configured(config), engines.landmarks(config.models_path)
            digest = digest_of(matcher.models_digest, *engines.files(config))
            self._models = Models(matcher, detector, landmarks, digest)
        except ModelsError as error:
            return Health(DeviceStatus.NO_DEVICE, str(error), ErrorAction.CONFIGURATION)
        return Health(DeviceStatus.ONLINE, self._models.matcher.thresholds.not_fit)

    async def keep_photo(self, untrusted_photo: bytes) -> bool:
        """Make the chip photo the reference; False when that cannot be done."""
        return await _in_thread(self._working, self._make_reference, untrusted_photo)

    async def look_once(self) -> None:
        """Open the camera, take one picture, close it: its state is known before anybody stands there."""
        await _in_thread(self._opening, self._cameras.probe)

    async def prepare(self, untrusted_photo: bytes = b"") -> None:
        """Open the camera for a check; a chip photo that is given becomes the reference meanwhile."""
        self._stop.clear()
        self._watch = None
        if self._models is None:
            return
        opening = _in_thread(self._opening, self._cameras.open)
        photo = (self.keep_photo(untrusted_photo),) if untrusted_photo else ()
        await asyncio.gather(opening, *photo)

    async def check(self, kind: ChallengeKind = ChallengeKind.STANDARD) -> FaceResult | None:
        """One face check, after `prepare`; None when it was stopped. After a match `another_there` may be asked."""
        if self._models is None:
            return FaceResult(FaceOutcome.NO_MODEL)
        if self._reference is None:
            await self.rest()
            return FaceResult(FaceOutcome.NO_REFERENCE)
        if not self._cameras.are_open:
            self._cameras.late()
            return FaceResult(FaceOutcome.CAMERA_GONE)
        result = await _in_thread(self._working, self._compare, kind)
        if result is None or result.outcome is FaceOutcome.CAMERA_GONE:
            await self.rest()
        return result

    async def another_there(self) -> bool | None:
        """One look after a match: does another face stand there now? None when that can no longer be told."""
        return await _in_thread(self._working, self._look_again)

    async def view(self, limit_s: float) -> FaceResult | None:
        """Show the picture to a technician; an outcome only where there is no camera."""
        self._stop.clear()
        if not await _in_thread(self._opening, self._cameras.open):
            return FaceResult(FaceOutcome.CAMERA_GONE)
        result = await _in_thread(self._working, self._show, limit_s)
        await self.rest()
        return result

    def stop(self) -> None:
        """End a running check at its next picture, and the looks after it."""
        self._stop.set()
        self._watch = None

    async def rest(self) -> None:
        """Release the camera until the next check, once nobody reads it any more."""
        await _in_thread(self._working, _nothing)
        await _in_thread(self._opening, self._cameras.close)

    async def close(self) -> None:
        """End the check, release the camera, end the photo decoder."""
        self.stop()
        await _in_thread(self._working, self._forget)
        await self.rest()
        self._working.shutdown(wait=False)
        self._opening.shutdown(wait=False)

    @property
    def camera_starting(self) -> bool:
        """True when there is a camera that has not shown anything yet, and may."""
        return self._cameras.starting

    @property
    def camera_failing(self) -> bool:
        """True when there is a camera and its last use failed."""
        return self._cameras.failing

    def _make_reference(self, untrusted_photo: bytes) -> bool:
        self._reference = None
        if self._models is None:
            return False
        try:
            self._reference = reference_of(self._models.matcher, self._photo.decode(untrusted_photo))
        except (PhotoUndecodable, ValueError):
            return False
        except ModelsError as error:
            self._engine_failed(error)
        return self._reference is not None

    def _compare(self, kind: ChallengeKind) -> FaceResult | None:
        assert self._models is not None
        assert self._reference is not None
        cameras, limits = self._cameras, self._config.face
        assert cameras.camera is not None
        fps = self._config.limits.preview_fps
        check = FaceCheck(self._models, limits, self._preview, self._say, fps=fps, kind=kind)
        try:
            result = check.run(cameras.camera, self._reference, self._stop, cameras.infrared)
        except DeviceError as error:
            cameras.lost(error)
            return FaceResult(FaceOutcome.CAMERA_GONE)
        except ModelsError as error:
            self._engine_failed(error)
            return FaceResult(FaceOutcome.NO_MODEL)
        if check.verified is not None and not self._stop.is_set():
            self._watch = FaceWatch(self._models.matcher, limits, check.verified)
        return result

    def _engine_failed(self, error: ModelsError) -> None:
        """Of an engine in a process of its own; the next identity process starts it anew."""
        self._say(DeviceHealth(IdentityPart.FACE, Health(DeviceStatus.HARDWARE_ERROR, str(error))))

    def _look_again(self) -> bool | None:
        camera, watch = self._cameras.camera, self._watch
        if camera is None or watch is None:
            return None
        try:
            return watch.changed(camera.read().image)
        except DeviceError as error:
            self._cameras.lost(error)
        except ModelsError:
            pass  # said where it fails in a check
        return None

    def _show(self, limit_s: float) -> FaceResult | None:
        camera = self._cameras.camera
        assert camera is not None
        detector = None if self._models is None else self._models.matcher.detector
        view = CameraView(detector, self._preview, self._say, fps=self._config.limits.preview_fps)
        try:
            view.run(camera, self._stop, limit_s)
        except DeviceError as error:
            self._cameras.lost(error)
            return FaceResult(FaceOutcome.CAMERA_GONE)
        return None

    def _forget(self) -> None:
        self._reference = None
        if self._models is not None:
            self._models.close()
        self._photo.close()

    def _camera_is(self, health: Health) -> None:
        self._say(DeviceHealth(IdentityPart.CAMERA, health))


def _nothing() -> None:
    """What waits for a thread to be free."""


async def _in_thread(thread: ThreadPoolExecutor, work: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(thread, work, *args)
