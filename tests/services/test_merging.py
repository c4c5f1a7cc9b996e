"""Merged, hidden and pinned pain points: what the readers of a report see, on both databases."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import PainPoint, Survey
from app.models.transaction import writing
from app.reports import exports as files
from app.reports.filters import Filters
from app.reports.report import Report
from app.services import evidence, exports, reports
from tests import rows
from tests.rows import NOON, Raised, Said

pytestmark = pytest.mark.usefixtures("app")
BOTH = "slow and dear"


@pytest.fixture
def survey() -> Survey:
    """Forty detractors: ten raise both, twenty slow support, ten the price."""
    made = rows.survey()
    slow, dear = Raised("support", "slow"), Raised("pricing", "dear", confidence=0.9)
    said = [Said(3, BOTH, [slow, dear])] * 10 + [Said(3, BOTH, [slow])] * 20 + [Said(3, BOTH, [dear])] * 10
    rows.store(made, said)
    return made


def mark(key: str, **values: Any) -> None:
    with writing() as session:
        session.execute(sa.update(PainPoint).where(PainPoint.key == key).values(**values))


def id_of(key: str) -> int:
    return db.session.scalars(sa.select(PainPoint.id).where(PainPoint.key == key)).one()


def report(survey: Survey) -> Report:
    return reports.build(survey, Filters(), NOON)


def test_of_a_merged_pain_point_whoever_raised_both_counts_once(survey: Survey) -> None:
    mark("pricing", merged_into_id=id_of("support"))

    shown = report(survey)

    assert [(row.id, row.numbers.counts.others) for row in shown.ranked] == [("support", 40)]
    assert shown.ranked[0].weeks[-1] == 1.0
    assert len(shown.ranked[0].examples) == 3
    assert shown.unassigned == 0


def test_the_evidence_of_the_target_holds_the_words_of_both(survey: Survey) -> None:
    mark("pricing", merged_into_id=id_of("support"))

    shown = evidence.build(survey, "support", Filters(), NOON, evidence.Reading(order="strongest"))

    assert shown.comments.number == 40
    assert not any(one.others for one in shown.comments.spoken)
    assert len({mark for one in shown.comments.spoken for mark in one.marks}) == 2


def test_files_and_lists_name_the_target(survey: Survey) -> None:
    mark("pricing", merged_into_id=id_of("support"))

    lines = [json.loads(line) for line in exports.lines(survey, "jsonl")]

    assert {point["id"] for line in lines for point in line["pain_points"]} == {"support"}
    assert {mention["pain_point"] for line in lines for mention in line["mentions"]} == {"support"}


def test_a_given_name_stands_in_every_language(survey: Survey) -> None:
    mark("support", named="Answer at once")

    german = reports.build(survey, Filters(), NOON, "de")

    assert "Answer at once" in [row.name for row in german.ranked]
    assert "Answer at once" in "".join(exports.lines(survey, "csv"))


def test_a_hidden_pain_point_is_nowhere_and_gives_its_comments_to_nobody(survey: Survey) -> None:
    before = {row.id: row.numbers.counts for row in report(survey).ranked}
    mark("pricing", is_hidden=True)

    shown = report(survey)

    assert {row.id: row.numbers.counts for row in shown.pain_points} == {"support": before["support"]}
    assert (shown.unassigned, shown.hidden, shown.comments.n) == (0, 1, 40)
    spoken = evidence.build(survey, "support", Filters(), NOON, evidence.Reading()).comments.spoken
    assert not any(one.others for one in spoken)


def test_a_pinned_one_is_listed_though_nobody_raises_it(survey: Survey) -> None:
    before = report(survey)
    mark("mobile", is_pinned=True)

    shown = report(survey)

    assert [row.id for row in shown.table] == [*(row.id for row in before.ranked), "mobile"]
    assert shown.ranked == before.ranked
    assert shown.report_overlap == before.report_overlap
    assert '"mobile"' in files.as_csv(shown)
