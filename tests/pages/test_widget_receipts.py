"""The receipt: with eight characters people see, change or erase what they answered, and nobody else does."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from limits import RateLimitItemPerHour

from app.extensions import db
from app.models import Response, SigningKey, Survey, now
from app.models.transaction import writing
from app.security import rate_limits
from app.services import surveys
from tests import rows
from tests.pages.reading import Page
from tests.pages.test_widget_respondents import proof
from tests.pages.visitor import Visitor, earlier_scores, only_response, stored
from tests.rows import Raised, Said
from tests.security.signing import SECRET

WORDS = "Search is slow"


@pytest.fixture
def survey(app: Flask) -> Survey:
    survey = surveys.create("shop", "Acme", timezone="Europe/Berlin")
    with writing() as session:
        session.add(SigningKey(survey_id=survey.id, kid="k1", secret=SECRET))
    return survey


@pytest.fixture
def visitor(client: FlaskClient, survey: Survey) -> Visitor:
    return Visitor(client)


def answers(visitor: Visitor, score: str = "3", comment: str = WORDS, **query: str) -> Page:
    """Answer the whole way; the page that thanks."""
    return visitor.sends(visitor.sends(visitor.opens(**query), score=score), comment=comment, do="send")


def code_of(thanks: Page) -> str:
    return thanks.said.partition("Receipt ")[2].split(" ")[0]


def with_code(visitor: Visitor, code: str) -> Page:
    return visitor.sends(visitor.opens("/w/shop/receipt"), code=code)


def test_the_code_opens_the_answer_days_later_with_all_that_is_kept(visitor: Visitor) -> None:
    code = code_of(answers(visitor, touchpoint="checkout"))

    with time_machine.travel(now() + timedelta(days=30)):
        page = with_code(visitor, code.lower())

    assert len(code) == 9
    assert (page.heading, page.chosen, page.words) == ("Your answer", "3", WORDS)
    assert "Occasion checkout" in page.said
    assert "Who you are Not known: the answer is anonymous" in page.said
    assert "Language English" in page.said


def test_the_link_of_the_thanks_opens_it_without_typing(visitor: Visitor) -> None:
    thanks = answers(visitor)

    page = visitor.opens(thanks.links["See or erase my answer"])

    assert (page.heading, page.words) == ("Your answer", WORDS)


def test_what_came_with_a_signed_answer_is_shown_too(visitor: Visitor) -> None:
    answers(visitor, r=proof(attrs={"plan": "pro"}))
    with writing() as session:
        session.execute(sa.update(Response).values(monthly_revenue=49.5))

    again = visitor.opens(r=proof())
    page = visitor.opens(again.links["See or erase my answer"])

    assert "Who you are user-4711, proved by the site that asked you" in page.said
    assert "From the site that asked you: plan pro" in page.said
    assert "monthly_revenue 49.5" in page.said


def test_a_claimed_id_is_not_shown_as_proved(visitor: Visitor) -> None:
    surveys.accept_claims("shop", True)
    thanks = answers(visitor, respondent="user-4711")

    page = visitor.opens(thanks.links["See or erase my answer"])

    assert "user-4711, said by the site that asked you, without proof" in page.said


def test_what_the_engine_understood_is_shown(visitor: Visitor, survey: Survey) -> None:
    thanks = answers(visitor)
    run = rows.store(survey, [Said(3, "Support is slow", [Raised("support", "Support is slow")])])
    with writing() as session:
        for table in ("reading", "mention"):
            session.execute(sa.text(f"UPDATE {table} SET response_id = 1 WHERE run_id = {run}"))  # noqa: S608
        session.execute(sa.text("UPDATE reading SET revision = 2"))

    page = visitor.opens(thanks.links["See or erase my answer"])

    assert "Understood as Speed up support responses" in page.said


def test_the_answer_is_changed_at_any_time_and_on_the_record(visitor: Visitor, survey: Survey) -> None:
    code = code_of(answers(visitor))
    surveys.close("shop")

    with time_machine.travel(now() + timedelta(days=30)):
        page = visitor.sends(with_code(visitor, code), score="8", comment="Better now")

    assert "Your change is saved." in page.said
    assert "3 – Search is slow" in page.said
    assert stored() == [(8, "Better now")]
    assert earlier_scores() == [3, 3]


def test_the_same_again_changes_nothing(visitor: Visitor) -> None:
    page = with_code(visitor, code_of(answers(visitor)))

    visitor.sends(page)

    assert only_response().revision == 2  # the score, then the comment


def test_erasing_asks_first_and_leaves_nothing(visitor: Visitor) -> None:
    code = code_of(answers(visitor))
    page = with_code(visitor, code)

    asked = visitor.opens(page.links["Erase my answer"])
    assert stored() == [(3, WORDS)]
    done = visitor.sends(asked, do="erase")

    assert asked.heading == "Erase this answer for good?"
    assert done.heading == "Your answer is erased."
    assert stored() == []
    assert "There is no answer with this code." in with_code(visitor, code).said
    assert visitor.sends(asked, do="erase").heading == "Your answer is erased."
    assert visitor.opens(asked.links["Keep my answer"]).status == 404


def test_an_erased_answer_does_not_come_back_from_its_old_form(visitor: Visitor) -> None:
    question = visitor.opens()
    reason = visitor.sends(question, score="3")
    thanks = visitor.sends(reason, comment=WORDS, do="send")
    asked = visitor.opens(visitor.opens(thanks.links["See or erase my answer"]).links["Erase my answer"])
    visitor.sends(asked, do="erase")

    late = visitor.sends(reason, comment=WORDS, do="send")

    assert (late.status, late.words) == (404, WORDS)
    assert stored() == []


@pytest.mark.parametrize("code", ["", "0000-0000", "garbage", "x" * 5_000, "<script>", "' OR 1=1 --", "\x00", "＝１"])
def test_a_code_that_is_nobodys_opens_nothing_and_may_be_corrected(visitor: Visitor, code: str) -> None:
    answers(visitor)

    page = with_code(visitor, code)

    assert (page.status, page.title) == (422, "Error: Your answer – Feedback about Acme")
    assert "There is no answer with this code." in page.said
    assert page.fields["code"] == code[:100]


def test_a_code_belongs_to_one_survey(visitor: Visitor) -> None:
    surveys.create("bank", "Bank")
    code = code_of(answers(visitor))

    page = visitor.sends(visitor.opens("/w/bank/receipt"), code=code)

    assert page.status == 422


def test_two_answers_that_share_a_code_by_chance_are_opened_by_nobody(visitor: Visitor) -> None:
    code = code_of(answers(visitor))
    answers(visitor)
    with writing() as session:
        first = session.scalars(sa.select(Response.code_hash)).first()
        session.execute(sa.update(Response).values(code_hash=first))

    assert with_code(visitor, code).status == 422


def test_guessing_is_slowed_for_an_address_and_for_the_survey(visitor: Visitor, app: Flask) -> None:
    code = code_of(answers(visitor))
    form = visitor.opens("/w/shop/receipt")
    app.config["RATE_LIMITS"] = True
    try:
        statuses = [visitor.posts(form.action or "", {"code": "0000-0000"}).status_code for _ in range(11)]
        right = visitor.sends(form, code=code)
    finally:
        app.config["RATE_LIMITS"] = False

    assert statuses == [422] * 10 + [429]
    assert (right.status, right.fields["code"]) == (429, code)
    assert "Too many codes were tried." in right.said
    assert visitor.answer is not None
    assert int(visitor.answer.headers["Retry-After"]) >= 1


def test_when_a_thousand_guesses_went_wrong_the_survey_takes_no_more(
    visitor: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "WRONG_CODES", RateLimitItemPerHour(3, namespace="few wrong codes"))
    surveys.create("bank", "Bank")  # the limits of the other tests' survey may be used up
    visitor.key = "bank"
    code = code_of(answers(visitor))
    form = visitor.opens("/w/bank/receipt")
    app.config["RATE_LIMITS"] = True
    try:
        right = [visitor.posts(form.action or "", {"code": code}).status_code for _ in range(4)]
        wrong = [visitor.posts(form.action or "", {"code": "0000-0000"}).status_code for _ in range(4)]
        late = visitor.sends(form, code=code)
    finally:
        app.config["RATE_LIMITS"] = False

    assert (right, wrong, late.status) == ([303] * 4, [422] * 3 + [429], 429)


@pytest.mark.parametrize("made", ["expired", "of another survey", "a receipt", "garbage"])
def test_an_address_that_is_not_an_open_answer_shows_nothing_and_loses_no_words(visitor: Visitor, made: str) -> None:
    thanks = answers(visitor)
    address = thanks.links["See or erase my answer"]
    if made == "of another survey":
        surveys.create("bank", "Bank")
        address = address.replace("/shop/", "/bank/")
    if made == "a receipt":
        address = thanks.links["Change my answer"].replace("/r/", "/answer/")
    if made == "garbage":
        address = "/w/shop/answer/abc.def"
    ahead = timedelta(hours=2) if made == "expired" else timedelta(0)

    with time_machine.travel(now() + ahead):
        pages = [visitor.opens(address), visitor.opens(f"{address}/erase"), visitor.opens(f"{address}/changed")]
        changed = visitor.posts(f"{address}/change", {"score": "0", "comment": "Many words"})
        erased = visitor.posts(f"{address}/erase/confirm", {"do": "erase"})

    assert {page.status for page in pages} == {changed.status_code, erased.status_code} == {403}
    assert "This page was open for too long." in pages[0].said
    assert "See or erase my answer" in pages[0].links
    assert Page(changed.text).words == "Many words"
    assert stored() == [(3, WORDS)]


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"score": "11"}, 422), ({"score": ""}, 422), ({"comment": "x" * 4_001}, 422), ({"score": ["1", "2"]}, 400)],
)
def test_a_change_that_is_refused_comes_back_with_its_words(
    visitor: Visitor, fields: dict[str, Any], status: int
) -> None:
    page = with_code(visitor, code_of(answers(visitor)))
    sent = {"score": "5", "comment": "Other words"} | fields

    answer = visitor.posts(page.action or "", sent)
    again = Page(answer.text, answer.status_code)

    assert (again.status, again.words, again.action) == (status, sent["comment"], page.action)
    assert stored() == [(3, WORDS)]
    visitor.sends(again, score="5", comment="Short")
    assert stored() == [(5, "Short")]


def test_the_code_stands_in_no_log(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        code = code_of(answers(visitor))
        with_code(visitor, code)

    assert code not in caplog.text
    assert code.replace("-", "") not in caplog.text


def test_nobody_gets_the_code_from_an_old_address_of_the_thanks(visitor: Visitor) -> None:
    answers(visitor)
    assert visitor.answer is not None
    address = visitor.answer.request.path

    with time_machine.travel(now() + timedelta(days=2)):
        late = visitor.opens(address)

    assert late.heading == "Thank you. Your answer has been saved."
    assert "Receipt" not in late.said
    assert late.links == {}


def test_an_answer_from_before_there_were_codes_is_opened_by_its_link(visitor: Visitor) -> None:
    reason = visitor.sends(visitor.opens(), score="3")
    with writing() as session:
        session.execute(sa.update(Response).values(code_hash=None))
    db.session.expire_all()

    thanks = visitor.sends(reason, comment=WORDS, do="send")

    assert "Receipt" not in thanks.said
    assert visitor.opens(thanks.links["See or erase my answer"]).words == WORDS
