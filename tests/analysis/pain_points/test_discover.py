import numpy as np
import pytest

from app.analysis.pain_points.discover import find_groups, popularity, settle, take_from_shelf
from app.analysis.pain_points.space import Matrix, unit

AXES = np.eye(8)


def around(axis: int, n: int) -> Matrix:
    """n points near one axis, the same ones every time."""
    return unit(AXES[axis] + 0.15 * np.random.default_rng(axis).standard_normal((n, 8)))


@pytest.fixture
def complaints() -> Matrix:
    return np.vstack([around(0, 90), around(1, 90), around(2, 80)])


def no_words(points: Matrix, entries: int) -> Matrix:
    return np.zeros((len(points), entries))


def free(entries: int) -> Matrix:
    """No entry has settled before."""
    return np.full(entries, np.nan)


def fits(points: Matrix, known: Matrix) -> Matrix:
    return (points @ known.T).max(axis=1)


def test_a_large_tight_group_that_fits_nothing_known_is_found(complaints: Matrix) -> None:
    groups = find_groups(complaints, fits(complaints, AXES[:2]))

    assert (groups @ AXES[2]).max() > 0.8


def test_nothing_is_found_where_everything_fits(complaints: Matrix) -> None:
    assert find_groups(complaints, fits(complaints, AXES[:3])).shape == (0, 8)


def test_few_mentions_are_no_ground_for_a_new_pain_point() -> None:
    few = around(2, 20)

    assert find_groups(few, fits(few, AXES[:2])).shape == (0, 8)


def test_an_entry_moves_towards_its_mentions_but_keeps_its_seeds_half(complaints: Matrix) -> None:
    aside = unit(AXES[:3] + 0.7 * AXES[5])

    moved = settle(complaints, no_words(complaints, 3), aside, free(3)).centres

    assert (np.diag(moved @ AXES[:3].T) > np.diag(aside @ AXES[:3].T)).all()
    assert (np.diag(moved @ aside.T) > np.sqrt(0.5)).all()


def test_an_entry_that_has_settled_before_stays_where_it_is(complaints: Matrix) -> None:
    aside = unit(AXES[:3] + 0.7 * AXES[5])
    given = np.array([-0.1, np.nan, np.nan])

    settled = settle(complaints, no_words(complaints, 3), aside, given)

    assert np.array_equal(settled.centres[0], aside[0])
    assert settled.favour[0] == -0.1
    assert not np.array_equal(settled.centres[1], aside[1])


def test_an_entry_nobody_raises_stays_where_its_seeds_are(complaints: Matrix) -> None:
    opposite = unit(-AXES[:3].sum(axis=0, keepdims=True))

    settled = settle(complaints, no_words(complaints, 4), np.vstack([AXES[:3], opposite]), free(4))

    assert np.array_equal(settled.centres[3:], opposite)
    assert settled.counts[3] == 0


def test_without_mentions_the_seeds_are_the_answer() -> None:
    settled = settle(np.zeros((0, 8)), np.zeros((0, 3)), AXES[:3], free(3))

    assert np.array_equal(settled.centres, AXES[:3])
    assert settled.favour.tolist() == [0, 0, 0]


def test_shared_words_can_outweigh_likeness(complaints: Matrix) -> None:
    overlap = np.zeros((len(complaints), 3))
    overlap[:90, 1] = 2.0

    assert settle(complaints, overlap, AXES[:3], free(3)).counts.tolist()[:2] == [0, 180]


def test_a_subject_leaves_the_shelf_when_enough_mentions_are_clearly_about_it(complaints: Matrix) -> None:
    shelved = np.array([False, True, True, True])

    stays = take_from_shelf(complaints, no_words(complaints, 4), AXES[[0, 1, 2, 7]], free(4), shelved)

    assert stays.tolist() == [True, True, True, False]


def test_what_is_not_shelved_stays_even_unheard(complaints: Matrix) -> None:
    nothing_shelved = np.zeros(4, dtype=np.bool_)

    assert take_from_shelf(complaints, no_words(complaints, 4), AXES[[0, 1, 2, 7]], free(4), nothing_shelved).all()


def test_an_entry_that_hardly_anything_is_clearly_about_has_to_fit_better() -> None:
    sure, unsure = popularity(np.array([2000, 20, 20]), np.array([2000, 20, 1]))[1:]

    assert unsure < sure


def test_the_most_popular_entry_has_no_handicap() -> None:
    favour = popularity(np.array([100, 10, 1]), np.array([100, 10, 1]))

    assert favour[0] == 0
    assert favour[0] > favour[1] > favour[2]
    assert popularity(np.array([0, 0]), np.array([0, 0])).tolist() == [0, 0]
