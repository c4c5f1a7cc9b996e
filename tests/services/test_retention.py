"""Retention: what has had its time goes by itself, the words first, and nothing else does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import importers, jobs
from app.errors import Invalid
from app.extensions import db
from app.models import AuditEntry, Correction, MentionRow, Response, ResponseRevision, Survey, now
from app.models.transaction import writing
from app.reports.filters import Filters
from app.services import analyses, catalogue_changes, imports, reports, responses, retention, surveys
from app.services.places import Place
from app.services.responses import Answer
from tests import rows
from tests.pages.reader import Seen, ann, browser

WORDS = "The app keeps crashing"
OLDER = "Nobody answers the phone"


@pytest.fixture
def survey(app: Flask) -> Survey:
    return rows.survey()


def answered(survey: Survey, nonce: str, months_ago: float, comment: str | None = WORDS, person: str = "") -> int:
    """An answer that came so long ago."""
    given = Answer(nonce, 3, "widget", comment, "en", respondent=person or None, is_complete=True)
    stored = responses.record(survey.id, given).response_id
    long_ago = now() - months_ago * retention.MONTH
    with writing() as session:
        session.execute(
            sa.update(Response).where(Response.id == stored).values(created_at=long_ago, updated_at=long_ago)
        )
    return stored


def kept() -> list[tuple[int, str | None]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(sa.select(Response.id, Response.comment).order_by(Response.id))]


@pytest.mark.usefixtures("app")
def test_a_new_survey_keeps_comments_for_two_years_and_scores_for_good() -> None:
    made = surveys.create("new", "New")

    assert (made.comments_months, made.answers_months) == (24, None)


def test_a_comment_goes_after_its_time_and_the_score_stays(survey: Survey) -> None:
    old, young = answered(survey, "n1", 25), answered(survey, "n2", 23)

    gone = retention.apply(survey, now())

    assert gone == retention.Due(answers=0, comments=1)
    assert kept() == [(old, None), (young, WORDS)]
    assert reports.build(survey, Filters(), now()).score.counts.n == 2


def test_what_was_read_out_of_it_goes_with_it(survey: Survey) -> None:
    old, _ = answered(survey, "n1", 25), answered(survey, "n2", 1)
    analyses.run(survey.id)

    retention.apply(survey, now())

    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).where(MentionRow.response_id == old)) == 0
    report = reports.build(survey, Filters(), now())
    assert report.comments.n == 1
    analyses.run(survey.id)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).where(MentionRow.response_id == old)) == 0


def test_what_the_comment_said_before_it_was_changed_goes_too(survey: Survey) -> None:
    stored = responses.record(survey.id, Answer("n1", 3, "widget", OLDER, "en")).response_id
    responses.record(survey.id, Answer("n1", 3, "widget", WORDS, "en"))
    with writing() as session:
        session.execute(sa.update(Response).values(updated_at=now() - 25 * retention.MONTH))

    retention.apply(survey, now())

    assert kept() == [(stored, None)]
    assert db.session.scalars(sa.select(ResponseRevision.comment)).all() == [None]


def test_a_correction_that_quotes_the_comment_goes_with_it(survey: Survey) -> None:
    old = answered(survey, "n1", 25)
    analyses.run(survey.id)
    catalogue_changes.correct(survey, "ann@example.com", Place(old, 0, len(WORDS)), "quality")

    retention.apply(survey, now())

    db.session.rollback()
    assert db.session.scalars(sa.select(Correction.text)).all() == []


def test_a_whole_answer_goes_after_its_time_with_whoever_gave_no_other(survey: Survey) -> None:
    retention.configure("shop", {"comments_months": "6", "answers_months": "12"})
    answered(survey, "n1", 13, person="ann")
    silent, young = answered(survey, "n2", 7), answered(survey, "n3", 1)

    gone = retention.apply(survey, now())

    assert gone == retention.Due(answers=1, comments=1)
    assert kept() == [(silent, None), (young, WORDS)]


def test_old_answers_that_were_just_brought_in_have_their_time_before_them(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text("score,comment,created_at\n3,Too slow,2019-01-01\n")
    imports.bring_in(survey, importers.read(file))

    assert retention.apply(survey, now()) == retention.Due(0, 0)


def test_many_go_a_part_at_a_time_and_the_bar_says_how_far(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for number in range(5):
        answered(survey, f"n{number}", 30, f"Too slow {number}")
    said: list[tuple[str, int, int]] = []

    retention.apply(survey, now(), lambda *step: said.append(step))

    assert said == [("comments", 2, 5), ("comments", 4, 5), ("comments", 5, 5)]
    assert {comment for _, comment in kept()} == {None}


def test_each_night_every_survey_loses_what_is_over_and_the_audit_log_says_so(survey: Survey) -> None:
    answered(survey, "n1", 30)
    surveys.create("quiet", "Quiet")

    jobs.remove_old()
    jobs.remove_old()

    db.session.rollback()
    noted = db.session.execute(sa.select(AuditEntry.actor, AuditEntry.action, AuditEntry.survey_id)).all()
    assert noted == [("command", "retention", survey.id)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"comments_months": "0"}, "comments_months"),
        ({"comments_months": "1.5"}, "comments_months"),
        ({"answers_months": "241"}, "answers_months"),
        ({"answers_months": "²"}, "answers_months"),
        ({"comments_months": "13", "answers_months": "12"}, "comments_months"),
        ({"answers_months": "12"}, "comments_months"),
        ({"years": "2"}, "years"),
    ],
)
def test_months_that_cannot_be_are_refused_by_name(survey: Survey, given: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        retention.configure("shop", given)

    assert list(refused.value.errors) == [field]


def test_the_settings_page_changes_it_and_the_privacy_page_says_it(app: Flask, survey: Survey) -> None:
    admin = ann(app, survey, "admin")
    token = admin.sees("/surveys/shop/settings").value("csrf_token")

    sent = admin.browser.post(
        "/surveys/shop/settings/keeping",
        data={"csrf_token": token, "comments_months": "7", "answers_months": "13"},
    )

    assert sent.headers["Location"].endswith("?done=keeping")
    page = Seen(browser(app).get("/w/shop/privacy?lang=de").text).text
    assert "Der Kommentar wird nach so vielen Monaten gelöscht: 7 ." in page
    assert "Die ganze Antwort wird nach so vielen Monaten gelöscht: 13 ." in page


def test_a_wrong_number_comes_back_with_its_reason(app: Flask, survey: Survey) -> None:
    admin = ann(app, survey, "admin")
    token = admin.sees("/surveys/shop/settings").value("csrf_token")

    sent = admin.browser.post(
        "/surveys/shop/settings/keeping", data={"csrf_token": token, "comments_months": "lots", "answers_months": ""}
    )

    page = Seen(sent.text)
    assert sent.status_code == 422
    assert page.value("comments_months") == "lots"
    assert "Give a whole number of months from 1 to 240" in page.text


def test_the_command_says_what_would_go_before_anything_does(app: Flask, survey: Survey) -> None:
    stored = answered(survey, "n1", 30)
    run = app.test_cli_runner()

    would = run.invoke(args=["retention", "--survey", "shop", "--dry-run"]).output
    changed = run.invoke(args=["retention", "--survey", "shop", "--comments-months", "36"]).output
    nothing = run.invoke(args=["retention"]).output
    run.invoke(args=["retention", "--survey", "shop", "--comments-months", "24"])
    assert kept() == [(stored, WORDS)]
    did = run.invoke(args=["retention", "--survey", "shop"]).output

    assert would == "shop\tcomments 24, answers none\twould lose 1 comments and 0 answers\n"
    assert changed == "shop\tcomments 36, answers none\twould lose 0 comments and 0 answers\n"
    assert nothing == "shop\tcomments 36, answers none\tlost 0 comments and 0 answers\n"
    assert did == "shop\tcomments 24, answers none\tlost 1 comments and 0 answers\n"
    assert kept() == [(stored, None)]


def test_setting_months_is_no_dry_run(app: Flask, survey: Survey) -> None:
    result = app.test_cli_runner().invoke(args=["retention", "--survey", "shop", "--comments-months", "1", "--dry-run"])

    assert result.exit_code == 2
    db.session.rollback()
    assert surveys.get("shop").comments_months == 24


def test_months_without_a_survey_are_refused(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["retention", "--comments-months", "3"])

    assert result.exit_code == 2
    assert "Say with --survey KEY whose months they are." in result.output
    assert timedelta(days=30) < retention.MONTH < timedelta(days=31)
