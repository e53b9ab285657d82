"""What a page shows: frozen values, no Kivy. Words are text keys with arguments; the screens resolve them.

A view model's class says which page draws it; `name` is its stable name for tests and the demo's player.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum

from . import everyoneviews as everyone
from . import findingviews as finding
from . import formviews as form
from . import promiseviews as promise
from . import scanviews as scan
from . import viewbase as base
from .intents import Intent

Text = base.Text
text = base.text
Tone = base.Tone
Action = base.Action
Chrome = base.Chrome
VoiceLook = base.VoiceLook
VOICE_STEPS = base.VOICE_STEPS
ItemRow = base.ItemRow
Line = base.Line
ItemsPage = finding.ItemsPage
ThemesPage = finding.ThemesPage
SearchPage = finding.SearchPage
GuidePage = finding.GuidePage
SamplePage = finding.SamplePage
SheetPage = finding.SheetPage
PaperRow = finding.PaperRow
ThemeTile = finding.ThemeTile
WritePage = form.WritePage
CandidateView = form.CandidateView
ScanPage = scan.ScanPage
PageTile = scan.PageTile
SignPage = promise.SignPage
EveryonePage = everyone.EveryonePage
Setting = everyone.Setting
Option = everyone.Option
settings = everyone.settings


class CellLook(StrEnum):
    """How a compartment is drawn in the picture of the cabinet."""

    FREE = "free"
    HELD = "held"
    TO_USE = "toUse"  # lamp
    TO_USE_OPEN = "toUseOpen"  # lamp with an open door
    TO_CHOOSE = "toChoose"  # light, and touched
    OPEN = "open"
    OUT = "outOfService"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CellView:
    """One compartment in the picture: grid place and span, top left is (0, 0)."""

    name: str  # "A-03"
    row: int
    column: int
    rows: int
    columns: int
    look: CellLook


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page: what the kiosk can do now."""

    chrome: Chrome
    heading: Text
    lines: tuple[Text, ...]  # what it can do, free compartments by size, when staff come
    deposit: Action
    others: tuple[Action, ...]
    items: tuple[ItemRow, ...]  # often asked, at most 4; touching one is ChooseItem
    problems: tuple[Text, ...] = ()  # what does not work now, in the person's words
    staff_lamp: bool = False  # a notice could not be delivered / a person must decide
    name: str = "home"


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """Separate consent to the face check; accept and decline equally large."""

    chrome: Chrome
    heading: Text
    points: tuple[Text, ...]
    accept: Action
    decline: Action
    name: str = "consent"


@dataclass(frozen=True, slots=True)
class CardPage:
    """Place the card here; it is being read; what went wrong with it."""

    chrome: Chrome
    heading: Text
    sentence: Text
    tone: Tone
    reading: bool
    actions: tuple[Action, ...]
    name: str = "card"  # card, card.reading, card.problem


@dataclass(frozen=True, slots=True)
class FacePage:
    """The live picture in a ring, beside it what to do as a drawing; the way without a face as large."""

    chrome: Chrome
    heading: Text
    sentence: Text
    progress: float  # 0..1, the ring
    preview: bool  # draw the preview buffer's picture; else a silhouette
    actions: tuple[Action, ...]
    tone: Tone = Tone.PLAIN
    name: str = "face"
    figure: str = ""  # what to do: a movement or a hint, by its name; none: the picture alone
    count: Text | None = None  # the how many-th movement of how many
    seconds: float = 0.0  # to do it in, shown as a ring that runs out; 0: no limit is shown


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways on: its control, a sentence, a drawing."""

    action: Action
    note: Text
    picture: str


@dataclass(frozen=True, slots=True)
class ChoicePage:
    """Several ways on, each as large as the others."""

    chrome: Chrome
    heading: Text
    sentence: Text
    tone: Tone
    choices: tuple[Choice, ...]
    actions: tuple[Action, ...]
    name: str


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """Everything once more before it counts, names and numbers masked."""

    chrome: Chrome
    heading: Text
    lines: tuple[Line, ...]
    materials: tuple[str, ...]
    actions: tuple[Action, ...]
    name: str = "confirm"


@dataclass(frozen=True, slots=True)
class KeypadPage:
    """Digits by an on-screen keypad: phone number, staff number, PIN. Keys are `Digit` and `DeleteDigit`."""

    chrome: Chrome
    heading: Text
    sentence: Text
    shown: str = field(repr=False)  # what stands in the field, masked by the presenter where secret
    tone: Tone
    actions: tuple[Action, ...]
    name: str
    letter: bool = False  # the last key is X: ID numbers


@dataclass(frozen=True, slots=True)
class CompartmentPage:
    """The picture of the cabinet with the compartment to use; what its sensor says."""

    chrome: Chrome
    heading: Text
    sentence: Text
    cells: tuple[CellView, ...]
    target: str
    sensor: Text
    sensor_tone: Tone
    actions: tuple[Action, ...]
    name: str  # compartment.opening, compartment.open, compartment.close_it, compartment.nothing_seen, …


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """The deposit is held: number, compartment, the receipt's state, the QR code that replaces or doubles it."""

    chrome: Chrome
    heading: Text
    sentence: Text
    case_number: str
    compartment: str
    qr: str
    lines: tuple[Line, ...]
    tone: Tone
    actions: tuple[Action, ...]
    name: str = "receipt"  # receipt.printing, receipt.take, receipt.no_paper
    where: Text | None = None  # what `compartment` is, where it is none


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One thing to say, one thing to do: take your card, thank you, help, out of service, try again."""

    chrome: Chrome
    heading: Text
    sentence: Text
    tone: Tone
    picture: str  # card, door, phone, clock, moon, check, warning
    lines: tuple[Line, ...]
    actions: tuple[Action, ...]
    name: str  # notice.take_card, notice.done, notice.help, …
    waiting: bool = False  # somebody or something is waited for: the picture moves


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One deposit in the staff's list. `due` with its `lamp` says how near the time limit is; `tick`: for the round."""

    case_id: str
    cell: str
    title: Text | str
    since: str
    marks: tuple[Text, ...]  # card only, claimed, disputed
    action: Action
    department: str = ""
    due: Text | None = None
    lamp: Tone = Tone.PLAIN
    tick: Intent | None = None
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class StaffListPage:
    """What lies in the cabinet and what a person must decide; the state of the machine above."""

    chrome: Chrome
    heading: Text
    machine: tuple[Line, ...]
    rows: tuple[CaseRow, ...]
    actions: tuple[Action, ...]
    name: str = "staff.list"
    cells: tuple[CellView, ...] = ()


@dataclass(frozen=True, slots=True)
class PickRow:
    """One row to pick; the whole of it is touched. `key`: its stable name; `lamp`: a sign before it, PLAIN for none."""

    key: str
    intent: Intent | None  # None: only to be read
    title: Text | str
    note: Text | str = ""
    lamp: Tone = Tone.PLAIN
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class PickPage:
    """Staff: one of several things, in rows; `empty` says so where there are none."""

    chrome: Chrome
    heading: Text
    sentence: Text
    tone: Tone
    rows: tuple[PickRow, ...]
    actions: tuple[Action, ...]
    name: str
    empty: Text | None = None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One line of a history. `place`: when and which number; `how`: how it is known, by whom, what was open."""

    place: str
    what: str
    how: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Staff: some lines of a history, as many as fit; `empty` says so where there are none."""

    chrome: Chrome
    heading: Text
    sentence: Text
    tone: Tone
    rows: tuple[RecordRow, ...]
    actions: tuple[Action, ...]
    name: str = "staff.history.lines"
    empty: Text | None = None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device in the technician's list; touching the row is `ShowDevice`."""

    name: str
    title: Text
    state: Text
    tone: Tone
    detail: str  # what is wrong, in the device's own words
    check: Text | None = None  # where to look first
    tried: Text | None = None  # what its last tests said


@dataclass(frozen=True, slots=True)
class DevicesPage:
    """All devices, what to mend first at the head; the verdict in the night."""

    chrome: Chrome
    heading: Text
    sentence: Text
    tone: Tone
    rows: tuple[DeviceRow, ...]
    actions: tuple[Action, ...]
    name: str = "vendor.list"


@dataclass(frozen=True, slots=True)
class Plot:
    """A counter over the last looks, oldest first, with its value now."""

    label: Text
    value: Text
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DevicePage:
    """One device: what it is, how it does, its line's counters, its tests, and what the last one showed."""

    chrome: Chrome
    heading: Text
    picture: str  # the drawing of such a device
    state: Text
    tone: Tone
    detail: str
    check: Text | None  # where to look first; None for a device that works
    lines: tuple[Line, ...]
    plots: tuple[Plot, ...]
    result: Text | None
    result_tone: Tone
    shown: Text | str = field(repr=False)  # masked; for whoever stands there
    preview: bool  # draw the preview buffer's picture
    actions: tuple[Action, ...] = ()
    name: str = "vendor.device"


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame of a line."""

    at: str
    sent: bool
    hex: str
    meaning: str
    right: bool


@dataclass(frozen=True, slots=True)
class FramesPage:
    """The last frames of a device's line, newest first."""

    chrome: Chrome
    heading: Text
    rows: tuple[FrameRow, ...]
    actions: tuple[Action, ...]
    name: str = "vendor.frames"


@dataclass(frozen=True, slots=True)
class HourBar:
    """One hour of a weekday, as it usually is. `busy` and `now` are marked by more than a colour."""

    visitors: float
    free: float
    busy: bool = False
    now: bool = False


@dataclass(frozen=True, slots=True)
class HoursPage:
    """When it is quiet: visitors and free compartments by hour. `most`, `cells`: what the highest bars stand for."""

    chrome: Chrome
    heading: Text
    sentence: Text
    bars: tuple[HourBar, ...]  # from midnight on
    most: float
    cells: int
    visitors: Text
    free: Text
    note: Text
    actions: tuple[Action, ...]
    name: str = "quiet"


@dataclass(frozen=True, slots=True)
class TouchGridPage:
    """Squares over the whole glass, each to be touched once; touching one is `TouchSquare`. No foot bar, no head."""

    chrome: Chrome
    columns: int
    rows: int
    touched: frozenset[int]
    sentence: Text
    actions: tuple[Action, ...]
    name: str = "vendor.touch"


@dataclass(frozen=True, slots=True)
class CellsPage:
    """The cabinet, to choose an empty compartment by touching it; touching one is `ChooseCell`."""

    chrome: Chrome
    heading: Text
    sentence: Text
    cells: tuple[CellView, ...]  # those that may be touched look `TO_CHOOSE`
    actions: tuple[Action, ...]
    name: str = "vendor.cells"


ViewModel = (
    HomePage | ItemsPage | ThemesPage | SearchPage | GuidePage | SamplePage | SheetPage
    | ConsentPage | CardPage | FacePage | ChoicePage | ConfirmPage | KeypadPage
    | CompartmentPage | ReceiptPage | NoticePage | StaffListPage | DevicesPage | DevicePage | FramesPage
    | TouchGridPage | CellsPage | HoursPage | PickPage | RecordPage | WritePage | ScanPage | SignPage
    | EveryonePage
)  # fmt: skip


def movement(view: ViewModel) -> tuple[int, bool]:
    """The how many-th movement a page asks for, 0 where none, and whether it was seen; for tests and probes."""
    if not isinstance(view, FacePage) or view.count is None:
        return 0, False
    told = dict(view.count.args)
    number, total = int(str(told["number"])), int(str(told["total"]))
    return number, view.progress * total >= number - 0.6


def text_keys(value: object) -> Iterator[str]:
    """Keys of all words on a page, for tests and probes."""
    if isinstance(value, Text):
        yield value.key
        for _, argument in value.args:
            yield from text_keys(argument)
    elif isinstance(value, tuple):
        for part in value:
            yield from text_keys(part)
    elif is_dataclass(value):
        for part in fields(value):
            yield from text_keys(getattr(value, part.name))
