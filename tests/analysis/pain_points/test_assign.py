from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from app.analysis.pain_points.assign import (
    CHATTER,
    FITS,
    LAST_RESORT,
    LAST_RESORT_PASSIVE,
    LAST_WISH,
    MARGIN,
    NONE,
    PLEASED,
    SOBER,
    SOBER_UNHAPPY,
    WORDS,
    blend,
    choose,
    fit,
)

NO_FAVOUR = np.zeros(2)


@dataclass
class Talk:
    """Mentions of passives that name something to fix, unless said otherwise."""

    comment: NDArray[np.intp]
    has_content: NDArray[np.bool_]
    pleased: NDArray[np.bool_]
    unhappy: NDArray[np.bool_]
    wishes: NDArray[np.bool_]
    evidence: NDArray[np.float64]


def talk(
    comment: list[int],
    talking: list[bool] | None = None,
    pleased: bool = False,
    unhappy: bool = False,
    evidence: list[float] | None = None,
    wishes: bool = False,
) -> Talk:
    n = len(comment)
    return Talk(
        np.array(comment, dtype=np.intp),
        np.array(talking or [True] * n, dtype=np.bool_),
        np.array([pleased] * n, dtype=np.bool_),
        np.array([unhappy] * n, dtype=np.bool_),
        np.array([wishes] * n, dtype=np.bool_),
        np.array(evidence or [1.0] * n),
    )


def chosen(
    fits: list[list[float]],
    comment: list[int],
    talking: list[bool] | None = None,
    favour: tuple[float, ...] = (0.0, 0.0),
    pleased: bool = False,
    chatter: int = 0,
    unhappy: bool = False,
    wishes: bool = False,
) -> list[int]:
    said = talk(comment, talking, pleased, unhappy, wishes=wishes)
    return choose(np.array(fits), np.array(favour), said, chatter).entry.tolist()


def test_a_mention_raises_the_entry_it_fits_best() -> None:
    assert chosen([[0.1, 0.7], [0.6, 0.2]], [0, 1]) == [1, 0]


def test_two_opinions_of_one_comment_raise_two_pain_points() -> None:
    assert chosen([[0.1, 0.7], [0.6, 0.2]], [0, 0]) == [1, 0]


def test_a_second_pain_point_needs_a_margin_over_the_first() -> None:
    assert chosen([[0.7, 0.1], [0.5, 0.5 + MARGIN / 2]], [0, 0]) == [0, 0]


def test_what_fits_nothing_well_is_left_out_beside_a_clear_complaint() -> None:
    assert chosen([[0.7, 0.1], [FITS / 2, FITS - 0.01]], [0, 0]) == [0, NONE]


def sober(fits: list[list[float]], comment: list[int], unhappy: bool = False) -> list[int]:
    """The same for mentions in which nothing but the score speaks of something to fix."""
    plain = talk(comment, unhappy=unhappy, evidence=[0.0] * len(comment))
    return choose(np.array(fits), NO_FAVOUR, plain).entry.tolist()


@pytest.mark.parametrize(("unhappy", "more"), [(False, SOBER), (True, SOBER_UNHAPPY)])
def test_plain_words_have_to_fit_better_beside_a_clear_complaint(unhappy: bool, more: float) -> None:
    clear = [0.0, FITS + 1]

    assert sober([clear, [FITS + more - 0.01, 0.0]], [0, 0], unhappy)[1] == NONE
    assert sober([clear, [FITS + more + 0.01, FITS]], [0, 0], unhappy)[1] == 0


def test_plain_words_of_a_passive_raise_nothing_but_a_detractor_has_a_reason() -> None:
    low = (FITS + LAST_RESORT) / 2

    assert sober([[low, 0.0]], [0]) == [NONE]
    assert sober([[low, 0.0]], [0], unhappy=True) == [0]


def test_the_less_the_words_say_the_better_a_mention_has_to_fit() -> None:
    fits = np.array([[0.0, FITS + 2], *[[FITS + SOBER * 0.6, 0.0]] * 3])
    said = talk([0] * 4, evidence=[1.0, 0.0, 0.5, 1.0])

    assert choose(fits, NO_FAVOUR, said).entry.tolist() == [1, NONE, 0, 0]


def test_the_only_complaint_of_a_comment_is_taken_from_a_lower_fit_on() -> None:
    low = (FITS + LAST_RESORT) / 2

    assert chosen([[low, 0.0], [low - 0.01, 0.0]], [0, 0]) == [0, NONE]


def test_a_complaint_about_nothing_known_stays_unassigned() -> None:
    below = LAST_RESORT - 0.01

    assert chosen([[below, below]], [0], unhappy=True) == [NONE]
    assert chosen([[LAST_RESORT_PASSIVE - 0.01, 0.0]], [0]) == [NONE]


def test_empty_talk_is_never_forced() -> None:
    assert chosen([[0.9, 0.1]], [0], [False]) == [NONE]


def test_a_promoter_has_to_complain_more_clearly() -> None:
    between = FITS + PLEASED / 2

    assert chosen([[between, 0.0]], [0]) == [0]
    assert chosen([[between, 0.0]], [0], pleased=True) == [NONE]
    assert chosen([[FITS + PLEASED, 0.0]], [0], pleased=True) == [0]


def test_what_a_promoter_wishes_is_meant_as_it_is_said() -> None:
    low = (FITS + LAST_WISH) / 2

    assert chosen([[low, 0.0]], [0], pleased=True, wishes=True) == [0]
    assert chosen([[LAST_WISH - 0.01, 0.0]], [0], pleased=True, wishes=True) == [NONE]


def test_what_is_nearer_to_chatter_raises_nothing() -> None:
    nothing = (0.0, 0.0, 0.0)

    assert chosen([[0.5, 0.1, 0.5 + 2 * CHATTER]], [0], favour=nothing, chatter=1) == [NONE]
    assert chosen([[0.5, 0.1, 0.5]], [0], favour=nothing, chatter=1) == [0]


def test_no_mentions_give_no_choices() -> None:
    choice = choose(np.zeros((0, 2)), NO_FAVOUR, talk([]))

    assert choice.entry.size == choice.confidence.size == 0


def test_confidence_rises_with_the_fit_and_with_the_lead() -> None:
    fits = np.array([[0.6, 0.55], [0.35, 0.0], [0.6, 0.0]])

    close, weak, strong = choose(fits, NO_FAVOUR, talk([0, 1, 2])).confidence

    assert 0 < weak < strong < 1
    assert close < strong


def test_an_unassigned_mention_has_no_confidence() -> None:
    assert choose(np.array([[0.0, 0.0]]), NO_FAVOUR, talk([0])).confidence.tolist() == [0.0]


def test_blending_moves_mentions_of_one_comment_towards_each_other_only() -> None:
    points = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])

    mixed = blend(points, np.array([0, 0, 1]))

    assert mixed[0] @ mixed[1] > 0
    assert mixed[2].tolist() == [0.0, 1.0]


def test_fit_adds_shared_words_to_likeness_in_meaning() -> None:
    centres, overlap = np.array([[0.6, 0.8], [0.0, 1.0]]), np.array([[0.0, 0.4]])

    assert np.allclose(fit(np.array([[1.0, 0.0]]), centres, overlap), [[0.6, 0.4 * WORDS]])


def test_close_calls_go_to_the_entry_that_more_people_raise() -> None:
    assert chosen([[0.50, 0.52]], [0], favour=(0.0, -0.1)) == [0]
    assert chosen([[0.50, 0.70]], [0], favour=(0.0, -0.1)) == [1]


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_blending_nothing_gives_nothing(weight: float) -> None:
    assert blend(np.zeros((0, 2)), np.zeros(0, dtype=np.intp), weight).shape == (0, 2)
