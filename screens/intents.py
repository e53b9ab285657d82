"""What a person at the screen can ask for. Frozen values, no Kivy; the session machine takes them as events."""

from dataclasses import dataclass, field

from . import agencyintents as agency
from . import everyoneintents as everyone
from . import voiceintents as voice
from .theme import Scheme

ForAnother = agency.ForAnother
WithLetter = agency.WithLetter
SwitchVoice = voice.SwitchVoice
SayAgain = voice.SayAgain
Louder = voice.Louder
AskSomebody = voice.AskSomebody
ShowEveryone = everyone.ShowEveryone
ChooseLanguage = everyone.ChooseLanguage
SwitchLow = everyone.SwitchLow
SwitchMotion = everyone.SwitchMotion


@dataclass(frozen=True, slots=True)
class StartDeposit:
    """Hand in papers, item not chosen yet."""


@dataclass(frozen=True, slots=True)
class ShowItems:
    """The list of items, to read."""


@dataclass(frozen=True, slots=True)
class ChooseItem:
    """One item of the catalogue."""

    code: str


@dataclass(frozen=True, slots=True)
class ShowThemes:
    """Items by theme and by event of a life."""


@dataclass(frozen=True, slots=True)
class ShowSearch:
    """Items by letters."""


@dataclass(frozen=True, slots=True)
class ChooseTheme:
    """The items of one theme."""

    code: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A key of the search's keypad, a to z."""

    letter: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Other rows of a list that is longer than the page: so many pages on, or back."""

    by: int


@dataclass(frozen=True, slots=True)
class ShowLine:
    """The page of a long text on which this line stands, counted from 0."""

    number: int


@dataclass(frozen=True, slots=True)
class Bring:
    """The citizen has this paper of the check list with them, or after all not. Counts from 0."""

    number: int


@dataclass(frozen=True, slots=True)
class ShowSample:
    """What this paper of the check list looks like. Counts from 0."""

    number: int


@dataclass(frozen=True, slots=True)
class BringAll:
    """The citizen has every paper of the check list with them."""

    count: int


@dataclass(frozen=True, slots=True)
class StartIncomplete:
    """Start, though a paper that is needed is not ticked."""


@dataclass(frozen=True, slots=True)
class ShowSheet:
    """The one-time notice of the item."""


@dataclass(frozen=True, slots=True)
class PrintSheet:
    """Print the one-time notice."""


@dataclass(frozen=True, slots=True)
class Proceed:
    """The page's main action: go on."""


@dataclass(frozen=True, slots=True)
class Back:
    """One page back."""


@dataclass(frozen=True, slots=True)
class StartOver:
    """Leave everything, back to the first page."""


@dataclass(frozen=True, slots=True)
class AcceptFace:
    """Consent to the face check."""


@dataclass(frozen=True, slots=True)
class WithoutFace:
    """Go on without a face check: declined, or stopped."""


@dataclass(frozen=True, slots=True)
class OtherMovements:
    """The person can't turn the head or close the eyes: ask for something else."""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Repeat what did not work."""


@dataclass(frozen=True, slots=True)
class PapersInside:
    """The citizen says that the papers are inside, though the sensor sees nothing."""


@dataclass(frozen=True, slots=True)
class OpenAgain:
    """Open the same compartment again, before the deposit is confirmed."""


@dataclass(frozen=True, slots=True)
class AnotherEnvelope:
    """There is more for the same case: another compartment for it."""


@dataclass(frozen=True, slots=True)
class DoesNotFit:
    """The papers are too large for the compartment."""


@dataclass(frozen=True, slots=True)
class EasyReach:
    """A compartment within easy reach is wanted, or no longer."""


@dataclass(frozen=True, slots=True)
class StartFetch:
    """Fetch what staff have put in for the citizen."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The citizen takes the papers along: no deposit."""


@dataclass(frozen=True, slots=True)
class Digit:
    """A key of the on-screen keypad, 0 to 9."""

    digit: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeleteDigit:
    """The keypad's erase key."""


@dataclass(frozen=True, slots=True)
class StillHere:
    """The answer to the time-out warning."""


@dataclass(frozen=True, slots=True)
class ShowHelp:
    """Help with the hotline's number."""


@dataclass(frozen=True, slots=True)
class SwitchLanguage:
    """Chinese or English, the other one."""


@dataclass(frozen=True, slots=True)
class SwitchLarge:
    """Large text on or off."""


@dataclass(frozen=True, slots=True)
class SwitchScheme:
    """Other colours, for this person."""

    scheme: Scheme


@dataclass(frozen=True, slots=True)
class StaffEntrance:
    """Staff wants to sign in."""


@dataclass(frozen=True, slots=True)
class SignOut:
    """Staff leaves."""


@dataclass(frozen=True, slots=True)
class CollectCase:
    """Staff opens one compartment of a case."""

    case_id: str
    cell: str


@dataclass(frozen=True, slots=True)
class ResolveCell:
    """Staff opens a compartment that waits for a person's decision, to look inside."""

    cell: str


@dataclass(frozen=True, slots=True)
class FoundPapers:
    """Staff found papers in the compartment and took them."""


@dataclass(frozen=True, slots=True)
class FoundNothing:
    """Staff found the compartment empty."""


@dataclass(frozen=True, slots=True)
class FoundElse:
    """Staff found something in the compartment that is not what the record says."""


@dataclass(frozen=True, slots=True)
class LeftInside:
    """What the record says lies in the compartment, and staff leaves it there."""


@dataclass(frozen=True, slots=True)
class ShowMenu:
    """What else staff can do."""


@dataclass(frozen=True, slots=True)
class Choose:
    """One row of a list of choices."""

    name: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Staff puts one compartment on the round, or takes it off."""

    cell: str


@dataclass(frozen=True, slots=True)
class CollectTicked:
    """Staff opens every compartment that is ticked, one after the other."""


@dataclass(frozen=True, slots=True)
class LetterX:
    """The last sign of some ID numbers, beside the digits of the keypad."""


@dataclass(frozen=True, slots=True)
class ShowDevice:
    """A technician looks at one device."""

    name: str


@dataclass(frozen=True, slots=True)
class RunTest:
    """A technician tries a device."""

    test: str


@dataclass(frozen=True, slots=True)
class Judge:
    """What a person says of a test that only a person can judge."""

    passed: bool


@dataclass(frozen=True, slots=True)
class ShowFrames:
    """The last bytes of the device's line, explained."""


@dataclass(frozen=True, slots=True)
class ChooseCell:
    """One compartment of those that the picture of the cabinet offers."""

    cell: str


@dataclass(frozen=True, slots=True)
class TouchSquare:
    """A square of the touch grid, from 0, row by row from the top left."""

    number: int


@dataclass(frozen=True, slots=True)
class MakeReport:
    """Write the readiness report of what was tested."""


@dataclass(frozen=True, slots=True)
class ShowProgress:
    """Where a case stands."""


@dataclass(frozen=True, slots=True)
class ByCard:
    """Ask about cases by the ID card."""


@dataclass(frozen=True, slots=True)
class ByReceipt:
    """Ask about a case by the number on its receipt."""


@dataclass(frozen=True, slots=True)
class ReportProblem:
    """Say that something does not work."""


@dataclass(frozen=True, slots=True)
class CallMe:
    """Ask to be called back."""


@dataclass(frozen=True, slots=True)
class StartRating:
    """Say what the visit was like."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many stars, 1 to 5."""

    stars: int


@dataclass(frozen=True, slots=True)
class NotMine:
    """What lies in the compartment is somebody else's."""


@dataclass(frozen=True, slots=True)
class ShowQuiet:
    """When it is quiet here."""


@dataclass(frozen=True, slots=True)
class GetCertificate:
    """Get the certificate of the case that is looked at."""


@dataclass(frozen=True, slots=True)
class AddPapers:
    """Add papers to the case that is looked at."""


@dataclass(frozen=True, slots=True)
class PickWord:
    """A candidate of the input method; it stands for the first `used` letters."""

    word: str = field(repr=False)
    used: int


@dataclass(frozen=True, slots=True)
class Sign:
    """A key of the keyboard that is neither letter nor digit."""

    sign: str


@dataclass(frozen=True, slots=True)
class SwitchKeys:
    """What the letters write: pinyin, small letters, capitals, the next of these."""


@dataclass(frozen=True, slots=True)
class ClearTyped:
    """Nothing of what was typed stays in the field."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The question is left out."""


@dataclass(frozen=True, slots=True)
class ShowAnswers:
    """All answers in a list, to change one."""


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """One answer is to be given anew, by the field's name; `phone`: the phone number."""

    name: str


@dataclass(frozen=True, slots=True)
class ShowScans:
    """Scan, or scan anew, what may be scanned."""


@dataclass(frozen=True, slots=True)
class TakePage:
    """The sheet lies there: take its picture."""


@dataclass(frozen=True, slots=True)
class NextSheet:
    """Another sheet of the same paper follows."""


@dataclass(frozen=True, slots=True)
class Retake:
    """Take the page that is looked at once more, in its place."""


@dataclass(frozen=True, slots=True)
class TurnPage:
    """The page that is looked at lies sideways: a quarter clockwise."""


@dataclass(frozen=True, slots=True)
class DeletePage:
    """The page that is looked at is not wanted."""


@dataclass(frozen=True, slots=True)
class MovePage:
    """The page that is looked at comes earlier (-1) or later (1)."""

    by: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """One stroke of a signature, as `screens.signature.Stroke`: the finger has left the pad."""

    stroke: tuple[tuple[int, int, int], ...] = field(repr=False)


Intent = (
    StartDeposit | ShowItems | ChooseItem | Proceed | Back | StartOver | AcceptFace | WithoutFace
    | OtherMovements | TryAgain
    | PapersInside | OpenAgain | GiveUp | Digit | DeleteDigit | StillHere | ShowHelp | SwitchLanguage | SwitchLarge
    | StaffEntrance | SignOut | CollectCase | ResolveCell | FoundPapers | FoundNothing | ShowDevice | RunTest | Judge
    | ShowFrames | ChooseCell | TouchSquare | MakeReport | FoundElse | LeftInside | ShowMenu | Choose | Tick
    | ShowThemes | ShowSearch | ChooseTheme | Letter | Turn | Bring | BringAll | StartIncomplete | ShowSheet
    | ShowSample | PrintSheet | CollectTicked | LetterX | AnotherEnvelope | DoesNotFit | EasyReach | StartFetch
    | ShowProgress | ByCard | ByReceipt | AddPapers | ReportProblem | CallMe | StartRating | Rate | ShowQuiet | NotMine
    | ShowLine | GetCertificate
    | PickWord | Sign | SwitchKeys | ClearTyped | Skip | ShowAnswers | ChangeAnswer
    | ShowEveryone | ChooseLanguage | SwitchLow | SwitchMotion
    | ShowScans | TakePage | NextSheet | Retake | TurnPage | DeletePage | MovePage | Drawn
    | SwitchVoice | SayAgain | Louder | AskSomebody | SwitchScheme | ForAnother | WithLetter
)  # fmt: skip
