"""Did a fix help? What became of a pain point since, in sentences that claim no more than the tests behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.analysis import minimums
from app.analysis.pain_points import before_after
from app.analysis.pain_points.before_after import BeforeAfter, ImpactChange
from app.analysis.pain_points.trend import Share
from app.reports import wording
from app.reports.filters import Period
from app.reports.translating import gettext


@dataclass(frozen=True, slots=True)
class Effect:
    """A pain point before and after its last fix. `comments` are the passives and detractors of both windows.

    The windows are as long as the days since the fix, at most 90, and leave out its day; None on that day. `found` is
    None if nobody of them commented in one. `has_relapsed` says that it rises again since, `has_impact` whether the
    metric of the survey has one.
    """

    fixed_on: date
    before: Period | None
    after: Period | None
    comments: tuple[float, float]
    found: BeforeAfter | None
    has_relapsed: bool = False
    has_impact: bool = True

    @property
    def verdict(self) -> before_after.Effect:
        """The word for the change of its share."""
        return self.found.verdict if self.found else "too early"

    @property
    def is_measured(self) -> bool:
        """Whether there are comments enough to say something."""
        return self.verdict != "too early"

    @property
    def is_growing(self) -> bool:
        """Whether the windows still grow, so that later there is more to say."""
        return self.after is None or self.after.days < before_after.LONGEST

    @property
    def sentence(self) -> str:
        """What became of its mentions."""
        return _mentions(self.found) if self.found and self.is_measured else _too_early(self)

    @property
    def impact_sentence(self) -> str:
        """What became of its impact; empty before anything is measured, and where none is told."""
        if self.found is None or not self.is_measured or not self.has_impact:
            return ""
        return _impact(self.found.impact) if self.found.impact else gettext("Too few mentions to compare the impact.")


def as_dict(effect: Effect) -> dict[str, Any]:
    """The same for programs, numbers unrounded."""
    found = effect.found
    return {
        "fixed_on": effect.fixed_on,
        "verdict": effect.verdict,
        "sentence": effect.sentence,
        "has_relapsed": effect.has_relapsed,
        "before": _window(effect.before, effect.comments[0], found.before if found else None),
        "after": _window(effect.after, effect.comments[1], found.after if found else None),
        "change": found.rate if found else None,
        "impact": found.impact if found else None,
    }


def _window(period: Period | None, people: float, share: Share | None) -> dict[str, Any] | None:
    if period is None:
        return None
    return {"first": period.first, "last": period.last, "people": people, "raised": share.part if share else 0}


def footnote() -> str:
    """What every page says beside it."""
    return gettext(
        "A comparison in time, not an experiment: pain points are often fixed when they are at their peak, and part of "
        "any fall is the way back to normal."
    )


def _mentions(found: BeforeAfter) -> str:
    shares = {"before": wording.share(*found.before), "after": wording.share(*found.after)}
    if found.verdict == "none":
        return gettext("No detectable change: mentions were %(before)s before and are %(after)s since.", **shares)
    if found.verdict == "leaning":
        lower = gettext("Mentions look lower (from %(before)s to %(after)s), but this may be chance.", **shares)
        higher = gettext("Mentions look higher (from %(before)s to %(after)s), but this may be chance.", **shares)
        return lower if found.has_fallen else higher
    fell = gettext("Mentions fell from %(before)s to %(after)s: a clear change.", **shares)
    rose = gettext("Mentions rose from %(before)s to %(after)s: a clear change.", **shares)
    return fell if found.has_fallen else rose


def _too_early(effect: Effect) -> str:
    least = min(effect.comments)
    counts = {"part": wording.number(least), "whole": wording.number(minimums.COMPARISON)}
    if effect.is_growing:
        return gettext("Too early: %(part)s of %(whole)s comments so far.", **counts)
    if least == effect.comments[1]:
        return gettext("Too few comments to tell: %(part)s of %(whole)s in the 90 days since the fix.", **counts)
    return gettext("Too few comments to tell: %(part)s of %(whole)s in the 90 days before the fix.", **counts)


def _impact(change: ImpactChange) -> str:
    ends = {"before": wording.points(change.before, 1), "after": wording.points(change.after, 1)}
    words = {
        "clear": gettext("The impact went from %(before)s to %(after)s points: a clear change.", **ends),
        "leaning": gettext("The impact looks different (%(before)s, then %(after)s), but this may be chance.", **ends),
        "none": gettext("No detectable change of the impact: %(before)s points, then %(after)s.", **ends),
    }
    return words[change.verdict]
