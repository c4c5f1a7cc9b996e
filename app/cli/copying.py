"""Moving a SQLite installation to PostgreSQL."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from app.cli.common import needs_database, progress_bars
from app.security import audit

if TYPE_CHECKING:
    from app.services.copy_passes import Copied

TAKEN_BACK = "It takes answers again. Answers that were given to {to} meanwhile are only there."
DONE = """Everything is in {to}. Nothing is written to SQLite any more. Now:
  1. set DATABASE_URL to the address you gave here, and keep SECRET_KEY and DATA_DIR
  2. restart Whyscore
  3. flask --app wsgi doctor, and audit verify
To stay with SQLite instead: flask --app wsgi copy-to --undo-move"""


def _address(_context: click.Context, _argument: click.Parameter, given: str | None) -> str | None:
    if given is None:
        return None
    if not given.startswith(("postgresql://", "postgresql+psycopg://")):
        raise click.BadParameter("name a PostgreSQL database as postgresql://account@host/name")
    return given.replace("postgresql://", "postgresql+psycopg://", 1)


@click.command("copy-to")
@click.argument("url", required=False, callback=_address)
@click.option("--final", "way", flag_value="final", help="Close SQLite for good, copy what is new, and verify it all.")
@click.option("--verify", "way", flag_value="verify", help="Only compare both sides.")
@click.option("--undo-move", "way", flag_value="undo", help="Let SQLite take answers again.")
@needs_database
def copy_to(url: str | None, way: str | None) -> None:
    """Move this SQLite installation to the empty PostgreSQL database at URL.

    Without an option: copy while everything runs, as often as you like; what was cut off goes on. The password may
    come by PGPASSWORD or ~/.pgpass.
    """
    if way == "undo":
        _take_back()
    elif url is None:
        raise click.UsageError("Say where to: postgresql://account@host/name")
    else:
        {"final": _move, "verify": _verify}.get(way or "", _bring)(url)


def _bring(url: str) -> None:
    from app.services import copying

    with progress_bars() as show:
        copied = copying.bring(url, show)
    audit.note()
    click.echo(
        f"Copied {sum(one.copied for one in copied):,} rows to {copying.name(url)}. Run it with --final to move."
    )


def _move(url: str) -> None:
    from app.services import copying

    for number in (signal.SIGTERM, signal.SIGHUP):  # a lost connection opens SQLite again as any other failure does
        signal.signal(number, lambda *_: sys.exit(1))
    with progress_bars() as show:
        _show(copying.move(url, show))
    click.echo(DONE.format(to=copying.name(url)))


def _verify(url: str) -> None:
    from app.services import copying

    with progress_bars() as show:
        compared = copying.compare(url, show)
    _show(compared)
    if different := [one for one in compared if not one.is_same]:
        for one in different:
            click.echo(f"✗ {one.table}: {one.ours.rows:,} rows here, {one.theirs.rows:,} there, not the same", err=True)
        sys.exit(1)
    click.echo("✓ Both hold the same.")


def _take_back() -> None:
    from app.services import copying

    found = copying.take_back()
    audit.note()
    click.echo(TAKEN_BACK.format(to=found.to))


def _show(copied: Sequence[Copied]) -> None:
    """A line for each table that holds something: name, rows, checksum of both sides."""
    for one in copied:
        if one.is_same and one.ours.rows:
            click.echo(f"{one.table:<20} {one.ours.rows:>12,} rows  {one.ours}")
