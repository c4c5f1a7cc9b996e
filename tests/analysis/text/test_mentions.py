"""A comment is cut into opinions, each with its exact place."""

import pytest

from app.analysis.text.mentions import split


def mentions(text: str, language: str = "en") -> list[str]:
    return [text[span.start : span.end] for span in split(text, language)]


def test_two_full_clauses_joined_by_and_are_two_mentions_with_exact_places():
    spans = split("Support takes days to answer and the app keeps crashing", "en")

    assert [(span.start, span.end) for span in spans] == [(0, 28), (29, 55)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("👍", []),
        ("Slow support", ["Slow support"]),
        ("Great app.Slow support", ["Great app.", "Slow support"]),
        ("I paid 3.50 at example.com", ["I paid 3.50 at example.com"]),
        ("Nice staff but the prices are too high", ["Nice staff", "but the prices are too high"]),
    ],
)
def test_a_comment_is_split_at_sentences_and_contrasts(text: str, expected: list[str]):
    assert mentions(text) == expected
