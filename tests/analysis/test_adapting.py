"""People change the catalogue: what they ask for happens, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.analysis.model import Model
from app.analysis.pain_points.catalogue import shipped
from app.analysis.pain_points.encoder import UseEncoder
from app.analysis.pipeline import adapt, fit, raised, read
from app.analysis.types import Comment, Entry, Lesson

SAID = [
    "the app crashes when I open it",
    "nobody answers the phone",
    "my haircut is crooked",
    "the haircut came out too short",
    "far too expensive",
    "the invoice is wrong again",
]
HAIRCUTS = Entry("m-1", "manual", {"en": "Cut hair straight"}, {"en": ("my haircut is uneven", "awful haircut")})


@pytest.fixture(scope="module")
def encoder() -> UseEncoder:
    return UseEncoder(processes=1)


@pytest.fixture(scope="module")
def model(encoder: UseEncoder) -> Model:
    return fit([], shipped(), encoder)


def heard(model: Model, encoder: UseEncoder) -> list[set[str]]:
    comments = [Comment(str(n), text, 2, "en") for n, text in enumerate(SAID)]
    return [set(raised(comment)) for comment in read(comments, model, encoder)]


def test_an_unchanged_catalogue_changes_nothing(model: Model, encoder: UseEncoder) -> None:
    assert adapt(model, model.entries, (), encoder).to_bytes() == model.to_bytes()


def test_a_new_pain_point_gathers_its_comments_and_no_others(model: Model, encoder: UseEncoder) -> None:
    before = heard(model, encoder)

    after = heard(adapt(model, (*shipped(), HAIRCUTS), (), encoder), encoder)

    assert after[2] == after[3] == {"m-1"}
    assert [now for now, then in zip(after, before, strict=True) if now != then] == [{"m-1"}, {"m-1"}]


def test_a_pain_point_without_phrases_is_found_by_its_name(model: Model, encoder: UseEncoder) -> None:
    named = replace(HAIRCUTS, names={"en": "Better haircuts"}, phrases={})

    assert heard(adapt(model, (*shipped(), named), (), encoder), encoder)[3] == {"m-1"}


def test_what_is_split_off_leaves_the_rest_where_it_was(encoder: UseEncoder) -> None:
    comments = [Comment(str(n), SAID[n % len(SAID)], n % 9, "en") for n in range(60)]
    learned = fit(comments, shipped(), encoder)
    off = Entry("m-2", "manual", {"en": "Leave hair long"}, {"en": (SAID[3],)})

    after = heard(adapt(learned, (*learned.entries, HAIRCUTS, off), (), encoder), encoder)

    assert (after[2], after[3]) == ({"m-1"}, {"m-2"})


def test_new_phrases_widen_a_pain_point(model: Model, encoder: UseEncoder) -> None:
    quality = next(entry for entry in shipped() if entry.id == "quality")
    phrases = {**quality.phrases, "en": (*quality.phrases["en"], "my haircut is uneven", "a haircut too short")}
    others = [entry for entry in shipped() if entry.id != "quality"]

    after = heard(adapt(model, (*others, replace(quality, phrases=phrases)), (), encoder), encoder)

    assert after[2] == after[3] == {"quality"}
    assert after[0] == {"crashes"}


def test_a_pain_point_that_is_gone_gives_its_comments_to_the_rest(model: Model, encoder: UseEncoder) -> None:
    without = tuple(entry for entry in shipped() if entry.id != "billing")

    assert "billing" not in set().union(*heard(adapt(model, without, (), encoder), encoder))


def test_a_correction_stands_and_teaches_its_neighbours(model: Model, encoder: UseEncoder) -> None:
    lessons = [Lesson("my haircut is crooked", "en", None, "quality")]

    after = heard(adapt(model, model.entries, lessons, encoder), encoder)

    assert after[2] == {"quality"}
    assert after[5] == {"billing"}


def test_what_was_adapted_can_be_stored(model: Model, encoder: UseEncoder) -> None:
    lessons = [Lesson(SAID[2], "en", None, "m-1"), Lesson(SAID[5], "en", "billing", None)]
    adapted = adapt(model, (*shipped(), HAIRCUTS), lessons, encoder)

    assert heard(Model.from_bytes(adapted.to_bytes()), encoder) == heard(adapted, encoder)
    assert heard(adapted, encoder)[5] == set()


def test_lessons_survive_a_new_fit(encoder: UseEncoder) -> None:
    comments = [Comment(str(n), text, 2, "en") for n, text in enumerate(SAID)]
    lessons = [Lesson(SAID[5], "en", "billing", "information")]

    learned = fit(comments, (*shipped(), HAIRCUTS), encoder, lessons=lessons)

    assert heard(learned, encoder)[5] == {"information"}
    assert heard(learned, encoder)[2] == {"m-1"}
