"""Surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.common import needs_database
from app.cli.redaction import redact
from app.models.surveys import KINDS, METRIC_KEYS, VALUE_BASES
from app.schemas.asking import COLUMNS, AskingSettings

if TYPE_CHECKING:
    from app.services.values import Lifetimes, Orders

survey = AppGroup("survey", help="Make, list and close surveys.")
survey.add_command(redact)


@survey.command("create")
@click.argument("key")
@click.option("--name", required=True, help="What is asked about; the widget shows it.")
@click.option("--kind", type=click.Choice(KINDS), default="relationship", show_default=True)
@click.option(
    "--metric", type=click.Choice(METRIC_KEYS), default="nps", show_default=True, help="What is asked; it stays."
)
@click.option("--language", default="en", show_default=True, help="The widget's language when the browser has none.")
@click.option("--timezone", default="UTC", show_default=True, help="Whose days the report counts.")
@click.option("--allow-origin", "allowed_origins", multiple=True, help="A site that may embed the widget; repeat it.")
@needs_database
def create_survey(key: str, **settings: Any) -> None:
    """Make a survey."""
    from app.services import surveys

    made = surveys.create(key, settings.pop("name"), **settings)
    base = current_app.config["BASE_URL"]
    click.echo(f"Made the survey {made.key}: {base}/w/{made.key}")
    click.echo(f"The tag for your page: {base}/surveys/{made.key}/embed")
    if not made.allowed_origins:
        click.echo(f"No site may show it in a frame yet. Name yours: flask --app wsgi survey allow {made.key} ORIGIN")


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


@survey.command("claims")
@click.argument("key")
@click.option(
    "--accept/--refuse", "accepts", required=True, help="Whether an id without signature is kept, as claimed."
)
@needs_database
def claims(key: str, accepts: bool) -> None:
    """Keep ids in the address that nobody signed, marked as claimed, or do not."""
    from app.services import surveys

    changed = surveys.accept_claims(key, accepts)
    click.echo(f"{changed.key} {'keeps' if accepts else 'does not keep'} ids that nobody signed.")


@survey.command("cases")
@click.argument("key")
@click.option("--open/--no-open", "opens_cases", default=None, help="Whether new answers open cases.")
@click.option("--threshold", "case_threshold", help="The highest score that opens one, of the scale of the survey.")
@click.option("--contact-days", help="Days until the first contact, or none.")
@needs_database
def cases(key: str, **options: Any) -> None:
    """Say when new answers open cases; without options show it."""
    from app.services import case_settings

    given = {name: None if value == "none" else value for name, value in options.items() if value is not None}
    changed = case_settings.configure(key, given)
    days = "none" if changed.contact_days is None else changed.contact_days
    click.echo(f"open\t{'yes' if changed.opens_cases else 'no'}")
    click.echo(f"threshold\t{changed.case_threshold}\ncontact-days\t{days}")


@survey.command("value")
@click.argument("key")
@click.option("--currency", default="", help="What revenue is counted in, such as EUR.")
@click.option("--basis", type=click.Choice(VALUE_BASES), default="revenue", show_default=True)
@click.option("--lifetime-months", type=float, help="How long a customer stays.")
@click.option("--monthly-churn", type=float, help="The share of customers that leaves in a month, instead of months.")
@click.option("--by", "attribute", help="An attribute on which the lifetime depends, such as plan.")
@click.option("--lifetime", "pairs", multiple=True, metavar="VALUE=MONTHS", help="For a value of it; repeat it.")
@click.option("--margin", type=float, help="Of orders: the share of an order that is left, such as 0.3.")
@click.option("--order-value", "value_attribute", help="Of orders: the attribute with the average order.")
@click.option("--orders", "per_month_attribute", help="Of orders: the attribute with the orders a month.")
@click.option("--forget", is_flag=True, help="Value nobody any more.")
@needs_database
def value(key: str, forget: bool, **given: Any) -> None:
    """Say how long customers stay, so that reports show the value at risk."""
    from app.services import values

    if forget:
        click.echo(f"{values.forget_lifetimes(key).key} values nobody.")
        return
    changed = values.set_lifetimes(key, given["currency"], _lifetimes(**given), given["basis"], _orders(**given))
    months = [f"{changed.lifetime_months:g}"] if changed.lifetime_months else []
    months += [f"{name} {length:g}" for name, length in changed.lifetimes.items()]
    click.echo(f"{changed.key} counts {changed.value_basis} in {changed.currency}; months: {', '.join(months)}")


def _lifetimes(
    lifetime_months: float | None, monthly_churn: float | None, attribute: str | None, pairs: tuple[str, ...], **_: Any
) -> Lifetimes:
    from app.services import values

    if lifetime_months is not None and monthly_churn is not None:
        raise click.UsageError("Give either --lifetime-months or --monthly-churn.")
    months = values.months_of(monthly_churn) if monthly_churn is not None else lifetime_months
    return values.Lifetimes(months, attribute, dict(map(_pair, pairs)))


def _orders(margin: float | None, value_attribute: str | None, per_month_attribute: str | None, **_: Any) -> Orders:
    from app.services import values

    given = {"value_attribute": value_attribute, "per_month_attribute": per_month_attribute}
    return values.Orders(margin, **{name: value for name, value in given.items() if value is not None})


def _pair(text: str) -> tuple[str, float]:
    name, _, months = text.rpartition("=")
    try:
        return name, float(months)
    except ValueError:
        raise click.UsageError(f"--lifetime wants VALUE=MONTHS, such as pro=36, not {text!r}") from None


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
