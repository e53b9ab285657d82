"""A realistic example of every page, for the gallery and the tests. Persons and numbers are invented."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from screens import intents as ask
from screens.agency_samples import agency_samples
from screens.aid_samples import aid_samples
from screens.custody_samples import custody_samples
from screens.everyone_samples import everyone_samples
from screens.finding_samples import finding_samples
from screens.form_samples import form_samples
from screens.helper_samples import helper_samples
from screens.identity_samples import identity_samples
from screens.languages import SIMPLIFIED, TRADITIONAL
from screens.progress_samples import progress_samples
from screens.promise_samples import promise_samples
from screens.quiet_samples import quiet_samples
from screens.rating_samples import rating_samples
from screens.scan_samples import scan_samples
from screens.staff_samples import staff_samples
from screens.theme import LOW, Scheme
from screens.traditional import in_traditional
from screens.vendor_samples import vendor_samples
from screens.viewmodels import (
    Action,
    CellLook,
    CellView,
    Chrome,
    CompartmentPage,
    ConfirmPage,
    HomePage,
    ItemRow,
    KeypadPage,
    Line,
    NoticePage,
    ReceiptPage,
    Text,
    Tone,
    ViewModel,
    VoiceLook,
    text,
)

_HOTLINE = "12345"
_STEPS = 6
_CONTENT: Final[dict[str, dict[str, Any]]] = {
    "zh_CN": {
        "name": "不打烊政务柜", "item": "食品经营许可证", "when": "明早 9 点前", "fee": "不收费",
        "limit": "3 个工作日",
        "office": "临淄区政务服务中心", "person": "王*芳", "held": "7 件", "free": "12 个", "fine": "全部正常",
        "due": "明早 9 点前", "since": "昨晚 22:47",
        "materials": ("食品经营许可申请书", "营业执照正本", "经营场所平面图和设备布局图", "食品安全管理制度"),
        "items": (
            ("individual-business", "个体工商户登记", "当日办结"), ("food-licence", "食品经营许可证", "3 个工作日"),
            ("old-age-allowance", "高龄津贴申领", "可免交复印件"), ("real-estate-query", "不动产登记信息查询",
            "当场出结果"),
            ("social-card", "社会保障卡补领", "5 个工作日"), ("disability-aid", "残疾人两项补贴申请", "10 个工作日"),
            ("residence-permit", "居住证签注", "当日办结"), ("health-card", "公共场所卫生许可证", "3 个工作日"),
        ),
    },
    "en": {
        "name": "Nightdesk", "item": "Food business licence", "when": "before 9 tomorrow", "fee": "Free of charge",
        "limit": "3 working days", "office": "Linzi District Government Service Centre", "person": "W*** F***",
        "held": "7", "free": "12", "fine": "All fine", "due": "before 9 tomorrow", "since": "yesterday 22:47",
        "materials": (
            "Application form for a food business licence", "Business licence, original",
            "Floor plan with the layout of the equipment", "Food safety rules of the business",
        ),
        "items": (
            ("individual-business", "Sole trader registration", "same day"),
            ("food-licence", "Food business licence", "3 working days"),
            ("old-age-allowance", "Old-age allowance", "no copies needed"),
            ("real-estate-query", "Property register enquiry", "at once"),
            ("social-card", "Replacement social security card", "5 working days"),
            ("disability-aid", "Disability allowances", "10 working days"),
            ("residence-permit", "Residence permit endorsement", "same day"),
            ("health-card", "Public hygiene permit", "3 working days"),
        ),
    },
}  # fmt: skip
_CONTENT[TRADITIONAL] = in_traditional(_CONTENT[SIMPLIFIED])


class Samples:
    """The pages in one language, normal or large."""

    def __init__(
        self, lang: str, *, large: bool = False, scheme: Scheme = Scheme.NIGHT, low: bool = False
    ) -> None:
        self._words = _CONTENT[lang]
        look = VoiceLook(on=False, volume=3)
        self._chrome = Chrome(
            lang,
            large,
            "22:47",
            6,
            str(self._words["name"]),
            _HOTLINE,
            voice=look,
            scheme=scheme,
            low=LOW if low else 0,
        )

    def every(self) -> Iterator[ViewModel]:
        """All samples, in the order of the story, then what can go wrong."""
        yield from self._start()
        yield from identity_samples(self._at(2), _HOTLINE)
        yield from agency_samples(self._at(2))
        yield from self._data()
        yield from scan_samples(self._at(3), self._materials[:3])
        yield from self._compartment()
        yield from custody_samples(
            self._chrome, self._cells(CellLook.FREE), self._say("item"), self._say("due")
        )
        yield from self._receipts()
        yield from progress_samples(self._chrome, [row.title for row in self._rows(4)])
        yield from rating_samples(self._chrome)
        yield from quiet_samples(self._chrome)
        yield from self._notices()
        titles = [row.title for row in self._rows(8)]
        yield from staff_samples(replace(self._chrome, staff=True), self._cells, titles, self._words)
        yield from helper_samples(replace(self._chrome, staff=True), self._at(2), titles[:3], _HOTLINE)
        yield from vendor_samples(replace(self._chrome, staff=True), self._cells(CellLook.FREE))

    def _say(self, name: str) -> str:
        return str(self._words[name])

    def _at(self, step: int, *, subject: bool = True) -> Chrome:
        return replace(self._chrome, step=step, steps=_STEPS, subject=self._say("item") if subject else "")

    def _rows(self, count: int) -> tuple[ItemRow, ...]:
        return tuple(ItemRow(*row) for row in self._words["items"][:count])

    @property
    def _materials(self) -> tuple[str, ...]:
        return tuple(self._words["materials"])

    def home(self) -> HomePage:
        """The first page, everything ready."""
        lines: tuple[Text, ...] = (
            text("home.free", small=6, medium=4, large=2), text("home.tonight", count=7),
            text("home.collect", when=self._say("when")), text("home.quiet.quiet_but", hours="8–11, 15–16"),
        )  # fmt: skip
        if self._chrome.large:
            lines = (lines[0], lines[2])
        others = (
            Action(ask.StartFetch(), text("home.fetch")),
            Action(ask.ShowProgress(), text("home.progress")),
            Action(ask.ShowItems(), text("home.guide")),
            Action(ask.ShowQuiet(), text("home.quiet")),
        )
        deposit = Action(ask.StartDeposit(), text("home.deposit"), primary=True)
        chrome = replace(self._chrome, can_start_over=False)
        often = self._rows(1 if self._chrome.large else 2)
        return HomePage(chrome, text("home.heading_ready"), lines, deposit, others, often)

    def _start(self) -> Iterator[ViewModel]:
        home = self.home()
        yield home
        problems = (text("home.problem.printer"), text("home.problem.camera"))
        yield replace(
            home,
            heading=text("home.heading_limited"),
            lines=() if self._chrome.large else home.lines,
            items=(),
            problems=problems,
            staff_lamp=True,
            name="home.limited",
        )
        off = replace(home.deposit, enabled=False)
        yield replace(
            home, heading=text("home.heading_closed"), deposit=off, problems=(text("home.problem.reader"),),
            lines=() if self._chrome.large else home.lines, items=() if self._chrome.large else home.items,
            name="home.closed",
        )  # fmt: skip
        yield replace(
            home, chrome=replace(home.chrome, seconds_left=20, can_start_over=True), name="home.warning"
        )
        yield replace(
            home, chrome=replace(home.chrome, voice=VoiceLook(on=True, volume=3)), name="home.voice"
        )
        yield from everyone_samples(replace(self._chrome, can_start_over=False))
        yield from finding_samples(self._chrome, self._rows(8))

    def _data(self) -> Iterator[ViewModel]:
        yield from form_samples(self._at(3))
        yield from promise_samples(self._at(3))
        actions = (
            Action(ask.Back(), text("action.back")),
            Action(ask.Proceed(), text("phone.next"), primary=True),
        )
        phone = KeypadPage(
            self._at(4), text("phone.heading"), text("phone.note"), "139 0000 01", Tone.PLAIN,
            (actions[0], replace(actions[1], enabled=False)), "phone",
        )  # fmt: skip
        yield phone
        yield replace(
            phone, sentence=text("phone.invalid"), tone=Tone.BAD, shown="139 0000", name="phone.invalid"
        )
        lines = (
            Line(text("confirm.item"), self._say("item")), Line(text("confirm.name"), self._say("person")),
            Line(text("confirm.number"), "3703**********0023"), Line(text("confirm.phone"), "139 0000 0012"),
            Line(text("confirm.identity"), text("confirm.identity.verified")),
        )  # fmt: skip
        yield ConfirmPage(
            self._at(5), text("confirm.heading"), lines, self._materials,
            (
                Action(ask.Proceed(), text("confirm.ok"), primary=True), Action(ask.EasyReach(), text("confirm.reach")),
                Action(ask.Back(), text("confirm.change_phone")),
            ),
        )  # fmt: skip

    def _cells(self, look: CellLook) -> tuple[CellView, ...]:
        special = {
            "A-03": look, "A-05": CellLook.HELD, "A-10": CellLook.HELD, "A-15": CellLook.OUT,
            "A-08": CellLook.UNKNOWN,
        }  # fmt: skip
        names = [f"A-{number:02d}" for number in range(1, 17)]
        return tuple(
            CellView(name, at // 4, at % 4, 1, 1, special.get(name, CellLook.FREE))
            for at, name in enumerate(names)
        )

    def _compartment(self) -> Iterator[ViewModel]:
        def page(name: str, look: CellLook, sensor: str, tone: Tone, *actions: Action) -> CompartmentPage:
            heading, note = text(f"compartment.{name}", cell="A-03"), text(f"compartment.{name}_note")
            return CompartmentPage(
                self._at(6), heading, note, self._cells(look), "A-03", text(f"sensor.{sensor}"), tone, actions,
                f"compartment.{name}",
            )  # fmt: skip

        again = Action(ask.OpenAgain(), text("compartment.open_again"))
        give_up = Action(ask.GiveUp(), text("compartment.give_up"))
        retry = Action(ask.TryAgain(), text("compartment.try_again"), primary=True)
        inside = Action(ask.PapersInside(), text("compartment.papers_inside"))
        too_large = Action(ask.DoesNotFit(), text("compartment.does_not_fit"))
        yield page("opening", CellLook.TO_USE, "closed", Tone.PLAIN)
        yield page("open", CellLook.TO_USE_OPEN, "open", Tone.GOOD, too_large)
        yield page("close_it", CellLook.TO_USE_OPEN, "open", Tone.CAUTION)
        yield page("failed_once", CellLook.TO_USE, "closed", Tone.BAD, retry, give_up)
        yield page("other_open", CellLook.TO_USE, "closed", Tone.CAUTION, retry, give_up)
        yield page("failed_twice", CellLook.OUT, "closed", Tone.BAD)
        yield page(
            "nothing_seen", CellLook.TO_USE, "closed_empty", Tone.CAUTION, replace(again, primary=True), inside,
            too_large, give_up,
        )  # fmt: skip
        yield page("closed_seen", CellLook.TO_USE, "closed_item", Tone.GOOD)

    def _receipts(self) -> Iterator[ViewModel]:
        lines = (
            Line(text("receipt.collect"), self._say("due")),
            Line(text("confirm.item"), self._say("item")),
        )
        done = (Action(ask.Proceed(), text("receipt.next"), primary=True),)
        receipt = ReceiptPage(
            self._at(6), text("receipt.held", cell="A-03"), text("receipt.take"), "261122-0007", "A-03",
            "NDR1:DEMO-01:261122-0007:367E1C93 7f3a 91c2", lines, Tone.GOOD, done, "receipt.take",
        )  # fmt: skip
        yield replace(
            receipt, sentence=text("receipt.printing"), tone=Tone.PLAIN, actions=(), name="receipt.printing"
        )
        yield receipt
        yield replace(receipt, sentence=text("receipt.no_paper"), tone=Tone.CAUTION, name="receipt.no_paper")
        yield replace(receipt, sentence=text("receipt.unknown"), tone=Tone.CAUTION, name="receipt.unknown")

    def _notices(self) -> Iterator[ViewModel]:
        home = (Action(ask.StartOver(), text("action.home"), primary=True),)
        rate = (Action(ask.StartRating(), text("rating.start")), Action(ask.Proceed(), text("action.home")))
        for name, tone, picture, actions in (
            ("take_card", Tone.CAUTION, "card", ()), ("take_card_long", Tone.BAD, "card", ()),
            ("done", Tone.GOOD, "check", rate), ("timeout", Tone.PLAIN, "clock", home),
            ("no_compartment", Tone.CAUTION, "door", home), ("out_of_service", Tone.PLAIN, "moon", ()),
            ("board_gone", Tone.BAD, "door", home), ("door_forced", Tone.BAD, "door", home),
            ("reader_gone", Tone.CAUTION, "card", home),
            ("disk_full", Tone.CAUTION, "warning", home), ("interrupted_card", Tone.CAUTION, "card", ()),
            ("no_cases", Tone.BAD, "warning", home), ("not_open", Tone.BAD, "warning", home),
            ("identity_lost", Tone.CAUTION, "warning", home), ("deposit_refused", Tone.BAD, "warning", home),
            ("not_now", Tone.BAD, "warning", home), ("pickup_lost", Tone.BAD, "warning", home),
            ("not_mine_open", Tone.BAD, "warning", home),
        ):  # fmt: skip
            heading, note = text(f"notice.{name}"), text(f"notice.{name}_note")
            yield NoticePage(self._at(0), heading, note, tone, picture, (), actions, f"notice.{name}")
        yield from aid_samples(self._chrome)
        yield CompartmentPage(
            self._chrome, text("notice.interrupted", cell="A-03"), text("notice.interrupted_note"),
            self._cells(CellLook.TO_USE_OPEN), "A-03", text("sensor.open"), Tone.CAUTION, (), "notice.interrupted",
        )  # fmt: skip
