"""Takes out of texts what could be a person's: telephone and identity numbers, whatever is a secret by its name."""

import re
from collections.abc import Mapping
from typing import Any, Final

REMOVED: Final = "(removed)"
# a hash stands as it is: eleven digits of it are nobody's number
_NUMBERS: Final = re.compile(
    r"(?P<hash>(?<![0-9A-Za-z])[0-9a-f]{32,}(?![0-9A-Za-z]))"
    r"|(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"  # telephone, also with spaces
    r"|(?<!\d)\d{17}[\dXx](?!\d)"  # identity card
    r"|(?<!\d)(?:\d{11}|\d{13}|\d{15}|\d{18})(?!\d)"
    r"|\+\d{6,15}(?!\d)"
)
_CREDENTIALS: Final = re.compile(r"(?<=://)[^/@\s]*@")
_SECRET_KEYS: Final = re.compile(
    r"secret|token|password|(^|_)pin$|_key$|key_id$|_id$|phone|hotline|^sign|^ec_name$"
)


def scrubbed(text: str) -> str:
    """`text` without numbers of persons, and without names and passwords in addresses."""
    without = _NUMBERS.sub(lambda found: found["hash"] or REMOVED, text)
    return _CREDENTIALS.sub(f"{REMOVED}@", without)


def scrubbed_table(table: Any) -> Any:
    """A table of settings without secrets and numbers of persons. Files that hold secrets are named, not read."""
    if isinstance(table, Mapping):
        return {
            key: REMOVED if _is_secret(str(key), value) else scrubbed_table(value)
            for key, value in table.items()
        }
    if isinstance(table, list | tuple):
        return [scrubbed_table(value) for value in table]
    return scrubbed(table) if isinstance(table, str) else table


def _is_secret(key: str, value: object) -> bool:
    return not key.endswith("_file") and isinstance(value, str) and _SECRET_KEYS.search(key) is not None
