"""Surveys."""

from __future__ import annotations

from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.common import needs_database
from app.models.surveys import KINDS

survey = AppGroup("survey", help="Make, list and close surveys.")


@survey.command("create")
@click.argument("key")
@click.option("--name", required=True, help="What is asked about; the widget shows it.")
@click.option("--kind", type=click.Choice(KINDS), default="relationship", show_default=True)
@click.option("--language", default="en", show_default=True, help="The widget's language when the browser has none.")
@click.option("--timezone", default="UTC", show_default=True, help="Whose days the report counts.")
@click.option("--allow-origin", "allowed_origins", multiple=True, help="A site that may embed the widget; repeat it.")
@needs_database
def create_survey(key: str, **settings: Any) -> None:
    """Make a survey."""
    from app.services import surveys

    made = surveys.create(key, settings.pop("name"), **settings)
    click.echo(f"Made the survey {made.key}: {current_app.config['BASE_URL']}/w/{made.key}")


@survey.command("list")
@needs_database
def list_surveys() -> None:
    """List the surveys."""
    from app.services import surveys

    for one in surveys.every():
        state = "open" if one.is_open else "closed"
        click.echo(f"{one.key}\t{one.kind}\t{state}\t{one.name}")


@survey.command("allow")
@click.argument("key")
@click.argument("origins", nargs=-1)
@needs_database
def allow(key: str, origins: tuple[str, ...]) -> None:
    """Name the sites that may embed a survey, in place of those named before."""
    from app.services import surveys

    changed = surveys.allow_origins(key, origins)
    click.echo(f"{changed.key} may be embedded by: {' '.join(changed.allowed_origins) or 'nobody'}")


@survey.command("close")
@click.argument("key")
@needs_database
def close_survey(key: str) -> None:
    """Take no more answers."""
    from app.services import surveys

    click.echo(f"Closed {surveys.close(key).key}.")


@survey.command("reopen")
@click.argument("key")
@needs_database
def reopen_survey(key: str) -> None:
    """Take answers again."""
    from app.services import surveys

    click.echo(f"Opened {surveys.reopen(key).key} again.")
