"""Files as other products write them, each with the header it is known to have and the rows that make trouble."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from app import importers
from app.extensions import db
from app.importers import csv, products
from app.importers.rows import UnreadableFileError
from app.importers.sources import Told
from app.models import Response, Survey
from app.schemas.imports import ImportedRow
from app.services import imports, surveys

FILES = Path(__file__).parent / "files"


@dataclass(frozen=True)
class Case:
    """What is expected of a file: its columns by meaning, how many answers, and what is left out on which lines."""

    columns: dict[str, str]
    answers: int
    left_out: dict[int, str]
    first: str  # when the first answer was given


CASES = {
    "asknicely": Case(
        {"score": "answer", "comment": "comment", "created_at": "responded", "respondent": "contact_id",
         "external_id": "response_id"},
        9, {5: "score is missing", 6: "another question: 5star", 14: "not '12'"}, "2026-03-04T10:00:00+00:00",
    ),
    "delighted": Case(
        {"score": "Score", "comment": "Comment", "created_at": "Created At", "respondent": "Person ID",
         "external_id": "Response ID", "language": "Locale"},
        7,
        {6: "score is missing", 7: "another question: csat", 9: "not 'Promoter'", 13: "not '11'", 14: "no time",
         15: "not '13/45/2026'"},
        "2026-03-04T10:00:00+00:00",
    ),
    "formbricks": Case(
        {"score": "1. How likely are you to recommend us?", "comment": "2. What is the main reason?",
         "created_at": "Timestamp", "respondent": "User ID", "external_id": "Response ID"},
        9, {5: "score is missing", 13: "not 'dismissed'", 14: "not 'when?'"}, "2026-03-04T10:00:00",
    ),
    "google-forms": Case(
        {"score": "On a scale from 0 to 10, how likely are you to recommend us?",
         "comment": "Why did you give this score?", "created_at": "Timestamp", "respondent": "Email Address"},
        10, {5: "score is missing", 11: "not 'Very likely'"}, "2026-03-04T10:00:00+01:00",
    ),
    "posthog": Case(
        {"score": "properties.$survey_response", "comment": "properties.$survey_response_1",
         "created_at": "timestamp", "respondent": "distinct_id", "external_id": "uuid",
         "touchpoint": "properties.$survey_name"},
        9, {5: "survey shown", 6: "survey dismissed", 14: "score is missing"}, "2026-03-04T10:00:00.123000+00:00",
    ),
    "retently": Case(
        {"score": "Score", "comment": "Feedback", "created_at": "Created Date", "respondent": "Email",
         "touchpoint": "Campaign", "account": "Company"},
        8, {5: "score is missing", 6: "bogus", 8: "not 'Passive'", 14: "not '-1'", 15: "no time"},
        "2026-03-04T10:00:00+00:00",
    ),
    "satismeter": Case(
        {"score": "Rating", "comment": "Feedback", "created_at": "Created", "respondent": "User ID",
         "external_id": "Id", "language": "Language", "touchpoint": "Campaign", "account": "Company"},
        10, {5: "score is missing", 13: "not '100'"}, "2026-03-04T10:00:00+00:00",
    ),
    "surveymonkey": Case(
        {"score": "How likely is it that you would recommend Acme to a friend or colleague?",
         "comment": "What is the main reason for your score?", "created_at": "End Date",
         "respondent": "Custom Data 1", "external_id": "Respondent ID"},
        10, {6: "score is missing", 12: "no time", 14: "not 'Detractor'"}, "2026-03-04T10:00:02",
    ),
    "typeform": Case(
        {"score": "How likely are you to recommend us to a friend?", "comment": "What made you choose this score?",
         "created_at": "Submit Date (UTC)", "respondent": "user_id", "external_id": "#"},
        9, {5: "not sent off: started", 6: "not sent off: partial", 7: "score is missing"},
        "2026-03-04T10:00:00+00:00",
    ),
    "wootric": Case(
        {"score": "score", "comment": "text", "created_at": "created_at", "respondent": "end_user_id",
         "external_id": "id", "account": "company"},
        9, {5: "score is missing", 6: "excluded", 14: "not 'ten'"}, "2026-03-04T10:00:00-08:00",
    ),
}  # fmt: skip
EVERY = pytest.mark.parametrize("key", CASES)


def test_every_product_has_its_case() -> None:
    assert set(CASES) == set(products.every())


@EVERY
def test_a_file_is_recognised_and_its_columns_are_told(key: str) -> None:
    source = importers.source(FILES / f"{key}.csv")

    assert source.product.key == key
    told = {meaning: name for name, meaning in source.columns.items() if meaning not in {"attribute", "ignored"}}
    assert told == CASES[key].columns


@EVERY
def test_answers_go_in_and_every_other_row_is_named_with_its_reason(key: str) -> None:
    case = CASES[key]

    understood = imports.foresee(None, importers.read(FILES / f"{key}.csv"))

    assert {line for line, _ in understood.rejected} == set(case.left_out)
    for line, reason in understood.rejected:
        assert case.left_out[line] in reason
    assert understood.rows - len(understood.rejected) == case.answers
    assert understood.rows >= 12
    values = ImportedRow().load(next(importers.read(FILES / f"{key}.csv")).values)
    assert (values["created_at"].isoformat(), values["comment"]) == (case.first, "Quick, and friendly")


@EVERY
def test_names_and_addresses_stay_where_they_were_and_so_do_machines(key: str) -> None:
    for row in importers.read(FILES / f"{key}.csv"):
        said = " ".join(f"{name} {value}" for name, value in row.values.items() if name != "respondent")
        for private in ("@example.com", "Ash", "192.0.2.", "https://", "f00d"):
            assert private not in said


@EVERY
def test_a_file_without_its_score_is_refused_as_a_whole(key: str, tmp_path: Path) -> None:
    header = importers.source(FILES / f"{key}.csv").header_lines
    lines = (FILES / f"{key}.csv").read_text().replace(CASES[key].columns["score"], "Favourite colour", 1)
    file = tmp_path / "broken.csv"
    file.write_text("\n".join(lines.splitlines()[:header]) + "\n")

    with pytest.raises(UnreadableFileError, match="no column named score"):
        importers.read(file, key)


@EVERY
def test_a_file_that_was_cut_loses_no_whole_row(key: str, tmp_path: Path) -> None:
    content = (FILES / f"{key}.csv").read_bytes()
    file = tmp_path / "cut.csv"
    file.write_bytes(content[: len(content) * 2 // 3] + b'"\xff,"')

    understood = imports.foresee(None, importers.read(file))

    assert 3 <= understood.rows - len(understood.rejected) <= CASES[key].answers
    assert understood.rejected


@EVERY
def test_twice_is_once_and_so_it_is_as_a_workbook(app: object, key: str, tmp_path: Path) -> None:
    survey = surveys.create("shop", "Shop")
    book = openpyxl.Workbook()
    for record in csv.records(FILES / f"{key}.csv"):
        book.active.append(["'" + cell if cell.startswith("=") else cell for cell in record.cells])
    book.save(tmp_path / "answers.xlsx")

    for file in (FILES / f"{key}.csv", tmp_path / "answers.xlsx"):
        imports.bring_in(survey, importers.read(file))

    expected = CASES[key].answers - (key == "surveymonkey")  # there one row stands twice, with one id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Response)) == expected


def test_nobody_is_nobody(app: object) -> None:
    survey: Survey = surveys.create("shop", "Shop")
    imports.bring_in(survey, importers.read(FILES / "retently.csv"))

    anonymous = db.session.scalars(sa.select(Response).where(Response.comment == "Nobody knows me")).one()

    assert (anonymous.respondent, anonymous.identity) == (None, "anonymous")


def test_a_plain_file_stays_a_plain_file(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("score,comment,created_at,account,plan\n9,fine,2026-05-01,ACME,pro\n")

    source = importers.source(file)

    assert source.product.key == "csv"
    assert list(source.columns.values()) == ["score", "comment", "created_at", "account", "attribute"]


def test_the_format_that_people_name_is_the_one_that_counts() -> None:
    source = importers.source(FILES / "wootric.csv", "csv")

    assert source.product.key == "csv"
    assert source.columns["text"] == "attribute"


def test_a_column_without_a_name_moves_no_other(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("score,,comment,\n9,x,fine,y\n")

    (row,) = importers.read(file)

    assert row.values == {"score": "9", "comment": "fine"}


def test_two_columns_of_comments_come_one_after_another_in_whatever_letters_they_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Score,Comment,Why\n3,first text,second text\n")

    (row,) = importers.source(file, told=Told({"Why": "comment"})).answers()

    assert row.values == {"score": "3", "comment": "first text\n\nsecond text"}


def test_another_column_may_be_the_account_though_one_is_called_so(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("score,company,account\n3,Acme,123\n")

    (row,) = importers.source(file, told=Told({"company": "account", "account": "attribute"})).answers()

    assert row.values == {"score": "3", "account": "Acme", "account (column)": "123"}
