"""The sheet of settings, over the page that stands."""

from typing import Final, get_args

from kiosk.session import state as st
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, text

from .view import View

STAFF: Final = (*get_args(st.StaffStage), *get_args(st.VendorStage))


def everyone_page(view: View) -> vm.ViewModel:
    """Every setting. In low mode the staff's way in stands here: the kiosk's name above is out of reach."""
    session = view.session
    chrome = view.chrome(staff=isinstance(session.stage, STAFF))
    done = Action(ask.Proceed(), text("everyone.done"), primary=True)
    entrance = Action(ask.StaffEntrance(), text("everyone.staff"))
    actions = (done, entrance) if chrome.low and isinstance(session.stage, st.Idle) else (done,)
    return vm.EveryonePage(
        chrome, text("everyone.heading"), text("everyone.note"),
        vm.settings(chrome, low=bool(session.policy.low_px)), actions,
        None if chrome.low else Action(ask.Back(), text("everyone.close")),
    )  # fmt: skip
