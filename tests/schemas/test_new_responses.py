"""The score and the facts of an answer that a program sends: to the last value that is one, and not the next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from marshmallow import ValidationError

from app.schemas.responses import NewResponse

NAMES = (
    "comment", "language", "respondent", "touchpoint", "attributes", "created_at", "external_id", "monthly_revenue",
    "customer_since",
)  # fmt: skip
CHOOSE = ["Choose a number."]
WHOLE = ["Send a whole number, without quotation marks."]


def wrong(**values: Any) -> Any:
    with pytest.raises(ValidationError) as refused:
        NewResponse().load(values)
    return refused.value.messages


@pytest.mark.parametrize("score", range(11))
def test_each_of_the_eleven_numbers_is_a_score(score: int) -> None:
    assert NewResponse().load({"score": score}) == {"score": score}


@pytest.mark.parametrize(
    ("score", "says"),
    [(None, CHOOSE), ("9", WHOLE), (9.0, WHOLE), (9.5, WHOLE), (True, WHOLE), ([9], WHOLE)],
)
def test_what_is_no_score_is_refused_with_what_would_be_one(score: Any, says: list[str]) -> None:
    assert wrong(score=score) == {"score": says}
    assert wrong(comment="Slow") == {"score": CHOOSE}


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("comment", "", ""),
        ("language", "de", "de"),
        ("respondent", "u", "u"),
        ("respondent", "u" * 200, "u" * 200),
        ("touchpoint", "t" * 64, "t" * 64),
        ("external_id", "e" * 200, "e" * 200),
        ("attributes", {"seats": 12}, {"seats": "12"}),
        ("created_at", "2026-11-22T09:30:00Z", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("monthly_revenue", 0, 0.0),
        ("monthly_revenue", 1e12, 1e12),
        ("monthly_revenue", 49.9, 49.9),
        ("customer_since", "2024-05-01", date(2024, 5, 1)),
    ],
)
def test_what_is_said_beside_it_is_kept(name: str, value: Any, kept: Any) -> None:
    assert NewResponse().load({"score": 3, name: value}) == {"score": 3, name: kept}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("comment", 7),
        ("language", "xx"),
        ("language", "deu"),
        ("respondent", ""),
        ("respondent", "u" * 201),
        ("respondent", "a\nb"),
        ("touchpoint", ""),
        ("touchpoint", "t" * 65),
        ("touchpoint", "a\x7fb"),
        ("external_id", ""),
        ("external_id", "e" * 201),
        ("attributes", []),
        ("created_at", "22.11.2026"),
        ("monthly_revenue", -0.01),
        ("monthly_revenue", 1e12 + 1),
        ("monthly_revenue", float("nan")),
        ("monthly_revenue", float("inf")),
        ("monthly_revenue", "much"),
        ("customer_since", "01.05.2024"),
        ("customer_since", "20240501"),
        ("customer_since", "2024-02-30"),
        ("nonce", "n1"),
    ],
)
def test_what_cannot_be_meant_is_named(name: str, value: Any) -> None:
    assert list(wrong(score=3, **{name: value})) == [name]


def test_a_field_that_is_not_known_is_said_to_be_none() -> None:
    assert wrong(score=3, nonce="n1") == {"nonce": ["There is no such field."]}


@pytest.mark.parametrize("name", NAMES)
def test_null_says_the_same_as_leaving_a_field_out(name: str) -> None:
    assert NewResponse().load({"score": 3, name: None}) == {"score": 3}


def test_of_a_body_of_nothing_but_mistakes_twenty_are_named() -> None:
    assert len(wrong(**{f"field{number}": 1 for number in range(20)})) == 21
    assert wrong(**{f"field{number}": 1 for number in range(21)}) == {"_schema": ["Send at most 20 fields."]}
    assert NewResponse().load({"score": 3}) == {"score": 3}


@pytest.mark.parametrize("body", [[], [{"score": 3}], "score", 7, None])
def test_a_body_is_one_object(body: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        NewResponse().load(body)

    assert refused.value.messages == {"_schema": ["Send one JSON object."]}
