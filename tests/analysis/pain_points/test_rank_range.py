import time
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.pain_points import rank_range
from app.analysis.pain_points.rank import rank, tally, tally_kinds
from app.analysis.pain_points.rank_range import RankRange, RankRanges, ranges_of_kinds, rank_ranges
from app.analysis.types import GroupCounts, Voice
from tests.analysis.pain_points.support_desk import BASE, RAISED

RANKED = ["support", "pricing", "crashes", "onboarding"]
GROUPS = ("promoter", "passive", "detractor")


def voices_of(raised, base):
    """Voices that add up to these counts; the last pain points go to those who raised the first, if need be."""
    voices = []
    for group in GROUPS:
        size, turn = getattr(base, group + "s"), 0
        pains = [set() for _ in range(size)]
        for id_, counts in raised.items():
            for _ in range(getattr(counts, group + "s")):
                pains[turn % size].add(id_)
                turn += 1
        voices += [Voice(group, frozenset(pain)) for pain in pains]
    return voices


def by_hand(voices, ids, resamples, seed):
    """The same question answered slowly: draw respondents one by one and rank them anew."""
    random = np.random.default_rng(seed)
    places = []
    for _ in range(resamples):
        raised, base = tally([voices[i] for i in random.integers(0, len(voices), len(voices))])
        everybody = {id_: raised.get(id_, GroupCounts()) for id_ in ids}
        ranking = rank(everybody, base)
        rows = [*ranking.ranked, *ranking.shared_requests, *ranking.too_few]
        rows.sort(key=lambda row: (-round(row.priority, 9), row.impact.value if row.impact else 1e9, row.id))
        places.append([[row.id for row in rows].index(id_) + 1 for id_ in ids])
    return np.array(places).T


@pytest.fixture(scope="module")
def desk():
    return voices_of(RAISED, BASE)


def test_the_voices_of_the_support_desk_are_those_of_its_table(desk):
    raised, base = tally(desk)

    assert (raised, base) == (dict(sorted(RAISED.items())), BASE)


def test_a_rank_says_how_sure_it_is(desk):
    ranges = rank_ranges(desk, RANKED, seed=7)

    by_chance = by_hand(desk, RANKED, 400, seed=1)
    for own, (id_, places) in enumerate(zip(RANKED, by_chance, strict=True), start=1):
        assert ranges.by_id[id_].share == pytest.approx(np.mean(places == own), abs=0.08)
        assert ranges.by_id[id_].low <= own <= ranges.by_id[id_].high
    assert (ranges.seed, ranges.resamples) == (7, 1000)


def test_another_seed_says_the_same_within_a_few_resamples(desk):
    one, other = (rank_ranges(desk, RANKED, seed) for seed in (1, 2))

    for id_ in RANKED:
        assert one.by_id[id_].share == pytest.approx(other.by_id[id_].share, abs=0.05)


def test_the_same_seed_says_the_same_and_the_order_of_voices_does_not_matter(desk):
    mixed = [*desk[1::3], *reversed(desk[::3]), *desk[2::3]]

    assert Counter(mixed) == Counter(desk)
    assert rank_ranges(mixed, RANKED, seed=7) == rank_ranges(desk, RANKED, seed=7)


def test_neighbours_that_cannot_be_told_apart_form_a_band(desk):
    ranges = rank_ranges(desk, RANKED, seed=7)

    assert ranges.bands == ((1, 2), (3, 4))
    assert (ranges.by_id["crashes"].low, ranges.by_id["onboarding"].high) == (3, 4)


def test_two_bands_stay_apart_where_the_order_between_them_is_sure():
    counts = {"a": 60, "b": 59, "c": 61, "d": 12, "e": 13}
    raised = {id_: GroupCounts(0, 0, k) for id_, k in counts.items()}

    ranges = rank_ranges(voices_of(raised, GroupCounts(10, 10, 300)), list("cabed"), seed=3)

    assert ranges.bands == ((1, 3), (4, 5))


def test_a_clear_first_place_is_sure():
    raised = {"first": GroupCounts(0, 90, 90), "second": GroupCounts(0, 10, 10)}

    ranges = rank_ranges(voices_of(raised, GroupCounts(50, 120, 120)), ["first", "second"], seed=3)

    assert ranges.by_id == {"first": RankRange(1, 1, 1.0), "second": RankRange(2, 2, 1.0)}
    assert ranges.bands == ()


def test_of_two_that_are_always_raised_together_the_tie_rule_decides():
    together = [Voice("detractor", frozenset({"a", "b"}))] * 40 + [Voice("promoter", frozenset())] * 40

    ranges = rank_ranges(together, ["a", "b"], seed=3)

    assert ranges.by_id == {"a": RankRange(1, 1, 1.0), "b": RankRange(2, 2, 1.0)}


def test_a_single_pain_point_is_always_first():
    voices = [Voice("passive", frozenset({"a"})), Voice("detractor", frozenset())]

    assert rank_ranges(voices, ["a"], seed=3).by_id == {"a": RankRange(1, 1, 1.0)}


@pytest.mark.parametrize(("voices", "ids"), [([], []), ([], ["a"]), ([Voice("passive", frozenset({"a"}))], [])])
def test_no_list_or_no_voices_give_nothing(voices, ids):
    assert rank_ranges(voices, ids, seed=3) == RankRanges({}, (), seed=3, resamples=1000)


@pytest.mark.parametrize(("ids", "resamples"), [(["a", "a"], 1000), (["a"], 0)])
def test_a_repeated_pain_point_or_no_resamples_are_an_error(ids, resamples):
    with pytest.raises(ValueError, match="distinct"):
        rank_ranges([Voice("passive", frozenset({"a"}))], ids, seed=3, resamples=resamples)


def test_pain_points_outside_the_list_do_not_disturb_it(desk):
    ids = ["support", "pricing"]
    only_these = [Voice(voice.group, voice.pain_points & set(ids)) for voice in desk]

    assert rank_ranges(desk, ids, seed=3) == rank_ranges(only_these, ids, seed=3)


any_voice = st.builds(Voice, st.sampled_from(GROUPS), st.frozensets(st.sampled_from("abcd")))


@settings(max_examples=40)
@given(voices=st.lists(any_voice, min_size=1, max_size=60), ids=st.permutations("abcd"), seed=st.integers(0, 99))
def test_places_lie_within_the_list_whatever_people_said(voices, ids, seed):
    ranges = rank_ranges(voices, ids, seed, resamples=50)

    assert list(ranges.by_id) == list(ids)
    for found in ranges.by_id.values():
        assert 1 <= found.low <= found.high <= 4
        assert 0 <= found.share <= 1
    assert all(1 <= first < last <= 4 for first, last in ranges.bands)
    assert all(one[1] < other[0] for one, other in pairwise(ranges.bands))


def test_alike_respondents_that_stand_for_all_keep_their_places_in_every_resample():
    voices = [Voice("detractor", frozenset({"b", "a"}))] * 50

    ranges = rank_ranges(voices, ["b", "a"], seed=3, resamples=20)

    assert ranges.by_id == {"b": RankRange(2, 2, 0.0), "a": RankRange(1, 1, 0.0)}


def test_thirty_thousand_respondents_take_well_below_a_second_of_work():
    random = np.random.default_rng(5)
    ids = [f"pain {i:02d}" for i in range(25)]
    picks = random.zipf(1.5, (30_000, 3)) - 1
    voices = [Voice(GROUPS[i % 3], frozenset(ids[pick] for pick in row if pick < 25)) for i, row in enumerate(picks)]

    start = time.process_time()
    ranges = rank_ranges(voices, ids, seed=3)

    assert time.process_time() - start < 1
    assert len(ranges.by_id) == 25


def test_numbers_looked_up_by_a_guide_are_the_same(monkeypatch):
    ids = [f"p{place}" for place in range(12)]
    kinds = {(GROUPS[(a + b) % 3], frozenset({ids[a], ids[b]})): 1 + a * b % 4 for a in range(12) for b in range(a)}
    kinds["passive", frozenset()] = 5_000
    by_guide = ranges_of_kinds(kinds, ids, seed=7)

    monkeypatch.setattr(rank_range, "_WORTH_A_GUIDE", 10**9)

    assert ranges_of_kinds(kinds, ids, seed=7) == by_guide


def test_alike_people_counted_together_give_the_same_as_one_by_one(desk):
    together = Counter((voice.group, voice.pain_points) for voice in desk)

    assert ranges_of_kinds(together, RANKED, seed=7) == rank_ranges(desk, RANKED, seed=7)
    assert tally_kinds((Voice(*kind), times) for kind, times in together.items()) == tally(desk)
