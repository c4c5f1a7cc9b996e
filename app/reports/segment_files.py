"""Segments and comparisons for files: JSON with everything unrounded, tables with a column for each number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.analysis.nps.change import Change
from app.analysis.pain_points.trend import Share, ShareChange
from app.analysis.types import GroupCounts, Interval
from app.reports.filters import Period
from app.reports.segments import ComparedPoint, Comparison, Segment, Segments, Side

SEGMENT_COLUMNS = (
    "value", "n", "promoters", "passives", "detractors", "nps", "nps_low", "nps_high", "detractor_share",
    "difference_to_rest", "difference_low", "difference_high", "p", "standing",
    "commenters", "first_pain_point", "first_pain_point_people", "first_pain_point_of", "value_at_risk",
)  # fmt: skip
COMPARISON_COLUMNS = (
    "id", "name", "first_people", "first_of", "first_share", "first_low", "first_high",
    "second_people", "second_of", "second_share", "second_low", "second_high",
    "difference", "difference_low", "difference_high", "p", "more",
)  # fmt: skip


def segments_json(told: Segments) -> dict[str, Any]:
    """All segments; null where there is nothing to compute from."""
    return {
        "survey": {"key": told.survey.key, "name": told.survey.name, "kind": told.survey.kind},
        "period": _days(told.period),
        "by": told.by,
        "nps": {**_interval(told.interval), **_counts(told.everybody)},
        "without_value": told.unknown,
        "value_is": "monthly revenue" if told.is_monthly else "value at risk",
        "segments": [_segment(row) for row in told.rows],
    }


def _segment(row: Segment) -> dict[str, Any]:
    return {
        "value": row.value,
        "nps": {**_interval(row.interval), **_counts(row.counts)},
        "against_rest": {
            **_tested(row.against.difference if row.against and row.interval else None),
            "standing": row.standing,
        },
        "comments": _counts(row.comments),
        "pain_points": [{"id": one.id, "name": one.name, **_share(one.share)} for one in row.top],
        "value_at_risk": row.worth,
    }


def comparison_json(told: Comparison) -> dict[str, Any]:
    """Both sides, what differs, and how sure that is."""
    return {
        "survey": {"key": told.survey.key, "name": told.survey.name, "kind": told.survey.kind},
        "by": told.by,
        "first": _side(told.first),
        "second": _side(told.second),
        "difference": {**_tested(told.difference), "verdict": told.verdict},
        "pain_points": [_point(row) for row in told.rows],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "label": side.label,
        "filters": side.filters.query(),
        "period": _days(side.period),
        "nps": {**_interval(side.interval), **_counts(side.counts)},
        "comments": _counts(side.comments),
    }


def _point(row: ComparedPoint) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "first": {**_share(row.first), **_ends(row.first_interval)},
        "second": {**_share(row.second), **_ends(row.second_interval)},
        "difference": {**_tested(row.tested.difference), "more": row.tested.more},
    }


def _days(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _counts(counts: GroupCounts) -> dict[str, float]:
    groups = {"promoters": counts.promoters, "passives": counts.passives, "detractors": counts.detractors}
    return {**groups, "n": counts.n}


def _interval(interval: Interval | None) -> dict[str, float | None]:
    return {name: getattr(interval, name, None) for name in ("value", "low", "high")}


def _ends(interval: Interval | None) -> dict[str, float | None]:
    return {name: getattr(interval, name, None) for name in ("low", "high")}


def _share(share: Share) -> dict[str, float | None]:
    return {"people": share.part, "of": share.whole, "share": share.part / share.whole if share.whole else None}


def _tested(found: Change | ShareChange | None) -> dict[str, float | None]:
    return {name: getattr(found, name, None) for name in ("value", "low", "high", "p")}


def segment_rows(told: Segments) -> list[Sequence[Any]]:
    """One row for each segment, under `SEGMENT_COLUMNS`."""
    return [_segment_cells(row) for row in told.rows]


def _segment_cells(row: Segment) -> Sequence[Any]:
    counts, first = row.counts, row.top[0] if row.top else None
    found = row.against.difference if row.against and row.interval else None
    return (
        row.value, counts.n, counts.promoters, counts.passives, counts.detractors,
        *_interval(row.interval).values(), counts.detractors / counts.n, *_tested(found).values(), row.standing,
        row.comments.n, first.name if first else None, first.share.part if first else None,
        first.share.whole if first else None, row.worth,
    )  # fmt: skip


def comparison_rows(told: Comparison) -> list[Sequence[Any]]:
    """One row for each pain point, under `COMPARISON_COLUMNS`."""
    return [_point_cells(row) for row in told.rows]


def _point_cells(row: ComparedPoint) -> Sequence[Any]:
    sides = ((row.first, row.first_interval), (row.second, row.second_interval))
    numbers = [cell for share, ends in sides for cell in (*_share(share).values(), *_ends(ends).values())]
    return (row.id, row.name, *numbers, *_tested(row.tested.difference).values(), row.tested.more)
