"""Why a mention stands where it stands, and that this is the reason: it agrees with what reading gave."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from app.analysis.model import Model
from app.analysis.pain_points.assign import FITS, PLEASED
from app.analysis.pain_points.catalogue import shipped
from app.analysis.pain_points.encoder import Remembering, UseEncoder
from app.analysis.pain_points.nearest import ALIKE, NAMED, WORDS, phrases_of
from app.analysis.pipeline import adapt, fit, raised, read
from app.analysis.reasons import Reason, explain
from app.analysis.types import Comment, Entry, Lesson

CORPUS = Path(__file__).parents[1] / "corpus"
LANGUAGES = ("en", "it", "de", "ru", "sv", "fr", "es")
SUPPORT = next(entry for entry in shipped() if entry.id == "support-speed")


def spoken(language: str) -> list[Comment]:
    with (CORPUS / f"{language}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    numbers = count()
    return [Comment(f"{language}-{next(numbers)}", row["comment"], int(row["score"]), language) for row in rows]


@pytest.fixture(scope="module")
def encoder() -> Remembering:
    return Remembering(UseEncoder(processes=1))


@pytest.fixture(scope="module")
def corpus() -> list[Comment]:
    return [comment for language in LANGUAGES for comment in spoken(language)]


@pytest.fixture(scope="module")
def model(corpus: list[Comment], encoder: Remembering) -> Model:
    return fit(corpus, shipped(), encoder)


def why(text: str, score: int, model: Model, encoder: Remembering, language: str = "en") -> tuple[Reason, ...]:
    return explain(Comment("1", text, score, language), model, encoder)


def test_reasons_agree_with_what_was_read_of_every_comment_of_the_corpus(
    corpus: list[Comment], model: Model, encoder: Remembering
) -> None:
    heard = read(corpus, model, encoder)

    rules = set()
    for comment, one in zip(corpus, heard, strict=True):
        found = explain(comment, model, encoder)
        rules |= {reason.rule for reason in found}
        assert [reason.mention for reason in found] == [replace(mention, terms=()) for mention in one.mentions]
        assert all(agrees(reason) for reason in found), comment.text

    assert sum(map(bool, map(raised, heard))) > 300
    assert rules >= {"best", "leading", "last resort", "praise", "neutral", "chatter", "plain", "promoter", "weak"}


def agrees(reason: Reason) -> bool:
    """Whether the numbers that are told lead to the answer that is told."""
    if not reason.fits:
        return reason.mention.pain_point is None and reason.rule in {"praise", "neutral"}
    totals = {one.id: one.total for one in reason.fits}
    assert list(totals.values()) == sorted(totals.values(), reverse=True)
    first, own = reason.fits[0], totals.get(reason.mention.pain_point or "", 0.0)
    return {
        "best": reason.mention.pain_point == first.id and own >= reason.needed,
        "leading": own >= reason.needed and first.id != reason.mention.pain_point and reason.lead is not None,
        "last resort": own < reason.needed and reason.mention.pain_point == first.id,
        "chatter": reason.mention.pain_point is None and (reason.chatter or 0) > first.total,
        "promoter": reason.mention.pain_point is None
        and (reason.needed >= FITS + PLEASED or reason.mention.stance == "wish"),
        "plain": reason.mention.pain_point is None and reason.needed > FITS and first.total < reason.needed,
        "second": reason.mention.pain_point is None and first.total >= reason.needed,
        "weak": reason.mention.pain_point is None and first.total < reason.needed,
        "empty": reason.mention.pain_point is None and not reason.phrases,
    }[reason.rule]


@pytest.mark.parametrize(
    ("text", "score", "rules"),
    [
        ("Support takes days to answer", 2, ["best"]),
        ("I love the new design", 10, ["praise"]),
        ("The app crashes all the time. It crashes when I save and when I open it.", 2, ["best", "best"]),
    ],
)
def test_each_mention_has_one_rule(text: str, score: int, rules: list[str], model: Model, encoder: Remembering) -> None:
    assert [reason.rule for reason in why(text, score, model, encoder)] == rules


def test_the_nearest_phrases_of_its_own_language_come_first(model: Model, encoder: Remembering) -> None:
    phrases = why("I waited three days for an answer", 2, model, encoder)[0].phrases

    assert [near.language for near in phrases] == ["en"] * NAMED
    assert [near.likeness for near in phrases] == sorted((near.likeness for near in phrases), reverse=True)
    assert all(near.text in SUPPORT.phrases[near.language] for near in phrases)
    assert phrases_of(SUPPORT)[phrases[0].place][0] == phrases[0].text


def test_phrases_of_other_languages_stand_in_where_its_own_has_none(model: Model, encoder: Remembering) -> None:
    phrases = why("Kukaan ei vastaa puhelimeen", 2, model, encoder, "fi")[0].phrases

    assert phrases
    assert all(near.likeness >= ALIKE for near in phrases)


def test_words_are_as_they_were_written_with_their_places(model: Model, encoder: Remembering) -> None:
    text = "Honestly: your hotlines are answering nobody, purple"

    words = why(text, 2, model, encoder)[0].words

    assert "hotlines" in {word.text for word in words}
    assert "purple" not in {word.text for word in words}
    assert len(words) <= WORDS
    assert all(text[word.start : word.end] == word.text for word in words)


def test_the_words_add_up_to_the_part_that_words_have_in_the_fit(
    corpus: list[Comment], model: Model, encoder: Remembering
) -> None:
    for text in ("it crashes", "Support never answers the phone", "die App stürzt ab"):
        code = "de" if "die" in text else "en"
        overlap = model.words.overlap([text], [code])[0]

        assert overlap.max() > 0
        for k in range(len(overlap)):
            assert sum(model.words.shares(text, code, k).values()) == pytest.approx(overlap[k], abs=1e-5)


def test_quotes_are_what_other_people_said_of_the_same_pain_point(model: Model, encoder: Remembering) -> None:
    others = {
        "support-speed": [
            ("it takes them weeks to answer", "en"),
            ("Keine Antwort seit Tagen", "de"),
            ("purple", "en"),
        ],
        "crashes": [("it crashes", "en")],
    }

    found = explain(Comment("1", "Support takes days to answer", 2, "en"), model, encoder, others=others)[0].quotes

    assert {near.text for near in found} == {"it takes them weeks to answer", "Keine Antwort seit Tagen"}
    assert all(others["support-speed"][near.place][0] == near.text for near in found)


def test_a_pain_point_without_phrases_is_compared_by_its_name() -> None:
    assert phrases_of(Entry("m-1", "manual", {"en": "Answer the phone"})) == [("Answer the phone", "en")]


LESSON = Lesson("the invoice never shows my name", "en", wrong="billing", right="quality")


def test_what_a_person_said_of_the_same_words_is_the_reason_and_is_quoted(model: Model, encoder: Remembering) -> None:
    taught = adapt(model, model.entries, [LESSON], encoder)

    found = explain(Comment("1", LESSON.text, 2, "en"), taught, encoder, said=[LESSON])[0]

    assert (found.rule, found.mention.pain_point) == ("corrected", "quality")
    assert (found.lesson, found.likeness) == (LESSON, 1.0)


def test_a_lesson_that_nothing_is_known_of_is_a_reason_too(model: Model, encoder: Remembering) -> None:
    lesson = replace(LESSON, right=None)
    taught = adapt(model, model.entries, [lesson], encoder)

    found = explain(Comment("1", LESSON.text, 2, "en"), taught, encoder, said=[lesson])[0]

    assert (found.rule, found.mention.pain_point, found.lesson) == ("corrected", None, lesson)


def test_nearly_the_same_words_follow_a_correction_and_say_so(model: Model, encoder: Remembering) -> None:
    lesson = Lesson("the screen is too dark to read", "en", wrong=None, right="quality")
    taught = adapt(model, model.entries, [lesson], encoder)
    like_it = Comment("1", "the screen is much too dark to read", 2, "en")

    before, after = explain(like_it, model, encoder)[0], explain(like_it, taught, encoder, said=[lesson])[0]

    assert before.mention.pain_point not in {None, "quality"}
    assert (after.rule, after.mention.pain_point, after.lesson) == ("corrected alike", "quality", lesson)
    assert after.fits[0].lessons > 0
    assert 0.9 < (after.likeness or 0) < 1


def test_a_correction_that_changes_nothing_here_is_not_given_as_the_reason(model: Model, encoder: Remembering) -> None:
    taught = adapt(model, model.entries, [LESSON], encoder)

    assert why("Support takes days to answer", 2, taught, encoder)[0].rule == "best"


def test_a_correction_whose_words_are_gone_is_still_the_reason(model: Model, encoder: Remembering) -> None:
    taught = adapt(model, model.entries, [LESSON], encoder)

    found = why(LESSON.text, 2, taught, encoder)[0]

    assert (found.rule, found.lesson) == ("corrected", None)


@pytest.mark.parametrize("text", ["", "   ", "👍"])
def test_a_comment_without_words_has_no_pain_to_explain(text: str, model: Model, encoder: Remembering) -> None:
    assert all(reason.mention.pain_point is None for reason in why(text, 2, model, encoder))
