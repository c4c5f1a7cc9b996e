"""How pages and files speak of what a survey measures: names, groups, and a score written its own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from flask_babel import get_locale

from app.analysis import minimums
from app.analysis.metrics import METRICS, Metric
from app.analysis.nps.rates import whole_per_cent
from app.analysis.types import Group, GroupCounts, Interval
from app.reports import wording
from app.reports.translating import gettext

Write = Callable[[GroupCounts, Interval | None], str]


@dataclass(frozen=True, slots=True)
class Words:
    """The words for one metric. Groups by their part: `one` answer, `many` people, and as a `label` of a figure.

    `others` are the two groups that could be won, `other_labels` the same as a heading. `write` writes a score, `ends`
    the ends of its interval, `change` a difference; `tick` a place on the axis.
    """

    metric: Metric
    name: str
    short: str
    one: Mapping[Group, str]
    many: Mapping[Group, str]
    label: Mapping[Group, str]
    others: str
    other_labels: str
    meaning: str
    gain: str
    write: Write
    ends: Callable[[Interval | None], str]
    change: Callable[[float], str]
    tick: Callable[[float], str]
    other_name: str = ""
    write_other: Callable[[Interval], str] = lambda _interval: ""

    def scores_of(self, group: Group) -> str:
        """The scores of a group."""
        metric = self.metric
        first, last = {
            "detractor": (metric.low, metric.middle - 1),
            "passive": (metric.middle, metric.top - 1),
            "promoter": (metric.top, metric.high),
        }[group]
        return str(first) if first == last else f"{first}–{last}"

    @property
    def has_impact(self) -> bool:
        """Whether it can be said what a pain point costs."""
        return self.metric.has_impact


def of(key: str) -> Words:
    """The words for a metric, in the language of the page."""
    return _of(key, str(get_locale()))


@cache
def _of(key: str, _locale: str) -> Words:
    """Made once for each language: a page asks for them some hundred times."""
    return {"nps": _nps, "csat": _csat, "ces": _ces}[key](METRICS[key])


def choices() -> dict[str, str]:
    """What a survey can measure, for whoever makes one."""
    return {
        "nps": gettext("NPS: how likely they recommend, 0 to 10"),
        "csat": gettext("CSAT: how satisfied they are, 1 to 5"),
        "ces": gettext("CES: how easy it was made for them, 1 to 7"),
    }


def _nps(metric: Metric) -> Words:
    return Words(
        metric=metric,
        name=gettext("Net Promoter Score"),
        short=gettext("NPS"),
        one={"promoter": gettext("promoter"), "passive": gettext("passive"), "detractor": gettext("detractor")},
        many={"promoter": gettext("promoters"), "passive": gettext("passives"), "detractor": gettext("detractors")},
        label={"promoter": gettext("Promoters"), "passive": gettext("Passives"), "detractor": gettext("Detractors")},
        others=gettext("passives and detractors"),
        other_labels=gettext("Passives and detractors"),
        meaning=gettext(
            "Share of promoters (9–10) minus share of detractors (0–6). The interval says where the score would likely "
            "lie if everybody had answered."
        ),
        gain=gettext("up to %(points)s points if all %(people)s moved up one group"),
        write=lambda counts, _interval: wording.score(counts),
        ends=wording.score_range,
        change=wording.points,
        tick=wording.points,
    )


def _csat(metric: Metric) -> Words:
    return Words(
        metric=metric,
        name=gettext("Customer satisfaction (CSAT)"),
        short=gettext("CSAT"),
        one={
            "promoter": gettext("satisfied"),
            "passive": gettext("neutral"),
            "detractor": gettext("dissatisfied"),
        },
        many={
            "promoter": gettext("satisfied customers"),
            "passive": gettext("neutral customers"),
            "detractor": gettext("dissatisfied customers"),
        },
        label={
            "promoter": gettext("Satisfied"),
            "passive": gettext("Neutral"),
            "detractor": gettext("Dissatisfied"),
        },
        others=gettext("neutral and dissatisfied customers"),
        other_labels=gettext("Neutral and dissatisfied"),
        meaning=gettext(
            "Share of satisfied answers (4–5). The interval says where it would likely lie if everybody had answered."
        ),
        gain=gettext("up to %(points)s points if all %(people)s were satisfied"),
        write=lambda counts, _interval: _share(counts),
        ends=_per_cent_ends,
        change=wording.points,
        tick=_per_cent,
        other_name=gettext("Mean, 1 to 5"),
        write_other=_mean_with_ends,
    )


def _ces(metric: Metric) -> Words:
    return Words(
        metric=metric,
        name=gettext("Customer Effort Score (CES)"),
        short=gettext("CES"),
        one={"promoter": gettext("easy"), "passive": gettext("neutral"), "detractor": gettext("difficult")},
        many={
            "promoter": gettext("customers who found it easy"),
            "passive": gettext("neutral customers"),
            "detractor": gettext("customers who found it difficult"),
        },
        label={"promoter": gettext("Easy"), "passive": gettext("Neutral"), "detractor": gettext("Difficult")},
        others=gettext("customers who did not find it easy"),
        other_labels=gettext("Neutral and difficult"),
        meaning=gettext(
            "Mean agreement that it was made easy, 1 to 7: the higher the easier. The interval says where it would "
            "likely lie if everybody had answered."
        ),
        gain="",
        write=lambda _counts, interval: _mean(interval.value) if interval else wording.DASH,
        ends=_mean_ends,
        change=_signed_mean,
        tick=_plain,
        other_name=gettext("Found it easy, 5–7"),
        write_other=_share_with_ends,
    )


def _share(counts: GroupCounts) -> str:
    if not minimums.reached(counts.n, minimums.SCORE):
        return wording.DASH
    return wording.number(whole_per_cent(counts.promoters, counts.n) or 0) + wording.SPACE + "%"


def _per_cent(value: float) -> str:
    return wording.per_cent(value / 100)


def _per_cent_ends(interval: Interval | None) -> str:
    if interval is None:
        return wording.DASH
    return gettext("%(low)s to %(high)s", low=wording.size(interval.low, 0), high=_per_cent(interval.high))


def _share_with_ends(interval: Interval) -> str:
    return f"{_per_cent(interval.value)} ({_per_cent_ends(interval)})"


def _mean(value: float) -> str:
    return wording.size(value, 2)


def _plain(value: float) -> str:
    return wording.size(value, 0 if value == round(value) else 1)


def _mean_ends(interval: Interval | None) -> str:
    if interval is None:
        return wording.DASH
    return gettext("%(low)s to %(high)s", low=_mean(interval.low), high=_mean(interval.high))


def _mean_with_ends(interval: Interval) -> str:
    return f"{_mean(interval.value)} ({_mean_ends(interval)})"


def _signed_mean(value: float) -> str:
    return wording.points(value, 2)
