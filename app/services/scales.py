"""How each metric is asked: its question, what the ends of its scale mean, and what its buttons are called aloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

from app.i18n import N_


@dataclass(frozen=True, slots=True)
class Scale:
    """Sentences of the catalogue. `first`, `last` and `between` are the names of the buttons."""

    question: str
    lowest: str
    highest: str
    first: str
    last: str
    between: str
    choose: str

    def name_of(self, score: int, low: int, high: int) -> str:
        """What a button is called."""
        return {low: self.first, high: self.last}.get(score, self.between)


SCALES: Mapping[str, Scale] = {
    "nps": Scale(
        N_("How likely are you to recommend {name} to a friend or colleague?"),
        N_("Not at all likely"),
        N_("Extremely likely"),
        N_("0 out of 10, not at all likely"),
        N_("10 out of 10, extremely likely"),
        N_("{score} out of 10"),
        N_("Choose a number from 0 to 10."),
    ),
    "csat": Scale(
        N_("How satisfied are you with {name}?"),
        N_("Very dissatisfied"),
        N_("Very satisfied"),
        N_("1 out of 5, very dissatisfied"),
        N_("5 out of 5, very satisfied"),
        N_("{score} out of 5"),
        N_("Choose a number from 1 to 5."),
    ),
    "ces": Scale(
        N_("{name} made it easy for me to handle my issue."),
        N_("Strongly disagree"),
        N_("Strongly agree"),
        N_("1 out of 7, strongly disagree"),
        N_("7 out of 7, strongly agree"),
        N_("{score} out of 7"),
        N_("Choose a number from 1 to 7."),
    ),
}


def others(metric: str) -> frozenset[str]:
    """The sentences that only other metrics say."""
    return frozenset(text for key, scale in SCALES.items() if key != metric for text in astuple(scale))
