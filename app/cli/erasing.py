"""Erasing what people ask to have erased."""

from __future__ import annotations

import click

from app.cli.common import needs_database
from app.security import audit


@click.command("erase")
@click.option("--survey", "key", metavar="KEY", help="The key of the survey.")
@click.option("--respondent", metavar="ID", help="Everything of one respondent, by the id the host uses for them.")
@click.option("--receipt", metavar="CODE", help="One answer, by the code on the page that thanked for it.")
@click.option("--again", is_flag=True, help="What was erased before and came back with an older copy.")
@needs_database
def erase(key: str | None, respondent: str | None, receipt: str | None, again: bool) -> None:
    """Erase answers for good, with everything that was read out of them."""
    if again and not (key or respondent or receipt):
        return _say(_erase_again())
    if again or not key or bool(respondent) == bool(receipt):
        raise click.UsageError("Give --survey KEY with either --respondent ID or --receipt CODE, or --again alone.")
    return _say(_erase_respondent(key, respondent) if respondent else _erase_receipt(key, receipt or ""))


def _erase_again() -> int:
    from app.services import erasure

    return erasure.erase_again()


def _erase_respondent(key: str, respondent: str) -> int:
    from app.services import erasure, surveys

    audit.about(respondent)
    return erasure.erase_respondent(surveys.get(key), respondent)


def _erase_receipt(key: str, receipt: str) -> int:
    from app.services import erasure, responses, surveys

    survey = surveys.get(key)
    found = responses.find(survey.id, receipt)
    if found is None:
        raise click.ClickException("This survey has no answer with that code.")
    erasure.erase(survey.id, found.id)
    return 1


def _say(number: int) -> None:
    from app.services import backups

    click.echo(f"Erased {number} {'answer' if number == 1 else 'answers'}.")
    if number and (known := backups.known()):
        click.echo("These copies were made before and may still hold them; restoring one erases them again:")
        click.echo("\n".join(f"  {file}" for file in known))
