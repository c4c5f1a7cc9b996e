"""What is done about pain points: said, and listed."""

from __future__ import annotations

import click

from app.cli.catalogue_changes import WHO
from app.cli.common import needs_database, survey_option
from app.models.pain_points import STATUSES


@click.command("act")
@click.argument("point", metavar="ID")
@survey_option
@click.option("--status", type=click.Choice(STATUSES), help="How far it is.")
@click.option("--owner", help="Who sees to it; empty for nobody.")
@click.option("--department", help="Whose it is; empty for none.")
@click.option("--due", "due_on", metavar="DAY", help="Until when, such as 2026-12-24; empty for no day.")
@click.option("--ticket", metavar="LINK", help="An https address; empty for none.")
@click.option("--fixed-on", metavar="DAY", help="With the status fixed: the day of the fix, today when left out.")
@click.option("--note", help="Kept with the time; won't do needs one.")
@needs_database
def act(key: str, point: str, **given: str | None) -> None:
    """Say what is done about a pain point; what is not named stays as it is."""
    from app.services import acting, surveys

    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise click.UsageError("Say what is to be different: see --help.")
    acting.change(surveys.get(key), point, WHO, changes)
    click.echo(f"Saved {point}.")


@click.command("under-way")
@survey_option
@needs_database
def list_under_way(key: str) -> None:
    """List what somebody sees to: id, name, status, owner, department, due date, and whether a fix helped."""
    from app.models import now
    from app.reports.under_way import Selection
    from app.services import surveys, under_way
    from app.services.periods import day_of

    survey = surveys.get(key)
    for item in under_way.build(survey, day_of(now(), survey)).selected(Selection()):
        due = f"{item.due_on or ''}{' overdue' if item.is_overdue else ''}"
        helped = item.effect.sentence if item.effect else ""
        cells = (item.id, item.name, item.status, item.owner or "", item.department, due, helped)
        click.echo("\t".join(cells).rstrip())
