"""Segments against everybody else, and two groups' pain points: several tests at once, asked carefully."""

from __future__ import annotations

import pytest

from app.analysis.nps.change import change
from app.analysis.pain_points.trend import Share, share_change
from app.analysis.segments import against_rest, share_differences
from app.analysis.types import GroupCounts

EVERYBODY = GroupCounts(450, 300, 250)


def test_the_rest_is_everybody_who_is_not_in_the_segment() -> None:
    free = GroupCounts(20, 30, 100)

    told = against_rest({"free": free}, EVERYBODY)["free"]

    assert told.difference == change(GroupCounts(430, 270, 150), free)
    assert told.standing == "below"


@pytest.mark.parametrize(
    ("segment", "standing"),
    [
        (GroupCounts(90, 5, 5), "above"),
        (GroupCounts(45, 30, 25), "alike"),
        (GroupCounts(0, 0, 29), "too few"),
        (GroupCounts(440, 290, 245), "too few"),
        (EVERYBODY, "too few"),
        (GroupCounts(), "too few"),
    ],
)
def test_a_segment_stands_by_its_test_and_needs_thirty_on_both_sides(segment: GroupCounts, standing: str) -> None:
    assert against_rest({"one": segment}, EVERYBODY)["one"].standing == standing


def test_among_many_segments_one_that_leans_is_not_called_clear() -> None:
    leaning = GroupCounts(37, 30, 33)  # p = .06
    alike = {f"other {n}": GroupCounts(45, 30, 25) for n in range(8)}

    alone = against_rest({"leaning": leaning}, EVERYBODY)["leaning"]
    among = against_rest({"leaning": leaning, **alike}, EVERYBODY)["leaning"]

    assert alone.difference == among.difference
    assert (alone.standing, among.standing) == ("below", "alike")


def test_a_segment_larger_than_the_whole_is_an_error() -> None:
    with pytest.raises(ValueError, match="count"):
        against_rest({"one": GroupCounts(451, 0, 0)}, EVERYBODY)


def test_no_segments_give_none() -> None:
    assert against_rest({}, EVERYBODY) == {}


def test_the_difference_of_shares_is_the_first_minus_the_second() -> None:
    told = share_differences({"slow": Share(24, 210)}, {"slow": Share(10, 200)})["slow"]

    assert told.difference == share_change(10, 200, 24, 210)
    assert told.more == "first"


@pytest.mark.parametrize(
    ("first", "second", "more"),
    [
        (Share(10, 200), Share(24, 210), "second"),
        (Share(30, 300), Share(28, 310), "neither"),
        (Share(4, 30), Share(0, 300), "too few"),
        (Share(20, 29), Share(0, 300), "too few"),
        (Share(0, 0), Share(5, 300), "too few"),
    ],
)
def test_who_raises_it_more_needs_thirty_on_both_sides_and_five_on_one(first: Share, second: Share, more: str) -> None:
    assert share_differences({"slow": first}, {"slow": second})["slow"].more == more


def test_differences_are_kept_over_all_that_are_shown() -> None:
    pair = (Share(30, 310), Share(17, 300))  # p = .07
    others = {f"p{n}": Share(20, 310) for n in range(9)}

    alone = share_differences({"slow": pair[0]}, {"slow": pair[1]})["slow"]
    among = share_differences({"slow": pair[0], **others}, {"slow": pair[1], **others})["slow"]

    assert (alone.more, among.more) == ("first", "neither")


def test_both_groups_hold_the_same_pain_points() -> None:
    with pytest.raises(ValueError, match="same pain points"):
        share_differences({"slow": Share(1, 2)}, {})
