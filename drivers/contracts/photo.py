"""Decoder of the chip's photo block."""

from typing import Protocol

from .camera import Image

PHOTO_WIDTH, PHOTO_HEIGHT = 102, 126


class PhotoDecoder(Protocol):
    """Turns the 1024-byte photo block into a picture, BGR, shape (126, 102, 3)."""

    def decode(self, untrusted_photo: bytes) -> Image:
        """Raises `drivers.errors.PhotoUndecodable` when the block or the vendor's library fails."""

    def close(self) -> None:
        """End the decoder's process, where it has one."""
