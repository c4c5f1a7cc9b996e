"""Long work: taken once, told about, finished once, and begun again by whoever comes after somebody who was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Response, Survey, Work, now, queries
from app.models.transaction import NotSavedError, writing
from app.reports.filters import Filters
from app.services import erasure, imports, reports, work, work_doing, work_files
from app.services.work_doing import Doing
from tests import rows
from tests.rows import Said

ROOT = Path(__file__).parents[2]
CSV = (
    b"score,comment,plan,Created_At\n"
    b"3,Support takes days,pro,2026-11-01\n9,Nice,free,2026-11-02\n11,No,pro,2026-11-03\n"
)


@pytest.fixture
def survey(app: Flask, tmp_path: Path) -> Survey:
    """A survey, and a folder without files of earlier tests."""
    app.config["DATA_DIR"] = tmp_path
    return rows.survey()


def send(survey: Survey, content: bytes = CSV, name: str = "answers.csv") -> Work:
    return work.send_file(survey, "ann@example.com", name, BytesIO(content))


def answers() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Response)) or 0


def again(one: Work) -> Work:
    """As it stands now."""
    db.session.rollback()
    return db.session.get_one(Work, one.id, populate_existing=True)


def work_off() -> list[str]:
    """Do all that waits; the states in which it ended."""
    states = []
    while (doing := work_doing.take()) is not None:
        work_doing.do(doing)
        states.append(db.session.scalar(sa.select(Work.state).where(Work.id == doing.id)) or "")
    return states


def files() -> list[str]:
    return sorted(place.name for place in work_files.folder().iterdir())


def test_a_file_is_looked_at_and_nothing_is_stored(survey: Survey) -> None:
    draft = send(survey)

    seen = work.preview(draft)

    assert {column.name: column.meaning for column in seen.columns} == {
        "score": "score",
        "comment": "comment",
        "plan": "attribute",
        "Created_At": "created_at",
    }
    assert (seen.rows, seen.good, seen.rejected[0][0], seen.has_more) == (3, 2, 4, False)
    assert "whole number from 0 to 10" in seen.rejected[0][1]
    assert (draft.state, answers(), work_off()) == ("draft", 0, [])


def test_a_confirmed_import_goes_in_and_names_the_bad_rows(survey: Survey) -> None:
    draft = send(survey)
    work.start(survey, draft.id)

    assert work_off() == ["done"]

    done = again(draft)
    assert answers() == 2
    assert done.result is not None
    assert (done.result["rows"], done.result["created"], done.result["rejected"]) == (3, 2, 1)
    assert done.result["lines"][0][0] == 4
    assert (done.done, done.total, done.file, files()) == (3, 3, None, [])


def test_the_same_file_twice_is_still_the_same_answers(survey: Survey) -> None:
    for _ in range(2):
        work.start(survey, send(survey).id)
        work_off()

    last = work.of(survey)[0]
    assert last.result is not None
    assert (answers(), last.result["repeated"]) == (2, 2)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.csv", "The file has no column named score."),
        (b"score,comment\n", "a.csv", "There is no row in this file."),
        (b"\n\n", "a.jsonl", "There is no row in this file."),
        (CSV, "", "Choose a file."),
    ],
)
def test_a_file_that_holds_no_answers_is_refused_and_not_kept(
    survey: Survey, content: bytes, name: str, says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        send(survey, content, name)

    assert (files(), work.of(survey)) == ([], [])


def test_a_column_is_what_people_say_it_is_and_the_import_does_as_they_saw(survey: Survey) -> None:
    draft = send(survey, b"points,why,score,when\n3,slow,-1,04/03/2026\n9,fine,1,05/03/2026\n")

    work.change_columns(survey, draft.id, {1: "score", 2: "comment", 4: "created_at"}, "mdy")

    seen = work.preview(again(draft))
    assert {column.name: column.meaning for column in seen.columns} == {
        "points": "score",
        "why": "comment",
        "score": "attribute",
        "when": "created_at",
    }
    work.start(survey, draft.id)
    assert work_off() == ["done"]
    stored = db.session.scalars(sa.select(Response).order_by(Response.id)).all()
    assert [(one.score, one.comment, one.created_at.month) for one in stored] == [(3, "slow", 4), (9, "fine", 5)]
    assert stored[0].attributes == {"score (column)": "-1"}


@pytest.mark.parametrize(
    ("columns", "dates", "says"),
    [
        ({1: "score", 2: "score"}, "", "Two columns cannot both be score."),
        ({1: "nonsense"}, "", "Choose one of the meanings"),
        ({1: "score"}, "ymd", "Choose one of the meanings"),
    ],
)
def test_what_no_column_can_mean_is_refused(survey: Survey, columns: dict[int, str], dates: str, says: str) -> None:
    draft = send(survey)

    with pytest.raises(Invalid, match=says):
        work.change_columns(survey, draft.id, columns, dates)

    assert dict(again(draft).options["found"]["columns"])["score"] == "score"


def test_a_draft_is_looked_at_again_by_what_was_found_and_not_anew(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = "".join(f"9,{day:02}/01/2026\n" for day in range(1, 29))
    draft = send(survey, f"score,created_at\n{days}".encode())
    monkeypatch.setattr("app.importers.sources.table", None)

    seen = work.preview(again(draft))

    assert (seen.rows, seen.notes) == (28, ("The times are written day/month/year.",))


def test_columns_are_fixed_once_the_import_was_asked_for(survey: Survey) -> None:
    draft = send(survey)
    work.start(survey, draft.id)

    with pytest.raises(Invalid, match="no draft any more"):
        work.change_columns(survey, draft.id, {1: "score"}, "")


def test_lines_of_json_are_known_by_the_ending_of_the_name(survey: Survey) -> None:
    draft = send(survey, b'{"score": 3, "attributes": {"plan": "pro"}}\n', "../../a/answers.JSONL")

    assert [column.meaning for column in work.preview(draft).columns] == ["attribute", "score"]
    assert draft.options["name"] == "answers.JSONL"


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "xlsx"])
def test_an_export_is_a_file_for_us_alone(survey: Survey, file_format: str) -> None:
    rows.store(survey, [Said(score) for score in range(11)])
    asked = work.ask_export(survey, "ann@example.com", file_format, Filters())

    assert work_off() == ["done"]

    done = again(asked)
    place = work_files.path(done.file or "")
    assert done.result == {"responses": 11, "bytes": place.stat().st_size}
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert files() == [place.name]


def test_an_export_holds_the_view_it_was_asked_for(survey: Survey) -> None:
    rows.store(survey, [Said(3, "Slow", language=code) for code in ("de", "en") for _ in range(5)])
    asked = work.ask_export(survey, "ann@example.com", "jsonl", Filters(language="de"))
    work_off()

    lines = work_files.path(again(asked).file or "").read_text().splitlines()

    assert [json.loads(line)["language"] for line in lines] == ["de"] * 5


def test_an_analysis_is_asked_for_once_at_a_time(survey: Survey) -> None:
    rows.store(survey, [Said(2, "The app keeps crashing")] * 3, run=False)

    first, second = (work.ask_analysis(survey, "ann@example.com") for _ in range(2))

    assert first.id == second.id
    assert work_off() == ["done"]
    run = queries.current_run(survey.id)
    assert run
    assert again(first).result == {"run": run.id, "comments": 3}
    assert work.ask_analysis(survey, "ann@example.com").id != first.id


def test_the_oldest_comes_first_and_each_is_taken_once(survey: Survey) -> None:
    asked = [work.ask_export(survey, "x", "csv", Filters()).id for _ in range(3)]

    taken = [work_doing.take() for _ in range(4)]

    assert [one.id if one else None for one in taken] == [*asked, None]


def test_only_so_much_may_wait(survey: Survey) -> None:
    for _ in range(work.MOST_OPEN):
        work.ask_export(survey, "x", "csv", Filters())

    with pytest.raises(Invalid, match="Too much is waiting"):
        work.ask_export(survey, "x", "csv", Filters())


def test_what_is_told_gives_the_time_that_is_left(survey: Survey) -> None:
    asked = work.ask_export(survey, "x", "csv", Filters())
    start = now()
    with time_machine.travel(start, tick=False):
        doing = work_doing.take()
        assert doing
        doing.at("export", 0, 400)
        work_doing.tell(doing)
        assert work.time_left(again(asked)) is None

    with time_machine.travel(start + timedelta(seconds=10), tick=False):
        doing.at("export", 100, 400)
        work_doing.tell(doing)
        assert (again(asked).done, again(asked).total, again(asked).step) == (100, 400, "export")
        assert work.time_left(again(asked)) == timedelta(seconds=30)


def test_a_new_step_begins_its_own_clock() -> None:
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False) as clock:
        doing = Doing(1, 1)
        doing.at("learn", 5, 5)
        clock.shift(60)
        doing.at("read", 1, 5)

        assert doing.step_at == now()


def test_an_import_that_is_cancelled_stops_where_it_is(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 10)
    draft = send(survey, b"score\n" + b"7\n" * 50)
    work.start(survey, draft.id)
    doing = work_doing.take()
    assert doing
    original = doing.at

    def cancel_in_the_middle(step: str, done: int, total: int) -> None:
        if done == 20:
            work.cancel(survey, draft.id)
            work_doing.tell(doing)
        original(step, done, total)

    monkeypatch.setattr(Doing, "at", lambda _self, *at: cancel_in_the_middle(*at))
    work_doing.do(doing)

    assert (again(draft).state, answers(), files()) == ("cancelled", 20, [])


@pytest.mark.parametrize("when", ["waiting", "under way"])
def test_an_export_that_is_cancelled_leaves_no_file(survey: Survey, when: str) -> None:
    rows.store(survey, [Said(3)] * 3)
    asked = work.ask_export(survey, "x", "csv", Filters())
    doing = work_doing.take() if when == "under way" else None
    work.cancel(survey, asked.id)
    if doing:
        work_doing.do(doing)

    assert (again(asked).state, work_off(), files()) == ("cancelled", [], [])


def test_an_analysis_that_is_cancelled_is_no_failure_of_the_report(survey: Survey) -> None:
    rows.store(survey, [Said(2, "The app keeps crashing")] * 3, run=False)
    asked = work.ask_analysis(survey, "x")
    doing = work_doing.take()
    assert doing
    work.cancel(survey, asked.id)
    work_doing.tell(doing)

    work_doing.do(doing)

    assert again(asked).state == "cancelled"
    assert reports.build(survey, Filters(), now()).analysis.failed_at is None
    assert queries.current_run(survey.id) is None


def test_what_is_over_is_neither_started_nor_cancelled(survey: Survey) -> None:
    draft = send(survey)
    work.start(survey, draft.id)
    work_off()

    work.cancel(survey, draft.id)
    with pytest.raises(Invalid, match="Send it again"):
        work.start(survey, draft.id)

    assert again(draft).state == "done"


def test_a_failure_says_what_to_do_and_can_be_tried_again(
    survey: Survey, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    draft = send(survey)
    work.start(survey, draft.id)

    def breaks(*_row: Any, **_more: Any) -> None:
        raise ZeroDivisionError(CSV.decode())

    with monkeypatch.context() as patch:
        patch.setattr(imports, "bring_in", breaks)
        assert work_off() == ["failed"]
    failed = again(draft)
    assert "Support takes days" not in caplog.text
    assert "Something went wrong on our side (ZeroDivisionError). Try again" in failed.message
    assert "Support takes days" not in failed.message
    assert files() == [failed.file]

    work.start(survey, draft.id)
    assert (work_off(), answers()) == (["done"], 2)


def test_while_the_database_takes_nothing_the_work_waits_for_its_next_turn(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = send(survey)
    work.start(survey, draft.id)
    doing = work_doing.take()
    assert doing

    def full(*_row: Any, **_more: Any) -> None:
        raise NotSavedError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(imports, "bring_in", full)
        with pytest.raises(NotSavedError):
            work_doing.do(doing)
    assert again(draft).state == "running"

    with time_machine.travel(now() + work_doing.LEASE + timedelta(seconds=1), tick=False):
        assert (work_off(), answers()) == (["done"], 2)


def test_somebody_elses_lease_is_respected_until_it_runs_out(survey: Survey) -> None:
    asked = work.ask_export(survey, "x", "csv", Filters())
    first = work_doing.take()
    assert first
    assert work_doing.take() is None

    with time_machine.travel(now() + work_doing.LEASE + timedelta(seconds=1), tick=False):
        second = work_doing.take()
        assert second
        assert (second.id, second.attempt) == (asked.id, 2)
        work_doing.tell(first)
        work_doing.tell(second)
    assert (first.is_cancelled, second.is_cancelled) == (True, False)


def test_what_kills_three_times_is_given_up_and_says_so(survey: Survey) -> None:
    asked = work.ask_analysis(survey, "x")
    moment = now()
    for _ in range(work_doing.ATTEMPTS):
        with time_machine.travel(moment, tick=False):
            assert work_doing.take()
        moment += work_doing.LEASE + timedelta(seconds=1)

    with time_machine.travel(moment, tick=False):
        assert work_doing.take() is None
    assert again(asked).state == "failed"
    assert "interrupted three times" in again(asked).message


KILLED = """
import os, signal
from app import create_app
from app.services import imports, work_doing
imports.AT_ONCE = 10
with create_app().app_context():
    doing = work_doing.take()
    original = doing.at
    def at(self, step, done, total):
        if done == 20:
            os.kill(os.getpid(), signal.SIGKILL)
    work_doing.Doing.at = at
    work_doing.do(doing)
"""


def test_an_import_whose_process_is_killed_begins_again_and_loses_and_doubles_nothing(
    app: Flask, survey: Survey
) -> None:
    lines = b"".join(b"%d,answer %d\n" % (number % 11, number) for number in range(50))
    draft = send(survey, b"score,comment\n" + lines)
    work.start(survey, draft.id)
    settings = {name: str(app.config[name]) for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY")}

    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True
    )

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (answers(), again(draft).state) == (20, "running")
    with time_machine.travel(now() + work_doing.LEASE + timedelta(seconds=1), tick=False):
        assert work_off() == ["done"]
    over = again(draft)
    assert over.result is not None
    assert (answers(), over.result["repeated"], over.result["created"], over.attempts) == (50, 20, 30, 2)


def test_files_and_lines_go_after_a_day_and_the_work_after_a_month(survey: Survey) -> None:
    rows.store(survey, [Said(3)] * 3)
    draft, imported = send(survey), send(survey)
    work.start(survey, imported.id)
    exported = work.ask_export(survey, "x", "csv", Filters())
    work_off()
    (work_files.folder() / "stray").write_text("left by somebody who was killed")
    os.utime(work_files.folder() / "stray", (0, 0))

    work_files.expire()
    assert files() == sorted([draft.file or "", again(exported).file or ""])

    with time_machine.travel(now() + timedelta(days=1, minutes=1), tick=False):
        work_files.expire()
    assert files() == []
    assert [one.id for one in work.of(survey)] == [exported.id, imported.id]
    assert again(imported).result == {"rows": 3, "created": 2, "changed": 0, "repeated": 0, "rejected": 1}

    with time_machine.travel(now() + timedelta(days=31), tick=False):
        work_files.expire()
    assert work.of(survey) == []


def test_an_export_that_failed_days_ago_can_be_tried_again_and_is_kept_for_a_day_from_then(survey: Survey) -> None:
    rows.store(survey, [Said(3)] * 3)
    exported = work.ask_export(survey, "x", "csv", Filters())
    with writing() as session:
        session.execute(sa.update(Work).values(state="failed", finished_at=now()))

    with time_machine.travel(now() + timedelta(days=3), tick=False):
        work_files.expire()
        assert again(exported).file is None
        work.start(survey, exported.id)
        assert work_off() == ["done"]
        work_files.expire()
        assert files() == [again(exported).file]
    with time_machine.travel(now() + timedelta(days=4, minutes=1), tick=False):
        work_files.expire()
        assert files() == []


def test_what_a_killed_export_left_stays_while_it_may_be_written_and_goes_with_the_export(survey: Survey) -> None:
    exported = work.ask_export(survey, "x", "csv", Filters())
    left = work_files.path(f"{exported.file}.0a1b2c3d")
    left.write_text("half a file")
    os.utime(left, (0, 0))

    work_files.expire()
    assert files() == [left.name]

    work.cancel(survey, exported.id)
    assert files() == []


def test_who_is_erased_is_erased_from_every_file_too(survey: Survey) -> None:
    other = rows.survey("other", "Other")
    rows.store(survey, [Said(3, "my secret words", person="user-1")])
    kept = send(other)
    draft = send(survey, b"score,comment\n3,my secret words\n")
    exported = work.ask_export(survey, "x", "csv", Filters())
    work_off()
    waiting = work.ask_export(survey, "x", "csv", Filters())
    assert b"secret" in work_files.path(again(exported).file or "").read_bytes()

    erasure.erase_respondent(survey, "user-1")

    assert files() == [kept.file]
    assert [again(one).state for one in (draft, waiting, exported)] == ["cancelled", "cancelled", "done"]
    assert "An answer was erased meanwhile" in again(waiting).message


def test_nobody_is_erased_while_files_with_them_are_kept(survey: Survey) -> None:
    rows.store(survey, [Said(3, "my secret words", person="user-1")])
    draft = send(survey, b"score,comment\n3,my secret words\n")

    def fails(*_: Any) -> None:
        raise OSError("killed here")

    sa.event.listen(Work, "before_update", fails)
    try:
        with pytest.raises(OSError, match="killed here"):
            erasure.erase_respondent(survey, "user-1")
    finally:
        sa.event.remove(Work, "before_update", fails)

    assert (answers(), again(draft).state, files()) == (1, "draft", [draft.file])


def test_work_of_another_survey_is_not_there(survey: Survey) -> None:
    other, draft = rows.survey("other", "Other"), send(survey)

    for attempt in (work.one, work.start, work.cancel):
        with pytest.raises(NotFound):
            attempt(other, draft.id)  # type: ignore[operator]
    assert again(draft).state == "draft"


def test_a_row_of_work_holds_only_known_kinds_and_states(survey: Survey) -> None:
    for values in ({"kind": "party"}, {"kind": "export", "state": "asleep"}):
        with pytest.raises(sa.exc.IntegrityError), writing() as session:
            session.add(Work(survey_id=survey.id, made_by="x", **values))
