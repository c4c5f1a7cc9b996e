import numpy as np

from app.analysis.pain_points.space import AXES, Space, center, plain_means, principal_axes, shrunk_means, unit

RANDOM = np.random.default_rng(5)
ENGLISH = RANDOM.standard_normal((200, 6)).astype(np.float32) + np.float32(3)
GERMAN = RANDOM.standard_normal((200, 6)).astype(np.float32) - np.float32(3)
BOTH = np.vstack([ENGLISH, GERMAN])
CODES = ["en"] * 200 + ["de"] * 200


def test_languages_lie_together_after_centring() -> None:
    centred = center(BOTH, CODES, plain_means(BOTH, CODES))

    assert np.allclose(centred[:200].mean(axis=0), centred[200:].mean(axis=0), atol=1e-5)


def test_a_language_never_met_loses_the_mean_of_all() -> None:
    means = plain_means(BOTH, CODES)

    assert np.allclose(center(BOTH[:1], ["fi"], means), BOTH[:1] - means[""])


def test_without_mentions_the_means_are_those_of_the_seeds() -> None:
    seeds = plain_means(BOTH, CODES)

    means = shrunk_means(BOTH[:0], [], seeds)

    assert all(np.allclose(means[code], seeds[code], atol=1e-6) for code in seeds)


def test_many_mentions_outweigh_the_seeds_and_one_does_not() -> None:
    seeds = plain_means(BOTH, CODES)
    moved = ENGLISH + np.float32(1)

    many, one = shrunk_means(moved, ["en"] * 200, seeds)["en"], shrunk_means(moved[:1], ["en"], seeds)["en"]

    assert np.linalg.norm(many - moved.mean(axis=0)) < 0.3
    assert np.linalg.norm(one - seeds["en"]) < 0.3


def test_whitening_brings_the_axes_closer_in_loudness() -> None:
    loud = BOTH.astype(np.float64) * np.array([9, 1, 1, 1, 1, 1])

    placed = loud @ principal_axes(loud)

    assert placed.std(axis=0).max() / placed.std(axis=0).min() < loud.std(axis=0).max() / loud.std(axis=0).min()
    assert placed.shape[1] == min(AXES, 6)


def test_points_have_unit_length_and_nothing_stays_nothing() -> None:
    space = Space(("",), np.zeros((1, 6)), np.eye(6))

    assert np.allclose(np.linalg.norm(space.place(BOTH, CODES), axis=1), 1, atol=1e-5)
    assert unit(np.zeros((1, 6))).tolist() == [[0.0] * 6]
