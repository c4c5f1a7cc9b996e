"""URLs that are asked, folders that are looked into, and what becomes of their files."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from app import importers
from app.errors import Invalid
from app.extensions import db
from app.models import AnswerSource, Response, Survey, now
from app.models.transaction import writing
from app.services import (
    erasure,
    imports,
    redaction,
    retention,
    source_doing,
    source_files,
    sources,
    stored_redaction,
    surveys,
    work_files,
)
from app.services.sources import Given

STARS = "1=0, 2=3, 3=6, 4=8, 5=10"


@pytest.fixture
def survey(app: Flask) -> Survey:
    app.config["WEBHOOK_TO_LOOPBACK"] = True
    return surveys.create("shop", "Shop")


def stored() -> list[Response]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Response).order_by(Response.id)))


def again(source: AnswerSource) -> AnswerSource:
    db.session.expire_all()
    return db.session.get_one(AnswerSource, source.id)


@contextmanager
def web(
    content: bytes, kind: str = "text/csv", meanwhile: Callable[[], None] = lambda: None, **headers: str
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server with one file, which knows its ETag; and what it was asked."""
    asked: list[dict[str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(dict(self.headers))
            if len(asked) == 1:
                meanwhile()
            is_same = self.headers.get("If-None-Match") == '"1"'
            self.send_response(304 if is_same else int(headers.get("status", "200")))
            body = b"" if is_same else content
            told = {"Content-Type": kind, "ETag": '"1"', "Content-Length": str(len(body))}
            more = {name.replace("_", "-"): value for name, value in headers.items() if name != "status"}
            for name, value in {**told, **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as one:
        threading.Thread(target=one.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{one.server_port}/reviews", asked
        one.shutdown()


def test_a_url_is_asked_when_its_time_has_come_and_only_for_what_is_new(survey: Survey) -> None:
    before = list(work_files.folder().iterdir())
    with web(b"id,stars,text\n1,5,fine\n2,1,bad\n3,,none\n") as (url, asked):
        columns = "id = external_id\nstars = score\ntext = comment"
        source = sources.create(survey, Given("url", "store", url, "6", columns=columns, scale=STARS))
        source_doing.run_due()
        result = again(source).result
        source_doing.run_due()  # not due any more
        with writing() as session:
            session.execute(sa.update(AnswerSource).values(next_at=now()))
        source_doing.run_due()

    assert [(one.score, one.comment, one.external_id, one.source) for one in stored()] == [
        (10, "fine", "store:1", "import:store"),
        (0, "bad", "store:2", "import:store"),
    ]
    assert [one.get("If-None-Match") for one in asked] == [None, '"1"']
    assert result is not None
    assert (result["created"], result["reasons"]) == (2, [[4, "the score is missing"]])
    assert (again(source).result, again(source).message) == (None, "")  # nothing new the last time
    assert list(work_files.folder().iterdir()) == before


def test_what_failed_is_asked_again_in_an_hour_and_what_came_when_its_time_has_come(survey: Survey) -> None:
    with web(b"score\n9\n", status="503") as (url, _):
        source = sources.create(survey, Given("url", "store", url, "48"))
        source_doing.run(source)
    failed = again(source).next_at - now()
    with web(b"score\n9\n") as (url, _):
        sources.change(survey, source.id, Given("url", "store", url, "48"))
        source_doing.run(again(source))

    assert timedelta(minutes=59) < failed <= timedelta(hours=1)
    assert timedelta(hours=47) < again(source).next_at - now() <= timedelta(hours=48)


def test_a_change_that_comes_while_it_is_fetched_is_asked_for_at_once(survey: Survey) -> None:
    def change() -> None:
        with app.app_context():
            sources.change(surveys.get("shop"), source.id, Given("url", "store", url, columns="b = score"))

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with web(b"a,b\n9,1\n", meanwhile=change) as (url, asked):
        source = sources.create(survey, Given("url", "store", url, columns="a = score"))
        source_doing.run_due()
        source_doing.run_due()

    assert [one.get("If-None-Match") for one in asked] == [None, None]
    assert [one.score for one in stored()] == [1]


def test_json_of_a_review_tool_is_a_list_somewhere_inside(survey: Survey) -> None:
    body = json.dumps({"data": {"reviews": [{"n": 7, "rating": {"value": 9}, "body": "gut"}, "?"]}}).encode()
    with web(body, "application/json") as (url, _):
        columns = "n = external_id\nrating.value = score\nbody = comment"
        source = sources.create(survey, Given("url", "store", url, columns=columns, items="data.reviews"))
        source_doing.run(source)

    assert [(one.score, one.comment, one.external_id) for one in stored()] == [(9, "gut", "store:7")]
    assert again(source).result["rejected"] == 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "headers", "says"),
    [
        (b"ticket,subject\n1,help\n", {}, "no column named score"),
        (b"score\n3\n", {"status": "302", "Location": "http://169.254.169.254/"}, "status 302"),
        (b"score\n3\n", {"status": "500"}, "status 500"),
        (b"x" * 1_100_000, {}, "more than 1 MB"),
        (b"score\n3\n", {"Content_Encoding": "gzip"}, "compressed"),
        (b"score\n3\n", {"Content_Length": "900"}, "connection lost|not an answer"),
    ],
)
def test_what_cannot_be_had_or_read_is_said_and_brings_nothing(
    app: Flask, survey: Survey, content: bytes, headers: dict[str, str], says: str
) -> None:
    app.config["MAX_UPLOAD_MB"] = 1
    before = list(work_files.folder().iterdir())
    with web(content, **headers) as (url, _):
        source = sources.create(survey, Given("url", "store", url))
        source_doing.run(source)

    assert re.search(says, again(source).message)
    assert stored() == []
    assert list(work_files.folder().iterdir()) == before


@pytest.mark.parametrize(
    "url", ["http://example.com/a.csv", "https://127.0.0.1/a", "https://10.0.0.1/a", "ftp://a.b/c"]
)
def test_a_url_that_leads_inside_is_refused_when_it_is_made(app: Flask, survey: Survey, url: str) -> None:
    app.config["WEBHOOK_TO_LOOPBACK"] = False

    with pytest.raises(Invalid):
        sources.create(survey, Given("url", "store", url))


def test_a_url_that_leads_inside_by_now_is_not_asked(app: Flask, survey: Survey) -> None:
    with web(b"score\n9\n") as (url, asked):
        source = sources.create(survey, Given("url", "store", url))
        app.config["WEBHOOK_TO_LOOPBACK"] = False
        source_doing.run(source)

    assert "It could not be fetched: refused address." in again(source).message
    assert (asked, stored()) == ([], [])


@pytest.fixture(autouse=True)
def empty_folder(app: Flask) -> None:
    shutil.rmtree(Path(app.config["DATA_DIR"]) / "inbox", ignore_errors=True)


def drop(name: str, content: str, age: float = 60.0) -> Path:
    file = source_files.folder("shop") / name
    file.write_text(content)
    os.utime(file, (time.time() - age, time.time() - age))
    return file


def lying(where: str) -> list[str]:
    return sorted(path.name.split("-", 3)[-1] for path in (source_files.folder("shop") / where).iterdir())


def test_whole_files_are_brought_in_and_put_away_with_a_report(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_files, "LOOK", 0.01)
    sources.create(survey, Given("folder", "desk"))
    good = drop("a.csv", "score,comment\n9,fine\n12,too much\n")
    drop("b.csv", "ticket,subject\n1,help\n")
    drop("c.csv", "score\n")
    drop("young.csv", "score\n1\n", age=0)
    drop("half.csv.part", "score\n1\n")
    drop(".hidden", "score\n1\n")
    (source_files.folder("shop") / "link.csv").symlink_to("/etc/passwd")
    imports.bring_in(survey, importers.read(good))  # the same by hand

    source_doing.run_due()

    assert [(one.score, one.source) for one in stored()] == [(9, "import")]
    assert lying("done") == ["a.csv", "a.csv.report.txt"]
    assert lying("refused") == ["b.csv", "b.csv.report.txt", "c.csv", "c.csv.report.txt"]
    assert {"young.csv", "half.csv.part", ".hidden", "link.csv"} <= {
        one.name for one in source_files.folder("shop").iterdir()
    }
    report = next((source_files.folder("shop") / "done").glob("*.report.txt")).read_text()
    assert "2 rows: 0 new, 0 changed, 1 already there, 1 left out." in report
    assert "line 3: the score must be a whole number from 0 to 10, not '12'" in report
    refused = next((source_files.folder("shop") / "refused").glob("*b.csv.report.txt")).read_text()
    assert "The file has no column named score." in refused


def test_a_file_that_cannot_be_read_keeps_no_other_and_the_source_tells_of_all(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = sources.create(survey, Given("folder", "desk"))
    for name in ("locked.csv", "ü" * 120 + ".csv", os.fsdecode(b"caf\xe9.csv")):
        drop(name, "score\n9\n" if "ü" in name else "no,head\n12,x\n")
    drop("z.csv", "score\n1\n12\n")
    opened = Path.open

    def open_(path: Path, *given: Any, **more: Any) -> Any:
        if path.name == "locked.csv":
            raise PermissionError(13, "Permission denied")
        return opened(path, *given, **more)

    monkeypatch.setattr(Path, "open", open_)
    source_doing.run(source, settled=0.0)

    told = again(source)
    assert [one.score for one in stored()] == [1, 9]
    assert "caf\ufffd.csv: The file has no column named score." in told.message
    assert "locked.csv: It cannot be read." in told.message
    assert told.result is not None
    assert (told.result["created"], told.result["rejected"]) == (2, 1)
    assert told.result["reasons"][0][1].startswith("z.csv: the score must be")
    assert [len(lying(where)) for where in ("done", "refused")] == [4, 4]

    place = source_files.folder("shop")
    shutil.rmtree(place / "done")
    (place / "done").touch()
    source_doing.run(source, settled=0.0)
    assert again(source).message == "The folder cannot be read."


def test_json_in_a_folder_is_a_list_somewhere_inside_too_unless_it_is_very_large(survey: Survey) -> None:
    source = sources.create(survey, Given("folder", "desk", items="data", columns="stars = score"))
    before = list(work_files.folder().iterdir())
    drop("a.json", json.dumps({"data": [{"stars": 9}, {"stars": "?"}]}))
    drop("b.csv", "stars\n1\n")
    os.truncate(drop("c.json", "["), 20_000_001)

    source_doing.run(source, settled=0.0)

    assert [one.score for one in stored()] == [9, 1]
    assert again(source).message == "c.json: JSON may have 20 MB here. Put larger files as JSON lines or CSV."
    assert list(work_files.folder().iterdir()) == before


def test_folders_come_first_and_urls_that_are_left_over_stay_due(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_files, "LOOK", 0.01)
    monkeypatch.setattr(source_doing, "ROUND", -1.0)
    with web(b"score\n9\n") as (url, asked):
        sources.create(survey, Given("url", "store", url))
        sources.create(survey, Given("folder", "desk"))
        drop("a.csv", "score\n3\n")
        source_doing.run_due()
        assert ([one.score for one in stored()], asked) == ([3], [])
        monkeypatch.setattr(source_doing, "ROUND", 60.0)
        source_doing.run_due()

    assert [one.score for one in stored()] == [3, 9]


def test_what_was_brought_in_goes_after_a_day_and_at_once_when_an_answer_is_erased(survey: Survey) -> None:
    source = sources.create(survey, Given("folder", "desk"))
    drop("a.csv", "score,respondent\n9,u-1\n")
    source_doing.run(source, settled=0.0)
    assert len(stored()) == 1
    old = drop("done/old.csv", "score\n9\n", age=90_000)
    touched = drop(f"done/{now() - timedelta(days=2):{source_files.STAMP}}-b-c.csv", "score\n9\n", age=0)

    source_files.expire()
    assert (lying("done"), old.exists(), touched.exists()) == (["a.csv", "a.csv.report.txt"], False, False)

    redaction.configure("shop", ["email"])
    stored_redaction.apply_to_stored("shop")
    assert lying("done") == []

    drop("b.csv", "score\n8\nmy words\n")
    source_doing.run(source, settled=0.0)
    assert "my words" in str(again(source).result)
    erasure.erase_respondent(survey, "u-1")
    assert lying("done") == []
    assert again(source).result == {"created": 1, "changed": 0, "repeated": 0, "rejected": 1, "reasons": []}


def test_what_was_erased_here_does_not_come_back_from_where_it_still_lies(survey: Survey) -> None:
    folder = sources.create(survey, Given("folder", "desk"))
    with web(b"external_id,score,comment\n1,5,mine\n2,1,ours\n") as (url, _):
        store = sources.create(survey, Given("url", "store", url))
        for _ in range(2):
            drop("a.csv", "score,comment\n9,said\n9,said\n")
            source_doing.run(folder, settled=0.0)
            source_doing.run(store)
            for gone in [one for one in stored() if one.external_id == "store:1" or one.nonce.endswith(":1")]:
                erasure.erase(survey.id, gone.id)
            source_doing.ask(survey, store.id)

    assert [(one.score, one.comment) for one in stored()] == [(9, "said"), (1, "ours")]
    report = next((source_files.folder("shop") / "done").glob("*.report.txt")).read_text()
    assert report == "2 rows: 0 new, 0 changed, 1 already there, 0 left out.\nErased here, or over their time: 1.\n"


def test_what_has_had_its_time_does_not_come_back_either(survey: Survey) -> None:
    retention.configure("shop", {"comments_months": "6", "answers_months": "12"})
    source = sources.create(survey, Given("folder", "desk"))
    told = [f"{number},3,said {number},{now() - months * retention.MONTH}" for number, months in enumerate((1, 7, 13))]
    rows = "\n".join(["external_id,score,comment,created_at", *told, "timeless,3,said,"])

    def bring(text: str) -> dict[str | None, tuple[int, str | None]]:
        drop("a.csv", text)
        source_doing.run(source, settled=0.0)
        return {one.external_id: (one.score, one.comment) for one in stored()}

    assert bring(rows) == {"0": (3, "said 0"), "1": (3, None), "timeless": (3, "said")}
    with writing() as session:
        long_ago = now() - 7 * retention.MONTH
        session.execute(sa.update(Response).values(created_at=long_ago, updated_at=long_ago))
    assert retention.apply(survey, now()).comments == 2
    assert bring(rows.replace("timeless,3", "timeless,4"))["timeless"] == (4, None)
    assert bring(rows)["timeless"] == (3, None)


def test_a_secret_of_another_proof_is_not_kept_for_standard_webhooks(survey: Survey) -> None:
    given = Given("webhook", "desk", scheme="hmac", header="X-Proof", columns="a = score")
    source = sources.create(survey, given)

    with pytest.raises(Invalid) as refused:
        sources.change(survey, source.id, replace(given, scheme="standard"))
    changed = sources.change(survey, source.id, replace(given, scheme="standard", secret="whsec_" + "QUJD" * 10))
    kept = sources.change(survey, source.id, replace(given, scheme="standard", scale="5=10"))

    assert list(refused.value.errors) == ["secret"]
    assert changed.scheme == kept.scheme == "standard"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Given("mail", "a"), "kind"),
        (Given("folder", "A b"), "name"),
        (Given("webhook", "a"), "columns"),
        (Given("webhook", "a", scheme="hmac", columns="a = score"), "header"),
        (Given("webhook", "a", secret="short", columns="a = score"), "secret"),
        (Given("webhook", "a", secret="0123456789abcdef", columns="a = score"), "secret"),
        (Given("folder", "a", columns="a: score"), "columns"),
        (Given("folder", "a", scale="5"), "scale"),
        (Given("folder", "a", scale="5=11"), "scale"),
        (Given("folder", "a", dates="ymd"), "dates"),
        (Given("url", "a", "https://example.com", "0"), "every_hours"),
        (Given("url", "a", "https://example.com", "000024" + "0" * 20), "every_hours"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(survey: Survey, given: Given, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        sources.create(survey, given)

    assert list(refused.value.errors) == [field]
    assert sources.of(survey) == []
