"""The components of the design system: what each is for, where it stands in the code, which page shows which state."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Component:
    """`code`: module under `screens` and class. `states`: each with the sample page that shows it, or none."""

    name: str
    code: str
    what: str
    states: tuple[tuple[str, str], ...]


PARTS: Final = (
    Component("night", "widgets.layout.Night", "where one is, what is going on; never touched",
              (("plain", "home"), ("caution", "home.limited"), ("wrong", "phone.invalid"))),
    Component("rail", "widgets.layout.Rail", "how far one is: a bar for each step",
              (("done, now, ahead", "confirm"), ("the last step", "compartment.open"), ("none", "home"))),
    Component("counter", "widgets.layout.Counter", "paper under a lamp; all that is touched lies on it",
              (("with its lamp's glow", "home"),)),
    Component("main action", "widgets.controls.BigButton", "the one lamp of a page",
              (("ready", "home"), ("can't be used now", "home.closed"), ("in a row", "phone"), ("pressed", ""))),
    Component("action", "widgets.controls.BigButton", "what else can be done: white, with an outline",
              (("ready", "identity.ways"), ("can't be used now", "scan.page"), ("pressed", ""))),
    Component("foot bar", "shell.Foot", "help, language, settings, start over; never changes its place",
              (("ready", "guide"), ("nothing to start over", "home"))),
    Component("voice bar", "shell.VoiceBar", "again, softer, louder, somebody comes", (("speaks", "home.voice"),)),
    Component("time-out question", "shell.Warning", "is anybody there; takes every touch",
              (("asks", "home.warning"),)),
    Component("row", "widgets.controls.ListRow", "one item of a list, all of it is touched",
              (("title and note", "items"), ("pressed", ""))),
    Component("paper to tick", "pages.guide.PaperLine", "one paper of the list that is brought",
              (("not ticked", "guide"), ("ticked", "guide.missing"))),
    Component("turning", "widgets.turning.TurnBar", "a list without sliding: back and on",
              (("more below", "guide"),)),
    Component("card", "pages.choice.ChoiceRow", "a way to go, with its picture and what it needs",
              (("ready", "identity.ways"), ("all ways", "identity.ways.all"))),
    Component("keypad", "pages.keypad.KeypadKey", "digits, 18 mm and larger; deletes one",
              (("digits", "phone"), ("with X", "form.id_number"), ("pressed", ""))),
    Component("field", "pages.keypad.Field", "what was entered, in groups",
              (("filled", "phone"), ("wrong", "phone.invalid"), ("stars", "staff.pin"))),
    Component("letters", "pages.write.WriteView", "pinyin with candidates, Latin letters, digits",
              (("candidates", "form.text"), ("search", "items.search"))),
    Component("cabinet picture", "widgets.cabinet.Cabinet", "this very cabinet; the compartment to use is the lamp",
              (("to use", "compartment.opening"), ("open", "compartment.open"), ("free, held, out of use, not known",
               "compartment.failed_twice"), ("to choose", "vendor.cells"))),
    Component("door", "widgets.cabinet.Cabinet", "the open door swings out where the hand goes",
              (("swings", ""), ("open", "compartment.close_it"))),
    Component("status lamp", "widgets.layout.Lamp", "what a sensor says: a shape and a colour beside its words",
              (("good", "compartment.open"), ("caution", "compartment.close_it"), ("bad", "compartment.failed_once"),
               ("plain", "compartment.opening"))),
    Component("camera ring", "widgets.ring.PreviewRing", "the live picture; fills as the check goes on",
              (("begins", "face"), ("looks", "face.looking"), ("asks for a movement", "face.challenge.turn_left"),
               ("minds", "face.hint.too_dark"), ("undecided", "face.undecided.uncertain"))),
    Component("figure", "widgets.figure.Figure", "the movement that is asked for, shown",
              (("turn left", "face.challenge.turn_left"), ("blink", "face.challenge.blink"),
               ("come closer", "face.challenge.come_closer"))),
    Component("receipt picture", "pages.receipt.Slip", "the receipt comes out of its slit",
              (("printing", "receipt.printing"), ("out", "receipt.take"), ("no paper", "receipt.no_paper"))),
    Component("code to scan", "widgets.qr.QrCode", "black on white in every scheme",
              (("on a receipt", "receipt.take"), ("of a list", "guide.sheet"))),
    Component("sheet", "widgets.paper.PaperPicture", "the page under the document camera",
              (("waits", "scan.lay"), ("a light goes down", "scan.taking"), ("scanned", "scan.page"),
               ("not sharp", "scan.wrong"))),
    Component("signature pad", "widgets.pad.SignaturePad", "a finger writes; nothing else on it",
              (("empty", "promise.sign"), ("not enough", "promise.sign_again"))),
    Component("picture", "widgets.pictures.Picture", "what a page is about, drawn, never a file",
              (("put the card here", "card"), ("done", "notice.done"), ("caution", "notice.no_cases"),
               ("waits, moving", "code.sending"))),
    Component("hours", "widgets.hourbars.HourBars", "how busy which hour is",
              (("a day", "quiet"), ("too few visits", "quiet.too_few"))),
)  # fmt: skip
