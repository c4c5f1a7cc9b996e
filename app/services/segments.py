"""All segments of one kind side by side: how happy each is, what hurts it first, and what is at stake with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.analysis import minimums
from app.analysis.metrics import NPS
from app.analysis.nps.score import score_interval
from app.analysis.pain_points.rank import rank
from app.analysis.pain_points.trend import Share
from app.analysis.segments import against_rest
from app.analysis.types import GroupCounts, Interval
from app.errors import Invalid
from app.models import PainPoint, Survey, customers, queries
from app.models import segments as questions
from app.models.customers import AtRisk
from app.models.queries import Scope
from app.reports.filters import ATTRIBUTE, Filters
from app.reports.report import SurveyHead
from app.reports.segments import Raised, Segment, Segments, narrowed
from app.services import report_rows, values, views
from app.services.periods import Days, day_of, resolve
from app.services.remembering import remembered
from app.services.report_rows import Counted

TOP = 3  # pain points told of each segment


def require_nps(survey: Survey) -> None:
    """Invalid for a survey whose scores are no NPS: what stands here would be wrong for them."""
    if not survey.measures.is_nps:
        text = "Segments and comparisons are made of NPS surveys only so far."
        raise Invalid(text, {"survey": [text]})


def offered(survey: Survey) -> list[str]:
    """What the answers of a survey can be told apart by, the most telling first; Invalid where scores are no NPS."""
    require_nps(survey)
    found = views.choose_from(survey)
    touchpoint = ["touchpoint"] if survey.kind == "touchpoint" and found.touchpoints else []
    attributes = [ATTRIBUTE + name for name, some in found.attributes.items() if len(some) > 1]
    return [*touchpoint, *attributes, *(["language"] if len(found.languages) > 1 else [])]


def checked(survey: Survey, by: str) -> str:
    """The kind of segment that was asked for, else the first there is; Invalid for one that there is not."""
    names = offered(survey)
    if by and by not in names:
        raise Invalid("by: There are no such segments.", {"by": ["There are no such segments."]})
    return by or next(iter(names), "")


def build(survey: Survey, filters: Filters, by: str, now: datetime, language: str = "en") -> Segments:
    """Every value of `by` in one view, in the order of their score."""
    run = queries.current_run(survey.id)
    run_id = run.id if run else None
    today = day_of(now, survey)
    facts = (survey.name, survey.kind, survey.timezone, *values.settings(survey))
    key = ("segments", survey.id, filters.query(), by, language, today, facts, queries.version(survey.id, run_id))

    def ask() -> Segments:
        days = resolve(survey, filters, today)
        scope = Scope(survey.id, run_id, filters, days.period.moments(survey.timezone))
        return _Asking(survey, scope, by, language).segments(days)

    return remembered(key, ask)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question: a scope, what it is told apart by, and the language of names."""

    survey: Survey
    scope: Scope
    by: str
    language: str

    def segments(self, days: Days) -> Segments:
        counts = {value: NPS.groups(times) for value, times in questions.scores_by(self.scope, self.by).items()}
        everybody = NPS.groups(queries.scores(self.scope, [days.period.moments(self.survey.timezone)])[0])
        standing = against_rest(counts, everybody) if self.by != "language" else {}  # habits of answering differ
        known = {point.key: point for point in queries.catalogue(self.survey.id) if point.is_visible}
        scopes = {value: replace(self.scope, filters=narrowed(self.scope.filters, self.by, value)) for value in counts}
        said = {value: report_rows.count(scope, known) for value, scope in scopes.items()} if self.scope.run_id else {}
        worth = self._worth(scopes, known)
        rows = [
            Segment(
                value=value,
                filters=scopes[value].filters,
                counts=some,
                interval=interval(some),
                against=standing.get(value),
                comments=said[value].base if said else GroupCounts(),
                top=self._top(said[value], known) if said else (),
                worth=worth.get(value),
            )
            for value, some in counts.items()
        ]
        survey = self.survey
        return Segments(
            survey=SurveyHead(survey.key, survey.name, survey.kind, survey.timezone, survey.currency),
            filters=self.scope.filters,
            period=days.period,
            by=self.by,
            everybody=everybody,
            interval=interval(everybody),
            rows=tuple(rows),
            is_monthly=not survey.has_lifetimes,
        )

    def _top(self, said: Counted, known: Mapping[str, PainPoint]) -> tuple[Raised, ...]:
        """The first of its ranking."""
        rows = rank(said.raised, said.base).ranked[:TOP]
        return tuple(
            Raised(row.id, known[row.id].name(self.language), Share(row.counts.others, said.base.others))
            for row in rows
        )

    def _worth(self, scopes: Mapping[str, Scope], known: Mapping[str, PainPoint]) -> dict[str, float | None]:
        """By value what is at stake; nothing where nobody's value can be known."""
        if not (self.survey.has_lifetimes or questions.has_revenue(self.scope)):
            return {}
        paying = customers.paying(self.scope, self.survey)
        people = {value: customers.at_risk_of(scope, paying) for value, scope in scopes.items()}
        if not self.survey.has_lifetimes:
            return {value: _monthly(some) for value, some in people.items()}
        totals = {value: values.of_pain_points(self.survey, some, known).total for value, some in people.items()}
        return {value: total.amount if total and total.known else None for value, total in totals.items()}


def interval(counts: GroupCounts) -> Interval | None:
    """The score where there are answers enough for one."""
    return score_interval(counts) if minimums.reached(counts.n, minimums.SCORE) else None


def _monthly(people: Iterable[AtRisk]) -> float | None:
    """The revenue a month of these people, each customer once; None if unknown."""
    known: dict[str, float] = {}
    for row in people:
        if (revenue := row.paid.monthly_revenue) is not None:
            known.setdefault(f"account {row.account}" if row.account else f"respondent {row.voice}", revenue)
    return sum(known.values()) if known else None
