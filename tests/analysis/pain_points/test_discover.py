import numpy as np
import pytest

from app.analysis.pain_points import discover
from app.analysis.pain_points.discover import settle
from app.analysis.pain_points.space import Matrix, unit

AXES = np.eye(8)


def around(axis: int, n: int) -> Matrix:
    """n points near one axis, the same ones every time."""
    return unit(AXES[axis] + 0.3 * np.random.default_rng(axis).standard_normal((n, 8)))


@pytest.fixture
def complaints() -> Matrix:
    return np.vstack([around(0, 60), around(1, 60), around(2, 40)])


def test_a_large_tight_group_that_fits_nothing_known_is_discovered(complaints: Matrix) -> None:
    new = discover.discover(complaints, AXES[:2])

    assert (new @ AXES[2]).max() > 0.9


def test_few_mentions_are_no_ground_for_new_pain_points(complaints: Matrix) -> None:
    assert discover.discover(complaints[:: len(complaints) // 20], AXES[:2]).shape == (0, 8)


def test_a_heavy_anchor_holds_its_centre(complaints: Matrix) -> None:
    held = settle(complaints, AXES[:3], np.full(3, 1e6))

    assert np.allclose(held, AXES[:3], atol=1e-3)


def test_a_light_anchor_follows_the_mentions(complaints: Matrix) -> None:
    aside = unit(AXES[:3] + 0.3 * AXES[5])

    moved = settle(complaints, aside, np.ones(3))

    assert (np.diag(moved @ AXES[:3].T) > np.diag(aside @ AXES[:3].T)).all()


def test_an_entry_nobody_raises_stays_where_its_seeds_are(complaints: Matrix) -> None:
    opposite = unit(-AXES[:3].sum(axis=0, keepdims=True))

    assert np.array_equal(settle(complaints, np.vstack([AXES[:3], opposite]), np.ones(4))[3:], opposite)
