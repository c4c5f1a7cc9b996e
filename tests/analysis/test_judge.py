"""How far each mention of a comment speaks of something to fix, apart from the score."""

import pytest

from app.analysis.judge import judge
from app.analysis.text import stance
from app.analysis.types import Comment


def heard(text: str, score: int) -> list[tuple[str, float]]:
    return [(text[m.start : m.end], m.evidence) for m in judge(Comment("1", text, score, "en")).mentions]


def test_what_a_passive_says_beside_praise_is_the_reason_for_not_giving_more() -> None:
    assert heard("Great food. Breakfast ends at nine.", 8) == [("Great food.", 0.5), ("Breakfast ends at nine.", 0.5)]


def test_beside_a_reason_that_is_named_the_rest_only_tells() -> None:
    said = heard("Great food. The lift was broken. The rooms face the garden.", 8)

    assert said[1:] == [("The lift was broken.", 1.0), ("The rooms face the garden.", 0.0)]


@pytest.mark.parametrize("score", [3, 10])
def test_beside_the_praise_of_others_plain_words_only_tell(score: int) -> None:
    assert heard("Great food. The rooms face the garden.", score)[1] == ("The rooms face the garden.", 0.0)


def test_a_comment_of_plain_words_speaks_of_nothing_to_fix() -> None:
    assert heard("The rooms face the garden.", 8) == [("The rooms face the garden.", 0.0)]


def test_what_the_words_say_is_worked_out_once_for_stance_and_evidence() -> None:
    stance.polarity.cache_clear()

    judge(Comment("1", "The lift was broken.", 3, "en"))

    assert (stance.polarity.cache_info().hits, stance.polarity.cache_info().misses) == (1, 1)
