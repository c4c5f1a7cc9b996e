"""Whose turn it is: the rules, one after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.errors import Invalid
from app.models import Load, Respondent, Survey
from app.models.transaction import writing
from app.services import asking, responses, surveys
from app.services.asking import Verdict
from app.services.responses import Answer

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
WHO = "user-1"


@pytest.fixture
def survey(app: Flask) -> Survey:
    return surveys.create("shop", "Shop")


def shown(survey: Survey, at: datetime, who: str = WHO) -> None:
    with writing() as session:
        session.add(Respondent(survey_id=survey.id, subject=who, shown_at=at))


def answered(survey: Survey, at: datetime, source: str = "widget") -> None:
    responses.record(survey.id, Answer(f"{source}-{at}", 3, source, respondent=WHO, created_at=at))


def judge(survey: Survey, at: datetime = AT, who: str = WHO) -> Verdict:
    return asking.judge(surveys.get(survey.key), who, at)


def ago(**more: float) -> datetime:
    return AT - timedelta(**more)


def test_somebody_of_whom_nothing_is_known_is_asked(survey: Survey) -> None:
    assert judge(survey) == Verdict()


@pytest.mark.parametrize(
    ("days", "reason"), [(0.1, "asked_recently"), (30, "asked_recently"), (89.9, "asked_recently"), (90, None)]
)
def test_being_shown_the_question_counts_answered_or_not(survey: Survey, days: float, reason: str | None) -> None:
    shown(survey, ago(days=days))

    assert judge(survey) == Verdict(reason, AT + timedelta(days=90 - days) if reason else None)  # type: ignore[arg-type]


@pytest.mark.parametrize("source", ["widget", "api", "import"])
def test_an_answer_counts_however_it_came(survey: Survey, source: str) -> None:
    answered(survey, ago(days=10), source)

    assert judge(survey) == Verdict("answered", AT + timedelta(days=80))
    assert judge(survey, AT + timedelta(days=80)) == Verdict()


def test_dates_decide_and_not_the_borders_of_windows(survey: Survey) -> None:
    asking.configure("shop", {"resurvey_days": 30, "sample_days": 30})
    shown(survey, AT)

    asked_again = [day for day in range(1, 60) if judge(survey, AT + timedelta(days=day)).is_eligible]

    assert asked_again[0] == 30


def test_a_closed_survey_asks_nobody(survey: Survey) -> None:
    surveys.close("shop")

    assert judge(survey) == Verdict("closed")


def test_who_is_not_drawn_is_told_when_people_are_drawn_anew(survey: Survey) -> None:
    asking.configure("shop", {"sample_rate": 0, "sample_days": 7})

    verdict = judge(survey)

    assert verdict.reason == "not_sampled"
    assert verdict.next_at is not None
    assert AT < verdict.next_at <= AT + timedelta(days=7)
    assert verdict.next_at == judge(survey, AT + timedelta(hours=1)).next_at


def test_sampling_gives_one_person_one_answer_all_through_a_window(survey: Survey) -> None:
    asking.configure("shop", {"sample_rate": 0.5, "sample_days": 1})
    people = [f"user-{number}" for number in range(60)]

    morning, evening, tomorrow = (
        {who for who in people if judge(survey, at, who).is_eligible}
        for at in (AT, AT + timedelta(hours=12), AT + timedelta(days=1))
    )

    assert morning == evening != tomorrow
    assert 15 < len(morning) < 45


KINDS = ("relationship", "touchpoint")


@pytest.mark.parametrize(
    ("kind", "other", "days", "reason"),
    [
        ("touchpoint", "relationship", 13.9, "asked_elsewhere"),
        ("touchpoint", "relationship", 14, None),
        ("touchpoint", "touchpoint", 29.9, "asked_elsewhere"),
        ("touchpoint", "touchpoint", 30, None),
        ("relationship", "touchpoint", 0.1, None),
        ("relationship", "relationship", 0.1, None),
    ],
)
def test_a_survey_about_one_moment_gives_way_and_never_pushes_back_the_rare_one(
    app: Flask, kind: str, other: str, days: float, reason: str | None
) -> None:
    one = surveys.create("one", "One", kind=kind)
    shown(surveys.create("two", "Two", kind=other), ago(days=days))

    assert judge(one).reason == reason
    assert judge(one, who="user-2") == Verdict()


def test_the_longest_rest_counts_and_an_answer_elsewhere_is_one_too(app: Flask) -> None:
    one = surveys.create("one", "One", kind="touchpoint")
    shown(surveys.create("two", "Two", kind="touchpoint"), ago(days=20))
    answered(surveys.create("three", "Three"), ago(days=13), "api")

    assert judge(one) == Verdict("asked_elsewhere", AT + timedelta(days=10))


def test_surveys_of_other_audiences_mean_other_people(app: Flask) -> None:
    one = surveys.create("one", "One", kind="touchpoint")
    shown(surveys.create("two", "Two"), ago(days=1))
    assert not judge(one).is_eligible

    asking.configure("two", {"audience": "suppliers"})

    assert judge(one).is_eligible


@pytest.mark.parametrize(
    ("cap", "loads", "is_asked"), [(None, 9_999, True), (5, 4, True), (5, 5, False), (5, 6, False)]
)
def test_a_day_that_is_full_asks_nobody_more(survey: Survey, cap: int | None, loads: int, is_asked: bool) -> None:
    asking.configure("shop", {"daily_cap": cap})
    with writing() as session:
        session.add(Load(survey_id=survey.id, day=AT.date(), loads=loads))
        session.add(Load(survey_id=survey.id, day=ago(days=1).date(), loads=100))

    verdict = judge(survey)

    assert (verdict.is_eligible, verdict.reason) == (is_asked, None if is_asked else "daily_cap")
    assert asking.judge_anyone(survey, AT).is_eligible is is_asked


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"resurvey_days": 0}, "resurvey_days"),
        ({"resurvey_days": "often"}, "resurvey_days"),
        ({"resurvey_days": None}, "resurvey_days"),
        ({"resurvey_days": 10**9}, "resurvey_days"),
        ({"sample_rate": 1.1}, "sample_rate"),
        ({"sample_rate": "-0.1"}, "sample_rate"),
        ({"sample_rate": "nan"}, "sample_rate"),
        ({"sample_days": 0}, "sample_days"),
        ({"daily_cap": 0}, "daily_cap"),
        ({"daily_cap": "1.5"}, "daily_cap"),
        ({"rest_after_touchpoint": -1}, "rest_after_touchpoint"),
        ({"audience": "Our customers"}, "audience"),
        ({"kind": "touchpoint"}, "kind"),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_named_and_nothing_is_changed(
    survey: Survey, values: dict[str, Any], name: str
) -> None:
    with pytest.raises(Invalid) as refused:
        asking.configure("shop", {"daily_cap": 7, **values})

    assert set(refused.value.errors) == {name}
    assert surveys.get("shop").daily_cap is None


def test_the_kind_of_a_survey_is_for_good_so_that_its_answers_are_of_one_kind(app: Flask, survey: Survey) -> None:
    run = app.test_cli_runner()

    assert run.invoke(args=["survey", "set", "shop", "--kind", "touchpoint"]).exit_code == 2


def test_the_command_line_sets_and_shows_when_to_ask(app: Flask, survey: Survey) -> None:
    run = app.test_cli_runner()

    said = run.invoke(args=["survey", "set", "shop", "--resurvey-days", "30", "--daily-cap", "500"]).output
    cleared = run.invoke(args=["survey", "set", "shop", "--daily-cap", "none", "--sample-rate", "0.25"]).output
    wrong = run.invoke(args=["survey", "set", "shop", "--resurvey-days", "0"])
    shown = run.invoke(args=["survey", "set", "shop"]).output

    assert "resurvey-days\t30\n" in said
    assert "daily-cap\t500\n" in said
    assert "daily-cap\tnone\n" in cleared
    assert (wrong.exit_code, "Give a whole number from 1 to 3,650." in wrong.output) == (1, True)
    assert shown == cleared
