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


@user.command("list")
@click.option("--survey", "survey_key", metavar="KEY", help="Only the members of one survey.")
@needs_database
def list_users(survey_key: str | None) -> None:
    """Who may sign in, and what for."""
    from app.services import accounts, members, surveys

    if survey_key:
        for member in members.of(surveys.get(survey_key)):
            click.echo(f"{member.email}\t{member.role}")
        return
    for one in accounts.every():
        places = [f"{survey.key}:{role}" for survey, role in accounts.surveys_of(one)]
        click.echo("\t".join([one.email, "every survey" if one.is_admin else ", ".join(places) or "no survey"]))


@user.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@survey_option
@needs_database
def change_role(email: str, role: str, key: str) -> None:
    """Let somebody with an account into a survey, or let a member do more or less."""
    from app.services import accounts, members, surveys, users

    somebody, survey = accounts.by_address(email), surveys.get(key)
    if somebody.id in {member.user_id for member in members.of(survey)}:
        members.change_role(survey, somebody.id, role)
    else:
        users.join(somebody, survey, role)
    click.echo(f"{somebody.email} is {role} of {survey.key}.")


@user.command("remove")
@click.argument("email")
@click.option("--survey", "survey_key", metavar="KEY", help="Only out of this survey; the account stays.")
@needs_database
def remove_user(email: str, survey_key: str | None) -> None:
    """Take an account away, or a member out of a survey."""
    from app.services import accounts, members, surveys

    somebody = accounts.by_address(email)
    if survey_key:
        members.remove(surveys.get(survey_key), somebody.id)
    else:
        accounts.remove(somebody)
    click.echo(f"{somebody.email} is out of {survey_key}." if survey_key else f"{somebody.email} has no account now.")


@user.command("reset")
@click.argument("email")
@needs_database
def reset_password(email: str) -> None:
    """Print a link that sets a new password; it works for a day, and once."""
    from app.services import accounts

    click.echo(accounts.reset_link(accounts.by_address(email)))


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
