"""docs/upgrading.md is followed: from the first schema to this one, and from a newer one back by its backup."""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.extensions import db
from app.models import Response, now
from app.reports.filters import Filters
from app.services import backups, installation, reports, responses, surveys
from app.services.responses import Answer
from faults.places import postgresql
from tests.conftest import SETTINGS

ROOT = Path(__file__).parent.parent
MIGRATIONS = ROOT / "migrations"
NOON = "2026-11-22 12:00:00.000000"  # as SQLite keeps a moment
FIRST = "2026_11_22_first_schema"
PATIENCE = 120
NEWER = """
import sqlalchemy as sa
from alembic import op

revision = "of_the_next_version"
down_revision = "{head}"


def upgrade():
    op.create_table("mood", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE response SET comment = 'as the next version writes it'")


def downgrade():
    op.drop_table("mood")
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'whyscore.db'}"
        return
    with postgresql() as server:
        yield server.create("whyscore")


@pytest.fixture
def own(url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on it, inside its context."""
    (tmp_path / "data").mkdir()
    app = create_app({**SETTINGS, "DATA_DIR": tmp_path / "data", "DATABASE_URL": url})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


ROWS: dict[str, Any] = {
    "key": "shop", "name": "Shop", "kind": "relationship", "language": "en", "timezone": "UTC", "score": 3,
    "comment": "Support took days, größer 好", "source": "widget", "channel": "widget", "identity": "verified",
    "window_days": 90, "subject": "u1", "nonce": "n1", "external_id": "e1", "revision": 1,
}  # fmt: skip


def fill_first() -> None:
    """A survey, a respondent and an answer, as the first version stored them."""
    tables = sa.MetaData()
    tables.reflect(db.engine, only=["survey", "respondent", "response"])
    with db.engine.begin() as connection:
        for table in tables.sorted_tables:
            needed = [column for column in table.columns if not column.nullable and column.name != "id"]
            given = {column.name: value(column) for column in needed}
            known = {column.name: ROWS[column.name] for column in table.columns if column.name in ROWS}
            connection.execute(table.insert().values(given | known))


def value(column: sa.Column[Any]) -> Any:
    """Something of its type."""
    if column.foreign_keys or isinstance(column.type, sa.Integer):
        return 1
    if column.name.endswith("_at"):
        return now() if isinstance(column.type, sa.DateTime) else NOON
    if isinstance(column.type, sa.JSON) or column.name in {"allowed_origins", "attributes"}:
        return json.dumps([]) if column.name == "allowed_origins" else json.dumps({})
    return {"BOOLEAN": False}.get(str(column.type), "x")


def answers() -> list[tuple[int, str | None]]:
    """What people said."""
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(sa.select(Response.score, Response.comment).order_by(Response.id))]


def test_rows_of_the_first_schema_come_to_this_one_and_work(own: Flask) -> None:
    flask_migrate.upgrade(str(MIGRATIONS), revision=FIRST)
    fill_first()
    db.engine.dispose()

    installation.upgrade()

    assert installation.schema() == installation.head()
    assert answers() == [(3, ROWS["comment"])]
    survey = surveys.get("shop")
    responses.record(survey.id, Answer("n2", 9, "widget", "Great", "en"))
    assert reports.build(survey, Filters(), now()).score.counts.n == 2


def test_a_backup_of_the_first_schema_is_restored_into_this_version(own: Flask, tmp_path: Path) -> None:
    flask_migrate.upgrade(str(MIGRATIONS), revision=FIRST)
    fill_first()
    file = backups.make(tmp_path / "backups")
    installation.upgrade()
    survey = surveys.get("shop")
    responses.record(survey.id, Answer("n2", 9, "widget", "Came after the backup", "en"))

    db.session.remove()
    db.engine.dispose()
    backups.restore(file)

    assert installation.schema() == installation.head()
    assert answers() == [(3, ROWS["comment"])]


@dataclass
class Version:
    """A checkout of some version, with the settings of an installation."""

    folder: Path
    environment: dict[str, str]

    def does(self, line: str) -> subprocess.CompletedProcess[str]:
        """One line of the guide."""
        words = shlex.split(line, comments=True)
        assert words[0].endswith("flask"), line
        command = [sys.executable, "-m", "flask", *words[1:]]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=PATIENCE
        )


def block(name: str) -> list[str]:
    """The commands of the guide below a heading, without those that stop, start and fetch."""
    guide = (ROOT / "docs" / "upgrading.md").read_text()
    found = re.search(rf"^## {name}\n.*?```bash\n(.*?)```", guide, re.MULTILINE | re.DOTALL)
    assert found
    return [line for line in found[1].splitlines() if "flask" in line]


def next_version(folder: Path) -> Path:
    """This version with one more migration."""
    for name in ("app", "widget", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "wsgi.py", folder)
    (folder / "migrations" / "versions" / "newer.py").write_text(NEWER.format(head=installation.head()))
    return folder


def test_an_upgrade_that_disappoints_is_taken_back_by_its_backup(own: Flask, url: str, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": url, "DATA_DIR": str(tmp_path / "data"), "BACKUP_DIR": str(tmp_path / "backups")}
    given = {**os.environ, **settings, "SECRET_KEY": secrets.token_urlsafe(48)}
    this, newer = Version(ROOT, given), Version(next_version(tmp_path / "next"), given)
    installation.upgrade()
    survey = surveys.create("shop", "Shop")
    responses.record(survey.id, Answer("n1", 3, "widget", "Support took days", "en"))
    db.session.remove()
    db.engine.dispose()

    backup, *upgrade = block("Upgrade")
    assert this.does(backup).returncode == 0
    for line in upgrade:
        done = newer.does(line)
        assert done.returncode == 0, done.stderr
    assert answers() == [(3, "as the next version writes it")]
    db.session.remove()
    db.engine.dispose()

    refused = this.does("flask --app wsgi doctor")
    assert refused.returncode == 1
    assert "of_the_next_version" in refused.stderr
    (file,) = (tmp_path / "backups").glob("whyscore-*")
    for line in block("Roll back"):
        done = this.does(re.sub(r"\S*whyscore-\d{8}T\d{6}Z\.db", str(file), line))
        assert done.returncode == 0, done.stderr
    assert installation.schema() == installation.head()
    assert answers() == [(3, "Support took days")]
