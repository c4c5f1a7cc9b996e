"""Named questions to the database. Counting is done here, in SQL; judging is the business of `analysis`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import sqlalchemy as sa

from app.analysis.types import PAINFUL, GroupCounts, Voice
from app.extensions import db
from app.models import counting, following, unread
from app.models.analyses import CANCELLED, AnalysisRun, CurrentRun, MentionRow, Reading, Unread
from app.models.columns import size
from app.models.facts import EPOCH, Facts
from app.models.merging import merged
from app.models.metrics import metric_of
from app.models.pain_points import PainPoint
from app.models.responses import Response
from app.reports.filters import Filters

Moments = tuple[datetime, datetime]  # from the first on, up to but without the second


@dataclass(frozen=True, slots=True)
class Scope:
    """Which responses a question is about: those of a survey that count, pass the filters and lie in the window."""

    survey_id: int
    run_id: int | None
    filters: Filters
    window: Moments | None = None
    with_quarantine: bool = False  # for lists and files that mark what does not count

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The scope as conditions on `Response`. The group is not among them: scores need all three."""
        found = [Response.survey_id == self.survey_id]
        if not self.with_quarantine:
            found.append(Response.counts.is_(True))
        if self.window is not None:
            found += [Response.created_at >= self.window[0], Response.created_at < self.window[1]]
        if self.filters.language is not None:
            found.append(language_of(self.run_id) == self.filters.language)
        if self.filters.touchpoint is not None:
            found.append(Response.touchpoint == self.filters.touchpoint)
        for name in {name for name, _ in self.filters.attributes}:
            values = [value for other, value in self.filters.attributes if other == name]
            found.append(Response.attributes[name].as_string().in_(values))
        return found


def language_of(run_id: int | None) -> sa.ColumnElement[str | None]:
    """The language a comment is written in, else the one the answer was declared in."""
    read = sa.select(sa.func.nullif(Reading.language, "und")).where(
        Reading.run_id == run_id, Reading.response_id == Response.id
    )
    return sa.func.coalesce(read.correlate(Response).scalar_subquery(), Response.language)


def is_read(run_id: int | None) -> sa.ColumnElement[bool]:
    """Whether a run has read the comment of `Response` as it stands now."""
    same = (Reading.response_id == Response.id) & (Reading.revision == Response.revision)
    return sa.exists().where(Reading.run_id == run_id, same).correlate(Response)


def group_column(survey_id: int) -> sa.ColumnElement[str]:
    """The group of a response to a survey, in SQL."""
    metric = metric_of(survey_id)
    return sa.case({score: metric.group_of(score) for score in metric.scores}, value=Response.score)


def current_run(survey_id: int) -> AnalysisRun | None:
    """The analysis that readers see."""
    query = sa.select(AnalysisRun).join(CurrentRun, CurrentRun.run_id == AnalysisRun.id)
    return db.session.scalar(query.where(CurrentRun.survey_id == survey_id))


def failure_since(survey_id: int, run_id: int | None) -> datetime | None:
    """When the newest analysis started, if it failed and is newer than this run; one that was cancelled is none."""
    query = sa.select(AnalysisRun).where(AnalysisRun.survey_id == survey_id, AnalysisRun.state != "running")
    query = query.where(sa.func.coalesce(AnalysisRun.failure, "") != CANCELLED)
    newest = db.session.scalar(query.order_by(AnalysisRun.id.desc()).limit(1))
    if newest is None or newest.state != "failed" or newest.id < (run_id or 0):
        return None
    return newest.finished_at or newest.started_at


def pending(survey_id: int, run_id: int | None) -> int:
    """How many comments of the survey the run has not read as they stand now."""
    marked = unread.ids(run_id).where(Unread.survey_id == survey_id).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(marked)) or 0


def version(survey_id: int, run_id: int | None) -> tuple[Any, ...]:
    """Something that differs whenever an answer, a reading or the catalogue has changed."""
    return (*following.trace(survey_id, run_id), *map(_face, catalogue(survey_id)))


def _face(point: PainPoint) -> tuple[Any, ...]:
    names = (point.named, *sorted(point.names.items()))
    return point.id, point.acting_version, names, point.merged_into_id, *_flags(point)


def _flags(point: PainPoint) -> tuple[bool, bool, bool]:
    return point.is_hidden, point.is_pinned, point.is_removed


def catalogue(survey_id: int) -> Sequence[PainPoint]:
    """The pain points of a survey, by id: all that were not removed."""
    query = sa.select(PainPoint).where(PainPoint.survey_id == survey_id, PainPoint.is_removed.is_(False))
    return db.session.scalars(query.order_by(PainPoint.id)).all()


def facts_of(scope: Scope, *names: str) -> Facts:
    """What a scope is counted from, with the values of the attributes that it or the caller names."""
    wanted = sorted({*names, *(name for name, _ in scope.filters.attributes)})
    return following.facts(scope.survey_id, scope.run_id, wanted)


def span(survey_id: int) -> Moments | None:
    """When the first and the last answer that count were given."""
    facts = facts_of(Scope(survey_id, None, Filters()))
    at = facts.responses["at"][facts.responses["counts"]]
    return (_moment(at[0]), _moment(at[-1])) if len(at) else None


def _moment(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=int(micros))


def large_surveys(least: int) -> Sequence[int]:
    """The surveys with at least so many answers, the largest last."""
    answers = sa.func.count()
    query = sa.select(Response.survey_id).group_by(Response.survey_id).having(answers >= least)
    return db.session.scalars(query.order_by(answers)).all()


def number(survey_id: int) -> int:
    """How many answers a survey has, those in quarantine among them."""
    return size(facts_of(Scope(survey_id, None, Filters())).responses)


def has_answer(scope: Scope) -> bool:
    """Whether anybody answered."""
    facts = facts_of(scope)
    return bool(facts.passing(scope, facts.window(scope.window)).any())


def scores(scope: Scope, windows: Sequence[Moments]) -> list[list[int]]:
    """For each window how often each score from 0 to 10 was given.

    Windows may overlap; each response is looked at once, in the pieces between all their ends.
    """
    facts = facts_of(scope)
    ends = sorted({moment for window in windows for moment in window})
    counts = np.zeros((len(windows), 11), int)
    for start, stop in pairwise(ends):
        rows = facts.window((start, stop))
        inside = [place for place, window in enumerate(windows) if window[0] <= start and stop <= window[1]]
        counts[inside] += np.bincount(facts.responses["score"][rows][facts.passing(scope, rows)], minlength=11)
    return counts.tolist()


def voices(scope: Scope) -> Iterator[tuple[Voice, int]]:
    """Respondents whose comment was read, alike ones together: the group of the latest, all that they raise."""
    facts = facts_of(scope)
    found = counting.voices(facts, scope, merged(scope.survey_id))
    for group, sets, numbers in counting.kinds(found):
        for points, number in zip(counting.named(facts, sets), numbers, strict=True):
            yield Voice(group, points), number


def raising(scope: Scope, point_id: int) -> tuple[GroupCounts, GroupCounts]:
    """The respondents who raise a pain point in a scope, and all whose comment was read, by group of the latest."""
    facts = facts_of(scope)
    return counting.raising(facts, counting.voices(facts, scope, merged(scope.survey_id)), point_id)


def unassigned(scope: Scope) -> int:
    """Responses that complain or wish for something, none of it about a known pain point."""
    if scope.run_id is None:
        return 0
    facts = facts_of(scope)
    rows = facts.commented(scope)
    return int((facts.responses["hurts"][rows] & ~facts.responses["points"][rows].any(axis=1)).sum())


def shares_by_window(scope: Scope, windows: Sequence[Moments]) -> tuple[list[int], dict[int, list[int]]]:
    """For each window the passives and detractors with a read comment, and those of them who raise each pain point."""
    facts, into = facts_of(scope), merged(scope.survey_id)
    base: list[int] = []
    raised: dict[int, list[int]] = {}
    for place, window in enumerate(windows):
        number, by_point = counting.others(facts, replace(scope, window=_common(scope.window, window)), into)
        base.append(number)
        for point, count in by_point.items():
            raised.setdefault(facts.points.values[point], [0] * len(windows))[place] = count
    return base, raised


def _common(one: Moments | None, other: Moments) -> Moments:
    return (max(one[0], other[0]), min(one[1], other[1])) if one else other


def raises(run_id: int | None) -> list[sa.ColumnElement[bool]]:
    """What makes a row of `MentionRow` count: a complaint or a wish about a pain point, as this run sees it."""
    painful = MentionRow.stance.in_(sorted(PAINFUL))
    return [MentionRow.run_id == run_id, painful, MentionRow.pain_point_id.is_not(None)]
