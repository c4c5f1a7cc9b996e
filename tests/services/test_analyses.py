"""What was said is understood beside the answers, shown whole or not at all, and kept up to date."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models import AnalysisRun, CurrentRun, MentionRow, PainPoint, Reading, Survey, Vector, queries
from app.services import analyses, readings, responses, surveys
from app.services.responses import Answer

SAID = [
    (2, "Support takes days to answer and the app keeps crashing"),
    (3, "Der Kundendienst antwortet erst nach Tagen"),
    (1, "L'assistenza clienti risponde dopo giorni"),
    (4, "Служба поддержки отвечает только через несколько дней"),
    (10, "I love it"),
    (6, ""),
]


@pytest.fixture
def survey(app: object) -> Survey:
    made = surveys.create("shop", "Shop")
    for number, (score, comment) in enumerate(SAID):
        say(made, number, score, comment)
    return made


def say(survey: Survey, number: int, score: int, comment: str) -> int:
    answer = Answer(nonce=f"n{number}", score=score, comment=comment, source="api", is_complete=True)
    return responses.record(survey.id, answer).response_id


def raised() -> dict[int, set[str]]:
    """Pain points of each response, as the current run has them."""
    query = sa.select(MentionRow.response_id, PainPoint.key).join(PainPoint, PainPoint.id == MentionRow.pain_point_id)
    found: dict[int, set[str]] = {}
    for response_id, key in db.session.execute(
        query.where(MentionRow.run_id == sa.select(CurrentRun.run_id).scalar_subquery())
    ):
        found.setdefault(response_id, set()).add(key)
    return found


def test_slow_support_is_one_pain_point_in_four_languages(survey: Survey) -> None:
    analyses.run(survey.id)

    found = raised()
    assert found[1] == {"support-speed", "crashes"}
    assert [found[n] for n in (2, 3, 4)] == [{"support-speed"}] * 3
    assert 5 not in found


def test_a_mention_points_at_the_words_themselves(survey: Survey) -> None:
    analyses.run(survey.id)

    query = sa.select(MentionRow).where(MentionRow.response_id == 1).order_by(MentionRow.start)
    quotes = [SAID[0][1][mention.start : mention.end] for mention in db.session.scalars(query)]
    assert quotes[0].startswith("Support takes days")
    assert quotes[-1].endswith("app keeps crashing")


def test_a_new_comment_is_read_with_the_stored_model_and_an_edited_one_again(survey: Survey) -> None:
    run = analyses.run(survey.id)
    new = say(survey, 99, 2, "The app keeps crashing")
    assert analyses.surveys_with_news() == [survey.id]

    assert analyses.read_new(survey.id) == 1
    first = raised()[new]
    responses.change(survey.id, new, score=None, comment="Nobody in support ever answers")
    assert analyses.read_new(survey.id) == 1

    assert first == {"crashes"}
    assert raised()[new] == {"support-speed"}
    assert analyses.surveys_with_news() == []
    current = queries.current_run(survey.id)
    assert current is not None
    assert current.id == run.id


def test_without_a_run_the_first_news_make_one(survey: Survey) -> None:
    assert queries.current_run(survey.id) is None

    analyses.read_new(survey.id)

    assert queries.current_run(survey.id) is not None
    assert raised()[2] == {"support-speed"}


def test_a_second_run_replaces_the_first_and_encodes_nothing_again(survey: Survey) -> None:
    first = analyses.run(survey.id)
    before, vectors = raised(), db.session.scalar(sa.select(sa.func.count()).select_from(Vector))
    assert vectors

    second = analyses.run(survey.id)

    assert second.id > first.id
    assert raised() == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Vector)) == vectors
    assert db.session.scalars(sa.select(Reading.run_id).distinct()).all() == [second.id]


def test_a_run_that_breaks_is_marked_and_the_last_good_one_stays(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = analyses.run(survey.id)
    before = raised()

    def out_of_memory(*_arguments: object, **_more: object) -> None:
        raise MemoryError

    monkeypatch.setattr(analyses.pipeline, "fit", out_of_memory)
    with pytest.raises(MemoryError):
        analyses.run(survey.id)

    failed = db.session.scalars(sa.select(AnalysisRun).order_by(AnalysisRun.id.desc())).first()
    assert failed is not None
    assert (failed.state, failed.failure) == ("failed", "MemoryError")
    current = queries.current_run(survey.id)
    assert current is not None
    assert current.id == good.id
    assert raised() == before


def test_a_survey_is_read_alike_whole_and_page_by_page(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    analyses.run(survey.id)
    whole = raised()
    monkeypatch.setattr(readings, "PAGE", 2)

    run = analyses.run(survey.id)

    assert raised() == whole
    assert run.comments == len([comment for _, comment in SAID if comment])


def test_a_survey_without_comments_can_be_analysed(app: object) -> None:
    survey = surveys.create("empty", "Empty")

    run = analyses.run(survey.id)

    assert (run.state, run.comments) == ("succeeded", 0)


def test_a_run_says_when_it_began_and_when_it_ended(survey: Survey) -> None:
    run = analyses.run(survey.id)

    assert run.finished_at is not None
    assert run.finished_at > run.started_at
