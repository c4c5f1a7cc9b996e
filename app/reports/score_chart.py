"""The answers of one customer over time, as places in a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.analysis.metrics import NPS, Metric
from app.analysis.types import Group
from app.reports.charts import Scale, path

WIDTH, HEIGHT = 480.0, 140.0
LEFT, RIGHT, TOP, BOTTOM = 26.0, 8.0, 8.0, 22.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One answer."""

    x: float
    y: float
    group: Group


@dataclass(frozen=True, slots=True)
class Drawing:
    """Dots in the order of time, a line through them for one person, and the lines between the groups."""

    line: str
    dots: list[Dot]
    borders: list[float]
    ticks: list[tuple[int, float]]
    first: datetime
    last: datetime


def draw(answers: Sequence[tuple[datetime, int]], *, is_one_person: bool, metric: Metric = NPS) -> Drawing | None:
    """The scores over time, the oldest first; None where one or none would draw nothing."""
    if len(answers) < 2:
        return None
    every = sorted(answers)
    first, last = every[0][0], every[-1][0]
    x = Scale(0, max((last - first).total_seconds(), 1), LEFT, WIDTH - RIGHT)
    y = Scale(metric.low, metric.high, HEIGHT - BOTTOM, TOP)
    dots = [Dot(x.at((at - first).total_seconds()), y.at(score), metric.group_of(score)) for at, score in every]
    line = path((dot.x, dot.y) for dot in dots) if is_one_person else ""
    borders = [y.at(metric.middle - 0.5), y.at(metric.top - 0.5)]
    ticks = [(tick, y.at(tick)) for tick in (metric.low, (metric.low + metric.high) // 2, metric.high)]
    return Drawing(line, dots, borders, ticks, first, last)
