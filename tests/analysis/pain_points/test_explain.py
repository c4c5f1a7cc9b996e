"""Why a mention stands under a pain point, told by what it is nearest to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.analysis.pain_points.catalogue import shipped
from app.analysis.pain_points.encoder import UseEncoder
from app.analysis.pain_points.explain import NEAREST, Place, explain
from app.analysis.pain_points.space import Matrix
from app.analysis.pipeline import fit
from app.analysis.types import Entry

SUPPORT = next(entry for entry in shipped() if entry.id == "support-speed")
OTHERS = [("the hotline never answers", "en"), ("Keine Antwort seit Tagen", "de"), ("nobody replies to me", "en")]


@pytest.fixture(scope="module")
def place() -> Place:
    encoder = UseEncoder(processes=1)
    space = fit([], shipped(), encoder).space

    def placed(texts: Sequence[str], languages: Sequence[str]) -> Matrix:
        return space.place(encoder.encode(texts), languages)

    return placed


def test_the_nearest_phrases_come_first_whatever_their_language(place: Place) -> None:
    phrases = explain("I waited three days for an answer", "en", SUPPORT, OTHERS, place).phrases

    assert len(phrases) == NEAREST
    assert [near.likeness for near in phrases] == sorted((near.likeness for near in phrases), reverse=True)
    assert phrases[0].likeness > 0.5
    assert all(near.text in SUPPORT.phrases[near.language] for near in phrases)


def test_words_are_those_that_the_pain_point_uses_too_as_they_were_written(place: Place) -> None:
    words = explain("Your hotlines are answering nobody, purple", "en", SUPPORT, OTHERS, place).words

    assert "hotlines" in words
    assert "purple" not in words


def test_neighbours_are_what_other_people_said_and_never_the_mention_itself(place: Place) -> None:
    said = "the hotline never answers"

    neighbours = explain(said, "en", SUPPORT, OTHERS, place).neighbours

    assert said not in {near.text for near in neighbours}
    assert {near.text for near in neighbours} <= {text for text, _ in OTHERS}


def test_a_pain_point_without_phrases_is_compared_by_its_name(place: Place) -> None:
    named = Entry("m-1", "manual", {"en": "Answer the phone"})

    assert explain("nobody picks up the phone", "en", named, (), place).phrases[0].text == "Answer the phone"


def test_where_nobody_else_says_it_there_are_no_neighbours(place: Place) -> None:
    assert explain("nobody picks up the phone", "en", SUPPORT, (), place).neighbours == ()
