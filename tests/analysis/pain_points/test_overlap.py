import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.pain_points.overlap import group_shares, holds_back, overlap, report_overlap, shared_share
from app.analysis.types import GroupCounts
from tests.analysis.pain_points.support_desk import BASE, RAISED
from tests.analysis.printed import printed
from tests.analysis.strategies import raised_and_base


@pytest.mark.parametrize(
    ("name", "passives", "detractors", "shared", "evenness", "label"),
    [
        ("support", ".22", ".375", ".2200", ".5916", "both"),
        ("pricing", ".30", ".125", ".1250", ".4293", "passives"),
        ("crashes", ".03", ".325", ".0300", ".1059", "detractors"),
        ("onboarding", ".09", ".0875", ".0875", ".9844", "both"),
        ("integrations", ".18", ".05", ".0500", ".3033", "passives"),
        ("mobile", "0", ".05", "0", ".0891", "detractors"),
    ],
)
def test_a_pain_point_holds_back_both_groups_or_mostly_one(name, passives, detractors, shared, evenness, label):
    counts = RAISED[name]

    assert group_shares(counts, BASE) == (printed(passives), printed(detractors))
    assert shared_share(counts, BASE) == printed(shared)
    assert overlap(counts, BASE) == printed(evenness)
    assert holds_back(counts, BASE) == label


def test_an_overlap_of_exactly_a_half_holds_back_both():
    counts, base = GroupCounts(0, 1, 2.5), GroupCounts(0, 9, 9)

    assert overlap(counts, base) == 0.5
    assert holds_back(counts, base) == "both"


@pytest.mark.parametrize(
    ("raised", "base"),
    [
        (GroupCounts(3, 0, 2), GroupCounts(9, 0, 5)),
        (GroupCounts(3, 2, 0), GroupCounts(9, 5, 0)),
        (GroupCounts(3, 0, 0), GroupCounts(9, 5, 5)),
        (GroupCounts(), GroupCounts()),
    ],
)
def test_without_both_groups_and_a_mention_there_is_no_overlap(raised, base):
    assert overlap(raised, base) is None
    assert holds_back(raised, base) is None


def test_the_share_of_an_empty_group_is_unknown_and_not_0():
    assert group_shares(GroupCounts(0, 0, 2), GroupCounts(0, 0, 5)) == (None, 0.4)
    assert shared_share(GroupCounts(0, 0, 2), GroupCounts(0, 0, 5)) is None


def test_more_mentions_than_respondents_are_an_error():
    with pytest.raises(ValueError, match="larger than its whole"):
        overlap(GroupCounts(0, 6, 1), GroupCounts(0, 5, 5))


def test_the_report_overlap_says_how_alike_both_groups_complain():
    assert report_overlap(RAISED.values()) == printed(".5641")


@pytest.mark.parametrize(
    "raised", [[], [GroupCounts(5, 0, 0)], [GroupCounts(0, 4, 0), GroupCounts(0, 2, 0)], [GroupCounts(0, 0, 3)]]
)
def test_a_silent_group_leaves_no_report_overlap(raised):
    assert report_overlap(raised) is None


def test_groups_that_complain_alike_overlap_wholly_and_strangers_not_at_all():
    assert report_overlap([GroupCounts(0, 2, 4), GroupCounts(0, 3, 6)]) == pytest.approx(1)
    assert report_overlap([GroupCounts(0, 2, 0), GroupCounts(0, 0, 6)]) == 0


@given(pair=raised_and_base())
def test_overlap_does_not_care_which_group_is_which(pair):
    raised, base = pair

    exchanged = overlap(
        GroupCounts(raised.promoters, raised.detractors, raised.passives),
        GroupCounts(base.promoters, base.detractors, base.passives),
    )

    assert exchanged == overlap(raised, base)
    assert exchanged is None or 0 < exchanged <= 1


@given(rows=st.lists(raised_and_base(), min_size=1, max_size=6))
def test_the_report_overlap_does_not_depend_on_the_order_of_pain_points(rows):
    raised = [counts for counts, _ in rows]

    assert report_overlap(raised) == report_overlap(reversed(raised))
    assert report_overlap(raised) is None or 0 <= report_overlap(raised) <= 1 + 1e-12


def test_a_billion_respondents_keep_nine_digits():
    evenness = overlap(GroupCounts(0, 3, 10**9 - 1), GroupCounts(0, 10**9, 10**9))

    assert evenness == pytest.approx(3.5 / (10**9 - 0.5), rel=1e-12)
