"""Why a comment is listed where it is: told of the stored run, in agreement with it, and never by heart."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import jobs
from app.errors import NotFound
from app.extensions import db
from app.models import AnalysisRun, MentionRow, PainPoint, Response, Survey, Vector
from app.models.transaction import writing
from app.reports import reasons as told
from app.reports.reasons import MentionReason, Named, Why
from app.services import analyses, reasons, responses, surveys
from app.services import catalogue_changes as changes
from app.services.places import Place
from app.services.responses import Answer

CORPUS = Path(__file__).parents[1] / "corpus"
WHO = "ann@example.com"
SAID = [
    "Support takes days to answer",
    "nobody in support ever replies",
    "the screen is too dark to read",
    "the screen is much too dark to read",
    "I love it",
]


@pytest.fixture
def survey(app: object) -> Survey:
    return surveys.create("shop", "Shop")


@pytest.fixture
def read(survey: Survey) -> Survey:
    for number, comment in enumerate(SAID):
        say(survey, number, 10 if "love" in comment else 2, comment, "en")
    analyses.run(survey.id)
    return survey


def say(survey: Survey, number: int, score: int, comment: str | None, language: str, **more: str) -> int:
    answer = Answer(f"n{number}", score, "api", comment, language, is_complete=True, **more)  # type: ignore[arg-type]
    return responses.record(survey.id, answer).response_id


def why(survey: Survey, comment: str) -> Why:
    return reasons.why(survey, SAID.index(comment) + 1)


def only(found: Why) -> MentionReason:
    assert found.state == "explained"
    assert len(found.reasons) == 1
    return found.reasons[0]


def stored(run_id: int, response_id: int) -> list[tuple[int, int, str, str | None, float]]:
    key = sa.select(PainPoint.key).where(PainPoint.id == MentionRow.pain_point_id).scalar_subquery()
    query = sa.select(MentionRow.start, MentionRow.end, MentionRow.stance, key, MentionRow.confidence)
    query = query.where(MentionRow.run_id == run_id, MentionRow.response_id == response_id)
    return [tuple(row) for row in db.session.execute(query.order_by(MentionRow.start))]


def test_every_comment_of_three_languages_is_explained_as_it_is_stored(survey: Survey) -> None:
    ids = []
    for language in ("en", "de", "ru"):
        with (CORPUS / f"{language}.csv").open(encoding="utf-8") as file:
            ids += [
                say(survey, len(ids), int(row["score"]), row["comment"], language)
                for row in islice(csv.DictReader(file), 30)
            ]
    run = analyses.run(survey.id)

    for id_ in ids:
        found = reasons.why(survey, id_)

        assert found.state == "explained"
        assert stored(run.id, id_) == [
            (one.span.start, one.span.end, one.stance, one.point.id if one.point else None, one.confidence)
            for one in found.reasons
        ]
        assert all(one.text == found.text[one.span.start : one.span.end] for one in found.reasons)
        assert all(told.sentences(one) for one in found.reasons)
        assert not any(one.own and one.second and one.own.point == one.second.point for one in found.reasons)


def test_it_names_words_phrases_and_what_other_people_said(read: Survey) -> None:
    reason = only(why(read, SAID[0]))

    assert reason.point == Named("support-speed", "Speed up support responses")
    assert {"Support", "answer"} <= {word.text for word in reason.words}
    assert len(reason.phrases) == 3
    assert [(quote.response_id, quote.text) for quote in reason.quotes] == [(2, SAID[1])]
    assert reason.ahead is not None
    assert reason.ahead > 0.06
    assert told.sentences(reason)[0].startswith("These words fit “Speed up support responses” best, with ")


def test_a_part_that_raises_nothing_is_held_against_what_others_said_of_the_nearest(read: Survey) -> None:
    both = say(read, 60, 2, "Support takes days to answer. It takes days.", "en")
    jobs.read_news()

    first, second = reasons.why(read, both).reasons

    assert (first.point and first.point.id, second.point) == ("support-speed", None)
    assert [near.text for near in second.quotes] == [SAID[0]]


def test_an_answer_that_was_taken_out_of_the_numbers_is_no_evidence(read: Survey) -> None:
    with writing() as session:
        session.execute(sa.update(Response).where(Response.id == 2).values(quarantine="honeypot", counts=False))

    assert only(why(read, SAID[0])).quotes == ()


def test_what_the_same_person_said_another_time_is_no_evidence(survey: Survey) -> None:
    for number, comment in enumerate(SAID[:2]):
        say(survey, number, 2, comment, "en", respondent="u-1")
    analyses.run(survey.id)

    assert only(why(survey, SAID[0])).quotes == ()


def test_praise_is_said_to_be_praise(read: Survey) -> None:
    reason = only(why(read, "I love it"))

    assert told.sentences(reason) == ["This is praise. Only complaints and wishes are listed."]
    assert (reason.point, reason.own, told.sure(reason)) == (None, None, "")


def test_a_correction_and_what_follows_it_are_told_with_its_words(read: Survey) -> None:
    changes.correct(read, WHO, Place(3, 0, len(SAID[2])), "quality")
    jobs.read_news()

    same, similar = only(why(read, SAID[2])), only(why(read, SAID[3]))

    assert told.sentences(same) == ["Somebody said of these very words that they are about “Improve product quality”."]
    assert (similar.rule, similar.point) == ("corrected alike", Named("quality", "Improve product quality"))
    assert told.first(similar) == (
        "Moved because somebody said of a similar quote, “the screen is too dark to read”, that it is about “Improve "
        "product quality” and not about “Make it easier to use”."
    )
    assert told.parts(similar)[-1][0] == "corrected by people"


def test_a_correction_to_nothing_is_told_too(read: Survey) -> None:
    changes.correct(read, WHO, Place(1, 0, len(SAID[0])), None)
    jobs.read_news()

    reason = only(why(read, SAID[0]))

    assert (reason.rule, reason.point) == ("corrected", None)
    assert "no pain point that is known" in told.first(reason)


def test_a_merged_pain_point_is_told_as_the_one_that_stands_for_it(read: Survey) -> None:
    runner_up = only(why(read, SAID[0])).second
    assert runner_up
    changes.merge(read, WHO, runner_up.point.id, "support-speed")

    reason = only(why(read, SAID[0]))

    assert reason.second
    assert reason.second.point not in (runner_up.point, reason.point)


def test_a_changed_comment_is_told_to_be_unread_until_it_is_read(read: Survey) -> None:
    responses.change(read.id, 1, score=None, comment="far too expensive")
    before = why(read, SAID[0])
    analyses.read_new(read.id)

    assert (before.state, before.reasons) == ("unread", ())
    assert only(why(read, SAID[0])).point == Named("pricing", "Lower or clarify pricing")


def test_reasons_that_do_not_lead_to_what_is_stored_are_not_told(read: Survey) -> None:
    with writing() as session:
        session.execute(sa.update(MentionRow).where(MentionRow.response_id == 1).values(confidence=0.123))

    found = why(read, SAID[0])

    assert (found.state, found.reasons) == ("outdated", ())
    assert "another version of Whyscore" in told.state(found)


def test_the_reasons_of_an_earlier_method_are_not_known(read: Survey) -> None:
    with writing() as session:
        session.execute(sa.update(AnalysisRun).values(method="0"))

    assert why(read, SAID[0]).state == "outdated"


def test_looking_keeps_nothing(read: Survey) -> None:
    with writing() as session:
        session.execute(sa.delete(Vector))

    assert only(why(read, SAID[0])).quotes
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Vector)) == 0


def test_an_answer_without_a_comment_has_nothing_to_explain(read: Survey) -> None:
    silent = say(read, 99, 2, None, "en")

    with pytest.raises(NotFound, match="no comment"):
        reasons.why(read, silent)
    with pytest.raises(NotFound):
        reasons.why(read, 12345)


def test_a_phrase_that_was_taken_away_is_not_quoted(read: Survey) -> None:
    made = changes.create(read, WHO, "Cut hair straight", {"en": ["my haircut is crooked", "an awful haircut"]})
    cut = say(read, 50, 2, "my haircut is crooked again", "en")
    jobs.read_news()
    first = only(reasons.why(read, cut))
    changes.change(read, WHO, made.key, {"phrases": {"en": ["an awful haircut"]}})

    then = only(reasons.why(read, cut))

    assert first.point == then.point == Named(made.key, "Cut hair straight")
    assert [near.text for near in first.phrases] == ["my haircut is crooked", "an awful haircut"]
    assert [near.text for near in then.phrases] == ["an awful haircut"]
    assert replace(then, phrases=()) == replace(first, phrases=())
