"""The templates that a provider of text messages has registered, against the texts that they stand for."""

from collections.abc import Iterator, Mapping

from drivers.registry import SmsProviderConfig, SmsTemplate
from drivers.tables import DriverConfig

from .texts import TEXTS, Language, placeholders


def message_keys() -> frozenset[str]:
    """Keys of the texts that are messages, and so need a template."""
    return frozenset(key for key in TEXTS[Language.CHINESE] if key.endswith((".staff", ".citizen")))


def template_problems(config: DriverConfig) -> tuple[str, ...]:
    """What is wrong, each with the table at fault; none where no templates are used and the words themselves are sent.

    Every text needs a Chinese template; English ones are for those that have one.
    """
    if not isinstance(config, SmsProviderConfig):
        return ()
    return (*_wrong_in("templates", config.templates), *_wrong_in("templates_en", config.templates_en))


def _wrong_in(table: str, templates: Mapping[str, SmsTemplate]) -> Iterator[str]:
    known = message_keys()
    for key in sorted(templates.keys() - known):
        yield f"{table}: no text {key!r}; there is: {', '.join(sorted(known))}"
    if table == "templates" and templates and (missing := known - templates.keys()):
        yield f"{table}: no template for {', '.join(sorted(missing))}"
    for key in sorted(templates.keys() & known):
        strange = [name for name in templates[key].parameters if name not in placeholders(key)]
        if strange:
            yield f"{table}: {key} has no value {strange[0]!r}; there is: {', '.join(placeholders(key))}"
