"""Scales for the charts: numbers to places. The SVG itself is written by the macros in `templates/charts.html`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.analysis.metrics import NPS, Metric
from app.analysis.minimums import Dot, dot
from app.analysis.types import Group, GroupCounts, Interval
from app.reports.beside import ShareStep
from app.reports.filters import Period
from app.reports.report import TrendPoint

NPS_LOW, NPS_HIGH = -100.0, 100.0
MOST_LABELS = 7  # days named below a trend
LEFT, RIGHT = 62, 18  # room for the ticks, and for half of the last dot


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from the values `low`…`high` to the places `start`…`end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value, rounded to a tenth."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1) + 0.0


def nice_step(span: float, parts: int) -> float:
    """A step of 1, 2 or 5 times a power of ten that divides `span` into at most about so many parts."""
    rough = span / max(parts, 1)
    power = float(10 ** math.floor(math.log10(rough)))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough - 1e-9)


def nice_ticks(low: float, high: float, parts: int = 4) -> list[float]:
    """Round values from at or below `low` to at or above `high`, evenly spaced."""
    step = nice_step(max(high - low, 1e-9), parts)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * k, 9) + 0.0 for k in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar."""

    group: str
    x: float
    width: float


def segments(counts: GroupCounts, width: float) -> list[Segment]:
    """Detractors, passives, promoters side by side; none without answers, and no segment of width 0."""
    if not counts.n:
        return []
    scale, found, before = Scale(0, counts.n, 0, width), [], 0.0
    for group in ("detractor", "passive", "promoter"):
        size = getattr(counts, group + "s")
        x, end = scale.at(before), scale.at(before + size)
        found.append(Segment(group, x, round(end - x, 1)))
        before += size
    return [segment for segment in found if segment.width > 0]


@dataclass(frozen=True, slots=True)
class Column:
    """How often one score was given."""

    score: int
    group: Group
    x: float
    y: float
    width: float
    height: float


def columns(distribution: Sequence[int], metric: Metric = NPS, width: float = 330, height: float = 44) -> list[Column]:
    """One column for each score of the scale; without answers all of them are flat."""
    step = width / len(distribution)
    scale = Scale(0, max(*distribution, 1), 0, height)
    heights = [scale.at(times) for times in distribution]
    return [
        Column(
            score, metric.group_of(score), round(place * step + 3, 1), round(height - tall, 1), round(step - 6, 1), tall
        )
        for place, (score, tall) in enumerate(zip(metric.scores, heights, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class Whisker:
    """A score on a line: its interval, itself, how the dot is drawn, and where 0 is, None outside of the line."""

    low: float
    high: float
    value: float
    kind: Dot
    zero: float | None


def whisker(interval: Interval | None, n: float, ends: tuple[float, float], width: float = 300) -> Whisker | None:
    """Where one score of several stands on a line with these ends; None without a score."""
    if interval is None:
        return None
    scale = Scale(*ends, 5, width - 5)
    zero = scale.at(0) if ends[0] <= 0 <= ends[1] else None
    return Whisker(scale.at(interval.low), scale.at(interval.high), scale.at(interval.value), dot(n), zero)


def line_of(intervals: Iterable[Interval | None]) -> tuple[float, float]:
    """The ends of one line for several scores: round, at least 40 points apart, all of −100…+100 without a score."""
    known = [one for one in intervals if one]
    if not known:
        return NPS_LOW, NPS_HIGH
    ticks = _axis(min(one.low for one in known), max(one.high for one in known))
    return ticks[0], ticks[-1]


def path(places: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """An SVG path through the places."""
    text = "L".join(f"{x:g} {y:g}" for x, y in places)
    return f"M{text}{'Z' if closed else ''}"


def runs(values: Sequence[float | None]) -> list[list[int]]:
    """The positions of values that follow each other without a gap."""
    found: list[list[int]] = []
    for place, value in enumerate(values):
        if value is None:
            continue
        if found and found[-1][-1] == place - 1:
            found[-1].append(place)
        else:
            found.append([place])
    return found


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line: a path for each run of weeks, a dot for a week that stands alone, and the last one."""

    paths: list[str]
    dots: list[tuple[float, float]]
    last: tuple[float, float] | None
    marks: list[float]


def spark(
    values: Sequence[float | None],
    width: float = 96,
    height: float = 24,
    most: float | None = None,
    marks: Sequence[float] = (),
) -> Spark:
    """Weekly shares from 0 to the largest of them, or to `most`; nothing is drawn for a week without comments.

    `marks` are places on the time axis, in weeks after the first one.
    """
    top = max([value for value in values if value is not None] + [most or 0.0]) or 1.0
    x, y = Scale(0, max(len(values) - 1, 1), 3, width - 3), Scale(0, top, height - 3, 3)
    places = {i: (x.at(i), y.at(value)) for i, value in enumerate(values) if value is not None}
    found = [[places[i] for i in run] for run in runs(values)]
    return Spark(
        paths=[path(run) for run in found if len(run) > 1],
        dots=[run[0] for run in found if len(run) == 1],
        last=places[max(places)] if places else None,
        marks=[x.at(mark) for mark in marks],
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """One step of the trend: how it is drawn, and where; `y` is None where no score is drawn."""

    kind: Dot
    x: float
    y: float | None
    n: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside an axis."""

    text: str
    place: float
    anchor: Literal["start", "middle", "end"] = "middle"
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """Everything the trend is drawn from. `crop` is (low, high) where the axis is not all that a score can be."""

    width: float
    height: float
    bands: list[str]
    lines: list[str]
    marks: list[Mark]
    ticks: list[tuple[float, float]]
    days: list[tuple[int, float, bool]]
    crop: tuple[float, float] | None
    flags: list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a line: what is drawn of it, on how many it rests, and when it was."""

    interval: Interval | None
    n: float
    period: Period


@dataclass(frozen=True, slots=True)
class Axis:
    """All ticks of what a score can be, and over how much of it an axis reaches at least."""

    ticks: tuple[float, ...]
    least: float

    @property
    def whole(self) -> tuple[float, float]:
        """The lowest and the highest score there can be."""
        return self.ticks[0], self.ticks[-1]


AXES = {
    "nps": Axis((NPS_LOW, -50.0, 0.0, 50.0, NPS_HIGH), 40),
    "csat": Axis((0.0, 25.0, 50.0, 75.0, 100.0), 20),
    "ces": Axis((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), 1),
}


def trend(
    points: Sequence[TrendPoint],
    flags: Sequence[date] = (),
    metric: Metric = NPS,
    width: float = 640,
    height: float = 250,
) -> Trend | None:
    """The score over time with the band of its intervals; None if no step has one."""
    known = [point.interval for point in points if point.interval]
    if not known:
        return None
    axis = AXES[metric.key]
    ticks = _axis(min(one.low for one in known), max(one.high for one in known), axis)
    steps = [Step(one.interval, one.counts.n, one.period) for one in points]
    return _drawn(steps, ticks, flags, width, height, axis.whole)


def share_trend(
    points: Sequence[ShareStep], flags: Sequence[date] = (), width: float = 640, height: float = 220
) -> Trend | None:
    """A share over time on an axis from 0, with the band of its intervals; None if no step has enough people."""
    known = [point.interval for point in points if point.interval]
    if not known:
        return None
    ticks = [tick for tick in nice_ticks(0, max(0.05, *(one.high for one in known))) if tick <= 1]
    return _drawn([Step(one.interval, one.whole, one.period) for one in points], ticks, flags, width, height)


def _drawn(
    points: Sequence[Step],
    ticks: list[float],
    flags: Sequence[date],
    width: float,
    height: float,
    whole: tuple[float, float] = (NPS_LOW, NPS_HIGH),
) -> Trend:
    x = Scale(0, max(len(points) - 1, 1), LEFT, width - RIGHT)
    y = Scale(ticks[0], ticks[-1], height - 36, 14)
    scored = runs([point.interval.value if point.interval else None for point in points])
    lows = {i: (x.at(i), y.at(point.interval.low)) for i, point in enumerate(points) if point.interval}
    highs = {i: (x.at(i), y.at(point.interval.high)) for i, point in enumerate(points) if point.interval}
    values = {i: (x.at(i), y.at(point.interval.value)) for i, point in enumerate(points) if point.interval}
    return Trend(
        width=width,
        height=height,
        bands=[_band([highs[i] for i in run], [lows[i] for i in run]) for run in scored],
        lines=[path([values[i] for i in run]) for run in scored if len(run) > 1],
        marks=[_mark(point, x.at(i), values.get(i)) for i, point in enumerate(points)],
        ticks=[(tick, y.at(tick)) for tick in ticks],
        days=[(i, x.at(i), is_minor) for i, is_minor in _labelled(len(points))],
        crop=None if (ticks[0], ticks[-1]) == whole else (ticks[0], ticks[-1]),
        flags=[(number, x.at(place)) for number, place in _flags([point.period for point in points], flags)],
    )


def _flags(periods: Sequence[Period], days: Sequence[date]) -> Iterator[tuple[int, float]]:
    """The number of each day from 1, and where it lies among steps that stand at 0, 1, 2 …; none for days outside."""
    for number, day in enumerate(days, start=1):
        for place, period in enumerate(periods):
            if period.first <= day <= period.last:
                within = (day - period.first).days / period.days
                yield number, min(max(place - 0.5 + within, 0), len(periods) - 1)


def _axis(low: float, high: float, axis: Axis = AXES["nps"]) -> list[float]:
    """Round ticks around the band, at least so far apart in all, and never outside of what the score can be."""
    (least, most), middle, lowest, highest = axis.whole, (low + high) / 2, low, high
    low, high = min(low, middle - axis.least / 2), max(high, middle + axis.least / 2)
    ticks = [tick for tick in nice_ticks(low, high) if least <= tick <= most]
    reaches = len(ticks) > 1 and ticks[0] <= lowest and highest <= ticks[-1]
    return ticks if reaches and high - low <= 0.75 * (most - least) else list(axis.ticks)


def _band(highs: Sequence[tuple[float, float]], lows: Sequence[tuple[float, float]]) -> str:
    """The area of a run; one step alone is a thin bar."""
    if len(highs) == 1:
        (x, top), (_, bottom) = highs[0], lows[0]
        return path([(x - 2, top), (x + 2, top), (x + 2, bottom), (x - 2, bottom)], closed=True)
    return path([*highs, *reversed(lows)], closed=True)


def _mark(point: Step, x: float, place: tuple[float, float] | None) -> Mark:
    return Mark(dot(point.n), x, place[1] if place else None, point.n)


def _labelled(number: int) -> list[tuple[int, bool]]:
    """Which steps have their day below them, evenly spaced; every second one may be hidden on small screens."""
    every = max(1, math.ceil(number / MOST_LABELS))
    return [(i, place % 2 == 1) for place, i in enumerate(range(0, number, every))]
