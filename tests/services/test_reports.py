"""From answers in the tables to the numbers of the report, the same on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.reports.filters import Filters, Period
from app.reports.report import Report
from app.reports.report_json import to_json
from app.services import reports, responses
from app.services.responses import Answer
from tests import rows
from tests.rows import NOON, Raised, Said

pytestmark = pytest.mark.usefixtures("app")


def build(survey: object, **filters: object) -> Report:
    return reports.build(survey, Filters(**filters), NOON)  # type: ignore[arg-type]


@pytest.fixture
def v5() -> Report:
    survey = rows.survey()
    rows.store(survey, rows.v5())
    return build(survey)


def rounded(value: object, digits: int = 4) -> object:
    return round(value, digits) if isinstance(value, float) else value


def test_the_score_comes_with_its_interval(v5: Report) -> None:
    score = to_json(v5)["nps"]

    assert {name: rounded(score[name]) for name in ("value", "low", "high", "n")} == {
        "value": 21.2121,
        "low": 12.3362,
        "high": 29.7113,
        "n": 330,
    }
    assert v5.distribution == (0, 0, 0, 80, 0, 0, 0, 100, 0, 0, 150)


@pytest.mark.parametrize(
    ("place", "id_", "priority", "impact", "gain", "overlap", "holds_back"),
    [
        (1, "support", 18.1154, -13.3467, 15.7576, 0.5916, "both"),
        (2, "pricing", 11.9809, -4.0548, 12.1212, 0.4293, "passives"),
        (3, "crashes", 6.3358, -10.2260, 8.7879, 0.1059, "detractors"),
        (4, "onboarding", 5.5022, -2.0888, 4.8485, 0.9844, "both"),
    ],
)
def test_pain_points_are_ranked_with_all_their_numbers(
    v5: Report, place: int, id_: str, priority: float, impact: float, gain: float, overlap: float, holds_back: str
) -> None:
    row = to_json(v5)["pain_points"][place - 1]

    assert (row["rank"], row["id"], row["holds_back"]) == (place, id_, holds_back)
    assert rounded(row["priority"]) == priority
    assert rounded(row["impact"]["value"]) == impact
    assert rounded(row["one_step_gain"]) == gain
    assert rounded(row["overlap"]) == overlap
    assert v5.ranked[place - 1].numbers.costs_most is (id_ == "crashes")


def test_requests_of_promoters_and_rare_ones_are_listed_apart(v5: Report) -> None:
    assert [row.id for row in v5.shared_requests] == ["integrations"]
    assert [row.id for row in v5.too_few] == ["mobile"]
    assert round(v5.report_overlap or 0, 4) == 0.5641


def test_how_sure_a_rank_is_stands_beside_it(v5: Report) -> None:
    ranges = {row.id: row.rank_range for row in v5.ranked}

    assert ranges["support"] is not None
    assert (ranges["support"].low, ranges["support"].high) == (1, 2)
    assert to_json(v5)["pain_points"][0]["rank_range"] == [1, 2]
    assert (3, 4) in v5.tie_bands


def test_the_json_has_every_key_of_the_contract(v5: Report) -> None:
    content = to_json(v5)

    assert list(content) == [
        *("survey", "period", "analysis", "nps", "distribution", "trend", "comments"),
        *("pain_points", "shared_requests", "too_few", "unassigned", "asked", "hidden", "quarantined"),
        "under_way",
        "milestones",
    ]
    assert set(content["pain_points"][0]) == {
        *("rank", "id", "name", "origin", "mentions", "frequency", "overlap", "priority", "impact"),
        *("one_step_gain", "value_at_risk", "log_odds", "trend", "rank_range", "holds_back", "terms"),
        *("examples", "owner", "status", "due_on", "pinned"),
    }
    assert set(content["pain_points"][0]["examples"][0]) == {"response_id", "score", "language", "text", "start", "end"}
    assert content["pain_points"][0]["value_at_risk"] is None


def test_sorting_changes_the_order_and_no_rank() -> None:
    survey = rows.survey()
    rows.store(survey, rows.v5())

    by_impact = build(survey, sort="impact").ranked

    assert [(row.id, row.numbers.place) for row in by_impact] == [
        ("support", 1),
        ("crashes", 3),
        ("pricing", 2),
        ("onboarding", 4),
    ]


def test_an_earlier_period_of_equal_length_is_compared() -> None:
    survey = rows.survey()
    earlier = [Said(score, at=NOON - timedelta(days=100)) for score in [10] * 40 + [8] * 30 + [0] * 30]
    rows.store(survey, [*earlier, *(Said(score) for score in [10] * 55 + [8] * 25 + [0] * 20)])

    change = to_json(build(survey))["nps"]["change"]

    assert change["value"] == 25
    assert (rounded(change["low"], 3), rounded(change["high"], 3), rounded(change["p"], 5)) == (2.151, 46.392, 0.03151)
    assert change["verdict"] == "clear"


def test_without_a_comparison_there_is_no_change() -> None:
    survey = rows.survey()
    rows.store(survey, rows.v5())

    report = build(survey, compare="none")

    assert report.previous_period is None
    assert to_json(report)["nps"]["change"] == {"value": None, "low": None, "high": None, "p": None, "verdict": None}


def test_a_person_counts_once_with_the_group_of_the_latest_comment() -> None:
    survey = rows.survey()
    early, late = NOON - timedelta(days=9), NOON
    slow = [Raised("support", "slow")]
    dear = [Raised("pricing", "dear")]
    ann = [Said(3, "so slow", slow, early, person="ann"), Said(8, "dear", dear, late, person="ann")]

    rows.store(survey, [*ann, *(Said(3, "slow again", slow) for _ in range(30))])

    by_id = {row.id: row.numbers.counts for row in build(survey).pain_points}
    assert (by_id["support"].passives, by_id["support"].detractors) == (1, 30)
    assert (by_id["pricing"].passives, by_id["pricing"].detractors) == (1, 0)
    assert build(survey).comments.n == 31


def test_praise_raises_nothing() -> None:
    survey = rows.survey()
    praise = [Raised("support", "fast", stance="praise"), Raised("support", "kind", stance="neutral")]

    rows.store(survey, [Said(7, "fast and kind", praise) for _ in range(40)])

    report = build(survey)
    assert report.pain_points == ()
    assert report.unassigned == 0


def test_complaints_about_nothing_known_are_counted_as_unassigned() -> None:
    survey = rows.survey()

    rows.store(survey, [Said(2, "meh", [Raised(None, "meh")]) for _ in range(3)])

    assert build(survey).unassigned == 3


def test_a_comment_changed_since_it_was_read_waits_to_be_read_again() -> None:
    survey = rows.survey()
    rows.store(survey, [Said(2, "slow", [Raised("support", "slow")]) for _ in range(40)])
    before = build(survey)

    responses.correct(survey.id, 1, score=2, comment="fine now")

    after = build(survey)
    assert (before.analysis.pending, before.ranked[0].numbers.counts.n) == (0, 40)
    assert (after.analysis.pending, after.ranked[0].numbers.counts.n) == (1, 39)


@pytest.mark.parametrize(
    ("filters", "n"),
    [
        ({"language": "de"}, 2),
        ({"touchpoint": "checkout"}, 1),
        ({"attributes": (("plan", "team"),)}, 2),
        ({"attributes": (("plan", "team"), ("plan", "free"))}, 3),
        ({"attributes": (("plan", "team"), ("country", "DE"))}, 1),
        ({"attributes": (("plan", "nothing like it"),)}, 0),
        ({"attributes": (("no such attribute", "x"),)}, 0),
        ({"attributes": (("last touch's", "mail & phone"),)}, 1),
        ({"from_day": date(2026, 11, 20), "to_day": date(2026, 11, 20)}, 1),
    ],
)
def test_filters_narrow_the_answers(filters: dict[str, object], n: int) -> None:
    survey = rows.survey()
    rows.store(
        survey,
        [
            Said(9, language="de", more={"attributes": {"plan": "team", "country": "DE"}}),
            Said(9, language="de", more={"attributes": {"plan": "team"}, "touchpoint": "checkout"}),
            Said(9, more={"attributes": {"plan": "free", "last touch's": "mail & phone"}}),
            Said(9, at=NOON - timedelta(days=2)),
        ],
    )

    assert build(survey, **filters).score.counts.n == n


def test_a_comment_is_filtered_by_the_language_it_is_written_in() -> None:
    survey = rows.survey()
    run = rows.store(
        survey, [Said(3, "zu langsam", language="de"), Said(3, "slow", language="en"), Said(3, language="en")]
    )
    assert run

    assert build(survey, language="en").score.counts.n == 2
    assert build(survey, language="de").comments.n == 1


def test_days_are_those_of_the_survey() -> None:
    survey = rows.survey(timezone="Asia/Tokyo")
    rows.store(survey, [Said(9, at=NOON.replace(day=20, hour=16))])

    report = build(survey, from_day=date(2026, 11, 21), to_day=date(2026, 11, 21))

    assert report.score.counts.n == 1


def test_old_answers_are_all_shown_when_the_last_days_are_empty() -> None:
    survey = rows.survey()
    rows.store(survey, [Said(9, at=NOON - timedelta(days=days)) for days in (900, 700, 400)])

    report = build(survey)

    assert report.is_whole_survey
    assert report.period == Period(date(2024, 6, 5), date(2025, 10, 18))
    assert report.score.counts.n == 3


def test_a_score_needs_five_answers() -> None:
    survey = rows.survey()
    rows.store(survey, [Said(9)] * 4)

    score = to_json(build(survey))["nps"]

    assert (score["value"], score["low"], score["high"], score["n"]) == (None, None, None, 4)
    assert score["change"] == {"value": None, "low": None, "high": None, "p": None, "verdict": "suppressed"}


def test_without_answers_nothing_is_computed() -> None:
    report = build(rows.survey())

    assert report.score.interval is None
    assert (report.ranked, report.too_few, report.shared_requests) == ((), (), ())
    assert report.analysis.id is None


def test_a_narrow_view_of_few_people_withholds_what_they_said() -> None:
    survey = rows.survey()
    team = {"attributes": {"plan": "team"}}
    few = [Said(3, "slow", [Raised("support", "slow")], more=team) for _ in range(4)]
    rows.store(survey, [*few, *(Said(3, "slow", [Raised("support", "slow")]) for _ in range(30))])

    narrowed, open_ = build(survey, attributes=(("plan", "team"),)), build(survey)

    assert narrowed.is_withheld
    assert not any(row.examples for row in narrowed.pain_points)
    assert not open_.is_withheld
    assert open_.ranked[0].examples


def test_examples_are_of_different_people_groups_and_languages() -> None:
    survey = rows.survey()
    slow = [Raised("support", "slow", confidence=0.9)]
    sure = [Raised("support", "slow", confidence=0.99)]
    rows.store(
        survey,
        [
            Said(10, "slow, but I love it", sure),
            Said(3, "slow and slow", sure, person="ann"),
            Said(4, "so slow", sure, person="ann"),
            Said(7, "slow, sagt man", slow, language="de"),
            *(Said(3, "slow once more", slow) for _ in range(30)),
        ],
    )

    quotes = build(survey).ranked[0].examples

    assert [quote.score for quote in quotes] == [3, 7, 3]
    assert quotes[0].text == "slow and slow"
    assert quotes[0].text[quotes[0].start : quotes[0].end] == "slow"


def test_a_share_that_grew_clearly_is_called_rising() -> None:
    survey = rows.survey()
    before = [Said(3, "slow" if n < 10 else "ok", said(n < 10), NOON - timedelta(days=100)) for n in range(200)]
    now = [Said(3, "slow" if n < 24 else "ok", said(n < 24)) for n in range(210)]
    rows.store(survey, [*before, *now])

    row = build(survey).ranked[0]

    assert row.badge == "rising"
    assert row.previous == 10 / 200
    assert to_json(build(survey))["pain_points"][0]["trend"] == {"previous": 0.05, "badge": "rising"}


def said(is_slow: bool) -> list[Raised]:
    return [Raised("support", "slow")] if is_slow else []


def test_the_weeks_of_a_pain_point_have_gaps_where_nobody_commented() -> None:
    survey = rows.survey()
    told = [Said(3, "slow", said(True)) for _ in range(30)] + [Said(3, "ok") for _ in range(30)]
    rows.store(survey, [*told, Said(3, "ok", at=NOON - timedelta(days=15))])

    weeks = build(survey).ranked[0].weeks

    assert weeks == (*[None] * 9, 0.0, None, 0.5)


def test_the_same_view_is_built_once_and_anew_after_another_answer() -> None:
    survey = rows.survey()
    rows.store(survey, rows.v5())
    first = build(survey)

    assert build(survey) is first
    responses.record(survey.id, Answer(nonce="new", score=9, source="widget"))

    assert build(survey, to_day=date(2200, 1, 1), from_day=date(2026, 1, 1)).score.counts.n == 331
    assert build(survey) is not first


def test_a_layout_that_only_an_answer_in_quarantine_names_is_no_milestone() -> None:
    survey = rows.survey()
    told = [(1, None), (7, "honeypot"), (2, None)]
    answers = [
        Said(3, more={"layout_version": layout, "quarantine": reason, "counts": reason is None})
        for layout, reason in told
    ]
    rows.store(survey, answers)

    assert [one.layout for one in build(survey).milestones] == [2]
