"""Alerts and digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from flask.cli import AppGroup

from app.cli.common import needs_database, survey_option
from app.models.alerts import CYCLES, KINDS

if TYPE_CHECKING:
    from app.models import Survey

alert = AppGroup("alert", help="What a survey tells as soon as it is sure.")
digest = AppGroup("digest", help="The report in a few sentences, every day, week or month.")
filter_option = click.option(
    "--filter", "pairs", multiple=True, metavar="NAME=VALUE", help="A filter of the report, such as attr.plan=pro."
)
channel_option = click.option("--channel", "channels", multiple=True, type=int, help="Where to tell it; repeat it.")
department_option = click.option("--department", help="Only its pain points.")


def _settings(options: dict[str, Any], pairs: tuple[str, ...]) -> dict[str, Any]:
    """Options that were given, with the filters in the order of an address."""
    from app.schemas.alerts import query

    given = {name: value for name, value in options.items() if value is not None}
    return given | {"query": query((name, value) for name, _, value in (pair.partition("=") for pair in pairs))}


def _survey(key: str) -> Survey:
    from app.services import surveys

    return surveys.get(key)


@alert.command("list")
@survey_option
@needs_database
def list_alerts(key: str) -> None:
    """List the rules, and what each would tell now."""
    from app.models import now
    from app.services import alert_checks, alert_rules

    survey = _survey(key)
    for rule in alert_rules.of(survey):
        found = alert_checks.preview(survey, rule, now())
        state = "on" if rule.is_on else "off"
        answer = "yes" if found.news else "no"
        click.echo(f"{rule.id}\t{rule.kind}\t{state}\t{rule.query or 'all'}\twould fire: {answer}, because {found.why}")


@alert.command("add")
@click.argument("kind", type=click.Choice(KINDS))
@survey_option
@filter_option
@channel_option
@department_option
@click.option("--threshold", type=int, help="The highest score to tell: 0 to 6, of CSAT 1 to 2, of CES 1 to 3.")
@click.option("--rest-days", "cooldown_days", type=int, help="Days of rest after it told.")
@click.option("--quiet-from", type=int, help="The hour at which quiet begins, 0 to 23.")
@click.option("--quiet-to", type=int, help="The hour at which it ends.")
@needs_database
def add_alert(key: str, pairs: tuple[str, ...], channels: tuple[int, ...], **options: Any) -> None:
    """Add a rule."""
    from app.services import alert_rules

    made = alert_rules.create(_survey(key), _settings(options, pairs), channels)
    click.echo(f"Made alert {made.id}: {made.kind}.")


@alert.command("remove")
@click.argument("number", type=int)
@survey_option
@needs_database
def remove_alert(number: int, key: str) -> None:
    """Take a rule away."""
    from app.services import alert_rules

    alert_rules.remove(_survey(key), number)
    click.echo(f"Removed alert {number}.")


@alert.command("check")
@needs_database
def check_alerts() -> None:
    """Do now what jobs does all the time: check what is due, tell what was found, send digests."""
    from app.services import rounds

    click.echo(f"Wrote {rounds.tell_people()} messages.")


@digest.command("list")
@survey_option
@needs_database
def list_digests(key: str) -> None:
    """List the digests."""
    from app.services import digests

    for one in digests.of(_survey(key)):
        confirmed = [at for _, at in digests.readers_of(one) if at]
        state = "on" if one.is_on else "off"
        click.echo(f"{one.id}\t{one.cycle}\t{state}\t{one.query or 'all'}\t{len(confirmed)} readers\t{one.name}")


@digest.command("add")
@click.argument("name")
@survey_option
@click.option("--cycle", type=click.Choice(CYCLES), default="weekly", show_default=True)
@filter_option
@channel_option
@department_option
@needs_database
def add_digest(key: str, pairs: tuple[str, ...], channels: tuple[int, ...], **options: Any) -> None:
    """Make a digest."""
    from app.services import digests

    made = digests.create(_survey(key), _settings(options, pairs), channels)
    click.echo(f"Made digest {made.id}: {made.name}, {made.cycle}.")


@digest.command("invite")
@click.argument("number", type=int)
@click.argument("email")
@survey_option
@needs_database
def invite(number: int, email: str, key: str) -> None:
    """Ask somebody by mail whether they want a digest."""
    from app.services import digests

    is_asked = digests.invite(_survey(key), number, email)
    click.echo(f"Asked {email}." if is_asked else f"{email} gets it already, or was asked today.")


@digest.command("send")
@click.argument("number", type=int)
@survey_option
@click.option("--dry-run", is_flag=True, help="Print the newest issue and send nothing.")
@needs_database
def send_digest(number: int, key: str, dry_run: bool) -> None:
    """Send the newest issue of a digest to all who confirmed, unless it was sent already."""
    from app.models import now
    from app.services import digesting, digests

    survey = _survey(key)
    one = digests.one(survey, number)
    if not dry_run:
        click.echo(f"Wrote {digesting.send(survey, one, now())} messages.")
        return
    message = digesting.message(survey, one, digesting.build(survey, one, now()), None)
    click.echo(
        "\n\n".join([message.title, *message.lines, *(f"{text}:\n{address}" for text, address in message.links)])
    )
