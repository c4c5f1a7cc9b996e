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

    assert crash[0] > crash[1] == 0


def test_words_count_within_their_language_only(lexicon: Lexicon) -> None:
    assert lexicon.overlap(["crashes nonstop"], ["de"]).tolist() == [[0, 0]]


def test_a_rare_word_weighs_more_than_a_frequent_one(lexicon: Lexicon) -> None:
    rare, frequent = lexicon.overlap(["expensive monkeys", "app monkeys"], ["en", "en"])[:, 1]

    assert rare > frequent > 0


def test_a_text_without_words_overlaps_with_nothing(lexicon: Lexicon) -> None:
    assert lexicon.overlap(["", "!!!"], ["en", "en"]).tolist() == [[0, 0], [0, 0]]
    assert lexicon.overlap([], []).shape == (0, 2)


def test_entries_can_be_left_out_and_new_ones_without_words_added(lexicon: Lexicon) -> None:
    prices, nothing = lexicon.arranged([1, None], ()).overlap(["so expensive"], ["en"])[0]

    assert prices == lexicon.overlap(["so expensive"], ["en"])[0, 1]
    assert nothing == 0


def test_one_phrase_does_not_outweigh_the_many_of_its_neighbour() -> None:
    many = ["my haircut is uneven", "an awful haircut", "a crooked haircut", "the worst haircut"]
    seeds = [*((text, "en", 0) for text in many), ("the haircut came out short", "en", 1)]

    neighbour, single = learn([], [], seeds, 2).overlap(["a haircut by somebody"], ["en"])[0]

    assert neighbour > single > 0
