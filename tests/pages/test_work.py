"""Long work on pages: seen before it is done, followed without script, and of editors only."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Survey, Work, now
from app.models.transaction import writing
from app.reports.filters import Filters
from app.security import uploads
from app.services import work, work_doing, work_files
from tests import rows
from tests.pages.reader import Reader, Seen, ann, browser, sound
from tests.pages.test_people import press
from tests.rows import Said
from tests.services.test_work import CSV, answers, work_off

FILES = Path(__file__).parents[1] / "importers" / "files"
PAGE = "/surveys/shop/data"
HOSTILE = b'score,comment,<b>plan</b>\n"<script>alert(1)</script>",x,y\n3,ok,"<i>pro</i>"\n'


@pytest.fixture
def survey(app: Flask, tmp_path: Path) -> Survey:
    app.config["DATA_DIR"] = tmp_path
    return rows.survey()


@pytest.fixture
def editor(app: Flask, survey: Survey) -> Reader:
    return ann(app, survey, "editor")


def send(reader: Reader, content: bytes = CSV, name: str = "answers.csv", **more: Any) -> TestResponse:
    return press(reader, f"{PAGE}/import", file=(BytesIO(content), name), **more)


def state(number: int = 1) -> str:
    db.session.rollback()
    return db.session.scalar(sa.select(Work.state).where(Work.id == number)) or ""


def refreshes(page: Seen) -> list[str | None]:
    return [given.get("content") for _, given in page.elements if given.get("http-equiv") == "refresh"]


def test_a_file_is_shown_by_its_columns_before_anything_is_stored(editor: Reader) -> None:
    answer = send(editor)

    assert (answer.status_code, answer.location) == (303, f"{PAGE}/1")
    page = editor.sees(f"{PAGE}/1")
    assert "Created_At when it was given 2026-11-01" in page.text
    assert "plan attribute to filter by pro" in page.text
    assert "Of 3 rows 2 are answers." in page.text
    assert "4 the score must be a whole number from 0 to 10, not '11'" in page.text
    assert (answers(), refreshes(page)) == (0, [])


def test_from_a_file_to_its_result(editor: Reader) -> None:
    send(editor)
    assert press(editor, f"{PAGE}/1/start").location == f"{PAGE}/1"

    waiting = editor.sees(f"{PAGE}/1")
    assert "Waiting" in waiting.text
    assert refreshes(waiting) == ["2"]
    assert work_off() == ["done"]

    page = editor.sees(f"{PAGE}/1")
    assert "Rows 3 New answers 2 Changed 0 Already there 0 Left out 1" in page.text
    assert "4 the score must be a whole number" in page.text
    assert "/surveys/shop/report" in page.links
    assert refreshes(page) == []
    assert answers() == 2


def test_the_page_says_how_far_it_is_and_how_long_it_will_take(editor: Reader, survey: Survey) -> None:
    work.ask_export(survey, "ann@example.com", "csv", Filters())
    doing = work_doing.take()
    assert doing
    with writing() as session:
        values = {"step": "export", "step_at": now() - timedelta(seconds=10), "done": 250, "total": 1000}
        session.execute(sa.update(Work).values(values))

    page = editor.sees(f"{PAGE}/1")

    assert "Writing the file: 250 of 1,000, 25 %" in page.text
    assert "about 30 seconds left" in page.text
    bar = next(given for tag, given in page.elements if tag == "progress")
    assert (bar["value"], bar["max"]) == ("250", "1000")
    assert page.html.partition("<title>")[2].startswith("25")
    assert refreshes(page) == ["2"]
    still = editor.sees(f"{PAGE}/1?still=1")
    assert (refreshes(still), "Look again by itself" in still.text) == ([], True)


def test_a_failure_says_what_to_do_and_offers_another_try(editor: Reader, survey: Survey) -> None:
    send(editor)
    with writing() as session:
        session.execute(sa.update(Work).values(state="failed", message="The disk is full. Tell the operator."))

    page = editor.sees(f"{PAGE}/1")
    assert "The disk is full. Tell the operator." in page.text
    assert press(editor, f"{PAGE}/1/start").status_code == 303
    assert work_off() == ["done"]


def test_work_is_cancelled_from_its_page(editor: Reader) -> None:
    send(editor)

    assert press(editor, f"{PAGE}/1/cancel").status_code == 303

    assert "Cancelled. Nothing was changed." in editor.sees(f"{PAGE}/1").text
    assert (state(), answers(), work_off()) == ("cancelled", 0, [])
    assert list(work_files.folder().iterdir()) == []


def test_an_export_is_downloaded_and_nobody_keeps_a_copy_on_the_way(editor: Reader, survey: Survey) -> None:
    rows.store(survey, [Said(3, "=1+1", language=code) for code in ("de", "en") for _ in range(5)])
    page = editor.sees(f"{PAGE}?language=de")
    assert "Which: last 90 days" not in page.text
    assert "all responses, German" in page.text

    answer = press(editor, f"{PAGE}/export", format="csv", query=page.value("query"))
    assert editor.browser.get(f"{answer.location}/file").status_code == 404
    work_off()

    assert f"{PAGE}/1/file" in editor.sees(f"{PAGE}/1").links
    with editor.browser.get(f"{PAGE}/1/file") as file:
        assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert file.headers["Content-Disposition"].startswith("attachment; filename=shop-responses-")
        assert file.headers["Cache-Control"] == "no-store"
        assert "ETag" not in file.headers
        found = list(csv.DictReader(StringIO(file.text.removeprefix("\ufeff"), newline="")))
    assert [(row["language"], row["comment"]) for row in found] == [("de", "'=1+1")] * 5


def test_a_workbook_holds_texts_and_no_formulas(editor: Reader, survey: Survey) -> None:
    rows.store(survey, [Said(3, "=1+1")] * 5)
    press(editor, f"{PAGE}/export", format="xlsx", query="")
    work_off()

    with editor.browser.get(f"{PAGE}/1/file") as file:
        sheet = openpyxl.load_workbook(BytesIO(file.data))["Responses"]

    comments = [row[12] for row in sheet.iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in comments] == [("=1+1", "s")] * 5


def test_the_report_is_a_workbook_too(app: Flask, survey: Survey) -> None:
    rows.store(survey, rows.v5(rows.now_at_noon()))
    reader = ann(app, survey)

    page = reader.sees("/surveys/shop/report?language=en")
    file = reader.browser.get("/surveys/shop/report.xlsx?language=en")

    assert "/surveys/shop/report.xlsx?language=en" in page.links
    assert file.headers["Content-Disposition"].endswith("shop-report.xlsx")
    book = openpyxl.load_workbook(BytesIO(file.data))
    assert book.sheetnames == ["Report", "Pain points", "Trend", "Scores"]
    assert {row[0]: row[1] for row in book["Report"].iter_rows(values_only=True)}["filters"] == "language=en"


def test_everything_is_read_anew_on_a_press(editor: Reader, survey: Survey) -> None:
    rows.store(survey, [Said(2, "The app keeps crashing")] * 3, run=False)
    assert "Analyse anew" in editor.sees("/surveys/shop/analyses").text

    answer = press(editor, f"{PAGE}/analysis")
    work_off()

    page = editor.sees(answer.location)
    assert "3 comments were read." in page.text
    assert "/surveys/shop/analyses#run-1" in page.links


def test_what_is_wrong_with_a_file_is_said_beside_it(editor: Reader) -> None:
    answer = send(editor, b"\n")

    page = sound(answer)
    assert answer.status_code == 422
    assert "The file has no column named score." in page.text
    assert "Choose a file." in sound(press(editor, f"{PAGE}/import")).text


def test_an_export_of_another_product_is_named_with_what_is_not_taken(editor: Reader) -> None:
    send(editor, (FILES / "surveymonkey.csv").read_bytes(), "Results.csv")

    page = editor.sees(f"{PAGE}/1")

    assert "A file of SurveyMonkey." in page.text
    assert "The times are written month/day/year." in page.text
    assert "IP Address not taken 192.0.2.1" in page.text
    assert "friend or colleague? score Extremely likely - 10" in page.text
    assert "Of 13 rows 10 are answers." in page.text


def test_the_meaning_of_a_column_is_changed_on_the_page(editor: Reader) -> None:
    send(editor, b"points,why\n3,slow\n")
    page = editor.sees(f"{PAGE}/1")
    assert "No column is the score yet" in page.text
    assert not [given for tag, given in page.elements if tag == "form" and str(given["action"]).endswith("/start")]
    chosen = {"column-1": "score", "column-2": "comment", "dates": ""}

    refused = press(editor, f"{PAGE}/1/columns", **{**chosen, "column-2": "score"})
    assert refused.status_code == 422
    assert "Two columns cannot both be score." in sound(refused).text
    assert refused.text.count('<option value="score" selected>') == 2
    assert press(editor, f"{PAGE}/1/columns", **chosen).location == f"{PAGE}/1"

    assert "points score 3 why comment slow" in editor.sees(f"{PAGE}/1").text
    press(editor, f"{PAGE}/1/start")
    assert (work_off(), answers()) == (["done"], 1)


def test_a_table_of_a_thousand_columns_can_be_changed_in_one_form(editor: Reader) -> None:
    names = ["points", *(f"a column with a long name, as questions of a form are, number {n}" for n in range(999))]
    send(editor, ",".join(f'"{name}"' for name in names).encode() + b"\n3\n")
    form = {f"column-{place}": "customer_since" for place in range(2, 3)} | {"column-1": "score", "dates": ""}
    form |= {f"column-{place}": "attribute" for place in range(3, 1001)}

    assert press(editor, f"{PAGE}/1/columns", **form).status_code == 303
    page = editor.sees(f"{PAGE}/1")
    assert "points score 3" in page.text
    assert "1 new, 0 changed, 0 already there." in page.text


def test_a_file_of_nonsense_can_only_be_cancelled(editor: Reader) -> None:
    send(editor, b"score\nx\ny\n")

    page = editor.sees(f"{PAGE}/1")

    assert "None of these rows is an answer" in page.text
    assert not [given for tag, given in page.elements if tag == "form" and str(given["action"]).endswith("/start")]


def test_a_file_of_another_encoding_is_refused_and_says_what_to_do(editor: Reader) -> None:
    answer = send(editor, "score,comment,Größe\n3,slow,XL\n".encode("cp1252"))

    assert answer.status_code == 422
    assert "The first line is not UTF-8 text: save the file as UTF-8." in sound(answer).text


def test_half_characters_and_nuls_of_a_file_break_no_page(editor: Reader) -> None:
    send(editor, rb'{"score": 3, "comment": "so\ud83d", "pl\ud800an\u0000": "pro\ud800\u0000"}', "answers.jsonl")

    assert "pl\ufffdan attribute to filter by pro\ufffd" in editor.sees(f"{PAGE}/1").text
    press(editor, f"{PAGE}/1/start")
    assert work_off() == ["done"]
    assert "pl\ufffdan" in editor.sees("/surveys/shop/report").text


def test_what_stands_in_a_file_is_text_on_every_page(editor: Reader) -> None:
    send(editor, HOSTILE, "<script>.csv")

    assert "<b>plan</b>" in editor.sees(f"{PAGE}/1").text
    press(editor, f"{PAGE}/1/start")
    work_off()
    assert "not '<script>alert(1)</script>'" in editor.sees(f"{PAGE}/1").text
    assert "<script>.csv" in editor.sees(PAGE).text


@pytest.mark.parametrize("fields", [{"format": "exe", "query": ""}, {"query": ""}, {"format": "csv", "query": "a=1"}])
def test_an_export_that_cannot_be_is_given_back(editor: Reader, fields: dict[str, str]) -> None:
    answer = press(editor, f"{PAGE}/export", **fields)

    assert answer.status_code == 422
    sound(answer)


def test_a_large_file_is_taken_here_and_nowhere_else(editor: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    large = b"score,comment\n" + b"7,It is fine as it is\n" * 20_000
    assert len(large) > 400_000

    assert send(editor, large).status_code == 303
    assert press(editor, f"{PAGE}/export", file=(BytesIO(large), "x.csv")).status_code == 413
    monkeypatch.setattr(uploads, "MEGABYTE", 1_000)
    refused = send(editor, large)

    assert refused.status_code == 413
    assert "At most 100 MB are taken here." in sound(refused).text


POSTS = ("/import", "/export", "/analysis", "/1/start", "/1/cancel", "/1/columns")


def test_viewers_are_refused_and_led_nowhere(app: Flask, survey: Survey, editor: Reader) -> None:
    send(editor)
    viewer = ann(app, survey, "viewer", "vic@example.com")

    report = viewer.sees("/surveys/shop/report")
    assert not [address for address in report.links if "/data" in address]
    assert "Analyse anew" not in viewer.sees("/surveys/shop/analyses").text
    for address in ("", "/1", "/1/file"):
        viewer.sees(PAGE + address, 403)
    assert {press(viewer, PAGE + address).status_code for address in POSTS} == {403}
    assert send(viewer, b"score\n" + b"7\n" * 100_000).status_code == 403
    assert state() == "draft"


def test_strangers_find_nothing(app: Flask, survey: Survey, editor: Reader) -> None:
    send(editor)
    stranger = ann(app, rows.survey("other", "Other"), "admin", "bo@example.com")

    for address in (PAGE, f"{PAGE}/1", f"{PAGE}/1/file", "/surveys/other/data/1", "/surveys/other/data/1/file"):
        stranger.sees(address, 404)
    assert {press(stranger, PAGE + address).status_code for address in POSTS} == {404}
    assert {
        press(stranger, f"/surveys/other/data/1/{what}").status_code for what in ("start", "cancel", "columns")
    } == {404}
    assert browser(app).post(f"{PAGE}/import", data={"file": (BytesIO(CSV), "a.csv")}).status_code == 303  # to sign in
    assert (state(), len(list(work_files.folder().iterdir()))) == ("draft", 1)
