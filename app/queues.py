"""Where what comes by the clock is queued: a file beside the database, Redis or PostgreSQL, by `QUEUE_URL`.

Nothing that counts is in it. What lies there is signed with our secret, for whoever reads it unpacks Python objects.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huey.api import Huey

NAME = "whyscore"
SCHEMA = "whyscore_queue"  # on PostgreSQL, so that a dump leaves it out
ONE_AT_A_TIME = 7711  # who makes its tables
PATIENCE = 3  # seconds for a connection
ALIVE: dict[str, Any] = {  # a PostgreSQL that vanished without a word is noticed within seconds
    "connect_timeout": PATIENCE,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
REDIS = ("redis://", "rediss://", "unix://")
POSTGRESQL = "postgresql://"
USES_REDIS = "QUEUE_URL names Redis, which needs a package more: pip install -r requirements-redis.txt"
FORMS = "QUEUE_URL must be empty, or look like redis://:password@host:6379/0, unix:///run/redis.sock or postgresql://…"


class QueueUrlError(ValueError):
    """The address of the queue cannot be one; the text names QUEUE_URL and says what it may be."""


def checked(url: str) -> str:
    """The address as the programs take it. QueueUrlError, without the address, for it may hold a password."""
    url = url.replace("postgresql+psycopg://", POSTGRESQL, 1)
    if url.startswith(REDIS):
        _check_redis(url)
    elif url.startswith(POSTGRESQL):
        _check_postgresql(url)
    elif url:
        raise QueueUrlError(FORMS)
    return url


def _check_redis(url: str) -> None:
    try:
        from redis import ConnectionPool

        number = ConnectionPool.from_url(url) and urlsplit(url).path.strip("/")
    except ImportError:
        raise QueueUrlError(USES_REDIS) from None
    except ValueError:
        raise QueueUrlError(FORMS) from None
    if number and not number.isdigit() and not url.startswith("unix://"):
        raise QueueUrlError(FORMS)  # which its client would take for the first database


def _check_postgresql(url: str) -> None:
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise QueueUrlError(FORMS) from None


def engine(url: str) -> str:
    """What kind of queue this is, in a word."""
    return "Redis" if url.startswith(REDIS) else "PostgreSQL" if url else "SQLite"


def reached(url: str, folder: Path) -> str:
    """What answers there, with its version; whatever the client raises if nothing does."""
    if url.startswith(REDIS):
        from redis import Redis

        server = Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
        return f"Redis {server.info('server')['redis_version']}"
    if url:
        with _connect(url) as connection:
            return f"PostgreSQL {connection.info.server_version // 10_000}"
    return f"SQLite, {folder / 'jobs.db'}"


def connected(url: str, folder: Path, secret: str) -> Huey:
    """The queue, ready for jobs."""
    from huey.serializer import SignedSerializer

    options = {"results": False, "serializer": SignedSerializer(secret=secret, salt="whyscore.queue")}
    if url.startswith(REDIS):
        return _on_redis(url, options)
    return _on_postgresql(url, options) if url else _on_sqlite(folder / "jobs.db", options)


def _on_redis(url: str, options: dict[str, Any]) -> Huey:
    from huey import RedisHuey

    return RedisHuey(NAME, url=url, **options)


def _on_sqlite(file: Path, options: dict[str, Any]) -> Huey:
    from huey import SqliteHuey

    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.touch(mode=0o600)
    return SqliteHuey(NAME, filename=str(file), journal_mode="truncate", fsync=True, **options)


def _on_postgresql(url: str, options: dict[str, Any]) -> Huey:
    """In a schema of its own. Two who make its tables at once would disturb each other, so one waits."""
    from huey import PostgresHuey

    with _alone(url) as connection:
        there = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [SCHEMA]).fetchone()
        if there is None:  # asked first, because IF NOT EXISTS wants the right to make schemas all the same
            connection.execute(f"CREATE SCHEMA {SCHEMA}")
        return PostgresHuey(NAME, connection=_opener(url), **options)


@contextmanager
def _alone(url: str) -> Iterator[psycopg.Connection[Any]]:
    with _connect(url) as connection:
        connection.execute("SET lock_timeout = '10s'")
        connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield connection


def _opener(url: str) -> Callable[[], psycopg.Connection[Any]]:
    def opened() -> psycopg.Connection[Any]:
        connection = _connect(url)
        connection.execute(f"SET search_path TO {SCHEMA}")
        return connection

    return opened


def _connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True, application_name="whyscore-queue", **ALIVE)
