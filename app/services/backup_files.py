"""How each database is copied and put back, by the means it has for that and by no other."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import pysqlite3
import sqlalchemy as sa
from flask import current_app
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from app import queues
from app.errors import Invalid
from app.extensions import db
from app.models import moving
from app.security import rate_store
from app.services import installation

PROGRAMS = Path("/usr/lib/postgresql")  # where Debian puts those of each version
RUNNING = "Whyscore is running on this database. Stop it first: what it writes meanwhile would be lost."
PATIENCE = 2.0  # seconds
OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND application_name LIKE 'whyscore-%'"
)
PLAINLY = ("--format=custom", "--no-owner", "--no-privileges")
# Counts of a day and the queue: what lies there names people for a short time only, or nobody, and counts for nothing.
LEFT_OUT = (f"--exclude-schema={rate_store.SCHEMA}", f"--exclude-schema={queues.SCHEMA}")
# What came after the copy is named nowhere in it, and refers to what it replaces. Grants on the schema stay.
EMPTY = """SET LOCAL client_min_messages = warning; DO $$ DECLARE found name; BEGIN
FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
EXECUTE format('DROP TABLE %I CASCADE', found); END LOOP; END $$"""


class Kind(Protocol):
    """One kind of database."""

    suffix: str

    def copy(self, file: Path) -> None:
        """Write one state of the database into a new file and prove that the copy is whole."""
        ...

    def check(self, file: Path) -> None:
        """Invalid unless the file is a whole copy that this version can read."""
        ...

    def replace(self, file: Path, moment: str) -> Path:
        """Put the copy in the database's place; returns where what it replaced is kept."""
        ...


def kind() -> Kind:
    """That of the database in use."""
    return Sqlite() if db.engine.dialect.name == "sqlite" else Postgresql()


class Sqlite:
    """SQLite copies itself in one read, beside everybody who writes."""

    suffix = ".db"

    def copy(self, file: Path) -> None:
        """By the backup interface in one step, so that it is one state and no writer can make it begin again."""
        file.touch(mode=0o600)
        with closing(_opened(_database(), "ro")) as source, closing(_opened(file, "rw")) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, that needs no other beside it
        self.check(file)

    def check(self, file: Path) -> None:
        """Every page, every reference and the version."""
        try:
            with closing(_opened(file, "ro")) as copy:
                found = [row[0] for row in copy.execute("PRAGMA integrity_check(1)")]
                broken = copy.execute("PRAGMA foreign_key_check").fetchone()
                version = copy.execute("SELECT version_num FROM alembic_version").fetchone()
        except pysqlite3.Error as error:
            raise Invalid(f"{file} is no backup of Whyscore's SQLite database ({error}).") from error
        if found != ["ok"] or broken:
            raise Invalid(f"{file} is damaged ({broken or found[0]}). Take another backup.")
        _check_version(file, version[0] if version else None)

    def replace(self, file: Path, moment: str) -> Path:
        """The copy is written beside the database and takes its name at once; the old one keeps another."""
        place = _database()
        kept = place.with_name(f"{place.name}.before-{moment}")
        fresh = place.with_name(f"{place.name}.restored")
        shutil.copyfile(file, fresh)
        fresh.chmod(0o600)
        moving.sync(fresh)
        _leave(place)
        for ending in ("", "-wal", "-shm"):  # the latter two only where the old one is damaged
            if (old := place.with_name(place.name + ending)).exists():
                old.rename(f"{kept}{ending}")
        fresh.rename(place)
        moving.sync(place.parent)
        return kept


class Postgresql:
    """PostgreSQL's own programs, which see one snapshot and put back all or nothing."""

    suffix = ".dump"

    def copy(self, file: Path) -> None:
        """A dump in the custom format, read back to its end."""
        file.touch(mode=0o600)
        _run("pg_dump", *PLAINLY, *LEFT_OUT, "--file", str(file), *_connection())
        _run("pg_restore", "--file", os.devnull, str(file))

    def check(self, file: Path) -> None:
        """That it can be read to its end, and its version."""
        try:
            _run("pg_restore", "--file", os.devnull, str(file))
            rows = _run("pg_restore", "--data-only", "--table", "alembic_version", "--file", "-", str(file))
        except Invalid as error:
            raise Invalid(f"{file} is no whole backup of Whyscore's PostgreSQL database ({error.message})") from error
        lines = rows.splitlines()
        copied = next((place for place, line in enumerate(lines) if line.startswith("COPY ")), None)
        _check_version(file, lines[copied + 1].strip() if copied is not None else None)

    def replace(self, file: Path, moment: str) -> Path:
        """What is there is dumped beside the copy, then replaced in one transaction."""
        _wait_for_others()
        kept = file.resolve().with_name(f"before-{moment}.dump")
        self.copy(kept)
        script = kept.with_suffix(".sql")
        script.touch(mode=0o600)
        try:
            again = ("--clean", "--if-exists", "--no-owner", "--no-privileges")
            _run("pg_restore", *again, "--file", str(script), str(file))
            once = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--output", os.devnull)
            _run("psql", *once, *_connection(), "--command", EMPTY, "--file", str(script))
        finally:
            script.unlink()
        return kept


def _check_version(file: Path, version: str | None) -> None:
    if version not in installation.revisions():
        raise Invalid(f"{file} was made by a newer Whyscore (schema {version}). Update first, then restore it.")


def _database() -> Path:
    return Path(current_app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))


def _opened(file: Path, mode: str) -> Any:
    return pysqlite3.connect(f"file:{quote(str(file))}?mode={mode}", uri=True, timeout=10)


def _leave(place: Path) -> None:
    """Let go of the database and make sure nobody has it: only then can it give up its write-ahead log."""
    db.engine.dispose()
    with closing(_opened(place, "rw")) as database:
        database.execute("PRAGMA busy_timeout=0")
        try:
            database.execute("PRAGMA journal_mode=DELETE").fetchone()
        except pysqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise Invalid(RUNNING) from error


def _wait_for_others() -> None:
    """Let go of the server. A connection just closed is still listed for a moment; one that stays is in use."""
    until = time.monotonic() + PATIENCE
    while _others():
        if time.monotonic() > until:
            raise Invalid(RUNNING)
        time.sleep(0.1)


def _others() -> int:
    db.engine.dispose()
    with db.engine.connect() as connection:
        number = connection.scalar(sa.text(OTHERS)) or 0
    db.engine.dispose()
    return number


def _connection() -> list[str]:
    return [f"--dbname={make_conninfo('', **{**_options(), 'password': None})}"]


def _options() -> dict[str, Any]:
    """Everything DATABASE_URL says to PostgreSQL's library, as TLS, not only where the server is."""
    _, given = db.engine.dialect.create_connect_args(db.engine.url)
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    return {name: value for name, value in given.items() if name in known}


def _run(program: str, *arguments: str) -> str:
    """What it writes; Invalid with its complaint. The password goes by the environment, where no list shows it."""
    password = _options().get("password")
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    command = [_program(program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    if done.returncode:
        raise Invalid(f"{program} failed: {done.stderr.strip() or done.returncode}")
    return done.stdout


def _program(name: str) -> str:
    newest = sorted(PROGRAMS.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3].partition(".")[0]))
    found = str(newest[-1]) if newest else shutil.which(name)
    if not found:
        raise Invalid(f"{name} is not installed: install PostgreSQL's client programs of the server's version.")
    return found
