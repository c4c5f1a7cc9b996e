"""Three small pages: a number, perhaps a reason, thanks. Nothing is lost and nothing is stored twice."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.models import Survey
from app.services import surveys
from tests.pages.visitor import Visitor, earlier_scores, events, only_response, stored


@pytest.fixture
def survey(app: object) -> Survey:
    return surveys.create("shop", "Acme", allowed_origins=["https://www.example.com"])


@pytest.fixture
def visitor(client: FlaskClient, survey: Survey) -> Visitor:
    return Visitor(client)


def test_the_journey_is_a_number_a_reason_and_thanks(visitor: Visitor) -> None:
    question = visitor.opens()
    reason = visitor.sends(question, score="3")
    thanks = visitor.sends(reason, comment="Too slow", do="send")

    assert question.heading == "How likely are you to recommend Acme to a friend or colleague?"
    assert reason.heading == "Your score 3 is saved."
    assert "What should we improve first?" in reason.said
    assert thanks.heading == "Thank you. Your answer has been saved."
    assert stored() == [(3, "Too slow")]


def test_the_question_is_eleven_buttons_that_say_what_they_are(visitor: Visitor) -> None:
    page = visitor.opens()

    assert page.buttons == [("score", str(score)) for score in range(11)]
    assert page.names[0] == "0 out of 10, not at all likely"
    assert page.names[7] == "7 out of 10"
    assert page.names[10] == "10 out of 10, extremely likely"
    assert set(page.fields) == {"token"}


def test_one_press_is_a_response_even_when_nothing_follows(visitor: Visitor) -> None:
    visitor.sends(visitor.opens(), score="6")

    response = only_response()
    assert (response.score, response.comment, response.completed_at) == (6, None, None)
    assert (response.source, response.language, response.layout_version) == ("widget", "en", 1)


def test_a_promoter_is_asked_what_they_value(visitor: Visitor) -> None:
    page = visitor.sends(visitor.opens(), score="9")

    assert "What do you value most about Acme?" in page.said


def test_a_seven_is_asked_what_to_improve_like_a_detractor(visitor: Visitor) -> None:
    page = visitor.sends(visitor.opens(), score="7")

    assert "What should we improve first?" in page.said


def test_four_quick_presses_are_one_response(visitor: Visitor) -> None:
    page = visitor.opens()

    for _ in range(4):
        visitor.sends(page, score="5")

    assert stored() == [(5, None)]
    assert events() == 1


def test_back_and_another_number_is_an_edit(visitor: Visitor) -> None:
    page = visitor.opens()
    visitor.sends(page, score="2")

    visitor.sends(page, score="8")

    assert stored() == [(8, None)]
    assert earlier_scores() == [2]


def test_a_slip_is_corrected_beside_the_comment(visitor: Visitor) -> None:
    reason = visitor.sends(visitor.opens(), score="1")

    visitor.sends(reason, score="7", comment="Good on the whole", do="send")

    assert stored() == [(7, "Good on the whole")]


def test_a_score_that_moved_to_promoter_without_words_is_asked_the_other_question(visitor: Visitor) -> None:
    reason = visitor.sends(visitor.opens(), score="1")

    again = visitor.sends(reason, score="10", do="send")

    assert again.heading == "Your score 10 is saved."
    assert "What do you value most about Acme?" in again.said
    assert stored() == [(10, None)]


def test_skip_completes_the_response_without_a_comment(visitor: Visitor) -> None:
    reason = visitor.sends(visitor.opens(), score="4")

    thanks = visitor.sends(reason, comment="half a thought", do="skip")

    assert thanks.heading == "Thank you. Your answer has been saved."
    assert stored() == [(4, None)]
    assert only_response().completed_at is not None


def test_the_answer_can_be_changed_from_the_thanks(visitor: Visitor) -> None:
    thanks = visitor.sends(visitor.sends(visitor.opens(), score="4"), comment="Too slow", do="send")

    again = visitor.opens(thanks.links["Change my answer"])
    visitor.sends(again, comment="Still too slow", do="send")

    assert (again.chosen, again.words) == ("4", "Too slow")
    assert stored() == [(4, "Still too slow")]


def test_a_comment_that_is_taken_back_is_gone(visitor: Visitor) -> None:
    thanks = visitor.sends(visitor.sends(visitor.opens(), score="4"), comment="Forget this", do="send")

    visitor.sends(visitor.opens(thanks.links["Change my answer"]), comment="", do="send")

    assert stored() == [(4, None)]


def test_a_mail_link_chooses_the_number_but_stores_nothing(visitor: Visitor) -> None:
    page = visitor.opens(score="9")

    assert page.chosen == "9"
    assert "What do you value most about Acme?" in page.said
    assert stored() == []


def test_a_mail_link_is_answered_with_one_press(visitor: Visitor) -> None:
    thanks = visitor.sends(visitor.opens(score="9"), comment="The people", do="send")

    assert thanks.heading == "Thank you. Your answer has been saved."
    assert stored() == [(9, "The people")]
    assert only_response().completed_at is not None


def test_back_to_a_mail_link_and_other_words_is_an_edit(visitor: Visitor) -> None:
    page = visitor.opens(score="9")
    visitor.sends(page, comment="The people", do="send")

    visitor.sends(page, comment="The people and the price", do="send")

    assert stored() == [(9, "The people and the price")]


def test_a_mail_link_whose_number_was_changed_without_words_asks_the_right_question(visitor: Visitor) -> None:
    page = visitor.sends(visitor.opens(score="9"), score="3", do="send")

    assert page.heading == "Your score 3 is saved."
    assert "What should we improve first?" in page.said


@pytest.mark.parametrize("score", ["", "11", "-1", "07", "7.0", "٧", "nine"])
def test_a_link_with_no_score_of_the_scale_opens_the_question(visitor: Visitor, score: str) -> None:
    page = visitor.opens(score=score)

    assert len(page.buttons) == 11


def test_a_closed_survey_says_so_and_stores_nothing(visitor: Visitor) -> None:
    page = visitor.opens()
    surveys.close("shop")

    answered = visitor.sends(page, score="3")

    assert (answered.status, answered.heading) == (200, "This survey is closed.")
    assert visitor.opens().heading == "This survey is closed."
    assert stored() == []


def test_words_for_a_survey_that_closed_meanwhile_are_shown_to_be_copied(visitor: Visitor) -> None:
    reason = visitor.sends(visitor.opens(), score="3")
    surveys.close("shop")

    answered = visitor.sends(reason, comment="All of this was hard to type", do="send")

    assert answered.words == "All of this was hard to type"
    assert stored() == [(3, None)]


def test_an_unknown_key_is_nothing(visitor: Visitor) -> None:
    page = Visitor(visitor.client, "nobody").opens()

    assert (page.status, page.heading) == (404, "There is nothing at this address.")


def test_the_moment_and_the_site_are_stored_without_a_path(visitor: Visitor) -> None:
    visitor.headers["Referer"] = "https://www.example.com/account/4711?name=me"

    visitor.sends(visitor.opens(touchpoint="checkout"), score="3")

    response = only_response()
    assert (response.touchpoint, response.host) == ("checkout", "https://www.example.com")


@pytest.mark.parametrize("touchpoint", ["", "Check out", "x" * 65, "a/b", "\x00"])
def test_a_moment_that_is_not_a_name_is_not_stored(visitor: Visitor, touchpoint: str) -> None:
    visitor.sends(visitor.opens(touchpoint=touchpoint), score="3")

    assert only_response().touchpoint is None


def test_language_and_theme_stay_for_the_whole_visit(visitor: Visitor) -> None:
    question = visitor.opens(lang="de", theme="dark")
    reason = visitor.sends(question, score="3")
    thanks = visitor.sends(reason, do="send")

    pages = [question, reason, thanks]
    assert {dict(page.tags[0][1])["lang"] for page in pages} == {"de"}
    assert {dict(page.tags[0][1])["class"] for page in pages} == {"dark"}
    assert only_response().language == "de"
