"""The mark of a SQLite database that is copied to another one for good: a file beside it, looked for by every writer.

It stands outside of the database because who is refused by it must not depend on what is being copied.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from app.models.base import now


class MovedAwayError(Exception):
    """Nothing is written here any more; the text says where to."""


@dataclass(frozen=True, slots=True)
class Move:
    """Where to (without a password), since when nothing is written here, and whether the copy is whole."""

    to: str
    since: str
    is_over: bool

    def __str__(self) -> str:
        how = "moved" if self.is_over else "being moved"
        return f"{how} to {self.to}, closed here since {self.since}"


def start(database: Path, to: str) -> None:
    """Let nobody write from now on. Call it with the write lock held: then whoever wrote before has finished."""
    _write(database, Move(to, f"{now():%Y-%m-%d %H:%M:%S} UTC", is_over=False))


def finish(database: Path) -> None:
    """Say that the copy is whole."""
    if move := of(database):
        _write(database, Move(move.to, move.since, is_over=True))


def take_back(database: Path) -> None:
    """Let everybody write here again."""
    _file(database).unlink(missing_ok=True)
    sync(database.parent)


def of(database: Path) -> Move | None:
    """The mark, None where it was never moved."""
    try:
        return Move(**json.loads(_file(database).read_text()))
    except FileNotFoundError:
        return None


def here() -> Move | None:
    """The mark of the database in use, None where it was never moved."""
    from app.extensions import db

    file = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    return of(Path(file)) if file else None


def refuse(database: str | None) -> None:
    """MovedAwayError if the mark is there."""
    if database and os.path.exists(f"{database}.moved"):  # noqa: PTH110 - before every write, and three times as fast
        raise MovedAwayError(f"This database is {of(Path(database))}. See `flask --app wsgi copy-to --help`.")


def _file(database: Path) -> Path:
    return database.with_name(f"{database.name}.moved")


def _write(database: Path, move: Move) -> None:
    """The old mark or the new one, whatever happens meanwhile, and on the disk before anybody relies on it."""
    fresh = database.with_name(f"{database.name}.moving")
    fresh.write_text(json.dumps(asdict(move)))
    sync(fresh)
    fresh.rename(_file(database))
    sync(database.parent)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
