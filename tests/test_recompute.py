"""Every number of a report, recomputed from the exported answers by a program that shares no code with ours."""

from __future__ import annotations

import ast
import json
import random
import re
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.models import Survey, now
from app.reports.report_json import to_json
from app.schemas import filters
from app.services import exports, reports
from tests import recompute, rows
from tests.pages.reader import ann
from tests.rows import NOON, Raised, Said

POINTS = {f"point-{n}": f"Improve thing {n}" for n in range(9)}
VIEWS = {"": 250, "from=2026-10-01&to=2026-11-22": 200, "from=2026-11-22&to=2026-11-22": 60}  # how many at least


def history(seed: int) -> Iterator[Said]:
    """Half a year of answers: some people answer twice, some points are new, rare, shared or praised."""
    dice = random.Random(seed)  # noqa: S311 - a story, no secret
    for number in range(900):
        days = dice.randrange(180)
        score = dice.choice((0, 2, 3, 5, 6, 7, 7, 8, 9, 9, 10, 10))
        raised = [point for place, point in enumerate(POINTS) if dice.random() < _likely(place, score, days)]
        words = {point: f"thing {point[-1]} is bad" for point in raised}
        comment = ", and ".join(words.values()) or ("it is fine" if dice.random() < 0.7 else None)
        stances = ("complaint", "complaint", "wish", "praise", "neutral")
        told = [Raised(point, text, dice.choice(stances)) for point, text in words.items()]
        if dice.random() < 0.1 and comment == "it is fine":
            told = [Raised(None, "fine")]
        person = f"p{dice.randrange(60)}" if number % 5 == 0 else None
        more = {"identity": "verified"} if person else {}
        yield Said(score, comment, told, NOON - timedelta(days=days, hours=dice.randrange(9)), "en", person, more=more)


def _likely(place: int, score: int, days: int) -> float:
    """Point 0 rises, 1 falls, 2 is new, 3 is rare, 4 is raised by passives and 5 by promoters, too; 6 is unheard of."""
    happy = score > 8
    by_place = (
        0.05 if days > 60 else 0.4, 0.4 if days > 60 else 0.1, 0.0 if days > 50 else 0.2, 0.01,
        0.5 if 6 < score < 9 else 0.02, 0.2, 0.0, 0.02 if happy else 0.25, 0.3 if score < 4 else 0.05,
    )  # fmt: skip
    return by_place[place] * (0.3 if happy and place < 3 else 1)


@pytest.fixture
def survey(app: Flask) -> Iterator[Survey]:
    with time_machine.travel(NOON, tick=False):
        survey = rows.survey()
        rows.store(survey, history(20261128), names=POINTS)
        yield survey


def told(survey: Survey, view: str = "") -> dict[str, Any]:
    pairs = [tuple(one.split("=")) for one in view.split("&") if one]
    report = reports.build(survey, filters.parse(pairs), now())
    return json.loads(json.dumps(to_json(report)))


def exported(survey: Survey) -> list[str]:
    return list(exports.lines(survey, "jsonl"))


@pytest.mark.parametrize("view", VIEWS)
def test_every_number_comes_out_again(survey: Survey, view: str) -> None:
    number, different = recompute.recompute(told(survey, view), exported(survey))

    assert different == []
    assert number > VIEWS[view]


def test_the_history_has_something_of_everything(survey: Survey) -> None:
    report = told(survey)

    assert {row["trend"]["badge"] for row in report["pain_points"]} >= {"new", "rising", "falling"}
    assert report["shared_requests"]
    assert report["too_few"]
    assert report["unassigned"]
    assert report["nps"]["change"]["verdict"] is not None


@pytest.mark.parametrize(
    "place",
    [
        ("nps", "low"),
        ("nps", "change", "p"),
        ("trend", 3, "high"),
        ("pain_points", 0, "frequency", "high"),
        ("pain_points", 1, "impact", "se"),
        ("pain_points", 2, "priority"),
        ("pain_points", 2, "log_odds", "z"),
        ("pain_points", 0, "mentions", "passives"),
        ("comments", "n"),
    ],
)
def test_a_number_that_is_off_is_found(survey: Survey, place: tuple[Any, ...]) -> None:
    report = deepcopy(told(survey))
    *way, last = place
    part = report
    for name in way:
        part = part[name]
    part[last] += 0.01

    assert len(recompute.recompute(report, exported(survey))[1]) == 1


def test_a_wrong_badge_and_a_wrong_order_are_found(survey: Survey) -> None:
    report = told(survey)
    report["pain_points"][0]["trend"]["badge"] = (
        "none" if report["pain_points"][0]["trend"]["badge"] != "none" else "new"
    )
    report["pain_points"].reverse()

    names = [name for name, _, _ in recompute.recompute(report, exported(survey))[1]]

    assert [name for name in names if name.endswith("badge")]
    assert {"order", "ranks"} <= set(names)


def test_the_page_shows_the_same_numbers(app: Flask, survey: Survey) -> None:
    people = recompute.People([json.loads(line) for line in _in_period(survey)])
    report = told(survey)

    text = ann(app, survey).sees("/surveys/shop/report").text

    for row in report["pain_points"]:
        found = recompute.pain_point(row["id"], people)
        low, high = (round(100 * end) for end in recompute.wilson(people.m(row["id"]), people.others))
        assert f"{row['name']} " in text
        assert f" {people.m(row['id'])} {low}–{high} %" in text
        if (cost := found["impact"]["value"]) < 0:
            assert f"costs {-cost:.1f} " in text


def _in_period(survey: Survey) -> list[str]:
    first = told(survey)["period"]["from"]
    return [line for line in exported(survey) if json.loads(line)["created_at"] >= first]


def test_the_program_rests_on_the_standard_library_alone() -> None:
    tree = ast.parse(Path(recompute.__file__).read_text("utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_it_says_how_many_agree(survey: Survey, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "report.json").write_text(json.dumps(told(survey)), "utf-8")
    (tmp_path / "export.jsonl").write_text("".join(exported(survey)), "utf-8")

    code = recompute.main(str(tmp_path / "report.json"), str(tmp_path / "export.jsonl"))

    assert code == 0
    assert re.fullmatch(r"(\d+) of \1 values agree to three decimals\n", capsys.readouterr().out)
