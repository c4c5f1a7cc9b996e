"""Cues are found once in a comment, and its mentions hear the same as if each had been read alone."""

from __future__ import annotations

import pytest

from app.analysis.text import cues, mentions
from app.analysis.types import Span

COMMENTS = [
    ("en", "Not good. The app is great, but support doesn't answer and I wish it was cheaper."),
    ("en", 'It was not worth it. Not\nworth the money: "slow" and dear (really), don\'t bother!'),
    ("en", "never. Again I had no problems. No"),
    ("fr", "L'appli n'est pas mal mais l'assistance, c'est l'enfer. Aucun souci d'ailleurs."),
    ("it", "L'app non va; l'assistenza non risponde, pero' il prezzo e' buono."),
    ("ja", "使いやすいですが、遅いです。問題ない。"),
    ("de", "Der Kundendienst ist nicht gut, aber die App funktioniert nicht schlecht."),
]


@pytest.mark.parametrize(("language", "comment"), COMMENTS)
def test_a_mention_hears_the_same_cues_alone_and_inside_its_comment(language: str, comment: str) -> None:
    cues.find.cache_clear()
    parts = [comment[span.start : span.end] for span in mentions.split(comment, language)]
    inside = [cues.find(part, language) for part in parts]

    mentions.split("", language)
    cues.find.cache_clear()
    cues.divide("", language, [], [])

    assert [cues.find(part, language) for part in parts] == inside
    assert any(inside)


@pytest.mark.parametrize(
    ("text", "words"), [("could not be better", 4), ("worth the money", 3), ("worth the", 2), ("never again", 2)]
)
def test_the_longest_cue_at_a_place_is_meant(text: str, words: int) -> None:
    (hit,) = cues.find(text, "en")

    assert (hit.first, hit.last) == (0, words)


def test_a_part_that_ends_inside_a_cue_is_heard_for_itself() -> None:
    comment, part = "It could not be better", "It could not"
    cues.find.cache_clear()

    cues.divide(comment, "en", [Span(0, len(part))], [(0, 3)])

    assert [hit.kind for hit in cues.find(comment, "en")] == ["praise"]
    assert [hit.kind for hit in cues.find(part, "en")] == ["negator"]
