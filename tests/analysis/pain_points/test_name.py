import pytest

from app.analysis.pain_points.name import LONGEST, count, name, subjects, telling

BATTERY = ["The battery life is a joke", "battery life too short", "poor battery life", "my battery is dead by noon"]
OTHERS = ["The screen is too dark", "bad screen", "it is too slow", "support never answers", "life is hard"]


def named(own: list[str], language: str, wished: bool = False) -> str:
    return name(count(own, language), count(own + OTHERS, language), language, wished)


def test_a_pain_point_is_named_by_verb_and_collocation() -> None:
    assert named(BATTERY, "en") == "Improve battery life"


def test_what_is_wished_for_is_added() -> None:
    assert (
        named(["please add a dark mode", "dark mode would be great", "a dark mode please"], "en", True)
        == "Add dark mode"
    )


def test_the_action_is_said_in_the_language_of_its_mentions() -> None:
    assert named(["der Akku hält nicht", "Akku leer", "schwacher Akku"], "de").lower() == "akku verbessern"


@pytest.mark.parametrize(
    "language", ["en", "it", "de", "ru", "sv", "fr", "es", "pt", "nl", "pl", "ja", "ar", "da", "tr"]
)
def test_a_name_is_never_too_long(language: str) -> None:
    assert 0 < len(named(["Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"] * 3, language)) <= LONGEST


def test_a_brand_is_nothing_to_improve() -> None:
    assert named(["my old Toshiba", "this Toshiba again", "another Toshiba"], "en") == ""


def test_mentions_without_a_common_word_have_no_name() -> None:
    assert named([], "en") == ""


def test_words_that_only_judge_are_no_subjects() -> None:
    assert [token.text for token in subjects("a terrible, awful battery", "en")] == ["battery"]


def test_the_most_telling_word_is_said_here_and_nowhere_else() -> None:
    own = count(["slow battery", "battery slow", "slow"], "en")
    everyone = count(["slow battery", "battery slow", "slow", "slow page", "slow staff", "slow lift"], "en")

    assert telling(own, everyone)[0] == "batteri"
