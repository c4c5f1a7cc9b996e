"""Two groups of people side by side: two values of an attribute, two languages, two touchpoints, or two periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.analysis.metrics import NPS
from app.analysis.nps.change import change
from app.analysis.pain_points.frequency import wilson
from app.analysis.pain_points.trend import shares
from app.analysis.segments import share_differences
from app.errors import Invalid
from app.models import PainPoint, Survey, queries
from app.models import segments as questions
from app.models.queries import Scope
from app.reports import wording
from app.reports.filters import Filters, Period
from app.reports.report import SurveyHead
from app.reports.segments import PERIOD, ComparedPoint, Comparison, Side, narrowed, widened
from app.services import report_rows, segments
from app.services.periods import day_of, resolve
from app.services.remembering import remembered
from app.services.report_rows import Counted


@dataclass(frozen=True, slots=True)
class Sides:
    """What is compared: two values of `by`, or for periods `second` as days; empty ones are chosen."""

    by: str = ""
    first: str = ""
    second: str = ""
    second_days: Period | None = None


def offered(survey: Survey) -> list[str]:
    """What two sides can differ in."""
    return [*segments.offered(survey), PERIOD]


def values(survey: Survey, filters: Filters, by: str, now: datetime) -> Sequence[tuple[str, float]]:
    """The values of one kind with how many answers in view have each, the commonest first."""
    run = queries.current_run(survey.id)
    run_id, today, wide = run.id if run else None, day_of(now, survey), widened(filters, by)
    key = ("values", survey.id, wide.query(), by, today, survey.timezone, queries.version(survey.id, run_id))

    def ask() -> Sequence[tuple[str, float]]:
        scope = Scope(survey.id, run_id, wide, resolve(survey, filters, today).period.moments(survey.timezone))
        counted = {value: NPS.groups(times).n for value, times in questions.scores_by(scope, by).items()}
        return sorted(counted.items(), key=lambda one: (-one[1], one[0]))

    return remembered(key, ask)


def chosen(survey: Survey, filters: Filters, sides: Sides, now: datetime) -> Sides:
    """The sides that were asked for, else the two commonest values; Invalid says what there is not."""
    by = sides.by or offered(survey)[0]
    if by not in offered(survey):
        raise _refused("by", "There are no such segments.")
    if by == PERIOD:
        return Sides(by, second_days=sides.second_days)
    if sides.first and sides.first == sides.second:
        raise _refused("second", "Choose two different ones.")
    if sides.first and sides.second:
        return Sides(by, sides.first, sides.second)
    names = [value for value, _ in values(survey, filters, by, now)]
    first = sides.first or next((name for name in names if name != sides.second), "")
    return Sides(by, first, sides.second or next((name for name in names if name != first), ""))


def _refused(name: str, text: str) -> Invalid:
    return Invalid(f"{name}: {text}", {name: [text]})


def build(survey: Survey, filters: Filters, sides: Sides, now: datetime, language: str = "en") -> Comparison:
    """Both sides with their scores and pain points; the sides are those that `chosen` gave."""
    run = queries.current_run(survey.id)
    run_id = run.id if run else None
    facts = (survey.name, survey.kind, survey.timezone, queries.version(survey.id, run_id))
    key = ("comparison", survey.id, filters.query(), sides, language, day_of(now, survey), facts)
    return remembered(key, lambda: _build(survey, run_id, _views(survey, filters, sides, now), sides.by, language))


View = tuple[str, Filters, Period]


def _views(survey: Survey, filters: Filters, sides: Sides, now: datetime) -> tuple[View, View]:
    """Both sides in words, as filters and as days."""
    period = resolve(survey, filters, day_of(now, survey)).period
    if sides.by == PERIOD:
        return tuple(  # type: ignore[return-value]
            (wording.days(days), replace(filters, from_day=days.first, to_day=days.last), days)
            for days in (period, sides.second_days or period.before())
        )
    return tuple(  # type: ignore[return-value]
        (label(sides.by, value), narrowed(filters, sides.by, value), period) for value in (sides.first, sides.second)
    )


def label(by: str, value: str) -> str:
    """A value as people call it."""
    return wording.language(value) if by == "language" else value


def _build(survey: Survey, run_id: int | None, views: tuple[View, View], by: str, language: str) -> Comparison:
    scopes = [Scope(survey.id, run_id, filters, days.moments(survey.timezone)) for _, filters, days in views]
    known = {point.key: point for point in queries.catalogue(survey.id) if point.is_visible}
    counted = [report_rows.count(scope, known) for scope in scopes]
    first, second = (_side(view, scope, said) for view, scope, said in zip(views, scopes, counted, strict=True))
    enough = first.interval and second.interval
    tested = change(second.counts, first.counts) if enough and by != "language" else None
    return Comparison(
        survey=SurveyHead(survey.key, survey.name, survey.kind, survey.timezone, survey.currency),
        by=by,
        first=first,
        second=second,
        difference=tested,
        verdict=tested.verdict if tested else None,
        rows=_rows(counted[0], counted[1], known, language) if enough else (),
    )


def _side(view: View, scope: Scope, said: Counted) -> Side:
    words, filters, period = view
    counts = NPS.groups(queries.scores(scope, [scope.window] if scope.window else [])[0])
    return Side(words, filters, period, counts, segments.interval(counts), said.base)


def _rows(first: Counted, second: Counted, known: Mapping[str, PainPoint], language: str) -> tuple[ComparedPoint, ...]:
    """What somebody of either side raises."""
    raised = [id_ for id_ in known if any(side.raised.get(id_) and side.raised[id_].others for side in (first, second))]
    ones, others = shares(first.raised, first.base, raised), shares(second.raised, second.base, raised)
    tested = share_differences(ones, others)
    return tuple(
        ComparedPoint(
            id=id_,
            name=known[id_].name(language),
            first=ones[id_],
            second=others[id_],
            first_interval=wilson(*ones[id_]),
            second_interval=wilson(*others[id_]),
            tested=tested[id_],
        )
        for id_ in raised
    )
