"""A sentence with what people wrote in it: escaped first, then set apart, and never a program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import g
from markupsafe import Markup

from app import create_app
from app.pages import widget_steps as steps
from tests.conftest import SETTINGS

OWN = "Tell us about {name}, {other} {0} {name} {{name}} {name.real} {"


@pytest.fixture(autouse=True)
def page(tmp_path: Path) -> Iterator[None]:
    """A visit in English to a survey with a sentence of its own; no table is read."""
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"})
    with app.test_request_context("/w/shop", headers={"Accept-Language": "en"}):
        g.wording = {"Feedback about {name}": OWN}
        yield


def test_what_people_wrote_is_text_and_turns_no_direction() -> None:
    said = steps.say("Your score {score} is saved.", score="<b>3</b> & \u202e")

    assert said == Markup("Your score <bdi>&lt;b&gt;3&lt;/b&gt; &amp; \u202e</bdi> is saved.")
    assert isinstance(said, Markup)
    assert steps.say("Send") == Markup("Send")


def test_a_sentence_of_the_survey_is_escaped_too() -> None:
    g.wording = {"Send": "<script>alert(1)</script>"}

    assert steps.say("Send") == Markup("&lt;script&gt;alert(1)&lt;/script&gt;")


def test_in_attributes_it_stands_alone_without_markup() -> None:
    assert steps.say_plainly("Your score {score} is saved.", score="<3>") == "Your score \u2068<3>\u2069 is saved."


def test_only_the_names_that_are_given_are_filled_and_nothing_else_is_reached() -> None:
    expected = "Tell us about \u2068{other}\u2069, {other} {0} \u2068{other}\u2069 {\u2068{other}\u2069} {name.real} {"

    assert steps.say_plainly("Feedback about {name}", name="{other}") == expected
    assert steps.say("Feedback about {name}", name="x").startswith(Markup("Tell us about <bdi>x</bdi>, {other}"))
