"""Deciding on suspicious answers: counted from then on, told to the outbox, and written down."""

from __future__ import annotations

import csv
import io
import json
import threading
import time

import pytest
import sqlalchemy as sa
from flask import Flask

from app.errors import Invalid
from app.extensions import db
from app.models import Event, Response, Survey, Triage, now
from app.models.transaction import writing
from app.reports.filters import Filters
from app.services import analyses, exports, quarantine, reports, responses, surveys, triages
from app.services.responses import Answer

WHO = "ann@example.com"


@pytest.fixture
def survey(app: Flask) -> Survey:
    """Two answers that count, and three that wait: numbers 3 to 5."""
    made = surveys.create("shop", "Shop")
    reasons = (None, None, "too-fast", "honeypot", "honeypot")
    for number, reason in enumerate(reasons):
        answer = Answer(f"n{number}", 3, "widget", f"Support is slow {number}", quarantine=reason, is_complete=True)
        responses.record(made.id, answer)
    return made


def counted(survey: Survey) -> tuple[int, int]:
    """Answers in the score, and those that wait."""
    db.session.rollback()
    report = reports.build(survey, Filters(), now())
    return int(report.score.counts.n), report.quarantined


def test_what_waits_is_told_by_reason(survey: Survey) -> None:
    assert quarantine.waiting(survey.id) == {"honeypot": 2, "too-fast": 1}
    assert [(one.id, one.quarantine, one.counts) for one in quarantine.listed(survey, 2)] == [
        (5, "honeypot", False),
        (4, "honeypot", False),
    ]
    assert [one.id for one in quarantine.listed(survey, 2, before=4)] == [3]


def test_an_included_answer_counts_at_once_in_a_report_that_was_read_before(survey: Survey) -> None:
    assert counted(survey) == (2, 3)

    assert quarantine.decide(survey, WHO, "include", ids=[4]) == 1

    assert counted(survey) == (3, 2)


def test_one_that_was_a_test_waits_no_more_in_a_report_that_was_read_before(survey: Survey) -> None:
    assert counted(survey) == (2, 3)

    triages.mark(survey, WHO, [4], "test")
    assert counted(survey) == (2, 2)

    triages.mark(survey, WHO, [4], "real")
    assert counted(survey) == (2, 3)


def test_its_comment_is_read_like_any_other(survey: Survey) -> None:
    assert analyses.run(survey.id).comments == 2

    quarantine.decide(survey, WHO, "include", reason="honeypot")

    assert analyses.read_new(survey.id) == 2


def test_all_of_a_reason_are_decided_on_at_once_and_back_again(survey: Survey) -> None:
    assert quarantine.decide(survey, WHO, "include", reason="honeypot") == 2
    assert counted(survey) == (4, 1)

    assert quarantine.decide(survey, WHO, "exclude", reason="honeypot") == 2
    assert counted(survey) == (2, 3)


def test_what_becomes_a_test_meanwhile_is_not_included(app: Flask, survey: Survey) -> None:
    is_marked = threading.Event()

    def mark() -> None:
        with app.app_context(), writing() as session:
            session.get(Response, 4, with_for_update=True)
            session.add(Triage(response_id=4, survey_id=survey.id, is_test=True, made_by=WHO))
            session.flush()
            is_marked.set()
            time.sleep(0.3)  # until the decision has found its answers and waits

    other = threading.Thread(target=mark)
    other.start()
    is_marked.wait(10)
    assert quarantine.decide(survey, WHO, "include", reason="honeypot") == 1
    other.join()

    assert counted(survey) == (3, 1)
    assert [one.response_id for one in quarantine.decisions(survey, 10)] == [5]


def test_who_decided_what_is_written_down_once(survey: Survey) -> None:
    for _ in range(2):
        quarantine.decide(survey, WHO, "include", ids=[3])
    quarantine.decide(survey, "key", "exclude", ids=[3])

    found = [(one.response_id, one.made_by, one.decision) for one in quarantine.decisions(survey, 10)]

    assert found == [(3, "key", "exclude"), (3, WHO, "include")]


def test_the_outbox_learns_of_it_with_the_decision_or_not_at_all(survey: Survey) -> None:
    quarantine.decide(survey, WHO, "include", ids=[3])

    body = json.loads(db.session.scalars(sa.select(Event.body).order_by(Event.id.desc())).first() or b"")

    assert (body["type"], body["data"]["id"], body["data"]["quarantine"]) == ("response.updated", 3, None)


@pytest.mark.parametrize(
    ("decision", "ids", "reason"),
    [
        ("include", [], None),
        ("include", [3], "honeypot"),
        ("include", [], "boredom"),
        ("forget", [3], None),
        ("include", [1], None),
        ("include", [3, 99], None),
    ],
)
def test_a_decision_that_cannot_be_is_refused_whole(
    survey: Survey, decision: str, ids: list[int], reason: str | None
) -> None:
    with pytest.raises(Invalid):
        quarantine.decide(survey, WHO, decision, ids=ids, reason=reason)

    assert counted(survey) == (2, 3)


def test_another_surveys_answers_are_not_in_this_quarantine(survey: Survey) -> None:
    other = surveys.create("other", "Other")

    with pytest.raises(Invalid, match="Not in the quarantine of this survey: 3"):
        quarantine.decide(other, WHO, "include", ids=[3])


def test_a_decision_stands_when_the_answer_is_changed_suspiciously_again(survey: Survey) -> None:
    quarantine.decide(survey, WHO, "include", ids=[4])

    responses.change(survey.id, 4, score=5, comment="Better", suspicion="honeypot")

    assert counted(survey) == (3, 2)


def test_an_export_holds_what_waits_and_marks_it(survey: Survey) -> None:
    quarantine.decide(survey, WHO, "include", ids=[5])

    lines = [json.loads(line) for line in exports.lines(survey, "jsonl")]
    table = list(csv.DictReader(io.StringIO("".join(exports.lines(survey, "csv")).removeprefix("\ufeff"))))

    assert [(line["quarantine"], line["counts"]) for line in lines] == [
        (None, True), (None, True), ("too-fast", False), ("honeypot", False), ("honeypot", True),
    ]  # fmt: skip
    assert [(row["quarantine"], row["counts"]) for row in table] == [
        ("", "yes"), ("", "yes"), ("too-fast", "no"), ("honeypot", "no"), ("honeypot", "yes"),
    ]  # fmt: skip
