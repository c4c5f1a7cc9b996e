"""Where answers of a survey come from by themselves."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.cli.common import needs_database, survey_option
from app.models.sources import KINDS, SCHEMES

source = AppGroup("source", help="Where answers come from by themselves.")


@source.command("add")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name")
@survey_option
@click.option("--url", "address", default="", help="Of a URL: what to ask, https only.")
@click.option("--every", "every_hours", default="24", show_default=True, metavar="HOURS", help="Of a URL: how often.")
@click.option(
    "--scheme", type=click.Choice(SCHEMES), default="standard", show_default=True, help="Of a webhook: its proof."
)
@click.option("--header", default="", help="Of a webhook: where signature or secret stand.")
@click.option("--secret", is_flag=True, help="Ask for the secret that the sender has made.")
@click.option("--column", "columns", multiple=True, metavar="NAME=MEANING", help="What a field means (repeat it).")
@click.option("--dates", type=click.Choice(["dmy", "mdy"]), default=None, help="Whether day or month comes first.")
@click.option("--scale", default="", metavar="THEIRS=OURS,…", help="What scores of another scale are, as 1=0,5=10.")
@click.option("--items", default="", metavar="FIELD", help="Of JSON: the field that holds the answers.")
@needs_database
def add(
    kind: str,
    name: str,
    key: str,
    address: str,
    every_hours: str,
    scheme: str,
    header: str,
    secret: bool,
    columns: tuple[str, ...],
    dates: str | None,
    scale: str,
    items: str,
) -> None:
    """Make a source; a secret that is made here is shown once."""
    from app.services import source_files, sources, surveys

    survey = surveys.get(key)
    typed = click.prompt("Secret", hide_input=True) if secret else ""
    told = {"columns": "\n".join(columns), "dates": dates or "", "scale": scale, "items": items}
    given = sources.Given(kind, name, address, every_hours, scheme, header, typed, **told)
    made = sources.create(survey, given)
    if kind == "folder":
        source_files.folder(survey.key)
    click.echo(f"source {made.name}\t{sources.shown(made)}")
    if made.secret and not typed:
        click.echo(f"secret {made.secret}")


@source.command("list")
@survey_option
@needs_database
def list_sources(key: str) -> None:
    """List name, kind, state, place, last time, and what came of it."""
    from app.services import sources, surveys

    for one in sources.of(surveys.get(key)):
        result = one.result or {}
        counts = ", ".join(
            f"{result[name]} {name}" for name in ("created", "changed", "repeated", "rejected") if result
        )
        at = one.last_at.isoformat() if one.last_at else "never"
        cells = (one.name, one.kind, "on" if one.is_on else "off", sources.shown(one), at, one.message or counts)
        click.echo("\t".join(cells))


@source.command("rotate")
@click.argument("name")
@survey_option
@needs_database
def rotate(name: str, key: str) -> None:
    """Replace the secret of a webhook; what is sent with the old one is refused."""
    from app.services import sources, surveys

    survey = surveys.get(key)
    click.echo(f"secret {sources.rotate(survey, sources.named(survey, name).id)}")


@source.command("remove")
@click.argument("name")
@survey_option
@needs_database
def remove(name: str, key: str) -> None:
    """Take a source away; what it brought stays."""
    from app.services import sources, surveys

    survey = surveys.get(key)
    sources.remove(survey, sources.named(survey, name).id)
    click.echo(f"Removed {name}. What it brought stays.")


@source.command("run")
@click.argument("name")
@survey_option
@needs_database
def run(name: str, key: str) -> None:
    """Bring in now what a URL or a folder holds."""
    from app.services import source_doing, sources, surveys

    one = sources.named(surveys.get(key), name)
    if one.kind == "webhook":
        raise click.ClickException("A webhook is called, not asked.")
    done = source_doing.run(one, settled=0.0)
    message = sources.named(surveys.get(key), name).message
    if done and done.rows:
        counts = done.outcomes
        said = f"{counts['created']} new, {counts['changed']} changed, {counts['repeated']} already there"
        click.echo(f"{said}, {len(done.rejected)} left out.")
    elif not message:
        click.echo("Nothing new.")
    if message:
        raise click.ClickException(message)
