"""Changes of a catalogue: made and applied before a command returns, listed, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from app.cli.common import needs_database, progress_bars, survey_option

if TYPE_CHECKING:
    from app.models import Survey

WHO = "command line"
Change = Callable[["Survey"], Any]


def make(key: str, change: Change, said: str) -> None:
    """Make a change, apply it to earlier comments where it alters them, and say so."""
    from app.services import analyses, leases, surveys

    survey = surveys.get(key)
    change(survey)
    click.echo(said)
    if analyses.is_behind(survey.id):
        with leases.beating(), progress_bars() as show:
            run = analyses.follow(survey.id, show)
        click.echo(f"Applied to {run.comments} comments.")


@click.command("correct")
@click.argument("quote", metavar="RESPONSE:START-END")
@click.argument("right", metavar="[ID]", required=False)
@survey_option
@needs_database
def correct(key: str, quote: str, right: str | None) -> None:
    """Say which pain point a mention is about; without an id it is about none."""
    from app.services import catalogue_changes, places

    place = places.parse(quote)
    make(
        key,
        lambda survey: catalogue_changes.correct(survey, WHO, place, right),
        f"Corrected {quote}: {right or 'no pain point'}.",
    )


@click.command("changes")
@survey_option
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many, the newest first."
)
@needs_database
def list_changes(key: str, limit: int) -> None:
    """List what people changed: number, time, who, what."""
    from app.reports import changes
    from app.services import catalogues, surveys

    for row in catalogues.changes(surveys.get(key), limit):
        undone = f"undone by {row.undone_by}" if row.undone_by else ""
        cells = (str(row.id), f"{row.made_at:%Y-%m-%d %H:%M} UTC", row.made_by, changes.sentence(row), undone)
        click.echo("\t".join(cells).rstrip())


@click.command("undo")
@click.argument("number", type=int)
@survey_option
@needs_database
def undo(key: str, number: int) -> None:
    """Take a change back, by its number in `changes`."""
    from app.services import catalogue_undo

    make(key, lambda survey: catalogue_undo.undo(survey, WHO, number), f"Undid change {number}.")
