"""A SQLite installation comes to PostgreSQL with every row as it was, or it stays where it is."""

from __future__ import annotations

import re
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.errors import Invalid
from app.extensions import db
from app.models import Event, Response, Vector
from app.models.copy_targets import RULES
from app.models.transaction import MovedError, writing
from app.models.upsert import insert
from app.services import backups, copy_passes, copying, erasure, installation, responses, surveys
from app.services.responses import Answer
from faults.clients import Crowd
from faults.places import ROOT, WEB, Place, installed, postgresql
from tests import rows
from tests.conftest import SETTINGS

ODD = {
    "comment": "größer ☹ 好\t\\N \\. \r\n'quoted' \"twice\"",
    "attributes": {"plan": "té\\am", "e": "\n"},
    "monthly_revenue": 0.1 + 0.2,
    "customer_since": date(1999, 12, 31),
    "counts": False,
    "host": "",
}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Flask]:
    """A SQLite installation of its own with a survey that was read, inside its context."""
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": f"sqlite:///{tmp_path / 'whyscore.db'}"})
    with app.app_context():
        installation.upgrade()
        rows.store(rows.survey(), rows.v5())
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """An empty PostgreSQL database."""
    return new_database(request)


def new_database(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("postgresql").create(f"moved_{secrets.token_hex(4)}")


def quiet(_step: str, _done: int, _total: int) -> None:
    """Show nothing."""


def asked(url: str, query: str) -> list[tuple[Any, ...]]:
    """What PostgreSQL holds."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def answer(nonce: str, score: int = 3, **more: Any) -> int:
    given = Answer(nonce, score, "widget", f"Support took days, {nonce}", "en", **more)
    return responses.record(surveys.get("shop").id, given).response_id


def copied(found: list[copy_passes.Copied]) -> dict[str, int]:
    return {one.table: one.copied for one in found if one.copied}


def test_every_kind_of_value_arrives_as_it_was(own: Flask, url: str) -> None:
    blob = bytes(range(256))
    with writing() as session:
        insert(Vector, [{"digest": blob[::-1], "content": blob}])
        session.execute(sa.update(Response).where(Response.nonce == "row-0").values(**ODD))
        session.execute(sa.text("UPDATE response SET updated_at = '2026-11-22 12:00:00' WHERE nonce = 'row-0'"))

    found = copying.move(url, quiet)

    assert all(one.is_same for one in found)
    (there,) = asked(url, "SELECT comment, monthly_revenue, customer_since, counts, host, attributes::text,"
                          " updated_at AT TIME ZONE 'UTC' FROM response WHERE nonce = 'row-0'")  # fmt: skip
    assert there[:5] == tuple(ODD[name] for name in ("comment", "monthly_revenue", "customer_since", "counts", "host"))
    assert there[5] == db.session.scalar(sa.text("SELECT attributes FROM response WHERE nonce = 'row-0'"))
    assert str(there[6]) == "2026-11-22 12:00:00"
    assert asked(url, "SELECT content FROM vector") == [(blob,)]


def test_a_second_pass_copies_only_what_changed_came_and_went(own: Flask, url: str) -> None:
    gone, changes = answer("gone"), answer("changes")
    copying.bring(url, quiet)
    assert copied(copying.bring(url, quiet)) == {}
    erase(gone)
    responses.change(surveys.get("shop").id, changes, score=9, comment="Better now")
    answer("came", respondent="ann", identity="verified")

    changed = copied(copying.bring(url, quiet))

    assert {"response", "response_revision", "respondent", "event"} <= set(changed)
    assert "mention" not in changed
    assert asked(url, f"SELECT comment FROM response WHERE id = {changes}") == [("Better now",)]  # noqa: S608
    assert asked(url, f"SELECT id FROM response WHERE id = {gone}") == []  # noqa: S608


def erase(response_id: int) -> None:
    with writing() as session:
        session.execute(sa.delete(Response).where(Response.id == response_id))


def test_the_moved_database_has_the_keys_indexes_and_sequences_of_a_new_one(
    own: Flask, url: str, request: pytest.FixtureRequest
) -> None:
    erase(answer("the last one"))
    fresh = new_database(request)
    migrate(own, fresh)
    last = db.session.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'response'"))

    copying.move(url, quiet)

    assert asked(url, RULES) == asked(fresh, RULES)
    assert len(asked(url, RULES)) > 100
    assert asked(url, "SELECT last_value, is_called FROM response_id_seq") == [(last, True)]
    assert asked(url, "SELECT last_value, is_called FROM invitation_id_seq") == [(1, False)]
    assert not {name for (name,) in asked(url, "SELECT tablename FROM pg_tables")} & {"copying", "copying_rule"}


def test_what_was_moved_takes_no_answer_until_that_is_undone(own: Flask, url: str) -> None:
    browser = own.test_client()
    copying.move(url, quiet)

    with pytest.raises(MovedError, match=r"moved to .+, closed here since"):
        answer("too late")
    check = browser.get("/readyz").get_json()["checks"]["moved"]
    assert (check["ok"], check["says"].startswith("moved to ")) == (False, True)
    assert any("copy-to --undo-move" in problem for problem in installation.problems())
    assert copying.move(url, quiet) == []

    copying.take_back()
    answer("in time")
    assert browser.get("/readyz").get_json()["checks"]["moved"] == {"ok": True, "says": "no"}
    with pytest.raises(Invalid, match="is not empty: it holds rows in"):
        copying.bring(url, quiet)


def test_what_was_moved_is_not_replaced_by_a_backup_and_nothing_of_it_is_changed(own: Flask, url: str) -> None:
    copy = backups.make(Path(own.config["DATA_DIR"]).parent / "copies" / "before.db")
    copying.move(url, quiet)
    before = copying.database().read_bytes()

    with pytest.raises(Invalid, match=r"is moved to .+copy-to --undo-move"):
        backups.restore(copy)

    assert copying.database().read_bytes() == before


def test_who_was_erased_in_the_new_place_is_not_back_in_the_old_one(own: Flask, url: str) -> None:
    answer("to be erased", respondent="ann", identity="verified")
    copying.move(url, quiet)
    new = create_app({**SETTINGS, "DATA_DIR": own.config["DATA_DIR"], "DATABASE_URL": url})
    with new.app_context():
        erasure.erase_respondent(surveys.get("shop"), "ann")
        db.session.remove()
        db.engine.dispose()

    copying.take_back()

    assert db.session.scalar(sa.select(Response.id).where(Response.nonce == "to be erased")) is None


def test_a_row_that_was_tampered_with_is_found_and_mended(own: Flask, url: str) -> None:
    copying.bring(url, quiet)
    asked(url, "UPDATE response SET score = 0 WHERE nonce = 'row-7'")

    looked_at = copying.compare(url, quiet)
    assert [one.table for one in looked_at if not one.is_same] == ["response"]
    assert len({one.ours.rows - one.theirs.rows for one in looked_at}) == 1

    copying.move(url, quiet)
    assert all(one.is_same for one in copying.compare(url, quiet))
    assert asked(url, "SELECT score FROM response WHERE nonce = 'row-7'") == [(10,)]


STRANGE = [
    ("CREATE TABLE letters (id int)", "is not empty. Name one that is"),
    ("UPDATE alembic_version SET version_num = 'of another'", "is not empty. Name one that is"),
    ("INSERT INTO heartbeat VALUES ('jobs', now())", "it holds rows in heartbeat"),
    ("CREATE TABLE letters (id int); INSERT INTO heartbeat VALUES ('jobs', now())", "it holds the table letters"),
    ("UPDATE copying SET installation = 'of another'", "the copy of another installation"),
    ("UPDATE copying SET finished_at = now()", "holds a finished copy that was taken back"),
]
MIGRATED = ("alembic_version", "heartbeat")


@pytest.mark.parametrize(("before", "says"), STRANGE)
def test_a_target_that_is_not_empty_or_not_ours_is_refused(own: Flask, url: str, before: str, says: str) -> None:
    if "copying" in before:
        copying.bring(url, quiet)
    elif any(name in before for name in MIGRATED):
        migrate(own, url)
    asked(url, before)

    with pytest.raises(Invalid, match=says):
        copying.move(url, quiet)
    answer("still taken")


def migrate(own: Flask, url: str) -> None:
    other = create_app({**SETTINGS, "DATA_DIR": own.config["DATA_DIR"], "DATABASE_URL": url})
    with other.app_context():
        installation.upgrade()
        db.engine.dispose()


def test_a_move_that_fails_leaves_sqlite_taking_answers(own: Flask, url: str) -> None:
    copying.bring(url, quiet)
    asked(url, "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$;"
               "CREATE TRIGGER no BEFORE UPDATE ON copying FOR EACH ROW EXECUTE FUNCTION no()")  # fmt: skip

    with pytest.raises(Invalid, match="full"):
        copying.move(url, quiet)

    answer("taken")


def does(place: Place, *words: str) -> str:
    """What a command says that ends well."""
    with place.inside() as app:
        result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def fill(number: int) -> None:
    """So many answers and their events."""
    survey_id = surveys.get("shop").id
    answers = [{"survey_id": survey_id, "nonce": f"n{one}", "score": 3, "source": "import"} for one in range(number)]
    told = {"type": "response.created", "survey_id": survey_id, "body": b"{}"}
    events = [{"webhook_id": f"msg_{one}", "response_id": one + 1, **told} for one in range(number)]
    with writing():
        insert(Response, answers)
        insert(Event, events)


@pytest.mark.long
def test_a_copy_that_was_killed_goes_on_where_it_was(url: str) -> None:
    with installed("SQLite") as place:
        with place.inside():
            fill(12_000)
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "copy-to", url]
        with subprocess.Popen(command, cwd=ROOT, env=place.environment, stderr=subprocess.DEVNULL) as copy:
            while not is_under_way(url):
                time.sleep(0.01)
            copy.send_signal(signal.SIGKILL)
        ((there, told),) = asked(url, "SELECT (SELECT count(*) FROM response), (SELECT count(*) FROM event)")
        assert there > 0
        assert told < 12_000

        again = does(place, "copy-to", url)

        (rest,) = re.findall(r"Copied ([\d,]+) rows", again)
        assert 0 < int(rest.replace(",", "")) <= 24_000 - there - told
        assert "Everything is in" in does(place, "copy-to", url, "--final")
        assert "✓ Both hold the same" in does(place, "copy-to", url, "--verify")


def is_under_way(url: str) -> bool:
    try:
        return bool(asked(url, "SELECT 1 FROM copying_part WHERE name = 'response'"))
    except psycopg.errors.UndefinedTable:
        return False


def test_a_running_installation_moves_with_all_that_it_was_thanked_for() -> None:
    report = ("report", "--survey", "shop", "--format", "json")
    with postgresql() as server, installed("SQLite", (WEB,)) as place:
        url = server.create("whyscore")
        with place.inside():
            rows.store(surveys.get("shop"), rows.v5(rows.now_at_noon()))
        place.start()
        place.wait()
        with Crowd(place.port, 4, pace=0.05) as crowd:
            crowd.wait_for_one_more()
            does(place, "copy-to", url)
            crowd.wait_for_one_more()
            said = does(place, "copy-to", url, "--final")
            before = len(crowd.thanked)
            time.sleep(0.5)
            assert len(crowd.thanked) == before
            place.kill()
            here = does(place, *report)
            place.settings["DATABASE_URL"] = url
            assert does(place, *report) == here
            assert "none changed and none missing" in does(place, "audit", "verify")
            place.start()
            place.wait()
            crowd.wait_for_one_more()
        place.kill()
        assert not crowd.wrong
        with place.inside():
            kept = Counter(db.session.scalars(sa.select(Response.comment)))
        assert {words: kept[words] for words in crowd.thanked} == dict.fromkeys(crowd.thanked, 1)
        assert "set DATABASE_URL" in said
