"""Surveys."""

from __future__ import annotations

from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.common import needs_database
from app.models.surveys import KINDS
from app.schemas.asking import COLUMNS, AskingSettings

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


@survey.command("set")
@click.argument("key")
@click.option("--resurvey-days", help="Days until a person is asked again, at least 1.")
@click.option("--sample-rate", help="The share of known respondents who are asked, 0 to 1.")
@click.option("--sample-days", help="Days until people are drawn anew.")
@click.option("--daily-cap", help="How many people are asked in one day at most, or none.")
@click.option("--rest-after-relationship", help="Days of rest after a relationship survey asked the same person.")
@click.option("--rest-after-touchpoint", help="Days of rest after another touchpoint survey asked the same person.")
@click.option("--audience", help="Surveys with the same name here ask the same people.")
@needs_database
def configure(key: str, **options: str | None) -> None:
    """Say whom a survey asks and when; without options show it."""
    from app.services import asking

    given = {name: None if value == "none" else value for name, value in options.items() if value is not None}
    changed = asking.configure(key, given)
    for name in AskingSettings().fields:
        value = getattr(changed, COLUMNS.get(name, name))
        click.echo(f"{name.replace('_', '-')}\t{'none' if value is None else value}")


@survey.command("close")
@click.argument("key")
@needs_database
def close_survey(key: str) -> None:
    """Take no more answers."""
    from app.services import surveys

    click.echo(f"Closed {surveys.close(key).key}.")
