"""What an operator types, and what the machine says back."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app.models import Survey
from app.services import surveys

COMPLAINTS = [
    "Support takes days to answer",
    "Nobody answers my support tickets",
    "The bill is wrong every month",
    "I was charged twice and got no refund",
    "The app crashes all the time",
    "It is far too expensive",
]


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Forty detractors and passives with a complaint, ten promoters with praise."""
    lines = ["score,comment"]
    lines += [f'{n % 9},"{COMPLAINTS[n % 6]}, again and again ({n})"' for n in range(40)]
    lines += [f"10,I love it for reason {n}" for n in range(10)]
    file = tmp_path / "answers.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def test_a_survey_is_made_listed_and_closed(run: FlaskCliRunner) -> None:
    made = run.invoke(args=["survey", "create", "shop", "--name", "Acme", "--allow-origin", "https://www.acme.example"])
    closed = run.invoke(args=["survey", "close", "shop"])
    listed = run.invoke(args=["survey", "list"])

    assert "/w/shop" in made.output
    assert "/surveys/shop/embed" in made.output
    assert "No site" not in made.output
    assert closed.exit_code == 0
    assert listed.output == "shop\trelationship\tclosed\tAcme\n"
    assert surveys.get("shop").allowed_origins == ["https://www.acme.example"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["survey", "create", "Shop!", "--name", "x"], "lower-case letters"),
        (["survey", "create", "shop", "--name", " "], "name of 1 to 200"),
        (["survey", "create", "shop", "--name", "x", "--timezone", "Mars/Olympus"], "Europe/Berlin"),
        (
            ["survey", "create", "shop", "--name", "x", "--allow-origin", "https://a.example; script-src *"],
            "write it as https",
        ),
        (
            ["survey", "create", "shop", "--name", "x", "--allow-origin", "https://a.example/path"],
            "leave out what follows",
        ),
        (["survey", "close", "nowhere"], "no such survey"),
        (["report", "--survey", "nowhere"], "no such survey"),
        (["analyse", "--survey", "nowhere"], "no such survey"),
    ],
)
def test_a_mistake_is_a_sentence_and_status_1(run: FlaskCliRunner, words: list[str], says: str) -> None:
    result = run.invoke(args=words)

    assert result.exit_code == 1
    assert says in result.output
    assert "Traceback" not in result.output


def test_from_a_file_to_a_report_in_three_commands(run: FlaskCliRunner, answers: Path) -> None:
    imported = run.invoke(args=["import", str(answers), "--survey", "shop"])
    analysed = run.invoke(args=["analyse", "--survey", "shop"])
    reported = run.invoke(args=["report", "--survey", "shop", "--format", "json"])

    assert "50 rows: 50 new" in imported.output
    assert "50 comments" in analysed.output
    report = json.loads(reported.output)
    assert report["nps"]["n"] == 50
    assert report["analysis"]["pending"] == 0
    assert "support-speed" in {row["id"] for row in report["pain_points"] + report["too_few"]}


def test_responses_go_into_a_workbook(run: FlaskCliRunner, answers: Path, tmp_path: Path) -> None:
    run.invoke(args=["survey", "create", "shop", "--name", "Shop"])
    run.invoke(args=["import", str(answers), "--survey", "shop"])
    file, command = tmp_path / "responses.xlsx", ["export", "--survey", "shop", "--format", "xlsx"]

    into = run.invoke(args=[*command, "--output", str(file)])
    nowhere = run.invoke(args=command)

    assert into.output.endswith(f"50 responses in {file}.\n")
    assert openpyxl.load_workbook(file)["Responses"].max_row == 51
    assert (nowhere.exit_code, "a workbook needs a file to be written into" in nowhere.output) == (1, True)


def test_an_import_into_a_new_key_says_that_it_made_the_survey(run: FlaskCliRunner, answers: Path) -> None:
    result = run.invoke(args=["import", str(answers), "--survey", "new-one"])

    assert "There was no survey new-one, so it was made." in result.output
    assert isinstance(surveys.get("new-one"), Survey)


def test_a_report_filter_that_cannot_be_is_refused(run: FlaskCliRunner) -> None:
    surveys.create("shop", "Shop")

    result = run.invoke(args=["report", "--survey", "shop", "--from", "2026-02-31"])

    assert result.exit_code == 1
    assert "2026-11-22" in result.output  # what a day looks like


def test_a_file_is_ranked_without_a_database_and_in_any_order_alike(
    run: FlaskCliRunner, answers: Path, tmp_path: Path
) -> None:
    shuffled, first, second = (tmp_path / name for name in ("shuffled.csv", "first.jsonl", "second.jsonl"))
    header, *rows = answers.read_text().splitlines()
    shuffled.write_text("\n".join([header, *reversed(rows)]) + "\n")

    one = run.invoke(args=["pain-points", str(answers), "--format", "json", "--assignments", str(first)])
    two = run.invoke(args=["pain-points", str(shuffled), "--format", "json", "--assignments", str(second)])

    assert one.output == two.output
    lines = [json.loads(line) for line in first.read_text().splitlines()]
    assert [line["row"] for line in lines] == list(range(1, 51))
    assert [line["pain_points"] for line in lines] == [
        json.loads(line)["pain_points"] for line in reversed(second.read_text().splitlines())
    ]
    assert not any(line["pain_points"] for line in lines[40:])
    slow = lines[0]["pain_points"][0]
    assert (slow["id"], slow["name"], slow["stance"]) == ("support-speed", "Speed up support responses", "complaint")
    assert slow["start"] == 0


def test_a_file_of_satisfaction_is_ranked_by_its_own_scale_and_told_in_its_own_words(
    run: FlaskCliRunner, tmp_path: Path
) -> None:
    file, out = tmp_path / "satisfied.csv", tmp_path / "out.jsonl"
    rows = ["2,Support takes days to answer", "3,The app crashes all the time", "5,Lovely"] * 16
    file.write_text("\n".join(["score,comment", *rows, "7,Not on the scale"]) + "\n")

    told = run.invoke(args=["pain-points", str(file), "--metric", "csat", "--assignments", str(out)])
    effort = run.invoke(args=["pain-points", str(file), "--metric", "ces"])

    assert "left out, the score must be a whole number from 1 to 5, not '7'" in told.stderr
    assert "16 of neutral and dissatisfied customers" in told.output
    assert "impact −16.7" in told.output  # 16 of 48 satisfied, 16 of 32 without those who complain of it
    assert "impact" not in effort.output
    assert [json.loads(line)["group"] for line in out.read_text().splitlines()[:3]] == [
        "dissatisfied", "neutral", "satisfied",
    ]  # fmt: skip


def test_a_key_is_shown_once_and_opens_its_survey(run: FlaskCliRunner, app: Flask) -> None:
    surveys.create("shop", "Shop")

    key = run.invoke(args=["key", "create", "--survey", "shop"]).output.strip()

    answer = app.test_client().get("/api/v1/surveys/shop/responses", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200


def test_a_person_gets_an_account(run: FlaskCliRunner, app: Flask) -> None:
    result = run.invoke(args=["user", "create", "ada@acme.example", "--password", "correct horse battery"])

    assert "ada@acme.example may sign in" in result.output


def test_the_doctor_finds_nothing_wrong_with_a_fresh_installation(run: FlaskCliRunner, app: Flask) -> None:
    result = run.invoke(args=["doctor"])

    if app.config["DATABASE_URL"].startswith("postgresql"):  # the tests' own server is fast rather than durable
        assert "fsync=off" in result.output
    else:
        assert "Nothing stands against running" in result.output


def test_a_survey_is_told_how_long_customers_stay(run: FlaskCliRunner) -> None:
    surveys.create("shop", "Shop")
    by_plan = ("--currency", "EUR", "--monthly-churn", "0.04", "--by", "plan", "--lifetime", "pro=36")

    assert run.invoke(args=["survey", "value", "shop", *by_plan]).output == (
        "shop counts revenue in EUR; months: 25, pro 36\n"
    )
    assert run.invoke(args=["survey", "value", "shop", "--forget"]).output == "shop values nobody.\n"


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        (["--currency", "EUR"], "Say how many months"),
        (["--currency", "EUR", "--lifetime-months", "9", "--monthly-churn", "0.1"], "Give either"),
        (["--currency", "EUR", "--by", "plan", "--lifetime", "pro"], "VALUE=MONTHS"),
        (["--currency", "EUR", "--monthly-churn", "0"], "such as 0.04"),
    ],
)
def test_a_lifetime_that_cannot_be_is_refused_in_a_sentence(run: FlaskCliRunner, given: list[str], answer: str) -> None:
    surveys.create("shop", "Shop")

    result = run.invoke(args=["survey", "value", "shop", *given])

    assert result.exit_code != 0
    assert answer in result.output
