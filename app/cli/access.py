"""Who may come in: people and programs."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.common import needs_database, survey_option
from app.models.users import ROLES

user = AppGroup("user", help="People who sign in.")


@user.command("create")
@click.argument("email")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="At least 10 characters.")
@click.option("--survey", "survey_key", metavar="KEY", help="The one survey to see; without it an administrator.")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True, help="What for in that survey.")
@needs_database
def create_user(email: str, password: str, survey_key: str | None, role: str) -> None:
    """Let a person sign in."""
    from app.services import surveys, users

    place = surveys.get(survey_key) if survey_key else None
    made = users.create(email, password, is_admin=place is None)
    if place is not None:
        users.join(made, place, role)
    click.echo(f"{made.email} may sign in at {current_app.config['BASE_URL']}/login")


key = AppGroup("key", help="Keys for programs.")


@key.command("create")
@survey_option
@click.option("--name", default="API", show_default=True, help="What it is for.")
@click.option("--read-only", is_flag=True, help="Reading only: it cannot add responses.")
@click.option("--catalogue", is_flag=True, help="It may also change the catalogue.")
@needs_database
def create_key(key: str, name: str, read_only: bool, catalogue: bool) -> None:
    """Make an API key; it is shown once."""
    from app.services import keys, surveys

    scopes = ["read"] if read_only else ["read", "responses:write"]
    scopes += ["catalogue:write"] if catalogue else []
    click.echo(keys.create(surveys.get(key), name, scopes))
