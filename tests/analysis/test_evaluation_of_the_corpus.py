"""The measures on our own labelled comments, beside figures that can be computed by counting alone."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from app.analysis.evaluation import measure
from app.analysis.labels import Labelled, labelled
from app.analysis.matching import LEAST_LABELS

CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.fixture(scope="module")
def said() -> list[Labelled]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("??.csv"))]
    return [labelled(row) for text in texts for row in csv.DictReader(io.StringIO(text))]


@pytest.fixture(scope="module")
def carried(said: list[Labelled]) -> Counter[str]:
    """How many comments carry a category, of those that enough carry."""
    counts = Counter(category for one in said for category in one.complaints or ())
    return Counter({category: n for category, n in counts.items() if n >= LEAST_LABELS})


def test_who_names_every_category_gets_full_marks(said: list[Labelled], carried: Counter[str]) -> None:
    quality = measure(said, [sorted((one.complaints or frozenset()) & set(carried)) for one in said])

    assert (quality.f1, quality.many_f1, quality.lost, quality.leak) == (1, 1, 0, 0)
    assert (quality.nmi, quality.rho) == (pytest.approx(1), pytest.approx(1))
    assert quality.categories == quality.pain_points == len(carried)


def test_who_names_one_category_a_comment_misses_the_others(said: list[Labelled], carried: Counter[str]) -> None:
    answers = [sorted((one.complaints or frozenset()) & set(carried))[:1] for one in said]
    named = Counter(id_ for ids in answers for id_ in ids)

    quality = measure(said, answers)

    by_hand = [2 * named[category] / (n + named[category]) for category, n in carried.items()]
    assert quality.f1 == pytest.approx(sum(by_hand) / len(by_hand))
    assert quality.lost == 0


def test_one_pain_point_for_everything_serves_the_commonest_category(
    said: list[Labelled], carried: Counter[str]
) -> None:
    quality = measure(said, [["everything"]] * len(said))

    commonest = max(carried.values())
    by_hand = 2 * commonest / (commonest + quality.comments) / len(carried)
    assert (quality.f1, quality.many_f1) == (pytest.approx(by_hand), pytest.approx(by_hand))
    assert (quality.nmi, quality.language_nmi) == (pytest.approx(0), pytest.approx(0))
    assert (quality.lost, quality.leak) == (0, 1)


def test_who_answers_every_second_comment_loses_the_others(said: list[Labelled], carried: Counter[str]) -> None:
    counts = [bool((one.complaints or frozenset()) & set(carried)) for one in said]

    quality = measure(said, [["everything"] if number % 2 else [] for number in range(len(said))])

    assert quality.comments == sum(counts)
    assert quality.lost == pytest.approx(sum(counts[::2]) / sum(counts))
