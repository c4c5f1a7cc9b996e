"""The schema in the migrations is the one of the models, and a migration happens whole or not at all."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from app import create_app
from app.extensions import db
from app.models import Base
from app.models.types import UtcDateTime
from app.services import installation
from tests.conftest import SETTINGS

ROOT = Path(__file__).parent.parent
MIGRATIONS = ROOT / "migrations"
TABLES = {table.name for table in Base.metadata.sorted_tables}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEPT = ("score", "comment", "created_at", "attributes")

NEXT = """
import os
import signal

import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"


def upgrade():
    op.create_table("halfway", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("DELETE FROM response")
    {then}


def downgrade():
    op.drop_table("halfway")
"""
REBUILD = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"


def upgrade():
    with op.batch_alter_table("survey", table_kwargs={{"sqlite_strict": True}}) as batch:
        batch.alter_column("name", existing_type=sa.Text(), nullable=True)


def downgrade():
    pass
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without any tables, inside its context."""
    url = f"sqlite:///{tmp_path / 'whyscore.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").create(f"migrations_{secrets.token_hex(4)}")
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": url})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def names() -> set[str]:
    """The tables that are there, the one with the version left out."""
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def checks(table: str) -> set[str | None]:
    """The checks that the database makes on a table."""
    return {check["name"] for check in sa.inspect(db.engine).get_check_constraints(table)}


VALUES: Mapping[str, Any] = {
    "score": 3, "kind": "relationship", "role": "viewer", "state": "succeeded", "origin": "seed",
    "value_basis": "margin", "stance": "complaint", "type": "response.created", "action": "rename",
    "decision": "include", "actor": "user",
    "identity": "verified", "window_days": 90,
}  # fmt: skip
OF_TABLES: Mapping[tuple[str, str], Any] = {
    ("signing_key", "kind"): "app",
    ("survey", "metric"): "csat",
    ("work", "kind"): "import",
    ("source", "kind"): "webhook",
    ("source", "scheme"): "standard",
    ("work", "state"): "done",
    ("pain_point", "status"): "fixed",
    ("channel", "kind"): "webhook",
    ("channel", "state"): "on",
    ("delivery", "state"): "due",
    ("alert_rule", "kind"): "nps.dropped",
    ("digest", "cycle"): "weekly",
    ("case", "state"): "closed",
    ("triage", "state"): "read",
    ("letter", "kind"): "invitation",
    ("letter", "state"): "due",
}
SAMPLES: Mapping[type, Any] = {
    sa.Integer: 1, sa.BigInteger: 1, sa.Double: 0.5, sa.Text: "Größe, 好", sa.LargeBinary: b"\x00\xff",
    sa.Boolean: True, sa.JSON: {"plan": "pro"}, sa.Date: NOON.date(), UtcDateTime: NOON,
}  # fmt: skip


def fill(only: Set[str] = TABLES) -> None:
    """One row in every table, a value in every column."""
    with db.engine.begin() as connection:
        for table in (table for table in Base.metadata.sorted_tables if table.name in only):
            values = {column.name: _sample(table, column) for column in table.columns}
            connection.execute(table.insert().values(values))


def _sample(table: sa.Table, column: sa.Column[Any]) -> Any:
    if column.foreign_keys:
        return 1
    usual = VALUES.get(column.name, SAMPLES[type(column.type)])
    return OF_TABLES.get((table.name, column.name), usual)


def test_the_migrations_make_what_the_models_describe(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})

        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_of_the_models_are_in_the_database(app: Flask) -> None:
    for table in Base.metadata.sorted_tables:
        assert checks(table.name) == {one.name for one in table.constraints if isinstance(one, sa.CheckConstraint)}, (
            table.name
        )


def test_the_schema_goes_up_and_down_and_up_again_with_rows_in_it(empty: Flask) -> None:
    flask_migrate.upgrade(str(MIGRATIONS))
    fill()

    flask_migrate.downgrade(str(MIGRATIONS), revision="base")
    assert names() == set()

    flask_migrate.upgrade(str(MIGRATIONS))
    assert names() == TABLES
    assert installation.schema() == installation.head()
    fill()


def test_a_survey_that_was_there_before_there_were_metrics_measures_an_nps(empty: Flask) -> None:
    flask_migrate.upgrade(str(MIGRATIONS))
    fill({"survey"})
    flask_migrate.downgrade(str(MIGRATIONS), revision="2026_11_29_sign_in")
    assert "ck_survey_metric" not in checks("survey")

    flask_migrate.upgrade(str(MIGRATIONS))

    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT metric FROM survey").scalars().all() == ["nps"]
    assert "metric" in {name.removeprefix("ck_survey_") for name in checks("survey")}


def migrations_with(folder: Path, text: str, **parts: str) -> str:
    """A copy of the migrations with one more."""
    copy = folder / "migrations"
    shutil.copytree(MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "versions" / "next.py").write_text(text.format(head=installation.head(), **parts))
    return str(copy)


def kept() -> list[tuple[Any, ...]]:
    """What people said, byte by byte."""
    columns = ", ".join(f"CAST({name} AS TEXT)" for name in KEPT)
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT {columns} FROM response ORDER BY id")]  # noqa: S608 - our own column names


def test_a_migration_that_breaks_in_the_middle_leaves_the_old_schema_and_every_row(
    empty: Flask, tmp_path: Path
) -> None:
    flask_migrate.upgrade(str(MIGRATIONS))
    fill()
    before = kept()
    broken = migrations_with(tmp_path, NEXT, then='raise ArithmeticError("in the middle")')

    with pytest.raises(ArithmeticError, match="in the middle"):
        flask_migrate.upgrade(broken)

    assert names() == TABLES
    assert installation.schema() == installation.head()
    assert kept() == before


def test_a_first_migration_that_breaks_leaves_nothing(empty: Flask, tmp_path: Path) -> None:
    broken = migrations_with(tmp_path, NEXT, then='raise ArithmeticError("in the middle")')

    with pytest.raises(ArithmeticError, match="in the middle"):
        flask_migrate.upgrade(broken)

    assert names() == set()
    flask_migrate.upgrade(str(MIGRATIONS))
    assert names() == TABLES


def test_a_migration_that_is_killed_in_the_middle_leaves_the_old_schema_and_every_row(
    empty: Flask, tmp_path: Path
) -> None:
    flask_migrate.upgrade(str(MIGRATIONS))
    fill()
    before = kept()
    deadly = migrations_with(tmp_path, NEXT, then="os.kill(os.getpid(), signal.SIGKILL)")
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade", "--directory", deadly]
    settings = {"DATABASE_URL": empty.config["DATABASE_URL"], "DATA_DIR": str(tmp_path)}

    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True)

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert names() == TABLES
    assert installation.schema() == installation.head()
    assert kept() == before


def test_a_table_that_is_rebuilt_keeps_its_checks_and_the_rows_that_point_at_it(empty: Flask, tmp_path: Path) -> None:
    flask_migrate.upgrade(str(MIGRATIONS))
    fill()
    before, checked = kept(), checks("survey")

    flask_migrate.upgrade(migrations_with(tmp_path, REBUILD))

    assert installation.schema() == "next"
    assert kept() == before
    assert len(before) == 1
    assert checks("survey") == checked


def test_a_second_migration_finds_nothing_to_do(empty: Flask) -> None:
    for _ in range(2):
        flask_migrate.upgrade(str(MIGRATIONS))

    assert names() == TABLES


@contextmanager
def migrating(app: Flask) -> Iterator[None]:
    """Somebody else's migration, which does not come to its end."""
    if db.engine.dialect.name == "sqlite":
        folder = os.open(Path(app.config["DATABASE_URL"].removeprefix("sqlite:///")).parent, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
        os.close(folder)
        return
    with db.engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(0x77687973636F7265)))
        yield


@pytest.mark.long
def test_of_two_hosts_that_migrate_at_once_one_waits_and_finds_nothing_to_do(empty: Flask, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    hosts = []

    with migrating(empty):
        for number in range(2):
            settings = {"DATABASE_URL": empty.config["DATABASE_URL"], "DATA_DIR": str(tmp_path / str(number))}
            environment = {**os.environ, **settings, "LOG_FORMAT": "text"}
            hosts.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True))
        with pytest.raises(subprocess.TimeoutExpired):
            hosts[0].wait(4)
        assert hosts[1].poll() is None
        assert names() == set()
    said = [host.communicate(timeout=60)[1] for host in hosts]

    assert [host.returncode for host in hosts] == [0, 0], said
    assert names() == TABLES
    assert installation.schema() == installation.head()


def test_every_table_is_strict_on_sqlite(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL is always strict")
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql("PRAGMA table_list").mappings().all()

    assert {row["name"] for row in rows if row["strict"]} >= TABLES


Insert = Callable[..., None]


@pytest.fixture
def insert(app: Flask) -> Insert:
    """Adds a response to a survey that has one already, past all our own checks."""
    fill({"survey", "respondent", "response"})
    table = Base.metadata.tables["response"]
    another = {"id": 2, "nonce": "n2", "external_id": "e2"}
    values = {column.name: _sample(table, column) for column in table.columns} | another

    def add(**changed: Any) -> None:
        with db.engine.begin() as connection:
            connection.execute(table.insert().values({**values, **changed}))

    return add


def test_a_sound_response_goes_in(insert: Insert) -> None:
    insert()

    assert len(kept()) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"score": 11},
        {"score": -1},
        {"score": None},
        {"nonce": SAMPLES[sa.Text]},
        {"external_id": SAMPLES[sa.Text]},
        {"survey_id": 99},
        {"respondent_id": 99},
        {"identity": "somebody"},
        {"nonce": None},
    ],
    ids=ascii,
)
def test_the_database_refuses_what_the_code_forgets(insert: Insert, changed: dict[str, Any]) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        insert(**changed)

    assert len(kept()) == 1


def test_the_database_refuses_a_score_that_is_a_word(insert: Insert) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        insert(score="nine")

    assert len(kept()) == 1
