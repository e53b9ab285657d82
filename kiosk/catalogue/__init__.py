"""The service items a kiosk takes in: guide, materials, time limits; one TOML file each, checked as a whole."""

from .items import (
    Catalogue,
    CatalogueError,
    CatalogueProblem,
    Fee,
    Item,
    Material,
    MaterialKind,
    Question,
    check,
    load,
)

__all__ = [
    "Catalogue",
    "CatalogueError",
    "CatalogueProblem",
    "Fee",
    "Item",
    "Material",
    "MaterialKind",
    "Question",
    "check",
    "load",
]
