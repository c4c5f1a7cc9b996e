"""Named questions to the database. Counting is done here, in SQL; judging is the business of `analysis`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app.analysis.nps.groups import group_of
from app.analysis.types import PAINFUL, Voice
from app.extensions import db
from app.models.analyses import AnalysisRun, CurrentRun, MentionRow, Reading
from app.models.events import Event
from app.models.merging import shown_as
from app.models.pain_points import PainPoint
from app.models.responses import Response
from app.models.types import UtcDateTime
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


def group_column() -> sa.ColumnElement[str]:
    """The group of a response, in SQL."""
    scores = {score: group_of(score) for score in range(11)}
    return sa.case(scores, value=Response.score)


def current_run(survey_id: int) -> AnalysisRun | None:
    """The analysis that readers see."""
    query = sa.select(AnalysisRun).join(CurrentRun, CurrentRun.run_id == AnalysisRun.id)
    return db.session.scalar(query.where(CurrentRun.survey_id == survey_id))


def failure_since(survey_id: int, run_id: int | None) -> datetime | None:
    """When the newest analysis started, if it failed and is newer than this run."""
    query = sa.select(AnalysisRun).where(AnalysisRun.survey_id == survey_id, AnalysisRun.state != "running")
    newest = db.session.scalar(query.order_by(AnalysisRun.id.desc()).limit(1))
    if newest is None or newest.state != "failed" or newest.id < (run_id or 0):
        return None
    return newest.finished_at or newest.started_at


def pending(survey_id: int, run_id: int | None) -> int:
    """How many comments of the survey the run has not read as they stand now."""
    scope = Scope(survey_id, run_id, Filters()).conditions()
    query = sa.select(sa.func.count()).where(*scope, Response.comment.is_not(None), ~is_read(run_id))
    return db.session.scalar(query) or 0


def version(survey_id: int, run_id: int | None) -> tuple[Any, ...]:
    """Something that differs whenever an answer, a reading or the catalogue has changed."""
    events = db.session.execute(
        sa.select(sa.func.max(Event.id), sa.func.count()).where(Event.survey_id == survey_id)
    ).one()
    readings = db.session.execute(  # an edited comment that is read again changes the sum, not the count
        sa.select(sa.func.count(), sa.func.sum(Reading.revision)).where(Reading.run_id == run_id)
    ).one()
    return (*events, run_id, *readings, *map(_face, catalogue(survey_id)))


def _face(point: PainPoint) -> tuple[Any, ...]:
    names = (point.named, *sorted(point.names.items()))
    done = point.owner, point.status, point.department, point.due_on, *point.fixes
    return point.id, *done, names, point.merged_into_id, *_flags(point)


def _flags(point: PainPoint) -> tuple[bool, bool, bool]:
    return point.is_hidden, point.is_pinned, point.is_removed


def catalogue(survey_id: int) -> Sequence[PainPoint]:
    """The pain points of a survey, by id: all that were not removed."""
    query = sa.select(PainPoint).where(PainPoint.survey_id == survey_id, PainPoint.is_removed.is_(False))
    return db.session.scalars(query.order_by(PainPoint.id)).all()


def span(survey_id: int) -> Moments | None:
    """When the first and the last answer that count were given."""
    query = sa.select(sa.func.min(Response.created_at), sa.func.max(Response.created_at))
    first, last = db.session.execute(query.where(*Scope(survey_id, None, Filters()).conditions())).one()
    return (first, last) if first and last else None


def has_answer(scope: Scope) -> bool:
    """Whether anybody answered."""
    return db.session.scalar(sa.select(Response.id).where(*scope.conditions()).limit(1)) is not None


def scores(scope: Scope, windows: Sequence[Moments]) -> list[list[int]]:
    """For each window how often each score from 0 to 10 was given.

    Windows may overlap; each response is looked at once, in the pieces between all their ends.
    """
    ends = sorted({moment for window in windows for moment in window})
    pieces = list(pairwise(ends))
    spans = _spans(pieces)
    counts = [[0] * 11 for _ in windows]
    query = sa.select(spans.c.place, Response.score, sa.func.count()).where(*scope.conditions(), _within(spans))
    for place, score, count in db.session.execute(query.group_by(spans.c.place, Response.score)):
        start, stop = pieces[place]
        for window, counted in zip(windows, counts, strict=True):
            counted[score] += count if window[0] <= start and stop <= window[1] else 0
    return counts


def voices(scope: Scope) -> Iterator[tuple[Voice, int]]:
    """Respondents whose comment was read, alike ones together: the group of the latest, all that they raise."""
    commented = commented_in(scope)
    latest = sa.select(commented).where(commented.c.age == 1).subquery("latest")
    sets = raised_in(scope, commented)
    query = sa.select(latest.c.group, sets.c.points, sa.func.count()).outerjoin(sets, sets.c.voice == latest.c.voice)
    for group, points, count in db.session.execute(query.group_by(latest.c.group, sets.c.points)):
        yield Voice(group, frozenset((points or "").split(",")) - {""}), count


def raised_in(scope: Scope, commented: sa.CTE) -> sa.Subquery:
    """What each respondent raises, over all their comments: the ids of pain points with commas between."""
    raised = (
        sa.select(commented.c.voice, shown_as(scope.survey_id).label("point"))
        .join(MentionRow, MentionRow.response_id == commented.c.id)
        .where(*raises(scope.run_id))
        .distinct()
        .subquery("raised")
    )
    text = sa.cast(raised.c.point, sa.Text)
    together = sa.func.aggregate_strings(text, ",").aggregate_order_by(raised.c.point)
    return sa.select(raised.c.voice, together.label("points")).group_by(raised.c.voice).subquery("sets")


def raises(run_id: int | None) -> list[sa.ColumnElement[bool]]:
    """What makes a row of `MentionRow` count: a complaint or a wish about a pain point, as this run sees it."""
    painful = MentionRow.stance.in_(sorted(PAINFUL))
    return [MentionRow.run_id == run_id, painful, MentionRow.pain_point_id.is_not(None)]


def unassigned(scope: Scope) -> int:
    """Responses that complain or wish for something, none of it about a known pain point."""
    hurts = sa.exists().where(
        MentionRow.run_id == scope.run_id,
        MentionRow.response_id == Response.id,
        MentionRow.stance.in_(sorted(PAINFUL)),
    )
    known = sa.exists().where(MentionRow.response_id == Response.id, *raises(scope.run_id))
    query = sa.select(sa.func.count()).where(*scope.conditions(), is_read(scope.run_id), hurts, ~known)
    return db.session.scalar(query) or 0


def shares_by_window(scope: Scope, windows: Sequence[Moments]) -> tuple[list[int], dict[int, list[int]]]:
    """For each window the passives and detractors with a read comment, and those of them who raise each pain point."""
    commented, spans = commented_in(scope), _spans(windows)
    within = (commented.c.created_at >= spans.c.start) & (commented.c.created_at < spans.c.stop)
    placed = sa.select(spans.c.place, commented.c.id, commented.c.voice).where(within, commented.c.group != "promoter")
    # Worked out once and before the mentions are looked at: a planner left alone tries every mention with every window.
    others = placed.cte("others").prefix_with("MATERIALIZED")
    base = [0] * len(windows)
    raised: dict[int, list[int]] = {}
    query = sa.select(others.c.place, sa.func.count(sa.distinct(others.c.voice))).group_by(others.c.place)
    for place, count in db.session.execute(query):
        base[place] = count
    raising = (MentionRow.response_id == others.c.id) & sa.and_(*raises(scope.run_id))
    shown = shown_as(scope.survey_id)
    by_point = query.add_columns(shown).join(MentionRow, raising).group_by(shown)
    for place, count, point in db.session.execute(by_point):
        raised.setdefault(point, [0] * len(windows))[place] = count
    return base, raised


def commented_in(scope: Scope) -> sa.CTE:
    """Read comments with their respondent (an anonymous one is its own) and their age among that respondent's.

    Before the first analysis these are all comments, so that the page can say how many there are to read.
    """
    voice = sa.func.coalesce(Response.respondent_id, -Response.id).label("voice")
    newest = (Response.created_at.desc(), Response.id.desc())
    age = sa.func.row_number().over(partition_by=voice, order_by=newest).label("age")
    query = sa.select(Response.id, voice, Response.created_at, group_column().label("group"), age)
    read = [is_read(scope.run_id)] if scope.run_id is not None else []
    return query.where(*scope.conditions(), Response.comment.is_not(None), *read).cte("commented")


def _spans(windows: Sequence[Moments]) -> sa.CTE:
    columns = (sa.column("place", sa.Integer), sa.column("start", UtcDateTime), sa.column("stop", UtcDateTime))
    rows = [(place, *window) for place, window in enumerate(windows)]
    return sa.values(*columns, name="span").data(rows).cte("spans")


def _within(spans: sa.CTE) -> sa.ColumnElement[bool]:
    return (Response.created_at >= spans.c.start) & (Response.created_at < spans.c.stop)
