"""Looking through the answers: marks, and tests that leave every number."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.errors import Invalid
from app.extensions import db
from app.models import Event, Response, Survey, Triage, listings, now
from app.models.counts import quarantined_by_survey, responses_by_group
from app.reports.filters import Filters
from app.services import catalogues, customers, erasure, exports, quarantine, reports, triages, values
from tests import rows
from tests.rows import NOON, Raised, Said

pytestmark = pytest.mark.usefixtures("app")
ANN = "ann@example.com"


def said(score: int = 3, **more: Any) -> Said:
    return Said(score, "nobody answers", [Raised("support", "nobody answers")], **more)


@pytest.fixture
def survey() -> Survey:
    made = rows.survey()
    rows.store(made, [said(person=f"user-{number}", more={"monthly_revenue": 1.0}) for number in range(40)])
    return values.set_lifetimes("shop", "EUR", values.Lifetimes(10))


def shown(survey: Survey, which: str | None = None, **filters: Any) -> list[int]:
    return [one.response.id for one in triages.page(survey, Filters(**filters), which, 100).answers]


def mark(survey: Survey, what: str, *ids: int) -> int:
    return triages.mark(survey, ANN, ids, what)


def test_an_answer_is_new_until_somebody_marks_it(survey: Survey) -> None:
    mark(survey, "read", 40, 39)
    mark(survey, "done", 39)
    mark(survey, "archived", 38)

    assert shown(survey, "read") == [40]
    assert shown(survey, "done") == [39]
    assert shown(survey, "archived") == [38]
    assert shown(survey, "new") == [*range(37, 0, -1)]
    assert shown(survey) == [40, 39, *range(37, 0, -1)]
    mark(survey, "new", 40)
    assert 40 in shown(survey, "new")


def test_what_is_archived_still_counts(survey: Survey) -> None:
    mark(survey, "archived", 1)

    assert reports.build(survey, Filters(), NOON).score.counts.n == 40


def test_a_test_leaves_every_number_and_comes_back(survey: Survey) -> None:
    def numbers() -> list[object]:
        db.session.rollback()
        report = reports.build(survey, Filters(), NOON)
        point = report.ranked[0]
        return [
            report.score.counts.n, report.comments.n, point.numbers.counts.n, report.value_at_risk.amount,  # type: ignore[union-attr]
            reports.score(survey, NOON).counts.n, catalogues.one(survey, "support").people,
            len(customers.overview(survey, now()).customers), sum(n for _, _, n in responses_by_group()),
            len(shown(survey)),
        ]  # fmt: skip

    before = numbers()
    assert before == [40, 40, 40, 400.0, 40, 40, 40, 40, 40]

    mark(survey, "test", 7)
    assert numbers() == [39, 39, 39, 390.0, 39, 39, 39, 39, 39]
    assert shown(survey, "test") == [7]
    mark(survey, "test", 7)
    mark(survey, "real", 7)
    assert numbers() == before


def test_the_export_marks_a_test_as_not_counted(survey: Survey) -> None:
    mark(survey, "test", 7)

    lines = [line.rstrip().rsplit(",", 1)[-1] for line in exports.lines(survey, "csv")]

    assert lines.count('"no"') == 1


def test_a_suspicious_answer_that_was_a_test_waits_no_more_and_is_not_included_by_mistake(survey: Survey) -> None:
    rows.store(survey, [said(more={"quarantine": "honeypot", "counts": False})])
    mark(survey, "test", 41)

    assert quarantine.waiting(survey.id) == {}
    assert dict(quarantined_by_survey()) == {"shop": 0}
    assert quarantine.decide(survey, ANN, "include", reason="honeypot") == 0
    mark(survey, "real", 41)
    assert quarantine.waiting(survey.id) == {"honeypot": 1}
    quarantine.decide(survey, ANN, "include", ids=[41])
    mark(survey, "test", 41)
    mark(survey, "real", 41)
    assert db.session.get_one(Response, 41).counts


def test_the_outbox_is_told_of_what_stops_counting_and_of_nothing_else(survey: Survey) -> None:
    mark(survey, "read", 1)
    mark(survey, "archived", 1)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0

    mark(survey, "test", 1)

    body = db.session.scalars(sa.select(Event.body)).one()
    assert b'"quarantine":"test"' in body


def test_an_open_case_is_made_for_each_that_has_none(survey: Survey) -> None:
    mark(survey, "case", 1, 2)
    mark(survey, "case", 2, 3)

    page = triages.page(survey, Filters(), None, 100)
    assert {one.response.id for one in page.answers if one.case_id} == {1, 2, 3}


@pytest.mark.parametrize(
    ("ids", "what"), [((), "read"), ((1,), "shredded"), ((1, 4711), "read"), (tuple(range(1, 300)), "read")], ids=ascii
)
def test_all_that_are_named_are_marked_or_none(survey: Survey, ids: tuple[int, ...], what: str) -> None:
    with pytest.raises(Invalid):
        mark(survey, what, *ids)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Triage)) == 0


def test_filters_narrow_the_list_and_a_handful_keeps_its_words(survey: Survey) -> None:
    rows.store(survey, [Said(9, "Danke", language="de")])

    page = triages.page(survey, Filters(language="de"), None, 10)

    assert page.is_withheld
    assert [one.response.comment for one in page.answers] == [None]


def test_pages_follow_each_other_without_a_gap(survey: Survey) -> None:
    found, after = [], None
    while True:
        page = triages.page(survey, Filters(), None, 7, after)
        found += [one.response.id for one in page.answers]
        after = page.next
        if after is None:
            break

    assert found == list(range(40, 0, -1))


def test_an_erased_answer_takes_its_mark_along(survey: Survey) -> None:
    mark(survey, "done", 1)

    erasure.erase(survey.id, 1)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Triage)) == 0
    assert listings.current_run_id(db.session.connection(), survey.id)
