"""Moving a running SQLite installation to PostgreSQL.

A pass goes through all tables by ranges of the primary key, compares each range by its checksum on both sides and
copies what differs, range and progress in one transaction. The first pass finds everything different, later ones what
changed meanwhile. The last one goes on behind a mark that lets nobody write to SQLite any more, so that what it finds
equal stays equal; then keys, indexes and sequences are put in place. docs/decisions/0018 says why.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app

from app.errors import Invalid
from app.extensions import db, open_database
from app.models import copies, engines, moving
from app.models.copy_targets import OURS, Target
from app.models.transaction import writing
from app.services import copy_passes, erasure, installation
from app.services.copy_passes import Copied, Progress

GIVEN = "SELECT name, seq FROM sqlite_sequence"


def bring(url: str, progress: Progress) -> list[Copied]:
    """One pass beside everybody who answers; one that was cut off goes on where it was."""
    with _opened(url) as target:
        _begin(target, url)
        if found := moving.of(database()):
            raise Invalid(f"This installation is {found}. Go on with --final, or take it back with --undo-move.")
        return copy_passes.go(target, progress, target.noted())


def move(url: str, progress: Progress) -> list[Copied]:
    """The last pass, behind the mark; [] where all was done before. If it fails, SQLite takes answers again."""
    with _opened(url) as target:
        if _begin(target, url):
            _conclude(target)
            return []
        try:
            if moving.of(database()) is None:  # else an earlier try was killed behind it, and nobody can write
                copy_passes.go(target, progress, target.noted())
                _close(url)
            copied = copy_passes.go(target, progress, {})
            target.finish(_sequences(target.serial()))
        except BaseException:
            moving.take_back(database())
            raise
        _conclude(target)
        target.gather_statistics()
    return copied


def compare(url: str, progress: Progress) -> list[Copied]:
    """Both sides, table by table, as they are now; nothing is changed."""
    with _opened(url, is_look=True) as target:
        return copy_passes.go(target, progress, {}, is_look=True)


def take_back() -> moving.Move:
    """Let SQLite take answers again. Whoever was erased in the new place stays erased here, too."""
    found = moving.of(database())
    if found is None:
        raise Invalid("This installation was not moved: it takes answers.")
    moving.take_back(database())
    erasure.erase_again()
    return found


def database() -> Path:
    """The file of the SQLite database."""
    if db.engine.dialect.name != "sqlite" or not db.engine.url.database:
        raise Invalid("copy-to copies from SQLite, and DATABASE_URL names PostgreSQL already.")
    return Path(db.engine.url.database)


def name(url: str) -> str:
    """What people may know of an address: no account, no password."""
    made = sa.make_url(url)
    return f"{made.host or made.query.get('host') or 'localhost'}/{made.database}"


@contextmanager
def _opened(url: str, *, is_look: bool = False) -> Iterator[Target]:
    """The target with its schema. What PostgreSQL refuses is told without the words that were being copied."""
    database()
    other = Flask("app", static_folder=None)
    other.config["DATABASE_URL"] = url
    try:
        with other.app_context():
            open_database(other, "migrations")
            engine, raw = db.engine, db.engine.raw_connection()
        try:
            target = Target(raw.driver_connection)
            with other.app_context():
                _prepare(target, url, is_look)
            yield target
        finally:
            raw.invalidate()
            engine.dispose()
    except (psycopg.Error, sa.exc.DBAPIError) as error:
        raise Invalid(f"{name(url)}: {copy_passes.said(error)}. Nothing is lost: run it again to go on.") from error


def _prepare(target: Target, url: str, is_look: bool) -> None:
    """Lock it, and see to its schema."""
    if not target.is_free():
        raise Invalid(f"Another copy into {name(url)} is running.")
    target.raw.commit()
    if not target.tables() and not is_look:
        installation.upgrade()
    elif installation.schema() != installation.head():
        raise Invalid(f"{name(url)} holds no copy." if is_look else f"{name(url)} is not empty. Name one that is.")


def _begin(target: Target, url: str) -> bool:
    """Whether all was done before. Invalid unless the target is empty or a copy of this installation."""
    found, state = moving.of(database()), target.state()
    if found and found.to != name(url):
        raise Invalid(f"This installation is {found}. Take it back with --undo-move before it goes elsewhere.")
    if state is None and found and found.is_over:
        return True
    if state is None:
        if holds := _strange(target):
            raise Invalid(f"{name(url)} is not empty: it holds {holds}. Name one that is, or empty it first.")
        target.begin(_marks()[0])
        return False
    if state.installation not in _marks():
        raise Invalid(f"{name(url)} holds the copy of another installation, or of another SECRET_KEY.")
    if state.is_finished and not found:
        raise Invalid(f"{name(url)} holds a finished copy that was taken back. Empty it first.")
    return state.is_finished


def _strange(target: Target) -> str:
    """What is there and would be overwritten or in the way."""
    ours = {table.name for table in copies.tables()}
    if others := target.tables() - ours - OURS:
        return f"the table {min(others)}"
    return next((f"rows in {table}" for table in sorted(ours) if target.has_rows(table)), "")


def _marks() -> Sequence[str]:
    """What tells copies of this installation from those of others, by each of its keys."""
    keys = (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"])
    return [hmac.new(key.encode(), b"whyscore.copying.1", hashlib.sha256).hexdigest() for key in keys]


def _close(url: str) -> None:
    """Wait for whoever writes, and let nobody begin."""
    with writing() as session:
        session.connection()  # holds the write lock
        moving.start(database(), name(url))


def _conclude(target: Target) -> None:
    moving.finish(database())
    target.forget()


def _sequences(tables: set[str]) -> dict[str, int]:
    """The highest id that each table ever gave: an address of something erased opens nothing new."""
    with engines.reading(db.engine).connect() as connection:
        given = {table: last for table, last in connection.exec_driver_sql(GIVEN)}  # noqa: C416 - rows, not tuples
        highest = {
            table.name: connection.scalar(sa.select(sa.func.max(table.c.id))) or 0
            for table in copies.tables()
            if table.name in tables
        }
    return {table: max(last, given.get(table, 0)) for table, last in highest.items()}
