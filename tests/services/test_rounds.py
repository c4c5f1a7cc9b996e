"""A round of telling: everything that is due, and no failure keeps the rest."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.models import AlertRule, Survey
from app.models.transaction import writing
from app.services import rounds
from tests import rows
from tests.services.telling import DAY, NOON, answers, channel, rule, told


@pytest.fixture
def survey(app: Flask) -> Survey:
    survey = rows.survey()
    rows.store(survey, answers((40, 0, 0), NOON.date() - 10 * DAY))
    return survey


def test_a_rule_that_cannot_be_checked_does_not_keep_the_others(survey: Survey) -> None:
    broken = rule(survey, "survey.quiet", channel(survey))
    rule(survey, "survey.quiet", channel(survey, "two@example.com"))
    with writing() as session:
        session.execute(sa.update(AlertRule).where(AlertRule.id == broken.id).values(query="from=yesterday"))

    with pytest.raises(Exception, match="from"):
        rounds.go(NOON)

    assert [address for address, _ in told()] == ["two@example.com"]


def test_a_round_with_nothing_to_do_writes_nothing(survey: Survey) -> None:
    assert rounds.go(NOON) == 0
