"""The hardening guide is followed to the letter: its roles of PostgreSQL are enough for each task, and for no more."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app, queues
from app.extensions import db
from app.models import now
from app.reports.filters import Filters
from app.security.rate_store import SharedStorage
from app.services import analyses, backup_files, installation, reports, responses, surveys
from app.services.responses import Answer
from tests.conftest import SETTINGS
from tests.postgresql import Server

GUIDE = Path(__file__).parent.parent / "docs" / "hardening.md"


def statements() -> list[str]:
    """The SQL of the guide, statement by statement, without the one that only psql knows."""
    (block,) = re.findall(r"```sql\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    lines = [line for line in block.splitlines() if not line.startswith("\\")]
    return [one.strip() for one in " ".join(lines).replace("…", secrets.token_hex(8)).split(";") if one.strip()]


@pytest.fixture(scope="module")
def roles(postgresql: Server) -> str:
    """A server with the three roles and the database of the guide; the address without the role."""
    url = postgresql.create(f"hardening_{secrets.token_hex(4)}")
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for statement in statements():
            if statement.startswith("CREATE DATABASE"):
                connection.exec_driver_sql(f"ALTER DATABASE {server.url.database} OWNER TO whyscore_owner")
            else:
                connection.exec_driver_sql(statement)
    server.dispose()
    return url


@pytest.fixture
def as_role(roles: str, tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """An application that signs in to the database as one of the roles."""
    apps: list[Flask] = []

    def sign_in(role: str) -> Flask:
        url = roles.replace("://whyscore@", f"://{role}@")
        apps.append(create_app({**SETTINGS, "DATA_DIR": tmp_path, "DATABASE_URL": url}))
        return apps[-1]

    yield sign_in
    for app in apps:
        with app.app_context():
            db.engine.dispose()


def test_the_owner_migrates_the_application_works_and_the_reader_only_reads(
    as_role: Callable[[str], Flask], roles: str, tmp_path: Path
) -> None:
    with as_role("whyscore_owner").app_context():
        installation.upgrade()
        db.session.remove()
    with as_role("whyscore_app").app_context():
        survey = surveys.create("shop", "Shop")
        for number in range(12):
            responses.record(survey.id, Answer(f"n{number}", 3, "widget", "The app keeps crashing", "en"))
        analyses.run(survey.id)
        assert reports.build(survey, Filters(), now()).score.counts.n == 12
        store = SharedStorage(roles.replace("://whyscore@", "://whyscore_app@"), tmp_path)
        assert [store.incr("a", 60), store.incr("a", 60)] == [1, 2]
        store.close()
        queues.connected(queues.checked(store.url), tmp_path, "a secret").storage.close()
        with pytest.raises(sa.exc.ProgrammingError, match="must be owner"), db.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE response")
        db.session.remove()
    with as_role("whyscore_owner").app_context():
        backup_files.kind().copy(tmp_path / "whole.dump")  # without the counts and the queue, which are not its own
        db.session.remove()
    with as_role("whyscore_report").app_context():
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM response").scalar() == 12
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), db.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM response")
