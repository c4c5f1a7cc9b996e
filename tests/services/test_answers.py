"""An answer is kept with all that was said, once, and changes for whom and as long as it may: to the second."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from app.errors import Invalid, NotFound, SurveyClosed, TooLateToChange, TooMany
from app.extensions import db
from app.models import Case, Event, Respondent, Response, ResponseRevision, Survey, Unread
from app.models.transaction import writing
from app.security import receipt_codes
from app.services import quarantine, responses, surveys
from app.services.responses import Answer, Stored

pytestmark = pytest.mark.usefixtures("app")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
WINDOW = timedelta(days=90)
KNOWN = {"respondent": "user-1", "identity": "verified"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def survey() -> Survey:
    made = surveys.create("shop", "Shop")
    with writing():
        made.window_days = WINDOW.days
    return made


def give(survey: Survey, score: int = 3, nonce: str = "n1", source: str = "widget", **more: Any) -> Stored:
    return responses.record(survey.id, Answer(nonce, score, source, **more))


def get(response_id: int) -> Response:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Response, response_id)


def all_of(column: Any) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(column)))


def test_all_that_was_said_is_kept_as_it_was_said(survey: Survey) -> None:
    said: dict[str, Any] = {
        "comment": "Too slow", "language": "en", "touchpoint": "checkout", "identity": "verified",
        "claimed_as": "user-2", "mark": "refused", "external_id": "crm-17", "monthly_revenue": 49.9,
        "customer_since": date(2024, 5, 1), "host": "https://a.example", "layout_version": 4, "has_load": True,
        "attributes": {"plan": "pro"}, "created_at": NOON - DAY,
    }  # fmt: skip

    stored = give(survey, **said, respondent="user-1", is_complete=True)

    assert stored.outcome == "created"
    kept = get(stored.response_id)
    assert {name: getattr(kept, name) for name in said} == said
    assert (kept.survey_id, kept.nonce, kept.score, kept.source, kept.revision) == (survey.id, "n1", 3, "widget", 1)
    assert (kept.counts, kept.quarantine, kept.updated_at, kept.completed_at) == (True, None, NOON, NOON)
    assert kept.code_hash == receipt_codes.new_hash(survey.id, "n1")
    assert all_of(Respondent.subject) == ["user-1"]
    assert kept.respondent_id == all_of(Respondent.id)[0]
    assert json.loads(all_of(Event.body)[0])["data"]["revision"] == 1


@pytest.mark.parametrize(
    ("metric", "score", "is_one"),
    [("nps", 0, True), ("nps", 10, True), ("nps", 11, False), ("nps", -1, False),
     ("csat", 1, True), ("csat", 5, True), ("csat", 6, False), ("csat", 0, False), ("ces", 7, True), ("ces", 8, False)],
)  # fmt: skip
def test_a_score_is_one_of_the_scale_whichever_way_it_comes(metric: str, score: int, is_one: bool) -> None:
    survey = surveys.create("kinds", "Kinds", metric=metric)
    says = {"nps": "0 to 10", "csat": "1 to 5", "ces": "1 to 7"}[metric]
    given = give(survey, 3)

    ways = (
        lambda: give(survey, score, "n2", "api"),
        lambda: responses.change(survey.id, given.response_id, score=score, comment=None),
        lambda: responses.correct(survey.id, given.response_id, score=score, comment=None),
    )
    for way in ways:
        if is_one:
            way()
        else:
            with pytest.raises(Invalid) as refused:
                way()
            assert refused.value.errors == {"score": [f"Choose a number from {says}."]}
    assert get(given.response_id).score == (score if is_one else 3)


def test_a_score_alone_is_kept_with_nothing_made_up(survey: Survey) -> None:
    kept = get(give(survey, source="api").response_id)

    assert (kept.comment, kept.language, kept.respondent_id, kept.completed_at) == (None, None, None, None)
    assert (kept.identity, kept.has_load, kept.attributes, kept.created_at) == ("anonymous", False, {}, NOON)
    assert kept.code_hash is None
    assert all_of(Unread.response_id) == []


@pytest.mark.parametrize("reason", ["too-fast", None])
def test_what_is_suspicious_is_kept_and_neither_counted_read_nor_followed_up(
    survey: Survey, reason: str | None
) -> None:
    kept = get(give(survey, comment="Too slow", quarantine=reason).response_id)

    assert (kept.counts, kept.quarantine) == (reason is None, reason)
    assert all_of(Unread.response_id) == all_of(Case.response_id) == ([] if reason else [kept.id])


@pytest.mark.parametrize("source", ["widget", "api", "import"])
def test_a_closed_survey_is_closed_to_people_and_open_to_who_brings_answers_in(survey: Survey, source: str) -> None:
    surveys.close("shop")

    if source == "widget":
        with pytest.raises(SurveyClosed):
            give(survey, source=source)
    else:
        assert give(survey, source=source).outcome == "created"


def test_a_survey_that_is_gone_takes_nothing() -> None:
    with pytest.raises(NotFound):
        responses.record(4711, Answer("n1", 3, "widget"))
    assert all_of(Response.id) == []


@pytest.mark.parametrize(
    ("after", "more", "outcome"),
    [
        (DAY, {}, "changed"),
        (DAY + SECOND, {}, None),
        (WINDOW - SECOND, KNOWN, "changed"),
    ],
)
def test_another_number_on_the_same_form_is_an_edit_for_a_day_or_the_window_of_who_is_known(
    survey: Survey, clock: Any, after: timedelta, more: Any, outcome: str | None
) -> None:
    first = give(survey, **more)
    clock.shift(after)

    if outcome is None:
        with pytest.raises(TooLateToChange):
            give(survey, 9, **more)
        assert give(survey, **more) == Stored(first.response_id, "repeated")
    else:
        assert give(survey, 9, **more) == Stored(first.response_id, outcome)
    assert get(first.response_id).score == (9 if outcome else 3)


@pytest.mark.parametrize(("after", "is_same"), [(WINDOW - SECOND, True), (WINDOW, False)])
def test_who_is_known_has_one_answer_in_a_window_and_then_another(
    survey: Survey, clock: Any, after: timedelta, is_same: bool
) -> None:
    first = give(survey, 3, "form-1", **KNOWN)
    clock.shift(after)

    assert (responses.latest_of(survey, "user-1") is not None) == is_same
    second = give(survey, 8, "form-2", **KNOWN)

    assert (second.response_id == first.response_id) == is_same
    assert second.outcome == ("changed" if is_same else "created")


@pytest.mark.parametrize("source", ["api", "import"])
def test_each_answer_that_a_program_brings_is_one_though_the_person_is_known(survey: Survey, source: str) -> None:
    in_the_widget = give(survey, 3, "form-1", **KNOWN)
    brought = give(survey, 8, "brought-1", source, **KNOWN)

    assert brought.outcome == "created"
    latest = responses.latest_of(survey, "user-1")
    assert latest
    assert latest.id == in_the_widget.response_id
    assert give(survey, 9, "form-2", **KNOWN) == Stored(in_the_widget.response_id, "changed")


def test_of_two_answers_in_a_window_the_newest_is_theirs(survey: Survey) -> None:
    ids = [give(survey, 3, f"form-{n}", "api", **KNOWN).response_id for n in range(4)]
    with writing():
        for id_, days in zip(ids, (2, 1, 1, 3), strict=True):
            row = db.session.get_one(Response, id_)
            row.source, row.created_at = "widget", NOON - timedelta(days=days)

    latest = responses.latest_of(survey, "user-1")

    assert latest
    assert latest.id == ids[2]
    assert responses.latest_of(survey, "user-2") is None
    assert responses.latest_of(surveys.create("app", "App"), "user-1") is None


def test_the_same_external_id_is_the_same_answer_and_only_within_its_survey(survey: Survey) -> None:
    first = give(survey, 3, "a", "api", external_id="crm-17")

    assert give(survey, 3, "b", "api", external_id="crm-17") == Stored(first.response_id, "repeated")
    assert give(survey, 5, "c", "api", external_id="crm-17") == Stored(first.response_id, "changed")
    assert give(survey, 5, "d", "api", external_id="crm-18").outcome == "created"
    assert give(survey, 5, "e", "api").outcome == "created"
    assert give(survey, 6, "a", "api", external_id="crm-19") == Stored(first.response_id, "changed")
    assert give(surveys.create("app", "App"), 3, "a", "api", external_id="crm-17").outcome == "created"


LEARNED = {
    "language": "de", "touchpoint": "checkout", "monthly_revenue": 10.0, "customer_since": date(2024, 5, 1),
    "attributes": {"plan": "pro"},
}  # fmt: skip


@pytest.mark.parametrize("name", LEARNED)
def test_what_a_host_learns_of_an_answer_is_taken_over_told_once_and_never_lost(survey: Survey, name: str) -> None:
    give(survey, source="api", external_id="crm-17")
    news = {"source": "api", "external_id": "crm-17", name: LEARNED[name]}

    learned = give(survey, **news)
    again = give(survey, **news)
    silent = give(survey, source="api", external_id="crm-17")

    assert [one.outcome for one in (learned, again, silent)] == ["changed", "repeated", "repeated"]
    assert getattr(get(learned.response_id), name) == LEARNED[name]
    assert all_of(Event.type) == ["response.created", "response.updated"]
    assert all_of(ResponseRevision.id) == []


def test_news_and_another_score_at_once_are_told_once(survey: Survey) -> None:
    give(survey, source="api", external_id="crm-17")

    assert give(survey, 9, source="api", external_id="crm-17", language="de").outcome == "changed"

    assert all_of(Event.type) == ["response.created", "response.updated"]


def test_what_the_widget_sends_again_teaches_nothing_about_the_person(survey: Survey) -> None:
    stored = give(survey)

    assert give(survey, language="de", touchpoint="checkout").outcome == "repeated"
    assert (get(stored.response_id).language, get(stored.response_id).touchpoint) == (None, None)


def test_words_that_a_program_leaves_out_are_gone_and_those_of_the_widget_stay(survey: Survey) -> None:
    by_program = give(survey, source="api", external_id="crm-17", comment="Slow")
    by_person = give(survey, nonce="n2", comment="Slow")

    assert give(survey, source="api", external_id="crm-17").outcome == "changed"
    assert give(survey, nonce="n2").outcome == "repeated"
    assert [get(one.response_id).comment for one in (by_program, by_person)] == [None, "Slow"]


def test_an_edit_keeps_what_it_replaces_and_is_told_read_and_timed(survey: Survey, clock: Any) -> None:
    first = give(survey, 9, comment="Fine", language="en")
    clock.shift(60)

    give(survey, 2, comment="Too slow")

    kept = get(first.response_id)
    assert (kept.score, kept.comment, kept.revision) == (2, "Too slow", 2)
    assert (kept.created_at, kept.updated_at, kept.completed_at) == (NOON, NOON + 60 * SECOND, None)
    old = db.session.scalars(sa.select(ResponseRevision)).one()
    assert (old.response_id, old.revision, old.score, old.comment) == (kept.id, 1, 9, "Fine")
    assert all_of(Unread.revision) == [1, 2]
    assert all_of(Case.response_id) == [kept.id]
    assert all_of(Event.created_at) == [NOON, NOON + 60 * SECOND]


def test_a_suspicious_edit_takes_the_answer_out(survey: Survey) -> None:
    first = give(survey)

    assert give(survey, 9, quarantine="honeypot").outcome == "changed"
    assert (get(first.response_id).counts, get(first.response_id).quarantine) == (False, "honeypot")


@pytest.mark.parametrize("way", ["form", "second page"])
def test_an_answer_is_complete_from_the_first_time_that_words_were_asked_for(
    survey: Survey, clock: Any, way: str
) -> None:
    first = give(survey)
    for _ in range(2):
        clock.shift(60)
        if way == "form":
            give(survey, is_complete=True)
        else:
            responses.change(survey.id, first.response_id, score=None, comment=None)

    assert get(first.response_id).completed_at == NOON + 60 * SECOND


@pytest.mark.parametrize(
    ("given", "score", "comment", "outcome"),
    [
        ({"score": None, "comment": "Slow"}, 3, "Slow", "changed"),
        ({"score": 0, "comment": "Fine"}, 0, "Fine", "changed"),
        ({"score": None, "comment": "", "keep": True}, 3, "Fine", "repeated"),
        ({"score": 4, "comment": "Slow", "keep": True}, 4, "Fine", "changed"),
        ({"score": None, "comment": " "}, 3, None, "changed"),
        ({"score": 3, "comment": "Fine"}, 3, "Fine", "repeated"),
    ],
)
def test_the_second_page_says_what_it_changes(
    survey: Survey, given: Any, score: int, comment: str | None, outcome: str
) -> None:
    first = give(survey, comment="Fine")

    assert responses.change(survey.id, first.response_id, **given) == Stored(first.response_id, outcome)
    assert (get(first.response_id).score, get(first.response_id).comment) == (score, comment)


@pytest.mark.parametrize("way", [responses.change, responses.correct])
def test_a_suspicious_second_page_or_correction_takes_the_answer_out(survey: Survey, way: Any) -> None:
    first = give(survey)

    way(survey.id, first.response_id, score=9, comment=None, suspicion="foreign-origin")

    assert get(first.response_id).quarantine == "foreign-origin"


@pytest.mark.parametrize("way", [responses.change, responses.correct])
def test_another_survey_or_another_id_changes_nothing(survey: Survey, way: Any) -> None:
    first, other = give(survey), surveys.create("app", "App")

    for survey_id, response_id in ((other.id, first.response_id), (survey.id, first.response_id + 1)):
        with pytest.raises(NotFound):
            way(survey_id, response_id, score=9, comment=None)
    assert get(first.response_id).score == 3


def test_who_comes_back_with_a_code_corrects_at_any_time_and_in_a_closed_survey(survey: Survey, clock: Any) -> None:
    first = give(survey)
    clock.shift(timedelta(days=900))
    surveys.close("shop")

    corrected = responses.correct(survey.id, first.response_id, score=9, comment="Better")

    assert corrected == Stored(first.response_id, "changed")
    assert (get(first.response_id).score, get(first.response_id).comment) == (9, "Better")


def test_a_code_finds_the_one_answer_it_was_made_for(survey: Survey) -> None:
    mine, other = give(survey), give(survey, nonce="n2")
    code = receipt_codes.of(survey.id, "n1", get(mine.response_id).code_hash)
    assert code

    found = responses.find(survey.id, code.lower())

    assert found
    assert found.id == mine.response_id
    assert responses.find(surveys.create("app", "App").id, code) is None
    assert responses.find(survey.id, "0000-0000") is None
    assert responses.find(survey.id, "no code") is None
    with writing():
        db.session.get_one(Response, other.response_id).code_hash = get(mine.response_id).code_hash
    assert responses.find(survey.id, code) is None, "nobody sees an answer that may be another's"


@pytest.mark.parametrize("id_", [4711, 2**63 - 1, 2**63, 2**70])
def test_an_id_that_nobody_has_is_not_found_however_large(survey: Survey, id_: int) -> None:
    first = give(survey)

    assert responses.get(survey.id, first.response_id).score == 3
    with pytest.raises(NotFound):
        responses.get(survey.id, id_)
    with pytest.raises(NotFound):
        responses.get(survey.id + 1, first.response_id)


def test_the_greatest_id_that_there_can_be_is_found(survey: Survey) -> None:
    with writing() as session:
        session.add(Response(id=2**63 - 1, survey_id=survey.id, nonce="n1", score=3, source="widget"))

    assert responses.get(survey.id, 2**63 - 1).nonce == "n1"


def test_a_comment_may_have_four_thousand_characters(survey: Survey) -> None:
    assert len(responses.clean_comment("ü" * 4_000) or "") == 4_000
    assert responses.clean_comment("") is responses.clean_comment(None) is responses.clean_comment(" \n") is None
    with pytest.raises(Invalid) as refused:
        give(survey, comment="ü" * 4_001)
    assert refused.value.errors == {"comment": ["At most 4000 characters."]}
    assert all_of(Response.id) == []


@pytest.mark.parametrize(
    ("source", "opens_case", "is_news"),
    [
        ("widget", None, True),
        ("api", None, True),
        ("import", None, False),
        ("import", True, True),
        ("widget", False, False),
    ],
)
def test_an_answer_is_news_as_it_is_given_or_when_somebody_says_so(
    survey: Survey, source: str, opens_case: bool | None, is_news: bool
) -> None:
    give(survey, source=source, opens_case=opens_case)

    assert bool(all_of(Case.id)) == is_news


def test_a_case_may_open_with_an_edit_that_is_brought_in_when_somebody_says_so(survey: Survey) -> None:
    give(survey, 9, source="import", external_id="crm-17")

    give(survey, 2, source="import", external_id="crm-17")
    assert all_of(Case.id) == []
    give(survey, 1, source="import", external_id="crm-17", opens_case=True)
    assert len(all_of(Case.id)) == 1


def test_a_correction_of_what_was_brought_in_opens_no_case(survey: Survey) -> None:
    first = give(survey, 9, source="import", external_id="crm-17")

    responses.correct(survey.id, first.response_id, score=2, comment=None)

    assert all_of(Case.id) == []


def test_an_edit_that_raises_the_score_closes_the_case(survey: Survey) -> None:
    give(survey, 3)
    give(survey, 9)

    assert all_of(Case.reason) == ["score raised"]


def test_a_person_who_comes_twice_is_one_row(survey: Survey) -> None:
    for nonce in ("a", "b"):
        give(survey, 3, nonce, "api", **KNOWN)
    give(surveys.create("app", "App"), 3, "a", "api", **KNOWN)

    assert all_of(Respondent.subject) == ["user-1", "user-1"]
    assert len(set(all_of(Respondent.survey_id))) == 2


def test_each_answer_is_that_of_its_person_in_its_survey(survey: Survey) -> None:
    other = surveys.create("app", "App")
    given = {
        (where.id, who): give(where, 3, f"{who}-{where.id}", respondent=who, identity="verified").response_id
        for who in ("user-1", "user-2")
        for where in (survey, other)
    }

    for (survey_id, who), response_id in given.items():
        person = db.session.get_one(Respondent, get(response_id).respondent_id)
        assert (person.survey_id, person.subject) == (survey_id, who)


def test_suspicious_answers_fill_their_own_room_and_nobody_elses(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "ROOM", 1)
    give(survey, nonce="a", quarantine="honeypot")

    with pytest.raises(TooMany):
        give(survey, nonce="b", quarantine="honeypot")
    assert give(survey, nonce="a", quarantine="honeypot").outcome == "repeated"
    assert give(survey, nonce="c").outcome == "created"
