"""The figures in the comments were computed once with an independent program on the same sets."""

import pytest

from app.analysis.evaluation import measure, probe, stability
from app.analysis.labels import Labelled, labelled


def complaint(*kinds: str, language: str = "en") -> Labelled:
    return Labelled(frozenset(kinds), False, language)


SLOW, DEAR = "slow", "dear"
SAID = [complaint(SLOW)] * 12 + [complaint(DEAR)] * 10 + [Labelled(None, True)] * 4


def test_perfect_answers_score_one_everywhere() -> None:
    quality = measure(SAID, [["a"]] * 12 + [["b"]] * 10 + [[]] * 4)

    assert (quality.f1, quality.many_f1, quality.nmi, quality.rho) == (1, 1, pytest.approx(1), pytest.approx(1))
    assert (quality.lost, quality.leak) == (0, 0)
    assert (quality.pain_points, quality.categories, quality.comments) == (2, 2, 22)


def test_a_complaint_without_a_pain_point_is_lost_and_praise_with_one_leaks() -> None:
    quality = measure(SAID, [["a"]] * 11 + [[]] + [["b"]] * 10 + [["a"], [], [], []])

    assert quality.lost == pytest.approx(1 / 22)
    assert quality.leak == pytest.approx(1 / 4)


def test_two_pain_points_for_one_category_cost_the_one_to_one_match_only() -> None:
    quality = measure(SAID, [["a"]] * 6 + [["c"]] * 6 + [["b"]] * 10 + [[]] * 4)

    assert quality.f1 == pytest.approx((2 * 6 / 18 + 1) / 2)
    assert quality.many_f1 == 1


def test_rare_categories_do_not_count() -> None:
    quality = measure([*SAID, complaint("rare")], [["a"]] * 27)

    assert quality.categories == 2
    assert quality.comments == 22


def test_pain_points_that_follow_the_language_are_found_out() -> None:
    said = [complaint(SLOW, language="de")] * 10 + [complaint(SLOW, language="en")] * 10

    assert measure(said, [["a"]] * 10 + [["b"]] * 10).language_nmi == pytest.approx(1)
    assert measure(said, [["a"], ["b"]] * 10).language_nmi == pytest.approx(0, abs=1e-9)


def test_the_languages_by_chance_are_the_same_in_every_run_and_far_from_zero_on_few_comments() -> None:
    said = [complaint(SLOW, language=language) for language in ("de", "en", "fr", "it", "sv") for _ in range(8)]
    answers = [[f"p{number % 8}"] for number in range(40)]

    quality = measure(said, answers)

    assert quality.language_nmi == pytest.approx(0, abs=1e-9)
    assert quality.language_chance == pytest.approx(0.25, abs=0.02)  # .250 in 2,000 shuffles elsewhere
    assert quality.language_chance == measure(said, answers).language_chance


def test_in_one_language_there_is_nothing_to_mix_not_even_by_chance() -> None:
    quality = measure(SAID, [["a"]] * len(SAID))

    assert (quality.language_nmi, quality.language_chance) == (None, None)


def test_nothing_to_measure_gives_no_answer() -> None:
    quality = measure([], [])

    assert (quality.f1, quality.many_f1, quality.nmi, quality.rho) == (None, None, None, None)
    assert (quality.lost, quality.leak, quality.language_nmi, quality.language_chance) == (None,) * 4


def test_an_engine_that_assigns_nothing_scores_zero() -> None:
    quality = measure(SAID, [[]] * len(SAID))

    assert (quality.f1, quality.many_f1, quality.lost, quality.nmi) == (0, 0, 1, None)


def test_labels_and_answers_must_be_of_one_length() -> None:
    with pytest.raises(ValueError, match="26 labelled comments, but 1 answers"):
        measure(SAID, [[]])


def test_the_measures_agree_with_the_reference_to_three_decimals() -> None:
    kinds = ["slow", "dear", "rude"]
    said = [complaint(*{kinds[i % 3], kinds[i * i % 3]}, language="ende"[i % 2 * 2 :][:2]) for i in range(60)]
    said += [Labelled(frozenset(), True, "en")] * 7 + [Labelled(None, False, "de")] * 3
    answers = [[f"p{(i % 3 + i // 20) % 5}", f"p{i * 7 % 4}"][: i % 7 % 3] for i in range(70)]

    quality = measure(said, answers)

    assert {
        "F1": round(quality.f1 or 0, 3),
        "mF1": round(quality.many_f1 or 0, 3),
        "NMI": round(quality.nmi or 0, 3),
        "rho": round(quality.rho or 0, 3),
        "lost": round(quality.lost or 0, 3),
        "leak": round(quality.leak or 0, 3),
        "lang": round(quality.language_nmi or 0, 3),
    } == REFERENCE


REFERENCE = {"F1": 0.347, "mF1": 0.315, "NMI": 0.248, "rho": 0.866, "lost": 0.433, "leak": 0.571, "lang": 0.012}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"aspects": '[["Screen#Size", "negative"]]', "language": "de"}, Labelled(frozenset({"screen"}), False, "de")),
        ({"aspects": '[["Screen#Size", "positive"]]', "language": "de"}, Labelled(frozenset(), True, "de")),
        ({"aspects": "[]", "language": "de"}, Labelled(frozenset(), False, "de")),
        ({"spans": '[[0, 4, "Crashes"]]', "language": "en"}, Labelled(frozenset({"Crashes"}), False, "en")),
        ({"label": "slow|dear", "score": "2", "language": "en"}, Labelled(frozenset({SLOW, DEAR}), False, "en")),
        ({"label": "", "score": "9", "language": "en"}, Labelled(frozenset(), True, "en")),
        ({"label": "", "score": "3", "language": "en"}, Labelled(None, False, "en")),
    ],
)
def test_every_form_of_labels_is_read(row: dict[str, str], expected: Labelled) -> None:
    assert labelled(row) == expected


def test_laptop_categories_are_grouped_as_people_would() -> None:
    row = {"aspects": '[["MOUSE#QUALITY", "negative"], ["LAPTOP#PRICE", "negative"]]', "language": "en"}

    assert labelled(row, "laptops.csv").complaints == {"input", "price"}


def test_a_complaint_outside_the_laptop_categories_is_unknown_not_none() -> None:
    row = {"aspects": '[["LAPTOP#GENERAL", "negative"]]', "language": "en"}

    assert labelled(row, "laptops.csv").complaints is None


def test_stability_is_the_share_of_comments_that_keep_their_pain_points() -> None:
    before = {"1": ["a"], "2": ["a", "b"], "3": ["c"], "gone": ["c"]}

    assert stability(before, {"1": ["a"], "2": ["b", "a"], "3": [], "new": ["a"]}) == pytest.approx(2 / 3)
    assert stability({}, {"1": ["a"]}) is None


def test_the_probe_counts_translations_that_reach_the_originals_pain_point() -> None:
    assert probe([["a"], ["b"], []], [["a", "c"], ["c"], ["a"]]) == pytest.approx(1 / 2)
    assert probe([[]], [["a"]]) is None
