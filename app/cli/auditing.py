"""The audit log: reading it, and proving that nobody edited it."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.cli.common import needs_database

audit = AppGroup("audit", help="Who did what, and whether the record of it is whole.")


@audit.command("verify")
@click.option("--link", default="", metavar="N:LINK", help="A link that was kept elsewhere; it has to be in the log.")
@needs_database
def verify(link: str) -> None:
    """Check the seal of every entry; status 1 and the entries by number if one was changed or is missing."""
    from app.services import audit_log

    found = audit_log.verify(link)
    for problem in found.problems:
        click.echo(f"✗ {problem}", err=True)
    if found.problems:
        sys.exit(1)
    click.echo(f"✓ {found.entries} entries, none changed and none missing. Newest link: {found.newest or 'none'}")


@audit.command("list")
@click.option("--survey", "survey_key", metavar="KEY", help="Only of one survey.")
@click.option("--about", default="", metavar="ID", help="Only what was done about this respondent or customer.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@needs_database
def list_entries(survey_key: str | None, about: str, limit: int) -> None:
    """The newest entries: number, time, who, what, where, to which number."""
    from app.services import audit_log, surveys

    survey = surveys.get(survey_key) if survey_key else None
    for one in audit_log.listed(limit, survey=survey, about=about):
        click.echo("\t".join([str(one.id), one.at.isoformat(), one.who, one.action, one.survey, one.thing]).rstrip())
