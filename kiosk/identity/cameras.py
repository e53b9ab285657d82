"""The camera of the face check and, where there is one, the infrared camera beside it: opened and lost together."""

import math
import time
from collections.abc import Callable
from typing import TypeVar

from drivers.contracts.camera import Frame, FrameSource
from drivers.contracts.health import DeviceStatus, Health
from drivers.errors import DeviceError, health_of

T = TypeVar("T")


class InfraredCamera:
    """A camera whose errors say that it is the infrared one."""

    def __init__(self, camera: FrameSource) -> None:
        self._camera = camera

    def open(self) -> None:
        """Open the device. Raises `DeviceError`."""
        self._named(self._camera.open)

    def read(self) -> Frame:
        """Newest picture. Raises `DeviceError`."""
        return self._named(self._camera.read)

    def close(self) -> None:
        """Release the device."""
        self._camera.close()

    def _named(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except DeviceError as error:
            raise type(error)(f"infrared {error}") from error


class Cameras:
    """Which cameras there are and how they are. They count as one: without the one the other proves nothing.

    `retry_s`: one that failed is left alone for so long; `report` is told of each change.
    """

    def __init__(
        self,
        camera: FrameSource | None,
        infrared: FrameSource | None,
        *,
        retry_s: float,
        report: Callable[[Health], None],
    ) -> None:
        self.camera = camera
        self.infrared = None if infrared is None else InfraredCamera(infrared)
        self._all = tuple(one for one in (self.camera, self.infrared) if one is not None) if camera else ()
        self._retry_s = retry_s
        self._report = report
        self._open = False
        self._failed_s = -math.inf
        self._doubt: DeviceError | None = None  # from the first look: the camera may still have been starting
        self._health: Health | None = None

    @property
    def starting(self) -> bool:
        """True when there is a camera that has not shown anything yet, and may."""
        return self.camera is not None and self._health is None

    @property
    def failing(self) -> bool:
        """True when there is a camera and its last use failed."""
        health = self._health
        return self.camera is not None and health is not None and health.status is not DeviceStatus.ONLINE

    @property
    def are_open(self) -> bool:
        """True between an `open` that worked and `close`, or an `open` that did not."""
        return self._open

    def probe(self) -> None:
        """Open, take one picture, close: the state is known before anybody stands there."""
        if not self._all:
            self._tell(Health(DeviceStatus.NO_DEVICE, "no camera is configured"))
            return
        in_use = self._open
        if self.open() and not in_use:
            self.close()

    def open(self) -> bool:
        """Open what is not open, and take a picture; False when that fails."""
        if not self._all or time.monotonic() - self._failed_s < self._retry_s:
            return False
        try:
            for camera in self._all:
                if not self._open:
                    camera.open()
            self._open = True
            for camera in self._all:
                camera.read()
        except DeviceError as error:
            self.close()
            self._failed_s = time.monotonic()
            self.lost(error)
            return False
        self._tell(Health(DeviceStatus.ONLINE))
        return True

    def close(self) -> None:
        """Release all."""
        for camera in self._all:
            camera.close()
        self._open = False

    def lost(self, error: DeviceError) -> None:
        """One of them broke its promise. The first time it may still have been starting, and nobody is told."""
        if self.starting and self._doubt is None:
            self._doubt = error
            return
        self._tell(health_of(error))

    def late(self) -> None:
        """Somebody stands there: a camera that is still starting is lost."""
        if self.starting and self._doubt is not None:
            self._tell(health_of(self._doubt))

    def _tell(self, health: Health) -> None:
        if health != self._health:
            self._health = health
            self._report(health)
