"""Which comments stand as examples of a pain point."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Protocol, TypeVar

from app.analysis.types import Group

EXAMPLES = 3


class Choosable(Protocol):
    """What the choice of examples looks at."""

    @property
    def voice(self) -> Hashable:
        """Who said it."""

    @property
    def group(self) -> Group:
        """The group of the score beside it."""

    @property
    def language(self) -> str:
        """The language it is written in."""


Example = TypeVar("Example", bound=Choosable)


def choose(candidates: Iterable[Example], number: int = EXAMPLES) -> list[Example]:
    """The best examples of candidates that come surest first: different people, both groups, many languages.

    The surest one of a passive or detractor comes first. Each further one is the surest of those that add most: a
    group not heard yet, then a language not heard yet. Promoters only come in when nobody else is left.
    """
    chosen: list[Example] = []
    left = list(candidates)
    while left and len(chosen) < number:
        best = max(left, key=_adds_to(chosen))
        chosen.append(best)
        left = [other for other in left if other.voice != best.voice]
    return chosen


def _adds_to(chosen: Sequence[Choosable]) -> Callable[[Choosable], tuple[bool, bool, bool]]:
    groups = {other.group for other in chosen}
    languages = {other.language for other in chosen}

    def adds(one: Choosable) -> tuple[bool, bool, bool]:
        return one.group != "promoter", one.group not in groups, one.language not in languages

    return adds
