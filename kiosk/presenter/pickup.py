"""Fetching: the code, the door, what the sensor says when it is shut again."""

from kiosk.session import custodystate as cs
from kiosk.session.pickup import CODE_DIGITS
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, Text, Tone, text

from .cabinet import compartment_page
from .view import View


def pickup_pages(view: View, stage: cs.PickupStage) -> vm.ViewModel:
    """From the code to the empty compartment."""
    match stage:
        case cs.TypingPickup():
            return _code(view, stage)
        case cs.PickupOpening(visit, parcel) | cs.Returning(visit, parcel):
            key = "pickup.opening" if isinstance(stage, cs.PickupOpening) else "pickup.taken"
            return compartment_page(view, view.visit_chrome(5, visit), parcel.cell, key)
        case cs.PickupFailed(visit, parcel):
            actions = (
                Action(ask.TryAgain(), text("compartment.try_again"), primary=True),
                Action(ask.GiveUp(), text("pickup.later")),
            )
            return compartment_page(
                view,
                view.visit_chrome(5, visit),
                parcel.cell,
                "pickup.failed",
                actions=actions,
                tone=Tone.CAUTION,
            )
        case cs.Taking(visit, parcel) if parcel.disowned:
            mine = Action(ask.Back(), text("pickup.mine_after_all"))
            return compartment_page(
                view, view.visit_chrome(5, visit), parcel.cell, "pickup.put_back", opened=True, tone=Tone.CAUTION,
                actions=(mine,),
            )  # fmt: skip
        case cs.Taking(visit, parcel, long_open=long_open):
            key = "pickup.close_it" if long_open else "pickup.open"
            tone = Tone.CAUTION if long_open else Tone.GOOD
            return compartment_page(
                view,
                view.visit_chrome(5, visit),
                parcel.cell,
                key,
                opened=True,
                tone=tone,
                actions=(_not_mine(),),
            )
        case cs.StillInside():
            return _still_inside(view, stage)


def _code(view: View, stage: cs.TypingPickup) -> vm.ViewModel:
    whole = len(stage.digits) == CODE_DIGITS and not stage.checking
    proceed = Action(ask.Proceed(), text("pickup.next"), primary=True, enabled=whole)
    tone = Tone.CAUTION if stage.trouble else Tone.PLAIN
    shown = " ".join(part for part in (stage.digits[:4], stage.digits[4:]) if part)
    return vm.KeypadPage(
        view.visit_chrome(3, stage.visit),
        text("pickup.heading"),
        _note(stage),
        shown,
        tone,
        (proceed,),
        "pickup.code",
    )


def _note(stage: cs.TypingPickup) -> Text:
    match stage:
        case cs.TypingPickup(checking=True):
            return text("pickup.checking")
        case cs.TypingPickup(trouble="wait", wait_s=wait_s):
            return text("pickup.wait", seconds=wait_s)
        case cs.TypingPickup(trouble="wrong", left=left, wait_s=wait_s) if wait_s:
            return text("pickup.wrong_wait", left=left, seconds=wait_s)
        case cs.TypingPickup(trouble="wrong", left=left):
            return text("pickup.wrong", left=left)
        case _:
            return text("pickup.note")


def _not_mine() -> Action:
    return Action(ask.NotMine(), text("pickup.not_mine"))


def _still_inside(view: View, stage: cs.StillInside) -> vm.ViewModel:
    again = Action(ask.OpenAgain(), text("compartment.open_again"), primary=True)
    if stage.seen:
        return compartment_page(
            view, view.visit_chrome(5, stage.visit), stage.parcel.cell, "pickup.still_inside",
            actions=(again, Action(ask.GiveUp(), text("pickup.later")), _not_mine()), tone=Tone.CAUTION,
            sensor="sensor.closed_item",
        )  # fmt: skip
    taken = Action(ask.FoundPapers(), text("pickup.have_it"), primary=True)
    return compartment_page(
        view, view.visit_chrome(5, stage.visit), stage.parcel.cell, "pickup.have_you",
        actions=(taken, Action(ask.OpenAgain(), text("compartment.open_again")), _not_mine()), tone=Tone.CAUTION,
    )  # fmt: skip
