"""Transactions. Everything reads unless it says `with writing():`, so a page that only reads cannot write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
import sqlalchemy.exc as sa_exc
from flask import current_app
from flask_sqlalchemy.session import Session

from app.models import engines, moving
from app.models.write_queue import NotSavedError, deadline, queue

__all__ = ["NotSavedError", "TwoWaySession", "is_writing", "writing"]

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_readers: WeakKeyDictionary[sa.Engine, sa.Engine] = WeakKeyDictionary()


class MovedError(NotSavedError):
    """This database was moved to another one and takes nothing any more; sending again to the new one is safe."""


class TwoWaySession(Session):
    """A session whose connections refuse to write outside `writing()`."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        engine = super().get_bind(*args, **kwargs)
        if _writing.get() or not isinstance(engine, sa.Engine):
            return engine
        if engine not in _readers:
            _readers[engine] = engines.reading(engine)
        return _readers[engine]

    def close(self) -> None:
        """Let go of the connection. One that the database has cut is thrown away: a page was read, and stays read."""
        try:
            super().close()
        except sa_exc.DBAPIError:
            self.invalidate()


def is_writing() -> bool:
    """Whether this is inside `writing()`."""
    return _writing.get()


def stop_reading() -> None:
    """End the read transaction: what follows takes long, and PostgreSQL cuts those who idle in a transaction.

    Inside `writing()` nothing is ended. What was read stays as it is.
    """
    from app.extensions import db  # the extension is built from this module's session

    if not _writing.get():
        db.session.commit()


def think_long() -> None:
    """What this transaction reads takes long to put in order between two questions: PostgreSQL does not cut it."""
    from app.extensions import db

    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = '5min'"))


@contextmanager
def _turn(until: float | None = None) -> Iterator[None]:
    """The turn of this process; with `until`, the time to wait for it at most, the caller has a place already."""
    waits = queue()
    with ExitStack() as held:
        if waits is not None and until is None:
            held.enter_context(waits.place())
        if waits is not None:
            held.enter_context(waits.turn(deadline() if until is None else until))
        yield


def try_turn() -> None:
    """Take the write turn and give it back; NotSavedError if that cannot be."""
    with _turn():
        pass


def log_bytes() -> int:
    """The size of SQLite's write-ahead log, 0 elsewhere."""
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    log = Path(url.removeprefix("sqlite:///") + "-wal")
    return log.stat().st_size if url.startswith("sqlite") and log.exists() else 0


def gather_statistics() -> None:
    """Tell the query planner how the tables have grown; without it a report of ten thousand answers takes seconds."""
    from app.extensions import db

    is_sqlite = db.engine.dialect.name == "sqlite"
    statements = (
        ("PRAGMA analysis_limit=1000", "ANALYZE") if is_sqlite else ("ANALYZE response, reading, mention, event",)
    )
    with writing() as session:
        for statement in statements:
            session.execute(sa.text(statement))


def scrub() -> None:
    """Empty the write-ahead log, which holds old pages of what was deleted. Where somebody reads, the next one does."""
    from app.extensions import db

    if db.engine.dialect.name != "sqlite":
        return
    with _turn(), db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        for pragma in ("query_only=0", "busy_timeout=100", "wal_checkpoint(TRUNCATE)", "busy_timeout=10000"):
            raw.execute(f"PRAGMA {pragma}").fetchall()


@contextmanager
def writing(until: float | None = None) -> Iterator[sa.orm.scoped_session[Session]]:
    """One write transaction in its turn: committed at the end, or nothing of it stored.

    `until` is for who has a place among the waiting already: when it must have its turn. Whatever the database's
    reason for not committing, the caller sees NotSavedError. Calls may not be nested.
    """
    from app.extensions import db  # the extension is built from this module's session

    if _writing.get():
        raise RuntimeError("writing() inside writing(): one transaction is one use case")
    db.session.rollback()
    try:
        with _turn(until):
            token = _writing.set(True)
            try:
                yield db.session
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise
            finally:
                _writing.reset(token)
    except moving.MovedAwayError as error:
        raise MovedError(str(error)) from error
    except (
        sa_exc.OperationalError,
        sa_exc.InterfaceError,
        sa_exc.TimeoutError,
        sa_exc.InternalError,
    ) as error:
        raise NotSavedError(str(error.__class__.__name__)) from error
