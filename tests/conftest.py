"""Every test that asks for `app` runs twice: on SQLite and on a PostgreSQL that the tests start themselves."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.extensions import db
from app.models import Base
from tests.postgresql import Server

SETTINGS: dict[str, Any] = {
    "TESTING": True,
    "SECRET_KEY": secrets.token_urlsafe(48),
    "BASE_URL": "http://localhost",
    "TRUSTED_HOSTS": ["localhost", "127.0.0.1"],
    "RATE_LIMITS": False,
    "LEAST_SECONDS": 0,  # nobody here takes the time to read
}


def pytest_configure() -> None:
    os.environ.setdefault("SECRET_KEY", SETTINGS["SECRET_KEY"])
    os.environ.setdefault("TRUSTED_HOSTS", "localhost,127.0.0.1")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of our own, on a socket in a temporary folder that its account can reach."""
    with tempfile.TemporaryDirectory(prefix="whyscore-") as folder, Server(Path(folder)) as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def migrated_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application a database, migrated once."""
    folder = tmp_path_factory.mktemp(request.param)
    url = f"sqlite:///{folder / 'whyscore.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").create("whyscore")
    app = create_app({**SETTINGS, "DATA_DIR": folder, "DATABASE_URL": url})
    with app.app_context():
        flask_migrate.upgrade(str(Path(app.root_path).parent / "migrations"))
    yield app
    app.extensions["limiter"].store.close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application with an empty database and its own settings, inside its context."""
    settings = dict(migrated_app.config)
    with migrated_app.app_context():
        _empty(db.engine)
        for memory in ("report_cache", "readers", "facts"):
            migrated_app.extensions.get(memory, {}).clear()
        migrated_app.extensions.pop("pending_loads", None)
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
