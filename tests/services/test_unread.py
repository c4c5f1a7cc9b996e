"""What is still to be read is known without going through all comments, whatever happened to an answer."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.models import Reading, Survey, Unread, queries
from app.models.transaction import writing
from app.models.unread import needs
from app.services import analyses, erasure, quarantine, responses, surveys, triages
from app.services.responses import Answer

CRASH = "The app keeps crashing"


@pytest.fixture
def survey(app: Flask) -> Survey:
    """A survey whose two comments are read."""
    made = surveys.create("shop", "Shop")
    say(made, "a", CRASH)
    say(made, "b", "Support takes days to answer")
    analyses.run(made.id)
    return made


def say(survey: Survey, nonce: str, comment: str | None, **more: str) -> int:
    """The id of a new answer."""
    return responses.record(survey.id, Answer(nonce, 2, "api", comment, **more)).response_id


def marks() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Unread)) or 0


def to_read(survey: Survey) -> int:
    """How many comments wait: counted by the marks, and by going through all of them."""
    run = queries.current_run(survey.id)
    run_id = run.id if run else None
    by_marks = queries.pending(survey.id, run_id)
    by_all = sa.select(sa.func.count()).where(queries.Response.survey_id == survey.id, *needs(run_id))
    assert by_marks == db.session.scalar(by_all)
    return by_marks


def test_before_the_first_run_every_comment_waits_and_after_it_none(app: Flask) -> None:
    survey = surveys.create("shop", "Shop")
    say(survey, "a", CRASH)
    say(survey, "b", None)
    assert to_read(survey) == 1

    analyses.run(survey.id)
    assert (to_read(survey), marks()) == (0, 0)


def test_a_new_comment_waits_until_it_is_read(survey: Survey) -> None:
    say(survey, "c", "It crashed again")
    assert (to_read(survey), analyses.surveys_with_news()) == (1, [survey.id])

    assert analyses.read_new(survey.id) == 1
    assert (to_read(survey), marks(), analyses.surveys_with_news()) == (0, 0, [])


def test_a_changed_comment_waits_again_and_one_that_was_taken_back_does_not(survey: Survey) -> None:
    responses.correct(survey.id, 1, score=2, comment="It crashes on Mondays")
    responses.correct(survey.id, 2, score=2, comment=None)
    assert to_read(survey) == 1

    analyses.read_new(survey.id)
    assert (to_read(survey), marks()) == (0, 0)


def test_a_comment_that_changes_before_it_is_read_is_read_once(survey: Survey) -> None:
    response = say(survey, "c", CRASH)
    responses.correct(survey.id, response, score=2, comment="It crashed again")

    assert to_read(survey) == 1
    assert analyses.read_new(survey.id) == 1
    assert (to_read(survey), marks()) == (0, 0)


def test_what_is_in_quarantine_waits_from_the_moment_it_counts(survey: Survey) -> None:
    response = say(survey, "c", "It crashed again", quarantine="honeypot")
    assert to_read(survey) == 0

    quarantine.decide(survey, "ann", "include", ids=[response])
    assert to_read(survey) == 1
    quarantine.decide(survey, "ann", "exclude", ids=[response])
    assert to_read(survey) == 0
    quarantine.decide(survey, "ann", "include", ids=[response])
    analyses.read_new(survey.id)
    quarantine.decide(survey, "ann", "exclude", ids=[response])
    quarantine.decide(survey, "ann", "include", ids=[response])
    assert to_read(survey) == 0


def test_a_test_waits_from_the_moment_it_is_none_after_all(survey: Survey) -> None:
    response = say(survey, "c", "It crashed again")
    triages.mark(survey, "ann", [response], "test")
    assert analyses.read_new(survey.id) == 0

    triages.mark(survey, "ann", [response], "real")
    assert to_read(survey) == 1
    analyses.read_new(survey.id)
    assert (to_read(survey), marks()) == (0, 0)


def test_an_erased_comment_waits_no_more(survey: Survey) -> None:
    response = say(survey, "c", "It crashed again")

    erasure.erase(survey.id, response)

    assert (to_read(survey), marks()) == (0, 0)


def test_what_the_old_run_read_while_the_new_one_was_made_waits_for_the_new_one(survey: Survey) -> None:
    def meanwhile(step: str, *_numbers: int) -> None:
        if step == "read":
            responses.correct(survey.id, 1, score=2, comment="It crashes on Mondays")
            assert analyses.read_new(survey.id) == 1
            assert to_read(survey) == 0

    analyses.run(survey.id, meanwhile)

    assert to_read(survey) == 1
    assert analyses.read_new(survey.id) == 1
    assert (to_read(survey), marks()) == (0, 0)


def test_a_run_that_fails_takes_no_mark_away(survey: Survey) -> None:
    def fail(step: str, *_numbers: int) -> None:
        if step == "read":
            raise ArithmeticError

    say(survey, "c", "It crashed again")
    with pytest.raises(ArithmeticError):
        analyses.run(survey.id, fail)

    assert to_read(survey) == 1


def test_marks_that_were_left_behind_do_no_harm_and_go_with_the_next_reading(survey: Survey) -> None:
    with writing() as session:
        session.add(Unread(survey_id=survey.id, response_id=1, revision=1))
    assert to_read(survey) == 0

    say(survey, "c", "It crashed again")
    assert analyses.read_new(survey.id) == 1
    assert marks() == 0


def test_an_answer_whose_transaction_ends_after_a_later_one_is_read_too(app: Flask, survey: Survey) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    is_stored, may_end = threading.Event(), threading.Event()

    def slowly() -> None:
        with app.app_context(), writing():
            responses.store(survey.id, Answer("slow", 2, "api", "It crashed again"))
            is_stored.set()
            may_end.wait(10)

    other = threading.Thread(target=slowly)
    other.start()
    is_stored.wait(10)
    later = say(survey, "later", CRASH)
    assert analyses.read_new(survey.id) == 1
    may_end.set()
    other.join()

    assert to_read(survey) == 1
    assert analyses.read_new(survey.id) == 1
    ids = db.session.scalars(sa.select(Reading.response_id).order_by(Reading.response_id)).all()
    assert ids == [1, 2, later - 1, later]
