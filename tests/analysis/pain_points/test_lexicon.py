import numpy as np
import pytest

from app.analysis.pain_points.lexicon import Lexicon, learn

SEEDS = [
    ("it crashes all the time", "en", 0),
    ("die App stürzt ab", "de", 0),
    ("the app is expensive", "en", 1),
    ("too high a price", "en", 1),
]


@pytest.fixture
def lexicon() -> Lexicon:
    return learn(["the app crashed", "the app is nice", "what an app"], ["en"] * 3, SEEDS, 2)


def test_a_word_of_one_entry_speaks_for_it(lexicon: Lexicon) -> None:
    (crash,) = lexicon.overlap(["crashes nonstop"], ["en"])

    assert crash[0] > 0.3
    assert crash[1] == 0


def test_words_count_within_their_language_only(lexicon: Lexicon) -> None:
    assert lexicon.overlap(["crashes nonstop"], ["de"]).tolist() == [[0, 0]]


def test_a_rare_word_weighs_more_than_a_frequent_one(lexicon: Lexicon) -> None:
    rare, frequent = lexicon.overlap(["expensive monkeys", "app monkeys"], ["en", "en"])[:, 1]

    assert rare > frequent > 0


def test_a_text_without_words_overlaps_with_nothing(lexicon: Lexicon) -> None:
    assert lexicon.overlap(["", "!!!"], ["en", "en"]).tolist() == [[0, 0], [0, 0]]
    assert lexicon.overlap([], []).shape == (0, 2)


def test_some_of_the_entries_keep_their_words(lexicon: Lexicon) -> None:
    prices = lexicon.only(np.array([1]))

    assert (
        prices.overlap(["so expensive"], ["en"]).tolist() == lexicon.overlap(["so expensive"], ["en"])[:, 1:].tolist()
    )


def test_new_entries_hold_no_words(lexicon: Lexicon) -> None:
    assert lexicon.widened(2).overlap(["so expensive"], ["en"])[0, 2:].tolist() == [0, 0]
