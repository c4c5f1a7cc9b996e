"""What a reader may choose from, and which filter to relax when a view is too narrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.models import Survey, choices, queries
from app.models.choices import Values
from app.models.queries import Scope
from app.reports.filters import Filters
from app.services import reports
from app.services.remembering import remembered

LARGE = 10_000  # answers; gathering the choices of more takes longer than a reader should wait
MOST_VALUES = 30  # an attribute with more of them names people rather than segments


@dataclass(frozen=True, slots=True)
class Choices:
    """Values with their number of answers, the commonest first."""

    languages: Values
    touchpoints: Values
    attributes: Mapping[str, Values]


def choose_from(survey: Survey) -> Choices:
    """What the answers of a survey can be filtered by."""
    run = queries.current_run(survey.id)
    run_id = run.id if run else None
    scope = Scope(survey.id, run_id, Filters())

    def ask() -> Choices:
        segments = {name: values for name, values in choices.attributes(scope).items() if len(values) <= MOST_VALUES}
        return Choices(choices.languages(scope), choices.touchpoints(scope), segments)

    return remembered(("choices", survey.id, survey.erasures, _edition(survey.id, run_id)), ask)


def _edition(survey_id: int, run_id: int | None) -> tuple[object, ...]:
    """When choices are gathered anew besides erasures: at any change, in large surveys after a hundred answers more."""
    number = queries.number(survey_id)
    step = 10 ** (len(str(number)) - 3)  # a hundredth to a thousandth of them
    return (number // step, run_id) if number >= LARGE else queries.version(survey_id, run_id)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The same view with one filter less, and how many answers it would show."""

    dropped: str
    filters: Filters
    n: int


def relaxed(survey: Survey, filters: Filters, now: datetime) -> list[Relaxed]:
    """Which single filter to drop for more answers, the most first."""
    wider = [
        Relaxed(name, others, int(reports.build(survey, others, now).score.counts.n)) for name, others in _less(filters)
    ]
    return sorted((one for one in wider if one.n), key=lambda one: -one.n)


def _less(filters: Filters) -> Iterator[tuple[str, Filters]]:
    if filters.from_day or filters.to_day:
        yield "period", replace(filters, from_day=None, to_day=None)
    for name in ("language", "touchpoint", "group"):
        if getattr(filters, name):
            yield name, replace(filters, **{name: None})  # type: ignore[arg-type]
    for name in sorted({name for name, _ in filters.attributes}):
        others = tuple(pair for pair in filters.attributes if pair[0] != name)
        yield name, replace(filters, attributes=others)
