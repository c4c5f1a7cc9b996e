"""What the commands share: options, refusals as sentences, a database that is there, progress bars."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from app.errors import Refusal
from app.importers.rows import UnreadableFileError
from app.models.transaction import NotSavedError
from app.security import audit

existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)
survey_option = click.option("--survey", "key", required=True, metavar="KEY", help="The key of the survey.")


def answers_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    """A refusal is a sentence and status 1, never a stack trace."""

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Refusal as refusal:
            raise click.ClickException(refusal.message) from refusal
        except (UnreadableFileError, NotSavedError) as error:
            raise click.ClickException(str(error)) from error

    return wrapper


def needs_database(function: Callable[..., Any]) -> Callable[..., Any]:
    """With a database: an empty one is set up first, an older one has to be migrated on purpose."""

    @with_appcontext
    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        from app.services import installation

        if installation.schema() is None:
            installation.upgrade()
            click.echo("Set up a new database.", err=True)
        elif installation.schema() != installation.head():
            raise click.ClickException("The database is of another version: run `flask --app wsgi db upgrade`.")
        with audit.command(_name(), kwargs.get("key") or kwargs.get("survey_key")):
            return function(*args, **kwargs)

    return answers_errors(wrapper)


def _name() -> str:
    """The command as it was typed, without the program and without what it was given."""
    return click.get_current_context().command_path.partition(" ")[2]


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """One bar for each step, with the time left, on the error stream."""
    bars: dict[str, tqdm[Any]] = {}

    def show(step: str, done: int, total: int) -> None:
        bar = bars.setdefault(step, tqdm(total=total, desc=step, file=sys.stderr, leave=False, delay=1))
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()
