"""The departments of a survey, to whom its pain points are given."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask.cli import AppGroup

from app.cli.catalogue_changes import WHO
from app.cli.common import needs_database, survey_option

department = AppGroup("department", help="Groups of people to whom the pain points of a survey are given.")
word_option = click.option("--word", "words", multiple=True, help="What is discovered under it is theirs; repeat it.")


@department.command("list")
@survey_option
@needs_database
def list_departments(key: str) -> None:
    """List the departments: name, pain points, members, words. Those without a star are only named by pain points."""
    from app.services import departments, surveys

    for row in departments.listed(surveys.get(key)):
        cells = (row.name, "*" if row.is_made else "", str(row.pain_points), ", ".join(row.members))
        click.echo("\t".join((*cells, ", ".join(row.words))).rstrip())


@department.command("create")
@click.argument("name")
@survey_option
@word_option
@needs_database
def create(key: str, name: str, words: Sequence[str]) -> None:
    """Make a department, or take over one that pain points name."""
    from app.services import departments, surveys

    made = departments.create(surveys.get(key), name, words)
    click.echo(f"Made the department “{made.name}”.")


@department.command("rename")
@click.argument("name")
@click.argument("new")
@survey_option
@needs_database
def rename(key: str, name: str, new: str) -> None:
    """Give a department another name; its pain points, alerts and digests follow."""
    from app.services import departments, surveys

    survey = surveys.get(key)
    made = departments.rename(survey, WHO, departments.find(survey, name).id, new)
    click.echo(f"Renamed “{name}” to “{made.name}”.")


@department.command("words")
@click.argument("name")
@survey_option
@word_option
@needs_database
def words(key: str, name: str, words: Sequence[str]) -> None:
    """Replace the words by which discoveries are given to a department; without --word there are none."""
    from app.services import departments, surveys

    survey = surveys.get(key)
    departments.describe(survey, departments.find(survey, name).id, words)
    click.echo(f"Changed the words of “{name}”.")


@department.command("members")
@click.argument("name")
@click.argument("emails", nargs=-1, metavar="[EMAIL]...")
@survey_option
@needs_database
def members(key: str, name: str, emails: Sequence[str]) -> None:
    """Replace the members of a department by these accounts of the survey; without any there are none."""
    from app.services import departments, surveys

    survey = surveys.get(key)
    departments.assemble(survey, departments.find(survey, name).id, emails)
    click.echo(f"Members of “{name}”: {', '.join(emails) or 'nobody'}.")


@department.command("remove")
@click.argument("name")
@survey_option
@needs_database
def remove(key: str, name: str) -> None:
    """Take a department away that no alert or digest is about; its pain points then have none."""
    from app.services import departments, surveys

    survey = surveys.get(key)
    departments.remove(survey, WHO, departments.find(survey, name).id)
    click.echo(f"Removed the department “{name}”.")
