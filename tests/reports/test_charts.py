"""Charts: places computed in Python, drawn by macros that are compared with what they drew before."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask, get_template_attribute

from app.analysis.nps.score import score_interval
from app.analysis.types import GroupCounts
from app.reports import charts
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
