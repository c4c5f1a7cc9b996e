"""The health of a customer: parts that add up, in a table and for whatever facts there can be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.customers.health import Facts, health

facts = st.builds(
    Facts,
    latest=st.floats(0, 10),
    change=st.none() | st.floats(-10, 10),
    open_pain_points=st.integers(0, 40),
    case=st.sampled_from(["none", "open", "overdue"]),
    days=st.integers(0, 5_000),
)


@pytest.mark.parametrize(
    ("known", "score", "parts"),
    [
        (Facts(10), 100, {"score": 100}),
        (Facts(0), 0, {}),
        (Facts(9, change=0), 90, {"score": 90}),
        (Facts(7, change=-2), 66, {"score": 70, "change": -4}),
        (Facts(7, change=2), 74, {"score": 70, "change": 4}),
        (Facts(9, change=-9), 80, {"score": 90, "change": -10}),
        (Facts(10, change=4), 100, {"score": 100, "change": 8, "limit": -8}),
        (Facts(6, open_pain_points=2), 54, {"score": 60, "pain points": -6}),
        (Facts(6, open_pain_points=9), 45, {"score": 60, "pain points": -15}),
        (Facts(5, case="open"), 45, {"score": 50, "case": -5}),
        (Facts(5, case="overdue"), 40, {"score": 50, "case": -10}),
        (Facts(8, days=90), 80, {"score": 80}),
        (Facts(8, days=119), 80, {"score": 80}),
        (Facts(8, days=120), 79, {"score": 80, "silence": -1}),
        (Facts(8, days=4_000), 70, {"score": 80, "silence": -10}),
        (Facts(6, -2, 2, "overdue", 120), 39,
         {"score": 60, "change": -4, "pain points": -6, "case": -10, "silence": -1}),
        (Facts(1, -5, 3, "overdue"), 0,
         {"score": 10, "change": -10, "pain points": -9, "case": -10, "limit": 19}),
        (Facts(6.25), 63, {"score": 63}),
        (Facts(5, change=0.25), 51, {"score": 50, "change": 1}),
        (Facts(5, change=-0.25), 49, {"score": 50, "change": -1}),
    ],
    ids=str,
)  # fmt: skip
def test_each_fact_adds_or_takes_off_whole_points(known: Facts, score: int, parts: dict[str, int]) -> None:
    found = health(known)

    assert found
    assert found.score == score
    assert {part.name: part.points for part in found.parts if part.points} == parts


def test_without_an_answer_there_is_no_health_and_not_0() -> None:
    assert health(None) is None


@given(facts)
def test_it_lies_between_0_and_100_and_is_the_sum_of_its_parts(known: Facts) -> None:
    found = health(known)

    assert found
    assert 0 <= found.score <= 100
    assert sum(part.points for part in found.parts) == found.score
    assert [part.name for part in found.parts] == ["score", "change", "pain points", "case", "silence", "limit"]


@given(facts, st.floats(0, 10))
def test_a_higher_score_is_never_less_healthy(known: Facts, other: float) -> None:
    low, high = sorted((known.latest, other))

    assert health(replace(known, latest=low)).score <= health(replace(known, latest=high)).score  # type: ignore[union-attr]


@given(facts, st.integers(0, 10), st.integers(0, 1_000))
def test_more_to_complain_about_and_more_silence_are_never_healthier(known: Facts, more: int, days: int) -> None:
    worse = replace(known, open_pain_points=known.open_pain_points + more, days=known.days + days)

    assert health(worse).score <= health(known).score  # type: ignore[union-attr]


@given(facts)
def test_an_overdue_case_is_worse_than_an_open_one_and_that_than_none(known: Facts) -> None:
    scores = [health(replace(known, case=case)).score for case in ("overdue", "open", "none")]  # type: ignore[union-attr, arg-type]

    assert scores == sorted(scores)


@pytest.mark.parametrize(
    "wrong",
    [Facts(11), Facts(-1), Facts(float("nan")), Facts(5, 11), Facts(5, 0, -1), Facts(5, days=-1)],
    ids=str,
)
def test_facts_that_cannot_be_are_refused(wrong: Facts) -> None:
    with pytest.raises(ValueError, match="facts of a customer"):
        health(wrong)
