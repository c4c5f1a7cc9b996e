"""The catalogue of a survey: its pain points, and the group that all of its commands are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from flask.cli import AppGroup

from app.cli.acting import act, list_under_way
from app.cli.catalogue_changes import WHO, correct, list_changes, make, undo
from app.cli.common import needs_database, survey_option

if TYPE_CHECKING:
    from app.models import Survey

catalogue = AppGroup("catalogue", help="What is known to hurt in a survey, and what people make of it.")
for command in (act, list_under_way, correct, list_changes, undo):
    catalogue.add_command(command)
point = click.argument("point", metavar="ID")
language_option = click.option("--language", default="en", show_default=True, help="The language of the phrases.")
phrase_option = click.option("--phrase", "phrases", multiple=True, help="What people would say; repeat it.")


def _set(key: str, point: str, said: str, **values: Any) -> None:
    from app.services import catalogue_changes

    make(key, lambda survey: catalogue_changes.change(survey, WHO, point, values), said)


@catalogue.command("list")
@survey_option
@needs_database
def list_points(key: str) -> None:
    """List the pain points: id, name, people who raise it, origin, department, owner, state."""
    from app.services import catalogues, surveys

    for row in catalogues.listed(surveys.get(key)):
        states = [word for word, holds in (("hidden", row.hidden), ("pinned", row.pinned)) if holds]
        states += [f"merged into {row.merged_into}"] if row.merged_into else []
        cells = (row.id, row.name, str(row.people), row.origin, row.department, row.owner or "", ", ".join(states))
        click.echo("\t".join(cells))


@catalogue.command("create")
@click.argument("name")
@survey_option
@phrase_option
@language_option
@click.option("--department", default="", help="Whose it is.")
@needs_database
def create(key: str, name: str, phrases: Sequence[str], language: str, department: str) -> None:
    """Make a pain point from a name and at least one phrase."""
    from app.services import catalogue_changes

    def change(survey: Survey) -> None:
        made = catalogue_changes.create(survey, WHO, name, {language: phrases}, department=department)
        click.echo(made.key)

    make(key, change, f"Made “{name}”.")


@catalogue.command("rename")
@point
@click.argument("name")
@survey_option
@needs_database
def rename(key: str, point: str, name: str) -> None:
    """Give a pain point a name that is shown in every language and kept by every run."""
    _set(key, point, f"Renamed {point} to “{name}”.", name=name)


@catalogue.command("merge")
@point
@click.argument("into", metavar="INTO")
@survey_option
@needs_database
def merge(key: str, point: str, into: str) -> None:
    """Count all that raises one pain point for another."""
    from app.services import catalogue_changes

    make(key, lambda survey: catalogue_changes.merge(survey, WHO, point, into), f"Merged {point} into {into}.")


@catalogue.command("split")
@point
@click.argument("name")
@survey_option
@click.option("--quote", "quotes", multiple=True, required=True, help="RESPONSE:START-END of a mention; repeat it.")
@needs_database
def split(key: str, point: str, name: str, quotes: Sequence[str]) -> None:
    """Split a new pain point off, from quotes that belong to it."""
    from app.services import catalogue_changes, places

    chosen = [places.parse(text) for text in quotes]
    make(
        key,
        lambda survey: click.echo(catalogue_changes.split(survey, WHO, point, chosen, name).key),
        f"Split “{name}” off {point}.",
    )


@catalogue.command("phrases")
@point
@survey_option
@phrase_option
@language_option
@needs_database
def phrases(key: str, point: str, phrases: Sequence[str], language: str) -> None:
    """Replace the own phrases of a pain point in one language; without --phrase there are none."""
    from app.services import catalogue_changes, catalogues

    def change(survey: Survey) -> None:
        own = {**catalogues.one(survey, point).phrases, language: list(phrases)}
        catalogue_changes.change(survey, WHO, point, {"phrases": own})

    make(key, change, f"Changed the phrases of {point}.")


@catalogue.command("hide")
@point
@survey_option
@needs_database
def hide(key: str, point: str) -> None:
    """Keep a pain point out of the report; its comments go to no other."""
    _set(key, point, f"Hid {point}.", hidden=True)


@catalogue.command("show")
@point
@survey_option
@needs_database
def show(key: str, point: str) -> None:
    """Show a hidden pain point again."""
    _set(key, point, f"Showed {point} again.", hidden=False)


@catalogue.command("pin")
@point
@survey_option
@needs_database
def pin(key: str, point: str) -> None:
    """Always list a pain point, also with too few to rank."""
    _set(key, point, f"Pinned {point}.", pinned=True)


@catalogue.command("unpin")
@point
@survey_option
@needs_database
def unpin(key: str, point: str) -> None:
    """List a pain point only where it belongs by its numbers."""
    _set(key, point, f"Unpinned {point}.", pinned=False)


@catalogue.command("assign")
@point
@survey_option
@click.option("--department", default="", help="Whose it is; nothing for nobody's.")
@click.option("--owner", default="", help="Who sees to it; nothing for nobody.")
@needs_database
def assign(key: str, point: str, department: str, owner: str) -> None:
    """Say whose a pain point is."""
    whom = ", ".join(filter(None, (department, owner))) or "nobody"
    _set(key, point, f"Assigned {point} to {whom}.", department=department, owner=owner)
