"""Who is drawn: always the same people, and as many as the rate says."""

from __future__ import annotations

import pytest

from app.security.sampling import PARTS, ticket

KEY = b"a key of an installation, 32 bytes"
PEOPLE = [f"user-{number}" for number in range(20_000)]


def drawn(rate: float, survey: str = "shop", window: str = "1", key: bytes = KEY) -> set[str]:
    return {person for person in PEOPLE if ticket(key, (survey, person, window)) < rate * PARTS}


@pytest.mark.parametrize("rate", [0, 0.01, 0.1, 0.5, 0.9, 1])
def test_as_many_are_drawn_as_the_rate_says(rate: float) -> None:
    expected = rate * len(PEOPLE)
    spread = (rate * (1 - rate) * len(PEOPLE)) ** 0.5

    assert abs(len(drawn(rate)) - expected) <= 4 * spread


def test_the_same_people_are_drawn_every_time_and_a_higher_rate_drops_none() -> None:
    assert drawn(0.1) == drawn(0.1)
    assert drawn(0.1) < drawn(0.2)


@pytest.mark.parametrize("other", [{"survey": "other"}, {"window": "2"}, {"key": b"another key"}], ids=str)
def test_another_survey_window_or_installation_draws_others(other: dict[str, str]) -> None:
    both = drawn(0.1) & drawn(0.1, **other)  # type: ignore[arg-type]

    assert len(both) == pytest.approx(0.01 * len(PEOPLE), rel=0.35)


def test_names_are_kept_apart() -> None:
    assert ticket(KEY, ("ab", "c")) != ticket(KEY, ("a", "bc"))
