"""A backup is taken while people answer, holds every answer thanked for before, and is a working system again."""

from __future__ import annotations

import contextvars
import json
import secrets
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app import create_app
from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Response, now
from app.models.transaction import writing
from app.reports.filters import Filters
from app.reports.report_json import to_json
from app.services import backups, erasure, heartbeats, installation, reports, responses, surveys
from app.services.responses import Answer
from tests import rows
from tests.conftest import SETTINGS

BEFORE_SAVED_VIEWS = "2026_11_28_people"  # whose table refers to older ones
BACKUPS = 5  # of each database; the fault campaign takes more


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An installation of its own, whose database may be replaced, inside its context."""
    url = f"sqlite:///{tmp_path / 'data' / 'whyscore.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").create(f"backed_up_{secrets.token_hex(4)}")
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path / "data", "DATABASE_URL": url})
    with app.app_context():
        installation.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def file(own: Flask, tmp_path: Path) -> Path:
    """Where a backup may go."""
    return tmp_path / ("copy.db" if db.engine.dialect.name == "sqlite" else "copy.dump")


def answer(nonce: str, score: int = 3, **more: str) -> int:
    given = Answer(nonce, score, "widget", f"Support took days, {nonce}", "en", **more)  # type: ignore[arg-type]
    return responses.record(surveys.get("shop").id, given).response_id


def nonces() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(sa.select(Response.nonce)))


class Crowd(threading.Thread):
    """People who answer until told to stop, and remember who was thanked."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app, self.thanked, self.over = app, [], threading.Event()  # type: ignore[var-annotated]

    def run(self) -> None:
        with self.app.app_context():
            for number in range(100_000):
                if self.over.is_set():
                    break
                answer(f"crowd-{number}")
                self.thanked.append(f"crowd-{number}")
            db.session.remove()


def test_backups_under_load_hold_every_answer_that_was_thanked_for_before(own: Flask, tmp_path: Path) -> None:
    rows.survey()
    crowd = Crowd(own)
    crowd.start()
    taken = []
    for number in range(BACKUPS):
        thanked = set(crowd.thanked)
        taken.append((thanked, backups.make(tmp_path / f"{number}{suffix()}")))
    crowd.over.set()
    contextvars.Context().run(crowd.join)

    assert len(crowd.thanked) > len(taken[0][0])
    for thanked, copy in taken:
        backups.restore(copy)
        assert thanked <= nonces()
        assert installation.problems() == durable()


def suffix() -> str:
    return ".db" if db.engine.dialect.name == "sqlite" else ".dump"


def durable() -> list[str]:
    """The tests' own PostgreSQL is fast rather than durable, and `doctor` says so."""
    return [] if suffix() == ".db" else [problem for problem in installation.problems() if "fsync" in problem]


def test_a_restored_backup_gives_the_same_report(own: Flask, file: Path) -> None:
    survey = rows.survey()
    rows.store(survey, rows.v5())
    at = rows.NOON + timedelta(days=1)
    before = to_json(reports.build(survey, Filters(), at))
    backups.make(file)
    with writing() as session:
        session.execute(sa.delete(Response))

    kept, erased = backups.restore(file)

    again = to_json(reports.build(surveys.get("shop"), Filters(), at))
    assert json.dumps(again, sort_keys=True) == json.dumps(before, sort_keys=True)
    assert erased == 0
    assert kept.is_file()


def test_what_a_restore_replaced_can_be_restored_in_turn(own: Flask, file: Path) -> None:
    rows.survey()
    answer("before")
    backups.make(file)
    answer("after")

    with time_machine.travel(now(), tick=False):  # within one second
        kept, _ = backups.restore(file)
        assert nonces() == {"before"}

        backups.restore(kept)
    assert nonces() == {"before", "after"}


def test_an_erased_person_does_not_come_back_with_an_older_copy(own: Flask, file: Path) -> None:
    rows.survey()
    answer("hers", respondent="ann-4711")
    answer("his")
    backups.make(file)
    erasure.erase_respondent(surveys.get("shop"), "ann-4711")

    assert backups.known() == [file]
    _, erased = backups.restore(file)

    assert erased == 1
    assert nonces() == {"his"}
    with pytest.raises(NotFound):
        erasure.erase_respondent(surveys.get("shop"), "ann-4711")


def test_nothing_is_restored_while_the_jobs_run(own: Flask, file: Path) -> None:
    rows.survey()
    backups.make(file)
    heartbeats.beat("jobs")
    answer("after")

    with pytest.raises(Invalid, match="Whyscore is running"):
        backups.restore(file)

    assert nonces() == {"after"}


def test_nothing_is_restored_while_another_process_has_the_database(own: Flask, file: Path) -> None:
    rows.survey()
    backups.make(file)
    answer("after")
    other = create_app(dict(own.config))

    with other.app_context(), db.engine.connect() as connection:
        connection.execute(sa.text("SELECT count(*) FROM response"))
        with own.app_context(), pytest.raises(Invalid, match="Whyscore is running"):
            backups.restore(file)
    with other.app_context():
        db.engine.dispose()

    assert nonces() == {"after"}


def test_a_damaged_database_makes_way_for_its_backup(own: Flask, file: Path) -> None:
    if suffix() != ".db":
        pytest.skip("PostgreSQL's files are its own")
    rows.survey()
    answer("kept")
    backups.make(file)
    db.session.remove()
    db.engine.dispose()
    place = Path(own.config["DATA_DIR"]) / "whyscore.db"
    place.write_bytes(b"\xff" * 8192)

    kept, _ = backups.restore(file)

    assert nonces() == {"kept"}
    assert kept.read_bytes() == b"\xff" * 8192


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scribble(file: Path) -> None:
    content = file.read_bytes()
    middle = len(content) // 2
    file.write_bytes(content[:middle] + b"\xff" * 4096 + content[middle + 4096 :])


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("spoil", [cut, scribble, empty])
def test_a_spoilt_copy_is_refused_and_changes_nothing(own: Flask, file: Path, spoil: object) -> None:
    survey = rows.survey()
    rows.store(survey, rows.v5())
    backups.make(file)
    answer("after")
    spoil(file)  # type: ignore[operator]

    with pytest.raises(Invalid, match=r"damaged|is no (whole )?backup"):
        backups.restore(file)

    assert "after" in nonces()


def test_a_copy_of_a_newer_version_is_refused(own: Flask, file: Path) -> None:
    rows.survey()
    head = installation.head()
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999_12_31_later'"))
    backups.make(file) if suffix() == ".dump" else None
    if suffix() == ".db":
        with pytest.raises(Invalid, match="newer Whyscore"):
            backups.make(file)
    else:
        with pytest.raises(Invalid, match="newer Whyscore"):
            backups.restore(file)
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :head"), {"head": head})


def test_a_copy_of_an_older_version_is_brought_up_to_date(own: Flask, file: Path) -> None:
    rows.survey()
    db.session.remove()
    flask_migrate.downgrade(str(Path(own.root_path).parent / "migrations"), "-1")
    backups.make(file)

    backups.restore(file)

    assert installation.schema() == installation.head()


def test_a_copy_from_before_an_update_is_restored_after_it(own: Flask, file: Path) -> None:
    rows.survey()
    db.session.remove()
    flask_migrate.downgrade(str(Path(own.root_path).parent / "migrations"), BEFORE_SAVED_VIEWS)
    tables = set(sa.inspect(db.engine).get_table_names())
    backups.make(file)
    installation.upgrade()
    answer("after")
    assert set(sa.inspect(db.engine).get_table_names()) > tables

    kept, _ = backups.restore(file)

    assert (installation.schema(), nonces()) == (installation.head(), set())
    assert not [place for place in kept.parent.iterdir() if place.suffix == ".sql"]
    backups.restore(kept)
    assert nonces() == {"after"}


BREAKS = """CREATE FUNCTION breaks() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$;
CREATE EVENT TRIGGER breaks ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION breaks()"""


def test_a_restore_that_fails_half_way_changes_nothing(own: Flask, file: Path) -> None:
    if suffix() == ".db":
        pytest.skip("SQLite's copy takes the name of the database at once")
    rows.survey()
    backups.make(file)
    answer("after")
    with db.engine.begin() as connection:
        connection.execute(sa.text(BREAKS))

    with pytest.raises(Invalid, match=r"psql failed.*no room"):
        backups.restore(file)

    assert nonces() == {"after"}
    assert not list(file.parent.glob("*.sql"))


def test_everything_the_address_of_the_database_says_is_used(own: Flask, file: Path) -> None:
    if suffix() == ".db":
        pytest.skip("the address of SQLite is a file")
    rows.survey()
    answer("before")
    url = sa.make_url(own.config["DATABASE_URL"])
    address = url.set(username=None).update_query_dict({"user": url.username or "", "sslmode": "prefer"})
    app = create_app({**own.config, "DATABASE_URL": address.render_as_string(hide_password=False)})
    db.session.remove()
    db.engine.dispose()

    with app.app_context():
        backups.make(file)
        answer("after")
        backups.restore(file)

        assert nonces() == {"before"}
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("place", "sentence"),
    [("data/copies", "outside DATA_DIR"), ("taken", "exists, and no backup is written over another")],
)
def test_a_place_that_would_lose_something_is_refused(own: Flask, tmp_path: Path, place: str, sentence: str) -> None:
    taken = tmp_path / f"taken{suffix()}"
    taken.write_text("mine")

    with pytest.raises(Invalid, match=sentence):
        backups.make(tmp_path / place if place.startswith("data") else taken)

    assert taken.read_text() == "mine"


def test_a_backup_is_for_its_owner_alone_and_leaves_no_half_behind(own: Flask, file: Path) -> None:
    rows.survey()

    backups.make(file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir() if "copy" in path.name] == [file.name]


def test_older_copies_go_until_so_many_are_left(own: Flask, tmp_path: Path) -> None:
    rows.survey()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "notes.txt").write_text("not ours")

    for day in range(1, 5):
        with time_machine.travel(datetime(2026, 11, day, 3, tzinfo=UTC)):
            backups.make(folder, keep=2)

    assert sorted(path.name for path in folder.iterdir()) == [
        "notes.txt",
        f"whyscore-20261103T030000Z{suffix()}",
        f"whyscore-20261104T030000Z{suffix()}",
    ]


def test_the_last_backup_is_known(own: Flask, file: Path) -> None:
    assert backups.last() is None

    backups.make(file)

    assert now() - (backups.last() or rows.NOON) < timedelta(minutes=1)
