"""Confidence beside what people said of the same comment."""

import pytest

from app.analysis.labels import Labelled
from app.analysis.reliability import EDGES, names_catalogue, reliability

SLOW = Labelled(frozenset({"slow"}))
PRAISE = Labelled(frozenset(), True)
UNKNOWN = Labelled(None)


def test_mentions_are_sorted_by_confidence_and_counted_right_when_people_agree() -> None:
    bins = reliability([SLOW, SLOW], [[("slow", 0.9), ("dear", 0.3)], [("slow", 0.35), ("slow", 0.95)]])

    assert [one.mentions for one in bins] == [0, 2, 0, 0, 2]
    assert (bins[1].confidence, bins[1].right) == (pytest.approx(0.325), 0.5)
    assert (bins[4].confidence, bins[4].right) == (pytest.approx(0.925), 1)


def test_a_bin_takes_its_lower_edge_and_the_last_one_also_its_upper() -> None:
    bins = reliability([SLOW], [[("slow", edge) for edge in EDGES]])

    assert [one.mentions for one in bins] == [1, 1, 1, 1, 2]


def test_every_assignment_in_praise_is_wrong() -> None:
    assert reliability([PRAISE], [[("slow", 0.1)]])[0].right == 0


def test_comments_of_which_nobody_knows_are_left_out() -> None:
    assert sum(one.mentions for one in reliability([UNKNOWN], [[("slow", 0.1)]])) == 0


def test_without_mentions_nothing_is_right_or_wrong() -> None:
    bins = reliability([], [])

    assert len(bins) == len(EDGES) - 1
    assert {(one.mentions, one.confidence, one.right) for one in bins} == {(0, None, None)}


def test_labels_of_another_collection_do_not_name_the_catalogue() -> None:
    assert names_catalogue([SLOW, PRAISE, UNKNOWN], frozenset({"slow", "dear"}))
    assert not names_catalogue([SLOW], frozenset({"dear"}))
    assert not names_catalogue([PRAISE, UNKNOWN], frozenset({"slow"}))
