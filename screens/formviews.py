"""What the page shows on which a person writes: keyboard, input method, what was typed. No Kivy."""

from dataclasses import dataclass, field

from .intents import PickWord
from .viewbase import Action, Chrome, Text, Tone


@dataclass(frozen=True, slots=True)
class CandidateView:
    """One word that the letters may stand for; touching it is PickWord."""

    word: str = field(repr=False)
    used: int

    @property
    def intent(self) -> PickWord:
        """What touching it asks for."""
        return PickWord(self.word, self.used)


@dataclass(frozen=True, slots=True)
class WritePage:
    """Free text by an on-screen keyboard. Keys are `Letter`, `Digit`, `Sign`, `DeleteDigit`, `ClearTyped`.

    `typed`: of a long text the end.
    `letters`: of the pinyin, with their `candidates`; `turns`: the controls for others. `switch` changes what the
    letters write; `signs` are the keys beside letters and digits.
    """

    chrome: Chrome
    heading: Text
    sentence: Text
    tone: Tone
    typed: str = field(repr=False)
    letters: str = field(repr=False)
    candidates: tuple[CandidateView, ...] = field(repr=False)
    turns: tuple[Action, ...]
    switch: Action
    capitals: bool
    signs: tuple[str, ...]
    actions: tuple[Action, ...]
    name: str = "form.text"

    @property
    def has_words(self) -> bool:
        """Whether letters are of the pinyin, so that there is a row of words to choose from."""
        return bool(self.letters) or self.switch.label.key == "form.keys.pinyin"
