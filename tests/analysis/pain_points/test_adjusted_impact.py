import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.pain_points.adjusted_impact import adjusted_impacts
from app.analysis.pain_points.impact import impact
from app.analysis.pain_points.rank import tally
from app.analysis.types import Voice
from tests.analysis.printed import printed

GROUPS = {1: "promoter", 0: "passive", -1: "detractor"}


def voices(*rows):
    """Voices from (answer, raises A, raises B, …)."""
    return [
        Voice(GROUPS[answer], frozenset(id_ for id_, raised in zip("ABCDE", pains, strict=False) if raised))
        for answer, *pains in rows
    ]


TWELVE = voices(
    *[(1, 0, 0)] * 3,
    (1, 0, 1),
    (0, 0, 1),
    (0, 1, 0),
    (0, 0, 0),
    (-1, 1, 0),
    (-1, 1, 1),
    (-1, 1, 0),
    (-1, 0, 1),
    (0, 1, 1),
)
any_voice = st.builds(Voice, st.sampled_from(sorted(GROUPS.values())), st.frozensets(st.sampled_from("ABCDE")))


def test_each_pain_point_gets_its_own_part_of_what_both_cost():
    fit = adjusted_impacts(TWELVE)

    assert fit.intercept == printed(".588235")
    assert fit.by_id["A"].coefficient == printed("-1.039216")
    assert fit.by_id["B"].coefficient == printed("-.372549")
    assert fit.by_id["A"].prevalence == fit.by_id["B"].prevalence == 5 / 12
    assert fit.by_id["A"].value == printed("-43.3007")
    assert fit.by_id["B"].value == printed("-15.5229")


def test_the_plain_impact_of_the_same_voices_is_smaller():
    raised, base = tally(TWELVE)

    assert impact(raised["A"], base).value == printed("-42.8571")
    assert impact(raised["B"], base).value == printed("-14.2857")


def test_no_voices_leave_nothing_to_fit():
    assert adjusted_impacts([]) is None
    assert adjusted_impacts([], ["A"]) is None


def test_what_nobody_or_everybody_raises_is_left_out():
    rows = voices((1, 1, 0), (0, 1, 0), (-1, 1, 0))

    fit = adjusted_impacts(rows, ["A", "B"])

    assert fit.by_id == {"A": None, "B": None}
    assert fit.intercept == 0


def test_of_two_pain_points_that_always_go_together_the_first_by_id_stays():
    together = voices((1, 0, 0), (-1, 1, 1), (0, 1, 1), (1, 0, 0))

    fit = adjusted_impacts(together, ["B", "A"])

    assert fit.by_id["B"] is None
    assert fit.by_id["A"] == adjusted_impacts(together, ["A"]).by_id["A"]


def test_a_pain_point_that_the_others_add_up_to_is_left_out():
    rows = voices((1, 1, 0, 1), (0, 0, 1, 1), (-1, 0, 0, 0), (-1, 1, 0, 1), (0, 0, 0, 0))

    fit = adjusted_impacts(rows)

    assert fit.by_id["C"] is None
    assert None not in (fit.by_id["A"], fit.by_id["B"])


@given(some=st.lists(any_voice, min_size=1, max_size=40))
def test_the_fit_is_that_of_least_squares_over_the_columns_it_keeps(some):
    fit = adjusted_impacts(some)

    kept = [id_ for id_, found in fit.by_id.items() if found]
    columns = np.array([[1, *(id_ in voice.pain_points for id_ in kept)] for voice in some], dtype=float)
    answers = np.array([{"promoter": 1, "passive": 0, "detractor": -1}[voice.group] for voice in some])
    expected = np.linalg.lstsq(columns, answers, rcond=None)[0]
    assert np.linalg.matrix_rank(columns) == len(kept) + 1
    assert [fit.intercept, *(fit.by_id[id_].coefficient for id_ in kept)] == pytest.approx(expected, abs=1e-9)


@given(some=st.lists(any_voice, min_size=1, max_size=20))
def test_neither_order_nor_number_of_the_voices_changes_the_fit(some):
    assert adjusted_impacts(reversed(some)) == adjusted_impacts(some)
    assert adjusted_impacts(some * 1000) == adjusted_impacts(some)
