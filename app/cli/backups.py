"""Copies of the database, and the way back to one of them."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.common import answers_errors, existing_file, needs_database
from app.security import audit


@click.command("backup")
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="Remove older backups there, all but N.")
@needs_database
def backup(target: Path | None, keep: int | None) -> None:
    """Copy the database into a new file while everything runs, and prove the copy.

    TARGET is a new file ending in .db or .dump, or a folder; without it BACKUP_DIR.
    """
    from app.services import audit_log, backups

    audit.note()
    file = backups.make(target, keep)
    click.echo(f"{file} is a whole copy, {file.stat().st_size / 2**20:.1f} MiB.")
    click.echo(f"Newest link of the audit log: {audit_log.newest()}")


@click.command("restore")
@click.argument("file", type=existing_file)
@with_appcontext
@answers_errors
def restore(file: Path) -> None:
    """Put a backup in the place of the database. What it replaces is kept beside it. Stop Whyscore first."""
    from app.services import backups

    kept, erased = backups.restore(file)
    click.echo(f"Restored {file}. What was there before is kept in {kept}: remove it once all is well.")
    if erased:
        click.echo(f"Erased once more, as people asked after the backup: {erased}.")
