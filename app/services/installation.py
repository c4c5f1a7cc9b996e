"""Whether this installation can keep its promises. Each problem is a sentence that says what to do."""

from __future__ import annotations

import os
import re
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from app.extensions import db
from app.models import engines, moving, transaction
from app.models.transaction import NotSavedError
from app.models.write_queue import QueueClosedError

REMOTE = {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "fuse", "fuseblk"}
FINISHED = sa.text("SELECT finished_at IS NOT NULL FROM copying")
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def problems() -> list[str]:
    """Everything that stands against running now; an empty list is a clean bill."""
    folder = Path(current_app.config["DATA_DIR"])
    there = next(place for place in (folder, *folder.parents) if place.exists())  # it is made when first needed
    if not os.access(there, os.W_OK):
        return [f"{folder} cannot be written: give it to the account that runs Whyscore, on a disk that takes writes"]
    try:
        found = _schema_problems()
        return found + (_sqlite_problems() if db.engine.dialect.name == "sqlite" else _postgresql_problems())
    except sa.exc.DBAPIError as error:
        return [_unreadable(error)]


def _unreadable(error: sa.exc.DBAPIError) -> str:
    reason = str(error.orig).partition("\n")[0]
    if isinstance(error, sa.exc.OperationalError):
        return f"the database cannot be reached ({reason}): check DATABASE_URL, and that it runs"
    return f"the database is damaged ({reason}): restore the last backup"


def head() -> str | None:
    """The newest schema this code knows."""
    return ScriptDirectory(_migrations()).get_current_head()


def upgrade() -> None:
    """Bring the database to the newest schema."""
    flask_migrate.upgrade(_migrations())


def schema() -> str | None:
    """The schema the database has, None for an empty one."""
    with engines.reading(db.engine).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def revisions() -> set[str]:
    """Every schema this code knows."""
    return {script.revision for script in ScriptDirectory(_migrations()).walk_revisions()}


def _migrations() -> str:
    return str(Path(current_app.root_path).parent / "migrations")


def _schema_problems() -> list[str]:
    if schema() == head():
        return []
    return [f"the database schema is {schema() or 'empty'}, not {head()}: run `flask --app wsgi db upgrade`"]


def _sqlite_problems() -> list[str]:
    path = Path(current_app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    found = []
    if is_remote(file_system(path.parent)):
        found.append(f"{path.parent} is on a network volume, where SQLite loses answers: use a local disk")
    with engines.reading(db.engine).connect() as connection:
        if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
            found.append("the database is not in WAL mode: run `flask --app wsgi db upgrade`")
        check = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if check != "ok":
            found.append(f"the database is damaged ({check}): restore the last backup")
    if move := moving.here():
        found.append(
            f"this database is {move}: set DATABASE_URL to that, or run `flask --app wsgi copy-to --undo-move`"
        )
    return [*found, *_queue_problems(path)]


def _queue_problems(path: Path) -> list[str]:
    queue = f"{path}.queue"
    try:
        transaction.try_turn()
    except QueueClosedError as error:
        return [f"{queue} cannot be opened ({error}): give the folder to the account that runs Whyscore"]
    except NotSavedError:
        return [f"{queue} is locked by a program that does not let go: find it with `fuser {queue}`"]
    return []


def is_remote(kind: str) -> bool:
    """Whether a type of file system is one over a network or in user space, as "nfs4" or "fuse.sshfs"."""
    return kind.partition(".")[0] in REMOTE


def file_system(folder: Path, table: str | None = None) -> str:
    """The type of file system a folder is on, as the kernel names it in its table of mounts."""
    lines = (Path("/proc/mounts").read_text() if table is None else table).splitlines()
    mounts = [(_unescaped(point), kind) for _device, point, kind, *_ in map(str.split, lines)]
    inside = [(point, kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(reversed(inside), key=lambda mount: len(mount[0]))[1] if inside else ""  # the latest mount hides others


def _unescaped(point: str) -> str:
    """The kernel writes a space in a path as its octal number."""
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point)


def _postgresql_problems() -> list[str]:
    with engines.reading(db.engine).connect() as connection:
        values = {name: connection.execute(sa.text(f"SHOW {name}")).scalar() for name in DURABLE}
        is_unfinished = sa.inspect(connection).has_table("copying") and not connection.scalar(FINISHED)
    found = ["this database is an unfinished copy: run `copy-to` with --final to its end"] if is_unfinished else []
    return found + [
        f"PostgreSQL has {name}={value}, so an acknowledged answer could be lost: set it to on"
        for name, value in values.items()
        if value != "on"
    ]
