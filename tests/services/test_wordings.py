"""A survey says it in its own words: whole sentences, checked before they are kept."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.errors import Invalid
from app.services import surveys, wordings
from tests.pages.visitor import Visitor

QUESTION = "How likely are you to recommend {name} to a friend or colleague?"
SAVED = "Your score {score} is saved."
LOWEST = "0 out of 10, not at all likely"


@pytest.fixture
def visitor(app: Flask, client: FlaskClient) -> Visitor:
    surveys.create("shop", "Acme")
    return Visitor(client)


def test_the_widget_says_what_the_survey_says(visitor: Visitor) -> None:
    wordings.change("shop", "en", {QUESTION: "Would you tell a friend about {name}?", "Privacy": "Your data"})

    page = visitor.opens()

    assert page.heading == "Would you tell a friend about Acme?"
    assert "<bdi>Acme</bdi>" in page.html
    assert "Your data" in page.links


def test_another_language_keeps_the_shipped_sentence(visitor: Visitor) -> None:
    wordings.change("shop", "en", {QUESTION: "Would you?"})

    assert visitor.opens(lang="de").heading.startswith("Wie wahrscheinlich ist es, dass Sie Acme")
    assert visitor.opens(lang="en").heading == "Would you?"


def test_an_empty_sentence_is_the_shipped_one_again_and_others_stay(visitor: Visitor) -> None:
    wordings.change("shop", "en", {QUESTION: "Would you?", "Send": "Off it goes"})
    wordings.change("shop", "en", {QUESTION: "  "})

    assert surveys.get("shop").wording == {"en": {"Send": "Off it goes"}}
    wordings.change("shop", "en", {"Send": ""})
    assert surveys.get("shop").wording == {}


def test_the_name_of_a_button_is_worded_with_its_number(visitor: Visitor) -> None:
    wordings.change("shop", "en", {"{score} out of 10": "{score} points", LOWEST: "0 points, never"})

    assert visitor.opens().names[:3] == ["0 points, never", "1 points", "2 points"]


def test_what_a_person_wrote_is_text_and_reaches_nothing(visitor: Visitor) -> None:
    wordings.change("shop", "en", {QUESTION: "R&D \"asks\" 'you' {name}?"})

    page = visitor.opens()

    assert page.heading == "R&D \"asks\" 'you' Acme?"


@pytest.mark.parametrize(
    ("source", "text", "says"),
    [
        (QUESTION, "x" * 201, "Shorten it to 200 characters; it has 201."),
        (QUESTION, "<b>Would you?</b>", "Leave out < and >"),
        (QUESTION, "Would {company} do?", "it may hold {name} only"),
        (QUESTION, "Would {name.__class__} do?", "it may hold {name} only"),
        (QUESTION, "Would {0} do?", "it may hold {name} only"),
        (QUESTION, "Would {name do?", "it may hold {name} only"),
        ("Send", "Send {name}", "Leave out the braces"),
        (SAVED, "Thanks!", "Keep {score} in it."),
        (LOWEST, "Never", "Keep the number 0"),
        ("10 out of 10, extremely likely", "100, always", "Keep the number 10"),
        ("Send", "Send\u202edneS", "a character that nobody can see"),
        ("Send", "Send\x00", "a character that nobody can see"),
    ],
    ids=ascii,
)
def test_a_sentence_that_cannot_be_said_is_refused_and_nothing_changes(
    visitor: Visitor, source: str, text: str, says: str
) -> None:
    with pytest.raises(Invalid) as refused:
        wordings.change("shop", "en", {"Skip": "Not now", source: text})

    assert list(refused.value.errors) == [source]
    assert says in refused.value.errors[source][0]
    assert surveys.get("shop").wording == {}


def test_line_breaks_become_spaces_and_a_narrow_space_stays(visitor: Visitor) -> None:
    wordings.change("shop", "fr", {QUESTION: " Recommanderiez-vous\r\n{name}\u202f? "})

    assert surveys.get("shop").wording["fr"][QUESTION] == "Recommanderiez-vous {name}\u202f?"


def test_a_language_that_the_widget_does_not_speak_is_refused(visitor: Visitor) -> None:
    with pytest.raises(Invalid, match="The widget speaks en, it"):
        wordings.change("shop", "xx", {QUESTION: "?"})
