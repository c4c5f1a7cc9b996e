"""Charts: places computed in Python, drawn by macros that are compared with what they drew before."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask, get_template_attribute

from app.analysis.nps.score import score_interval
from app.analysis.pain_points.frequency import wilson
from app.analysis.types import GroupCounts, Interval
from app.reports import charts
from app.reports.beside import ShareStep
from app.reports.charts import Scale
from app.reports.filters import Period
from app.reports.report import TrendPoint

GOLDEN = Path(__file__).parent / "golden"


def point(week: int, promoters: int, passives: int, detractors: int) -> TrendPoint:
    counts = GroupCounts(promoters, passives, detractors)
    first = date(2026, 8, 3) + timedelta(weeks=week)
    return TrendPoint(
        Period(first, first + timedelta(days=6)), counts, score_interval(counts) if counts.n >= 5 else None
    )


TREND = [point(0, 50, 30, 20), point(1, 45, 30, 25), point(2, 0, 0, 0), point(3, 2, 1, 0), point(4, 4, 2, 1)]
SHARES = [
    ShareStep(one.period, part, whole, wilson(part, whole) if whole >= 5 else None)
    for one, (part, whole) in zip(TREND, [(5, 50), (12, 60), (0, 0), (1, 3), (4, 7)], strict=True)
]
DRAWN = {
    "stacked_bar": ("stacked_bar", (500, 300, 200)),
    "stacked_bar_of_one_group": ("stacked_bar", (5, 0, 0)),
    "stacked_bar_of_nobody": ("stacked_bar", (0, 0, 0)),
    "paired_bars": ("paired_bars", (0.22, 0.375)),
    "paired_bars_of_one_group": ("paired_bars", (0.0, 1.0)),
    "sparkline": ("sparkline", ((0.1, None, 0.2, 0.25, 0.0, None, None, 0.3),)),
    "sparkline_of_nothing": ("sparkline", ((None, None, None),)),
    "histogram": ("histogram", ((0, 0, 0, 80, 0, 0, 0, 100, 0, 0, 150),)),
    "trend": ("trend", (TREND, "NPS fell & rose", "trend-title")),
    "trend_with_flags": ("trend", (TREND, "NPS fell & rose", "trend-title", [date(2026, 8, 12), date(2025, 1, 1)])),
    "share_trend": ("share_trend", (SHARES, "29 % raise it", "share-title")),
    "whisker": ("whisker", (score_interval(GroupCounts(5, 1, 1)), 7, (-100.0, 100.0))),
    "whisker_beside_zero": ("whisker", (score_interval(GroupCounts(50, 10, 10)), 70, (20.0, 80.0))),
    "plain_bar": ("plain_bar", ("first", 0.1, 0.4)),
    "plain_bar_of_nobody": ("plain_bar", ("second", 0.0, 0.4)),
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.usefixtures("app")
def test_a_macro_draws_what_it_drew_before(app: Flask, name: str) -> None:
    macro, values = DRAWN[name]
    with app.test_request_context():
        drawn = str(get_template_attribute("charts.html", macro)(*values)).strip() + "\n"

    ElementTree.fromstring(f"<svg>{drawn}</svg>")  # noqa: S314 - our own output
    assert drawn == (GOLDEN / f"{name}.svg").read_text("utf-8")


@pytest.mark.parametrize("name", DRAWN)
def test_no_chart_needs_more_than_the_policy_allows(name: str) -> None:
    drawn = (GOLDEN / f"{name}.svg").read_text("utf-8")

    assert "style=" not in drawn
    assert "<script" not in drawn
    assert 'aria-hidden="true"' in drawn or 'role="img"' in drawn


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, [0, 5, 10]),
        (-3, 48, [-20, 0, 20, 40, 60]),
        (-100, 100, [-100, -50, 0, 50, 100]),
        (21, 29, [20, 22, 24, 26, 28, 30]),
    ],
)
def test_ticks_are_round_and_reach_around_the_values(low: float, high: float, ticks: list[float]) -> None:
    assert charts.nice_ticks(low, high) == ticks


def test_a_scale_turns_values_into_places_with_one_decimal() -> None:
    assert Scale(-100, 100, 200, 0).at(33.333) == 66.7


def test_the_axis_is_cropped_to_the_band_but_never_beyond_what_an_nps_can_be() -> None:
    shown = charts.trend([point(0, 500, 300, 200), point(1, 480, 300, 220)])
    everything = charts.trend([point(0, 5, 0, 0), point(1, 0, 0, 5)])

    assert shown is not None
    assert shown.crop is not None
    assert shown.crop[1] - shown.crop[0] <= 60
    assert everything is not None
    assert everything.crop is None


def test_a_line_has_a_gap_where_nobody_answered() -> None:
    shown = charts.trend(TREND)

    assert shown is not None
    assert len(shown.lines) == 1
    assert len(shown.bands) == 2
    assert [mark.kind for mark in shown.marks] == ["filled", "filled", "gap", "count", "hollow"]
    assert [mark.y is None for mark in shown.marks] == [False, False, True, True, False]


def test_without_a_score_there_is_no_trend() -> None:
    assert charts.trend([point(0, 2, 1, 1)]) is None
    assert charts.trend([]) is None


def test_the_groups_of_a_bar_fill_it_without_overlapping() -> None:
    parts = charts.segments(GroupCounts(1, 1, 1), 600)

    assert [part.group for part in parts] == ["detractor", "passive", "promoter"]
    assert [part.x for part in parts] == [0, 200, 400]
    assert sum(part.width for part in parts) == 600


def test_a_share_is_drawn_from_zero_with_a_gap_where_too_few_commented() -> None:
    shown = charts.share_trend(SHARES)

    assert shown is not None
    assert shown.ticks[0][0] == 0
    assert shown.ticks[-1][0] <= 1
    assert [mark.kind for mark in shown.marks] == ["filled", "filled", "gap", "count", "hollow"]
    assert len(shown.lines) == 1
    assert charts.share_trend(SHARES[2:4]) is None


@pytest.mark.parametrize(
    ("day", "place"),
    [(date(2026, 8, 3), 0.0), (date(2026, 8, 10), 0.5), (date(2026, 9, 6), 4.0), (date(2026, 9, 7), None)],
)
def test_a_day_is_marked_where_its_step_lies(day: date, place: float | None) -> None:
    shown = charts.trend(TREND, [day])

    assert shown is not None
    width = 640 - charts.LEFT - charts.RIGHT
    placed = [round((x - charts.LEFT) / width * 4, 1) for _, x in shown.flags]
    assert placed == ([] if place is None else [pytest.approx(place, abs=0.4)])


def test_scores_beside_each_other_share_one_line() -> None:
    intervals = [Interval(30, 20, 40), None, Interval(60, 55, 65)]

    assert charts.line_of(intervals) == (20.0, 80.0)
    assert charts.line_of([None]) == (-100.0, 100.0)
    assert charts.whisker(None, 3, (-100, 100)) is None
