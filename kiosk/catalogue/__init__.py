"""The service items a kiosk takes in: guide, materials, limits, form, rules; one TOML file each, checked as a whole."""

from .items import Audience, Catalogue, Fee, Item, Material, MaterialKind, Question, ResultForm, Theme
from .problems import CatalogueProblem
from .reading import CatalogueError, check, load

__all__ = [
    "Audience",
    "Catalogue",
    "CatalogueError",
    "CatalogueProblem",
    "Fee",
    "Item",
    "Material",
    "MaterialKind",
    "Question",
    "ResultForm",
    "Theme",
    "check",
    "load",
]
