"""What is kept of comparisons."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.extensions import db
from app.models import Survey
from app.reports.filters import Filters
from app.services import comparisons, responses, surveys
from app.services.comparisons import Sides
from app.services.responses import Answer
from tests.rows import NOON

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def survey() -> Survey:
    made = surveys.create("shop", "Shop")
    for place, plan in enumerate(("free", "free", "team")):
        say(made, place, plan)
    return made


def say(survey: Survey, place: int, plan: str) -> None:
    answer = Answer(f"n{place}", 2, "api", attributes={"plan": plan}, created_at=NOON)
    responses.record(survey.id, answer)


def plans(survey: Survey, **filters: str) -> Sequence[tuple[str, float]]:
    db.session.rollback()
    return comparisons.values(survey, Filters(**filters), "attr.plan", NOON)  # type: ignore[arg-type]


def test_values_are_counted_once_until_an_answer_comes(survey: Survey) -> None:
    first = plans(survey)

    assert plans(survey) is first
    assert first == [("free", 2), ("team", 1)]

    for place in (3, 4):
        say(survey, place, "team")
    assert plans(survey) == [("team", 3), ("free", 2)]


def test_values_of_one_view_are_not_those_of_another(survey: Survey) -> None:
    assert plans(survey)
    assert plans(survey, touchpoint="checkout") == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("", ""), ("free", "team")),
        (("team", ""), ("team", "free")),
        (("", "free"), ("team", "free")),
        (("gone", "team"), ("gone", "team")),
    ],
)
def test_sides_that_nobody_chose_are_the_commonest(
    survey: Survey, asked: tuple[str, str], found: tuple[str, str]
) -> None:
    assert comparisons.chosen(survey, Filters(), Sides("attr.plan", *asked), NOON) == Sides("attr.plan", *found)
