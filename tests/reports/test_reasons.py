"""Why a comment is listed where it is, in the words of the metric."""

from __future__ import annotations

import pytest

from app.analysis.types import Span
from app.reports import reasons
from app.reports.reasons import MentionReason


@pytest.mark.parametrize(("metric", "says"), [("nps", "a 9 or 10"), ("csat", "a 4 or 5"), ("ces", "5 to 7")])
def test_the_highest_scores_are_those_of_the_metric(metric: str, says: str) -> None:
    reason = MentionReason(Span(0, 4), "slow", "complaint", None, 0.0, "promoter", metric)

    assert reasons.first(reason).startswith(f"Who gives {says} has to complain more clearly")
