"""Surveys that ask for satisfaction or effort: what they take and say, and that an NPS says what it always did."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from marshmallow import RAISE
from sqlalchemy.exc import IntegrityError

from app import importers
from app.analysis.metrics import METRICS
from app.errors import Invalid
from app.extensions import db
from app.importers.sources import Told
from app.models import Response, Survey
from app.models.transaction import writing
from app.reports import digests, exports
from app.reports.digests import UnderWay
from app.reports.filters import Filters
from app.reports.report import Report
from app.reports.report_json import to_json
from app.schemas import reports as described
from app.services import (
    alert_rules,
    case_settings,
    comparisons,
    imports,
    readings,
    reports,
    responses,
    segments,
    sources,
    surveys,
)
from app.services.responses import Answer
from app.services.sources import Given
from tests import rows
from tests.rows import NOON, Said

pytestmark = pytest.mark.usefixtures("app")

GOLDEN = Path(__file__).parents[1] / "reports" / "golden"
AS = {"csat": {10: 5, 7: 3, 3: 1}, "ces": {10: 6, 7: 4, 3: 2}}  # the scores of V5 in other scales
FOREIGN = re.compile(r"\bNPS\b|[Pp]romoter|[Pp]assive|[Dd]etractor")


def measured(metric: str) -> Survey:
    """A survey of V5 whose answers were given on the scale of the metric."""
    survey = rows.survey(metric=metric)
    scale = AS[metric]
    rows.store(survey, [Said(scale[said.score], said.comment, said.raised, said.at) for said in rows.v5()])
    return survey


def build(survey: Survey) -> Report:
    return reports.build(survey, Filters(), NOON)


def numbered(text: str) -> str:
    """Without what the database numbers."""
    return re.sub(r'"(response_id|id)": \d+', r'"\1": 0', text)


def test_the_report_of_an_nps_is_the_same_to_the_byte_as_before_there_were_others() -> None:
    """The files were written by the program before it knew another metric."""
    survey = rows.survey()
    rows.store(survey, rows.v5())
    rows.store(survey, rows.v5(NOON - timedelta(days=100))[:200])
    report = build(survey)

    written = json.dumps(to_json(report), ensure_ascii=False, indent=1) + "\n"

    assert numbered(written) == numbered((GOLDEN / "nps_report.json").read_text())
    assert exports.as_csv(report) == (GOLDEN / "nps_report.csv").read_bytes().decode()
    assert exports.as_text(report) == (GOLDEN / "nps_report.txt").read_text()


def test_csat_stands_in_place_of_the_nps_with_names_of_its_own() -> None:
    told = to_json(build(measured("csat")))

    assert told["survey"] == {"key": "shop", "name": "Shop", "kind": "relationship", "metric": "csat"}
    assert "nps" not in told
    score = told["csat"]
    assert [round(score[name], 4) for name in ("value", "low", "high")] == [45.4545, 40.1653, 50.8484]
    assert (score["satisfied"], score["neutral"], score["dissatisfied"], score["n"]) == (150, 100, 80, 330)
    assert score["mean"]["value"] == pytest.approx((150 * 5 + 100 * 3 + 80) / 330)
    assert told["distribution"] == [80, 0, 100, 0, 150]
    assert told["trend"][-1]["csat"] == pytest.approx(score["value"])
    assert told["comments"] == {"satisfied": 150, "neutral": 100, "dissatisfied": 80, "n": 330}


def test_ces_is_a_mean_and_says_no_impact() -> None:
    told = to_json(build(measured("ces")))

    mean = (150 * 6 + 100 * 4 + 80 * 2) / 330
    assert told["ces"]["value"] == pytest.approx(mean)
    assert told["ces"]["share"]["value"] == pytest.approx(100 * 150 / 330)
    assert told["distribution"] == [0, 80, 0, 100, 0, 150, 0]
    assert all(row["impact"] == {"value": None, "se": None} for row in told["pain_points"])
    assert all(row["one_step_gain"] is None for row in told["pain_points"])


@pytest.mark.parametrize("metric", AS)
def test_every_field_is_described_for_programs(metric: str) -> None:
    told = to_json(build(measured(metric)))

    assert described.Report(unknown=RAISE).validate(told) == {}
    assert set(told) == set(described.Report().fields) - ({"nps", "csat", "ces"} - {metric})


@pytest.mark.parametrize("metric", AS)
def test_the_order_of_pain_points_is_that_of_the_same_people_in_an_nps(metric: str) -> None:
    nps = rows.survey("nps")
    rows.store(nps, rows.v5())
    expected, found = to_json(build(nps)), to_json(build(measured(metric)))

    for name in ("pain_points", "shared_requests", "too_few"):
        for one, other in zip(expected[name], found[name], strict=True):
            same = ("id", "rank", "frequency", "overlap", "priority", "log_odds", "rank_range")
            assert [one[key] for key in same] == [other[key] for key in same]
            assert list(one["mentions"].values()) == list(other["mentions"].values())
    assert [row["holds_back"] for row in found["pain_points"]][1:3] == {
        "csat": ["neutral", "dissatisfied"],
        "ces": ["neutral", "difficult"],
    }[metric]


def test_an_order_by_an_impact_that_is_not_told_is_that_of_priority() -> None:
    report = reports.build(measured("ces"), Filters(sort="impact"), NOON)

    assert [row.numbers.place for row in report.ranked] == [1, 2, 3, 4]
    assert report.filters.sort == "priority"


def test_the_impact_on_csat_is_in_its_own_points() -> None:
    """Speed up support responses: 150 of 330 are satisfied, 144 of the 272 who do not raise it."""
    row = to_json(build(measured("csat")))["pain_points"][0]

    assert row["impact"]["value"] == pytest.approx(100 * (150 / 330 - 144 / 272))
    assert row["one_step_gain"] == pytest.approx(100 * 52 / 330)


@pytest.mark.parametrize("metric", AS)
def test_no_file_and_no_digest_speaks_of_promoters(metric: str) -> None:
    survey = measured(metric)
    report = build(survey)

    said = [exports.as_text(report), exports.as_csv(report), json.dumps(to_json(report))]
    said += digests.as_text(digests.parts(report, report.ranked, UnderWay(), with_comments=True))

    assert digests.headline(report).startswith(metric.upper())
    assert [found[0] for text in said if (found := FOREIGN.search(text))] == []


REFUSED: list[tuple[str, int]] = [("csat", 0), ("csat", 6), ("ces", 8), ("ces", 0), ("nps", 11)]


@pytest.mark.parametrize(("metric", "score"), REFUSED)
def test_a_score_from_another_scale_is_stored_on_no_way(metric: str, score: int) -> None:
    survey = surveys.create("shop", "Shop", metric=metric)
    scale = METRICS[metric].scores
    stored = responses.record(survey.id, Answer("one", scale[1], "widget"))

    for way in (
        lambda: responses.record(survey.id, Answer("two", score, "api")),
        lambda: responses.change(survey.id, stored.response_id, score=score, comment=None),
        lambda: responses.correct(survey.id, stored.response_id, score=score, comment=None),
    ):
        with pytest.raises(Invalid, match=f"from {scale[0]} to {scale[-1]}"):
            way()
    assert list(db.session.scalars(sa.select(Response.score))) == [scale[1]]


def test_the_database_itself_knows_three_metrics(app: object) -> None:
    with pytest.raises(IntegrityError), writing() as session:
        session.add(Survey(key="shop", name="Shop", metric="stars"))


def test_an_unknown_metric_makes_no_survey() -> None:
    with pytest.raises(Invalid) as refused:
        surveys.create("shop", "Shop", metric="stars")

    assert refused.value.errors["metric"] == ["Choose one of nps, csat, ces."]


FILES: list[tuple[str, str, list[int], str]] = [
    ("csat", "score,comment\n4/5,good\n2 - Dissatisfied,slow\n7,no\n9/10,no\n0,no\n", [4, 2], "from 1 to 5"),
    ("ces", "score,comment\n7,good\n1,slow\n8,no\n4/5,no\n", [7, 1], "from 1 to 7"),
    ("nps", "score,comment\n10/10,good\n4/5,no\n11,no\n", [10], "from 0 to 10"),
]


@pytest.mark.parametrize(("metric", "text", "taken", "why"), FILES)
def test_a_file_is_read_on_the_scale_of_the_survey(
    tmp_path: Path, metric: str, text: str, taken: list[int], why: str
) -> None:
    survey = surveys.create("shop", "Shop", metric=metric)
    file = tmp_path / "answers.csv"
    file.write_text(text)

    source = importers.source(file, metric=survey.measures)
    looked_at = imports.foresee(survey, source.answers())
    imported = imports.bring_in(survey, source.answers())

    assert list(db.session.scalars(sa.select(Response.score).order_by(Response.id))) == taken
    assert imported.rejected == looked_at.rejected
    assert len(imported.rejected) == text.count("no\n")
    assert all(why in reason for _, reason in imported.rejected)


FORM = (
    "Timestamp,Would you recommend us? (0-10),Overall how satisfied are you?,How easy was it?,Why?\n"
    "2026-03-04 10:00,4,5,2,the queue at the desk is long\n"
    "2026-03-04 11:00,3,1,4,nobody answers on the telephone\n"
)


@pytest.mark.parametrize(
    ("metric", "column"),
    [
        ("nps", "Would you recommend us? (0-10)"),
        ("csat", "Overall how satisfied are you?"),
        ("ces", "How easy was it?"),
    ],
)
def test_of_a_form_with_several_questions_the_one_that_the_survey_asks_is_the_score(
    tmp_path: Path, metric: str, column: str
) -> None:
    file = tmp_path / "form.csv"
    file.write_text(FORM)

    columns = importers.source(file, metric=METRICS[metric]).columns

    assert [name for name, meaning in columns.items() if meaning == "score"] == [column]


@pytest.mark.parametrize(
    ("metric", "header", "scores", "is_score"),
    [
        ("nps", "Rate us", "9 10 8", True),
        ("csat", "Rate us", "5 1 4", True),
        ("csat", "Rate us", "9 10 8", False),  # of another scale
        ("ces", "Rate us", "7 1 4", True),
        ("csat", "How likely are you to recommend us?", "5 1 4", False),
        ("ces", "How satisfied are you?", "5 1 4", False),
    ],
)
def test_a_question_about_something_else_or_on_another_scale_is_no_score(
    tmp_path: Path, metric: str, header: str, scores: str, is_score: bool
) -> None:
    file = tmp_path / "form.csv"
    file.write_text("\n".join([f"Timestamp,{header}", *(f"2026-03-04 10:00,{score}" for score in scores.split())]))

    assert importers.source(file, metric=METRICS[metric]).has_score is is_score


def test_scores_that_people_put_on_the_scale_tell_the_column_too(tmp_path: Path) -> None:
    file = tmp_path / "form.csv"
    file.write_text("Timestamp,Rate us\n2026-03-04 10:00,great\n2026-03-04 10:00,awful\n")

    source = importers.source(file, told=Told(scale={"great": 5, "awful": 1}), metric=METRICS["csat"])

    assert [row.values["score"] for row in source.answers()] == ["5", "1"]


@pytest.mark.parametrize(("metric", "scale"), [("csat", "10=6"), ("csat", "0=0"), ("ces", "10=8"), ("ces", "0=0")])
def test_scores_of_another_scale_become_scores_of_the_survey_alone(metric: str, scale: str) -> None:
    survey = surveys.create("shop", "Shop", metric=metric)

    with pytest.raises(Invalid, match=f"ours from 1 to {survey.measures.high}, such as 1=1, 5={survey.measures.high}"):
        sources.create(survey, Given("folder", "desk", scale=scale))

    made = sources.create(survey, Given("folder", "desk", scale=f"10={survey.measures.high}, 0=1"))
    assert sources.told(made).scale == {"10": survey.measures.high, "0": 1}


DELIGHTED = (
    "survey_type,score,comment,created_at,permalink\n"
    "nps,4,an NPS,2026-03-04 10:00:00 UTC,a\n"
    "csat,4,a CSAT,2026-03-04 10:00:00 UTC,b\n"
    "ces,4,a CES of five points,2026-03-04 10:00:00 UTC,c\n"
)


@pytest.mark.parametrize(("metric", "taken"), [("nps", ["an NPS"]), ("csat", ["a CSAT"]), ("ces", [])])
def test_of_the_file_of_a_product_only_answers_to_the_same_question_are_taken(
    tmp_path: Path, metric: str, taken: list[str]
) -> None:
    survey = surveys.create("shop", "Shop", metric=metric)
    file = tmp_path / "answers.csv"
    file.write_text(DELIGHTED)

    imported = imports.bring_in(survey, importers.source(file, metric=survey.measures).answers())

    assert list(db.session.scalars(sa.select(Response.comment))) == taken
    assert all("another question" in reason for _, reason in imported.rejected)


def test_comments_are_read_with_the_group_that_their_score_has() -> None:
    survey = surveys.create("shop", "Shop", metric="csat")
    for score in (1, 3, 5):
        responses.record(survey.id, Answer(f"n{score}", score, "api", comment=f"It is what it is, {score}"))

    assert [comment.score for comment in readings.Stream(survey.id)] == [0, 7, 10]


def test_a_low_score_of_the_scale_opens_a_case_and_a_threshold_beyond_it_is_refused() -> None:
    survey = surveys.create("shop", "Shop", metric="csat")

    assert survey.case_threshold == 2
    with pytest.raises(Invalid, match="from 1 to 5"):
        case_settings.configure("shop", {"case_threshold": "6"})
    assert case_settings.configure("shop", {"case_threshold": "3"}).case_threshold == 3


def test_alerts_about_an_nps_are_not_offered_and_low_scores_are_those_of_the_scale() -> None:
    survey = surveys.create("shop", "Shop", metric="ces")
    alert_rules.start(survey, [])

    assert "nps.dropped" not in {rule.kind for rule in alert_rules.of(survey)}
    assert alert_rules.create(survey, {"kind": "detractor.arrived"}, []).threshold == 3
    with pytest.raises(Invalid, match="does not ask for an NPS"):
        alert_rules.create(survey, {"kind": "nps.dropped"}, [])
    for beyond in (0, 4):
        with pytest.raises(Invalid, match="from 1 to 3"):
            alert_rules.create(survey, {"kind": "detractor.arrived", "threshold": beyond}, [])


def test_segments_and_comparisons_say_that_they_are_for_an_nps() -> None:
    survey = measured("csat")

    for asked in (segments.offered, comparisons.offered):
        with pytest.raises(Invalid, match="NPS surveys only so far"):
            asked(survey)
