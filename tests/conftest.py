"""Every test that asks for `app` runs twice: on SQLite and on a PostgreSQL that the tests start themselves."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.extensions import db
from app.models import Base
from app.services import installation
from tests.postgresql import Server

SETTINGS: dict[str, Any] = {
    "TESTING": True,
    "SECRET_KEY": secrets.token_urlsafe(48),
    "BASE_URL": "http://localhost",
    "TRUSTED_HOSTS": ["localhost", "127.0.0.1"],
    "RATE_LIMITS": False,
    "LEAST_SECONDS": 0,  # nobody here takes the time to read
    "SMTP_URL": "smtp+plain://127.0.0.1:1",  # mails may be written; nobody takes them
    "MAIL_FROM": "nps@nps.example",
}


def pytest_configure() -> None:
    os.environ.setdefault("SECRET_KEY", SETTINGS["SECRET_KEY"])
    os.environ.setdefault("TRUSTED_HOSTS", "localhost,127.0.0.1")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of our own, on a socket in a temporary folder that its account can reach."""
    with tempfile.TemporaryDirectory(prefix="whyscore-") as folder, Server(Path(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Flask]]:
    """One application a database, migrated once, however often the tests change between the two."""
    apps: dict[str, Flask] = {}

    def on(database: str) -> Flask:
        if database not in apps:
            url = request.getfixturevalue("postgresql").create("whyscore") if database == "postgresql" else None
            apps[database] = _migrated(tmp_path_factory.mktemp(database), url)
        return apps[database]

    yield on
    for app in apps.values():
        app.extensions["limiter"].store.close()
        with app.app_context():
            db.engine.dispose()


def _migrated(folder: Path, url: str | None) -> Flask:
    """With MIGRATED, a file of SQLite whose schema is the newest one, there is nothing left to migrate."""
    if url is None and (file := os.environ.get("MIGRATED")):
        shutil.copy(file, folder / "whyscore.db")
    settings = {**SETTINGS, "DATA_DIR": folder, "DATABASE_URL": url or f"sqlite:///{folder / 'whyscore.db'}"}
    app = create_app(settings, role="jobs")  # PostgreSQL has patience with jobs: the machine may be busy
    with app.app_context():
        installation.upgrade()
    return app


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; of one scope for all, so that the tests of each come together."""
    return str(request.param)


@pytest.fixture
def migrated_app(migrated: Callable[[str], Flask], database: str) -> Flask:
    """The application on that database, with whatever the test before left there."""
    return migrated(database)


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application with an empty database and its own settings, inside its context."""
    settings = dict(migrated_app.config)
    with migrated_app.app_context():
        db.engine.dispose()  # a test that read the files of SQLite took the locks of this process off them
        _empty(db.engine)
        for memory in ("report_cache", "readers", "facts"):
            migrated_app.extensions.get(memory, {}).clear()
        migrated_app.extensions.pop("pending_loads", None)
        migrated_app.extensions["audit_views"].forget()
        for memory in ("backups", "tombstones"):  # where copies went, what was erased
            (Path(settings["DATA_DIR"]) / memory).unlink(missing_ok=True)
        yield migrated_app
        db.session.remove()
    migrated_app.config.update(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser or a program that talks to the application."""
    return app.test_client()


def _empty(engine: sa.Engine) -> None:
    tables = [table for table in Base.metadata.sorted_tables if table.name != "vector"]  # a memory, the same for all
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in tables)
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
            return
        for table in reversed(tables):
            connection.execute(table.delete())
        connection.exec_driver_sql("DELETE FROM sqlite_sequence")  # ids begin anew, as PostgreSQL's do
