"""The form above a report: every filter with a label, and the values that were sent, right or wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app.models import Survey, now
from app.reports import wording
from app.reports.filters import ATTRIBUTE, Filters, Period, last_days
from app.reports.translating import gettext
from app.services import views
from app.services.periods import day_of, resolve

FEW = 8  # values of an attribute that are offered as boxes to tick; more of them as a list to choose from


@dataclass(frozen=True, slots=True)
class Segment:
    """An attribute with its values and how many answers have each."""

    name: str
    label: str
    values: Sequence[tuple[str, int]]
    chosen: Sequence[str]

    @property
    def as_boxes(self) -> bool:
        """Whether several values can be ticked."""
        return len(self.values) <= FEW or len(self.chosen) > 1


@dataclass(frozen=True, slots=True)
class FilterForm:
    """What the form shows. `values` are as sent, `errors` say what is wrong with them, by name."""

    values: Mapping[str, str]
    errors: Mapping[str, Sequence[str]]
    languages: Sequence[tuple[str, int]]
    touchpoints: Sequence[tuple[str, int]]
    segments: Sequence[Segment]
    presets: Sequence[tuple[str, str]]

    def value(self, name: str) -> str:
        """What was sent under a name."""
        return self.values.get(name, "")

    @property
    def has_segment(self) -> bool:
        """Whether an attribute narrows the view."""
        return any(segment.chosen for segment in self.segments)

    def language_names(self) -> list[tuple[str, str]]:
        """Languages by their own name, with how many answers there are."""
        return [(code, f"{wording.language(code)} ({wording.number(times)})") for code, times in self.languages]

    def touchpoint_names(self) -> list[tuple[str, str]]:
        """Touchpoints with how many answers there are."""
        return [(name, f"{name} ({wording.number(times)})") for name, times in self.touchpoints]


def fill(
    survey: Survey,
    args: MultiDict[str, str],
    filters: Filters | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> FilterForm:
    """The form with what an address says, or with what is wrong in it."""
    offered = views.choose_from(survey)
    segments = [_segment(name, values, args) for name, values in offered.attributes.items()]
    presets = _presets(survey, filters or Filters())
    return FilterForm(args.to_dict(), errors or {}, offered.languages, offered.touchpoints, segments, presets)


def _presets(survey: Survey, filters: Filters) -> list[tuple[str, str]]:
    """Periods people ask for, as addresses that keep the other filters."""
    today = day_of(now(), survey)
    named = [(gettext("last 30 days"), last_days(today, 30)), (gettext("last 12 months"), last_days(today, 365))]
    first = resolve(survey, filters, today).first_answer
    if first is not None:
        named.append((gettext("everything"), Period(first, max(first, today))))
    usual = (gettext("last 90 days"), filters.query(from_day=None, to_day=None))
    return [usual, *((name, filters.query(from_day=one.first, to_day=one.last)) for name, one in named)]


def _segment(name: str, values: Sequence[tuple[str, int]], args: MultiDict[str, str]) -> Segment:
    chosen = [value for value in args.getlist(ATTRIBUTE + name) if value]
    return Segment(ATTRIBUTE + name, name, values, chosen)
