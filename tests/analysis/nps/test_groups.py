import pytest

from app.analysis.nps.groups import count_groups, group_of
from app.analysis.types import GroupCounts


@pytest.mark.parametrize("score", range(7))
def test_nought_to_six_are_detractors(score):
    assert group_of(score) == "detractor"


@pytest.mark.parametrize("score", [7, 8])
def test_a_seven_is_passive_not_promoter(score):
    assert group_of(score) == "passive"


@pytest.mark.parametrize("score", [9, 10])
def test_nine_and_ten_are_promoters(score):
    assert group_of(score) == "promoter"


@pytest.mark.parametrize("score", [-1, 11, 7.0, float("nan"), "9", True, False, None, [9]])
def test_only_the_integers_from_0_to_10_are_scores(score):
    with pytest.raises(ValueError, match="not a score"):
        group_of(score)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([10, 9, 8, 7, 6, 0], GroupCounts(2, 2, 2)),
        ([10] * 5, GroupCounts(5, 0, 0)),
        ([0] * 4, GroupCounts(0, 0, 4)),
        ([9, 10, 10, 8, 7, 6, 3, 9], GroupCounts(4, 2, 2)),
        ([6, 7, 8, 8, 8, 8, 8, 8], GroupCounts(0, 7, 1)),
        ([], GroupCounts(0, 0, 0)),
    ],
)
def test_scores_are_counted_by_group(scores, expected):
    assert count_groups(scores) == expected


def test_one_bad_score_spoils_the_count_instead_of_being_dropped():
    with pytest.raises(ValueError, match="11"):
        count_groups([9, 11, 3])
