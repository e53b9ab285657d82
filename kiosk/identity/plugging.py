"""Builds a driver from what the main process was configured with; imports only what is named."""

import importlib
import json
from typing import Any

from .config import DriverSpec


def build(spec: DriverSpec) -> Any:
    """The driver of `spec`. Raises `ValueError` for a spec that names nothing."""
    settings = json.loads(spec.settings)
    factory = _named(spec.factory)
    if spec.model:
        return factory(_named(spec.model).model_validate(settings))
    return factory(**settings)


def _named(path: str) -> Any:
    module, _, name = path.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"{path!r} names nothing that can be imported: {error}") from error
