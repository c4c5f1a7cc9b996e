import pytest

from app.analysis.pain_points.gloss import gloss


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("leveransen", "sv", "delivery"),
        ("Priset!", "sv", "price!"),
        ("faktura", "da", "bill invoice"),
        ("pris", "no", "price"),
        ("Toshiba", "sv", "toshiba"),
    ],
)
def test_words_become_english_and_unknown_ones_stay(text: str, language: str, expected: str) -> None:
    assert gloss(text, language) == expected


def test_a_compound_is_read_by_its_parts() -> None:
    assert gloss("skærmkvalitet", "da") == "screen display quality"
    assert gloss("leveranskostnad", "sv") == "delivery cost"


def test_languages_that_the_encoder_knows_are_left_alone() -> None:
    for language in ("en", "de", "ru", "ja", "und"):
        assert gloss("Priset är högt", language) == "Priset är högt"
