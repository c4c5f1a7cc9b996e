"""Channels of a survey, and what was sent there."""

from __future__ import annotations

from collections.abc import Sequence

import click
from flask.cli import AppGroup

from app.cli.common import needs_database, survey_option
from app.models.channels import ANSWER_TYPES, KINDS
from app.models.deliveries import DELIVERY_STATES

channel = AppGroup("channel", help="Where a survey tells what happened.")
id_argument = click.argument("id_", metavar="ID", type=click.IntRange(1, 2**63 - 1))


@channel.command("create")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name")
@survey_option
@click.option("--address", prompt=True, hide_input=True, help="Mail address or URL; asked for where it is not given.")
@click.option("--answers", "types", multiple=True, type=click.Choice(ANSWER_TYPES), help="Answers a webhook gets.")
@needs_database
def create(kind: str, name: str, key: str, address: str, types: Sequence[str]) -> None:
    """Make a channel; the secret of a webhook is shown once."""
    from app.services import channels, surveys
    from app.services.channel_checks import Given

    made = channels.create(surveys.get(key), Given(kind, name, address, types))
    click.echo(f"channel {made.id}\t{channels.shown(made)}")
    if made.secret:
        click.echo(f"secret {made.secret}")


@channel.command("list")
@survey_option
@needs_database
def list_channels(key: str) -> None:
    """List id, kind, state, host or mail address, name and why it is disabled."""
    from app.services import channels, surveys

    for one in channels.of(surveys.get(key)):
        cells = (str(one.id), one.kind, one.state, channels.shown(one), one.name, one.reason or "")
        click.echo("\t".join(cells))


@channel.command("on")
@id_argument
@survey_option
@needs_database
def switch_on(id_: int, key: str) -> None:
    """Switch a channel on."""
    _switch(key, id_, on=True)


@channel.command("off")
@id_argument
@survey_option
@needs_database
def switch_off(id_: int, key: str) -> None:
    """Switch a channel off; what waits is cancelled."""
    _switch(key, id_, on=False)


def _switch(key: str, id_: int, *, on: bool) -> None:
    from app.services import channels, surveys

    click.echo(f"Channel {id_} is {channels.switch(surveys.get(key), id_, on=on).state}.")


@channel.command("test")
@id_argument
@survey_option
@needs_database
def test(id_: int, key: str) -> None:
    """Send a test; the log says what became of it."""
    from app.services import channels, surveys

    channels.test(surveys.get(key), id_)
    click.echo("A test is on its way: `channel log` says what became of it.")


@channel.command("rotate")
@id_argument
@survey_option
@needs_database
def rotate(id_: int, key: str) -> None:
    """Replace the secret of a webhook; for 24 hours the old one signs too."""
    from app.services import channels, surveys

    click.echo(f"secret {channels.rotate(surveys.get(key), id_)}")


@channel.command("remove")
@id_argument
@survey_option
@needs_database
def remove(id_: int, key: str) -> None:
    """Take a channel away with its log."""
    from app.services import channels, surveys

    channels.remove(surveys.get(key), id_)
    click.echo(f"Removed channel {id_}.")


@channel.command("log")
@id_argument
@survey_option
@click.option("--state", type=click.Choice(DELIVERY_STATES), help="Only these.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1_000))
@needs_database
def log(id_: int, key: str, state: str | None, limit: int) -> None:
    """List deliveries, the newest first: id, time, type, state, tries, status, reason, webhook-id."""
    from app.services import channels, delivery_log, surveys

    for one in delivery_log.listed(channels.get(surveys.get(key), id_), limit, state=state):
        tried = one.delivery
        status = "" if tried.last_status is None else str(tried.last_status)
        cells = (str(tried.id), tried.created_at.isoformat(), one.type, tried.state, str(tried.attempts))
        click.echo("\t".join((*cells, status, tried.last_reason or "", one.webhook_id)))


@channel.command("replay")
@id_argument
@survey_option
@click.option("--delivery", type=click.IntRange(1, 2**63 - 1), help="One delivery of the log; else all that is parked.")
@needs_database
def replay(id_: int, key: str, delivery: int | None) -> None:
    """Send again what was given up, or one delivery."""
    from app.services import delivery_log, surveys

    survey, number = surveys.get(key), 1
    if delivery is None:
        number = delivery_log.replay_parked(survey, id_)
    else:
        delivery_log.replay(survey, id_, delivery)
    click.echo(f"Sending {number} again.")
