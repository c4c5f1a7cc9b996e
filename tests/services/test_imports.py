"""Answers given elsewhere come in whole, once, and with every bad row named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from app import importers
from app.extensions import db
from app.importers.rows import UnreadableFileError
from app.importers.sources import Told
from app.models import Event, Response, Survey
from app.services import imports, surveys
from app.services.imports import Imported


@pytest.fixture
def survey(app: object) -> Survey:
    return surveys.create("shop", "Shop", timezone="Europe/Berlin")


def bring_in(survey: Survey, path: Path) -> Imported:
    return imports.bring_in(survey, importers.read(path))


def stored() -> list[Response]:
    return list(db.session.scalars(sa.select(Response).order_by(Response.id)))


def test_good_rows_go_in_and_bad_ones_are_named_by_line(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(
        "score,comment,created_at\n"
        "9,fine,2026-05-01T10:00:00Z\n"
        "11,too much,2026-05-01\n"
        '3,"slow,\nvery slow",2026-05-02\n'
        ",nothing,2026-05-02\n"
        "7,when?,yesterday\n"
        "07,no,2026-05-02\n"
        "0,late,2999-01-01\n"
        "1,a,b,c\n"
    )

    imported = bring_in(survey, file)

    assert imported.outcomes["created"] == 2
    assert [line for line, _ in imported.rejected] == [3, 6, 7, 8, 9, 10]
    assert "0 to 10, not '11'" in imported.rejected[0][1]
    assert "score is missing" in imported.rejected[1][1]
    assert "created_at" in imported.rejected[2][1]
    assert "future" in imported.rejected[4][1]
    assert "4 columns" in imported.rejected[5][1]


def test_the_same_file_a_second_time_changes_nothing(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("score,comment\n9,fine\n9,fine\n3,slow\n")
    bring_in(survey, file)

    again = bring_in(survey, file)

    assert again.outcomes == {"repeated": 3}
    assert [response.score for response in stored()] == [9, 9, 3]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 3


def test_an_external_id_that_says_something_else_now_is_changed(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("external_id,score,comment\na-1,9,fine\n")
    bring_in(survey, file)
    file.write_text("external_id,score,comment\na-1,4,not so fine\n")

    again = bring_in(survey, file)

    assert again.outcomes == {"changed": 1}
    assert [(response.score, response.comment, response.revision) for response in stored()] == [(4, "not so fine", 2)]


def test_unknown_columns_become_attributes_and_known_ones_find_their_place(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(
        "\ufeffScore;Comment;created_at;language;respondent;touchpoint;monthly_revenue;customer_since;plan;seats\n"
        "7;ok so far;2026-05-01 10:00;de-AT;u-1;checkout;49.90;2024-02-01;team;\n"
    )

    bring_in(survey, file)

    (response,) = stored()
    assert response.created_at == datetime(2026, 5, 1, 8, 0, tzinfo=UTC)  # Berlin is two hours ahead in May
    assert (response.language, response.touchpoint, response.monthly_revenue) == ("de", "checkout", 49.9)
    assert (response.identity, response.respondent and response.respondent.subject) == ("verified", "u-1")
    assert str(response.customer_since) == "2024-02-01"
    assert response.attributes == {"plan": "team"}


def test_json_lines_are_read_like_columns(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text(
        '{"score": 9, "comment": "gut", "attributes": {"plan": "pro", "beta": true}}\n'
        "\n"
        "not json\n"
        '{"score": true}\n'
        '{"score": NaN}\n'
        "[1]\n"
        '{"score": 4.5}\n'
    )

    imported = bring_in(survey, file)

    assert [line for line, _ in imported.rejected] == [3, 4, 5, 6, 7]
    assert [response.attributes for response in stored()] == [{"beta": "true", "plan": "pro"}]


def test_bytes_that_are_no_text_are_one_bad_row_not_a_bad_file(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(b"score,comment\n9,fine\n3,caf\xe9\n5,ok\x00ay\n")

    imported = bring_in(survey, file)

    assert [line for line, _ in imported.rejected] == [3]
    assert [response.comment for response in stored()] == ["fine", "okay"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no column named score"),
        ("rating,comment\n9,fine\n", "no column named score"),
        ("score,Score\n1,2\n", "twice"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_as_a_whole(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(content)

    with pytest.raises(UnreadableFileError, match=says):
        list(importers.read(file))


@pytest.mark.parametrize("header", ["score,comment,Größe", "score;Größe", "Größe"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_first_line_that_is_no_utf8_is_refused_and_says_what_to_do(
    tmp_path: Path, header: str, encoding: str
) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(f"{header}\n9,fine,XL\n".encode(encoding))

    with pytest.raises(UnreadableFileError, match=r"The first line is not UTF-8 text: save the file as UTF-8\."):
        list(importers.read(file))


def test_a_first_line_without_an_end_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("score," + "x" * 1_000_001)

    with pytest.raises(UnreadableFileError, match="The first line cannot be read as CSV"):
        list(importers.read(file))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("half.jsonl", r'{"score": 3, "comment": "so\ud83d", "pl\ud800an": "p\udc00ro", "respondent": "u\ud800"}'),
        (
            "half.jsonl",
            r'{"score": 3, "comment": "so\ud83d", "respondent": "u\ud800", "attributes": {"pl\ud800an": "p\ud800ro"}}',
        ),
        ("nul.jsonl", r'{"score": 3, "comment": "so\u0000", "pl\u0000an": "p\u0000ro", "respondent": "u\u0000"}'),
        ("nul.csv", "score,comment,pl\0an,respondent\n3,so\0,p\0ro,u\0"),
    ],
)
def test_what_no_database_takes_is_mended_before_anybody_sees_it(
    survey: Survey, tmp_path: Path, name: str, content: str
) -> None:
    file = tmp_path / name
    file.write_text(content + "\n")

    shown = imports.preview(survey, importers.source(file))
    imported = bring_in(survey, file)

    said = {column.name: column.example for column in shown.columns}
    assert json.dumps(said, ensure_ascii=False).encode()
    assert imported.outcomes == {"created": 1}
    (response,) = stored()
    mark = "\ufffd" if name == "half.jsonl" else ""
    assert (response.comment, response.attributes) == (f"so{mark}", {f"pl{mark}an": f"p{mark}ro"})
    assert response.respondent is not None
    assert response.respondent.subject == f"u{mark}"


def test_nine_hundred_rows_take_several_transactions_and_lose_none(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("score,comment\n" + "".join(f"{n % 11},comment number {n}\n" for n in range(1200)))

    imported = bring_in(survey, file)

    assert imported.outcomes == {"created": 1200}
    assert len(stored()) == 1200


def test_what_is_known_of_a_customer_is_brought_up_to_date(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("external_id,score,plan\na-1,9,free\n")
    bring_in(survey, file)
    file.write_text("external_id,score,plan,monthly_revenue\na-1,9,team,20\n")

    again = bring_in(survey, file)

    assert again.outcomes == {"changed": 1}
    (response,) = stored()
    assert (response.attributes, response.monthly_revenue, response.revision) == ({"plan": "team"}, 20, 1)


def test_the_identity_of_a_plain_row_is_that_of_the_first_version(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text("score, Your  comment ,,comment,plan,\n9,aha,x,fine\n3,,,slow,pro,\n9,aha,x,fine\n")

    bring_in(survey, file)

    assert [response.nonce for response in stored()] == [
        "import:da62173014137859dd0c8ad9479bfda1:1",
        "import:61fc5275427622244463a397fb175f60:1",
        "import:da62173014137859dd0c8ad9479bfda1:2",
    ]


def test_what_a_look_foresees_is_what_the_import_does(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("external_id,score,comment,created_at,plan\n1,9,fine,2026-05-01 10:00,pro\n2,3,slow,2026-05-01,\n")
    bring_in(survey, file)
    file.write_text(
        "external_id,score,comment,created_at,plan\n1,9,fine,2026-05-01 10:00,\n2,3,slow,2026-05-01,free\n"
        "3,8,new,2026-05-01,\n3,8,new,2026-05-01,\n3,7,newer,2026-05-01,\n4,12,wrong,2026-05-01,\n"
    )

    foreseen = imports.foresee(survey, importers.read(file))
    shown = imports.preview(survey, importers.source(file))
    done = bring_in(survey, file)

    assert foreseen.outcomes == done.outcomes == shown.outcomes == {"repeated": 2, "changed": 2, "created": 1}
    assert foreseen.rejected == done.rejected == list(shown.rejected)


def test_a_look_reads_times_in_the_zone_of_the_survey(app: object, tmp_path: Path) -> None:
    survey = surveys.create("far", "Far", timezone="Pacific/Kiritimati")  # fourteen hours ahead
    tomorrow = (datetime.now(UTC) + timedelta(hours=30)).replace(tzinfo=None)
    file = tmp_path / "answers.csv"
    file.write_text(f"score,created_at\n9,{tomorrow.isoformat()}\n")

    assert imports.preview(survey, importers.source(file)).rejected == ()
    assert len(imports.foresee(None, importers.read(file)).rejected) == 1


def test_the_fields_of_json_lines_are_what_people_say_they_are(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "reviews.jsonl"
    file.write_text(
        '{"id": 7, "rating": {"stars": 5.0}, "texts": [{"de": "gut"}], "score": 99, "at": "03/05/2026", "beta": true}\n'
    )
    columns = {
        "rating.stars": "score",
        "texts.0.de": "comment",
        "at": "created_at",
        "id": "external_id",
        "gone": "touchpoint",
    }

    imports.bring_in(survey, importers.source(file, told=Told(columns, "mdy", {"5": 10})).answers())

    (response,) = stored()
    assert (response.score, response.comment, response.external_id) == (10, "gut", "7")
    assert (response.created_at.month, response.attributes) == (3, {"score (column)": "99", "beta": "true"})


def test_stars_are_scores_only_as_people_say_and_the_others_are_named(survey: Survey, tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text("score,comment\n5,fine\n1.0,bad\n4,good\n")

    source = importers.source(file, told=Told(scale={"1": 0, "5": 10}))
    done = imports.bring_in(survey, source.answers())

    assert [response.score for response in stored()] == [10, 0]
    assert done.rejected == [(4, "nobody said what the score '4' is from 0 to 10")]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_of_too_many_columns_is_refused_at_once(tmp_path: Path, ending: str) -> None:
    file, names = tmp_path / f"wide.{ending}", ["score", *(f"c{place}" for place in range(1_000))]
    if ending == "csv":
        file.write_text(",".join(names * 100) + "\n9\n")
    else:
        book = openpyxl.Workbook()
        book.active.append(names)
        book.save(file)

    with pytest.raises(UnreadableFileError, match="more than 1,000 columns"):
        importers.source(file)
