"""When a case opens, and when it closes and opens again by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.extensions import db
from app.importers.rows import Row
from app.models import Case, CaseEntry, Survey, now
from app.services import case_changes, case_settings, erasure, imports, quarantine, responses, surveys, triages
from app.services.responses import Answer
from tests.services.test_erasure import places

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def survey() -> Survey:
    return surveys.create("shop", "Shop")


def answer(survey: Survey, score: int = 3, source: str = "widget", nonce: str = "n1", **more: object) -> int:
    return responses.record(survey.id, Answer(nonce, score, source, **more)).response_id  # type: ignore[arg-type]


def case() -> Case | None:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalar(sa.select(Case))


def state() -> tuple[str, str | None] | None:
    found = case()
    return (found.state, found.reason) if found else None


@pytest.mark.parametrize(
    ("score", "source", "more", "opens"),
    [
        (0, "widget", {}, True),
        (6, "widget", {}, True),
        (7, "widget", {}, False),
        (3, "api", {}, True),
        (3, "import", {}, False),
        (3, "demo", {}, False),
        (3, "import", {"opens_case": True}, True),
        (3, "api", {"days": 29}, True),
        (3, "api", {"days": 31}, False),
        (3, "widget", {"quarantine": "honeypot"}, False),
    ],
    ids=str,
)
def test_a_low_score_that_is_news_opens_a_case(
    survey: Survey, score: int, source: str, more: dict[str, object], opens: bool
) -> None:
    days = int(str(more.get("days", 0)))
    given = {name: value for name, value in more.items() if name != "days"}

    answer(survey, score, source, created_at=now() - timedelta(days=days), **given)

    assert (case() is not None) is opens


def test_it_is_to_be_contacted_within_the_days_of_the_survey(survey: Survey) -> None:
    answer(survey)

    found = case()
    assert found
    assert (found.state, found.version, found.first_contact_at) == ("open", 1, None)
    assert found.due_on == now().date() + timedelta(days=2)


@pytest.mark.parametrize(
    ("settings", "score", "due"),
    [
        ({"opens_cases": False}, 3, None),
        ({"case_threshold": 2}, 3, None),
        ({"case_threshold": 8}, 8, 2),
        ({"contact_days": 0}, 3, 0),
    ],
    ids=str,
)
def test_the_survey_says_which_and_how_soon(
    survey: Survey, settings: dict[str, object], score: int, due: int | None
) -> None:
    case_settings.configure("shop", settings)

    answer(survey, score)

    found = case()
    assert (found.due_on if found else None) == (None if due is None else now().date() + timedelta(days=due))


def test_two_presses_of_one_answer_are_one_case(survey: Survey) -> None:
    answer(survey)
    answer(survey)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 1


def test_who_raises_the_score_before_anybody_was_in_touch_needs_no_follow_up(survey: Survey) -> None:
    answered = answer(survey, 2)

    responses.change(survey.id, answered, score=4, comment="a bit better")
    assert state() == ("open", None)
    responses.change(survey.id, answered, score=8, comment="better")
    assert state() == ("closed", "score raised")
    assert case().closed_at  # type: ignore[union-attr]
    responses.correct(survey.id, answered, score=1, comment="no, worse")
    assert state() == ("open", None)
    assert case().closed_at is None  # type: ignore[union-attr]
    assert [entry.made_by for entry in db.session.scalars(sa.select(CaseEntry))] == ["Whyscore", "Whyscore"]


def test_a_case_of_a_passive_is_not_closed_by_a_better_score(survey: Survey) -> None:
    answered = answer(survey, 7)
    triages.mark(survey, "ann@example.com", [answered], "case")

    responses.change(survey.id, answered, score=9, comment="better")

    assert state() == ("open", None)


def test_what_opens_again_is_due_anew_and_says_so(survey: Survey) -> None:
    answered = answer(survey)
    triages.mark(survey, "ann@example.com", [answered], "test")

    with time_machine.travel(now() + timedelta(days=10), tick=False):
        triages.mark(survey, "ann@example.com", [answered], "real")
        due = now().date() + timedelta(days=2)

    assert case().due_on == due  # type: ignore[union-attr]
    newest = db.session.scalars(sa.select(CaseEntry.changes).order_by(CaseEntry.id.desc())).first()
    assert newest == {"state": "open", "due_on": due.isoformat()}


@pytest.mark.parametrize(("days", "kept"), [(3, False), (20, True)])
def test_a_next_step_that_is_still_to_come_stays_when_a_case_opens_again(survey: Survey, days: int, kept: bool) -> None:
    answered, step = answer(survey), now().date() + timedelta(days=days)
    case_changes.change(survey, "ann@example.com", case().id, {"contact": True, "due_on": step})  # type: ignore[union-attr]
    triages.mark(survey, "ann@example.com", [answered], "test")

    with time_machine.travel(now() + timedelta(days=10), tick=False):
        triages.mark(survey, "ann@example.com", [answered], "real")
        due = step if kept else now().date() + timedelta(days=2)

    assert (state(), case().due_on) == (("in progress", None), due)  # type: ignore[union-attr]


def test_a_day_that_people_set_stays_while_it_is_to_come_though_nobody_was_in_touch(survey: Survey) -> None:
    answered, day = answer(survey), now().date() + timedelta(days=20)
    case_changes.change(survey, "ann@example.com", case().id, {"due_on": day})  # type: ignore[union-attr]

    triages.mark(survey, "ann@example.com", [answered], "test")
    triages.mark(survey, "ann@example.com", [answered], "real")

    assert (state(), case().due_on) == (("open", None), day)  # type: ignore[union-attr]


def test_once_somebody_was_in_touch_people_close_the_case(survey: Survey) -> None:
    answered = answer(survey, 2)
    case_changes.change(survey, "ann@example.com", case().id, {"contact": True})  # type: ignore[union-attr]

    responses.correct(survey.id, answered, score=9, comment="thank you")

    assert state() == ("in progress", None)


def test_who_lowers_the_score_is_followed_up(survey: Survey) -> None:
    answered = answer(survey, 9)

    responses.change(survey.id, answered, score=3, comment=None)

    assert state() == ("open", None)


def test_a_case_that_people_closed_stays_closed(survey: Survey) -> None:
    answered = answer(survey, 3)
    case_changes.change(survey, "ann@example.com", case().id, {"state": "closed", "reason": "no answer"})  # type: ignore[union-attr]

    responses.correct(survey.id, answered, score=1, comment="worse")

    assert state() == ("closed", "no answer")


def test_a_suspicious_answer_opens_one_when_it_is_included_and_closes_it_when_it_is_not(survey: Survey) -> None:
    answered = answer(survey, quarantine="honeypot")

    for decision, expected in (
        ("include", ("open", None)),
        ("exclude", ("closed", "does not count")),
        ("include", ("open", None)),
    ):
        quarantine.decide(survey, "ann@example.com", decision, ids=[answered])
        assert state() == expected


def test_a_test_closes_its_case(survey: Survey) -> None:
    answered = answer(survey)

    triages.mark(survey, "ann@example.com", [answered], "test")
    assert state() == ("closed", "does not count")
    triages.mark(survey, "ann@example.com", [answered], "real")
    assert state() == ("open", None)


def test_an_import_opens_cases_only_when_asked_to(survey: Survey) -> None:
    row = [Row(2, {"score": "2", "external_id": "a"})]

    imports.bring_in(survey, row)
    assert case() is None
    imports.bring_in(survey, [Row(2, {"score": "1", "external_id": "a"})])
    assert case() is None
    imports.bring_in(survey, [Row(2, {"score": "2", "external_id": "b"})], opens_cases=True)
    assert state() == ("open", None)


def test_an_erased_answer_takes_its_case_along_with_every_note(app: Flask, survey: Survey) -> None:
    answered = answer(survey, respondent="user-17")
    number = case().id  # type: ignore[union-attr]
    case_changes.change(survey, "ann@example.com", number, {"note": "Her name is Zwiebelkuchen"})
    assert places(app, "Zwiebelkuchen")

    erasure.erase(survey.id, answered)

    assert places(app, "Zwiebelkuchen") == []
    assert case() is None
    answer(survey, nonce="n2")
    assert case().id > number  # type: ignore[union-attr]
