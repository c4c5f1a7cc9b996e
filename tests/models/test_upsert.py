"""A row is written once or replaced in one statement, and what was there already stays as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import Heartbeat, Respondent, Response, Survey, Unread
from app.models.transaction import writing
from app.models.upsert import insert, insert_many_once, insert_once, insert_selected_once, put, put_if
from tests import rows
from tests.rows import NOON

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def survey() -> Survey:
    return rows.survey()


def people() -> list[tuple[str, Any]]:
    db.session.rollback()
    query = sa.select(Respondent.subject, Respondent.created_at).order_by(Respondent.subject)
    return [(subject, at) for subject, at in db.session.execute(query)]


def person(survey: Survey, subject: str, **more: Any) -> dict[str, Any]:
    return {"survey_id": survey.id, "subject": subject, **more}


def test_a_row_is_written_once_and_its_key_told_to_whoever_wrote_it(survey: Survey) -> None:
    with writing():
        first = insert_once(Respondent, person(survey, "a", created_at=NOON))
        again = insert_once(Respondent, person(survey, "a", created_at=NOON + timedelta(days=1)))
        other = insert_once(Respondent, person(survey, "b", created_at=NOON))

    assert db.session.scalars(sa.select(Respondent.id).order_by(Respondent.id)).all() == [first, other]
    assert again is None
    assert people() == [("a", NOON), ("b", NOON)]


def test_what_a_column_makes_by_itself_is_made(survey: Survey) -> None:
    with writing():
        first = insert_once(Respondent, person(survey, "a"))
        again = insert_once(Respondent, person(survey, "a"))

    assert first == db.session.scalar(sa.select(Respondent.id))
    assert again is None
    assert people()[0][1] > NOON - timedelta(days=3_650)


def test_many_rows_are_written_and_no_rows_are_no_statement(survey: Survey) -> None:
    with writing():
        insert(Respondent, [person(survey, name, created_at=NOON) for name in "ab"])
        insert(Respondent, [])

    assert people() == [("a", NOON), ("b", NOON)]


def test_of_many_rows_those_that_are_new_are_written(survey: Survey) -> None:
    later = NOON + timedelta(days=1)
    with writing():
        insert_many_once(Respondent, [person(survey, name, created_at=NOON) for name in "ab"])
        insert_many_once(Respondent, [person(survey, name, created_at=later) for name in "bc"])
        insert_many_once(Respondent, [])

    assert people() == [("a", NOON), ("b", NOON), ("c", later)]


def test_what_a_query_finds_is_written_once(survey: Survey) -> None:
    with writing() as session:
        session.add(Response(survey_id=survey.id, nonce="n1", score=3, source="widget"))
        session.flush()
        found = sa.select(Response.survey_id, Response.id, Response.revision).where(Response.counts.is_(True))
        for _ in range(2):
            insert_selected_once(Unread, found)

    assert len(db.session.scalars(sa.select(Unread)).all()) == 1


def test_what_is_put_again_replaces_what_was_there_and_nothing_else(survey: Survey) -> None:
    with writing():
        for name, days in (("web", 0), ("jobs", 0), ("jobs", 1)):
            put(Heartbeat, {"name": name}, {"at": NOON + timedelta(days=days)})

    found = db.session.execute(sa.select(Heartbeat.name, Heartbeat.at).order_by(Heartbeat.name)).all()
    assert [tuple(row) for row in found] == [("jobs", NOON + timedelta(days=1)), ("web", NOON)]


def test_what_is_put_under_a_condition_replaces_only_what_fulfils_it(survey: Survey) -> None:
    later = NOON + timedelta(days=1)
    with writing():
        done = [
            put_if(Heartbeat, {"name": "jobs"}, {"at": at}, Heartbeat.at < NOON + timedelta(hours=1))
            for at in (NOON, later, NOON)
        ]

    assert done == [True, True, False]
    assert db.session.scalars(sa.select(Heartbeat.at)).all() == [later]
