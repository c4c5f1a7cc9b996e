from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.pain_points.frequency import wilson
from app.analysis.pain_points.rank import order, priority, rank, tally
from app.analysis.types import GroupCounts, Voice
from tests.analysis.pain_points.support_desk import BASE, CRASHES, ONBOARDING, PRICING, RAISED, SUPPORT
from tests.analysis.printed import ends, printed
from tests.analysis.strategies import raised_and_base


def ids(rows):
    return [row.id for row in rows]


@pytest.mark.parametrize(
    ("place", "name", "m", "frequency", "interval", "first"),
    [
        (1, "support", 52, ".2889", ".2276 .3590", "18.1154"),
        (2, "pricing", 40, ".2222", ".1677 .2884", "11.9809"),
        (3, "crashes", 29, ".1611", ".1146 .2218", "6.3358"),
        (4, "onboarding", 16, ".0889", ".0555 .1395", "5.5022"),
    ],
)
def test_pain_points_are_ranked_by_cautious_frequency_and_overlap(place, name, m, frequency, interval, first):
    row = rank(RAISED, BASE).ranked[place - 1]

    assert (row.id, row.place, row.counts.others) == (name, place, m)
    assert row.frequency.value == printed(frequency)
    assert ends(row.frequency) == tuple(printed(end) for end in interval.split())
    assert row.priority == printed(first)


def test_what_promoters_ask_for_as_well_is_a_shared_request():
    ranking = rank(RAISED, BASE)

    (integrations,) = ranking.shared_requests
    assert (integrations.id, integrations.place) == ("integrations", None)
    assert integrations.counts.others == 22
    assert integrations.frequency.value == printed(".1222")
    assert ends(integrations.frequency) == (printed(".0821"), printed(".1781"))
    assert integrations.priority == printed("5.3511")


def test_fewer_than_five_passives_and_detractors_are_too_few_to_rank():
    (mobile,) = rank(RAISED, BASE).too_few

    assert (mobile.id, mobile.place) == ("mobile", None)
    assert ends(mobile.frequency) == (printed(".0087"), printed(".0557"))
    assert mobile.priority == printed(".4724")


def test_crashes_cost_most_though_overlap_puts_them_third():
    pinned = [row.id for row in rank(RAISED, BASE).ranked if row.costs_most]

    assert pinned == ["crashes"]


def test_only_the_three_most_negative_impacts_can_cost_most():
    detractors_only = {f"pain {k}": GroupCounts(0, 0, k) for k in (6, 7, 8, 9)}

    ranking = rank(detractors_only, BASE)

    assert ids(row for row in ranking.ranked if row.costs_most) == ["pain 9", "pain 8", "pain 7"]


def test_a_pain_point_with_a_positive_impact_never_costs_most():
    ranking = rank({"queues": GroupCounts(0, 1, 9)}, GroupCounts(0, 20, 300))

    (row,) = ranking.ranked
    assert row.impact.value > 0
    assert not row.costs_most


@pytest.mark.parametrize(("detractors", "enough"), [(14, False), (15, True)])
def test_below_thirty_passives_and_detractors_nothing_is_ranked(detractors, enough):
    ranking = rank({"support": GroupCounts(0, 5, 5)}, GroupCounts(500, 15, detractors))

    assert ranking.enough is enough
    assert bool(ranking.ranked) is enough
    assert (ranking.shared_requests, ranking.too_few) == ((), ())


@pytest.mark.parametrize(
    ("counts", "listed"),
    [
        (GroupCounts(0, 2, 2), "too_few"),
        (GroupCounts(90, 2, 2), "too_few"),
        (GroupCounts(0, 3, 2), "ranked"),
        (GroupCounts(4, 3, 2), "ranked"),
        (GroupCounts(5, 3, 2), "shared_requests"),
        (GroupCounts(5, 30, 20), "ranked"),
    ],
)
def test_five_promoters_and_no_clear_pain_make_a_shared_request(counts, listed):
    ranking = rank({"it": counts}, BASE)

    where = [name for name in ("ranked", "shared_requests", "too_few") if getattr(ranking, name)]
    assert where == [listed]


def test_without_any_promoter_a_pain_point_stays_ranked():
    ranking = rank({"support": GroupCounts(0, 5, 9)}, GroupCounts(0, 40, 40))

    (row,) = ranking.ranked
    assert row.log_odds is None


def test_without_passives_the_order_is_that_of_frequency():
    ranking = rank({"a": GroupCounts(0, 0, 9), "b": GroupCounts(0, 0, 12)}, GroupCounts(40, 0, 40))

    assert ids(ranking.ranked) == ["b", "a"]
    assert ranking.ranked[0].overlap is None
    assert ranking.ranked[0].holds_back is None
    assert ranking.ranked[0].priority == pytest.approx(50 * wilson(12, 40).low)


def test_of_equal_priorities_the_one_that_costs_more_comes_first():
    raised = {"a": GroupCounts(3, 9, 6), "b": GroupCounts(3, 6, 9)}

    ranking = rank(raised, GroupCounts(50, 40, 40))

    assert ranking.ranked[0].priority == ranking.ranked[1].priority
    assert ids(ranking.ranked) == ["b", "a"]


def test_of_wholly_equal_pain_points_the_id_decides_by_code_point():
    same = GroupCounts(0, 6, 6)

    ranking = rank({"ä": same, "b": same, "B": same, "10": same, "9": same}, BASE)

    assert ids(ranking.ranked) == ["10", "9", "B", "b", "ä"]


def test_no_pain_points_are_an_empty_ranking():
    ranking = rank({}, BASE)

    assert (ranking.ranked, ranking.shared_requests, ranking.too_few, ranking.enough) == ((), (), (), True)


def test_a_survey_without_comments_has_no_ranking():
    assert not rank({"support": GroupCounts()}, GroupCounts()).enough


@pytest.mark.parametrize("bad", [GroupCounts(0, 101, 0), GroupCounts(0, -1, 0)])
def test_impossible_counts_are_an_error_whether_there_is_enough_or_not(bad):
    for base in (BASE, GroupCounts(9, 9, 9)):
        with pytest.raises(ValueError, match=r"not a count|larger than its whole"):
            rank({"support": bad}, base)


def test_a_gain_is_shown_where_passives_make_the_impact_look_helpful():
    base = GroupCounts(30, 40, 50)

    rows = {row.id: row for row in rank({"slow": GroupCounts(0, 20, 0), "down": GroupCounts(0, 0, 20)}, base).ranked}

    assert rows["slow"].shows_gain
    assert not rows["down"].shows_gain


@given(overlap=st.none() | st.floats(0, 1), n=st.integers(1, 1_000), m=st.integers(0, 999))
def test_priority_grows_with_the_mentions_at_the_same_overlap(overlap, n, m):
    m = min(m, n - 1)

    assert 0 <= priority(m, n, overlap) < priority(m + 1, n, overlap) <= 100


@given(m=st.integers(1, 500), overlap=st.floats(0, 0.99))
def test_priority_grows_with_the_overlap_at_the_same_mentions(m, overlap):
    assert priority(m, 500, overlap) < priority(m, 500, overlap + 0.01)


def test_nobody_has_priority_0_and_no_base_has_none():
    assert priority(0, 180, None) == 0
    assert priority(0, 0, None) is None


@given(rows=st.lists(raised_and_base(40), min_size=1, max_size=8), seed=st.randoms(use_true_random=False))
def test_the_ranking_does_not_depend_on_the_order_of_pain_points(rows, seed):
    base = GroupCounts(40, 40, 40)
    raised = {f"pain {i}": counts for i, (counts, _) in enumerate(rows)}
    mixed = list(raised.items())
    seed.shuffle(mixed)

    assert rank(dict(mixed), base) == rank(raised, base)


def test_voices_are_tallied_once_for_each_pain_point():
    voices = [
        Voice("promoter", frozenset()),
        Voice("passive", frozenset({"pricing"})),
        Voice("detractor", frozenset({"pricing", "crashes"})),
        Voice("detractor", frozenset({"crashes"})),
    ]

    raised, base = tally(voices)

    assert raised == {"crashes": GroupCounts(0, 0, 2), "pricing": GroupCounts(0, 1, 1)}
    assert base == GroupCounts(1, 1, 2)


def test_no_voices_are_an_empty_tally():
    assert tally([]) == ({}, GroupCounts(0, 0, 0))


def test_the_ranking_does_not_depend_on_the_order_of_voices():
    pains = [frozenset({"a"}), frozenset({"a", "b"}), frozenset({"c"}), frozenset()]
    voices = [Voice(group, pains[i % 4]) for i, group in enumerate(["passive", "detractor", "promoter"] * 40)]
    mixed = voices[1::2] + voices[::2]

    assert Counter(mixed) == Counter(voices)
    assert list(tally(mixed)[0]) == list(tally(voices)[0])
    assert rank(*tally(mixed)) == rank(*tally(voices))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("priority", ["support", "pricing", "crashes", "onboarding"]),
        ("frequency", ["support", "pricing", "crashes", "onboarding"]),
        ("overlap", ["onboarding", "support", "pricing", "crashes"]),
        ("impact", ["support", "crashes", "pricing", "onboarding"]),
        ("value", ["crashes", "support", "onboarding", "pricing"]),
        ("trend", ["crashes", "support", "onboarding", "pricing"]),
    ],
)
def test_the_ranked_list_can_be_read_in_another_order(key, expected):
    raised = {"support": SUPPORT, "pricing": PRICING, "crashes": CRASHES, "onboarding": ONBOARDING}
    figures = {"crashes": 3600.0, "support": 0.0, "onboarding": -1.5, "pricing": None}
    ranking = rank(raised, BASE)

    assert ids(order(reversed(ranking.ranked), key, figures)) == expected


def test_by_impact_those_that_do_not_cost_follow_by_their_gain():
    raised = {"costs": GroupCounts(0, 0, 5), "small": GroupCounts(0, 20, 0), "large": GroupCounts(0, 30, 0)}
    ranking = rank(raised, GroupCounts(30, 40, 50))

    assert ids(order(ranking.ranked, "impact")) == ["costs", "large", "small"]


def test_pain_points_without_a_value_keep_their_order():
    ranking = rank(RAISED, BASE)

    assert order(ranking.ranked, "value") == ranking.ranked


def test_an_unknown_order_is_an_error():
    with pytest.raises(ValueError, match="alphabet"):
        order((), "alphabet")
