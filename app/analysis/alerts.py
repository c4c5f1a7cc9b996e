"""When something is worth an alert: pure decisions about numbers, each with why it fires or does not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from app.analysis import minimums
from app.analysis.nps.change import Change, change
from app.analysis.types import GroupCounts

DROP_WINDOW = 28  # days, and as many before
LEAST_DROP = 5.0  # points of the observed change
DROP_P = 0.01  # without any change, daily checks at this level raise about one false alarm in two years
SILENT_DAYS = 7
SILENCE_BASE = 28  # days before the silence, and the least answers in them
PATIENCE = timedelta(minutes=10)  # for a comment after a score
WEEKS_WITHOUT = 2  # weekly analyses without the badge before it is told again
LONGEST_WAIT = 90  # days after a fix, then it is told however clear it is

DropWhy = Literal["fires", "too few", "no drop", "small", "not sure", "told lately"]
SilenceWhy = Literal["fires", "answers came", "too few before"]


@dataclass(frozen=True, slots=True)
class Drop:
    """Whether the NPS fell: `tested` is None if a period is empty."""

    why: DropWhy
    before: GroupCounts
    now: GroupCounts
    tested: Change | None

    @property
    def fires(self) -> bool:
        """Whether it is to be told."""
        return self.why == "fires"


def nps_drop(before: GroupCounts, now: GroupCounts, today: date, told_on: date | None, cooldown: int) -> Drop:
    """Whether the NPS of `now` has dropped since `before`, both periods of 28 days.

    It fires with 30 answers in both, an observed drop of 5 points and p < .01, and not within `cooldown` days after
    it was told. ValueError for invalid counts; periods without answers are "too few".
    """
    tested = change(before, now)
    if tested is None or tested.verdict == "suppressed":
        return Drop("too few", before, now, tested)
    return Drop(_drop(tested, is_resting(told_on, today, cooldown)), before, now, tested)


def _drop(tested: Change, is_resting: bool) -> DropWhy:
    if tested.value >= 0:
        return "no drop"
    if tested.value > -LEAST_DROP:
        return "small"
    if tested.p >= DROP_P:
        return "not sure"
    return "told lately" if is_resting else "fires"


def is_resting(told_on: date | None, today: date, cooldown: int) -> bool:
    """Whether something told on a day is to be left alone today; never told is not."""
    return told_on is not None and (today - told_on).days < cooldown


def silence(recent: int, before: int) -> SilenceWhy:
    """Whether a survey fell silent: `recent` answers in the last 7 days, `before` in the 28 days before those.

    It fires with none after at least 28. ValueError for negative counts.
    """
    if min(recent, before) < 0:
        raise ValueError("counts are 0 or more")
    if recent:
        return "answers came"
    return "fires" if before >= SILENCE_BASE else "too few before"


def appeared(now: Collection[str], earlier: Sequence[Collection[str]]) -> list[str]:
    """Which badges are news: there now, and in neither of the last two checks. `earlier` is the newest first.

    Nothing now is no news; without earlier checks all of it is. In the order of `now`.
    """
    lately = {one for found in earlier[:WEEKS_WITHOUT] for one in found}
    return [one for one in now if one not in lately]


def is_measured(verdicts: Collection[str], days_since_fix: int) -> bool:
    """Whether the effect of a fix is to be told: before and after is "clear", or 90 days have passed.

    ValueError for a fix to come; nothing measured is told after 90 days only.
    """
    if days_since_fix < 0:
        raise ValueError("a fix to come has no effect yet")
    return "clear" in verdicts or days_since_fix >= LONGEST_WAIT


def is_ripe(score: int, threshold: int, has_comment: bool, given_at: datetime, at: datetime) -> bool:
    """Whether a detractor has arrived: a score up to the threshold, with its comment or 10 minutes after it.

    The score is that of now, so one that was raised meanwhile is none. ValueError for a threshold that is no
    detractor's score.
    """
    if not 0 <= threshold <= 6:
        raise ValueError("detractors give 0 to 6")
    return score <= threshold and (has_comment or at - given_at >= PATIENCE)


def missing(counts: GroupCounts) -> int:
    """How many answers a period lacks for a comparison; 0 when it has enough."""
    return max(0, minimums.COMPARISON - int(counts.n + 1e-9))
