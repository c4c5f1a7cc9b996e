"""The pain points of a report: who raises them now and before, how they rank, and how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.analysis.pain_points.overlap import report_overlap
from app.analysis.pain_points.rank import Ranked, order, rank, tally_kinds
from app.analysis.pain_points.rank_range import RankRange, ranges_of_kinds
from app.analysis.pain_points.trend import Badge, Share, badges, share_change, shares
from app.analysis.pain_points.value import ValueAtRisk
from app.analysis.types import Group, GroupCounts, Voice
from app.models import PainPoint as Known
from app.models import Survey, queries
from app.models.customers import at_risk
from app.models.queries import Scope
from app.reports.report import PainPoint
from app.reports.steps import weeks
from app.services import values
from app.services.examples import examples

SEED = 20261122  # of the resamples behind the rank ranges: the same data give the same report


@dataclass(frozen=True, slots=True)
class Counted:
    """Who raises what: respondents who are alike with their number, by pain point, and all of them."""

    kinds: Mapping[tuple[Group, frozenset[str]], int]
    raised: Mapping[str, GroupCounts]
    base: GroupCounts


@dataclass(frozen=True, slots=True)
class Rows:
    """The three lists of a report, what is said about them as a whole, and the base of it all."""

    base: GroupCounts
    ranked: tuple[PainPoint, ...]
    shared_requests: tuple[PainPoint, ...]
    too_few: tuple[PainPoint, ...]
    has_ranking: bool
    tie_bands: tuple[tuple[int, int], ...]
    report_overlap: float | None
    hidden: int
    value_at_risk: ValueAtRisk | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: one scope, the one to compare with, and how the answer is to be shown."""

    survey: Survey
    scope: Scope
    previous: Scope | None
    last_day: date
    language: str
    with_quotes: bool
    today: date


def build(question: Question) -> Rows:
    """All pain points of the scope."""
    catalogue = queries.catalogue(question.survey.id)
    known = {point.key: point for point in catalogue if point.is_visible}
    counted = count(question.scope, known)
    metric = question.survey.measures
    ranking = rank(counted.raised, counted.base, metric.cost, metric.gain)
    ranges = ranges_of_kinds(counted.kinds, [row.id for row in ranking.ranked], SEED)
    compared = _compare(question, counted, known)
    valued = values.of_pain_points(question.survey, at_risk(question.scope, question.survey), known)
    described = _describe(question, known, compared, valued)
    sort = question.scope.filters.sort
    figures = {id_: risk.amount for id_, risk in valued.by_id.items()} if sort == "value" else compared.changes()
    in_order = order(ranking.ranked, sort, figures)
    return Rows(
        base=counted.base,
        ranked=tuple(described(row, ranges.by_id.get(row.id)) for row in in_order),
        shared_requests=tuple(map(described, ranking.shared_requests)),
        too_few=tuple(map(described, ranking.too_few)),
        has_ranking=ranking.enough,
        tie_bands=ranges.bands,
        report_overlap=report_overlap(counted.raised.values()),
        hidden=sum(point.is_hidden and not point.merged_into_id for point in catalogue),
        value_at_risk=valued.total,
    )


def count(scope: Scope, known: Mapping[str, Known]) -> Counted:
    """Who raises what of the known in a scope, by stable ids. Those that are pinned are there, raised or not."""
    keys = {str(point.id): key for key, point in known.items()}
    kinds: Counter[tuple[Group, frozenset[str]]] = Counter()
    for voice, times in queries.voices(scope):
        kinds[voice.group, frozenset(keys[id_] for id_ in voice.pain_points if id_ in keys)] += times
    raised, base = tally_kinds((Voice(*kind), times) for kind, times in kinds.items())
    pinned = {key: GroupCounts() for key, point in known.items() if point.is_pinned}
    return Counted(kinds, pinned | raised, base)


@dataclass(frozen=True, slots=True)
class Compared:
    """The share of every pain point now and in the period before; nothing before without a comparison."""

    before: Mapping[str, Share]
    now: Mapping[str, Share]

    def badges(self) -> Mapping[str, Badge]:
        """New, rising or falling, over all that the page shows."""
        return badges(self.before, self.now) if self.before else {}

    def changes(self) -> dict[str, float | None]:
        """How clearly each share has grown, as a z value."""
        changed = {id_: share_change(*self.before[id_], *self.now[id_]) for id_ in self.before}
        return {id_: change.z if change else None for id_, change in changed.items()}

    def previous(self, id_: str) -> float | None:
        """The share before; None without anybody who could have raised it."""
        share = self.before.get(id_)
        return share.part / share.whole if share and share.whole else None


def _compare(question: Question, counted: Counted, known: Mapping[str, Known]) -> Compared:
    now = shares(counted.raised, counted.base, counted.raised)
    if question.previous is None:
        return Compared({}, now)
    earlier = count(question.previous, known)
    return Compared(shares(earlier.raised, earlier.base, counted.raised), now)


def _describe(
    question: Question, known: Mapping[str, Known], compared: Compared, valued: values.Values
) -> Callable[..., PainPoint]:
    """How a row of the ranking becomes one of the report, with everything asked of the database at once."""
    ids = {known[key].id for key in compared.now}
    quotes = examples(question.survey, question.scope, ids) if question.with_quotes else {}
    by_week, shown_badges = _weekly(question), compared.badges()
    metric = question.survey.metric

    def described(row: Ranked, rank_range: RankRange | None = None) -> PainPoint:
        point = known[row.id]
        return PainPoint(
            id=row.id,
            metric=metric,
            name=point.name(question.language),
            origin=point.origin,  # type: ignore[arg-type]
            numbers=row,
            previous=compared.previous(row.id),
            before=compared.before.get(row.id),
            badge=shown_badges.get(row.id, "none"),
            rank_range=rank_range,
            terms=tuple(point.terms),
            examples=quotes.get(point.id, ()),
            weeks=by_week(point.id),
            value_at_risk=valued.by_id.get(row.id),
            department=point.department,
            owner=point.owner,
            status=point.status,
            due_on=point.due_on,
            is_overdue=point.is_overdue(question.today),
            is_pinned=point.is_pinned,
        )

    return described


def _weekly(question: Question) -> Callable[[int], tuple[float | None, ...]]:
    """The weekly shares of a pain point; None for a week in which no passive or detractor commented."""
    periods = weeks(question.last_day)
    moments = [week.moments(question.survey.timezone) for week in periods]
    scope = replace(question.scope, window=(moments[0][0], moments[-1][1]))
    base, raised = queries.shares_by_window(scope, moments)
    nothing = [0] * len(periods)
    return lambda id_: tuple(k / n if n else None for k, n in zip(raised.get(id_, nothing), base, strict=True))
