"""Technicians: all devices with their state, what to mend first at the head."""

from typing import Final

from kivy.properties import ColorProperty, StringProperty

from screens import theme
from screens.intents import ShowDevice
from screens.viewmodels import DeviceRow, DevicesPage, Tone
from screens.widgets.controls import Touchable
from screens.widgets.layout import pooled, stretch
from screens.widgets.sides import BoxLayout

from .page import Binding, Page

INKS: Final = {Tone.GOOD: theme.GOOD, Tone.CAUTION: theme.CAUTION, Tone.BAD: theme.BAD}


class DeviceLine(Touchable, BoxLayout):
    """One device; the whole row is touched."""

    title = StringProperty("")
    state = StringProperty("")
    detail = StringProperty("")
    check = StringProperty("")
    tried = StringProperty("")
    tone = StringProperty("plain")
    ink = ColorProperty(theme.INK_SECOND)

    def show(self, row: DeviceRow, binding: Binding) -> None:
        """Bind to `row`."""
        words = binding.words
        self.key, self.intent, self.emit = f"device.{row.name}", ShowDevice(row.name), binding.emit
        self.title, self.state, self.detail = words(row.title), words(row.state), row.detail
        self.check = words(row.check) if row.check is not None else ""
        self.tried = words(row.tried) if row.tried is not None else ""
        self.tone, self.ink = row.tone.value, INKS.get(row.tone, theme.INK_SECOND)


class DevicesView(Page):
    """Draws `DevicesPage`."""

    kv = "devices.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[DeviceLine] = []

    def show(self, view: DevicesPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words, view.tone)
        rows = pooled(self.ids.devices.content, self._rows, len(view.rows), DeviceLine)
        for row, device in zip(rows, view.rows, strict=True):
            row.show(device, binding)
        looking, devices = self.ids.looking, self.ids.devices
        looking.picture = "" if view.rows else "clock"
        stretch(*((devices, looking) if view.rows else (looking, devices)))
        self.ids.actions.show(view.actions, words, binding.emit)
