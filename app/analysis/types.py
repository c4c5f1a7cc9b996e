"""The values that travel between the steps of an analysis: small, frozen, named from the trade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Group = Literal["promoter", "passive", "detractor"]
Stance = Literal["complaint", "wish", "praise", "neutral"]
Origin = Literal["seed", "discovered", "manual"]
Verdict = Literal["clear", "leaning", "none", "suppressed"]
HoldsBack = Literal["both", "passives", "detractors"]

PAINFUL: frozenset[Stance] = frozenset({"complaint", "wish"})  # the stances that raise a pain point


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """How many respondents (or responses) fall into each group; the answer to "who said so?"."""

    promoters: float = 0
    passives: float = 0
    detractors: float = 0

    @property
    def n(self) -> float:
        """All three groups together."""
        return self.promoters + self.passives + self.detractors

    @property
    def others(self) -> float:
        """Passives and detractors: those who could be won (m of a pain point, M of a base)."""
        return self.passives + self.detractors


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its lower and upper end; low <= high."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text, in code points; `end` is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comment:
    """One free-text answer. `id` is the caller's own and only comes back with the result."""

    id: str
    text: str
    score: int
    language: str | None = None  # ISO 639-1 as told by the caller, None if unknown


@dataclass(frozen=True, slots=True)
class Mention:
    """One opinion inside a comment: its place, its stance and the pain point it raises, if any."""

    start: int
    end: int
    stance: Stance
    evidence: float = 1.0  # 0..1, how far what is said speaks of something to fix, apart from the score
    pain_point: str | None = None
    confidence: float = 0.0  # 0..1, how sure the assignment is; 0 without a pain point
    terms: tuple[Span, ...] = ()  # the words that put it there, as places in the comment


@dataclass(frozen=True, slots=True)
class ReadComment:
    """A comment after reading: its language and its mentions in the order of the text."""

    id: str
    language: str
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A pain point of the catalogue. `names`, `phrases` and `words` are keyed by ISO 639-1 language.

    `phrases` are what people say who mean it, `words` those single words that speak for it.
    """

    id: str
    origin: Origin
    names: Mapping[str, str]
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    department: str = ""
    terms: tuple[str, ...] = ()  # its most telling words, commonest surface form first
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def name(self, language: str = "en") -> str:
        """The action name in `language`, else in English, else whatever there is."""
        return self.names.get(language) or self.names.get("en") or next(iter(self.names.values()))


@dataclass(frozen=True, slots=True)
class Lesson:
    """What somebody taught about a mention that says `text`: it is not about entry `wrong`, but about `right`.

    Both are ids of entries; without `wrong` something is only added, without `right` it is about nothing known.
    """

    text: str
    language: str
    wrong: str | None = None
    right: str | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """One respondent with a comment: the group of the latest one and every pain point raised."""

    group: Group
    pain_points: frozenset[str]
