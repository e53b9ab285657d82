"""State -> view model. Pure: what stands on the screen follows from the session, the house's texts and the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from kiosk.session import state as st
from kiosk.session.deposit import NOTHING_SEEN_BEFORE_CLAIM
from kiosk.session.events import CardTrouble
from kiosk.session.facts import CaseFact, Facts, Identity, Part
from kiosk.session.identity import can_retry_face
from kiosk.session.machine import can_start_over
from kiosk.vendorpages import vendor_page
from screens import intents as ask
from screens import viewmodels as vm
from screens.viewmodels import Action, CellLook, Line, Text, Tone, text

STEPS: Final = 6  # item, identity, phone, confirm, compartment, receipt
OFTEN_SHOWN: Final = 4  # fewer where problems take the room
NIGHT_BEGINS_HOUR: Final = 18
NIGHT_ENDS_HOUR: Final = 9
PIN_DOT: Final = "•"


@dataclass(frozen=True, slots=True)
class ItemText:
    """One service item in one language."""

    code: str
    title: str
    note: str
    materials: tuple[str, ...]
    time_limit: str
    fee: str
    office: str
    often: bool


@dataclass(frozen=True, slots=True)
class House:
    """The kiosk's own texts in one language."""

    name: str
    hotline: str
    collect: str  # "tomorrow before 9"
    items: tuple[ItemText, ...]

    def item(self, code: str) -> ItemText:
        """One item by its code; raises `KeyError`."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Presenter:
    """Draws any session state; `houses` by language."""

    houses: Mapping[str, House]

    def present(self, session: st.Session, now: datetime) -> vm.ViewModel:
        """The page for this state, with the house's frame round it."""
        view = _View(session, self.houses[session.lang], now)
        if session.help:
            return view.help()
        match session.stage:
            case st.Idle():
                return view.home()
            case st.SigningIn() | st.StaffList() | st.StaffDoor() | st.StaffDone() as stage:
                return view.staff(stage)
            case st.Inspecting() | st.ReadingFrames() | st.TouchingGrid() | st.TryingDoor() as stage:
                return view.vendor(stage)
            case st.ChoosingItem() | st.ReadingGuide() | st.AskingConsent() as stage:
                return view.before_card(stage)
            case st.AwaitingCard() | st.CheckingFace() | st.FaceUndecided() as stage:
                return view.identity(stage)
            case st.EnteringPhone() | st.Confirming() as stage:
                return view.application(stage)
            case stage:
                return view.cabinet(stage)


@dataclass(frozen=True, slots=True)
class _View:
    session: st.Session
    house: House
    now: datetime

    def chrome(self, step: int = 0, subject: str = "", *, staff: bool = False) -> vm.Chrome:
        return vm.Chrome(
            lang=self.session.lang,
            large=self.session.large,
            clock=self.now.strftime("%H:%M"),
            weekday=self.now.weekday(),
            kiosk_name=self.house.name,
            hotline=self.house.hotline,
            step=step,
            steps=STEPS if step else 0,
            subject=subject,
            staff=staff,
            can_start_over=not isinstance(self.session.stage, st.Idle) and can_start_over(self.session.stage),
            seconds_left=self.session.seconds_left,
        )

    def visit_chrome(self, step: int, visit: st.Visit) -> vm.Chrome:
        return self.chrome(step, self.house.item(visit.item_code).title)

    # home, items, guide, consent --------------------------------------------------------------------------------

    def help(self) -> vm.ViewModel:
        return vm.NoticePage(
            self.chrome(), text("notice.help"), text("notice.help_note", hotline=self.house.hotline), Tone.PLAIN,
            "phone", (), (Action(ask.Back(), text("action.back"), primary=True),), "notice.help",
        )  # fmt: skip

    def home(self) -> vm.ViewModel:
        facts = self.session.facts
        heading = "home.heading_ready" if facts.can_deposit else "home.heading_closed"
        if facts.can_deposit and facts.failing:
            heading = "home.heading_limited"
        free = dict(facts.free)
        night = self.now.hour >= NIGHT_BEGINS_HOUR or self.now.hour < NIGHT_ENDS_HOUR
        lines = (
            text("home.free", small=free.get("S", 0), medium=free.get("M", 0), large=free.get("L", 0)),
            *((text("home.tonight", count=facts.tonight),) if facts.tonight and night else ()),
            text("home.collect", when=self.house.collect),
        )
        deposit = Action(ask.StartDeposit(), text("home.deposit"), primary=True, enabled=facts.can_deposit)
        problems = _problems(facts)
        closing = Part.POWER in facts.failing
        shown = 0 if closing else max(0, OFTEN_SHOWN - len(problems))
        often = tuple(vm.ItemRow(i.code, i.title, i.note) for i in self.house.items if i.often)[:shown]
        guide = Action(ask.ShowItems(), text("home.guide"), enabled=not closing)
        return vm.HomePage(
            self.chrome(), text(heading), lines, deposit, (guide,), often, problems, facts.staff_lamp
        )

    def before_card(self, stage: st.ChoosingItem | st.ReadingGuide | st.AskingConsent) -> vm.ViewModel:
        match stage:
            case st.ChoosingItem():
                rows = tuple(vm.ItemRow(item.code, item.title, item.note) for item in self.house.items)
                return vm.ItemsPage(self.chrome(1), text("items.heading"), rows, (_back(),))
            case st.ReadingGuide(code):
                return self._guide(self.house.item(code))
            case st.AskingConsent(visit):
                points = (
                    text("consent.purpose"), text("consent.stored"), text("consent.duration"),
                    text("consent.freely"), text("consent.ask", hotline=self.house.hotline),
                )  # fmt: skip
                accept = Action(ask.AcceptFace(), text("consent.accept"))
                decline = Action(ask.WithoutFace(), text("consent.decline"))
                return vm.ConsentPage(
                    self.visit_chrome(2, visit), text("consent.heading"), points, accept, decline
                )

    def _guide(self, item: ItemText) -> vm.ViewModel:
        facts = (
            Line(text("guide.time_limit"), item.time_limit),
            Line(text("guide.fee"), item.fee),
            Line(text("guide.office"), item.office),
        )
        start = Action(
            ask.Proceed(), text("guide.start"), primary=True, enabled=self.session.facts.can_deposit
        )
        return vm.GuidePage(self.chrome(1), item.title, facts, item.materials, (start, _back()))

    # card and face ----------------------------------------------------------------------------------------------

    def identity(self, stage: st.AwaitingCard | st.CheckingFace | st.FaceUndecided) -> vm.ViewModel:
        chrome = self.visit_chrome(2, stage.visit)
        without: tuple[Action, ...] = ()
        if self.session.policy.allow_card_only:
            without = (Action(ask.WithoutFace(), text("face.without")),)
        match stage:
            case st.AwaitingCard(reading=reading, trouble=trouble):
                return _card_page(chrome, reading=reading, trouble=trouble)
            case st.CheckingFace(hint=hint, progress=progress):
                return vm.FacePage(
                    chrome,
                    text(f"face.{hint}"),
                    text("face.distance"),
                    progress,
                    preview=True,
                    actions=without,
                )
            case st.FaceUndecided(outcome=outcome):
                retry: tuple[Action, ...] = ()
                if can_retry_face(stage.visit, self.session):
                    retry = (Action(ask.TryAgain(), text("face.try_again")),)
                known = outcome if outcome in ("no_match", "uncertain", "camera_gone") else "no_match"
                heading = text(f"face.{outcome}")
                return vm.FacePage(
                    chrome, heading, text(f"face.{known}_note"), 0.0, preview=False, actions=(*retry, *without),
                    tone=Tone.CAUTION, name="face.undecided",
                )  # fmt: skip

    # phone and confirmation -------------------------------------------------------------------------------------

    def application(self, stage: st.EnteringPhone | st.Confirming) -> vm.ViewModel:
        match stage:
            case st.EnteringPhone(visit, digits, invalid):
                proceed = Action(ask.Proceed(), text("phone.next"), primary=True, enabled=bool(digits))
                note = text("phone.invalid") if invalid else text("phone.note")
                return vm.KeypadPage(
                    self.visit_chrome(3, visit), text("phone.heading"), note, _grouped(digits),
                    Tone.BAD if invalid else Tone.PLAIN, (proceed,), "phone",
                )  # fmt: skip
            case st.Confirming(visit):
                return self._confirm(visit)

    def _confirm(self, visit: st.Visit) -> vm.ViewModel:
        assert visit.card is not None
        item = self.house.item(visit.item_code)
        face = visit.identity is Identity.VERIFIED
        lines = (
            Line(text("confirm.item"), item.title),
            Line(text("confirm.name"), visit.card.masked_name),
            Line(text("confirm.number"), visit.card.masked_number),
            Line(text("confirm.phone"), f"{visit.phone[:3]}****{visit.phone[-4:]}"),
            Line(
                text("confirm.identity"), text("confirm.identity_face" if face else "confirm.identity_card")
            ),
        )
        actions = (
            Action(ask.Proceed(), text("confirm.ok"), primary=True),
            Action(ask.Back(), text("confirm.change_phone")),
        )
        return vm.ConfirmPage(
            self.visit_chrome(4, visit), text("confirm.heading"), lines, item.materials, actions
        )

    # the cabinet and after --------------------------------------------------------------------------------------

    def cabinet(
        self,
        stage: st.Reserving | st.Opening | st.OpenFailed | st.PuttingIn | st.NothingSeen | st.Holding | st.Receipt
        | st.TakingCard | st.Farewell | st.Trouble | st.DoorLeftOpen,
    ) -> vm.ViewModel:  # fmt: skip
        match stage:
            case st.Receipt():
                return self._receipt(stage)
            case st.TakingCard() | st.Farewell() | st.Trouble():
                return self._notice(stage)
            case st.DoorLeftOpen(cell, _, at_start):
                key = "notice.interrupted" if at_start else "compartment.close_it"
                name = "notice.interrupted" if at_start else "compartment.left_open"
                return self._compartment(self.chrome(), cell, key, name, opened=True, tone=Tone.CAUTION)
            case st.Reserving(visit, _, failed_cell):
                chrome = self.visit_chrome(5, visit)
                if failed_cell:
                    return self._compartment(chrome, failed_cell, "compartment.failed_twice", tone=Tone.BAD)
                return self._compartment(chrome, "", "compartment.reserving")
            case st.Opening(visit, place):
                return self._compartment(self.visit_chrome(5, visit), place.cell, "compartment.opening")
            case st.OpenFailed(visit, place):
                actions = (
                    Action(ask.TryAgain(), text("compartment.try_again"), primary=True),
                    Action(ask.GiveUp(), text("compartment.give_up")),
                )
                return self._compartment(
                    self.visit_chrome(5, visit), place.cell, "compartment.failed_once", actions=actions,
                    tone=Tone.CAUTION,
                )  # fmt: skip
            case st.PuttingIn(visit, place, long_open):
                key = "compartment.close_it" if long_open else "compartment.open"
                tone = Tone.CAUTION if long_open else Tone.GOOD
                return self._compartment(self.visit_chrome(5, visit), place.cell, key, opened=True, tone=tone)
            case st.NothingSeen(visit, place):
                return self._nothing_seen(visit, place)
            case st.Holding(visit, place):
                return self._compartment(self.visit_chrome(5, visit), place.cell, "compartment.closed_seen")

    def _nothing_seen(self, visit: st.Visit, place: st.Place) -> vm.ViewModel:
        actions = [Action(ask.OpenAgain(), text("compartment.open_again"), primary=True)]
        if place.seen_nothing >= NOTHING_SEEN_BEFORE_CLAIM:
            actions.append(Action(ask.PapersInside(), text("compartment.papers_inside")))
        actions.append(Action(ask.GiveUp(), text("compartment.give_up")))
        return self._compartment(
            self.visit_chrome(5, visit), place.cell, "compartment.nothing_seen", actions=tuple(actions),
            tone=Tone.CAUTION, sensor="sensor.closed_empty",
        )  # fmt: skip

    def _compartment(
        self, chrome: vm.Chrome, cell: str, key: str, name: str = "", *, opened: bool = False, staff: bool = False,
        tone: Tone = Tone.PLAIN, sensor: str = "", actions: tuple[Action, ...] = (),
    ) -> vm.ViewModel:  # fmt: skip
        look = CellLook.TO_USE_OPEN if opened else CellLook.TO_USE
        cells = tuple(
            vm.CellView(c.name, c.row, c.column, c.rows, c.columns, look if c.name == cell else c.look)
            for c in self.session.facts.cells
        )
        sensor = sensor or ("sensor.open" if opened else "sensor.closed")
        heading = text(key, cell=cell) if cell else text(key)
        return vm.CompartmentPage(
            chrome, heading, text(f"{key}_note"), cells, cell, text(sensor), tone, actions, name or key
        )

    def _receipt(self, stage: st.Receipt) -> vm.ViewModel:
        printed = {"": "printing", "printed": "take", "notPrinted": "no_paper"}.get(stage.outcome, "unknown")
        lines = (
            Line(text("receipt.collect"), self.house.collect),
            Line(text("notice.hotline"), self.house.hotline),
        )
        actions = (Action(ask.Proceed(), text("receipt.next"), primary=True, enabled=bool(stage.outcome)),)
        tone = {"printing": Tone.PLAIN, "take": Tone.GOOD}.get(printed, Tone.CAUTION)
        return vm.ReceiptPage(
            self.visit_chrome(6, stage.visit), text("receipt.held", cell=stage.place.cell), text(f"receipt.{printed}"),
            stage.place.case_id, stage.place.cell, f"{stage.place.case_id} {stage.anchor}", lines, tone, actions,
            f"receipt.{printed}",
        )  # fmt: skip

    def _notice(self, stage: st.TakingCard | st.Farewell | st.Trouble) -> vm.ViewModel:
        actions: tuple[Action, ...] = ()
        match stage:
            case st.TakingCard(long=long):
                kind, tone, picture = ("take_card_long" if long else "take_card"), Tone.CAUTION, "card"
            case st.Farewell(deposited):
                kind, tone, picture = ("done" if deposited else "goodbye"), Tone.GOOD, "moon"
                actions = (Action(ask.Proceed(), text("action.home")),)
            case st.Trouble(trouble):
                kind, tone, picture = trouble, Tone.BAD, "warning"
                actions = (Action(ask.Proceed(), text("action.next"), primary=True),)
            case _:
                assert_never(stage)
        chrome = self.chrome(STEPS) if isinstance(stage, st.TakingCard) and stage.deposited else self.chrome()
        note = text(f"notice.{kind}_note")
        hotline = (Line(text("notice.hotline"), self.house.hotline),)
        lines = hotline if tone is Tone.BAD or kind == "take_card_long" else ()
        return vm.NoticePage(
            chrome, text(f"notice.{kind}"), note, tone, picture, lines, actions, f"notice.{kind}"
        )

    # staff ------------------------------------------------------------------------------------------------------

    def staff(self, stage: st.StaffStage) -> vm.ViewModel:
        chrome = self.chrome(staff=True)
        match stage:
            case st.SigningIn():
                return _keypad(chrome, stage, cards=self.session.policy.staff_cards)
            case st.StaffList():
                return self._staff_list(chrome)
            case st.StaffDone(_, cell, found):
                heading = text("staff.collected" if found else "staff.cleared", cell=cell)
                back = Action(ask.Proceed(), text("action.next"), primary=True)
                return vm.NoticePage(
                    chrome,
                    heading,
                    text("staff.collected_note"),
                    Tone.GOOD,
                    "check",
                    (),
                    (back,),
                    "staff.collected",
                )
            case st.StaffDoor():
                return self._staff_door(chrome, stage)

    def _staff_list(self, chrome: vm.Chrome) -> vm.ViewModel:
        facts = self.session.facts
        rows = [self._case_row(case) for case in facts.cases]
        with_case = {case.cell for case in facts.cases}
        for question in facts.questions:
            if question.cell not in with_case:
                look = Action(ask.ResolveCell(question.cell), text("staff.resolve"))
                rows.append(
                    vm.CaseRow("", question.cell, question.reason, "", (text("staff.mark.disputed"),), look)
                )
        devices = [
            Line(text(f"staff.part.{part.value}"), text("staff.machine.down"))
            for part in Part
            if part in facts.failing
        ] or [Line(text("staff.machine.devices"), text("staff.machine.ok"))]
        machine = (
            Line(text("staff.machine.free"), str(sum(count for _, count in facts.free))),
            Line(text("staff.machine.held"), str(len(facts.cases))),
            *devices,
        )
        out = Action(ask.SignOut(), text("staff.sign_out"))
        return vm.StaffListPage(chrome, text("staff.list"), machine, tuple(rows), (out,), cells=facts.cells)

    def _case_row(self, case: CaseFact) -> vm.CaseRow:
        marks = [
            text(f"staff.mark.{mark}")
            for mark, on in (
                ("card_only", case.card_only),
                ("claimed", case.claimed),
                ("disputed", case.disputed),
            )
            if on
        ]
        action = Action(ask.CollectCase(case.case_id), text("staff.collect"))
        if case.disputed:
            action = Action(ask.ResolveCell(case.cell), text("staff.resolve"))
        since = datetime.fromisoformat(case.since).astimezone(self.now.tzinfo).strftime("%m-%d %H:%M")
        title = self.house.item(case.item_code).title
        return vm.CaseRow(case.case_id, case.cell, title, since, tuple(marks), action)

    def _staff_door(self, chrome: vm.Chrome, stage: st.StaffDoor) -> vm.ViewModel:
        cell = stage.cell
        back = Action(ask.Back(), text("action.back"))
        again = Action(ask.OpenAgain(), text("compartment.open_again"))
        if stage.failed:
            return self._compartment(chrome, cell, "staff.failed", actions=(again, back), tone=Tone.BAD)
        if stage.open:
            key = "compartment.close_it" if stage.long_open else "compartment.take"
            return self._compartment(chrome, cell, key, "staff.take", opened=True, tone=Tone.GOOD)
        if not stage.shut_item:
            return self._compartment(chrome, cell, "compartment.opening", "staff.opening")
        if stage.claimed or stage.resolving or stage.shut_item == "unknown":
            actions = (
                Action(ask.FoundPapers(), text("staff.found_papers")),
                Action(ask.FoundNothing(), text("staff.found_nothing")),
                again,
            )
            return self._compartment(chrome, cell, "staff.resolve_question", actions=actions)
        if stage.shut_item == "present":
            return self._compartment(
                chrome, cell, "compartment.take_still_seen", "staff.still_seen", actions=(again, back),
                tone=Tone.CAUTION, sensor="sensor.closed_item",
            )  # fmt: skip
        return self._compartment(chrome, cell, "staff.recording", sensor="sensor.closed_empty")

    # technicians ------------------------------------------------------------------------------------------------

    def vendor(self, stage: st.VendorStage) -> vm.ViewModel:
        chrome = self.chrome(staff=True)
        if not isinstance(stage, st.TryingDoor) or not stage.cell:
            return vendor_page(chrome, stage, self.session)
        if not stage.open:
            return self._compartment(chrome, stage.cell, "compartment.opening", "vendor.opening")
        key = "compartment.close_it" if stage.long_open else "vendor.door_open"
        return self._compartment(chrome, stage.cell, key, "vendor.door_open", opened=True, tone=Tone.GOOD)


def _back() -> Action:
    return Action(ask.Back(), text("action.back"))


def _problems(facts: Facts) -> tuple[Text, ...]:
    if Part.POWER in facts.failing:
        return (text("home.problem.power"),)  # nothing else matters now
    problems = [text(f"home.problem.{part.value}") for part in Part if part in facts.failing]
    if not any(count for _, count in facts.free) and Part.BOARD not in facts.failing:
        problems.append(text("home.problem.full"))
    return tuple(problems)


def _card_page(chrome: vm.Chrome, *, reading: bool, trouble: CardTrouble | None) -> vm.ViewModel:
    if reading:
        return vm.CardPage(
            chrome, text("card.reading"), text("card.reading_note"), Tone.PLAIN, reading=True, actions=(),
            name="card.reading",
        )  # fmt: skip
    if trouble is None:
        return vm.CardPage(
            chrome, text("card.place"), text("card.place_note"), Tone.PLAIN, reading=False, actions=(),
        )  # fmt: skip
    again = (
        () if trouble is CardTrouble.LIFTED else (Action(ask.TryAgain(), text("action.again"), primary=True),)
    )
    return vm.CardPage(
        chrome, text(f"card.{trouble.value}"), text(f"card.{trouble.value}_note"), Tone.CAUTION, reading=False,
        actions=again, name=f"card.{trouble.value}",
    )  # fmt: skip


def _keypad(chrome: vm.Chrome, stage: st.SigningIn, *, cards: bool) -> vm.ViewModel:
    proceed = Action(
        ask.Proceed(), text("action.next"), primary=True, enabled=bool(stage.digits) and not stage.checking
    )
    actions = (proceed, _back())
    if not stage.asking_pin:
        if stage.strange_card:
            note, tone = text("staff.strange_card"), Tone.BAD
        else:
            note, tone = text("staff.number_or_card" if cards else "staff.number_note"), Tone.PLAIN
        return vm.KeypadPage(chrome, text("staff.number"), note, stage.digits, tone, actions, "staff.number")
    note, tone = text("staff.pin_note"), Tone.PLAIN
    if stage.wait_s:
        note, tone = text("staff.wait", seconds=stage.wait_s), Tone.BAD
    elif stage.wrong:
        note, tone = text("staff.wrong"), Tone.BAD
    shown = " ".join(PIN_DOT * len(stage.digits))
    return vm.KeypadPage(chrome, text("staff.pin"), note, shown, tone, actions, "staff.pin")


def _grouped(digits: str) -> str:
    return " ".join(part for part in (digits[:3], digits[3:7], digits[7:]) if part)
