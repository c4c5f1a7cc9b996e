"""Whether this installation can keep its promises. Each problem is a sentence that says what to do."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from app.extensions import db

REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse", "fuseblk", "fuse.sshfs"}
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def problems() -> list[str]:
    """Everything that stands against running now; an empty list is a clean bill."""
    found = _schema_problems()
    return found + (_sqlite_problems() if db.engine.dialect.name == "sqlite" else _postgresql_problems())


def head() -> str | None:
    """The newest schema this code knows."""
    return ScriptDirectory(str(Path(current_app.root_path).parent / "migrations")).get_current_head()


def schema() -> str | None:
    """The schema the database has, None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _schema_problems() -> list[str]:
    if schema() == head():
        return []
    return [f"the database schema is {schema() or 'empty'}, not {head()}: run `flask --app wsgi db upgrade`"]


def _sqlite_problems() -> list[str]:
    path = Path(current_app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    found = []
    if file_system(path.parent) in REMOTE:
        found.append(f"{path.parent} is on a network volume, where SQLite loses answers: use a local disk")
    with db.engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
            found.append("the database is not in WAL mode: run `flask --app wsgi db upgrade`")
        check = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if check != "ok":
            found.append(f"the database file is damaged ({check}): restore the last backup")
    return found


def file_system(folder: Path) -> str:
    """The type of file system a folder is on, as the kernel names it."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    inside = [(point, kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(inside, key=lambda mount: len(mount[0]))[1] if inside else ""


def _postgresql_problems() -> list[str]:
    with db.engine.connect() as connection:
        values = {name: connection.execute(sa.text(f"SHOW {name}")).scalar() for name in DURABLE}
    return [
        f"PostgreSQL has {name}={value}, so an acknowledged answer could be lost: set it to on"
        for name, value in values.items()
        if value != "on"
    ]
