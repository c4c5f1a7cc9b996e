import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.pain_points.before_after import before_after, has_relapsed, window
from app.analysis.pain_points.trend import Share
from app.analysis.types import GroupCounts
from tests.analysis.printed import printed
from tests.analysis.strategies import raised_and_base

BEFORE = GroupCounts(6, 22, 30), GroupCounts(150, 100, 80)


@pytest.mark.parametrize(
    ("raised", "base", "change", "low", "high", "p", "word"),
    [
        ((8, 12, 9), (160, 95, 70), "-.1595", "-.2431", "-.0759", ".0002", "clear"),
        ((6, 15, 19), (155, 98, 75), "-.0912", "-.1799", "-.0025", ".0439", "clear"),
        ((6, 18, 22), (155, 98, 75), "-.0569", "-.1480", ".0342", ".2206", "none"),
        ((1, 2, 1), (60, 15, 10), "-.1431", "-.2924", ".0063", ".0605", "too early"),
    ],
)
def test_the_share_of_those_who_raise_it_is_compared(raised, base, change, low, high, p, word):
    found = before_after(*BEFORE, GroupCounts(*raised), GroupCounts(*base))

    assert found.rate.adjusted == printed(change)
    assert (found.rate.low, found.rate.high) == (printed(low), printed(high))
    assert found.rate.p == printed(p)
    assert found.verdict == word
    assert found.has_fallen


@pytest.mark.parametrize(
    ("raised", "base", "after", "change", "p", "word"),
    [
        ((8, 12, 9), (160, 95, 70), "-3.0509", "10.2958", ".0002", "clear"),
        ((6, 15, 19), (155, 98, 75), "-7.9014", "5.4453", ".0728", "leaning"),
        ((6, 18, 22), (155, 98, 75), "-9.6523", "3.6944", ".2390", "none"),
    ],
)
def test_the_impact_is_compared_by_its_full_errors(raised, base, after, change, p, word):
    found = before_after(*BEFORE, GroupCounts(*raised), GroupCounts(*base)).impact

    assert (found.before, found.after) == (printed("-13.3467"), printed(after))
    assert found.value == printed(change)
    assert found.p == printed(p)
    assert found.verdict == word
    assert found.low < found.value < found.high


@pytest.mark.parametrize("raised", [(1, 2, 1), (0, 0, 0), (4, 0, 0)])
def test_fewer_than_five_mentions_in_a_window_have_no_impact_to_compare(raised):
    after = GroupCounts(*raised), GroupCounts(160, 95, 70)

    assert before_after(*BEFORE, *after).impact is None
    assert before_after(*after, *BEFORE).impact is None


def test_where_everybody_agrees_there_is_no_impact_to_compare():
    everybody = GroupCounts(0, 0, 40), GroupCounts(0, 0, 40)
    unanimous = GroupCounts(0, 0, 20), GroupCounts(0, 0, 40)

    assert before_after(*everybody, *everybody).impact is None
    assert before_after(*unanimous, *unanimous).impact is None


@pytest.mark.parametrize("m", [29, 30])
def test_thirty_passives_and_detractors_in_each_window_are_enough(m):
    few = GroupCounts(0, m, 0), GroupCounts(60, m, 0)

    for found in (before_after(*BEFORE, *few), before_after(*few, *BEFORE)):
        assert (found.verdict == "too early") == (m < 30)
        assert (found.impact.verdict == "too early") == (m < 30)


@pytest.mark.parametrize("base", [(0, 0, 0), (50, 0, 0)])
def test_a_window_in_which_no_passive_or_detractor_commented_has_no_answer(base):
    empty = GroupCounts(), GroupCounts(*base)

    assert before_after(*BEFORE, *empty) is None
    assert before_after(*empty, *BEFORE) is None


def test_a_part_larger_than_its_whole_is_an_error():
    with pytest.raises(ValueError, match="larger than its whole"):
        before_after(*BEFORE, GroupCounts(0, 2, 0), GroupCounts(0, 1, 5))


@pytest.mark.parametrize(("days", "length"), [(0, 0), (1, 1), (89, 89), (90, 90), (91, 90), (4000, 90)])
def test_windows_grow_to_ninety_days(days, length):
    assert window(days) == length


def test_a_fix_to_come_has_no_window():
    with pytest.raises(ValueError, match="still to come"):
        window(-1)


@pytest.mark.parametrize(
    ("earlier", "later", "relapsed"),
    [
        ((5, 100), (20, 100), True),
        ((0, 100), (3, 100), True),
        ((0, 29), (20, 100), False),
        ((5, 29), (20, 100), False),
        ((20, 100), (20, 100), False),
        ((20, 100), (5, 100), False),
        ((0, 0), (0, 0), False),
    ],
)
def test_what_rises_again_has_relapsed(earlier, later, relapsed):
    assert has_relapsed(Share(*earlier), Share(*later)) is relapsed


@given(raised_and_base(), raised_and_base())
def test_every_pair_of_windows_has_an_answer_in_range(before, after):
    found = before_after(*before, *after)

    if found is None:
        assert not before[1].others or not after[1].others
        return
    assert -1 <= found.rate.value <= 1
    assert found.rate.low <= found.rate.adjusted <= found.rate.high
    assert 0 <= found.rate.p <= 1
    if found.impact:
        assert -400 <= found.impact.value <= 400
        assert min(before[0].n, after[0].n) >= 5
        assert found.impact.low < found.impact.value < found.impact.high


@given(raised_and_base(), raised_and_base())
def test_turning_time_round_turns_the_change_round_and_keeps_the_words(before, after):
    forth, back = before_after(*before, *after), before_after(*after, *before)

    assert (forth is None) == (back is None)
    if forth and back:
        assert forth.verdict == back.verdict
        assert math.isclose(forth.rate.adjusted, -back.rate.adjusted, abs_tol=1e-12)
        assert (forth.impact is None) == (back.impact is None)
        if forth.impact and back.impact:
            assert math.isclose(forth.impact.value, -back.impact.value, abs_tol=1e-9)


@given(raised_and_base())
def test_what_stays_the_same_is_no_change(window):
    found = before_after(*window, *window)

    if found:
        assert found.verdict in ("none", "too early")
        assert found.rate.value == 0


@given(raised_and_base(), raised_and_base(), st.integers(2, 10**6))
def test_more_people_of_the_same_kind_never_make_it_less_sure(before, after, times):
    few = before_after(*before, *after)
    many = before_after(*(_times(counts, times) for counts in (*before, *after)))

    if few and many:
        assert many.rate.high - many.rate.low < few.rate.high - few.rate.low
        if few.impact and many.impact:
            assert many.impact.p <= few.impact.p + 1e-12


def _times(counts, times):
    return GroupCounts(counts.promoters * times, counts.passives * times, counts.detractors * times)
